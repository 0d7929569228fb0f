#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""spanstatd behind a sender, and testpmd's rxonly in the same place, by turns.

usage: bench_testpmd.py --build FOLDER [--folder FOLDER] [--rounds N] [--flows N] [--no-huge]
                        [--quick] [NAME...]

A NAME is a way and a source, as memif-churn; a way or a source alone names all of its pairs.

  memif         spanstatd is the server, the sender a client whose mbufs the ring points to
  memif-client  spanstatd is the client, into whose mbufs the sender copies
  vhost         spanstatd is net_vhost, the sender virtio-user

  txonly        testpmd txonly with --txonly-multi-flow: UDP, 256 flows, packets all alike
  flowgen       testpmd flowgen: UDP, as many flows as are asked for, one after the other
  capture       testpmd plays a capture of TCP connections without end (net_pcap, io)
  churn         bench_pktgen: whole TCP connections, always new ones

The sender has the first CPU, where the receiver's main thread (spanstatd's control core) sleeps
most of the time; the receiver polls on the second. Rates are packets a second of wall time, medians
of intervals in which both pollers had their CPU (`undisturbed`: how many of all were such; if none
was, all are taken and `cpu` says what part of its CPU the poorer had). One JSON line each:

  mpps, baseline_mpps, of_baseline   spanstatd, testpmd rxonly, their ratio
  lost, baseline_lost                packets that the sender gave to the ring and nobody counted
  dropped_nic, dropped_worker        losses that spanstatd says itself
  tx_dropped                         packets that did not fit into the ring: the sender is the
                                     faster one (bench_pktgen asks again: refused, not lost)
