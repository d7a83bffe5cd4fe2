"""Stacks out of perf's text, and the flame graph drawn of them."""
import pathlib
import sys
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "benchmarks"))

from harness import flame, profile, stacks  # noqa: E402

SAMPLES = """
\tffffffff81 tcp_ack ([kernel.kallsyms])
\tffffffff82 tcp_sendmsg ([kernel.kallsyms])
\tffffffff83 __x64_sys_sendto ([kernel.kallsyms])
\t    7f0001 syscall+0x1d (/usr/lib/x86_64-linux-gnu/libc.so.6)
\t    550001 sluice::net::Stream::write(char const*, unsigned long) (/opt/sluice/sbin/sluice)
\t    550002 sluice::net::Loop::turn() (/opt/sluice/sbin/sluice)

\t    7f0002 [unknown] (/usr/lib/x86_64-linux-gnu/libcrypto.so.3)
\t    7f0003 [unknown] (/usr/lib/x86_64-linux-gnu/libcrypto.so.3)
\t    550002 sluice::net::Loop::turn() (/opt/sluice/sbin/sluice)

\t    550003 sluice::net::Loop::turn() [clone .part.0] (/opt/sluice/sbin/sluice)
\t    550002 sluice::net::Loop::turn() (/opt/sluice/sbin/sluice)
"""

TURN = ("sluice::net::Loop::turn", "ours")


class Stacks(unittest.TestCase):
    def test_outermost_first_and_repeated_names_once(self):
        found = stacks.collapse(SAMPLES)
        self.assertEqual(found[(TURN,)], 1)
        self.assertEqual(found[(TURN, ("libcrypto.so.3", "library"))], 1)
        self.assertEqual(sum(found.values()), 3)

    def test_what_is_the_kernels(self):
        kinds = {frame for stack in stacks.collapse(SAMPLES) for frame in stack}
        self.assertIn(("tcp_ack", "kernel"), kinds)
        self.assertIn(("sluice::net::Stream::write", "ours"), kinds)

    def test_costs(self):
        found = stacks.collapse(SAMPLES)
        self.assertAlmostEqual(stacks.own_costs(found)[TURN], 1 / 3)
        self.assertEqual(list(stacks.system_call_costs(found)), ["sendto"])
        self.assertIn("sluice 33%, libraries 33%, kernel 33%", profile.summary(found))
        self.assertIn("in system calls: sendto 33.3%", profile.summary(found))

    def test_nothing(self):
        self.assertEqual(stacks.collapse(""), {})


class Flame(unittest.TestCase):
    def test_each_box_lies_on_its_caller(self):
        root = ET.fromstring(flame.draw(stacks.collapse(SAMPLES), "a<b", "c"))
        boxes = {}
        for group in root.iter("{http://www.w3.org/2000/svg}g"):
            title, rect = group[0], group[1]
            boxes[title.text] = [float(rect.get(k)) for k in ("x", "y", "width")]
        x, y, width = boxes["sluice::net::Loop::turn: 100.0%"]
        self.assertEqual((x, round(width)), (16, 1200))
        for name, (left, top, wide) in boxes.items():
            if not name.startswith("sluice::net::Loop"):
                self.assertTrue(left >= x and left + wide <= x + width + 0.5 and top < y, name)

    def test_of_nothing_there_is_an_empty_picture(self):
        ET.fromstring(flame.draw(stacks.collapse(""), "t", "a"))


if __name__ == "__main__":
    unittest.main()
