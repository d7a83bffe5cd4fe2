#!/usr/bin/env python3
"""Starts nginx and sluice on the same conf, asks both the same, and compares what comes back and what they log.

  replay.py SLUICE [--nginx PATH] [--only WORD] [--keep]

Status 77 where there is no nginx: skipped. What may differ, and why, is in intended.py."""
import argparse
import ctypes
import difflib
import email.utils
import itertools
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from intended import intended
from origin import Origin
from asked import cases
from asked_whole import whole
from tree import make_tree

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 20
PR_SET_CHILD_SUBREAPER = 36


def free_port():
    """One that nobody listens on now; start() tries others if somebody else was faster."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy:
    """`conf`: as it stands, but for what this program needs to find its way."""

    def __init__(self, name, command, root, names, conf="sites.conf"):
        self.name, self.root = name, os.path.join(root, name.ljust(6, "_"))  # of one length, for texts with the folder
        self.process = None
        os.makedirs(os.path.join(self.root, "logs"))
        make_tree(os.path.join(self.root, "www"))
        os.chmod(self.root, 0o777)  # a log whose name has variables is made by the worker
        os.makedirs(os.path.join(self.root, "html"))  # without it nginx writes no log whose name has variables
        open(os.path.join(self.root, "here"), "w").close()
        for attempt in range(5):
            self.port = free_port()
            values = dict(names, ROOT=self.root, LISTEN=f"127.0.0.1:{self.port}")
            with open(os.path.join(HERE, conf)) as file:
                text = re.sub(r"@(\w+)@", lambda m: values.get(m.group(1), m.group(0)), file.read())
            if conf != "sites.conf":
                text = f"daemon on;\npid {self.root}/pid;\nerror_log {self.root}/error.log info;\n{text}"
            if name == "nginx":
                folders = "".join(f"{word}_temp_path {self.root}/{word};\n" for word in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
                text = text.replace("http {\n", "http {\n" + folders, 1)
            path = os.path.join(self.root, "test.conf")
            with open(path, "w") as file:
                file.write(text)
            # It goes into the background when it listens and its pid file is written.
            with open(os.path.join(self.root, "said"), "w+") as said:
                started = subprocess.run(command + ["-p", self.root + "/", "-c", path], stderr=said, timeout=PATIENCE)
                said.seek(0)
                words = said.read()
            if started.returncode == 0:
                with open(os.path.join(self.root, "pid")) as file:
                    self.process = os.pidfd_open(int(file.read()))
                return
        raise SystemExit(f"{name} does not start:\n{words}")

    def connect(self, path=None):
        """`path`: of a socket in its folder, else to its port."""
        if path is None:
            return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        connection.connect(os.path.join(self.root, path))
        return connection

    def stop(self):
        """Its exit status."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        signal.pidfd_send_signal(process, signal.SIGQUIT)
        ended, _, _ = select.select([process], [], [], PATIENCE)
        if not ended:
            signal.pidfd_send_signal(process, signal.SIGKILL)
        status = os.waitid(os.P_PIDFD, process, os.WEXITED).si_status
        os.close(process)
        return status if ended else "does not end"

    def plain(self, text):
        """Without what must differ: ports, folders, the name of the product."""
        text = text.replace(self.root, "ROOT").replace(f":{self.port}", ":PORT").replace(f"|{self.port}|", "|PORT|")
        text = re.sub(r"<!-- re.*? -->\r\n", "", text)  # the reason and the request's id
        text = re.sub(r"Active connections: \d+ \nserver accepts handled requests\n \d+ \d+ \d+ \nReading: \d+ Writing: \d+ Waiting: \d+ \n", "STUB", text)
        text = re.sub(r"(?<=--|y=)\d{20}\b", "BOUNDARY", text)
        return re.sub(r"\b(nginx|sluice)(/[\w.]+)?(?=</center>)", "PRODUCT", text)


def plain_date(name, value):
    """An Expires that counts from now is not the same twice."""
    if name.lower() != "expires":
        return value
    try:
        away = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError):
        return value
    return f"in {round(away / 60)} minutes" if abs(away) < 40 * 86400 else value


