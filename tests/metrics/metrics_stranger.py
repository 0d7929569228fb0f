# SPDX-License-Identifier: BSD-3-Clause
"""Many at the port of the metrics who do not read, do not ask, or ask for nonsense: the control
socket is answered meanwhile, the memory stays, and the next scrape is right.
"""
import contextlib
import os
import socket

from lab import wait_for
from metrics_run import PORT, ScrapedDaemon, traffic

ROUNDS, EACH = 4, 100
WAIT_SEC = 90
MORE = 100000      # bytes
NONSENSE = (b'GET /metrics HTTP/1.1\r\n\r\n' * 50, os.urandom(8192), b'',
            b'GET /metrics HTTP/1.1\r\nA: ' + b'a' * 100000)


def connect(daemon):
    """It may be there later, or never: the kernel's queue is bounded, too."""
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex((daemon.host, PORT))
    return one


def kept(daemon):
    """Bytes that the control core holds while nobody else asks."""
    return daemon.walked().value('spanstat_memory_control_bytes')


def send(one, data):
    with contextlib.suppress(OSError):
        one.send(data)


def test_strangers(checks, programs):
    with ScrapedDaemon(programs, traffic()) as daemon:
        before = kept(daemon)
        for round_ in range(ROUNDS):
            strangers = []
            for i in range(EACH):
                strangers.append(connect(daemon))
                send(strangers[-1], NONSENSE[i % len(NONSENSE)])
            checks.ok(daemon.ask('stats').returncode == 0 and daemon.ask('conn').returncode == 0,
                      f'round {round_ + 1}: the control socket is answered')
            for one in strangers:
                one.close()
        checks.ok(wait_for(lambda: connections(daemon) == 1, WAIT_SEC),
                  'when they are gone no connection is left', connections(daemon))
        after = kept(daemon)
        checks.ok(after - before < MORE, 'and no memory', before, after)
        checks.equal(daemon.get('/healthz')[0], 200, 'and all goes on')


def connections(daemon):
    try:
        return daemon.scrape().value('spanstat_scrape_connections')
    except OSError:
        return None
