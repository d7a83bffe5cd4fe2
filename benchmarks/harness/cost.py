"""What one request of a shape costs: sluice under callgrind, a few requests and many, the difference divided."""
import pathlib
import re
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import callgrind, lockstep, ports, processes

FEW, MANY = 100, 600  # requests; multiples of every shape's hosts
_ALLOCATORS = {"malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"}
_SYSTEM_CALL = re.compile(r"^SYSCALL\[\d+,(\d+)\]\(\d+\) (?:sys_(\w+)|\.\.\.)")
_WAITS = ("epoll_wait", "epoll_pwait")


@dataclass
class Cost:
    """Of one request. Instructions are those of the worker's thread, of libraries, too; the kernel's are not in it."""
    instructions: float
    allocations: float
    system_calls: dict  # name to number
    functions: dict  # ours, by name, to instructions with those of the libraries that they call
    libraries: dict  # others' functions, each by itself


def system_calls(text):
    """System calls by thread, from what --trace-syscalls prints. A wait that nothing ended is a timer, and not counted."""
    counts, pending = {}, {}
    for line in text.splitlines():
        found = _SYSTEM_CALL.match(line)
        if not found:
            continue
        thread, name = int(found[1]), found[2]
        if name:
            pending[thread] = name
        if "Success(" not in line and "Failure(" not in line:
            continue
        name = pending.get(thread)
        if name in _WAITS and "Success(0x0)" in line:
            continue
        counts.setdefault(thread, Counter())[name] += 1
    return counts


def _command(binary, shape, port, origin, folder):
    valgrind = ["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={folder}/profile",
                "--trace-syscalls=yes", f"--log-file={folder}/calls"]
    if not shape.conf:
        return valgrind + [binary, "--listen", f"127.0.0.1:{port}", "--backend", f"127.0.0.1:{origin}", "--threads", "1",
                           "--access-log", "off"]
    (folder / "conf").write_text(shape.conf(port, origin, folder.parent.parent))
    return valgrind + [binary, "-p", f"{folder}/", "-c", f"{folder}/conf"]


def _play(shape, port, origin, pid, count):
    worker = lockstep.Worker(pid)
    client = lockstep.Client(port, shape.tls)
    requests, answer = shape.requests(), shape.answer()
    try:
        for at in range(count):
            lockstep.exchange(client, origin, worker, requests[at % len(requests)], answer, shape.new_connections)
    finally:
        client.close()


def run(binary, shape, count, folder):
    """The worker's profile and system calls over a whole life in which it serves `count` requests."""
    folder.mkdir(parents=True)
    origin, port = lockstep.Origin(), ports.free_port()
    with open(folder / "output", "w") as output:
        proxy = subprocess.Popen(_command(binary, shape, port, origin.port, folder), stdin=subprocess.DEVNULL,
                                 stdout=output, stderr=output, preexec_fn=processes.die_with_parent)
        try:
            if not ports.wait_for_port(port, 120, lambda: proxy.poll() is None):
                raise RuntimeError("sluice does not listen: " + (folder / "output").read_text()[-500:])
            _play(shape, port, origin, proxy.pid, count)
            proxy.terminate()
            proxy.wait(60)
        finally:
            if proxy.poll() is None:
                proxy.kill()
                proxy.wait()
            origin.close()
    calls = system_calls((folder / "calls").read_text(errors="replace"))
    # The worker is who receives.
    thread = max(calls, key=lambda number: calls[number]["recvfrom"] + calls[number]["read"])
    profile = callgrind.parse((folder / f"profile-{thread:02}").read_text(errors="replace"))
    return profile, calls[thread]


def is_ours(name):
    return name.startswith("sluice::")


def _large(costs, requests, total):
    """What takes at least 0.2 % of a request, the largest first."""
    return {name: round(cost / requests, 1) for name, cost in costs.most_common() if cost >= total * 0.002}


def per_request(few, many, requests):
    """The cost of one of `requests` that the second run had more than the first."""
    profile = many[0].minus(few[0])
    calls = Counter(many[1])
    calls.subtract(few[1])
    others = Counter({name: cost for name, cost in profile.own.items() if not is_ours(name)})
    return Cost(
        instructions=round(profile.total / requests, 1),
        allocations=round(sum(profile.calls[name] for name in _ALLOCATORS) / requests, 1) + 0.0,
        # Rounded to tenths: a timer that falls into one run and not into the other is no cost of a request.
        system_calls={name: round(n / requests, 1) for name, n in sorted(calls.items()) if abs(n / requests) >= 0.05},
        functions=_large(profile.with_libraries(is_ours), requests, profile.total),
        libraries=_large(others, requests, profile.total))


def measure(binary, shape, folder):
    """Both runs, at once; raises RuntimeError where one of them goes wrong."""
    folder = pathlib.Path(folder)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, binary, shape, count, folder / f"{shape.name}-{count}") for count in (FEW, MANY)]
        few, many = (r.result() for r in runs)
    return per_request(few, many, MANY - FEW)