"""
import itertools
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time

import bench_process
from bench_process import BenchError, check, end, poller_ns

HERE = os.path.dirname(os.path.abspath(__file__))
START_SEC = 60
FIRST_SEC = 20
STEP_SEC = 0.5
WARM_SEC = 1
SETTLE_SEC = 5
ITS_CPU = 0.97      # of an interval: less, and somebody else had a part
CAPTURE_FLOWS = 40000
FLOWGEN_FLOWS = 65536
CHURN_OPEN = 65536
HUGE_BYTES = 1 << 30
SENT = re.compile(r'Accumulated forward statistics.*?TX-packets: (\d+)\s+TX-dropped: (\d+)', re.S)
LOOK = re.compile(r'NIC statistics for port 0 .*?RX-packets: (\d+)\s+RX-missed: (\d+)', re.S)
NUMBER = itertools.count()
CONFIG = 'log-level = warning\ntimers { msl = 1 }\n' # TIME_WAIT lasts two seconds


def wait_for(what, seconds, why):
    until = time.monotonic() + seconds
    while not (answer := what()):
        check(time.monotonic() < until, why() if callable(why) else why)
        time.sleep(0.02)
    return answer


def cpus():
    found = sorted(os.sched_getaffinity(0))
    check(len(found) > 1, 'a sender and a receiver need a CPU each, and there is one')
    return found[:2]


def hugepages_free():
    with open('/proc/meminfo', encoding='ascii') as file:
        text = file.read()
    pages, size = (int(re.search(rf'^{key}:\s+(\d+)', text, re.M)[1])
                   for key in ('HugePages_Free', 'Hugepagesize'))
    return pages * size * 1024


class Way:
    """The devices of both ends."""

    def __init__(self, given, name):
        socket = os.path.join(given.folder, f'{name}-{os.getpid()}-{next(NUMBER)}.sock')
        memif = f'net_memif0,socket={socket},socket-abstract=no,id=7,role='
        self.receiver, self.sender = {
            'memif': (memif + 'server', memif + 'client,zero-copy=yes'),
            'memif-client': (memif + 'client,zero-copy=yes', memif + 'server'),
            'vhost': (f'net_vhost0,iface={socket},queues=1',
                      f'net_virtio_user0,path={socket},queues=1')}[name]
        self.sender_first = name == 'memif-client' # whoever listens


class Testpmd:
    """testpmd, obeying commands, polling on one CPU with its main thread on the first."""

    def __init__(self, given, cpu, vdevs, *options):
        name = f'bench-{os.getpid()}-{next(NUMBER)}'
        self.log_path = os.path.join(given.folder, name + '.log')
        memory = ['--no-huge', '-m', '1024'] if given.no_huge else ['--in-memory']
        self.command = ['stdbuf', '-oL', 'dpdk-testpmd', '--no-pci', '--no-telemetry', *memory,
                        '--single-file-segments', '--lcores', f'0@{cpus()[0]},1@{cpu}',
                        '--file-prefix', name, *itertools.chain(*(('--vdev', v) for v in vdevs)),
                        '--', '-i', '--no-flush-rx', '--burst=32', *options]
        self.process = None

    def __enter__(self):
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=log,
                                            stderr=log)
        try:
            wait_for(lambda: 'testpmd> ' in self.log() or self.process.poll() is not None,
                     START_SEC, 'testpmd does not come up')
            check(self.process.poll() is None, f'testpmd ended: {self.log()}')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        end(self.process)
        self.process.stdin.close()
        os.unlink(self.log_path)

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def say(self, command):
        self.process.stdin.write(command.encode() + b'\n')
        self.process.stdin.flush()

    def poller_ns(self):
        return poller_ns(self.process.pid)


class TestpmdSender(Testpmd):
    def start(self):
        self.say('start')

    def stop(self):
        """Packets that went into the ring, and those that did not fit."""
        self.say('stop')
        found = wait_for(lambda: SENT.search(self.log()), SETTLE_SEC, self.log)
        return {'sent': int(found[1]), 'tx_dropped': int(found[2])}


class TestpmdReceiver(Testpmd):
    """rxonly, as the baseline."""

    def __init__(self, given, way):
        super().__init__(given, cpus()[1], [way.receiver], '--forward-mode=rxonly')
        self.looks = 0

    def __enter__(self):
        super().__enter__()
        self.say('start')
        return self

    def look(self):
        self.say('show port stats 0')
        found = wait_for(lambda: LOOK.findall(self.log())[self.looks:], SETTLE_SEC, self.log)
        self.looks += 1
        return {'received': int(found[-1][0]), 'dropped_nic': int(found[-1][1])}


class SpanstatdReceiver(bench_process.Daemon):
    def __init__(self, given, way):
        config = os.path.join(given.folder, 'bench-testpmd.conf')
        with open(config, 'w', encoding='ascii') as file:
            file.write(CONFIG)
        eal = ['--eal', '--single-file-segments']
        super().__init__(given.build, given.folder, '--config', config, '--flows',
                         str(given.flows), *eal, *['--no-huge'] * given.no_huge,
                         '--vdev', way.receiver)
        self.last = None

    def _received(self):
        return self.ask('home').returncode == 0 # nothing comes before the sender starts

    def poller_ns(self):
        return poller_ns(self.process.pid)

    def look(self):
        self.last = stats = self.stats()
        packets = stats['packets']
        check(packets['received'] == packets['tracked'] + packets['ignored'],
              f'received is not tracked + ignored: {packets}')
        return {'received': packets['received'], 'dropped_nic': packets['dropped']['nic'],
                'dropped_worker': packets['dropped']['worker']}


class Pktgen:
    """bench_pktgen; its one thread is its poller."""

    def __init__(self, given, way):
        self.command = [os.path.join(given.build, 'tests/bench/bench_pktgen'), '--vdev', way.sender,
                        '--cpu', str(cpus()[0]), '--open', str(CHURN_OPEN),
                        '--eal', '--single-file-segments', *['--no-huge'] * given.no_huge]
        self.process = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE)
        return self

    def __exit__(self, *_exception):
        end(self.process)
        self.process.stdout.close()

    def start(self):
        """It begins when there is a link."""

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        line = self.process.stdout.readline()
        check(line, 'bench_pktgen ended before it had said what it sent')
        said = json.loads(line)
        return {'sent': said['sent'], 'tx_dropped': said['dropped'], 'refused': said['refused'],
                'connections': said['connections']}

    def poller_ns(self):
        with open(f'/proc/{self.process.pid}/schedstat', encoding='ascii') as file:
            return int(file.read().split()[0])


def sender(given, way, source):
    cpu = cpus()[0]
    if source == 'churn':
        return Pktgen(given, way)
    if source == 'capture':
        packets = 4 * CAPTURE_FLOWS # each keeps an mbuf, and virtio takes none that is short
        path = bench_process.capture(given.folder, CAPTURE_FLOWS, packets, '--proto', 'tcp')
        return TestpmdSender(given, cpu, [bench_process.vdev(path), way.sender],
                             '--forward-mode=io', f'--total-num-mbufs={packets + 32768}')
    options = {'txonly': ['--forward-mode=txonly', '--txonly-multi-flow'],
               'flowgen': ['--forward-mode=flowgen', f'--flowgen-flows={FLOWGEN_FLOWS}']}[source]
    return TestpmdSender(given, cpu, [way.sender], '--total-num-mbufs=16384', *options)


def look(receiver, tx):
    before = time.monotonic()
    counted = receiver.look()
    counted.update(at=(before + time.monotonic()) / 2, rx_ns=receiver.poller_ns(),
                   tx_ns=tx.poller_ns())
    return counted


def intervals(looks):
    """[(Mpps, part of its CPU that the poorer poller had)]"""
    out = []
    for one, two in zip(looks, looks[1:]):
        seconds = two['at'] - one['at']
        share = min(two[key] - one[key] for key in ('rx_ns', 'tx_ns')) / 1e9 / seconds
        out.append(((two['received'] - one['received']) / seconds / 1e6, share))
    return out


def settle(receiver, sent):
    """What the receiver has when nothing more comes."""
    until = time.monotonic() + SETTLE_SEC
    while (counted := receiver.look())['received'] < sent and time.monotonic() < until:
        time.sleep(0.1)
    return counted


def measure(given, receiver, tx):
    tx.start()
    wait_for(lambda: receiver.look()['received'] > 0, FIRST_SEC, 'no packet comes')
    time.sleep(WARM_SEC)
    looks = [look(receiver, tx)]
    for _ in range(given.steps):
        time.sleep(STEP_SEC)
        looks.append(look(receiver, tx))
    ended = tx.stop()
    counted = settle(receiver, ended['sent'])
    return {**ended, **counted, 'lost': ended['sent'] - counted['received'],
            'intervals': intervals(looks)}


def turn(given, name, source, receiver_class):
    """One receiver and one sender; the receiver leaves first, for memif's sake."""
    way = Way(given, name)
    receiver, tx = receiver_class(given, way), sender(given, way, source)
    first, second = (tx, receiver) if way.sender_first else (receiver, tx)
    with first, second:
        try:
            result = measure(given, receiver, tx)
            result['stats'] = getattr(receiver, 'last', None)
        finally:
            end(receiver.process)
    return result


