#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The control core beside a worker at full load: ten million flows dumped, and filtered to ten.

usage: bench_control.py --build FOLDER [--folder FOLDER] [--flows N] [--rounds N] [--quick]
                        [--no-huge] [NAME...]

A spanstatd whose worker takes packets of open connections in random order (bench_source.c). The
worker has the second CPU; control core and client share the first, so the seconds of a dump that is
printed are the sum of what both take. One JSON line each:

dump_10m, filter_10m
  seconds, target_seconds      of one request, until its last row is printed into nowhere (JSON)
  control_sec, client_sec      CPU time in it, of the control core and of spanstat
  rows
  mpps, baseline_mpps          the worker's, during such requests and beside them
  cycles_per_packet, baseline_cycles
  slowdown, target_slowdown    of cycles a packet; the median of the rounds. spread: its ends
  daemon_rss_mb, client_rss_mb the most memory of each; the daemon's without its hugepages, but with
                               four bytes a flow of the packets' source
dump_10m also
  seconds_text                 the same printed as text
  seconds_drain, drain_control_sec   the same thrown away: what the control core alone can give
filter_10m also
  seconds_states               a filter on states, which must look at both lines of each entry
  seconds_counters             a filter on bytes

Where other programs have their part of the CPUs, `cpu` is what the worker had of its own, and
seconds are theirs too: then believe control_sec and client_sec, which are this machine's alone.
"""
import json
import os
import statistics
import subprocess
import sys
import time

import bench_process
from bench_process import Rate, check, median, status_kb

# Windows beside and without, and how many times of each in a round: a dump takes seconds, and of a
# filter many short ones tell more of a machine that others use too.
DUMP_SEC, DUMP_TIMES = 3, 1
FILTER_SEC, FILTER_TIMES = 0.5, 7
LOOK_ROWS = 100000 # between two looks at the client's memory
FILL_SEC = 120
TEN = ["client 10.0.0.0/29 or client 10.0.16.2/31"] # flows 0 to 7, 4098 and 4099
STATES = ["state close-wait"]
COUNTERS = ["bytes > 1G"]


def control_ns(daemon):
    """Nanoseconds of CPU that the control core's thread has had."""
    with open(f"/proc/{daemon.process.pid}/task/{daemon.process.pid}/schedstat",
              encoding="ascii") as file:
        return int(file.read().split()[0])


class Ask:
    """One request, its answer printed into nowhere (or counted), watched."""

    def __init__(self, daemon, command, count=False):
        before = control_ns(daemon)
        begun = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE if count else subprocess.DEVNULL)
        self.output = process.stdout.read() if count else b""
        status, usage = os.wait4(process.pid, 0)[1:]
        self.seconds = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if count:
            process.stdout.close()
        check(process.returncode == 0, f"{' '.join(command)}: {process.returncode}")
        self.control_sec = (control_ns(daemon) - before) / 1e9
        self.client_sec = usage.ru_utime + usage.ru_stime


