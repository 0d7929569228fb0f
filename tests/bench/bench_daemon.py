#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The whole daemon on a looping capture, and `spanstat -r` on a capture file.

usage: bench_daemon.py --build FOLDER [--folder FOLDER] [--rounds N] [--quick] [NAME...]

  daemon_mix   spanstatd, one worker, net_pcap with infinite_rx, 80,000 flows, half TCP, half UDP.
               From the second round of the loop on the TCP segments are repetitions.
  daemon_udp   the same with UDP flows only: nearly every packet goes the short way.
  file         `spanstat -r` on a capture of 1.6 million packets in the page cache.

The baseline of the daemon is testpmd rxonly with the same driver on the same file, in turn with it;
that of the file is tcpdump, which reads it and writes it to nowhere. One JSON line each: medians.
"""
import statistics
import sys
import time

import bench_process
from bench_process import Daemon, Rate, check, median

FLOWS = 80000
LOOP_PACKETS = 5 * FLOWS
FILE_PACKETS = 20 * FLOWS
LOOK_SEC = 6


def daemon_round(given, path, seconds):
    """The worker's rate over that time, and the last report."""
    with Daemon(given.build, given.folder, "--vdev", bench_process.vdev(path),
                *given.huge) as daemon:
        time.sleep(1)
        before = daemon.stats()
        time.sleep(seconds)
        after = daemon.stats()
    for stats in (before, after):
        bench_process.accounted(stats)
    check(after["flows"]["created"] >= given.flows, f"too few flows: {after['flows']}")
    return Rate(before, after), after


def daemon_run(given, name, *options):
    path = bench_process.capture(given.folder, given.flows, given.packets, *options)
    seconds = 1 if given.quick else LOOK_SEC
    rates, baselines = [], []
    for _ in range(given.rounds):
        rate, stats = daemon_round(given, path, seconds)
        rates.append(rate)
        baselines.append(bench_process.testpmd_rate(path, given.packets, seconds))
    mpps, baseline = median(rates, "mpps"), statistics.median(baselines)
    bench_process.print_figure(
        name=name, flows=given.flows, order="random", mpps=round(mpps, 2),
        cycles_per_packet=round(median(rates, "cycles"), 1),
        baseline_mpps=round(baseline, 2), of_baseline=round(mpps / baseline, 3),
        cpu=round(median(rates, "cpu"), 3), duplicates=stats["duplicates"],
        pages="huge" if stats["memory"]["hugepages"] else "thp", rounds=given.rounds)


def daemon_mix(given):
    daemon_run(given, "daemon_mix", "--proto", "mix")


def daemon_udp(given):
    daemon_run(given, "daemon_udp", "--proto", "udp")


def file(given):
    packets = given.packets * 4
    path = bench_process.capture(given.folder, given.flows, packets)
    spanstat = Daemon(given.build, given.folder).spanstat
    commands = {"ours": [spanstat, "-r", path, "stats"],
                "limit": ["tcpdump", "-Z", "root", "-r", path, "-w", "/dev/null"]}
    seconds = {key: [] for key in commands}
    for turn in range(given.rounds + 1):
        for key, command in commands.items():
            took = bench_process.timed(command)
            if turn: # the first brings the file into the page cache
                seconds[key].append(took)
    ours, limit = (packets / statistics.median(seconds[key]) / 1e6 for key in ("ours", "limit"))
    bench_process.print_figure(
        name="file", flows=given.flows, order="random", packets=packets, mpps=round(ours, 2),
        limit_mpps=round(limit, 2), of_limit=round(ours / limit, 3), rounds=given.rounds)


BENCHES = {"daemon_mix": daemon_mix, "daemon_udp": daemon_udp, "file": file}


def bench(given):
    given.flows, given.packets = (8000, 40000) if given.quick else (FLOWS, LOOP_PACKETS)
    for name, one in BENCHES.items():
        if not given.names or name in given.names:
            one(given)


if __name__ == "__main__":
    sys.exit(bench_process.main(__doc__, bench, BENCHES))
