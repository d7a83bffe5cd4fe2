"""benchmarks/run: sluice beside the proxies that are installed."""
import argparse
import json
import os
import pathlib
import platform
import resource
import shlex
import subprocess
import sys
import tempfile
import time

from . import conf, guard, latency, load, machine, measure, peers, processes, proxies, report, scenarios, stats, tables, versions

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "benchmarks"
BUILD = ROOT / "build" / "release"
_MOST_DESCRIPTORS = 20_000

_HELP = """Measures sluice's release build (built if need be) beside every proxy that is installed, on this machine, in interleaved
rounds, and writes benchmarks/RESULTS.md with plots. Everything listens on loopback, on free ports, and is stopped at the end."""


def arguments(words):
    parser = argparse.ArgumentParser(prog="benchmarks/run", description=_HELP)
    parser.add_argument("--quick", action="store_true", help="two rounds of a second, in all under ten minutes; else five of two")
    parser.add_argument("--rounds", type=int, help="how often each proxy has its turn in each scenario")
    parser.add_argument("--seconds", type=int, help="of each turn")
    parser.add_argument("--only", help=f"scenarios, with commas: {', '.join(scenarios.NAMES)}")
    parser.add_argument("--peers", help=f"proxies beside sluice, with commas: {', '.join(p.name for p in peers.PEERS[1:])}")
    parser.add_argument("--binary", help="instead of building the release preset, measure this sluice")
    parser.add_argument("--output", default=str(HERE), help="the folder for RESULTS.md and plots (default: benchmarks)")
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


def show_conf(name):
    setting = conf.Setting(port=8080, peers=(("127.0.0.1", 9000),), folder="FOLDER", root=os.geteuid() == 0)
    for file in peers.by_name(name).files:
        print(f"# {file}\n{conf.render((proxies.CONFS / file).read_text(), setting)}")


def build():
    """The paths of sluice and of the origin."""
    for command in (["test/support/prerequisites", "build", "bench"], ["test/support/build_preset", "release", "sluice", "bench_origin"]):
        if subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode:
            raise RuntimeError(f"{' '.join(command)} failed")
    return str(BUILD / "apps" / "sluice"), str(BUILD / "benchmarks" / "origin" / "bench_origin")


def make_certificates(folder):
    folder.mkdir()
    guard.make_certificate(folder)
    (folder / "both.pem").write_text((folder / "certificate.pem").read_text() + (folder / "key.pem").read_text())


def allow_many_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = min(_MOST_DESCRIPTORS, hard) if hard != resource.RLIM_INFINITY else _MOST_DESCRIPTORS
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def choose_peers(options):
    """Those that take part, and {name: package} of those that are not installed."""
    wanted = [p for p in peers.PEERS if not p.binary or not options.peers or p.name.lower() in options.peers]
    return [p for p in wanted if proxies.installed(p)], {p.name: p.package for p in wanted if not proxies.installed(p)}


def meta(options, chosen, binary, cores):
    c = "origin and load share one core" if cores.shared else "origin and load have one each"
    return {"machine": versions.processor(), "kernel": f"{platform.system()} {platform.release()}",
            "compiler": versions.of_guard(BUILD)["compiler"], "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "command": shlex.join(["benchmarks/run", *sys.argv[1:]]), "rounds": options.rounds, "seconds": options.seconds,
            "cores": f"the proxy on core {cores.proxy}, load on {cores.load}; {c}", "load_average": f"{machine.load_average():.2f}",
            "versions": {p.name: proxies.version_of(p, binary) for p in chosen}}


def say_loads(scenario, rows):
    cells = []
    for name, row in rows.items():
        value = stats.median([s["us"] for s in row["samples"] if not s["errors"]])
        cells.append(f"{name} {tables.shown(value)}")
    print(f"{scenario.name:13} µs per request: {', '.join(cells)}", flush=True)


def say_memory(kind, rows):
    print(f"{kind:13} by connection: {', '.join(f'{n} ' + tables.bytes_shown(r.get('whole')) for n, r in rows.items())}", flush=True)


def measure_all(bench, options, results):
    def wanted(name):
        return not options.only or name in options.only

    for scenario in scenarios.LOADS:
        if wanted(scenario.name):
            results["loads"][scenario.name] = measure.loads(bench, scenario)
            say_loads(scenario, results["loads"][scenario.name])
    if wanted("latency"):
        results["latency"], notes = latency.measure(bench, results)
        results["notes"] += notes
    for kind in scenarios.MEMORY:
        if wanted(kind):
            count = {scenarios.IDLE: 8000, scenarios.IDLE_TLS: 2000, scenarios.SLOW: 1000}[kind]
            results["memory"][kind] = measure.memory(bench, kind, count // 2 if options.quick and kind != scenarios.SLOW else count)
            say_memory(kind, results["memory"][kind])


def write(results, folder, readme):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plots").mkdir(exist_ok=True)
    for name, text in report.draw(results).items():
        (folder / "plots" / name).write_text(text)
    (folder / "RESULTS.md").write_text(report.markdown(results))
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    if readme:
        path = ROOT / "README.md"
        path.write_text(report.with_block(path.read_text(), "headline", report.readme_block(results)))


def compare(options):
    began = time.monotonic()
    binary, origin_binary = build()
    binary = os.path.abspath(options.binary) if options.binary else binary
    allow_many_descriptors()
    processes.clean_up_at_exit()
    cores = machine.share_out(os.sched_getaffinity(0))
    chosen, missing = choose_peers(options)
    for name, package in missing.items():
        print(f"{name} is not installed and left out: apt-get install --no-install-recommends {package}")
    results = {"meta": meta(options, chosen, binary, cores), "peers": [p.name for p in chosen], "missing": missing, "loads": {},
               "memory": {}, "latency": [], "notes": []}
    with tempfile.TemporaryDirectory(prefix="sluice-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        make_certificates(folder / "certificates")
        origin = proxies.Origin(origin_binary, cores.origin, folder, 1000)
        try:
            bench = measure.Bench(chosen, binary, origin, cores, folder / "certificates", folder, options.rounds, options.seconds, print)
            measure_all(bench, options, results)
        finally:
            processes.stop_all()
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    results["meta"]["took"] = f"{minutes} min {seconds} s"
    return results


def main(words):
    options = arguments(words)
    if options.show_conf:
        show_conf(options.show_conf)
        return 0
    try:
        results = json.loads(pathlib.Path(options.from_file).read_text()) if options.from_file else compare(options)
        write(results, pathlib.Path(options.output), options.readme)
    except KeyboardInterrupt:
        print("\nbenchmarks/run: interrupted; everything that it started has been stopped", file=sys.stderr)
        return 130
    except (RuntimeError, OSError, ValueError, proxies.CannotStart, load.Failed, subprocess.CalledProcessError) as error:
        print(f"benchmarks/run: {error}", file=sys.stderr)
        return 1
    print(f"\n{tables.headline(results)}\n\nThe whole table is in {pathlib.Path(options.output) / 'RESULTS.md'}")
    return 0
