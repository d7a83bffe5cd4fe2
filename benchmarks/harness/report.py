"""RESULTS.md and its plots, of what was measured."""
from . import peers, plots, scenarios, stats, svg, tables
from .peers import OURS

# Section, title, what is drawn, the axes, (scenario, x), and whether the cost is by KiB.
_GROWTH = (
    ("bodies", "CPU per KiB as answers grow", "kept connections, one thread; both axes logarithmic", "size of an answer", "CPU per KiB, µs",
     (("small", 1), ("16k", 16), ("medium", 64), ("256k", 256), ("large", 1024), ("10m", 10240)), True),
    ("routes", "CPU per request as routes grow", "GET of 1 KiB by the route in the middle; both axes logarithmic", "routes",
     "CPU per request, µs", (("routes10", 10), ("routes100", 100), ("routes1000", 1000), ("routes10000", 10_000)), False),
    ("backends", "CPU per request as backends grow", "GET of 1 KiB, the backends in turn; both axes logarithmic", "backends",
     "CPU per request, µs", (("small", 1), ("backends10", 10), ("backends100", 100), ("backends1000", 1000)), False),
)


def _cost(results, scenario, name, divide_by):
    cost = tables.middle(results, scenario, name, "us")
    return cost and cost / divide_by


def draw(results):
    """{file name: SVG text}, each plot for light and for dark pages."""
    names, out = results["peers"], {}
    for theme in svg.THEMES:
        def add(name, text, theme=theme):
            out[f"{name}-{theme.name}.svg"] = text

        rows = [(s.label, {n: tables.middle(results, s.name, n, "us") for n in names}) for s in scenarios.LOADS
                if s.section == "requests" and s.name in results["loads"]]
        base = "nginx" if "nginx" in names else OURS
        if rows:
            add("cpu", plots.relative(theme, f"CPU per request beside {base}", f"{base} is 1, and sluice runs its conf; logarithmic", rows,
                                      names, base))
        for section, title, about, x_label, y_label, points, by_kib in _GROWTH:
            if any(s in results["loads"] for s, _ in points[1:]):
                series = {n: [(x, _cost(results, s, n, x if by_kib else 1)) for s, x in points] for n in names}
                labels = {x: next(row.label for row in scenarios.LOADS if row.name == s) for s, x in points if by_kib}
                add(section, plots.growth(theme, title, about, series, x_label, y_label, labels))
        memory = [(what, {n: r["whole"] for n in names if "whole" in (r := results["memory"].get(kind, {}).get(n, {}))})
                  for kind, what in (("idle", "by idle connection"), ("idletls", "by idle connection over TLS"), ("slow", "by slow reader"))]
        memory = [(what, values) for what, values in memory if values]
        if memory:
            add("memory", plots.bars(theme, "Memory", "of the whole process, divided by its connections", memory, tables.bytes_shown))
        groups = [(f"at {level['share']:.0%} of the weakest one's most: {tables.shown(level['rate'])} requests per second", {
            n: tuple(stats.median([s[p] for s in samples]) for p in ("p50", "p99", "p999")) for n, samples in level["peers"].items() if samples})
            for level in results["latency"]]
        if any(values for _, values in groups):
            add("latency", plots.latencies(theme, "Latency at a fixed rate of arrivals", "open loop: counted from when a request was due", groups))
    return out


def picture(name, about, folder="plots"):
    return (f'<picture><source media="(prefers-color-scheme: dark)" srcset="{folder}/{name}-dark.svg">'
            f'<img alt="{about}" src="{folder}/{name}-light.svg"></picture>')


def _where(results):
    meta = results["meta"]
    rows = [("machine", meta["machine"]), ("kernel", meta["kernel"]), ("compiler", meta["compiler"]), ("measured", meta["date"]),
            ("command", f"`{meta['command']}`"),
            ("rounds", f"{meta['rounds']} of {meta['seconds']} s for each proxy, in turn, and half as many where work grows; {meta['took']} in all"),
            ("cores", meta["cores"]), ("meanwhile", f"other processes used {meta['neighbours']:.0%} of the machine"
                                                         + (", which makes the figures rough" if meta["neighbours"] > 0.1 else ""))]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _proxies(results):
    rows = []
    for name in results["peers"]:
        peer = peers.by_name(name)
        files = ", ".join(f"[{f}](peers/{f})" for f in peer.files)
        rows.append(f"| {name} | {results['meta']['versions'].get(name, '')} | {files} | {peer.note} |")
    return "\n".join(["| proxy | version | conf | |", "|---|---|---|---|", *rows])


