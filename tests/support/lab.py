# SPDX-License-Identifier: BSD-3-Clause
"""A small network on one machine: two hosts, a hub between them, and the hub's mirror port.

      host a eth0 ---- hub (bridge that never learns) ---- eth0 host b
                        |
                       mir0 tap: every frame between a and b, and it never sends

Each of the four is a network namespace of its own, named spanstat-<role>-<pid>, so that two runs
on one machine do not meet. Both hosts are the machine's own TCP/IP stack: what `ss` says in them
is the truth that spanstat, which sees mir0 only, is compared with.

Used by tests/net (through tests/support/daemon.py) and by scripts/demo.py. Needs root.

What a test does to the wire, it does at a host, and where decides what the tap sees:
    host.drop('rx', ...)   the packet was on the wire, the tap saw it, the host's TCP did not
    host.drop('tx', ...)   the host's TCP sent it, but nothing was on the wire
    host.slow(...)         packets wait before the wire, so that two of them cross
    lab.mirror(False)      the wire goes on, the tap sees nothing

Segmentation and receive offloads are off, so that the tap sees packets as a real wire has them;
neighbours are static, so that a SYN to an address where nobody lives does go out.
Entering a namespace (setns) changes the calling thread only: sockets may be made in any thread.
"""
import contextlib
import ctypes
import json
import os
import socket
import subprocess
import time

PUREACK = 'tcp flags & (syn|fin|rst|psh|ack) == ack'
SYN = 'tcp flags & (syn|ack) == syn'
SYNACK = 'tcp flags & (syn|ack) == (syn|ack)'
FIN = 'tcp flags & fin == fin'
RST = 'tcp flags & rst == rst'
# Lets the first FIN out and keeps its repetitions back: one FIN is 52 bytes (IPv4) or 72 (IPv6).
FIN_AGAIN = FIN + ' quota over 80 bytes'

# What ss calls a state, as RFC 9293 and spanstat spell it.
SS_STATES = {
    'LISTEN': 'LISTEN', 'SYN-SENT': 'SYN_SENT', 'SYN-RECV': 'SYN_RECEIVED',
    'ESTAB': 'ESTABLISHED', 'FIN-WAIT-1': 'FIN_WAIT_1', 'FIN-WAIT-2': 'FIN_WAIT_2',
    'CLOSE-WAIT': 'CLOSE_WAIT', 'CLOSING': 'CLOSING', 'LAST-ACK': 'LAST_ACK',
    'TIME-WAIT': 'TIME_WAIT', 'UNCONN': 'CLOSED',
}

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """The lab itself could not be made or used; says which command failed and how."""


def run(argv, text=None, check=True):
    """Runs a command to its end and gives its standard output."""
    done = subprocess.run(argv, input=text, capture_output=True, text=True,
                          stdin=None if text is not None else subprocess.DEVNULL)
    if check and done.returncode:
        raise LabError(f'{" ".join(argv)}: {done.stderr.strip() or done.returncode}')
    return done.stdout


def wait_for(what, timeout=5.0, step=0.02):
    """Calls what() until it gives something true or the time is over; gives its last answer."""
    end = time.monotonic() + timeout
    while True:
        answer = what()
        if answer or time.monotonic() >= end:
            return answer
        time.sleep(step)


class Namespace:
    """One network namespace: commands and sockets inside it."""

    def __init__(self, role):
        self.name = f'spanstat-{role}-{os.getpid()}'

    def add(self):
        run(['ip', 'netns', 'add', self.name])

    def remove(self):
        run(['ip', 'netns', 'del', self.name], check=False)

    def exec(self, *argv, text=None, check=True):
        return run(['ip', 'netns', 'exec', self.name, *argv], text, check)

    def ip(self, *lines):
        """Lines of `ip -batch`, all or an error."""
        run(['ip', '-n', self.name, '-batch', '-'], '\n'.join(lines) + '\n')

    def sysctl(self, *settings):
        self.exec('sysctl', '-qw', *settings)

    def offloads_off(self, device):
        self.exec('ethtool', '-K', device, *'rx off tx off sg off tso off gso off gro off'.split())

    def link(self, device):
        """What `ip -s -d link show` knows of a device, as a dictionary."""
        return json.loads(run(['ip', '-n', self.name, '-j', '-s', '-d', 'link', 'show', device]))[0]

    @contextlib.contextmanager
    def entered(self):
        """The calling thread is in this namespace for the block."""
        home = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
        there = os.open(f'/run/netns/{self.name}', os.O_RDONLY)
        try:
            if _libc.setns(there, CLONE_NEWNET):
                raise LabError(f'setns {self.name}: {os.strerror(ctypes.get_errno())}')
            yield
        finally:
            _libc.setns(home, CLONE_NEWNET)
            os.close(there)
            os.close(home)


