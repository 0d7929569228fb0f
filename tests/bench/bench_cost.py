#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a change costs the plain packet of a known flow, in instructions and in time.

usage: bench_cost.py --before FOLDER --after FOLDER [--rounds N] [--packets N] [--functions]
                     [--quick]

Both are build folders. Instructions are counted by callgrind (valgrind) for two lengths of the
benchmark known_64k, so that what is done once falls out, and include the making of the frame, which
is the same in both. Time is that of bench_turns.py, N pairs of runs by turns, at 64 thousand and at
1 million flows. Each figure stands beside its limit: four instructions more, and two per cent
slower. Where the ratios lie far apart the machine had other things to do, and the run says nothing;
the quickest runs of both are what was disturbed least. --functions also prints the ten functions
that differ most. --quick only shows that it works. Exit status 1 where a limit is passed or a run
failed.
"""
import os
import re
import subprocess
import sys
import tempfile

import bench_turns
from bench_process import check

INSTRUCTIONS_MORE = 4
SPEED_LEAST = 0.98
PACKETS, PACKETS_QUICK = 1000000, 100000
CALLGRIND_SEC = 600
# Of a round of N packets, a quarter more is sent with clocks; the first round comes twice.
SENT_A_ROUND = 2 * 1.25
LINE = re.compile(r"\s*([\d,]+) \(\s*[\d.]+%\)\s+(\S+)")


def callgrind(build, folder, flows, packets):
    """{function: instructions} of one run of known_64k."""
    out = os.path.join(folder, "callgrind.out")
    words = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
             os.path.join(build, "tests/bench/bench_track"), "--rounds", "1", "--pages", "lazy",
             "--flows", str(flows), "--packets", str(packets), "known_64k"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=CALLGRIND_SEC, check=False)
    check(done.returncode == 0, f"{' '.join(words)}: {done.stderr[-400:]}")
    text = subprocess.run(["callgrind_annotate", "--threshold=100", out], capture_output=True,
                          text=True, timeout=CALLGRIND_SEC, check=True).stdout
    found = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if match and match[2] != "PROGRAM":
            name = match[2].rsplit(":", 1)[-1]
            found[name] = found.get(name, 0) + int(match[1].replace(",", ""))
    check(found, "callgrind_annotate gave no function")
    return found


def per_packet(given, build, folder):
    """{function: instructions a packet}"""
    flows = 1000 if given.quick else 1 << 16
    packets = given.packets or (PACKETS_QUICK if given.quick else PACKETS)
    short, long = (callgrind(build, folder, flows, n) for n in (packets, 2 * packets))
    sent = packets * SENT_A_ROUND
    return {name: (long[name] - short.get(name, 0)) / sent for name in long}


def verdict(passed):
    return "within" if passed else "BEYOND"


def print_functions(before, after):
    more = {name: after.get(name, 0) - before.get(name, 0) for name in {*before, *after}}
    for name in sorted(more, key=lambda name: -abs(more[name]))[:10]:
        print(f"    {name:<30} {before.get(name, 0):>9.2f} {after.get(name, 0):>9.2f}"
              f" {more[name]:>+9.2f}")


def instructions(given, folder):
    before, after = (per_packet(given, build, folder) for build in (given.before, given.after))
    more = sum(after.values()) - sum(before.values())
    passed = more <= INSTRUCTIONS_MORE
    print(f"instructions a packet: {sum(before.values()):.1f} before, {sum(after.values()):.1f}"
          f" after, {more:+.1f}: {verdict(passed)} {INSTRUCTIONS_MORE} more", flush=True)
    if given.functions:
        print_functions(before, after)
    return passed


def speed(given, name, folder):
    found = bench_turns.summary(name, bench_turns.turns(given, name, folder))
    passed = found["ratio"] >= SPEED_LEAST
    quickest = max(found["all_after"]) / max(found["all_before"])
    print(f"{name}: {found['before']:.2f} Mpps before, {found['after']:.2f} after, median of"
          f" {found['rounds']} ratios {found['ratio']:.3f} ({found['ratio_least']:.3f} to"
          f" {found['ratio_most']:.3f}, of the quickest runs {quickest:.3f}): {verdict(passed)}"
          f" {SPEED_LEAST}", flush=True)
    return passed


def body(given):
    hugepages = 0 if given.quick else bench_turns.HUGEPAGES_WANTED
    with tempfile.TemporaryDirectory(prefix="spanstat-bench-") as folder:
        passed = [instructions(given, folder)]
        with bench_turns.Hugepages(hugepages):
            passed += [speed(given, name, folder) for name in ("known_64k", "known_1m")]
    check(all(passed) or given.quick, "a limit is passed")


def main():
    parser = bench_turns.parser_of_builds(__doc__)
    parser.add_argument("--packets", type=int, metavar="N",
                        help=f"of callgrind ({PACKETS}, quick {PACKETS_QUICK})")
    parser.add_argument("--functions", action="store_true")
    return bench_turns.run_of_builds(parser, body)


if __name__ == "__main__":
    sys.exit(main())
