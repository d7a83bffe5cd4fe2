"""Stacks of calls with how often they were seen, from what `perf script` prints."""
import re
from collections import Counter

from .callgrind import short_name

_FRAME = re.compile(r"^\s+(?:[0-9a-f]+ )?(.*) \((.*)\)$")


def _named(symbol, where):
    symbol = re.sub(r"\+0x[0-9a-f]+$", "", symbol.strip())
    if symbol == "[unknown]":
        return where.rsplit("/", 1)[-1]
    return short_name(symbol) if "::" in symbol or "(" in symbol else re.sub(r"(\.(part|constprop|isra|cold)\.\d+)+$", "", symbol)


def _kind(where):
    if where.startswith("[kernel") or where in ("[vdso]", "[guest.kernel.kallsyms]"):
        return "kernel"
    return "ours" if where.endswith("/sluice") else "library"


def collapse(text):
    """Counter of stacks, each a tuple of (name, kind) from the outermost; kinds: kernel, ours, library."""
    counted, frames = Counter(), []
    for line in [*text.splitlines(), ""]:
        found = _FRAME.match(line)
        if found:
            frame = (_named(found[1], found[2]), _kind(found[2]))
            # A function split by the compiler, or resumed by another of that name, is one.
            if not frames or frames[-1] != frame:
                frames.append(frame)
        elif not line.strip() and frames:
            counted[tuple(reversed(frames))] += 1
            frames = []
    return counted


def own_costs(stacks):
    """By function, the share of samples in which it was innermost."""
    total = sum(stacks.values())
    costs = Counter()
    for stack, count in stacks.items():
        costs[stack[-1]] += count / total
    return costs


def system_call_costs(stacks):
    """By system call, the share of samples in or below it."""
    total = sum(stacks.values())
    costs = Counter()
    for stack, count in stacks.items():
        for name, kind in stack:
            called = re.match(r"_*(?:x64_|arm64_)?_*sys_(\w+)$", name) if kind == "kernel" else None
            if called:
                costs[called[1]] += count / total
                break
    return costs
