# SPDX-License-Identifier: BSD-3-Clause
"""Two workers, and flows of which neither the outer headers nor every packet say whose they are:
tunnels whose two directions have other ports and other ends, and fragments, the later ones first.

Each connection must have both directions in one row, and all rows must be those of one worker; so
must the sockets, whose connections are spread over the workers and lie in networks that each worker
numbers by itself. A NIC that spreads by itself is played in tests/unit/steer_test.cc: no virtual
device does it.

    python3 dpdk_steer.py SPANSTATD SPANSTAT [WORD]
"""
import struct

from dpdk_run import PortDaemon, adds_up, capture, pcap, quiet
from lab import wait_for
from replay_fragment import frame_of, pieces4, story
from replay_wire import UDP, Path, segment_udp

CONNECTIONS = 48
PIECE = 800     # two pieces of the longer datagrams
NOTED_SEC = 10
SERVER = bytes((192, 168, 5, 6))
VNIS = range(42, 48) # each has three connections, spread over the workers


def outer(ends, ports, payload, ident):
    path = Path(*ends, 64, 0)
    return path.datagram(UDP, segment_udp(path, *ports, payload), ident)


def vni_of(i):
    """Of three in VXLAN among eight connections."""
    return VNIS[(i // 8 * 3 + i % 8 // 2 - 1) % len(VNIS)]


def vxlan(i, side, datagram, ident):
    ends = (bytes((172, 16, side, i % 7)), bytes((172, 16, 9, side)))
    return outer(ends, (40000 + 31 * i + side, 4789), struct.pack('>II', 8 << 24, vni_of(i) << 8) +
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


TIMES = ('first', 'last', 'accepted_last', 'handshake', 'round_trip')


def socket_shape(row):
    return tuple(sorted((key, str(value)) for key, value in row.items()
                        if key not in TIMES))


def sockets(checks, daemon, name):
    """The server has one row in each network, and one for what is in none."""
    found = []

    def are_noted(): # a few milliseconds after their packets
        found[:] = daemon.json('listen')
        return sum(row['accepted'] for row in found) >= CONNECTIONS
    wait_for(are_noted, NOTED_SEC)
    in_tunnels = sorted(row['accepted'] for row in found if 'tunnel' in row)
    checks.equal((len(found), in_tunnels, sum(row['accepted'] for row in found)),
                 (len(VNIS) + 1, [3] * len(VNIS), CONNECTIONS),
                 f'{name}: a socket for each network')
    return {words: sorted(map(socket_shape, daemon.json(*words)))
            for words in (('listen',), ('listen', '--all'), ('sockets',))}


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
        seen = sockets(checks, daemon, name)
    checks.equal(len(found), CONNECTIONS, f'{name}: a row for each connection')
    checks.equal([row for row in found if not row['client']['packets'] or
                  not row['server']['packets']], [], f'{name}: no row is one-way')
    checks.equal({(row['client']['state'], row['client']['payload'], row['server']['payload'])
                  for row in found}, {('TIME_WAIT', 1600, 2400)}, f'{name}: rows are right')
    return sorted(map(shape, found), key=str), seen


def test_tunnels_and_fragments(checks, programs):
    packets = made()
    (one, one_seen), (two, two_seen) = (rows(checks, programs, packets, workers)
                                        for workers in (1, 2))
    checks.equal(two, one, 'two workers have the rows of one')
    for words, seen in one_seen.items():
        checks.ok(len(seen) > len(VNIS) and two_seen[words] == seen,
                  f'{" ".join(words)}: two workers have the sockets of one', seen, two_seen[words])
