"""What the guard computes from what valgrind writes, and what it makes of a baseline."""
import contextlib
import dataclasses
import io
import json
import pathlib
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))

from harness import baseline, callgrind, cost, guard, shapes, versions  # noqa: E402
from harness.cost import Cost  # noqa: E402

PROFILE = """# callgrind format
positions: line
events: Ir

ob=(1) /usr/bin/sluice
fl=(1) a.cpp
fn=(1) sluice::server::Worker::run()
10 100
+2 20
cfi=(2) b.cpp
cfn=(2) sluice::http::parse(std::basic_string_view<char, std::char_traits<char> >, int) const
calls=3 50
12 600
cob=(2) /lib/libc.so.6
cfi=(3) c.c
cfn=(3) malloc
calls=2 7
* 80

fn=(2)
50 540
cob=(2)
cfi=(3)
cfn=(3)
calls=1 7
51 60

ob=(2)
fl=(3)
fn=(3)
7 130
cob=(3) /lib/libcrypto.so.3
cfi=(4) ???
cfn=(4) 0x0000000000241c80
calls=1 0
8 10

ob=(3)
fl=(4)
fn=(4)
0 10
"""


class Callgrind(unittest.TestCase):
    def test_costs_calls_and_totals(self):
        profile = callgrind.parse(PROFILE)
        self.assertEqual(profile.total, 120 + 540 + 130 + 10)
        self.assertEqual(profile.own["sluice::server::Worker::run"], 120)
        self.assertEqual(profile.calls["malloc"], 3)
        self.assertEqual(profile.calls["sluice::http::parse"], 3)
        self.assertEqual(profile.arcs["sluice::http::parse", "malloc"], 60)

    def test_functions_without_a_name_are_their_library(self):
        self.assertEqual(callgrind.parse(PROFILE).own["libcrypto.so.3"], 10)

    def test_libraries_are_charged_to_who_of_ours_calls_them(self):
        costs = callgrind.parse(PROFILE).with_libraries(cost.is_ours)
        self.assertEqual(costs, {"sluice::server::Worker::run": 200, "sluice::http::parse": 600})

    def test_the_difference_of_two(self):
        left = callgrind.parse(PROFILE).minus(callgrind.parse(PROFILE))
        self.assertEqual((left.total, left.calls["malloc"]), (0, 0))

    def test_short_names(self):
        for name, short in (
                ("sluice::http::parse(int, char const*)", "sluice::http::parse"),
                ("std::vector<int, std::allocator<int> >::push_back(int&&)", "std::vector::push_back"),
                ("bool sluice::core::is<sluice::core::Text>(sluice::core::Text const&)", "sluice::core::is"),
                ("sluice::http::(anonymous namespace)::Parser::field_lines(long) const", "sluice::http::Parser::field_lines"),
                ("sluice::core::append(char) [clone .part.0]", "sluice::core::append"),
                ("__memcpy_avx_unaligned_erms", "__memcpy_avx_unaligned_erms"),
                ("operator new(unsigned long)", "operator new"),
                ("sluice::server::f(sluice::server::_ZN1fEv.Frame*) [clone .actor]", "sluice::server::f"),
                ("malloc'2", "malloc")):
            with self.subTest(name):
                self.assertEqual(callgrind.short_name(name), short)


