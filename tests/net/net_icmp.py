# SPDX-License-Identifier: BSD-3-Clause
"""ICMP errors that real kernels send, on the rows of what they are about.

Host a is the client of every scenario, or sends where the other end is told; host b answers as a
host whose port is closed, as a router that knows no way, or as a firewall that rejects. The tap
sees it all and spanstat must say what the error was and to whom it went; nothing else of the row
may come of it. What a's own socket was told is compared too. Needs root.
"""
import contextlib
import errno
import socket

from daemon import Daemon
from lab import LabError, run, wait_for

FAMILIES = ((socket.AF_INET, 'IPv4'), (socket.AF_INET6, 'IPv6'))
TCP, UDP = socket.SOCK_STREAM, socket.SOCK_DGRAM
DEADLINE_SEC = 8
# Behind host b, as far as host a knows: b has a route for each that says no in its own way.
REMOTE = {socket.AF_INET: '10.77.0.0/16', socket.AF_INET6: 'fd77::/64'}
HERE = {socket.AF_INET: '10.77.0.9', socket.AF_INET6: 'fd77::9'}
# What b's kernel says: (route type, the word, errno that a gives to a connected UDP socket: 0 where
# Linux tells it nothing) by family.
ROUTES = {
    socket.AF_INET: (('unreachable', 'host-unreachable', 0),
                     ('prohibit', 'admin-prohibited', errno.EHOSTUNREACH)),
    socket.AF_INET6: (('unreachable', 'net-unreachable', 0),
                      ('prohibit', 'admin-prohibited', errno.EACCES)),
}
# The options of sockets, by family; 10 and 23 are Linux's MTU_DISCOVER, 3 is its PROBE: as large as
# the first link takes, and not to be fragmented.
ONE_HOP = {socket.AF_INET: (socket.IPPROTO_IP, socket.IP_TTL, 1),
           socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 1)}
NO_FRAGMENTS = {socket.AF_INET: (socket.IPPROTO_IP, 10, 3),
                socket.AF_INET6: (socket.IPPROTO_IPV6, 23, 3)}
# nftables' reject, the same words for both families.
REJECTS = (('icmpx admin-prohibited', 'admin-prohibited'), ('icmpx host-unreachable',
           'host-unreachable'), ('icmpx no-route', 'net-unreachable'),
           ('icmpx port-unreachable', 'port-unreachable'))


class Play:
    """One scenario's ports and sockets, and the row that must come."""
    _ports = iter(range(21000, 30000))

    def __init__(self, checks, lab, daemon, family, name):
        self.checks, self.lab, self.daemon, self.family = checks, lab, daemon, family
        self.name, self.kept = name, contextlib.ExitStack()
        self.cport, self.sport = next(self._ports), next(self._ports)
        self.to = lab.b.address(family)

    def client(self, kind):
        return self.kept.enter_context(self.lab.a.bound(self.cport, self.family, kind))

    def row(self):
        return self.daemon.connections().get((self.lab.a.address(self.family), self.cport, self.to,
                                              self.sport))

    def must_say(self, error, told, **fields):
        """Waits for the row that says so, and for these fields of it: 'client.packets' as
        client_packets."""
        wanted = {'icmp': {'error': error, 'told': told}} if error else {'icmp': None}
        wanted |= {name.replace('_', '.', 1): value for name, value in fields.items()}
        got = {}

        def agrees():
            row = self.row() or {}
            for name in wanted:
                value = row
                for key in name.split('.'):
                    value = (value or {}).get(key)
                got[name] = value
            return got == wanted
        self.checks.ok(wait_for(agrees, DEADLINE_SEC, 0.05), self.name, f'got:    {got}',
                       f'wanted: {wanted}', self.row())

    def error_of(self, sock):
        """The error number that the kernel has for this socket, once it has one."""
        return wait_for(lambda: sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), DEADLINE_SEC)


def connect(sock, address):
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        sock.connect(address)


