#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every report on a million connections, as text and as JSON, beside a worker at full load.

usage: bench_reports.py --build FOLDER [--folder FOLDER] [--flows N] [--rounds N] [--quick]
                        [--no-huge] [REPORT...]

A spanstatd with connections in all stages (bench_source.c, SOURCE_MIXED): half of them talk, a
quarter is half closed, a quarter in TIME_WAIT. The worker has the second CPU; control core and
client share the first. One JSON line a report and format:

  seconds, target_seconds     from the command to its last byte, into nowhere; median of the rounds
  control_sec, client_sec     CPU time in it, of the control core and of spanstat: what it takes
                              where other programs leave these CPUs alone
  first_sec                   from the command to its first row, into a pipe
  rows, rows_per_sec          of the CPU time of both
  client_rss_mb               the most memory of spanstat
  daemon_grown_mb             how far the daemon's memory had gone up by then since the first report

then `top`, on a terminal of 24 lines, until its first look is on the screen, and at last `stopped`:
a client that does not read on. What it costs in a second: control_sec, and how far the memory of
daemon and client went up. events has no rows to give before something happens.
"""
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

import bench_process
from bench_process import check, status_kb
from bench_control import Ask, control_ns
from described import Described

FILL_SEC = 60
FIRST_SEC = 60
LOOK_ROWS = 100000 # between two looks at the client's memory
PIPE_BYTES = 1 << 20
STEPS_A_FLOW = 5.5 # packets of each connection before any talks: (3 + 7 + 3 + 9) / 4
MSL_SEC = 1800     # TIME_WAIT outlasts the benchmark
FORMATS = (("text", ["-H"]), ("json", ["--json"]))

# name: its words, besides the reports themselves
MORE = {
    "listen": ["listen", "--all"],
    "by": ["allconn", "--by", "server,server-port,state"], "by_client": ["conn", "--by", "client"],
    "sort": ["conn", "--sort", "-bytes", "--limit", "100"],
    "sort_all": ["allconn", "--sort", "opened"],
    "as": ["allconn", "--as", "10.0.0.1"], "linux": ["allconn", "--dialect", "linux"],
    "zos": ["conn", "--dialect", "zos"],
}
TOP_SHOWS = re.compile(rb"[1-9][0-9.k]* (first )?connections by")
PAUSE_SEC = {"health": 1} # it looks twice, a second apart


def reports(build):
    """{name: its words} of all; those that have no end, and drop, are not looked at again."""
    every = Described(os.path.join(build, "app/spanstat/spanstat")).reports("json", "watch")
    return {**{name: [name] for name in every}, **MORE}


class Read:
    """A report read from a pipe as it comes: when its first row was there, and how many came."""

    def __init__(self, command):
        begun = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.rows, self.client_kb, looked_at = 0, 0, -LOOK_ROWS
        try:
            ready = select.select([process.stdout], [], [], FIRST_SEC)[0]
            self.first_sec = time.monotonic() - begun
            check(ready, f"{' '.join(command)}: nothing comes")
            while block := process.stdout.read1(PIPE_BYTES):
                self.rows += block.count(b"\n")
                if self.rows - looked_at >= LOOK_ROWS:
                    looked_at = self.rows
                    self.client_kb = max(self.client_kb, status_kb(process.pid, "VmHWM"))
        finally:
            bench_process.end(process)
            process.stdout.close()
        check(process.returncode == 0, f"{' '.join(command)}: {process.returncode}")


class Bench:
    def __init__(self, given, daemon):
        self.given, self.daemon = given, daemon
        self.reports = reports(given.build)
        self.daemon_kb = self.rss()

    def rss(self):
        return status_kb(self.daemon.process.pid, "VmRSS")

    def command(self, *words):
        return [self.daemon.spanstat, "--socket", self.daemon.socket, *words]

    def report(self, name, form, options):
        command = self.command(*self.reports[name], *options)
        asks = [Ask(self.daemon, command) for _ in range(self.given.rounds)]
        read = Read(command)
        seconds, control, client = (statistics.median(getattr(ask, key) for ask in asks)
                                    for key in ("seconds", "control_sec", "client_sec"))
        bench_process.print_figure(
            name=f"report_{name}", format=form, flows=self.given.flows, rows=read.rows,
            seconds=round(seconds - PAUSE_SEC.get(name, 0), 3), target_seconds=2,
            control_sec=round(control, 3), client_sec=round(client, 3),
            first_sec=round(read.first_sec - PAUSE_SEC.get(name, 0), 4),
            rows_per_sec=round(read.rows / max(control + client, 1e-6)),
            client_rss_mb=round(read.client_kb / 1024, 1),
            daemon_grown_mb=round((self.rss() - self.daemon_kb) / 1024, 1),
            rounds=self.given.rounds)

    def top_seconds(self):
        """Until the first look is on the screen."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        begun, screen = time.monotonic(), b""
        process = subprocess.Popen(self.command("top"), stdin=slave, stdout=slave, stderr=slave,
                                   env={**os.environ, "TERM": "xterm", "LC_ALL": "C"})
        try:
            while not TOP_SHOWS.search(screen):
                check(select.select([master], [], [], FIRST_SEC)[0] and
                      time.monotonic() - begun < FIRST_SEC, "top shows nothing")
                screen += os.read(master, PIPE_BYTES)
            return time.monotonic() - begun
        finally:
            bench_process.end(process)
            os.close(slave)
            os.close(master)

    def top(self):
        before = control_ns(self.daemon)
        seconds = [self.top_seconds() for _ in range(self.given.rounds)]
        bench_process.print_figure(
            name="report_top", flows=self.given.flows, seconds=round(statistics.median(seconds), 3),
            target_seconds=2, rounds=self.given.rounds,
            control_sec=round((control_ns(self.daemon) - before) / 1e9 / self.given.rounds, 3))

    def stopped(self):
        """A client whose output nobody reads: its pipe fills, and then the socket."""
        window = 0.3 if self.given.quick else 2
        process = subprocess.Popen(self.command("all", "--json"), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE)
        fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        try:
            time.sleep(window)
            before = control_ns(self.daemon), self.rss(), status_kb(process.pid, "VmRSS")
            time.sleep(window)
            after = control_ns(self.daemon), self.rss(), status_kb(process.pid, "VmRSS")
            check(process.poll() is None, "the client that is not read has ended")
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            process.stdout.close()
        bench_process.print_figure(
            name="report_stopped", flows=self.given.flows,
            control_sec=round((after[0] - before[0]) / 1e9 / window, 4),
            daemon_grown_mb=round((after[1] - before[1]) / 1024, 2),
            client_grown_mb=round((after[2] - before[2]) / 1024, 2))


