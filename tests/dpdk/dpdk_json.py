# SPDX-License-Identifier: BSD-3-Clause
"""Every report of a running daemon with --json, against the schema: what no capture can show.

A capture with VLAN tags is played to a daemon to which the VLAN is a part of a connection's name,
so that all has one. Which keys there are is replay_json's; here, that a daemon's lines keep to
them, and those keys that only a daemon has: the second look of health and leaks, drop, live events.
"""
import os
import re

from daemon import Listener
from described import Described
from dpdk_run import PortDaemon, capture, pcap, quiet
from lab import wait_for
import replay_make
import replay_schema
from replay_scenarios import SCENARIOS

CONNECTIONS = 6 * len(SCENARIOS)
# Besides the reports themselves.
MORE = (
    ('byteinfo --dialect zos', ['byteinfo']), ('allconn --dialect linux', ['line', 'socket']),
    ('allconn --as 10.20.0.1', ['line', 'socket']), ('listen --all', ['listen']),
    ('allconn --by server,end', ['group']), ('all --by vlan', ['group']),
)
CONF = """identity { vlan = true }
names = { "0.0.0.0/0 four", "10.20.0.0/16 lan", "::/0 six" }
"""
# Keys with the name of a host; events have theirs in a test of their own.
NAMES = re.compile(r'[ ._]name string sometimes$')
KEYS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'replay', 'json_keys.txt')


def named_keys():
    """REPORT PATH of each."""
    with open(KEYS, encoding='utf-8') as text:
        return [' '.join(line.split()[:2]) for line in text if NAMES.search(line)]


class Look:
    """Lines that were checked, and the keys that they had."""

    def __init__(self, checks, programs):
        self.checks, self.seen = checks, set()
        self.schema = replay_schema.Strict(programs.schema)

    def lines(self, name, reports, lines):
        wrong, rows = [], []
        for line in lines:
            report = reports[0]
            if 'socket' in reports and '"client"' not in line:
                report = 'socket'
            try:
                rows.append(self.schema.check(report, line))
                self.seen |= {f'{report} {path}' for path in replay_schema.paths(rows[-1])}
            except replay_schema.Refused as refused:
                wrong.append(str(refused))
        self.checks.ok(len(lines) > 0 and not wrong, f'{name}: {len(lines)} lines', *wrong[:3])
        return rows


def daemon_with_rows(programs):
    packets, _ = replay_make.capture_make(37, CONNECTIONS, 'ethernet', True, SCENARIOS)
    path = capture(programs, 'traffic.pcap', packets)
    config = programs.path('vlan.conf')
    with open(quiet(programs), encoding='utf-8') as text:
        programs.write('vlan.conf', text.read() + CONF)
    return PortDaemon(programs, '--config', config, *pcap(path)), len(packets)


def test_reports(checks, programs):
    daemon, packets = daemon_with_rows(programs)
    with daemon:
        daemon.received(packets)
        look = Look(checks, programs)
        every = [(name, replay_schema.kinds(name))
                 for name in Described(programs.spanstat).reports('json', 'watch')]
        for words, reports in (*every, *MORE):
            done = daemon.ask(*words.split(), '--json')
            checks.equal((done.returncode, done.stderr), (0, ''), words)
            look.lines(words, reports, done.stdout.splitlines())
        look.lines('leaks, the second look', ['leaks'],
                   daemon.ask('leaks', '--json').stdout.splitlines())
        for key in ('health now.count', 'health now.seconds', 'leaks growth', 'leaks growth_over',
                    'listen vlan', 'socket vlan', 'stats workers[].busy_cycles',
                    'states clients',
                    *(key for key in named_keys() if not key.startswith('event '))):
            checks.ok(key in look.seen, f'seen: {key}')


def test_events_and_drop(checks, programs):
    daemon, packets = daemon_with_rows(programs)
    with daemon:
        daemon.received(packets)
        look = Look(checks, programs)
        with Listener(daemon) as listener:
            wait_for(lambda: drops_are_told(daemon, listener), 20)
            checks.equal(listener.interrupt()[0], 0, 'events: an interrupt ends it')
        rows = look.lines('events', ['event'], [line.decode() for line in listener.lines])
        checks.equal({(row['type'], row.get('end')) for row in rows}, {('ended', 'dropped')},
                     'events: what was dropped has ended')
        checks.equal({row[end]['name'] for row in rows for end in ('client', 'server')} -
                     {'lan', 'four', 'six'}, set(), 'events: each end has a name')
        rows = look.lines('drop', ['drop'],
                          daemon.ask('drop', '--json', 'client', '10.20.0.2').stdout.splitlines())
        checks.ok(rows[0]['dropped'] > 0, 'drop: some were there')


def drops_are_told(daemon, listener):
    """Drops one after the other until the listener, which has to be heard first, tells of one."""
    rows = daemon.json('conn', 'proto', 'udp', '--limit', '1')
    daemon.ask('drop', rows[0]['id'])
    return bool(listener.events())
