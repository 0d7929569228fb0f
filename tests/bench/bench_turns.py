#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Two builds measured by turns, so that what else the machine does slows both.

usage: bench_turns.py --before FOLDER --after FOLDER [--rounds N] [--each N] [--quick] [--json]
                      NAME...

Each is a build folder; each NAME a benchmark of scripts/bench: known_64k known_1m known_10m
connections new_syn dump_10m and the like. A round is one run of each build; the builds take turns
in going first (before after, after before, ...). Prints a table with a line for each benchmark: its
figure, the median of each build, and the speed of the build after in that of the build before, pair
by pair: the least, the median, the most. Above 1 the build after is the faster one.

--each N is the benchmark's own --rounds in each run. --quick only shows that it works: the figures
mean nothing. --json prints a line of JSON for each benchmark in place of the table, with the figure
of every run. Hugepages are reserved while it runs, as scripts/bench does. Exit status 1 when a run
failed.
"""
import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile

from bench_process import BenchError, check, end, run

HERE = os.path.dirname(os.path.abspath(__file__))
HUGEPAGES = "/proc/sys/vm/nr_hugepages"
HUGEPAGES_WANTED = 2200  # as in scripts/bench
RUN_SEC = 1800

MORE, LESS = 1, -1  # which of two figures is the better one
# name: (member of its line of JSON, unit, the better one)
ENGINE = {name: ("mpps", "Mpps", MORE) for name in
          ("known_64k", "known_1m", "known_10m", "zipf_1m", "new_syn", "new_udp")}
ENGINE["connections"] = ("mconnections_per_sec", "M/s", MORE)
CONTROL = {"dump_10m": ("seconds", "s", LESS), "filter_10m": ("seconds", "s", LESS)}
FIGURES = {**ENGINE, **CONTROL}


class Hugepages:
    """Enough of them while the block runs, if that may be; afterwards as many as before."""

    def __init__(self, wanted):
        self.wanted, self.before = wanted, None

    def __enter__(self):
        try:
            with open(HUGEPAGES, encoding="ascii") as file:
                before = int(file.read())
            if before < self.wanted:
                self._write(self.wanted)
                self.before = before
        except OSError:
            print("bench_turns: hugepages cannot be reserved: ordinary memory it is",
                  file=sys.stderr)

    def __exit__(self, *_exception):
        if self.before is not None:
            self._write(self.before)

    @staticmethod
    def _write(number):
        with open(HUGEPAGES, "w", encoding="ascii") as file:
            file.write(str(number))


def command(given, build, name, folder):
    quick = ["--quick"] if given.quick else []
    rounds = ["--rounds", str(given.each)] if given.each else []
    if name in ENGINE:
        flows = ["--flows", "1000"] if given.quick else []
        return [os.path.join(build, "tests/bench/bench_track"), *quick, *flows, *rounds, name]
    return [sys.executable, os.path.join(HERE, "bench_control.py"), "--build", build, "--folder",
            folder, *quick, *rounds, name]


def measure(given, build, name, folder):
    """The figure of one run. What it writes on standard error goes to ours."""
    words = command(given, build, name, folder)
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=RUN_SEC)
    finally:
        end(process)  # with SIGTERM: it has programs of its own to end
        process.stdout.close()
    check(process.returncode == 0, f"{' '.join(words)}: {process.returncode}")
    lines = [json.loads(line) for line in output.splitlines()]
    check(len(lines) > 0, f"{' '.join(words)} gave no figure")
    return lines[0][FIGURES[name][0]]


def turns(given, name, folder):
    """[(before, after)] of all rounds."""
    pairs = []
    for number in range(given.rounds):
        pair = [None, None]
        for which in ((0, 1), (1, 0))[number % 2]:
            pair[which] = measure(given, (given.before, given.after)[which], name, folder)
        pairs.append(tuple(pair))
    return pairs


def summary(name, pairs):
    member, unit, better = FIGURES[name]
    ratios = [(after / before) ** better for before, after in pairs]
    before, after = ([pair[which] for pair in pairs] for which in (0, 1))
    return {"name": name, "figure": member, "unit": unit, "rounds": len(pairs),
            "before": statistics.median(before), "after": statistics.median(after),
            "ratio_least": round(min(ratios), 4), "ratio": round(statistics.median(ratios), 4),
            "ratio_most": round(max(ratios), 4), "all_before": before, "all_after": after}


def print_line(found, as_json):
    if as_json:
        print(json.dumps(found, separators=(",", ":")), flush=True)
        return
    print(f"{found['name']:<12} {found['unit']:<5} {found['before']:>10.3f} {found['after']:>10.3f}"
          f" {found['ratio_least']:>8.3f} {found['ratio']:>8.3f} {found['ratio_most']:>8.3f}",
          flush=True)


def body(given):
    if not given.json:
        print(f"{'name':<12} {'unit':<5} {'before':>10} {'after':>10} {'least':>8} {'median':>8}"
              f" {'most':>8}", flush=True)
    failed = []
    with (tempfile.TemporaryDirectory(prefix="spanstat-bench-") as folder,
          Hugepages(0 if given.quick else HUGEPAGES_WANTED)):
        for name in given.names:
            try:
                print_line(summary(name, turns(given, name, folder)), given.json)
            except BenchError as error:
                print(f"bench_turns: {error}", file=sys.stderr)
                failed.append(name)
    check(not failed, f"failed: {' '.join(failed)}")


def parser_of_builds(doc):
    """The command line of what compares two builds."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--before", required=True, metavar="FOLDER", type=os.path.abspath)
    parser.add_argument("--after", required=True, metavar="FOLDER", type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=10, metavar="N")
    parser.add_argument("--each", type=int, metavar="N", help="the benchmark's own --rounds")
    parser.add_argument("--quick", action="store_true")
    return parser


def run_of_builds(parser, body):
    """Reads that command line and runs body(given); gives the exit status."""
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds is at least 1")
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(1))
    return run(lambda: body(given))


def main():
    parser = parser_of_builds(__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("names", nargs="+", choices=FIGURES, metavar="NAME")
    return run_of_builds(parser, body)


if __name__ == "__main__":
    sys.exit(main())