def udp_closed_port(play):
    """Nobody at b's port: b says so, a's socket is refused."""
    sock = play.client(UDP)
    sock.connect((play.to, play.sport))
    sock.send(b'x' * 33)
    play.checks.equal(play.error_of(sock), errno.ECONNREFUSED, play.name + ', as the socket has it')
    play.must_say('port-unreachable', 'client', client_packets=1, client_payload=33,
                  server_packets=0, client_state='UDP')


def udp_client_gone(play):
    """The client asks and goes; b's answer meets a closed port at a: the server is told."""
    server = play.kept.enter_context(play.lab.b.bound(play.sport, play.family, UDP))
    sock = play.client(UDP)
    sock.sendto(b'ask', (play.to, play.sport))
    _, peer = server.recvfrom(100)
    sock.close()
    server.sendto(b'answer', peer)
    play.must_say('port-unreachable', 'server', client_packets=1, server_packets=1)


def udp_open_port(play):
    """Somebody is there: no error, and the row has none."""
    server = play.kept.enter_context(play.lab.b.bound(play.sport, play.family, UDP))
    sock = play.client(UDP)
    sock.sendto(b'ask', (play.to, play.sport))
    server.sendto(b'answer', server.recvfrom(100)[1])
    sock.recv(100)
    play.must_say(None, None, client_packets=1, server_packets=1)


def tcp_rejected_established(play):
    """A firewall closes over an open connection: the state stays, the error shows."""
    play.to = play.lab.b.address(play.family)
    with contextlib.closing(play.lab.b.listen(play.sport, play.family)) as listener:
        sock = play.client(TCP)
        sock.connect((play.to, play.sport))
        play.kept.enter_context(listener.accept()[0])
    play.must_say(None, None, client_state='ESTABLISHED', server_state='ESTABLISHED')
    with rejecting(play.lab.b, 'icmpx host-unreachable', play.sport):
        sock.send(b'y' * 20)
        play.must_say('host-unreachable', 'client', client_state='ESTABLISHED',
                      server_state='ESTABLISHED', client_payload=20)


@contextlib.contextmanager
def rejecting(host, kind, port):
    """Host's packet filter rejects what comes to this port, TCP and UDP, for the block."""
    host.exec('nft', '-f', '-', text=f'''flush chain inet lab rx
        add rule inet lab rx meta l4proto {{ tcp, udp }} th dport {port} reject with {kind}''')
    try:
        yield
    finally:
        host.drop('rx')


@contextlib.contextmanager
def no_way(lab, family, route):
    """Host b is host a's router to REMOTE, and its route there is of this kind, for the block."""
    flag = '-6' if family == socket.AF_INET6 else '-4'
    remote, gateway = REMOTE[family], lab.b.address(family)
    run(['ip', '-n', lab.b.name, flag, 'route', 'add', route, remote])
    run(['ip', '-n', lab.a.name, flag, 'route', 'add', remote, 'via', gateway])
    try:
        yield
    finally:
        run(['ip', '-n', lab.a.name, flag, 'route', 'del', remote])
        run(['ip', '-n', lab.b.name, flag, 'route', 'del', route, remote])


def routed(play, kind, route, word, number):
    """A packet to where the router has no way: TCP's SYN or a datagram."""
    play.to = HERE[play.family]
    with no_way(play.lab, play.family, route):
        sock = play.client(kind)
        if kind == TCP:
            connect(sock, (play.to, play.sport))
            play.must_say(word, 'client', client_state='SYN_SENT', server_packets=0)
        else:
            sock.connect((play.to, play.sport))
            sock.send(b'z')
            play.must_say(word, 'client', client_state='UDP', server_packets=0)
            if number:
                play.checks.equal(play.error_of(sock), number, play.name + ', as the socket has it')


def rejected(play, kind, reject, word):
    with rejecting(play.lab.b, reject, play.sport):
        sock = play.client(kind)
        connect(sock, (play.to, play.sport))
        if kind == UDP:
            sock.send(b'z')
        play.must_say(word, 'client', server_packets=0)


