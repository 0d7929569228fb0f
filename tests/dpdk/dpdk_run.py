# SPDX-License-Identifier: BSD-3-Clause
"""What the tests of this folder share: spanstatd on DPDK's virtual devices, in ordinary memory (no
hugepages), and captures for net_pcap to play.

The daemon class is the one of tests/support, started here in the test's own network namespace.
"""
import struct

from daemon import BareDaemon
from lab import Namespace, wait_for
from replay_wire import Path, capture_write, segment_udp

PLAY_SEC = 20
QUIET = 'duplicates {{ detect = false }}\ntimers {{ closed = 3600\n{timers} }}\n'


class PortDaemon(BareDaemon):
    """spanstatd with these arguments, in ordinary memory."""

    def __init__(self, programs, *arguments, wrap=()):
        super().__init__(programs, '--no-huge', *arguments, wrap=wrap)

    def received(self, packets):
        """Waits until that many packets are there; gives the counters of the last look."""
        seen = []

        def there():
            seen[:] = [self.stats()]
            return seen[0]['packets']['received'] >= packets
        wait_for(there, PLAY_SEC)
        return seen[0]


class Silence(Namespace):
    """A network namespace in which nobody speaks by himself; a context manager."""

    def __enter__(self):
        self.add()
        self.sysctl('net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
        return self

    def __exit__(self, *_exception):
        self.remove()


def quiet(programs, timers='', name='quiet.conf'):
    """A configuration for captures that are played faster than their time: what lies seconds apart
    there arrives together, so that copies cannot be told by time, and nothing that has ended is
    forgotten before it is asked for."""
    return programs.write(name, QUIET.format(timers=timers))


def pcap(path, number=0, more=''):
    """The arguments for a port that plays a capture."""
    return '--vdev', f'net_pcap{number},rx_pcap={path}{more}'


def capture(programs, name, packets):
    path = programs.path(name)
    capture_write(path, packets)
    return path


def udp_frames(count, first=0):
    """One datagram of each of `count` flows between different addresses and ports, numbered from
    `first`: [(time_us, frame)]."""
    macs = b'\x02\0\0\0\0\x01\x02\0\0\0\0\x02' + b'\x08\0'
    server = bytes((192, 168, 5, 1))
    packets = []
    for i in range(first, first + count):
        path = Path(struct.pack('>I', 0x0a200000 + i // 50000), server, 64, 0)
        datagram = path.datagram(17, segment_udp(path, 1024 + i % 50000, 53, b''), i)
        packets.append((i, macs + datagram))
    return packets


def adds_up(checks, stats, name):
    """Every packet has one place in each of the sums."""
    packets = stats['packets']
    sums = {'received': packets['received'],
            'tracked and ignored': packets['tracked'] + packets['ignored'],
            'verdicts': sum(packets['verdicts'].values()),
            'workers': sum(worker['received'] for worker in stats['workers']),
            'ports': sum(port['received'] for port in stats['ports'])}
    checks.ok(len(set(sums.values())) == 1, f'{name}: all sums of packets agree', sums)