def wait_filled(daemon, flows):
    """Every connection has come as far as it goes, and some talk."""
    until = time.monotonic() + FILL_SEC
    while daemon.stats()["packets"]["received"] < flows * (STEPS_A_FLOW + 0.25):
        check(time.monotonic() < until, "the table does not fill")
        time.sleep(0.2)
    states = daemon.stats()["flows"]["by_state"]
    check(min(states[key] for key in ("ESTABLISHED", "FIN_WAIT_2", "TIME_WAIT")) >= flows // 4,
          f"flows are missing: {states}")


def configured(given):
    path = os.path.join(given.folder, f"bench-{os.getpid()}.conf")
    with open(path, "w", encoding="ascii") as out:
        out.write(f"timers {{ msl = {MSL_SEC} }}\n")
    return path


def bench(given):
    if given.quick:
        given.flows, given.rounds = min(given.flows, 20000), 1
    daemon = bench_process.sourced(given, max(4096, given.flows * 5 // 4), "--config",
                                   configured(given), SOURCE_MIXED="1")
    with daemon:
        bench_process.first_cpu_only()
        wait_filled(daemon, given.flows)
        one = Bench(given, daemon)
        for name in given.names or one.reports:
            for form, options in FORMATS:
                one.report(name, form, options)
        if not given.names:
            one.top()
            one.stopped()


if __name__ == "__main__":
    sys.exit(bench_process.main(__doc__, bench, reports, flows=1000000))
