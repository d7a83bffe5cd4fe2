"""benchmarks/profile: where the time of sluice goes, as flame graphs."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from . import flame, load, machine, measure, peers, processes, proxies, run, scenarios, stacks

FOLDER = run.HERE / "profiles"
_USUAL = ("small", "medium", "tls", "conn")

_HELP = """Samples sluice's release build with perf while it serves a scenario of benchmarks/run as fast as it can, the kernel's part with
it, and writes a flame graph for each into benchmarks/profiles. Needs perf (linux-perf) and the right to use it."""


def arguments(words):
    parser = argparse.ArgumentParser(prog="benchmarks/profile", description=_HELP)
    parser.add_argument("scenario", nargs="*", help=f"of {', '.join(s.name for s in scenarios.LOADS)}; without any: {', '.join(_USUAL)}")
    parser.add_argument("--seconds", type=int, default=4, help="of sampling each (default: 4)")
    parser.add_argument("--binary", help="instead of building the release preset, look at this sluice")
    parser.add_argument("--output", default=str(FOLDER), help="the folder for the graphs (default: benchmarks/profiles)")
    options = parser.parse_args(words)
    known = {s.name: s for s in scenarios.LOADS}
    unknown = [name for name in options.scenario if name not in known]
    if unknown:
        parser.error(f"there is no scenario {', '.join(unknown)}")
    options.scenarios = [known[name] for name in options.scenario or _USUAL]
    return options


def _script(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise RuntimeError(f"perf: {done.stderr.strip()[-300:]}")
    return done.stdout


def sampled(bench, scenario, folder):
    """The stacks of one scenario."""
    proxy = bench.start(peers.by_name(peers.OURS), tls=scenario.tls, routes=scenario.routes, log=scenario.log, backends=scenario.backends)
    data = folder / f"{scenario.name}.data"
    with open(folder / f"{scenario.name}.txt", "w+") as said:
        recorder = processes.start(["perf", "record", "-q", "-F", "1999", "-e", "cpu-clock", "--call-graph", "dwarf,16384", "-o", str(data),
                                    "-p", str(proxy.pid), "--", "sleep", str(bench.seconds)], bench.cores.load, said)
        found = load.closed_loop(proxy.url(proxy.path(scenario.size)), scenario.connections, bench.seconds + 1, bench.cores.load,
                                 close=scenario.close)
        recorder.wait(60)
        processes.stop(recorder)
        proxy.stop()
        if recorder.returncode or found["errors"]:
            said.seek(0)
            raise RuntimeError(f"{scenario.name}: {found['errors']} requests failed; perf: {said.read().strip()[-300:] or 'says nothing'}")
    return stacks.collapse(_script(["perf", "script", "-i", str(data), "--no-inline", "-F", "ip,sym,dso"]))


def summary(found, most=12):
    """The system calls with all below them, and the functions, each by itself, in which most of the time is spent: lines of text."""
    own = stacks.own_costs(found)
    kinds = {kind: sum(share for (_, k), share in own.items() if k == kind) for kind in ("ours", "library", "kernel")}
    lines = ["  " + ", ".join(f"{name} {kinds[kind]:.0%}" for kind, name in (("ours", "sluice"), ("library", "libraries"), ("kernel", "kernel")))]
    calls = stacks.system_call_costs(found).most_common(most // 2)
    if calls:
        lines.append("  in system calls: " + ", ".join(f"{n} {share:.1%}" for n, share in calls))
    for kind in ("ours", "library", "kernel"):
        largest = [(n, share) for (n, k), share in own.most_common() if k == kind][:most // 3 + 2]
        lines.append(f"  {kind}: " + ", ".join(f"{n} {share:.1%}" for n, share in largest))
    return "\n".join(lines)


def main(words):
    options = arguments(words)
    try:
        if not shutil.which("perf"):
            raise RuntimeError("there is no perf: apt-get install --no-install-recommends linux-perf")
        built, origin_binary = run.build()
        binary = os.path.abspath(options.binary) if options.binary else built
        run.allow_many_descriptors()
        processes.clean_up_at_exit()
        cores = machine.share_out(os.sched_getaffinity(0))
        output = pathlib.Path(options.output)
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="sluice-profile-") as name:
            folder = pathlib.Path(name)
            run.make_certificates(folder / "certificates")
            bench = measure.Bench([], binary, proxies.Origin(origin_binary, cores.origin, folder, 1000), cores, folder / "certificates", folder,
                                  1, options.seconds, print)
            for scenario in options.scenarios:
                found = sampled(bench, scenario, folder)
                about = f"{scenario.what}; {sum(found.values()):,} samples of one worker. Hover for names and shares."
                (output / f"{scenario.name}.svg").write_text(flame.draw(found, f"Where the time goes: {scenario.label}", about))
                print(f"{scenario.name}: {output / (scenario.name + '.svg')}\n{summary(found)}", flush=True)
            processes.stop_all()
    except KeyboardInterrupt:
        print("\nbenchmarks/profile: interrupted", file=sys.stderr)
        return 130
    except (RuntimeError, OSError, proxies.CannotStart, load.Failed, subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"benchmarks/profile: {error}", file=sys.stderr)
        return 1
    return 0
