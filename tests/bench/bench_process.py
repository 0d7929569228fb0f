# SPDX-License-Identifier: BSD-3-Clause
"""Programs under measurement: a spanstatd on a looping capture, testpmd on the same, captures.

Rates are packets a second of the polling thread's own CPU time: where a neighbour takes half of its
CPU, half the packets come and the rate is the same. `cpu` says how much of it the thread had; on a
quiet machine that is 1.

Every process that is started here is ended here, by its own id, whatever happens.
"""
import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

READY_SEC = 60    # a capture of a million packets is copied into mbufs first
ANSWER_SEC = 120
STOP_SEC = 20
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))


class BenchError(Exception):
    """What keeps a figure from being had."""


def check(passed, why):
    if not passed:
        raise BenchError(why)


def run(body):
    """Runs body() as a benchmark; gives the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        body()
    except (BenchError, subprocess.SubprocessError, OSError) as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}", file=sys.stderr)
        return 1
    return 0


def main(doc, body, names=(), flows=None):
    """Runs body(given) as a program with the command line of all benchmarks; gives its exit status.
    given.names are those asked for, all if none is; `names` may be a function of the build folder
    that gives them; given.huge is what the daemon is told of its memory; given.folder is there
    for the run, or was given."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--build", required=True, help="the build folder")
    parser.add_argument("--folder", help="for captures and sockets; captures are kept there")
    parser.add_argument("--flows", type=int, default=flows)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--no-huge", action="store_true", help="the daemon on ordinary memory")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="all" if callable(names) else ", ".join(names))
    given = parser.parse_args()
    names = names(given.build) if callable(names) else names
    for name in given.names:
        if name not in names:
            parser.error(f"no benchmark is called {name}")
    given.huge = ["--no-huge"] if given.no_huge else []

    def in_folder():
        with tempfile.TemporaryDirectory(prefix="spanstat-bench-") as folder:
            given.folder = given.folder or folder
            body(given)

    return run(in_folder)


def capture(folder, flows, packets, *options):
    """A capture of that many, written once a folder."""
    words = "-".join(word.strip("-") for word in options)
    path = os.path.join(folder, f"bench-{flows}-{packets}{'-' + words if words else ''}.pcap")
    if not os.path.exists(path):
        subprocess.run([sys.executable, os.path.join(HERE, "bench_capture.py"), "--flows",
                        str(flows), "--packets", str(packets), "--out", path + ".new", *options],
                       check=True)
        os.rename(path + ".new", path)
    return path


def vdev(path):
    return f"net_pcap0,rx_pcap={path},infinite_rx=1"


def first_cpu_only():
    """Keeps this process and what it starts from now on off the worker's CPU."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def end(process):
    """SIGTERM, then SIGKILL."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SEC)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def status_kb(pid, key):
    """A line of /proc/PID/status in kilobytes; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            found = re.search(rf"^{key}:\s+(\d+) kB", file.read(), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) if found else 0


def poller_ns(pid):
    """Nanoseconds of CPU that DPDK's first polling thread of a process has had."""
    tasks = f"/proc/{pid}/task"
    for task in sorted(os.listdir(tasks), key=int):
        with open(f"{tasks}/{task}/comm", encoding="utf-8") as file:
            if not re.match(r"(lcore|rte|dpdk)-worker", file.read()):
                continue
        with open(f"{tasks}/{task}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0])
    raise BenchError("there is no polling thread")


class Daemon:
    """spanstatd with one worker; a context manager. It chooses its CPUs among all of ours."""

    def __init__(self, build, folder, *arguments):
        self.spanstatd = os.path.join(build, "app/spanstatd/spanstatd")
        self.spanstat = os.path.join(build, "app/spanstat/spanstat")
        self.socket = os.path.join(folder, f"bench-{os.getpid()}.sock")
        self.log = os.path.join(folder, f"bench-{os.getpid()}.log")
        self.command = [self.spanstatd, "--socket", self.socket, *arguments]
        self.environment = None # ours
        self.process = None

    def __enter__(self):
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=self.environment)
        try:
            self._wait()
        except BaseException:
            end(self.process)
            raise
        return self

    def _wait(self):
        until = time.monotonic() + READY_SEC
        while self.process.poll() is None and time.monotonic() < until:
            if os.path.exists(self.socket) and self._received():
                return
            time.sleep(0.05)
        with open(self.log, encoding="utf-8") as log:
            raise BenchError(f"spanstatd did not come up: {log.read()}")

    def __exit__(self, *_exception):
        end(self.process)
        os.unlink(self.log)

    def _received(self):
        done = self.ask("stats", "--json")
        return done.returncode == 0 and json.loads(done.stdout)["packets"]["received"] > 0

    def ask(self, *words, **options):
        return subprocess.run([self.spanstat, "--socket", self.socket, *words], timeout=ANSWER_SEC,
                              stdin=subprocess.DEVNULL, capture_output=True, **options)

    def stats(self):
        done = self.ask("stats", "--json")
        check(done.returncode == 0, f"spanstat stats: {done.stderr.decode()}")
        stats = json.loads(done.stdout)
        stats["poller_sec"] = poller_ns(self.process.pid) / 1e9
        return stats


