"""Latency at a fixed rate of arrivals, for each proxy the same: shares of what the weakest one carries at most."""
from . import load, measure as measuring, scenarios, stats, tables

SHARES = (0.5, 0.8)
_SMALL = next(s for s in scenarios.LOADS if s.name == "small")


def weakest(rows):
    """(name, rate) of who carried the fewest requests per second in its best round, by {peer: {"samples": ...}}; None if nobody any.

    The best one: what else the machine does takes away from a round and adds nothing."""
    rates = {name: max((s["rate"] for s in row["samples"] if not s["errors"]), default=0) for name, row in rows.items()}
    rates = {name: rate for name, rate in rates.items() if rate}
    return min(rates.items(), key=lambda item: item[1]) if rates else None


def _levels(bench, up, rate, notes):
    levels = []
    for share in SHARES:
        level = {"share": share, "rate": round(rate * share), "peers": {name: [] for name in up}}
        for _ in range(bench.rounds):
            for name, proxy in up.items():
                found = load.open_loop(bench.ours, proxy.url(proxy.path(_SMALL.size)), level["rate"], _SMALL.connections, bench.seconds,
                                       bench.cores.load)
                if found["errors"]:
                    notes.append(f"latency at {share:.0%}, {name}: {found['errors']} requests failed")
                elif found["rate"] < 0.97 * level["rate"]:
                    notes.append(f"latency at {share:.0%}, {name}: {tables.shown(found['rate'])} answers per second only")
                level["peers"][name].append(found)
        levels.append(level)
        bench.say(f"latency {share:.0%}   p99 in ms: " + ", ".join(
            f"{n} {tables.shown(stats.median([s['p99'] for s in samples]))}" for n, samples in level["peers"].items()))
    return levels


def measure(bench, results):
    """(levels, notes)."""
    rows = results["loads"].get("small") or measuring.loads(bench, _SMALL)
    found = weakest(rows)
    if not found:
        return [], ["latency: no proxy carried anything"]
    notes = [f"the weakest proxy, by whose rate the levels of latency are chosen: {found[0]} with {tables.shown(found[1])} requests per second"]
    try:
        with measuring.running(bench, bench.peers) as (up, _):
            return _levels(bench, up, found[1], notes), notes
    except load.Failed as error:
        return [], [f"latency: {error}"]
