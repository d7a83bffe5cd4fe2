"""Reads what valgrind --tool=callgrind writes: instructions and calls by function, and the stacks of a flame graph."""
import re
from collections import Counter
from dataclasses import dataclass, field

_NAMED = re.compile(r"^(c?)(fn|ob|fi|fe|fl)=\((\d+)\)\s*(.*)$")
_COST = re.compile(r"^[+\-*]?\d*\s")


@dataclass
class Profile:
    """One thread's costs. `own` is without callees; `calls` is how often a function was entered."""
    own: Counter = field(default_factory=Counter)
    calls: Counter = field(default_factory=Counter)
    arcs: Counter = field(default_factory=Counter)  # (caller, callee) to the instructions below the call

    @property
    def total(self):
        return sum(self.own.values())

    def with_libraries(self, is_ours):
        """By function of ours, the instructions of it and of what it calls of others: where to look for a cost."""
        costs = Counter({name: cost for name, cost in self.own.items() if is_ours(name)})
        for (caller, callee), cost in self.arcs.items():
            if is_ours(caller) and not is_ours(callee):
                costs[caller] += cost
        return costs

    def minus(self, other):
        left = Profile(Counter(self.own), Counter(self.calls), Counter(self.arcs))
        left.own.subtract(other.own)
        left.calls.subtract(other.calls)
        left.arcs.subtract(other.arcs)
        return left


def short_name(name):
    """A function's name without arguments, template arguments and the marks of a compiler's clones.

    What is inlined, cloned or split differs from build to build; the name is what a reader looks for."""
    name = re.sub(r"'\d+$", "", name)
    name = re.sub(r"\s*\[clone [^]]*\]", "", name)
    name = re.sub(r"(\.(part|constprop|isra|cold|lto_priv|actor|destroy|localalias)(\.\d+)*)+$", "", name)
    name = name.replace("(anonymous namespace)::", "")
    # The parts of a coroutine are named after its frame.
    frame = re.match(r"^(.*?)\(.*Frame\*\)$", name)
    if frame:
        name = frame[1]
    out, depth = [], 0
    operator = name.find("operator")
    for at, letter in enumerate(name):
        if 0 <= operator <= at < operator + len("operator") + 2:
            out.append(letter)
        elif letter in "<(":
            depth += 1
        elif letter in ">)":
            depth -= 1
        elif depth == 0:
            out.append(letter)
    words = "".join(out).replace(" const", "").strip().split(" ")
    # A template's name comes with its return type in front.
    return " ".join(words) if operator >= 0 else words[-1]


def parse(text, rename=short_name):
    """The profile in one file of callgrind's, whose positions are lines and whose only event is Ir."""
    profile, names, objects = Profile(), {}, {}
    current = called = None
    own_object = callee_object = ""
    for line in text.splitlines():
        named = _NAMED.match(line)
        if named:
            callee, kind, number, name = named.groups()
            if kind == "ob":
                if name:
                    objects[number] = "code without a file" if name == "???" else name.rsplit("/", 1)[-1]
                if callee:
                    callee_object = objects[number]
                else:
                    own_object = objects[number]
            elif kind == "fn":
                if name:
                    # Functions of a library without symbols count together.
                    names[number] = (callee_object or own_object) if name.startswith("0x") else rename(name)
                if callee:
                    called, callee_object = names[number], ""
                else:
                    current = names[number]
        elif line.startswith("calls="):
            calling = int(line[len("calls="):].split()[0])
        elif current is not None and _COST.match(line):
            cost = int(line.split()[1])
            if called is None:
                profile.own[current] += cost
            else:
                profile.calls[called] += calling
                profile.arcs[current, called] += cost
                called = None
    return profile
