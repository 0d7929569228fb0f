# SPDX-License-Identifier: BSD-3-Clause
"""Each allocation of the control core fails once, in a real daemon that a real spanstat asks.

For each request the first allocation fails, then the second, until one conversation needs no more.
The answer is the right one or an error that says so, never a wrong one, a daemon that is gone, or
memory that stays taken. The report after that is whole.
"""
import json
import os
import re

from daemon import BareDaemon
from lab import wait_for
from replay_make import capture_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

CONNECTIONS, SEED = 300, 31
SAMPLE_BYTES = 1024     # what leaks remembers of earlier answers may differ; a query is more
GONE_SEC = 10           # within which the daemon has seen the end of its last client
MOST = 400        # allocations of one conversation
GROWTH = re.compile(r'"growth(_over)?":[-0-9.]+,?')
REQUESTS = (
    ('conn', '--json'), ('allconn', '--json', 'state', 'established'),
    ('allconn', '--json', '--sort', 'bytes'), ('allconn', '--json', '--by', 'server.port'),
    ('all', '--json', '--limit', '5', '--sort', '-bytes'), ('sockets',), ('listen', '--json'),
    ('clients', '--json'), ('leaks', '--json'), ('timewait', '--json'), ('home',),
    ('drop', 'FFFFFFFFFFF0'),
)


class Scarce:
    """Which allocation fails: alloc_fail.c."""

    def __init__(self, programs):
        self.path = programs.write('fail', '')
        self.set(0)
        self.wrap = ('env', f'ALLOC_FAIL={self.path}',
                     f'LD_PRELOAD={programs.built("tests/replay/alloc_fail.so")}')

    def set(self, left):
        with open(self.path, 'r+b') as file:
            file.write(left.to_bytes(8, 'little') + bytes(8))

    def failed(self):
        with open(self.path, 'rb') as file:
            return int.from_bytes(file.read()[8:16], 'little')


def answer(daemon, words):
    """What is told of a request, without what time changes."""
    done = daemon.ask(*words)
    lines = [GROWTH.sub('', line) for line in done.stdout.splitlines()
             if not line.startswith('spanstat ')]
    return done.returncode, lines, done.stderr


def judged(row):
    return [row[key] for key in ('server', 'not_closed', 'count', 'oldest', 'clients')]


def is_said(got, expected):
    """A table that found no room says so: rows of it in one `other`, and all others as they were.
    Where the one of hosts found none, leaks are unjudged."""
    rows = [json.loads(line) for line in got if line.startswith('{')]
    if any(row.get('verdict') == 'unjudged' for row in rows):
        return [judged(row) for row in rows] == [judged(json.loads(line)) for line in expected]
    others = [row for row in rows if row.get('other')]
    return len(others) == 1 and len(set(got) - set(expected)) == 1 and \
        sum(row['count'] for row in rows if 'count' in row) == \
        sum(json.loads(line).get('count', 0) for line in expected)


def check_request(checks, daemon, scarce, words):
    name, expected = ' '.join(words), answer(daemon, words)
    wrong, number = [], 0
    for number in range(1, MOST):
        scarce.set(number)
        got = answer(daemon, words)
        failed = scarce.failed()
        scarce.set(0)
        if daemon.process.poll() is not None:
            wrong.append((number, 'the daemon is gone', daemon.process.returncode))
            break
        if got[0] == 0 and got[1:] != expected[1:] and not is_said(got[1], expected[1]):
            wrong.append((number, 'another answer',
                          sorted(set(got[1]) ^ set(expected[1]))))
        if got[0] != 0 and not got[2].startswith('spanstat: '):
            wrong.append((number, 'no reason', got))
        if answer(daemon, words) != expected:
            wrong.append((number, 'the next answer is another one'))
        if failed == 0:
            break
    checks.equal(wrong, [], f'{name}: {number - 1} allocations failed, none told wrongly')
    checks.ok(1 < number < MOST - 1, f'{name}: some did, until none was left', number)


def taken(daemon):
    return daemon.stats()['memory']['control_bytes']


def test_each_allocation_fails(checks, programs):
    capture, scarce = programs.path('t.pcap'), Scarce(programs)
    capture_write(capture, capture_make(SEED, CONNECTIONS, 'ethernet', True, SCENARIOS + HARD)[0])
    with BareDaemon(programs, '--read', capture, wrap=scarce.wrap) as daemon:
        for words in REQUESTS:      # what is kept for good is there after the first time
            answer(daemon, words)
        # the client before may not be gone yet, with all that it has
        before = min(taken(daemon) for _ in range(10))
        for words in REQUESTS:
            check_request(checks, daemon, scarce, words)
            if daemon.process.poll() is not None:
                return
        checks.ok(wait_for(lambda: abs(taken(daemon) - before) < SAMPLE_BYTES, GONE_SEC),
                  'no memory stays taken', taken(daemon) - before)
        checks.equal(daemon.terminate(20), 0, 'it ends as it should')
    checks.ok(os.path.exists(capture), 'the capture is still there')
