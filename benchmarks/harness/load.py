"""Load on a proxy, and what came of it: wrk for as fast as it goes, `sluice bench` for a fixed rate of arrivals."""
import json
import re
import subprocess

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class Failed(Exception):
    pass


def parse_wrk(text):
    """requests, seconds and errors of what wrk prints."""
    ran = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m),", text)
    if not ran:
        raise Failed("wrk: " + text.strip()[-300:])
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = sum(map(int, sockets.groups())) if sockets else 0
    return {"requests": int(ran[1]), "seconds": float(ran[2]) * _UNITS[ran[3]], "errors": errors + (int(bad[1]) if bad else 0)}


def _run(command, cores, seconds):
    try:
        done = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True, timeout=seconds + 30,
                              stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"{command[0]} did not end") from error
    return done.stdout, done.stderr


def closed_loop(url, connections, seconds, cores, threads=1, close=False):
    """As many requests as `connections` can make one after the other."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    if close:
        command += ["-H", "Connection: close"]
    out, errors = _run([*command, url], cores, seconds)
    return parse_wrk(out + errors)


def parse_bench(text):
    """What `sluice bench --json -` says: latencies in ms from when a request was due, answers per second, failures."""
    try:
        found = json.loads(text)
        latency = found["latency_ms"]
        return {"p50": latency["p50"], "p99": latency["p99"], "p999": latency["p99.9"], "rate": found["rate"], "errors": found["failed"],
                "generator_busy": found["generator"]["busy"]}
    except (ValueError, KeyError, TypeError) as error:
        raise Failed(f"sluice bench: {error!r}: {text.strip()[-300:]}") from error


def open_loop(sluice, url, rate, connections, seconds, cores):
    """Requests at a fixed rate, arriving at random, whether or not earlier ones have been answered."""
    out, errors = _run([sluice, "bench", "--rate", str(rate), "--arrivals", "poisson", "--connections", str(connections), "--threads", "1",
                        "--warmup", "300ms", "--for", f"{seconds}s", "--insecure", "--quiet", "--json", "-", url], cores, seconds)
    if not out.strip():
        raise Failed("sluice bench: " + (errors.strip()[-300:] or "says nothing"))
    return parse_bench(out)