class Answer:
    """What came back for one request; `text` if it is no HTTP/1 answer."""

    def __init__(self, stream, method, proxy):
        self.status, self.fields, self.body, self.text = "", [], "", None
        line = stream.readline()
        if not line.startswith(b"HTTP/1.1 "):
            self.text = proxy.plain((line + stream.read()).decode("latin-1"))
            return
        self.status = line.decode("latin-1").rstrip()
        while field := stream.readline().decode("latin-1").rstrip("\r\n"):
            name, _, value = field.partition(": ")
            self.fields.append((name, value))
        values = {name.lower(): value for name, value in self.fields}
        code = int(self.status.split(" ")[1])
        if code == 100:
            self.__init__(stream, method, proxy)
            return
        if method == "HEAD" or code in (101, 204, 304):
            body = b""
        elif values.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            while trailer := stream.readline().decode("latin-1").rstrip("\r\n"):
                self.fields.append(("trailer", trailer))
        elif "content-length" in values:
            body = stream.read(int(values["content-length"]))
        else:
            body = stream.read()
        text = body.decode("latin-1")
        self.body = proxy.plain(text)
        own_page = self.body != text and "PRODUCT" in self.body
        if own_page or (method == "HEAD" and code >= 300):  # its length is that of the product's name
            self.fields = [(n, "N" if n == "Content-Length" else v) for n, v in self.fields]
        if "STUB" in self.body:
            self.fields = [(n, "N" if n == "Content-Length" else v) for n, v in self.fields]
        ignored = ("date", "server", "proxy-status")
        self.server = values.get("server")
        self.fields = sorted((n, plain_date(n, proxy.plain(v))) for n, v in self.fields if n.lower() not in ignored)

    def parts(self):
        return {"status": self.status, "fields": self.fields, "body": self.body, "text": self.text}


def play(case, proxy):
    """The answers, then how the connection ended."""
    out = []
    with proxy.connect(case.socket) as connection:
        stream = connection.makefile("rb")
        try:
            for method, request in case.requests:
                connection.sendall(request)
                out.append(Answer(stream, method, proxy).parts())
            if case.through:
                connection.sendall(case.through)
            else:
                connection.shutdown(socket.SHUT_WR)
            rest = stream.read()
            out.append({"end": proxy.plain(rest.decode("latin-1"))})
        except (ConnectionError, TimeoutError, OSError) as error:
            out.append({"end": type(error).__name__})
    return out


def play_whole(conf, chosen, commands, root, names):
    """What differs between both on a conf of whole/."""
    proxies = []
    os.makedirs(root)
    os.chmod(root, 0o755)
    try:
        proxies += [Proxy(name, command, root, names, os.path.join("whole", conf)) for name, command in commands]
        found = [(case.name, differences(*[play(case, proxy) for proxy in proxies])) for case in chosen]
        ends = [proxy.stop() for proxy in proxies]
        return [problem for problem in found if problem[1]] + ([] if ends == [0, 0] else [(f"the end of {conf}", [str(ends)])])
    finally:
        for proxy in proxies:
            proxy.stop()


def differences(one, other):
    """["1 status: 'a' / 'b'"...]"""
    if len(one) != len(other):
        return [f"answers: {one} / {other}"]
    found = []
    for number, (a, b) in enumerate(zip(one, other), 1):
        for part in a.keys() | b.keys():
            x, y = a.get(part), b.get(part)
            if part == "fields" and x is not None and y is not None:
                x, y = [f for f in x if f not in y], [f for f in y if f not in x]
            if x != y:
                found.append(f"{number} {part}: {x!r} / {y!r}")
    return sorted(found)


def log_lines(proxy, name):
    with open(os.path.join(proxy.root, name), encoding="latin-1") as file:
        for line in proxy.plain(file.read()).splitlines():
            parts = line.split("|")
            if name == "two.log":
                line = re.sub(r"\[[^]]*\]", "[TIME]", line, count=1)
            if len(parts) > 5 and parts[4][:1] in "345":
                parts[5] = "BYTES"  # of a page with the product's name
                line = "|".join(parts)
            yield line


