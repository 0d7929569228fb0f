# SPDX-License-Identifier: BSD-3-Clause
"""Filters, groups and `drop FILTER` while workers run: what matches is forgotten, and nothing else.

A capture is played once, so that the connections are there and stay. What a filter means in detail
is replay_filter's; here two workers answer, and orders go to both.
"""
import collections
import json
import subprocess

from dpdk_run import PortDaemon, capture, pcap, quiet
import replay_make
from replay_scenarios import SCENARIOS

CONNECTIONS = 3000
SEED = 31
LEAVERS = 20


def by_proto(daemon):
    return {one['proto']: one['count'] for one in daemon.json('allconn', '--by', 'proto')}


def daemon_with_rows(programs, workers):
    packets, _ = replay_make.capture_make(SEED, CONNECTIONS, 'ethernet', True, SCENARIOS)
    path = capture(programs, 'traffic.pcap', packets)
    return PortDaemon(programs, '--config', quiet(programs), '--workers', str(workers),
                      *pcap(path)), len(packets)


def test_two_workers(checks, programs):
    daemon, packets = daemon_with_rows(programs, 2)
    with daemon:
        daemon.received(packets)
        rows = daemon.json('allconn')
        want = sorted(row['id'] for row in rows if row['server']['port'] == 443)
        got = daemon.json('allconn', 'dport', '443')
        checks.equal(sorted(row['id'] for row in got), want, 'two workers: dport 443')
        shares = collections.Counter(len(daemon.json('allconn', 'worker', str(i))) > 0
                                     for i in range(2))
        checks.equal(shares, {True: 2}, 'two workers: each has some')
        top = daemon.json('allconn', '--sort', '-bytes', '--limit', '50')
        total = [row['client']['bytes'] + row['server']['bytes'] for row in rows]
        checks.equal([row['client']['bytes'] + row['server']['bytes'] for row in top],
                     sorted(total, reverse=True)[:50], 'two workers: the fifty largest of all')
        checks.equal(sum(by_proto(daemon).values()), len(rows), 'two workers: groups of all')


def test_drop(checks, programs):
    daemon, packets = daemon_with_rows(programs, 2)
    with daemon:
        daemon.received(packets)
        rows = daemon.json('allconn')
        want = [row for row in rows if row['server']['port'] == 443]
        done = daemon.ask('drop', 'dport', '443')
        checks.equal((done.returncode, done.stdout, done.stderr),
                     (0, f'{len(want)} connections forgotten\n', ''), 'drop dport 443')
        left = {row['id'] for row in daemon.json('allconn')}
        checks.equal(left, {row['id'] for row in rows} - {row['id'] for row in want},
                     'the others are there still, and none of those')
        checks.equal(daemon.stats()['flows']['dropped'], len(want), 'the drops are counted')
        done = daemon.ask('drop', '--json', 'dport', '443')
        checks.equal((done.returncode, json.loads(done.stdout)), (0, {'dropped': 0}),
                     'nothing matches any more, which is no failure')
        done = daemon.ask('drop', 'state', 'all', 'foo')
        checks.equal((done.returncode, done.stdout, len(done.stderr.splitlines())), (2, '', 1),
                     'a mistake drops nothing')
        checks.equal(len(daemon.json('allconn')), len(left), 'nothing is gone')


def test_clients_that_leave(checks, programs):
    """Each is killed at some moment of its orders; the last one's orders are taken all the same."""
    daemon, packets = daemon_with_rows(programs, 1)
    with daemon:
        daemon.received(packets)
        before = by_proto(daemon)
        for i in range(LEAVERS):
            client = subprocess.Popen([programs.spanstat, '--socket', daemon.socket, 'drop',
                                       'proto', 'tcp', 'sport', '<', str(60000 - 1000 * i)],
                                      stdout=subprocess.DEVNULL)
            try:
                client.wait(timeout=0.0005 * i)
            except subprocess.TimeoutExpired:
                client.kill()
                client.wait()
        done = daemon.ask('drop', 'proto', 'tcp')
        checks.equal((done.returncode, done.stderr), (0, ''), 'drop proto tcp after all of them')
        checks.equal(by_proto(daemon), {'udp': before['udp']}, 'only UDP is left')
        checks.equal(daemon.stats()['flows']['dropped'], before['tcp'], 'each dropped once')
