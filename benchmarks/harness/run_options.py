"""The command line of benchmarks/run."""
import argparse

from . import peers, scenarios

_HELP = """Measures sluice's release build (built if need be) beside every proxy that is installed, on this machine, in interleaved
rounds, and writes benchmarks/RESULTS.md with plots. Everything listens on loopback, on free ports, and is stopped at the end."""


def parse(words, folder):
    """The options, or the end of the program with what is wrong with them. `folder`: where results go by default."""
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=_HELP)
    parser.add_argument("--quick", action="store_true", help="two rounds of a second, in all under ten minutes; else five of two")
    parser.add_argument("--rounds", type=int, help="how often each proxy has its turn in each scenario")
    parser.add_argument("--seconds", type=int, help="of each turn")
    parser.add_argument("--only", help=f"scenarios, with commas: {', '.join(scenarios.NAMES)}")
    parser.add_argument("--peers", help=f"proxies beside sluice, with commas: {', '.join(p.name for p in peers.PEERS[1:])}")
    parser.add_argument("--floor", action="store_true", help="also what relaying costs without a proxy, as far as that can be said")
    parser.add_argument("--binary", help="instead of building the release preset, measure this sluice")
    parser.add_argument("--output", default=folder, help="the folder for RESULTS.md and plots (default: benchmarks)")
    parser.add_argument("--readme", action="store_true", help="put the headline into README.md, too")
    parser.add_argument("--from", dest="from_file", help="measure nothing: write the report of this results.json")
    parser.add_argument("--show-conf", metavar="PROXY", help="print the conf that a proxy is run with, and end")
    options = parser.parse_args(words)
    for name in ("rounds", "seconds"):
        if getattr(options, name) is not None and getattr(options, name) < 1:
            parser.error(f"--{name} must be at least 1")
    options.rounds = options.rounds or (2 if options.quick else 5)
    options.seconds = options.seconds or (1 if options.quick else 2)
    for flag, known in (("only", scenarios.NAMES), ("peers", [p.name.lower() for p in peers.PEERS])):
        given = getattr(options, flag)
        wanted = [w.strip() for w in given.lower().split(",")] if given else None
        unknown = [w for w in wanted or () if w not in [k.lower() for k in known]]
        if unknown:
            parser.error(f"--{flag}: there is no {', '.join(unknown)}; there are {', '.join(known)}")
        setattr(options, flag, wanted)
    if options.show_conf and options.show_conf.lower() not in [p.name.lower() for p in peers.PEERS]:
        parser.error(f"there is no proxy {options.show_conf}")
    return options