class Bench:
    def __init__(self, given, daemon):
        self.given = given
        self.daemon = daemon
        self.drain = os.path.join(given.build, "tests/bench/bench_drain")
        self.client_kb = 0

    def conn(self, *words):
        return [self.daemon.spanstat, "--socket", self.daemon.socket, "conn", *words]

    def ask(self, *words):
        return Ask(self.daemon, self.conn(*words))

    def seconds(self, command):
        return statistics.median(Ask(self.daemon, command).seconds
                                 for _ in range(self.given.rounds))

    def rows(self, *words):
        """How many are printed; and the client's memory is looked at meanwhile."""
        process = subprocess.Popen(self.conn("--json", *words), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE)
        rows, looked_at = 0, -LOOK_ROWS
        try:
            while block := process.stdout.read1(1 << 20):
                rows += block.count(b"\n")
                if rows - looked_at >= LOOK_ROWS:
                    looked_at = rows
                    self.client_kb = max(self.client_kb, status_kb(process.pid, "VmHWM"))
        finally:
            bench_process.end(process)
            process.stdout.close()
        check(process.returncode == 0, f"spanstat conn: {process.returncode}")
        return rows

    def asks_for(self, seconds, words):
        until = time.monotonic() + seconds
        asks = [self.ask(*words)]
        while time.monotonic() < until:
            asks.append(self.ask(*words))
        return asks

    def measure(self, words, window, times):
        """The members that both figures have: with requests one after the other, and without."""
        beside, during, asks = [], [], []
        rss_kb = 0
        if self.given.quick:
            window, times = 0.2, 1
        for _ in range(self.given.rounds * times):
            looks = [self.daemon.stats()]
            time.sleep(window)
            looks.append(self.daemon.stats())
            asks += self.asks_for(window, words)
            looks.append(self.daemon.stats())
            time.sleep(window)
            looks.append(self.daemon.stats())
            beside += [Rate(looks[0], looks[1]), Rate(looks[2], looks[3])]
            during.append(Rate(looks[1], looks[2]))
            rss_kb = max(rss_kb, status_kb(self.daemon.process.pid, "VmHWM"))
        bench_process.accounted(self.daemon.stats())
        slowdowns = [rate.cycles * 2 / (beside[2 * i].cycles + beside[2 * i + 1].cycles) - 1
                     for i, rate in enumerate(during)]
        seconds = {key: round(statistics.median(getattr(ask, key) for ask in asks), 3)
                   for key in ("seconds", "control_sec", "client_sec")}
        return {
            **seconds, "mpps": round(median(during, "mpps"), 2),
            "baseline_mpps": round(median(beside, "mpps"), 2),
            "cycles_per_packet": round(median(during, "cycles"), 1),
            "baseline_cycles": round(median(beside, "cycles"), 1),
            "slowdown": round(statistics.median(slowdowns), 4), "target_slowdown": 0.03,
            "spread": [round(min(slowdowns), 4), round(max(slowdowns), 4)],
            "daemon_rss_mb": round(rss_kb / 1024, 1),
            "client_rss_mb": round(self.client_kb / 1024, 1),
            "cpu": round(median(during, "cpu"), 3), "requests": len(asks),
            "rounds": self.given.rounds * times,
            "pages": "huge" if self.daemon.stats()["memory"]["hugepages"] else "thp",
        }

    def drained(self):
        """Seconds and the control core's CPU seconds of a client that throws away."""
        asks = [Ask(self.daemon, [self.drain, self.daemon.socket], count=True)
                for _ in range(self.given.rounds)]
        for ask in asks:
            check(json.loads(ask.output)["rows"] == self.given.flows, f"drained: {ask.output}")
        return [round(statistics.median(getattr(ask, key) for ask in asks), 3)
                for key in ("seconds", "control_sec")]

    def dump(self):
        rows = self.rows()
        check(rows == self.given.flows, f"{rows} rows of {self.given.flows} flows")
        drain, control = self.drained()
        text = self.seconds(self.conn())
        bench_process.print_figure(
            name="dump_10m" if rows == 10000000 else "dump_control", flows=self.given.flows,
            rows=rows, target_seconds=2, **self.measure(["--json"], DUMP_SEC, DUMP_TIMES),
            seconds_text=round(text, 3), seconds_drain=drain, drain_control_sec=control)

    def filter(self):
        rows = self.rows(*TEN)
        check(rows == 10 or self.given.flows < 4100, f"{rows} rows match, and should be ten")
        bench_process.print_figure(
            name="filter_10m" if self.given.flows == 10000000 else "filter_control",
            flows=self.given.flows, rows=rows, filter=TEN[0], target_seconds=0.6,
            **self.measure(["--json", *TEN], FILTER_SEC, FILTER_TIMES),
            seconds_states=round(self.seconds(self.conn("--json", *STATES)), 3),
            seconds_counters=round(self.seconds(self.conn("--json", *COUNTERS)), 3))


def wait_filled(daemon, flows):
    """Every connection is open."""
    until = time.monotonic() + FILL_SEC
    while daemon.stats()["packets"]["received"] < 3 * flows + flows // 2:
        check(time.monotonic() < until, "the table does not fill")
        time.sleep(0.2)
    check(daemon.stats()["flows"]["live"] == flows, "flows are missing")


def bench(given):
    if given.quick:
        given.flows, given.rounds = min(given.flows, 20000), 1
    daemon = bench_process.sourced(given, max(4096, given.flows + given.flows // 100))
    with daemon:
        bench_process.first_cpu_only()
        wait_filled(daemon, given.flows)
        one = Bench(given, daemon)
        for name, measure in (("dump_10m", one.dump), ("filter_10m", one.filter)):
            if not given.names or name in given.names:
                measure()


if __name__ == "__main__":
    sys.exit(bench_process.main(__doc__, bench, ("dump_10m", "filter_10m"), flows=10000000))