class SystemCalls(unittest.TestCase):
    def test_by_thread_and_without_waits_that_nothing_ended(self):
        calls = cost.system_calls(
            "SYSCALL[7,4](45) sys_recvfrom ( 9, 0x1, 8192 ) --> [async] ... \n"
            "SYSCALL[7,1](202) sys_futex ( 0x1 )[sync] --> Success(0x0) \n"
            "SYSCALL[7,4](45) ... [async] --> Success(0x190) \n"
            "SYSCALL[7,4](232) sys_epoll_wait ( 14, 0x6 ) --> [async] ... \n"
            "SYSCALL[7,4](232) ... [async] --> Success(0x0) \n"
            "SYSCALL[7,4](232) sys_epoll_wait ( 14, 0x6 ) --> [async] ... \n"
            "SYSCALL[7,4](232) ... [async] --> Success(0x1) \n"
            "SYSCALL[7,4](44) sys_sendto ( 9 )[sync] --> Failure(0xb) \n")
        self.assertEqual(calls[4], {"recvfrom": 1, "epoll_wait": 1, "sendto": 1})
        self.assertEqual(calls[1], {"futex": 1})

    def test_what_falls_into_one_run_only_is_no_cost_of_a_request(self):
        few = (callgrind.Profile(), {"recvfrom": 200, "write": 1})
        many = (callgrind.parse(PROFILE), {"recvfrom": 1200, "madvise": 2})
        one = cost.per_request(few, many, 500)
        self.assertEqual(one.system_calls, {"recvfrom": 2.0})
        self.assertEqual(one.instructions, 1.6)


def of(instructions=1000.0, allocations=0.0, functions=None, libraries=None, **calls):
    return Cost(instructions, allocations, calls or {"recvfrom": 2.0}, functions or {}, libraries or {})


class Judged(unittest.TestCase):
    def test_what_may_grow_and_what_not(self):
        for what, now, fails in (
                ("the same", of(), False),
                ("three per cent", of(1030), False),
                ("more", of(1031), True),
                ("less", of(900), False),
                ("an allocation", of(allocations=1.0), True),
                ("one system call more", of(recvfrom=3.0), True),
                ("one less", of(recvfrom=1.0), False),
                ("another one", of(recvfrom=2.0, madvise=0.5), True)):
            with self.subTest(what):
                self.assertEqual(bool(baseline.compare("s", of(), now)), fails)

    def test_the_functions_that_grew_are_named_the_largest_growth_first(self):
        then = of(functions={"sluice::a": 500.0, "sluice::b": 300.0})
        now = of(1200, functions={"sluice::a": 550.0, "sluice::b": 300.0, "sluice::c": 150.0})
        [finding] = baseline.compare("s", then, now)
        self.assertIn("+20.0%", finding.what)
        self.assertEqual([line.split()[1] for line in finding.details[1:]], ["sluice::c", "sluice::a"])

    def test_a_gain_is_worth_a_new_baseline(self):
        self.assertTrue(baseline.better(of(), of(960)))
        self.assertTrue(baseline.better(of(), of(recvfrom=1.0)))
        self.assertFalse(baseline.better(of(), of(990)))

    def test_a_baseline_is_read_as_it_was_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "b.json"
            baseline.write(path, {"libc": "2"}, {"s": of(functions={"sluice::a": 1.0})})
            self.assertEqual(baseline.read(path), ({"libc": "2"}, {"s": of(functions={"sluice::a": 1.0})}))

    def test_versions_that_differ_are_named(self):
        self.assertEqual(versions.differing({"libc": "2.36", "boost": "1.81"}, {"libc": "2.40", "boost": "1.81"}),
                         ["libc is 2.40, the baseline's was 2.36"])
        self.assertEqual(versions.differing({"a": "1"}, {}), ["a is not there, the baseline's was 1"])


