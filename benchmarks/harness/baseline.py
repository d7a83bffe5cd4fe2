"""The guard's baseline: read, written, and compared with what was measured."""
import json
from dataclasses import asdict, dataclass

from .cost import Cost

ALLOWED = 0.03  # of the instructions of a request, more than the baseline
_SMALLEST = 0.05  # what a count per request may differ by: a timer that fell into the run


@dataclass
class Finding:
    shape: str
    what: str
    details: list
    is_instructions: bool = False


def read(path):
    """(versions, {shape: Cost}); raises OSError or ValueError."""
    data = json.loads(path.read_text())
    try:
        return data["versions"], {name: Cost(**cost) for name, cost in data["shapes"].items()}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is not as this guard writes it ({error}); benchmarks/guard --accept writes a new one") from error


def write(path, versions, costs):
    path.write_text(json.dumps({"versions": versions, "shapes": {name: asdict(c) for name, c in costs.items()}}, indent=1) + "\n")


def growth(then, now):
    return now.instructions / then.instructions - 1


def grown(then, now, most):
    """What of {name: instructions} takes more than it did, the largest growth first: lines to print."""
    rows = [(name, then.get(name, 0), now.get(name, 0)) for name in {*then, *now}]
    rows = sorted((row for row in rows if row[2] - row[1] >= 1), key=lambda row: (row[1] - row[2], row[0]))
    return [f"{after - before:+8,.0f}  {name} ({before:,.0f} before, {after:,.0f} now)" for name, before, after in rows[:most]]


def growth_by_function(then, now):
    ours, others = grown(then.functions, now.functions, 8), grown(then.libraries, now.libraries, 6)
    return (["by our functions, with what they call in libraries:", *ours] if ours else []) + \
           (["in libraries, whoever calls them:", *others] if others else [])


def compare(shape, then, now, allowed=ALLOWED):
    """What is worse than in the baseline and may not be."""
    found = []
    if now.instructions > then.instructions * (1 + allowed):
        what = (f"{now.instructions:,.0f} instructions per request, {growth(then, now):+.1%} of the baseline's "
                f"{then.instructions:,.0f} ({allowed:.0%} are allowed)")
        found.append(Finding(shape, what, growth_by_function(then, now), True))
    if now.allocations > then.allocations + _SMALLEST:
        found.append(Finding(shape, f"{now.allocations:g} allocations per request, the baseline's were {then.allocations:g}", []))
    for name, count in now.system_calls.items():
        before = then.system_calls.get(name, 0)
        if count > before + _SMALLEST:
            found.append(Finding(shape, f"{count:g} {name} per request, the baseline's were {before:g}", []))
    return found


def better(then, now, allowed=ALLOWED):
    """Whether a new baseline would hold on to something gained."""
    return (growth(then, now) < -allowed or now.allocations < then.allocations - _SMALLEST or
            sum(now.system_calls.values()) < sum(then.system_calls.values()) - _SMALLEST)
