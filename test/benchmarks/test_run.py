"""What benchmarks/run computes from what it measured: confs, ratios, tables, plots. Nothing is started."""
import contextlib
import io
import pathlib
import re
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))

from harness import conf, latency, load, machine, peers, plots, proxies, report, run, run_options, scenarios, stats, svg, tables  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"
CONFS = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "peers"


class Confs(unittest.TestCase):
    def test_lines_stand_for_each_peer_or_route_and_on_condition(self):
        text = ("listen @port@;\n#tls cert @folder@/c;\n#plain plain;\nserver @peer@ @number@;\n#routes at /r@route@/;\n"
                "#routes-once some;\n#many several;\n#one single @first_peer@;\n")
        one = conf.Setting(port=80, peers=(("a", 1),), folder="/f")
        self.assertEqual(conf.render(text, one), "listen 80;\nplain;\nserver a:1 0;\nsingle a:1;\n")
        more = conf.Setting(port=80, peers=(("a", 1), ("b", 2)), folder="/f", routes=2, tls=True)
        self.assertEqual(conf.render(text, more),
                         "listen 80;\ncert /f/c;\nserver a:1 0;\nserver b:2 1;\nat /r0/;\nat /r1/;\nsome;\nseveral;\n")

    def test_an_unknown_name_is_told_of(self):
        with self.assertRaises(KeyError):
            conf.render("@prot@", conf.Setting(peers=(("a", 1),)))

    def test_every_conf_can_be_filled_in(self):
        for peer in peers.PEERS:
            for file in peer.files:
                for setting in (conf.Setting(80, (("a", 1),), "/f"), conf.Setting(80, (("a", 1), ("b", 2)), "/f", 2, 3, True, True, False)):
                    with self.subTest(file):
                        self.assertNotRegex(conf.render((CONFS / file).read_text(), setting), r"@\w+@|^#(tls|plain|many|one|routes|root|log|nolog)")


class Loads(unittest.TestCase):
    WRK = ("Running 1s test @ http://127.0.0.1:1/\n  1 threads and 64 connections\n  65789 requests in 1.10s, 80.1MB read\n"
           "Requests/sec:  65789.00\n")

    def test_what_wrk_says(self):
        self.assertEqual(load.parse_wrk(self.WRK), {"requests": 65789, "seconds": 1.1, "errors": 0})
        with_errors = self.WRK + "  Socket errors: connect 1, read 2, write 0, timeout 4\n  Non-2xx or 3xx responses: 10\n"
        self.assertEqual(load.parse_wrk(with_errors)["errors"], 17)
        with self.assertRaises(load.Failed):
            load.parse_wrk("unable to connect to 127.0.0.1:1 Connection refused\n")

    def test_what_sluice_bench_says(self):
        said = ('{"latency_ms": {"p50": 0.1, "p99": 0.5, "p99.9": 2.5}, "rate": 5000.5, "failed": 3, "generator": {"busy": 0.4}}')
        self.assertEqual(load.parse_bench(said), {"p50": 0.1, "p99": 0.5, "p999": 2.5, "rate": 5000.5, "errors": 3, "generator_busy": 0.4})
        with self.assertRaises(load.Failed):
            load.parse_bench("sluice: no such command")

    def test_the_weakest(self):
        rows = {"a": {"samples": [{"rate": 9, "errors": 0}]}, "b": {"samples": [{"rate": 7, "errors": 5}, {"rate": 3, "errors": 0}, {"rate": 4, "errors": 0}]},
                "c": {"samples": []}}
        self.assertEqual(latency.weakest(rows), ("b", 4))
        self.assertIsNone(latency.weakest({"c": {"samples": []}}))


class Machine(unittest.TestCase):
    def test_cores_are_shared_out(self):
        for cores, proxy, two, origin, load_core in (
                ({0}, "0", "0", "0", "0"), ({0, 1}, "0", "0,1", "1", "1"), ({2, 3, 4}, "2", "2,3", "3", "3"),
                ({0, 1, 2, 3}, "0", "0,1", "2", "3"), (set(range(16)), "0", "0,1", "14", "15")):
            with self.subTest(cores):
                got = machine.share_out(cores)
                self.assertEqual((got.proxy, got.proxy_two, got.origin, got.load), (proxy, two, origin, load_core))


class Stats(unittest.TestCase):
    def test_ratios_are_taken_within_rounds(self):
        # The machine was twice as slow in the second round; the ratio is not.
        self.assertEqual(stats.ratios([8, 16], [10, 20]), [0.8, 0.8])
        self.assertEqual(stats.ratios([8, None, 4], [10, 20, 8]), [0.8, 0.5])
        self.assertEqual(stats.ratios([8, 16], [10]), [0.8])
        self.assertEqual(stats.ratios([], [1]), [])

    def test_spread(self):
        self.assertEqual(stats.spread([3, 1, 2]), (1, 2, 3))
        self.assertIsNone(stats.spread([None]))
        self.assertIsNone(stats.median([None]))