@contextlib.contextmanager
def narrow_way(lab, family):
    """Host b is host a's router to REMOTE, over a link that takes 1300 bytes, for the block."""
    flag = '-6' if family == socket.AF_INET6 else '-4'
    remote, gateway = REMOTE[family], lab.b.address(family)
    lab.b.ip('link add narrow type veth peer name wide', 'link set wide up',
             'link set narrow mtu 1300 up')
    try:
        run(['ip', '-n', lab.b.name, flag, 'route', 'add', remote, 'dev', 'narrow'])
        run(['ip', '-n', lab.a.name, flag, 'route', 'add', remote, 'via', gateway])
        yield
    finally:
        run(['ip', '-n', lab.a.name, flag, 'route', 'del', remote], check=False)
        lab.b.ip('link del narrow')


def forwarded(play, option, word, payload):
    """A datagram that the router would forward, if it were not for what this option asks."""
    play.to = HERE[play.family]
    with narrow_way(play.lab, play.family):
        sock = play.client(UDP)
        sock.setsockopt(*option)
        sock.connect((play.to, play.sport))
        sock.send(b'w' * payload)
        play.must_say(word, 'client', client_payload=payload, server_packets=0)


def scenarios(family):
    """(name, function, its further arguments) of everything that is played."""
    for play in (udp_closed_port, udp_client_gone, udp_open_port, tcp_rejected_established):
        yield play.__name__, play, ()
    yield 'udp of one hop', forwarded, (ONE_HOP[family], 'time-exceeded', 10)
    yield 'udp too big', forwarded, (NO_FRAGMENTS[family], 'packet-too-big', 1400)
    for kind, proto in ((TCP, 'tcp'), (UDP, 'udp')):
        for route, word, number in ROUTES[family]:
            yield f'{proto} to a route that is {route}', routed, (kind, route, word, number)
        for reject, word in REJECTS:
            yield f'{proto} rejected with {reject}', rejected, (kind, reject, word)


def play_all(checks, lab, daemon, word):
    for family, family_name in FAMILIES:
        for name, function, arguments in scenarios(family):
            if word not in name:
                continue
            play = Play(checks, lab, daemon, family, f'{name} {family_name}')
            try:
                function(play, *arguments)
            except (OSError, LabError) as error:
                checks.ok(False, play.name, f'{type(error).__name__}: {error}')
            finally:
                play.kept.close()


def settle(lab):
    """Host b forwards, and the kernels send as many errors as they like to. (In IPv4 by the mask: a
    limit of 0 would take away what another limiter, that of routes, has saved up for this peer.)"""
    lab.b.sysctl('net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1')
    for host in (lab.a, lab.b):
        host.sysctl('net.ipv4.icmp_ratemask=0', 'net.ipv6.icmp.ratelimit=0',
                    'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.eth0.rp_filter=0')


def several_workers(checks, programs, lab):
    """Errors must come to the worker that has the flow: with two, by luck once in 2^32."""
    with Daemon(programs, lab.tap, '--no-huge', '--workers', '2',
                socket=programs.path('two.sock')) as daemon:
        for family, _ in FAMILIES:
            for _ in range(16):
                with contextlib.closing(lab.a.open(family, UDP)) as sock:
                    sock.sendto(b'x', (lab.b.address(family), 20999))

        def agrees():
            return daemon.stats()['icmp_tied'] == 32
        checks.ok(wait_for(agrees, DEADLINE_SEC), 'two workers, each error to its flow',
                  daemon.stats())
        shares = [worker['flows']['live'] for worker in daemon.stats()['workers']]
        checks.ok(len(shares) == 2 and all(shares), 'two workers, each has flows', shares)


def test_icmp(checks, programs, lab, word):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        settle(lab)
        play_all(checks, lab, daemon, word)
        stats = daemon.stats()
        packets = stats['packets']
        checks.equal((packets['tracked'] + packets['ignored'], sum(packets['dropped'].values())),
                     (packets['received'], 0), 'every packet tracked or ignored, none dropped')
        checks.equal((stats['icmp_no_flow'], stats['icmp_ignored']), (0, 0),
                     'every error is about a flow that is there')
        checks.equal(packets['verdicts']['icmp-error'], stats['icmp_tied'], 'each is counted once')
        told = daemon.ask('allconn').stdout
        checks.ok('icmp-port' in told, 'the text report says it among the flags', told)
        several_workers(checks, programs, lab)
