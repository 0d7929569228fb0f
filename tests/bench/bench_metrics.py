#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A scrape of the metrics of a million connections, beside a worker at full load.

usage: bench_metrics.py --build FOLDER [--folder FOLDER] [--flows N] [--rounds N] [--quick]
                        [--no-huge] [scrape]

The daemon of bench_reports.py, asked over loopback, ten times a round. One JSON line:

  seconds, target_seconds     from the request to its last byte; median
  control_sec                 CPU time in it, of the control core: what it takes where others leave
                              this CPU alone
  bytes                       of the answer
  walk_sec                    how long a walk for leaks and ports took, with its pauses; null with
                              --quick
"""
import http.client
import os
import statistics
import sys
import time

import bench_process
import bench_reports
from bench_control import control_ns
from bench_process import check

HOST, PORT = f"127.{128 + os.getpid() % 100}.{os.getpid() // 100 % 250}.9", 9180
TIMES = 10
WALK_SEC = 90
STEP_SEC = 0.05


def get(daemon):
    """Seconds, CPU seconds of the control core, and the text of one scrape."""
    before, begun = control_ns(daemon), time.monotonic()
    connection = http.client.HTTPConnection(HOST, PORT, timeout=WALK_SEC)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    seconds = time.monotonic() - begun
    connection.close()
    return seconds, (control_ns(daemon) - before) / 1e9, text


def value(text, name):
    line = next(line for line in text.splitlines() if line.startswith(name + " "))
    return float(line.split()[1])


def walked(daemon):
    """Waits for the end of a walk that began when the table was full. Its seconds."""
    until, first = time.monotonic() + WALK_SEC, value(get(daemon)[2], "spanstat_walks_total")
    while True:
        text = get(daemon)[2]
        if value(text, "spanstat_walks_total") >= first + 2:
            return value(text, "spanstat_walk_seconds")
        check(time.monotonic() < until, "no walk has ended")
        time.sleep(STEP_SEC)


def bench(given):
    if given.quick:
        given.flows, given.rounds = min(given.flows, 20000), 1
    path = bench_reports.configured(given)
    with open(path, "a", encoding="ascii") as out:
        out.write(f'metrics {{ listen = "{HOST}:{PORT}" }}\n')
    daemon = bench_process.sourced(given, max(4096, given.flows * 5 // 4), "--config", path,
                                   SOURCE_MIXED="1")
    with daemon:
        bench_process.first_cpu_only()
        bench_reports.wait_filled(daemon, given.flows)
        walk_sec = None if given.quick else walked(daemon)
        every = [get(daemon) for _ in range(given.rounds * TIMES)]
        seconds, control = (statistics.median(one[at] for one in every) for at in (0, 1))
        check(value(every[-1][2], 'spanstat_flows{proto="tcp"}') == given.flows,
              "the flows are there")
        bench_process.print_figure(
            name="scrape", flows=given.flows, seconds=round(seconds, 5), target_seconds=0.01,
            control_sec=round(control, 5), bytes=len(every[-1][2]), walk_sec=walk_sec,
            rounds=given.rounds)


if __name__ == "__main__":
    sys.exit(bench_process.main(__doc__, bench, ("scrape",), flows=1000000))