class Figure:
    """The rate over the turns of one receiver."""

    def __init__(self, turns):
        every = [interval for one in turns for interval in one['intervals']]
        good = [interval for interval in every if interval[1] >= ITS_CPU] or every
        self.mpps = statistics.median(rate for rate, _ in good)
        self.cpu = statistics.median(share for _, share in good)
        self.undisturbed = sum(share >= ITS_CPU for _, share in every) / len(every)


def total(turns, key):
    return sum(one.get(key, 0) for one in turns)


def pair(given, name, source):
    ours, baselines = [], []
    for _ in range(given.rounds):
        ours.append(turn(given, name, source, SpanstatdReceiver))
        baselines.append(turn(given, name, source, TestpmdReceiver))
    us, them = Figure(ours), Figure(baselines)
    stats = ours[-1]['stats']
    bench_process.print_figure(
        name=f'testpmd-{name}-{source}', flows=stats['flows']['live'], mpps=round(us.mpps, 2),
        baseline_mpps=round(them.mpps, 2), of_baseline=round(us.mpps / them.mpps, 3),
        sent=total(ours, 'sent'), lost=total(ours, 'lost'), baseline_lost=total(baselines, 'lost'),
        dropped_nic=total(ours, 'dropped_nic'), dropped_worker=total(ours, 'dropped_worker'),
        tx_dropped=total(ours, 'tx_dropped'), baseline_tx_dropped=total(baselines, 'tx_dropped'),
        refused=total(ours, 'refused'), connections=total(ours, 'connections'),
        ignored=stats['packets']['ignored'], duplicates=stats['duplicates'],
        cpu=round(us.cpu, 3), baseline_cpu=round(them.cpu, 3),
        undisturbed=round(min(us.undisturbed, them.undisturbed), 2),
        pages='huge' if stats['memory']['hugepages'] else 'thp', rounds=given.rounds)


WAYS = ('memif', 'memif-client', 'vhost')
SOURCES = ('txonly', 'flowgen', 'capture', 'churn')
PAIRS = {f'{way}-{source}': (way, source) for way in WAYS for source in SOURCES}


def bench(given):
    given.pairs = [(way, source) for name, (way, source) in PAIRS.items()
                   if not given.names or {name, way, source} & set(given.names)]
    given.steps, given.rounds, given.flows = (2, 1, 1 << 20) if given.quick else \
                                             (8, given.rounds, given.flows)
    given.no_huge = given.no_huge or hugepages_free() < HUGE_BYTES
    failed = []
    for way, source in given.pairs:
        try:
            pair(given, way, source)
        except (BenchError, subprocess.SubprocessError, OSError) as error:
            print(f'bench_testpmd: {way}-{source}: {error}', file=sys.stderr)
            failed.append(source)
    check(not failed, f'{len(failed)} of {len(given.pairs)} did not come to a figure')


if __name__ == '__main__':
    sys.exit(bench_process.main(__doc__, bench, (*WAYS, *SOURCES, *PAIRS), flows=4 << 20))