class Command(unittest.TestCase):
    """benchmarks/guard from its words to its status, with what is measured made up."""

    VERSIONS = {"libc": "2.36"}

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "baseline.json"

    def run_with(self, then, now, *words, versions_now=None):
        """(status, what it printed), where the baseline of the first shape is `then`."""
        if then:
            baseline.write(self.path, self.VERSIONS, {shapes.SHAPES[0].name: then})
        patches = (unittest.mock.patch.object(guard, "BASELINE", self.path), unittest.mock.patch.object(guard, "ROOT", self.path.parent),
                   unittest.mock.patch.object(guard, "build", lambda: "/nowhere/sluice"),
                   unittest.mock.patch.object(guard, "make_certificate", lambda folder: None),
                   unittest.mock.patch.object(cost, "measure", lambda *_: now),
                   unittest.mock.patch.object(versions, "of_guard", lambda _: versions_now or self.VERSIONS))
        said = io.StringIO()
        with contextlib.ExitStack() as stack:
            for patch in patches:
                stack.enter_context(patch)
            stack.enter_context(contextlib.redirect_stdout(said))
            stack.enter_context(contextlib.redirect_stderr(said))
            status = guard.main(["--shape", shapes.SHAPES[0].name, *words])
        return status, said.getvalue()

    NOW = of(10_000.0, functions={"sluice::http::parse": 4_000.0, "sluice::proxy::write": 1_000.0}, libraries={"malloc": 200.0})

    def lower_by(self, share):
        """A baseline from which the present cost is that much growth, all of it in one function."""
        grown = self.NOW.instructions * share / (1 + share)
        functions = self.NOW.functions | {"sluice::http::parse": 4_000.0 - grown}
        return dataclasses.replace(self.NOW, instructions=self.NOW.instructions - grown, functions=functions)

    def test_over_three_per_cent_fails_and_names_what_grew(self):
        status, said = self.run_with(self.lower_by(0.031), self.NOW)
        self.assertEqual(status, 1)
        self.assertIn("+3.1% of the baseline's", said)
        self.assertIn("sluice::http::parse", said)
        self.assertNotIn("sluice::proxy::write", said)
        self.assertIn("a request costs more than it did", said)

    def test_less_passes(self):
        status, said = self.run_with(self.lower_by(0.029), self.NOW)
        self.assertEqual(status, 0)
        self.assertNotIn("sluice::http::parse", said)
        self.assertIn("no request costs more than it did", said)

    def test_allocations_and_system_calls_are_exact(self):
        for now, words in ((dataclasses.replace(self.NOW, allocations=1.0), "1 allocations per request, the baseline's were 0"),
                           (dataclasses.replace(self.NOW, system_calls={"recvfrom": 3.0}), "3 recvfrom per request, the baseline's were 2"),
                           (dataclasses.replace(self.NOW, system_calls={"recvfrom": 2.0, "ioctl": 1.0}), "1 ioctl per request, the baseline's were 0")):
            with self.subTest(words):
                status, said = self.run_with(self.NOW, now)
                self.assertEqual(status, 1)
                self.assertIn(words, said)

    def test_with_other_versions_instructions_do_not_count_and_the_rest_does(self):
        status, said = self.run_with(self.lower_by(0.5), self.NOW, versions_now={"libc": "2.40"})
        self.assertEqual(status, 0)
        self.assertIn("libc is 2.40, the baseline's was 2.36", said)
        status, _ = self.run_with(self.lower_by(0.5), dataclasses.replace(self.NOW, allocations=1.0), versions_now={"libc": "2.40"})
        self.assertEqual(status, 1)

    def test_what_is_accepted_passes_from_then_on(self):
        status, said = self.run_with(self.lower_by(0.2), self.NOW, "--accept")
        self.assertEqual(status, 0)
        self.assertIn("baseline.json written; commit it", said)
        self.assertEqual(self.run_with(None, self.NOW)[0], 0)

    def test_without_a_baseline_it_fails(self):
        status, said = self.run_with(None, self.NOW)
        self.assertEqual(status, 1)
        self.assertIn("--accept", said)

    def test_a_broken_baseline_is_told_of(self):
        self.path.write_text("{}")
        status, said = self.run_with(None, self.NOW)
        self.assertEqual(status, 2)
        self.assertIn("could not measure", said)


class Shapes(unittest.TestCase):
    def test_runs_end_after_whole_rounds(self):
        for shape in shapes.SHAPES:
            self.assertEqual((cost.FEW % shape.hosts, cost.MANY % shape.hosts), (0, 0), shape.name)

    def test_each_is_in_the_baseline(self):
        path = pathlib.Path(__file__).resolve().parents[2] / "benchmarks" / "guard-baseline.json"
        self.assertEqual(sorted(json.loads(path.read_text())["shapes"]), sorted(s.name for s in shapes.SHAPES))


if __name__ == "__main__":
    unittest.main()
