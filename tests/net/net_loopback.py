# SPDX-License-Identifier: BSD-3-Clause
"""`--interface lo`: the kernel shows every packet twice, and each must count once.

A mirror that copies everything, with the worst packets for it: checksums that are not filled in
yet, RSTs and unconnected datagrams without identification, datagrams that differ in one byte. The
interface's own counter and what the sockets sent are the truth. Needs root.
"""
import contextlib
import socket

from daemon import Daemon
from lab import Namespace, wait_for

CONNECTIONS = 60        # of each family
ANSWER_BYTES = 3000
DATAGRAMS = 5
TCP_PORT, UDP_PORT, CLOSED_PORT = 7000, 7001, 9
QUIET_SEC = 5
LOOPBACK = {socket.AF_INET: '127.0.0.1', socket.AF_INET6: '::1'}


def converse(listener, family, number):
    """One connection: `number` + 500 bytes there, an answer back, closed by the client first."""
    client = socket.socket(family)
    client.connect((LOOPBACK[family], TCP_PORT))
    server = listener.accept()[0]
    with client, server:
        client.sendall(b'x' * (500 + number))
        client.shutdown(socket.SHUT_WR)
        while server.recv(65536):
            pass
        server.sendall(b'y' * ANSWER_BYTES)
        server.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass
        return client.getsockname()[1]


def refused(family):
    with socket.socket(family) as client:
        client.bind((LOOPBACK[family], 0))
        try:
            client.connect((LOOPBACK[family], CLOSED_PORT))
        except ConnectionRefusedError:
            pass
        return client.getsockname()[1]


def datagrams(family, number, open_sockets):
    """Its socket stays open: a port given twice would make one flow of two."""
    sender = open_sockets.enter_context(socket.socket(family, socket.SOCK_DGRAM))
    for nth in range(DATAGRAMS):
        sender.sendto(b'%03d %d' % (number, nth), (LOOPBACK[family], UDP_PORT))
    return sender.getsockname()[1]


def traffic(family):
    """All of it, one after the other: {(port of the client, port of the server): what was sent}."""
    sent = {}
    address = LOOPBACK[family]
    with socket.create_server((address, TCP_PORT), family=family) as listener, \
            socket.socket(family, socket.SOCK_DGRAM) as receiver, \
            contextlib.ExitStack() as open_sockets:
        receiver.bind((address, UDP_PORT))
        for number in range(CONNECTIONS):
            port = converse(listener, family, number)
            sent[port, TCP_PORT] = {'payload': [500 + number, ANSWER_BYTES],
                                    'state': ['TIME_WAIT', 'CLOSED']}
            sent[refused(family), CLOSED_PORT] = {'packets': [1, 1],
                                                  'state': ['CLOSED', 'CLOSED']}
            sent[datagrams(family, number, open_sockets), UDP_PORT] = {
                'packets': [DATAGRAMS, 0], 'payload': [5 * DATAGRAMS, 0]}
    return sent


def compare(checks, rows, family, sent):
    """Every row of the family against what its sockets did."""
    ends = {(row['client']['port'], row['server']['port']): row for row in rows
            if row['client']['ip'] == LOOPBACK[family]}
    wrong = []
    for ports, wanted in sent.items():
        row = ends.get(ports)
        got = row and {key: [row['client'][key], row['server'][key]] for key in wanted}
        if got != wanted:
            wrong.append(f'{ports}: {got}, wanted {wanted}')
    checks.ok(not wrong, f'{LOOPBACK[family]}: {len(sent)} rows, each packet counted once',
              *wrong[:10])


def watch(checks, programs, space):
    # What is over is to be looked at, not forgotten.
    config = programs.write('loopback.conf', 'timers { closed = 600 }\n')
    with Daemon(programs, space, '--config', config, '--no-huge', interface='lo') as daemon:
        before = space.link('lo')['stats64']['rx']['packets']
        with space.entered():
            sent = {family: traffic(family) for family in LOOPBACK}
        passed = space.link('lo')['stats64']['rx']['packets'] - before
        wait_for(lambda: daemon.stats()['packets']['received'] >= 2 * passed, QUIET_SEC)
        stats = daemon.stats()
        checks.equal(stats['packets']['received'], 2 * passed, 'every packet is shown twice')
        checks.equal((stats['packets']['tracked'], stats['duplicates']), (passed, passed),
                     'and once is a duplicate')
        rows = daemon.json('allconn')
        for family in LOOPBACK:
            compare(checks, rows, family, sent[family])


def test_loopback(checks, programs):
    space = Namespace('loopback')
    space.add()
    try:
        space.ip('link set lo up')
        watch(checks, programs, space)
    finally:
        space.remove()