def _trouble(results):
    lines = [f"* {name} is not installed: `apt-get install {package}`" for name, package in results["missing"].items()]
    for scenario, per_peer in results["loads"].items():
        for name, row in per_peer.items():
            errors = sum(s["errors"] for s in row["samples"])
            if row.get("trouble"):
                lines.append(f"* {scenario}, {name}: {row['trouble']}")
            if errors:
                lines.append(f"* {scenario}, {name}: {errors} requests failed; rounds with failures are not in the tables")
    for kind, per_peer in results["memory"].items():
        lines += [f"* {kind}, {name}: {row['trouble']}" for name, row in per_peer.items() if row.get("trouble")]
    lines += [f"* {why}" for why in results.get("notes", [])]
    return "\n".join(lines)


def _section(results, title, words, name, plot=True):
    if not any(s.section == name and s.name in results["loads"] for s in scenarios.LOADS):
        return []
    return [f"## {title}", words, *([picture(name, title)] if plot else []), tables.cpu(results, name), tables.ratios(results, name)]


def markdown(results):
    parts = ["# sluice beside other proxies",
             "Written by `benchmarks/run`; what is measured and how: [README.md](README.md). CPU is what the kernel accounted to the proxy's "
             "threads, median of the rounds; ratios are taken within a round, with the least and the greatest in brackets. Less is better.",
             _where(results), _proxies(results)]
    done = {s.section for s in scenarios.LOADS if s.name in results["loads"]}
    if "requests" in done:
        parts += ["## What a request costs", picture("cpu", "CPU per request of each proxy beside nginx"), tables.cpu(results, "requests"),
                  tables.ratios(results, "requests"), "\n".join(f"* {s.name}: {s.what}" for s in scenarios.LOADS if s.section == "requests"
                                                              and s.name in results["loads"]),
                  "## How much one core carries", "As many requests as the clients can make; `conn` is new connections per second, `tlshs` TLS "
                  "handshakes per second. Where the proxy's core was not busy, origin and load generator were the bottleneck.",
                  tables.rates(results, "requests")]
    if results["latency"]:
        parts += ["## Latency", "Requests arrive at a fixed rate, whether or not earlier ones are answered, and their time counts from when "
                  "they were due: 50 % and 80 % of what the weakest proxy carried.", picture("latency", "p50, p99 and p99.9"), tables.latency(results)]
    if results["memory"]:
        parts += ["## Memory", "Resident memory (PSS) of all of a proxy's processes, divided by the connections.", picture("memory", "Memory"),
                  tables.memory(results)]
    parts += _section(results, "Larger answers", "", "bodies")
    parts += _section(results, "More routes", "One worker, a prefix for each route; the one in the middle is asked for.", "routes")
    parts += _section(results, "More backends", "A group of so many, taken in turn, over 64 kept connections of clients.", "backends")
    if "threads" in done:
        parts += ["## Two threads", "The proxy on two cores, which on a machine of two it shares with origin and load.", tables.cpu(results, "threads"),
                  tables.ratios(results, "threads"), tables.rates(results, "threads")]
    trouble = _trouble(results)
    if trouble:
        parts += ["## What is missing", trouble]
    return "\n\n".join(p for p in parts if p) + "\n"


def with_block(text, name, block):
    """`text` with what stands between its two comments of that name replaced; ValueError without them."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, found, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f'no "{begin}" with its end')
    return f"{before}{begin}\n{block}\n{end}{after}"


def readme_block(results):
    meta = results["meta"]
    return "\n\n".join([
        picture("cpu", "CPU per request of each proxy beside nginx", "benchmarks/plots"), tables.headline(results),
        f"{meta['machine']}; {meta['date']}; one worker each, pinned to one core; nginx and sluice run the same conf. Of all rounds the median"
        + (f", while other processes used {meta['neighbours']:.0%} of the machine: rough figures. " if meta["neighbours"] > 0.1 else ". ") +
        "Everything else, how it is measured, and where sluice loses: [benchmarks/RESULTS.md](benchmarks/RESULTS.md)."])