def measured(ours=(10.0, 11.0), nginx=(20.0, 22.0)):
    def samples(us, errors=0):
        return [{"us": v, "rate": 1e6 / v, "busy": 0.95, "errors": errors} for v in us]

    return {
        "peers": ["sluice", "nginx", "Varnish"], "missing": {"h2o": "h2o"}, "notes": ["noted"],
        "meta": {"machine": "m", "kernel": "k", "compiler": "c", "date": "d", "command": "benchmarks/run", "rounds": 2, "seconds": 1,
                 "cores": "0", "neighbours": 0.02, "took": "1 min", "versions": {"nginx": "1.22.1"}},
        "loads": {"small": {"sluice": {"samples": samples(ours)}, "nginx": {"samples": samples(nginx)},
                            "Varnish": {"samples": samples((90.0, 91.0), errors=2)}},
                  "routes10": {"sluice": {"samples": samples((10.0,))}, "nginx": {"samples": samples((21.0,))}},
                  "routes100": {"sluice": {"samples": samples((10.0,))}, "nginx": {"samples": [], "trouble": "does not start"}}},
        "memory": {"idle": {"sluice": {"whole": 1400.0, "added": 300.0, "count": 8000}, "nginx": {"whole": 2800.0, "added": 500.0, "count": 8000}}},
        "latency": [{"share": 0.5, "rate": 5000, "peers": {"sluice": [{"p50": 0.1, "p99": 0.4, "p999": 1.5}],
                                                           "nginx": [{"p50": 0.2, "p99": 0.5, "p999": 2.5}], "Varnish": []}}],
    }


class Tables(unittest.TestCase):
    def test_figures(self):
        for value, text in ((None, "–"), (0, "0"), (14.02, "14.0"), (7428.4, "7,428"), (0.1234, "0.123"), (65789.0, "65,789"), (1.999, "2.00")):
            self.assertEqual(tables.shown(value), text)
        self.assertEqual(tables.bytes_shown(1375.2), "1,375 B")
        self.assertEqual(tables.bytes_shown(20480), "20.0 KiB")

    def test_a_table_has_a_row_for_each_scenario_and_a_dash_where_nothing_is(self):
        text = tables.cpu(measured(), "requests")
        self.assertEqual(text.splitlines()[2], "| small | 10.5 | 21.0 | – |")
        self.assertIn("| routes100 | 10.0 | – | – |", tables.cpu(measured(), "routes"))

    def test_ratios_come_with_their_spread(self):
        self.assertIn("| small | **0.50** | – |", tables.ratios(measured(), "requests"))
        self.assertIn("**1.05** (0.90 – 1.20)", tables.ratios(measured((9.0, 12.0), (10.0, 10.0)), "requests"))

    def test_where_we_lose_it_says_so(self):
        self.assertIn("**2.00**", tables.headline(measured((20.0, 20.0), (10.0, 10.0))))

    def test_the_whole_report(self):
        text = report.markdown(measured())
        for words in ("## What a request costs", "h2o is not installed", "small, Varnish: 4 requests failed", "routes100, nginx: does not start",
                      "noted", "| 8,000 idle | 1,400 B | 2,800 B | – |", "| 50%: 5,000/s | 0.10 / 0.40 / 1.5 |"):
            self.assertIn(words, text)
        self.assertNotIn("## More backends", text)

    def test_every_row_of_a_table_has_as_many_cells(self):
        for block in re.findall(r"(?:^\|.*\n?)+", report.markdown(measured()), re.M):
            self.assertEqual(len({line.count("|") for line in block.splitlines()}), 1, block)

    def test_a_block_of_the_readme_is_replaced(self):
        text = "a\n<!-- headline -->\nold\n<!-- end of headline -->\nb\n"
        self.assertEqual(report.with_block(text, "headline", "new"), "a\n<!-- headline -->\nnew\n<!-- end of headline -->\nb\n")
        with self.assertRaises(ValueError):
            report.with_block("a", "headline", "new")