def compare_logs(proxies):
    problems = []
    for name in ("access.log", "json.log", "asis.log", "if.log", "one.log", "two.log", "buffered.log", "by-client.test.log"):
        a, b = [list(log_lines(proxy, name)) for proxy in proxies]
        for kind, from_a, to_a, from_b, to_b in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            for x, y in itertools.zip_longest(a[from_a:to_a], b[from_b:to_b], fillvalue="nothing"):
                problems.append((f"{name} {'|'.join(x.split('|')[:5])}", [f"\n    {x}\n    {y}"]))
    return problems


def error_lines(proxy):
    """What is told of files, without time, numbers and client."""
    told = re.compile(r"\[(\w+)\] \S+ \*\d+ ((?:\w+\(\) )?\"ROOT/www.*?|directory index of .*?|\w+\(\) \"ROOT/www.*?), client: .*?, server: .*?, (request: .*)")
    with open(os.path.join(proxy.root, "error.log"), encoding="latin-1") as file:
        return [": ".join(match.groups()) for match in map(told.search, proxy.plain(file.read()).splitlines()) if match]


def compare_error_lines(proxies):
    a, b = [error_lines(proxy) for proxy in proxies]
    return [(f"error.log {line[2:]}", [line]) for line in difflib.ndiff(a, b) if line[:1] in "-+"]


def judge(problems):
    """Prints what nobody expected, and what was expected but is not there any more."""
    failed = used = 0
    seen = set()
    for name, found in problems:
        reason = next((key for key in intended if re.fullmatch(key, name)), None)
        if reason is not None:
            seen.add(reason)
            used += 1
            continue
        failed += 1
        print(f"DIFFERS {name}\n  " + "\n  ".join(found))
    stale = [key for key in intended if key not in seen]
    for key in stale:
        print(f"INTENDED, but not seen: {key}")
    return failed, used, stale


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("sluice")
    arguments.add_argument("--nginx", default=shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"))
    arguments.add_argument("--only", default="")
    arguments.add_argument("--keep", action="store_true")
    given = arguments.parse_args()
    if not given.nginx:
        print("there is no nginx on this machine: skipped")
        return 77
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # daemons are ours to wait for
    root = tempfile.mkdtemp(prefix="sluice-nginx-")
    os.chmod(root, 0o755)
    closed = socket.socket()  # bound and not listening: who connects is refused
    closed.bind(("127.0.0.1", 0))
    names = {"TYPES": os.path.join(HERE, "..", "..", "conf", "mime.types"), "ORIGIN": Origin("first").address, "OTHER": Origin("second").address, "CLOSED": "127.0.0.1:%d" % closed.getsockname()[1]}
    Origin("unix", os.path.join(root, "origin.sock"))
    os.chmod(os.path.join(root, "origin.sock"), 0o777)
    commands = [("nginx", [given.nginx]), ("sluice", [os.path.abspath(given.sluice)])]
    proxies = []
    try:
        proxies += [Proxy(name, command, root, names) for name, command in commands]
        chosen = [case for case in cases if given.only in case.name]
        problems = []
        for case in chosen:
            found = differences(*[play(case, proxy) for proxy in proxies])
            if found:
                problems.append((case.name, found))
        ends = [proxy.stop() for proxy in proxies]
        if ends != [0, 0]:
            problems.append(("the end", [str(ends)]))
        for conf, all_of_it in whole.items():
            asked = [case for case in all_of_it if given.only in case.name]
            if asked:
                problems += play_whole(conf, asked, commands, os.path.join(root, conf), names)
            chosen += asked
        if not given.only:
            problems += compare_logs(proxies) + compare_error_lines(proxies)
        failed, used, stale = judge(problems)
        print(f"{len(chosen)} conversations, {failed} differ, {used} differ as intended")
        return 1 if failed or (stale and not given.only) else 0
    finally:
        for proxy in proxies:
            proxy.stop()
        if given.keep:
            print(root)
        else:
            shutil.rmtree(root)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
