"""Starts processes and sees to it that none outlives us, however we end. Stops only what it started."""
import atexit
import ctypes
import os
import signal
import subprocess
import threading
import time

from . import machine

_started = []
_lock = threading.Lock()
_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """For preexec_fn: the process ends when the thread that starts it does."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, cores, output, cwd=None):
    """A process pinned to `cores`, which writes to the open file `output`."""
    process = subprocess.Popen(["taskset", "-c", cores, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd,
                               preexec_fn=die_with_parent)
    with _lock:
        _started.append(process)
    return process


def _signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def stop(process, seconds=5):
    """Ends it with all that it started: first asked, then made to."""
    if process.poll() is None:
        pids = machine.family(process.pid)
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pids = machine.family(process.pid)
            _signal_all(pids, signal.SIGKILL)
            process.wait()
        # A master that is gone may have left a worker that is about to go.
        end = time.monotonic() + 1
        while time.monotonic() < end and any(os.path.exists(f"/proc/{p}") for p in pids[1:]):
            time.sleep(0.01)
        _signal_all([p for p in pids[1:] if _is_orphan(p)], signal.SIGKILL)
    with _lock:
        if process in _started:
            _started.remove(process)


def _is_orphan(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[1] == "1"
    except OSError:
        return False


def stop_all():
    with _lock:
        left = list(_started)
    for process in left:
        stop(process, 2)


def interrupted(number, _):
    raise KeyboardInterrupt(f"signal {number}")


def clean_up_at_exit():
    """SIGTERM and SIGHUP end the program as Ctrl-C does, and Ctrl-C one that a shell has put into the background, too."""
    atexit.register(stop_all)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
