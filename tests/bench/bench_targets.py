#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks are to reach, and what runs of them have reached: a table in Markdown.

usage: bench_targets.py FILE...

FILE is the output of one run of scripts/bench, scripts/bench-testpmd, or both.

Each row is one target: the figure of every run, and how many runs met it. A target that no run has
a figure for is left out. Exit status 0 when every run met every target that it has a figure for,
else 1.
"""
import json
import sys

# What, of which benchmark, its member, the bound (a lower one, or an upper one), the unit.
LEAST, MOST = ">=", "<="
TARGETS = [
    ("known flows, 64 thousand", "known_64k", "mpps", LEAST, 25, "Mpps"),
    ("known flows, 1 million", "known_1m", "mpps", LEAST, 18, "Mpps"),
    ("... of what the memory allows", "known_1m", "of_limit", LEAST, 0.5, ""),
    ("known flows, 10 million", "known_10m", "mpps", LEAST, 14.88, "Mpps"),
    ("... of rte_hash lookup_bulk alone", "known_10m", "of_baseline", LEAST, 1.2, ""),
    ("new TCP flows, as many expiring", "new_syn", "mpps", LEAST, 6, "M/s"),
    ("new UDP flows, as many expiring", "new_udp", "mpps", LEAST, 6, "M/s"),
    ("whole TCP connections", "connections", "mconnections_per_sec", LEAST, 1.5, "M/s"),
    ("SYN flood into a full table, slower", "syn_flood", "slowdown", MOST, 0.10, ""),
    ("... known connections lost", "syn_flood", "known_lost", MOST, 0, ""),
    ("adversarial tuples, slower", "adversarial", "slowdown", MOST, 0.05, ""),
    ("memory, index and all", "memory", "bytes_per_flow", MOST, 160, "B a flow"),
    ("sweep over 10 million idle flows, of a worker", "sweep_idle", "worker_share", MOST, 0.02, ""),
    ("expiry of 10 million flows in 10 s, of a worker", "expiry", "worker_share", MOST, 0.02, ""),
    ("... more than 1 s late", "expiry", "late_share", MOST, 0.01, ""),
    ("dump of 10 million flows as JSON", "dump_10m", "seconds", MOST, 2, "s"),
    ("... the worker meanwhile, slower", "dump_10m", "slowdown", MOST, 0.03, ""),
    ("filter of 10 million flows to 10 rows", "filter_10m", "seconds", MOST, 0.6, "s"),
    ("... the worker meanwhile, slower", "filter_10m", "slowdown", MOST, 0.03, ""),
    ("scrape of the metrics, a million flows", "scrape", "seconds", MOST, 0.01, "s"),
    ("two workers, of one", "two_workers", "speedup", LEAST, 1.9, ""),
    ("daemon on a looping capture, 80,000 flows", "daemon_mix", "mpps", LEAST, 9, "Mpps"),
    ("`spanstat -r`, file in the page cache", "file", "mpps", LEAST, 5, "Mpps"),
]
for way in ("memif", "memif-client", "vhost"):
    for source in ("txonly", "flowgen", "capture", "churn"):
        name = f"testpmd-{way}-{source}"
        TARGETS += [(f"behind {way}, {source}, of rxonly", name, "of_baseline", LEAST, 0.98, ""),
                    ("... packets lost", name, "lost", MOST, 0, "")]


def figures(path):
    """By name: the first line of each."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            figure = json.loads(line)
            found.setdefault(figure["name"], figure)
    return found


def is_met(value, bound, target):
    return value >= target if bound == LEAST else value <= target


def main(paths):
    runs = [figures(path) for path in paths]
    all_met = True
    print("| | target | " + " | ".join(f"run {i + 1}" for i in range(len(runs))) + " | met |")
    print("|---|---|" + "---|" * (len(runs) + 1))
    for what, name, member, bound, target, unit in TARGETS:
        values = [run.get(name, {}).get(member) for run in runs]
        have = [value for value in values if value is not None]
        if not have:
            continue
        met = sum(is_met(value, bound, target) for value in have)
        all_met = all_met and met == len(have)
        cells = " | ".join("-" if value is None else f"{value:g}" for value in values)
        print(f"| {what} | {bound} {target:g} {unit}".rstrip(),
              f"| {cells} | {met} of {len(have)} |")
    return 0 if all_met else 1


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
