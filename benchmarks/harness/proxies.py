"""A proxy or the origin, running."""
import pathlib
import re
import shutil
import subprocess
import time

from . import conf, machine, ports, processes, versions

CONFS = pathlib.Path(__file__).resolve().parents[1] / "peers"
START_SECONDS = 30


class CannotStart(Exception):
    pass


def binary_of(peer, ours):
    return ours if not peer.binary else peer.binary


def installed(peer):
    return not peer.binary or pathlib.Path(peer.binary).exists()


def version_of(peer, ours):
    """As short as it can be: "1.22.1"; "" of what has none."""
    if not peer.version:
        return ""
    line = versions.output_of(binary_of(peer, ours), *peer.version)
    found = re.search(r"\d+\.\d+(\.\d+)?", line)
    return found[0] if found else line


class Origin:
    """Listens on one address, or on `count` of them."""

    def __init__(self, binary, cores, folder, count):
        self.port = ports.free_port()
        self._output = open(folder / "origin.txt", "w")
        self._process = processes.start([binary, str(self.port), str(count)], cores, self._output)
        if not ports.wait_for_port(self.port, 10, lambda: self._process.poll() is None):
            raise CannotStart("the origin does not listen")

    def peers(self, count):
        if count == 1:
            return (("127.0.0.1", self.port),)
        return tuple((f"127.1.{i // 250}.{i % 250 + 1}", self.port) for i in range(count))

    def cpu_seconds(self):
        return machine.cpu_seconds(self._process.pid)

    def stop(self):
        processes.stop(self._process)
        self._output.close()


class Proxy:
    """One that answers rightly, or CannotStart with the end of what it said."""

    def __init__(self, peer, ours, setting, cores, certificates, folder):
        self.peer, self.setting, self.folder = peer, setting, folder
        folder.mkdir(parents=True)
        folder.chmod(0o777)
        for file in certificates.iterdir():
            shutil.copy(file, folder)
        for name in peer.files:
            (folder / name).write_text(conf.render((CONFS / name).read_text(), setting))
        self._output = open(folder / "output.txt", "w")
        began = time.monotonic()
        self._process = processes.start(peer.command(binary_of(peer, ours), folder, setting), cores, self._output, folder)
        self.pid = self._process.pid
        try:
            if not ports.wait_for_port(setting.port, START_SECONDS, lambda: self._process.poll() is None):
                raise CannotStart(f"does not listen after {START_SECONDS} s" if self._process.poll() is None else self._last_words())
            self.start_seconds = time.monotonic() - began
            self._check()
        except BaseException:
            self.stop()
            raise

    def _last_words(self):
        lines = (self.folder / "output.txt").read_text(errors="replace").strip().splitlines()
        return "ended at once: " + (" / ".join(lines[-3:]) or "said nothing")

    def _check(self):
        """One that has just begun to listen may not answer yet."""
        path, end = self.path(1024), time.monotonic() + START_SECONDS
        curl = ["curl", "-sk", "--max-time", "10", "-o", str(self.folder / "answer"), "-w", "%{http_code} %{size_download}", self.url(path)]
        while (said := subprocess.run(curl, capture_output=True, text=True, check=False).stdout) != "200 1024":
            if time.monotonic() > end or not said.startswith("000"):
                raise CannotStart(f"answers {path} with {said} instead of 200 1024")

    def url(self, path):
        return f"{'https' if self.setting.tls else 'http'}://127.0.0.1:{self.setting.port}{path}"

    def path(self, size):
        """Of an answer of so many bytes; with routes, on the one in the middle."""
        return f"/route{self.setting.routes // 2}/{size}" if self.setting.routes else f"/{size}"

    def cpu_seconds(self):
        return machine.cpu_seconds(self.pid)

    def memory_bytes(self):
        return machine.memory_bytes(self.pid)

    def alive(self):
        return self._process.poll() is None

    def stop(self):
        processes.stop(self._process)
        self._output.close()

