"""Processes as the kernel accounts for them, and which cores they are pinned to."""
import os
import pathlib
import resource
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Cores:
    """Comma-separated, as taskset takes them."""
    proxy: str
    proxy_two: str  # for two threads
    origin: str
    load: str
    shared: bool  # origin and load on one core


def share_out(cores):
    """Which of these cores the proxy, the origin and the load get."""
    cores = [str(c) for c in sorted(cores)]
    if len(cores) >= 4:
        return Cores(cores[0], ",".join(cores[:2]), cores[-2], cores[-1], False)
    if len(cores) >= 2:
        return Cores(cores[0], ",".join(cores[:2]), cores[1], cores[1], True)
    return Cores(cores[0], cores[0], cores[0], cores[0], True)


def family(pid):
    """A process with all that it started, itself first."""
    found = [pid]
    try:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    except OSError:
        pass
    return found


def cpu_seconds(pid):
    """What the kernel accounted to the threads of a process and of those it started, in nanosecond steps."""
    total = 0
    for process in family(pid):
        for schedstat in pathlib.Path(f"/proc/{process}/task").glob("*/schedstat"):
            try:
                total += int(schedstat.read_text().split()[0])
            except (OSError, IndexError):
                pass
    return total / 1e9


def memory_bytes(pid):
    """Resident memory of a process and of those it started; what they share counts once (PSS)."""
    total = 0
    for process in family(pid):
        try:
            for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            pass
    return total


class Neighbours:
    """How much of the machine others have used since this was made: what they take makes our figures rough."""

    def __init__(self):
        self._began, self._busy, self._own = time.monotonic(), self._busy_now(), self._own_now()

    @staticmethod
    def _busy_now():
        user, nice, system, _, _, hard, soft, *_ = map(int, pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:])
        return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _own_now():
        """Ours and of all that we have started and waited for, seconds."""
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(u.ru_utime + u.ru_stime for u in used)

    def share(self):
        """Of all cores, from 0 to 1. To be asked when everything started has ended."""
        seconds = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        return max(0.0, (self._busy_now() - self._busy) - (self._own_now() - self._own)) / max(seconds, 1e-9)
