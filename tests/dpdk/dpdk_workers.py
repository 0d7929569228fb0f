# SPDX-License-Identifier: BSD-3-Clause
"""Several workers: how packets come to them, what a port cannot do for that, and how evenly they
are spread.

    python3 dpdk_workers.py SPANSTATD SPANSTAT [WORD]
"""
import socket

from dpdk_run import PortDaemon, Silence, adds_up, capture, pcap, udp_frames

FLOWS = 4000 # fewer than a hand-over ring has places


def told(daemon):
    return [line for line in daemon.log().splitlines() if 'a receive core that hands' in line]


def test_why(checks, programs):
    """One line says why a port cannot spread packets by itself, and what follows from it."""
    path = capture(programs, 'flows.pcap', udp_frames(FLOWS))
    for name, ports, who, why in (
            ('a driver with one queue', pcap(path), pcap(path)[1], 'fewer queues'),
            ('several ports', (*pcap(path), *pcap(path, 1)), 'several ports', 'directions'),
            ('a driver without a key', ('--vdev', 'net_null0'), 'net_null0', 'takes no key')):
        with PortDaemon(programs, '--workers', '2', *ports) as daemon:
            lines = told(daemon)
            checks.ok(len(lines) == 1 and lines[0].startswith(f'spanstatd: {who}: ') and
                      why in lines[0] and '3 cores poll instead of 2' in lines[0],
                      f'{name}: one line says it', daemon.log())
            stats = daemon.received(FLOWS)
            checks.ok(stats['packets']['received'] >= FLOWS, f'{name}: packets come', stats)
            checks.equal(daemon.terminate(3), 0, f'{name}: it ends orderly')


def test_refused(checks, programs):
    """A port that says it can, and refuses when it is told to: it comes up with one queue."""
    port = 'net_tap0,iface=tap0'
    with Silence('tap') as space, \
            PortDaemon(programs, '--workers', '2', '--vdev', port,
                       wrap=('ip', 'netns', 'exec', space.name)) as daemon:
        lines = told(daemon)
        checks.ok(len(lines) == 1 and f'{port}: it refuses several queues: one queue' in lines[0],
                  'a driver that refuses: one line says it', daemon.log())
        with space.entered():
            card = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        with card:
            card.bind(('tap0', 0))
            for _, frame in udp_frames(100):
                card.send(frame)
        stats = daemon.received(100)
        checks.equal((stats['packets']['tracked'], sum(w['handed'] for w in stats['workers'])),
                     (100, 100), 'a driver that refuses: its packets come all the same')
        checks.equal(daemon.terminate(3), 0, 'a driver that refuses: it ends orderly')


def test_one_worker(checks, programs):
    with PortDaemon(programs, *pcap(capture(programs, 'flows.pcap', udp_frames(FLOWS)))) as daemon:
        stats = daemon.received(FLOWS)
        checks.equal((told(daemon), stats['imbalance'], stats['workers'][0]['handed']), ([], 0, 0),
                     'one worker: nothing to hand on, nothing to say')


def test_spread(checks, programs):
    """Many flows are spread, and one is not: its packets are all one worker's."""
    many = udp_frames(FLOWS)
    for name, packets, even in (('many flows', many, True),
                                ('one flow', [(i, many[0][1]) for i in range(FLOWS)], False)):
        path = capture(programs, 'spread.pcap', packets)
        with PortDaemon(programs, '--workers', '2', *pcap(path)) as daemon:
            stats = daemon.received(FLOWS)
            adds_up(checks, stats, name)
            workers = stats['workers']
            checks.equal([(one['handed'], one['dropped'], one['stray']) for one in workers],
                         [(one['received'], 0, 0) for one in workers],
                         f'{name}: each has received what it was handed')
            most = max(one['received'] for one in workers)
            checks.ok(abs(stats['imbalance'] - (2 * most / FLOWS - 1)) < 0.001,
                      f'{name}: the imbalance is that of the busiest', stats['imbalance'], workers)
            checks.equal(stats['imbalance'] < 0.2, even, f'{name}: spread evenly or not at all')
            text = daemon.ask('stats').stdout
            checks.ok(f'busiest above the mean   = {100 * stats["imbalance"]:.0f}.' in text or even,
                      f'{name}: a person is told', text)