class Stored(unittest.TestCase):
    """The checked-in report and plots are what the checked-in figures make."""

    def test_the_report_comes_out_of_its_figures_byte_by_byte(self):
        with tempfile.TemporaryDirectory() as name, contextlib.redirect_stdout(io.StringIO()) as said:
            self.assertEqual(run.main(["--from", str(HERE / "results.json"), "--output", name]), 0)
            made = sorted(p.relative_to(name) for p in pathlib.Path(name).rglob("*") if p.is_file())
            self.assertEqual(made, sorted(p.relative_to(HERE) for p in [HERE / "RESULTS.md", HERE / "results.json", *(HERE / "plots").iterdir()]))
            for file in made:
                with self.subTest(file), open(HERE / file) as kept:
                    self.assertTrue((pathlib.Path(name) / file).read_text() == kept.read(),
                                    f"{file} is not what results.json makes: benchmarks/run --from benchmarks/results.json --readme")
        self.assertIn("The whole table is in", said.getvalue())

    def test_so_does_the_table_of_the_readme(self):
        text = (HERE.parent / "README.md").read_text()
        block = report.readme_block(run.read_results(HERE / "results.json"))
        self.assertTrue(report.with_block(text, "headline", block) == text)

    def test_it_has_what_a_reader_has_to_know(self):
        text = (HERE / "RESULTS.md").read_text()
        for words in ("| machine |", "| kernel |", "| command |", "| cores |", "sluice's CPU by that of", "p50 / p99 / p99.9", "slow readers",
                      "over TLS", "| conn |", "| tlshs |", "| 10m |", "| routes10000 |", "| backends1000 |", "| threads2 |"):
            self.assertIn(words, text)
        cores = run.read_results(HERE / "results.json")["meta"]["cores"]
        self.assertRegex(cores, "proxy on core .*load on .*origin and load (share|have)")

    def test_what_is_no_file_of_results_is_told_of(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file, contextlib.redirect_stderr(io.StringIO()) as said:
            file.write("{}")
            file.flush()
            self.assertEqual(run.main(["--from", file.name, "--output", "/nowhere"]), 1)
        self.assertIn("is no results.json of benchmarks/run", said.getvalue())


class Plots(unittest.TestCase):
    def test_all_are_sound_xml_for_both_themes(self):
        drawn = report.draw(measured())
        self.assertEqual(sorted(drawn), [f"{n}-{t}.svg" for n in ("cpu", "latency", "memory", "routes") for t in ("dark", "light")])
        for name, text in drawn.items():
            with self.subTest(name):
                root = ET.fromstring(text)
                width = float(root.get("width"))
                for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
                    self.assertTrue(0 < float(circle.get("cx")) < width)

    def test_nothing_is_drawn_of_nothing(self):
        empty = measured() | {"loads": {}, "memory": {}, "latency": []}
        self.assertEqual(report.draw(empty), {})
        self.assertIn("# sluice beside", report.markdown(empty))

    def test_a_logarithmic_axis(self):
        axis = svg.Log(1, 100, 0, 200)
        self.assertEqual([axis(1), axis(10), axis(100)], [0, 100, 200])
        self.assertEqual(axis.ticks(), [1, 2, 5, 10, 20, 50, 100])
        self.assertEqual(svg.Log(1, 1e6, 0, 1).ticks(), [10.0 ** n for n in range(7)])

    def test_labels_keep_apart_and_in_order(self):
        got = svg.apart([10, 11, 50, 12], 15)
        self.assertEqual(sorted(got), [got[0], got[1], got[3], got[2]])
        ordered = sorted(got)
        self.assertTrue(all(b - a >= 15 - 1e-6 for a, b in zip(ordered, ordered[1:])))
        self.assertEqual(svg.apart([0, 100], 15), [0, 100])

    def test_a_name_is_text_and_no_markup(self):
        self.assertIn("a&lt;b", plots.bars(svg.LIGHT, "a<b", "", [("x", {"y": 1.0})], str))


def parse(words):
    return run_options.parse(words, "folder")


class Chosen(unittest.TestCase):
    def test_what_is_not_installed_is_named_with_its_package(self):
        with unittest.mock.patch.object(proxies, "installed", lambda peer: peer.name != "h2o"):
            chosen, missing = run.choose_peers(parse([]))
            self.assertEqual([p.name for p in chosen][:3], ["sluice", "nginx", "HAProxy"])
            self.assertEqual(missing, {"h2o": "h2o"})
            chosen, missing = run.choose_peers(parse(["--peers", "nginx"]))
            self.assertEqual(([p.name for p in chosen], missing), (["sluice", "nginx"], {}))

    def test_a_scenario_is_for_who_can_do_it(self):
        by_name = {s.name: s for s in scenarios.LOADS}
        for scenario, peer, possible in (("tls", "Varnish", False), ("tls", "nginx", True), ("backends10", "h2o", False), ("small", "h2o", True),
                                         ("routes10", "Varnish", False), ("threads2", "lighttpd", False), ("log", "HAProxy", False)):
            self.assertEqual(by_name[scenario].possible_for(peers.by_name(peer)), possible, (scenario, peer))


class Arguments(unittest.TestCase):
    def test_quick_and_full(self):
        self.assertEqual([(o.rounds, o.seconds) for o in (parse(["--quick"]), parse([]), parse(["--rounds", "3"]))],
                         [(2, 1), (5, 2), (3, 2)])

    def test_names_are_taken_in_any_case(self):
        self.assertEqual(parse(["--peers", "NGINX, haproxy", "--only", "small"]).peers, ["nginx", "haproxy"])

    def test_what_is_wrong_ends_it(self):
        for words in (["--only", "smal"], ["--peers", "apache3"], ["--rounds", "0"], ["--seconds", "x"], ["--show-conf", "iis"], ["quick"]):
            with self.subTest(words), contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
                parse(words)
            self.assertEqual(ended.exception.code, 2)

    def test_names_of_scenarios_are_told_apart(self):
        self.assertEqual(len(scenarios.NAMES), len(set(scenarios.NAMES)))


if __name__ == "__main__":
    unittest.main()
