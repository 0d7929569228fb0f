# SPDX-License-Identifier: BSD-3-Clause
"""Ports that come and go under traffic: links, renames, deleted interfaces, promiscuous mode, and
what is said of them in `stats`, `health` and the log.

Each test has a namespace with a veth pair of its own: m0 is the mirror port, and what is sent into
p0 arrives there. Nobody speaks IPv6 in it, so all that passes is the test's. Needs root.
"""
import contextlib
import ctypes
import os
import shutil
import signal
import socket
import struct
import threading

from capabilities import held, kept
from daemon import Daemon
from lab import LabError, Namespace, wait_for
from replay_wire import Path, segment_udp

WAIT_SEC = 20               # for what should take a second or two
MACS = b'\x02\0\0\0\0\x01\x02\0\0\0\0\x02' + b'\x08\0'
PIDFD_GETFD = 438
SOL_PACKET, PACKET_DROP_MEMBERSHIP, PACKET_MR_PROMISC = 263, 2, 1
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
RING_FRAMES = 32768         # of the af_packet driver
RUNNER = 50005              # an ordinary user


def frame(number, size=60):
    """A UDP datagram of a flow of its own, `size` bytes with its Ethernet header."""
    path = Path(bytes((10, 30, number >> 8 & 255, number & 255)), bytes((192, 168, 5, 1)), 64, 0)
    return MACS + path.datagram(17, segment_udp(path, 1024 + number % 50000, 53,
                                                bytes(max(0, size - 42))), number)