def sourced(given, capacity, *arguments, **environment):
    """A daemon whose packets are made by bench_source.c, of given.flows flows."""
    daemon = Daemon(given.build, given.folder, "--vdev", "net_null0,size=60", "--flows",
                    str(capacity), *arguments, *given.huge)
    source = os.path.abspath(os.path.join(given.build, "tests/bench/libbench_source.so"))
    daemon.environment = {**os.environ, "LD_PRELOAD": source, "SOURCE_FLOWS": str(given.flows),
                          **environment}
    return daemon


class Rate:
    """A worker between two looks at its daemon."""

    def __init__(self, before, after):
        packets = after["packets"]["received"] - before["packets"]["received"]
        seconds = after["poller_sec"] - before["poller_sec"]
        uptime = after["uptime"] - before["uptime"]
        check(packets > 0 and seconds > 0, "the worker did nothing")
        self.mpps = packets / seconds / 1e6
        self.cpu = seconds / uptime
        counted = [worker["busy_cycles"] + worker["idle_cycles"]
                   for worker in (before["workers"][0], after["workers"][0])]
        self.cycles = (counted[1] - counted[0]) / uptime * seconds / packets


def median(rates, field):
    return statistics.median(getattr(rate, field) for rate in rates)


def accounted(stats):
    """Nothing is lost between the port and the verdicts: all that was received has one."""
    packets, port = stats["packets"], sum(port["received"] for port in stats["ports"])
    check(packets["received"] == packets["tracked"] + packets["ignored"],
          f"received is not tracked + ignored: {packets}")
    check(packets["dropped"] == {"nic": 0, "worker": 0}, f"dropped: {packets['dropped']}")
    # The port is read after the worker, which goes on meanwhile: a thousandth is milliseconds.
    check(0 <= port - packets["received"] <= max(4096, port // 1000),
          f"the port gave {port}, of which {packets['received']} have a verdict")


def testpmd_rate(path, packets, seconds):
    """Mpps of testpmd rxonly with the same driver, file, and size of mbufs."""
    command = ["dpdk-testpmd", "-l", ",".join(map(str, sorted(os.sched_getaffinity(0))[:2])),
               "--no-pci", "--no-telemetry", "--file-prefix", f"bench-{os.getpid()}",
               "--in-memory", "--vdev", vdev(path), "--", "--forward-mode=rxonly",
               "--no-flush-rx", "--burst=64", "--mbuf-size=256",
               f"--total-num-mbufs={packets + 16384}", "--stats-period=1"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    looks = []
    try:
        for line in process.stdout:
            found = re.search(r"RX-packets: (\d+)", line)
            if found:
                looks.append((int(found.group(1)), poller_ns(process.pid) / 1e9))
            if len(looks) > seconds + 1: # the first is of its start
                break
    finally:
        end(process)
        process.stdout.close()
    check(len(looks) > seconds + 1, "dpdk-testpmd ended before it had been measured")
    return (looks[-1][0] - looks[1][0]) / (looks[-1][1] - looks[1][1]) / 1e6


def timed(command):
    """Seconds of a command whose output goes nowhere."""
    begun = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=ANSWER_SEC)
    seconds = time.monotonic() - begun
    check(done.returncode == 0, f"{command[0]}: {done.stderr.decode()}")
    return seconds


def print_figure(**members):
    print(json.dumps(members, separators=(",", ":")), flush=True)
