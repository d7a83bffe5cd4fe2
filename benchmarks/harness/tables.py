"""Markdown tables of a comparison's results. Nothing here measures."""
import math

from . import scenarios, stats
from .peers import OURS


def shown(value, digits=3):
    """A figure with so many significant digits and thousands apart; a dash for none."""
    if value is None:
        return "–"
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{round(value, decimals):,.{decimals}f}"


def bytes_shown(value):
    if value is None:
        return "–"
    return f"{shown(value / 1024)} KiB" if value >= 10 * 1024 else f"{value:,.0f} B"


def table(header, rows):
    """Columns after the first are aligned to the right."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" + "---:|" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(str(c) for c in row) + " |" for row in rows])


def values(results, scenario, peer, what):
    """One figure of every round. A round with errors has none."""
    row = results["loads"].get(scenario, {}).get(peer, {})
    return [s[what] if not s["errors"] else None for s in row.get("samples", [])]


def middle(results, scenario, peer, what):
    return stats.median(values(results, scenario, peer, what))


def ratio(results, scenario, other, what="us"):
    """(least, median, greatest) of ours by theirs within the rounds, or None."""
    return stats.spread(stats.ratios(values(results, scenario, OURS, what), values(results, scenario, other, what)))


def ratio_shown(three):
    if three is None:
        return "–"
    least, median, greatest = three
    if least == greatest:
        return f"**{median:.2f}**"
    return f"**{median:.2f}** ({least:.2f} – {greatest:.2f})"


def _of_section(results, section):
    return [s for s in scenarios.LOADS if s.section == section and s.name in results["loads"]]


def cpu(results, section):
    names = results["peers"]
    rows = [[s.name, *(shown(middle(results, s.name, n, "us")) for n in names)] for s in _of_section(results, section)]
    return table(["CPU per request, µs", *names], rows)


def ratios(results, section):
    others = [n for n in results["peers"] if n != OURS]
    rows = [[s.name, *(ratio_shown(ratio(results, s.name, n)) for n in others)] for s in _of_section(results, section)]
    return table(["sluice's CPU by that of", *others], rows)


def _rate(results, scenario, peer):
    rate, busy = middle(results, scenario, peer, "rate"), middle(results, scenario, peer, "busy")
    if rate is None:
        return "–"
    return shown(rate) + ("" if busy >= 0.9 * (2 if scenario == "threads2" else 1) else f" ({busy:.0%} busy)")


def rates(results, section):
    names = results["peers"]
    rows = [[s.name, *(_rate(results, s.name, n) for n in names)] for s in _of_section(results, section)]
    return table(["requests per second", *names], rows)


def memory(results):
    names = results["peers"]
    rows = []
    for kind, per_peer in results["memory"].items():
        count = max((r.get("count", 0) for r in per_peer.values()), default=0)
        what = {"idle": "idle", "idletls": "idle over TLS", "slow": "slow readers"}[kind]
        rows.append([f"{count:,} {what}", *(bytes_shown(per_peer.get(n, {}).get("whole")) for n in names)])
        rows.append(["of it added by them", *(bytes_shown(per_peer.get(n, {}).get("added")) for n in names)])
    return table(["memory by connection", *names], rows)


def latency(results):
    """p50 / p99 / p99.9 in ms at each level."""
    names = results["peers"]
    rows = []
    for level in results["latency"]:
        per_peer = level["peers"]
        cells = []
        for name in names:
            three = [stats.median([s[p] for s in per_peer.get(name, [])]) for p in ("p50", "p99", "p999")]
            cells.append("–" if three[0] is None else " / ".join(shown(v, 2) for v in three))
        rows.append([f"{level['share']:.0%}: {shown(level['rate'])}/s", *cells])
    return table(["p50 / p99 / p99.9, ms", *names], rows)


def headline(results):
    """What README shows: CPU of each scenario, and of nginx's and HAProxy's what we take."""
    names = [n for n in results["peers"]]
    beside = [n for n in ("nginx", "HAProxy") if n in names]
    rows = []
    for s in _of_section(results, "requests"):
        rows.append([s.what, *(shown(middle(results, s.name, n, "us")) for n in names),
                     *("–" if (r := ratio(results, s.name, n)) is None else f"**{r[1]:.2f}**" for n in beside)])
    for kind, what in (("idle", "idle connection: bytes of the whole process"),):
        per_peer = results["memory"].get(kind)
        if per_peer:
            whole = {n: per_peer.get(n, {}).get("whole") for n in names}
            rows.append([what, *(shown(whole[n]) for n in names),
                         *(f"**{whole[OURS] / whole[n]:.2f}**" if whole.get(OURS) and whole.get(n) else "–" for n in beside)])
    return table(["CPU per request, µs", *names, *(f"of {n}" for n in beside)], rows)
