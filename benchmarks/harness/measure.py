"""Runs scenarios: proxies start together, take turns inside each round, and are stopped."""
import contextlib
import itertools
import os
import time
from dataclasses import dataclass

from . import clients, conf, load, ports, proxies, scenarios

_numbers = itertools.count(1)
_LEAST_BUSY = 0.1  # of a core; a proxy that did less was not asked
_TRIES = 3


@dataclass
class Bench:
    """What all scenarios of a run share."""
    peers: list
    ours: str  # the binary
    origin: proxies.Origin
    cores: object
    certificates: object  # folder
    folder: object
    rounds: int
    seconds: int  # of a turn
    say: object  # where progress goes

    def rounds_of(self, scenario):
        """Of growing work half as many: there the curve counts."""
        return self.rounds if scenario.section == "requests" else (self.rounds + 1) // 2

    def start(self, peer, **what):
        """A proxy; raises proxies.CannotStart."""
        backends = what.pop("backends", 1)
        folder = self.folder / f"{peer.name}-{next(_numbers)}"
        setting = conf.Setting(port=ports.free_port(), peers=self.origin.peers(backends), folder=str(folder),
                               root=os.geteuid() == 0, **what)
        cores = self.cores.proxy_two if setting.threads > 1 else self.cores.proxy
        return proxies.Proxy(peer, self.ours, setting, cores, self.certificates, folder)


@contextlib.contextmanager
def running(bench, able, **what):
    """The proxies that are able to, started, by name; and why others did not start."""
    up, trouble = {}, {}
    try:
        for peer in able:
            try:
                up[peer.name] = bench.start(peer, **what)
            except proxies.CannotStart as error:
                trouble[peer.name] = str(error)
                bench.say(f"  {peer.name} does not start: {error}")
        yield up, trouble
    finally:
        for proxy in up.values():
            proxy.stop()


def sample(bench, scenario, proxy):
    """One measurement: CPU per request in µs, requests per second, how busy the proxy's cores were."""
    cores = bench.cores.proxy_two if scenario.threads > 1 else bench.cores.load
    before = proxy.cpu_seconds()
    found = load.closed_loop(proxy.url(proxy.path(scenario.size)), scenario.connections, bench.seconds, cores, close=scenario.close)
    spent = proxy.cpu_seconds() - before
    if not proxy.alive():
        raise load.Failed("the proxy ended under load")
    requests = max(found["requests"], 1)
    # A turn without any answer says nothing of what one costs.
    return {"us": spent / requests * 1e6, "rate": found["requests"] / found["seconds"], "busy": spent / found["seconds"],
            "errors": found["errors"] or int(not found["requests"])}


def steady_sample(bench, scenario, proxy):
    """One in which the load got through; what starves it for a second is no property of the proxy."""
    for _ in range(_TRIES):
        taken = sample(bench, scenario, proxy)
        if taken["busy"] >= _LEAST_BUSY:
            break
    return taken


def loads(bench, scenario):
    """{peer: {"samples": [...], "trouble": ...}} of one scenario, in interleaved rounds."""
    able = [p for p in bench.peers if scenario.possible_for(p)]
    what = {"tls": scenario.tls, "routes": scenario.routes, "backends": scenario.backends, "threads": scenario.threads,
            "log": scenario.log}
    with running(bench, able, **what) as (up, trouble):
        rows = {name: {"samples": []} for name in up} | {name: {"samples": [], "trouble": why} for name, why in trouble.items()}
        for turn in range(bench.rounds_of(scenario)):
            # Not always in the same order: who comes after whom may matter.
            names = list(up)[turn % max(1, len(up)):] + list(up)[:turn % max(1, len(up))]
            for name in names:
                if "trouble" in rows[name]:
                    continue
                try:
                    rows[name]["samples"].append(steady_sample(bench, scenario, up[name]))
                except load.Failed as error:
                    rows[name]["trouble"] = str(error)
    return rows


def _settle(proxy, seconds=1.5):
    time.sleep(seconds)
    return proxy.memory_bytes()


def idle_memory(bench, proxy, count, tls):
    before = proxy.memory_bytes()
    held = clients.Idle(proxy.setting.port, count, tls)
    try:
        after = _settle(proxy)
    finally:
        held.close()
    return {"whole": after / count, "added": (after - before) / count, "count": count}


def slow_memory(bench, proxy, count):
    """The most in three seconds."""
    before, seen = proxy.memory_bytes(), []
    slow = clients.Slow(proxy.setting.port, count, scenarios.MIB)
    try:
        slow.read_for(3, lambda: seen.append(proxy.memory_bytes()))
    finally:
        slow.close()
    return {"whole": max(seen) / count, "added": (max(seen) - before) / count, "count": count}


def memory(bench, kind, count):
    """{peer: {"whole": bytes per connection, "added": ..., "count": ...} or {"trouble": ...}}; one proxy after the other."""
    rows = {}
    for peer in bench.peers:
        if kind == scenarios.IDLE_TLS and not peer.tls:
            continue
        with running(bench, [peer], tls=kind == scenarios.IDLE_TLS) as (up, trouble):
            try:
                if peer.name in trouble:
                    rows[peer.name] = {"trouble": trouble[peer.name]}
                elif kind == scenarios.SLOW:
                    rows[peer.name] = slow_memory(bench, up[peer.name], count)
                else:
                    rows[peer.name] = idle_memory(bench, up[peer.name], count, kind == scenarios.IDLE_TLS)
            except clients.Refused as error:
                rows[peer.name] = {"trouble": str(error)}
                bench.say(f"  {peer.name}: {error}")
    return rows