class Wire(Namespace):
    """Two ends of a wire; a context manager."""

    def __enter__(self):
        self.add()
        self.sysctl('net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
        self.make()
        return self

    def __exit__(self, *_exception):
        self.remove()

    def make(self, mirror='m0', peer='p0', up=True):
        self.ip(f'link add {mirror} type veth peer name {peer}', f'link set {peer} up')
        if up:
            self.ip(f'link set {mirror} up')

    def socket(self, device='p0'):
        with self.entered():
            made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        made.bind((device, 0))
        return made

    def send(self, count, size=60, device='p0'):
        """Sends that many frames; gives their bytes."""
        total = 0
        with self.socket(device) as sender:
            for number in range(count):
                total += sender.send(frame(number, size))
        return total

    def promiscuity(self, device='m0'):
        return self.link(device)['promiscuity']


class Traffic:
    """Frames into a device for as long as the block lasts, whether it is there or not."""

    def __init__(self, wire, device='p0'):
        self.wire, self.device, self.ended = wire, device, threading.Event()
        self.thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.ended.set()
        self.thread.join()

    def _send(self):
        number = 0
        while not self.ended.wait(0.01):
            with contextlib.suppress(OSError), self.wire.socket(self.device) as sender:
                while not self.ended.wait(0.001):
                    sender.send(frame(number := number + 1))


def port(daemon, number=0):
    return daemon.stats()['ports'][number]


def becomes(checks, daemon, state, name, number=0):
    checks.ok(wait_for(lambda: port(daemon, number)['state'] == state, WAIT_SEC),
              f'{name}: the port is {state}', port(daemon, number), daemon.log())


def counts(checks, daemon, name, number=0):
    """Packets go on being counted."""
    before = port(daemon, number)['received']
    checks.ok(wait_for(lambda: port(daemon, number)['received'] > before + 10, WAIT_SEC),
              f'{name}: packets are counted', port(daemon, number), daemon.log())


def says(checks, daemon, line, name):
    checks.ok(wait_for(lambda: f'spanstatd: {line}' in daemon.log(), WAIT_SEC),
              f'{name}: the log says it', f'wanted: {line}', daemon.log())


def bad(daemon):
    """The checks of `health` that are bad: [(check, of)]."""
    return [(row['check'], row.get('of')) for row in daemon.json('health')
            if row['verdict'] == 'bad']


def by_user(programs, memlock, *capabilities):
    """What a daemon is wrapped in that an ordinary user starts, as a service manager does it."""
    # the build folder may be closed to that user
    own = programs.path('spanstatd')
    if programs.spanstatd != own:
        programs.spanstatd = shutil.copy(programs.spanstatd, own)
    given = ','.join(f'+{name}' for name in capabilities) or '-all'
    return ('prlimit', f'--memlock={memlock}:{memlock}', 'setpriv', '--reuid', str(RUNNER),
            '--regid', str(RUNNER), '--clear-groups', '--inh-caps', given, '--ambient-caps', given)


def mirror(programs, wire, *arguments, wrap=()):
    return Daemon(programs, wire, '--no-huge', '--flows', '65536', *arguments, interface='m0',
                  wrap=wrap)


def test_link(checks, programs):
    with Wire('ports') as wire, mirror(programs, wire) as daemon, Traffic(wire):
        counts(checks, daemon, 'a link')
        says(checks, daemon, 'port m0: driver net_af_packet, 1 queue, no RSS, ', 'the start')
        wire.ip('link set p0 down')
        becomes(checks, daemon, 'down', 'the peer is down')
        says(checks, daemon, 'port m0: link down: no carrier', 'the peer is down')
        checks.ok(('port-link', 'm0') in bad(daemon), 'a link that is down is bad', bad(daemon))
        wire.ip('link set p0 up')
        becomes(checks, daemon, 'up', 'the peer is up')
        says(checks, daemon, 'port m0: link up', 'the peer is up')
        counts(checks, daemon, 'the peer is up')
        wire.ip('link set m0 down')
        becomes(checks, daemon, 'down', 'set down')
        says(checks, daemon, 'port m0: link down: the interface is set down', 'set down')
        wire.ip('link set m0 up')
        becomes(checks, daemon, 'up', 'set up')
        counts(checks, daemon, 'set up')
        checks.ok(port(daemon)['changes'] >= 4, 'changes are counted', port(daemon))


def test_rename(checks, programs):
    with Wire('ports') as wire, mirror(programs, wire) as daemon, Traffic(wire):
        counts(checks, daemon, 'before')
        wire.ip('link set m0 down', 'link set m0 name other0', 'link set other0 up')
        says(checks, daemon, 'port m0: its interface was renamed, from m0 to other0', 'a rename')
        becomes(checks, daemon, 'up', 'a rename')
        counts(checks, daemon, 'a rename')
        checks.ok(wire.promiscuity('other0') > 0, 'a rename: it is promiscuous as before')


def comes_back(checks, wire, daemon, name):
    """m0, the first port, is deleted and made anew under traffic."""
    counts(checks, daemon, f'{name}, before')
    wire.ip('link del p0')
    becomes(checks, daemon, 'gone', name)
    says(checks, daemon, 'port m0: gone: its interface was deleted', name)
    checks.ok(('port-gone', 'm0') in bad(daemon), f'{name}: health is bad', bad(daemon))
    checks.equal(daemon.ask('health', '--fail').returncode, 4, f'{name}: health --fail')
    checks.equal(daemon.ask('health').returncode, 0, f'{name}: health without it')
    left = port(daemon)
    wire.make()
    becomes(checks, daemon, 'up', f'{name}, back')
    says(checks, daemon, 'port m0: back: driver net_af_packet', name)
    counts(checks, daemon, f'{name}, back')
    now = port(daemon)
    checks.ok(now['received'] > left['received'] > 0 and now['bytes'] > left['bytes'] > 0,
              f'{name}: counters go on', left, now)
    checks.ok(wire.promiscuity() > 0, f'{name}: it is promiscuous again')


def test_gone(checks, programs):
    with Wire('ports') as wire, mirror(programs, wire) as daemon, Traffic(wire):
        for nth in ('once', 'twice'):
            comes_back(checks, wire, daemon, nth)
        checks.equal(daemon.terminate(WAIT_SEC), 0, 'it ends as ever')


def test_gone_and_end(checks, programs):
    with Wire('ports') as wire, mirror(programs, wire) as daemon, Traffic(wire):
        wire.ip('link del p0')
        becomes(checks, daemon, 'gone', 'the end without a port')
        checks.equal(daemon.terminate(WAIT_SEC), 0, 'it ends without its port')


def test_gone_of_two(checks, programs):
    """Two ports, a receive core and two workers: the other port is none the wiser."""
    with Wire('ports') as wire:
        wire.make('m1', 'p1')
        with mirror(programs, wire, '--interface', 'm1', '--workers', '2') as daemon, \
                Traffic(wire), Traffic(wire, 'p1'):
            counts(checks, daemon, 'the other port', 1)
            comes_back(checks, wire, daemon, 'of two')
            counts(checks, daemon, 'the other port, afterwards', 1)
            checks.equal(port(daemon, 1)['changes'], 0, 'the other port has not changed')


def test_few_rights(checks, programs):
    """What a daemon has left when it opens a port again: the lock on the ring is a matter of the
    limit where that may be lifted, and else of a capability."""
    few = by_user(programs, 65536, 'net_raw', 'ipc_lock')
    low = 'prlimit', '--memlock=65536:65536'
    for wrap, by_root, name in ((few, False, 'by a user'), (low, True, 'by root')):
        with Wire('ports') as wire, mirror(programs, wire, wrap=wrap) as daemon, Traffic(wire):
            process = f'/proc/{daemon.process.pid}/status'
            checks.equal(held(process), kept(by_root, 65536), f'{name}: what is left')
            with open(process, encoding='ascii') as file:
                checks.ok('\nUid:\t0\t' not in file.read(), f'{name}: it is not root')
            comes_back(checks, wire, daemon, name)


def packet_sockets(daemon, kind):
    """The daemon's packet sockets of that kind, taken from it: with SOCK_RAW it receives, others
    keep an interface promiscuous."""
    libc, pidfd = ctypes.CDLL(None, use_errno=True), os.pidfd_open(daemon.process.pid)
    try:
        for number in os.listdir(f'/proc/{daemon.process.pid}/fd'):
            if not os.readlink(f'/proc/{daemon.process.pid}/fd/{number}').startswith('socket:'):
                continue
            taken = libc.syscall(PIDFD_GETFD, pidfd, int(number), 0)
            if taken < 0:
                raise LabError(f'pidfd_getfd: {os.strerror(ctypes.get_errno())}')
            with socket.socket(fileno=taken) as sock:
                if sock.family == socket.AF_PACKET and sock.type == kind:
                    yield sock
    finally:
        os.close(pidfd)


def test_promiscuous(checks, programs):
    with Wire('ports') as wire:
        wire.ip('link set m0 promisc on')
        with mirror(programs, wire):
            checks.ok('PROMISC' in wire.link('m0')['flags'] and wire.promiscuity() == 2,
                      'it takes nothing away from another program', wire.link('m0'))
        checks.equal(wire.promiscuity(), 1, 'nor at its end')
    with Wire('ports') as wire, mirror(programs, wire) as daemon:
        checks.ok(wire.promiscuity() == 1 and 'PROMISC' not in wire.link('m0')['flags'],
                  'promiscuous by membership', wire.link('m0'))
        wire.ip('link set m0 promisc on')
        wire.ip('link set m0 promisc off')
        checks.equal(wire.promiscuity(), 1, "another program's end takes nothing away")
        # Only with a hand in the daemon's own sockets can it be lost.
        index = wire.link('m0')['ifindex']
        for sock in packet_sockets(daemon, socket.SOCK_DGRAM):
            sock.setsockopt(SOL_PACKET, PACKET_DROP_MEMBERSHIP,
                            struct.pack('=iHH8s', index, PACKET_MR_PROMISC, 0, b''))
        says(checks, daemon, 'port m0: it was not promiscuous any more: it is again', 'lost')
        checks.ok(wait_for(lambda: wire.promiscuity() == 1, WAIT_SEC), 'lost: asked for again',
                  wire.promiscuity())
        wire.ip('link set m0 promisc on')
        daemon.signal(signal.SIGKILL)
        daemon.wait(WAIT_SEC)
        checks.equal(wire.promiscuity(), 1, "our end takes nothing of another program's away")
        wire.ip('link set m0 promisc off')
        checks.equal(wire.promiscuity(), 0, 'SIGKILL leaves nothing behind')


def test_wait(checks, programs):
    waits = '--config', programs.write('wait.conf', 'sources { wait = true }\n')
    with Wire('ports') as wire:
        wire.ip('link del p0')
        with mirror(programs, wire, *waits) as daemon, Traffic(wire):
            checks.equal(port(daemon)['state'], 'gone', 'absent: the daemon runs without it')
            says(checks, daemon, 'm0: no such interface: No such device; waiting for it', 'absent')
            checks.ok(('port-gone', 'm0') in bad(daemon), 'absent: health is bad', bad(daemon))
            wire.make(up=False)
            becomes(checks, daemon, 'down', 'there and set down')
            wire.ip('link set m0 up')
            becomes(checks, daemon, 'up', 'there')
            counts(checks, daemon, 'there')
            checks.equal([one for one in bad(daemon) if one[0] in ('port-gone', 'port-link')], [],
                         'there: health is no longer bad')
            checks.equal(daemon.terminate(WAIT_SEC), 0, 'it ends as ever')
        wire.make('m1', 'p1')
        wire.ip('link del p0')
        with mirror(programs, wire, '--interface', 'm1', '--workers', '2', '--wait') as daemon, \
                Traffic(wire), Traffic(wire, 'p1'):
            counts(checks, daemon, 'beside one that is absent', 1)
            wire.make()
            becomes(checks, daemon, 'up', 'of two')
            counts(checks, daemon, 'of two')


def test_no_permission(checks, programs):
    """The message names what is missing."""
    with Wire('ports') as wire:
        nothing, little = by_user(programs, 65536), by_user(programs, 65536, 'net_raw')
        for wrap, words in ((nothing, 'm0: no permission: a packet socket takes CAP_NET_RAW'),
                            (little, 'takes CAP_IPC_LOCK or a limit (ulimit -l)')):
            daemon = mirror(programs, wire, wrap=wrap).launch()
            checks.equal(daemon.wait(WAIT_SEC), 1, f'no permission: {words}')
            checks.ok(words in daemon.log(), 'its message', daemon.log())
            daemon.kill()


def test_bytes(checks, programs):
    """Of frames longer than the driver's ring takes, merged ones too, and nothing is sent."""
    with Wire('ports') as wire:
        wire.ip('link set m0 mtu 65535', 'link set p0 mtu 65535')
        with mirror(programs, wire) as daemon:
            sent = wire.send(50, 60000) + wire.send(50, 1500) + wire.send(50)
            wait_for(lambda: port(daemon)['received'] >= 150, WAIT_SEC)
            now, link = port(daemon), wire.link('m0')['stats64']
            checks.equal((now['received'], now['bytes']), (150, sent), 'bytes of the wire')
            checks.equal(link['rx']['bytes'], sent, "the interface's own counter")
            checks.equal((now['sent'], link['tx']['packets']), (0, 0), 'nothing is sent')


def test_stalled(checks, programs):
    """Somebody takes the packets away before they are received: not silence, and not a loss."""
    nothing = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))      # BPF: return 0
    filter_ = struct.pack('HxxxxxxQ', 1, ctypes.addressof(nothing))
    with Wire('ports') as wire, mirror(programs, wire) as daemon, Traffic(wire):
        counts(checks, daemon, 'before')
        for sock in packet_sockets(daemon, socket.SOCK_RAW):
            sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, filter_)
        says(checks, daemon, 'port m0: seconds in which packets arrived and none was received: ',
             'stalled')
        checks.ok(wait_for(lambda: ('port-stalled', 'm0') in bad(daemon), WAIT_SEC),
                  'stalled: health is bad', bad(daemon))
        for sock in packet_sockets(daemon, socket.SOCK_RAW):
            sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
        counts(checks, daemon, 'afterwards')


def test_losses(checks, programs):
    """A daemon that is stopped for a while: what its ring had no room for is lost, and said."""
    count = RING_FRAMES + 5000
    with Wire('ports') as wire, mirror(programs, wire) as daemon:
        daemon.signal(signal.SIGSTOP)
        wire.send(count)
        daemon.signal(signal.SIGCONT)
        wait_for(lambda: port(daemon)['received'] + port(daemon)['missed'] >= count, WAIT_SEC)
        now = port(daemon)
        checks.equal(now['received'] + now['missed'], count, 'received and missed')
        checks.ok(now['missed'] >= 5000, 'what the ring has no room for is missed', now)
        missed = f'{now["missed"]}, {now["missed"]} since the start'
        says(checks, daemon, f'port m0: packets lost before they were received: {missed}', 'begin')
        says(checks, daemon, 'port m0: packets lost before they were received: over, '
             f'{now["missed"]} in 1 s', 'end')
        rows = len(daemon.json('conn'))
        checks.equal(rows, daemon.stats()['flows']['live'], 'rows are as many as stats says')
