"""benchmarks/run: sluice beside the proxies that are installed."""
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

from . import conf, guard, latency, load, machine, measure, peers, processes, proxies, report, run_options, scenarios, stats, tables, versions

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "benchmarks"
BUILD = ROOT / "build" / "release"
SO_FAR = ROOT / "build" / "benchmarks-so-far.json"
_MOST_DESCRIPTORS = 20_000

def show_conf(name):
    setting = conf.Setting(port=8080, peers=(("127.0.0.1", 9000),), folder="FOLDER", root=os.geteuid() == 0)
    for file in peers.by_name(name).files:
        print(f"# {file}\n{conf.render((proxies.CONFS / file).read_text(), setting)}")


def build(*more):
    """The paths of sluice and of the origin. `more`: targets that are wanted, too."""
    targets = ["sluice", "bench_origin", *more]
    for command in (["test/support/prerequisites", "build", "bench"], ["test/support/build_preset", "release", *targets]):
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
    floors = peers.floors(str(BUILD / "benchmarks" / "floor" / "bench_floor")) if options.floor else []
    return [p for p in wanted if proxies.installed(p)] + floors, {p.name: p.package for p in wanted if not proxies.installed(p)}


def meta(options, chosen, binary, cores):
    c = "origin and load share one core" if cores.shared else "origin and load have one each"
    return {"machine": versions.processor(), "kernel": f"{platform.system()} {platform.release()}",
            "compiler": versions.of_guard(BUILD)["compiler"], "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "command": shlex.join(["benchmarks/run", *sys.argv[1:]]), "rounds": options.rounds, "seconds": options.seconds,
            "cores": f"the proxy on core {cores.proxy} (with two threads on {cores.proxy_two}), origin on {cores.origin}, load on {cores.load}; {c}",
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
    """Fills in `results`, and keeps what there is of them in a file, lest an interruption lose it."""
    def wanted(name):
        return not options.only or name in options.only

    def keep():
        SO_FAR.write_text(json.dumps(results))

    for scenario in scenarios.LOADS:
        if wanted(scenario.name):
            results["loads"][scenario.name] = measure.loads(bench, scenario)
            say_loads(scenario, results["loads"][scenario.name])
            keep()
    if wanted("latency"):
        results["latency"], notes = latency.measure(bench, results)
        results["notes"] += notes
        keep()
    for kind in scenarios.MEMORY:
        if wanted(kind):
            count = {scenarios.IDLE: 8000, scenarios.IDLE_TLS: 2000, scenarios.SLOW: 1000}[kind]
            results["memory"][kind] = measure.memory(bench, kind, count // 2 if options.quick and kind != scenarios.SLOW else count)
            say_memory(kind, results["memory"][kind])
            keep()


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
    SO_FAR.unlink(missing_ok=True)
    binary, origin_binary = build(*(["bench_floor"] if options.floor else []))
    binary = os.path.abspath(options.binary) if options.binary else binary
    allow_many_descriptors()
    processes.clean_up_at_exit()
    cores = machine.share_out(os.sched_getaffinity(0))
    chosen, missing = choose_peers(options)
    for name, package in missing.items():
        print(f"{name} is not installed and left out: apt-get install --no-install-recommends {package}")
    neighbours = machine.Neighbours()
    results = {"meta": meta(options, chosen, binary, cores), "peers": [p.name for p in chosen], "missing": missing, "loads": {},
               "memory": {}, "latency": [], "notes": []}
    results["meta"] |= {"took": "interrupted", "neighbours": 0.0}
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
    results["meta"]["neighbours"] = neighbours.share()
    return results


def read_results(path):
    results = json.loads(pathlib.Path(path).read_text())
    if not isinstance(results, dict) or not {"meta", "peers", "missing", "loads", "memory", "latency", "notes"} <= results.keys():
        raise ValueError(f"{path} is no results.json of benchmarks/run")
    return results


def main(words):
    options = run_options.parse(words, str(HERE))
    try:
        if options.show_conf:
            show_conf(options.show_conf)
            return 0
        results = read_results(options.from_file) if options.from_file else compare(options)
        write(results, pathlib.Path(options.output), options.readme)
    except KeyboardInterrupt:
        print("\nbenchmarks/run: interrupted; everything that it started has been stopped", file=sys.stderr)
        if SO_FAR.exists():
            print(f"For a report of what was measured: benchmarks/run --from {SO_FAR.relative_to(ROOT)}", file=sys.stderr)
        return 130
    except (RuntimeError, OSError, ValueError, proxies.CannotStart, load.Failed, subprocess.CalledProcessError) as error:
        print(f"benchmarks/run: {error}", file=sys.stderr)
        return 1
    if results["meta"]["neighbours"] > 0.1:
        print(f"\nOther processes used {results['meta']['neighbours']:.0%} of this machine meanwhile: take the figures as rough.")
    print(f"\n{tables.headline(results)}\n\nThe whole table is in {pathlib.Path(options.output) / 'RESULTS.md'}")
    return 0
