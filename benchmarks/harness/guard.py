"""The guard of what a request costs. benchmarks/guard is its command."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from . import baseline, cost, shapes, versions

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASELINE = ROOT / "benchmarks" / "guard-baseline.json"
BUILD = ROOT / "build" / "release"
_TRIES = 3  # of a shape that grew; the cheapest counts

_HELP = """Instructions, allocations and system calls per request of sluice's release build, for a few fixed requests,
compared with benchmarks/guard-baseline.json. They are counted by valgrind and are the same on a busy machine.

Ends with 1, and the functions that grew, if a request takes over 3 % more instructions than in the baseline, or more
allocations or system calls. A gain, or a price that is worth paying, becomes the new baseline with --accept; commit it
with the change that made it, and say in the commit what it is paid for."""


def arguments(words):
    parser = argparse.ArgumentParser(prog="benchmarks/guard", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept", action="store_true", help="write what is measured into the baseline")
    parser.add_argument("--shape", action="append", choices=[s.name for s in shapes.SHAPES], help="only this one; may be repeated")
    parser.add_argument("--binary", help="instead of building the release preset, measure this program")
    return parser.parse_args(words)


def build():
    for command in (["test/support/prerequisites", "build", "guard"], ["test/support/build_preset", "release", "sluice"]):
        if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            raise RuntimeError(f"{' '.join(command)} failed")
    return str(BUILD / "apps" / "sluice")


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "certificate.pem"],
                   check=True, capture_output=True)


def read_baseline(now_versions, accept):
    try:
        return baseline.read(BASELINE)
    except (FileNotFoundError, ValueError):
        if not accept and BASELINE.exists():
            raise
        return now_versions, {}


def measure(binary, shape, then, folder):
    """The cost of a shape, taken again while it is over the baseline: what disturbs a run only ever adds."""
    best = None
    for attempt in range(_TRIES):
        trial = folder / f"try-{attempt}"
        trial.mkdir(exist_ok=True)
        now = cost.measure(binary, shape, trial)
        shutil.rmtree(trial)
        if best is None or now.instructions < best.instructions:
            best = now
        if then is None or not baseline.compare(shape.name, then, best):
            break
    return best


def row(shape, then, now):
    calls = ", ".join(f"{name} {count:g}" for name, count in now.system_calls.items())
    compared = f"{baseline.growth(then, now):+6.1%}" if then else "   new"
    return f"{shape.name:8} {now.instructions:10,.0f} {compared} {now.allocations:8g}      {calls}"


def measure_all(binary, wanted, before):
    costs = {}
    print(f"{'request':8} {'instructions':>12} {'':4} {'allocations':>8}  system calls")
    with tempfile.TemporaryDirectory(prefix="sluice-guard-") as name:
        folder = pathlib.Path(name)
        make_certificate(folder)
        for shape in wanted:
            then = before.get(shape.name)
            costs[shape.name] = measure(binary, shape, then, folder)
            print(row(shape, then, costs[shape.name]), flush=True)
    return costs


def report(before, costs, changed):
    """Says what grew; true if nothing did that counts here."""
    findings = [f for name, now in costs.items() if name in before for f in baseline.compare(name, before[name], now)]
    missing = [name for name in costs if name not in before]
    for finding in findings:
        print(f"\n{finding.shape}: {finding.what}")
        for detail in finding.details:
            print("  " + detail)
    if missing:
        print(f"\nThe baseline has nothing of {', '.join(missing)}: benchmarks/guard --accept")
    if changed:
        print("\nInstructions were not judged, since this is not what the baseline was measured with:")
        print("".join(f"  {line}\n" for line in changed) + "On this machine make a baseline of what was there before: benchmarks/guard --accept")
    failed = missing or [f for f in findings if not (changed and f.is_instructions)]
    gained = [name for name, now in costs.items() if name in before and baseline.better(before[name], now)]
    if not failed and gained and not changed:
        print(f"\nGained: {', '.join(gained)}. Hold on to it with benchmarks/guard --accept")
    print(f"\nguard: {'a request costs more than it did (CONTRIBUTING.md says what to do)' if failed else 'no request costs more than it did'}")
    return not failed


def main(words):
    options = arguments(words)
    try:
        binary = os.path.abspath(options.binary) if options.binary else build()
        now_versions = versions.of_guard(BUILD)
        then_versions, before = read_baseline(now_versions, options.accept)
        if options.accept and options.shape and then_versions != now_versions:
            raise RuntimeError("the baseline is of other versions; accept all of it, without --shape")
        wanted = [s for s in shapes.SHAPES if not options.shape or s.name in options.shape]
        costs = measure_all(binary, wanted, before)
    except KeyboardInterrupt:
        print("\nbenchmarks/guard: interrupted", file=sys.stderr)
        return 130
    except (RuntimeError, OSError, ValueError, subprocess.CalledProcessError) as error:
        print(f"benchmarks/guard: could not measure: {error}", file=sys.stderr)
        return 2
    if options.accept:
        # Shapes of one file were all measured with the same.
        kept = before if then_versions == now_versions else {}
        baseline.write(BASELINE, now_versions, {**kept, **costs})
        print(f"\nguard: {BASELINE.relative_to(ROOT)} written; commit it with the change that it is of")
        return 0
    return 0 if report(before, costs, versions.differing(then_versions, now_versions)) else 1