class Host(Namespace):
    """A host with one card, eth0, an IPv4 and an IPv6 address, and a packet filter."""

    def __init__(self, role, number):
        super().__init__(role)
        self.ip4, self.ip6 = f'10.20.0.{number}', f'fd20::{number}'
        self.mac = f'02:20:00:00:00:{number:02x}'

    def address(self, family):
        return self.ip6 if family == socket.AF_INET6 else self.ip4

    def settle(self, *others):
        """Addresses, static neighbours and an empty packet filter; eth0 is up after it."""
        self.sysctl('net.ipv6.conf.all.accept_ra=0', 'net.ipv6.conf.eth0.accept_ra=0')
        self.ip(f'link set eth0 address {self.mac} addrgenmode none', 'link set lo up',
                'link set eth0 up', f'addr add {self.ip4}/24 dev eth0',
                f'addr add {self.ip6}/64 dev eth0 nodad',
                *(f'neigh replace {ip} lladdr {mac} dev eth0'
                  for ip4, ip6, mac in others for ip in (ip4, ip6)))
        self.exec('nft', '-f', '-', text='''table inet lab {
            chain rx { type filter hook input priority 0; }
            chain tx { type filter hook output priority 0; }
        }''')

    def drop(self, way, *matches):
        """Drops what matches, nothing else, on its way in ('rx') or out ('tx')."""
        lines = [f'flush chain inet lab {way}']
        lines += [f'add rule inet lab {way} {match} drop' for match in matches]
        self.exec('nft', '-f', '-', text='\n'.join(lines))

    def slow(self, slowly):
        """A link so slow (4 kbit/s) that packets sent by both hosts at one moment cross."""
        if slowly:
            self.exec('tc', *'qdisc add dev eth0 root tbf rate 4kbit burst 120 limit 20000'.split())
        else:
            self.exec('tc', *'qdisc del dev eth0 root'.split(), check=False)

    def open(self, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        with self.entered():
            made = socket.socket(family, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return made

    def bound(self, port, family=socket.AF_INET, kind=socket.SOCK_STREAM):
        made = self.open(family, kind)
        made.bind((self.address(family), port))
        return made

    def listen(self, port, family=socket.AF_INET):
        listener = self.bound(port, family)
        listener.listen(16)
        return listener

    def connect(self, port, address, family=socket.AF_INET, wait=True):
        """A connection from this port; `wait` False sends the SYN and comes back at once."""
        made = self.bound(port, family)
        made.setblocking(wait)
        with contextlib.suppress(BlockingIOError):
            made.connect(address)
        return made

    def ss(self):
        """The TCP sockets of this host: {(local ip, port, peer ip, port): state as in RFC 9293};
        a listener's peer is ('', 0). A connection that is not here is closed on this host."""
        found = {}
        for line in self.exec('ss', '-Htan').splitlines():
            state, _, _, local, peer = line.split()[:5]
            found[_endpoint(local) + _endpoint(peer)] = SS_STATES[state]
        return found


def _endpoint(text):
    """'[fd20::1]:80' or '10.20.0.1:80' or '*:*' as (address, port)."""
    address, _, port = text.rpartition(':')
    address = address.strip('[]')
    if port == '*':
        return '', 0
    return address, int(port)


class Lab:
    """The whole network; use it as `with Lab() as lab:`."""

    def __init__(self):
        self.a, self.b = Host('a', 1), Host('b', 2)
        self.hub, self.tap = Namespace('hub'), Namespace('tap')
        # Nobody lives here, but the hosts have a hardware address for it.
        self.nobody4, self.nobody6 = '10.20.0.99', 'fd20::99'

    def nobody(self, family):
        return self.nobody6 if family == socket.AF_INET6 else self.nobody4

    def __enter__(self):
        if os.geteuid():
            raise LabError('network namespaces need root')
        made = []
        try:
            for space in (self.a, self.b, self.hub, self.tap):
                space.add()
                made.append(space)
            self._build()
        except BaseException:
            for space in made:
                space.remove()
            raise
        return self

    def __exit__(self, *_exception):
        for space in (self.a, self.b, self.tap, self.hub):
            space.remove()

    def _build(self):
        for space in (self.hub, self.tap):
            space.sysctl('net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
        ports = (('pa', 'eth0', self.a), ('pb', 'eth0', self.b), ('pm', 'mir0', self.tap))
        self.hub.ip('link add br0 type bridge ageing_time 0 stp_state 0 mcast_snooping 0',
                    *(f'link add {port} type veth peer name {device} netns {space.name}'
                      for port, device, space in ports),
                    *(f'link set {port} master br0 up' for port, _, _ in ports),
                    *(f'link set {port} type bridge_slave learning off' for port, _, _ in ports),
                    'link set br0 up')
        for port, device, space in ports:
            self.hub.offloads_off(port)
            space.offloads_off(device)
        nobody = (self.nobody4, self.nobody6, '02:20:00:00:00:99')
        self.a.settle((self.b.ip4, self.b.ip6, self.b.mac), nobody)
        self.b.settle((self.a.ip4, self.a.ip6, self.a.mac), nobody)
        self.tap.ip('link set lo up', 'link set mir0 arp off up')
        if not wait_for(lambda: self.tap.link('mir0')['operstate'] == 'UP'):
            raise LabError('mir0 does not come up')

    def mirror(self, on):
        """Off: nothing is copied to the tap, while both hosts go on as before."""
        state = 'on' if on else 'off'
        self.hub.ip(f'link set pm type bridge_slave flood {state} mcast_flood {state} '
                    f'bcast_flood {state}')

    def mirrored(self):
        """Frames that mir0 received since it was made."""
        return self.tap.link('mir0')['stats64']['rx']['packets']

    def sent_by_tap(self):
        """Frames that left through mir0: the kernel sends none there."""
        return self.tap.link('mir0')['stats64']['tx']['packets']

    def calm(self):
        """Takes back every drop and every slow link."""
        for host in (self.a, self.b):
            host.drop('rx')
            host.drop('tx')
            host.slow(False)
