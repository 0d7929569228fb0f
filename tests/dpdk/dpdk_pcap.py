# SPDX-License-Identifier: BSD-3-Clause
"""Captures whose truth is known, played through net_pcap: by one worker that polls the port itself,
by workers behind a receive core, by two ports that carry one direction each, and in frames too
long for one mbuf.

net_pcap plays a file as fast as it can, so times are those of arrival: opened, last, round trips,
in_state and idle are not compared, and two connections between the same sockets are known by their
order.
"""
import collections
import random

from dpdk_run import PortDaemon, adds_up, capture, pcap, quiet
import replay_check
import replay_make
from replay_scenario import close
from replay_scenarios import SCENARIOS

CONNECTIONS = 500
SEED = 20
JUMBO_BYTES = 8900
CUT_BYTES = 192         # longer than every chain of headers that the generator makes
# Payloads around the one that fills the first mbuf of a chain, whatever the headers' length.
EDGE_BYTES = range(1900, 2060, 7)


# IPv6 has no identification, so a SYN-ACK once more and a copy of it differ in their time alone.
AT_ANY_SPEED = [one for one in SCENARIOS if one.__name__ != 'accept_queue_full']


def made():
    return replay_make.capture_make(SEED, CONNECTIONS, 'ethernet', True, AT_ANY_SPEED)


def without_times(rows):
    """Lives of one tuple are told apart by their order."""
    lives, out = collections.Counter(), []

    for row in sorted(rows, key=lambda row: row['opened']):
        tuple_ = replay_check.key_of(row)[:-1]
        lives[tuple_] += 1
        row = {name: value for name, value in row.items() if name != 'last'}
        row['opened'] = f'life {lives[tuple_]}'
        for end in ('client', 'server'):
            row[end] = {name: value for name, value in row[end].items() if name != 'handshake_rtt'}
        out.append(row)
    return out


def rows_agree(checks, truth, daemon, name):
    bad = replay_check.compare(without_times(truth), without_times(daemon.json('all')))
    checks.ok(truth and not bad, f'{name}: {len(truth)} rows as in truth',
              *(f'{scenario}: {text}' for scenario, text in bad[:10]), f'{len(bad)} differ')


def all_arrived(checks, daemon, packets, name):
    stats = daemon.received(len(packets))
    checks.equal(stats['packets']['received'], len(packets), f'{name}: every packet received')
    checks.equal(stats['packets']['dropped'], {'nic': 0, 'worker': 0}, f'{name}: none dropped')
    adds_up(checks, stats, name)
    return stats


def test_one_worker(checks, programs):
    packets, truth = made()
    path = capture(programs, 'traffic.pcap', packets)
    with PortDaemon(programs, '--config', quiet(programs), *pcap(path)) as daemon:
        stats = all_arrived(checks, daemon, packets, 'one worker')
        port = stats['ports'][0]
        checks.equal((port['driver'], port['up'], port['bytes']),
                     ('net_pcap', True, sum(len(frame) for _, frame in packets)),
                     'one worker: the port and its bytes')
        rows_agree(checks, truth, daemon, 'one worker')


