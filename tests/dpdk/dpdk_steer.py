# SPDX-License-Identifier: BSD-3-Clause
"""Two workers, and flows of which neither the outer headers nor every packet say whose they are:
tunnels whose two directions have other ports and other ends, and fragments, the later ones first.

Each connection must have both directions in one row, and all rows must be those of one worker. A
NIC that spreads by itself is played in tests/unit/steer_test.cc: no virtual device does it.

    python3 dpdk_steer.py SPANSTATD SPANSTAT [WORD]
"""
import struct

from dpdk_run import PortDaemon, adds_up, capture, pcap, quiet
from replay_fragment import frame_of, pieces4, story
from replay_wire import UDP, Path, segment_udp

CONNECTIONS = 48
PIECE = 800     # two pieces of the longer datagrams
SERVER = bytes((192, 168, 5, 6))


def outer(ends, ports, payload, ident):
    path = Path(*ends, 64, 0)
    return path.datagram(UDP, segment_udp(path, *ports, payload), ident)


def vxlan(i, side, datagram, ident):
    ends = (bytes((172, 16, side, i % 7)), bytes((172, 16, 9, side)))
    return outer(ends, (40000 + 31 * i + side, 4789), b'\x08\0\0\0\0\0\x2a\0' +
                 frame_of(datagram), ident)


def gtp(i, side, datagram, ident):
    ends = (bytes((172, 17, side, 1)), bytes((172, 17, 2 + side, i % 5)))
    return outer(ends, (2152 - side * (i % 2) * 1000, 2152),
                 struct.pack('>BBHI', 0x30, 255, len(datagram), 100 * i + side) + datagram, ident)


def cut(datagram, ident):
    """The pieces, the last one first."""
    return pieces4(datagram, PIECE, ident)[::-1]


# How the datagrams of a connection come: as IP packets, in the order in which they come.
WRAPPINGS = (
    lambda i, side, datagram, ident: [datagram],
    lambda i, side, datagram, ident: cut(datagram, ident),
    lambda i, side, datagram, ident: [vxlan(i, side, datagram, ident)],
    lambda i, side, datagram, ident: [gtp(i, side, datagram, ident)],
    lambda i, side, datagram, ident: [vxlan(i, side, piece, ident)
                                      for piece in cut(datagram, ident)],
    lambda i, side, datagram, ident: [gtp(i, side, piece, ident)
                                      for piece in cut(datagram, ident)],
    lambda i, side, datagram, ident: cut(vxlan(i, side, datagram, ident), ident),
    lambda i, side, datagram, ident: cut(gtp(i, side, datagram, ident), ident),
)


def made():
    """All connections at once: the pieces of each datagram lie apart."""
    stories = [story(bytes((10, 1, i, 3)), SERVER, 4000 + 77 * i) for i in range(CONNECTIONS)]
    packets = []
    for step in range(len(stories[0])):
        groups = [WRAPPINGS[i % len(WRAPPINGS)](i, *stories[i][step], 1 + step * CONNECTIONS + i)
                  for i in range(CONNECTIONS)]
        for place in range(max(len(group) for group in groups)):
            packets += [frame_of(group[place]) for group in groups if place < len(group)]
    return list(enumerate(packets))


def shape(row):
    """All of a row but its name and its times, which are those of arrival."""
    ends = [tuple(row[side].get(key) for key in ('ip', 'port', 'state', 'packets', 'bytes',
                                                 'payload', 'retransmitted_packets', 'gaps'))
            for side in ('client', 'server')]
    return (*ends, row.get('closed_by'), row.get('end'), str(row.get('tunnel')),
            str(sorted(row.get('flags', []))))


def rows(checks, programs, packets, workers):
    name = f'{workers} workers'
    path = capture(programs, 'wrapped.pcap', packets)
    with PortDaemon(programs, '--config', quiet(programs), '--workers', str(workers),
                    *pcap(path)) as daemon:
        stats = daemon.received(len(packets))
        adds_up(checks, stats, name)
        fragments = stats['fragments']
        checks.equal((fragments['orphans'], fragments['overlaps'], fragments['reused']), (0, 0, 0),
                     f'{name}: every fragment has found its datagram')
        checks.ok(fragments['followed'] > 0 and fragments['inner'] > 0 and
                  set(stats['tunnels']) == {'vxlan', 'gtp'}, f'{name}: pieces and tunnels came',
                  fragments, stats['tunnels'])
        checks.ok(min(worker['received'] for worker in stats['workers']) > len(packets) / 10,
                  f'{name}: each has its share', stats['workers'])
        found = daemon.json('all')
    checks.equal(len(found), CONNECTIONS, f'{name}: a row for each connection')
    checks.equal([row for row in found if not row['client']['packets'] or
                  not row['server']['packets']], [], f'{name}: no row is one-way')
    checks.equal({(row['client']['state'], row['client']['payload'], row['server']['payload'])
                  for row in found}, {('TIME_WAIT', 1600, 2400)}, f'{name}: rows are right')
    return sorted(map(shape, found), key=str)


def test_tunnels_and_fragments(checks, programs):
    packets = made()
    one, two = (rows(checks, programs, packets, workers) for workers in (1, 2))
    checks.equal(two, one, 'two workers have the rows of one')
