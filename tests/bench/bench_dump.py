#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A dump of a million flows while the worker is at full load.

usage: bench_dump.py --build FOLDER [--folder FOLDER] [--flows N] [--rounds N] [--quick]

A spanstatd on a looping capture with one packet of each flow, and `spanstat conn --json` again and
again, beside a time without. One JSON line:

  seconds, rows         of a whole dump into nowhere; rows are counted in another one
  rows_per_sec
  client_rss_mb         the most memory that spanstat had
  daemon_grown_mb       how far the daemon's memory went up during the dumps
  control_grown_kb      and its control core's arena, as `stats` says in the middle of one
  mpps, baseline_mpps   the worker's, during the dumps and beside them; slowdown
"""
import statistics
import subprocess
import sys
import time

import bench_process
from bench_process import Daemon, Rate, check, median, status_kb

POLL_SEC = 0.01
WINDOW_SEC = 2 # of each look at the worker, without dumps and with one after the other


class Dump:
    """One dump into nowhere, watched."""

    def __init__(self, daemon):
        self.client_kb = self.daemon_kb = 0
        begun = time.monotonic()
        process = subprocess.Popen([daemon.spanstat, "--socket", daemon.socket, "conn", "--json"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                self.client_kb = max(self.client_kb, status_kb(process.pid, "VmHWM"))
                self.daemon_kb = max(self.daemon_kb, status_kb(daemon.process.pid, "VmRSS"))
                time.sleep(POLL_SEC)
        finally:
            bench_process.end(process)
        self.seconds = time.monotonic() - begun
        check(process.returncode == 0, f"spanstat conn: {process.returncode}")


def dumps_for(daemon, seconds):
    """Dumps one after the other for at least that time."""
    until = time.monotonic() + seconds
    dumps = [Dump(daemon)]
    while time.monotonic() < until:
        dumps.append(Dump(daemon))
    return dumps


def dump_rows(daemon):
    """Rows of a dump, and the control core's bytes when a part of it had come."""
    process = subprocess.Popen([daemon.spanstat, "--socket", daemon.socket, "conn", "--json"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    rows, control = 0, 0
    try:
        while block := process.stdout.read(1 << 22):
            rows += block.count(b"\n")
            control = control or daemon.stats()["memory"]["control_bytes"]
    finally:
        bench_process.end(process)
        process.stdout.close()
    return rows, control


def measure(given, daemon):
    before = daemon.stats()
    daemon_kb = status_kb(daemon.process.pid, "VmRSS")
    beside, during, dumps = [], [], []
    window = 0.2 if given.quick else WINDOW_SEC
    for _ in range(given.rounds):
        looks = [daemon.stats()]
        time.sleep(window)
        looks.append(daemon.stats())
        dumps += dumps_for(daemon, window)
        looks.append(daemon.stats())
        beside.append(Rate(looks[0], looks[1]))
        during.append(Rate(looks[1], looks[2]))
    rows, control = dump_rows(daemon)
    bench_process.accounted(daemon.stats())
    check(rows == given.flows, f"{rows} rows of {given.flows} flows")
    seconds = statistics.median(dump.seconds for dump in dumps)
    mpps, baseline = median(during, "mpps"), median(beside, "mpps")
    bench_process.print_figure(
        name="dump_1m" if given.flows == 1000000 else "dump", flows=given.flows, rows=rows,
        seconds=round(seconds, 3), rows_per_sec=round(rows / seconds),
        client_rss_mb=round(max(dump.client_kb for dump in dumps) / 1024, 1),
        daemon_grown_mb=round((max(dump.daemon_kb for dump in dumps) - daemon_kb) / 1024, 1),
        control_grown_kb=round((control - before["memory"]["control_bytes"]) / 1024),
        mpps=round(mpps, 2), baseline_mpps=round(baseline, 2),
        slowdown=round(1 - mpps / baseline, 3), cpu=round(median(during, "cpu"), 3),
        rounds=given.rounds,
        pages="huge" if before["memory"]["hugepages"] else "thp")


def bench(given):
    given.flows = min(given.flows, 20000) if given.quick else given.flows
    path = bench_process.capture(given.folder, given.flows, given.flows, "--proto", "udp")
    with Daemon(given.build, given.folder, "--vdev", bench_process.vdev(path), "--flows",
                str(max(4096, given.flows * 5 // 4)), *given.huge) as daemon:
        bench_process.first_cpu_only()
        time.sleep(1) # every flow has had its packet
        measure(given, daemon)


if __name__ == "__main__":
    sys.exit(bench_process.main(__doc__, bench, flows=1000000))