def test_two_workers(checks, programs):
    packets, truth = made()
    path = capture(programs, 'traffic.pcap', packets)
    with PortDaemon(programs, '--config', quiet(programs), '--workers', '2',
                    *pcap(path)) as daemon:
        stats = all_arrived(checks, daemon, packets, 'two workers')
        checks.ok(all(worker['received'] > len(packets) // 10 for worker in stats['workers']) and
                  len(stats['workers']) == 2, 'two workers: both have their share',
                  stats['workers'])
        rows_agree(checks, truth, daemon, 'two workers')


def test_wrong_checksums(checks, programs):
    """net_pcap verifies nothing, so the bytes are added up; also those that come by a ring."""
    packets, truth = made()
    damaged = [(at, frame[:-1] + bytes((frame[-1] ^ 1,))) for at, frame in packets
               if len(frame) > 60 and frame[12:14] == b'\x08\0' and
               int.from_bytes(frame[16:18], 'big') + 14 == len(frame)][::5]
    path = capture(programs, 'wrong.pcap', packets + damaged)
    for workers in ('1', '2'):
        with PortDaemon(programs, '--config', quiet(programs), '--checksum', 'verify',
                        '--workers', workers, *pcap(path)) as daemon:
            stats = all_arrived(checks, daemon, packets + damaged, f'{workers} checksums')
            checks.ok(damaged and stats['wrong_checksums'] == len(damaged) and
                      stats['packets']['verdicts']['wrong-checksum'] == len(damaged),
                      f'{workers} checksums: the wrong ones are counted', len(damaged), stats)
            rows_agree(checks, truth, daemon, f'{workers} checksums: they move nothing')


def test_mirror_that_cuts(checks, programs):
    """Only the heads of frames arrive; their IP lengths are believed when we are told so."""
    packets, truth = made()
    cut = [(time_us, frame[:CUT_BYTES]) for time_us, frame in packets]
    path = capture(programs, 'cut.pcap', cut)
    config = programs.write('cut.conf', f'cut-at = {CUT_BYTES}\nduplicates {{ detect = false }}\n')
    with PortDaemon(programs, '--config', config, *pcap(path)) as daemon:
        all_arrived(checks, daemon, cut, 'frames cut by the mirror')
        rows_agree(checks, truth, daemon, 'frames cut by the mirror')
    with PortDaemon(programs, '--config', quiet(programs), *pcap(path)) as daemon:
        verdicts = daemon.received(len(cut))['packets']['verdicts']
        lies = verdicts['ipv4-length'] + verdicts['ipv6-length']
        longer = sum(len(frame) > CUT_BYTES for _, frame in packets)
        # Of a few the cut took nothing but a trailer behind the datagram.
        checks.ok(0.99 * longer < lies <= longer, 'not told of it: their lengths are lies',
                  f'{lies} of {longer}')


def smaller_sends(frame):
    """Whether the frame comes from the endpoint with the smaller address."""
    at = 12
    while frame[at:at + 2] in (b'\x81\0', b'\x88\xa8'):
        at += 4
    size, source = (4, at + 14) if frame[at:at + 2] == b'\x08\0' else (16, at + 10)
    return frame[source:source + size] < frame[source + size:source + 2 * size]


def counts(rows):
    """What each end sent to the other, whatever rows it is spread over."""
    found = collections.Counter()
    for row in rows:
        for end, peer in (('client', 'server'), ('server', 'client')):
            way = (row['proto'], row[end]['ip'], row[end]['port'], row[peer]['ip'],
                   row[peer]['port'])
            for what in ('packets', 'bytes'):
                found[*way, what] += row[end][what]
    return +found


def test_direction_a_port(checks, programs):
    """Nobody says which of two ports is polled first, so states may come out otherwise than in
    truth: an answer may arrive before its question. What each end sent is the same in any order,
    and so is that both directions met in one worker."""
    packets, truth = made()
    ways = [[packet for packet in packets if smaller_sends(packet[1]) is smaller]
            for smaller in (True, False)]
    paths = [capture(programs, f'way{i}.pcap', way) for i, way in enumerate(ways)]
    with PortDaemon(programs, '--config', quiet(programs), '--workers', '3', *pcap(paths[0], 0),
                    *pcap(paths[1], 1)) as daemon:
        stats = all_arrived(checks, daemon, packets, 'two ports')
        checks.equal([port['received'] for port in stats['ports']], [len(way) for way in ways],
                     'two ports: each has its direction')
        wanted, got = counts(truth), counts(daemon.json('allconn'))
        bad = [(way, wanted[way], got[way]) for way in {*wanted, *got} if wanted[way] != got[way]]
        checks.ok(wanted and not bad, 'two ports: packets and bytes of every end as in truth',
                  *bad[:10])


def jumbo(conn):
    """Both send segments of about 9,000 bytes, and of about one mbuf."""
    conn.open()
    for host in conn.hosts:
        for count in (JUMBO_BYTES, 1, JUMBO_BYTES, *EDGE_BYTES):
            host.data(count)
            host.peer.ack()
    close(*conn.hosts)
    conn.stands('TIME_WAIT', 'CLOSED', closed_by='client', end='fin')


jumbo.own_server, jumbo.ports = False, None


def test_jumbo(checks, programs):
    rng = random.Random(SEED)
    addresses = replay_make.Addresses(rng)
    conns = [replay_make.connection_make(jumbo, rng, addresses, replay_make.START_US)
             for _ in range(24)]
    packets = sorted((packet for conn in conns for packet in conn.frames),
                     key=lambda packet: packet[0])
    truth = [{'scenario': 'jumbo', **row} for conn in conns for row in conn.rows]
    checks.equal({conn.family for conn in conns}, {4, 6}, 'jumbo: both versions of IP')
    path = capture(programs, 'jumbo.pcap', packets)
    with PortDaemon(programs, '--config', quiet(programs), *pcap(path)) as daemon:
        all_arrived(checks, daemon, packets, 'jumbo')
        rows_agree(checks, truth, daemon, 'jumbo')
