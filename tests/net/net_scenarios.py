# SPDX-License-Identifier: BSD-3-Clause
"""How real sockets are brought into every state of RFC 9293, and what a tap can say of each.

Each scenario drives one connection between host a (which opens it: the client) and host b (the
server), over IPv4 or IPv6, and leaves it standing. Declared with it are the states that `ss` must
show on the two hosts, and what spanstat must show. Mostly that is the same. Where two different
truths put the same packets on the wire, `sees` lists what the tap may say, and `why` the reason.
A scenario may return fields that its row must have besides; a field's value may be a function.

net_states.py plays them. CLOSED stands for: the host has no socket of this connection.
"""
import contextlib
import socket
import struct
from collections import namedtuple

from lab import FIN, FIN_AGAIN, PUREACK, SYN, SYNACK, LabError, wait_for

TCPI_BACKOFF = 4        # place of struct tcp_info's tcpi_backoff

Scenario = namedtuple('Scenario', 'play client server sees why')
SCENARIOS = []


def scenario(client, server, sees=None, why=None):
    """Enters the function in the table; `sees` is (client's, server's) space-separated states."""
    def enter(play):
        allowed = sees or (client, server)
        SCENARIOS.append(Scenario(play, client, server,
                                  tuple(set(states.split()) for states in allowed), why))
        return play
    assert (sees is None) == (why is None), 'an accept list needs its reason, and only it'
    return enter


class Connection:
    """One connection to drive: two ports of its own, and all sockets kept until it is left."""
    _ports = iter(range(20000, 30000))

    def __init__(self, lab, family):
        self.lab, self.a, self.b, self.family = lab, lab.a, lab.b, family
        self.cport, self.sport = next(self._ports), next(self._ports)
        self.server_ip = self.b.address(family)
        self._sockets = []

    def keep(self, made):
        made.settimeout(5)
        self._sockets.append(made)
        return made

    def leave(self):
        for kept in self._sockets:
            kept.close()
        self.lab.calm()

    @property
    def tuple(self):
        return self.a.address(self.family), self.cport, self.server_ip, self.sport

    def truth(self):
        """What ss says at the client's and at the server's end."""
        here, port, there, peer = self.tuple
        return (self.a.ss().get((here, port, there, peer), 'CLOSED'),
                self.b.ss().get((there, peer, here, port), 'CLOSED'))

    def reach(self, client, server):
        if not wait_for(lambda: self.truth() == (client, server)):
            raise LabError(f'ss says {self.truth()}, wanted {(client, server)} on the way')

    def listen(self):
        return self.keep(self.b.listen(self.sport, self.family))

    def connect(self):
        made = self.a.connect(self.cport, (self.server_ip, self.sport), self.family, wait=False)
        self._sockets.append(made)
        return made

    def pair(self):
        """Both ends of a new connection, established; the listener goes."""
        with contextlib.closing(self.b.listen(self.sport, self.family)) as listener:
            listener.settimeout(5)
            client = self.keep(self.a.connect(self.cport, (self.server_ip, self.sport),
                                              self.family))
            return client, self.keep(listener.accept()[0])

    def cross(self):
        """Both ends of a connection on which what is sent now crosses on the wire."""
        client, server = self.pair()
        for host in (self.a, self.b):
            host.slow(True)
        return client, server

    def both(self):
        """An nft match for the packets of this connection, either direction."""
        return f'tcp dport {{ {self.cport}, {self.sport} }}'


def send(sender, receiver, size):
    """All of it received and read."""
    sender.sendall(b'x' * size)
    while size:
        size -= len(receiver.recv(size))


def half_close(sender):
    sender.shutdown(socket.SHUT_WR)


def abort(sender):
    """Closes with RST."""
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sender.close()


def fill(sender):
    """Sends until the other end's window is closed: then this kernel probes it, more and more
    rarely. A full buffer alone says nothing, for what is in it may still be taken."""
    sender.setblocking(False)

    def is_closed():
        with contextlib.suppress(BlockingIOError):
            while True:
                sender.send(b'q' * 4096)
        return sender.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[TCPI_BACKOFF] > 0
    wait_for(is_closed)


# Opening.

@scenario('SYN_SENT', 'CLOSED', sees=('SYN_SENT', 'CLOSED LISTEN'),
          why='a listener sends nothing of its own; only its port is in LISTEN, no connection')
def listen_syn_lost_before_listener(con):
    con.listen()
    con.b.drop('rx', f'tcp dport {con.sport}')
    con.connect()


@scenario('SYN_SENT', 'CLOSED')
def syn_sent_to_nobody(con):
    con.server_ip = con.lab.nobody(con.family)
    con.connect()


@scenario('SYN_SENT', 'SYN_RECEIVED')
def syn_received_synack_lost(con):
    con.listen()
    con.a.drop('rx', f'tcp sport {con.sport}')
    con.connect()


@scenario('ESTABLISHED', 'SYN_RECEIVED', sees=('SYN_SENT ESTABLISHED', 'SYN_RECEIVED'),
          why='the client sent nothing after the SYN-ACK: as if that had been lost')
def syn_received_ack_withheld(con):
    con.listen()
    con.a.drop('tx', f'tcp dport {con.sport} {PUREACK}')
    con.connect()


@scenario('ESTABLISHED', 'SYN_RECEIVED', sees=('ESTABLISHED', 'SYN_RECEIVED ESTABLISHED'),
          why='the whole handshake was on the wire; that the ACK did not arrive shows later')
def syn_received_ack_lost(con):
    con.listen()
    con.b.drop('rx', f'tcp dport {con.sport} {PUREACK}')
    con.connect()


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_after_second_syn(con):
    con.listen()
    con.b.drop('rx', f'tcp dport {con.sport}')
    con.connect()
    con.reach('SYN_SENT', 'CLOSED')
    con.b.drop('rx')


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_by_simultaneous_open(con):
    con.b.drop('rx', f'tcp dport {con.sport} {SYN}')
    con.connect()
    con.reach('SYN_SENT', 'CLOSED')
    con.keep(con.b.connect(con.sport, con.tuple[:2], con.family, wait=False))


@scenario('SYN_RECEIVED', 'SYN_RECEIVED',
          sees=('SYN_RECEIVED ESTABLISHED', 'SYN_RECEIVED ESTABLISHED'),
          why='both SYN-ACKs were on the wire, and lost after the tap')
def syn_received_by_simultaneous_open(con):
    for host in (con.a, con.b):
        host.slow(True)
        host.drop('rx', f'{con.both()} {SYNACK}', f'{con.both()} {PUREACK}')
    for host, peer in ((con.a, con.b), (con.b, con.a)):
        with host.open(con.family, socket.SOCK_DGRAM) as filler:
            for _ in range(4):      # they take the link for half a second
                filler.sendto(b'p' * 40, (peer.address(con.family), 9))
    con.connect()
    con.keep(con.b.connect(con.sport, con.tuple[:2], con.family, wait=False))


@scenario('CLOSED', 'CLOSED')
def closed_refused(con):
    made = con.connect()
    wait_for(lambda: made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    return {'end': 'rst'}


# Open.

@scenario('ESTABLISHED', 'ESTABLISHED')
def established_idle(con):
    con.pair()


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_with_data(con):
    client, server = con.pair()
    send(client, server, 50000)
    send(server, client, 30000)
    return {'client.payload': 50000, 'server.payload': 30000}


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_over_lossy_wire(con):
    client, server = con.pair()
    con.b.drop('rx', f'tcp dport {con.sport} numgen random mod 20 == 0')
    client.settimeout(20)
    server.settimeout(20)
    send(client, server, 60000)
    con.b.drop('rx')
    return {'client.payload': 60000}


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_zero_window(con):
    client, _ = con.pair()
    fill(client)


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_keepalive(con):
    client, _ = con.pair()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return {'server.packets': lambda packets: packets >= 2, 'client.payload': 0}


@scenario('ESTABLISHED', 'ESTABLISHED')
def established_midstream(con):
    con.lab.mirror(False)
    client, server = con.pair()
    con.lab.mirror(True)
    send(client, server, 100)
    return {'flags': lambda flags: 'midstream' in flags}


@scenario('CLOSED', 'ESTABLISHED', sees=('ESTABLISHED', 'ESTABLISHED'),
          why='the client vanished without a packet')
def established_client_vanished(con):
    client, _ = con.pair()
    con.a.drop('tx', f'tcp dport {con.sport}')
    abort(client)


# Half closed.

@scenario('FIN_WAIT_2', 'CLOSE_WAIT')
def close_wait_server_forgets(con):
    client, server = con.pair()
    send(client, server, 100)
    half_close(client)
    return {'closed_by': 'client'}


@scenario('CLOSE_WAIT', 'FIN_WAIT_2')
def close_wait_client_forgets(con):
    _, server = con.pair()
    half_close(server)
    return {'closed_by': 'server'}


@scenario('FIN_WAIT_2', 'CLOSE_WAIT')
def close_wait_server_still_sends(con):
    client, server = con.pair()
    half_close(client)
    con.reach('FIN_WAIT_2', 'CLOSE_WAIT')
    send(server, client, 20000)
    return {'server.payload': 20000}


@scenario('FIN_WAIT_2', 'CLOSE_WAIT')
def close_wait_midstream(con):
    con.lab.mirror(False)
    client, _ = con.pair()
    con.lab.mirror(True)
    half_close(client)
    return {'flags': lambda flags: 'midstream' in flags}


@scenario('FIN_WAIT_1', 'ESTABLISHED')
def fin_wait_1_fin_lost(con):
    client, _ = con.pair()
    con.b.drop('rx', f'tcp dport {con.sport} {FIN}')
    half_close(client)


@scenario('FIN_WAIT_1', 'CLOSE_WAIT', sees=('FIN_WAIT_1', 'CLOSE_WAIT ESTABLISHED'),
          why='a FIN that is repeated unanswered looks lost, and its receiver as before it')
def fin_wait_1_ack_withheld(con):
    client, _ = con.pair()
    con.b.drop('tx', f'tcp sport {con.sport} {PUREACK}')
    half_close(client)


@scenario('FIN_WAIT_1', 'ESTABLISHED', sees=('ESTABLISHED FIN_WAIT_1', 'ESTABLISHED'),
          why='the FIN waits behind a closed window and was never on the wire')
def fin_wait_1_behind_zero_window(con):
    client, _ = con.pair()
    fill(client)
    half_close(client)


# Closing.

@scenario('CLOSING', 'CLOSING')
def closing_both(con):
    client, server = con.cross()
    for host in (con.a, con.b):
        host.drop('tx', f'{con.both()} {FIN_AGAIN}', f'{con.both()} {PUREACK}')
    for end in (client, server):
        end.send(b'x')
    for end in (client, server):
        half_close(end)


@scenario('CLOSING', 'CLOSING', sees=('CLOSING TIME_WAIT', 'CLOSING TIME_WAIT'),
          why='the ACKs of both FINs were on the wire, and lost after the tap')
def closing_acks_lost(con):
    client, server = con.cross()
    for host in (con.a, con.b):
        host.drop('rx', f'{con.both()} {FIN_AGAIN}', f'{con.both()} {PUREACK}')
    for end in (client, server):
        end.send(b'x')
    for end in (client, server):
        half_close(end)


@scenario('FIN_WAIT_1', 'CLOSING',
          sees=('FIN_WAIT_1 FIN_WAIT_2 CLOSING TIME_WAIT', 'CLOSING TIME_WAIT'),
          why='all that the server sends is on the wire, and lost after the tap: its ACK counts as '
              'received, its FIN, repeated unanswered, does not')
def closing_server_only(con):
    client, server = con.pair()
    con.a.drop('rx', f'tcp sport {con.sport} {FIN}', f'tcp sport {con.sport} {PUREACK}')
    con.b.drop('rx', f'tcp dport {con.sport} {FIN}')
    half_close(client)
    half_close(server)
    con.b.drop('rx')


@scenario('FIN_WAIT_2', 'LAST_ACK')
def last_ack_server_fin_lost(con):
    client, server = con.pair()
    half_close(client)
    con.reach('FIN_WAIT_2', 'CLOSE_WAIT')
    con.a.drop('rx', f'tcp sport {con.sport} {FIN}')
    server.close()


@scenario('LAST_ACK', 'FIN_WAIT_2')
def last_ack_client_fin_lost(con):
    client, server = con.pair()
    half_close(server)
    con.reach('CLOSE_WAIT', 'FIN_WAIT_2')
    con.b.drop('rx', f'tcp dport {con.sport} {FIN}')
    client.close()


@scenario('TIME_WAIT', 'LAST_ACK', sees=('FIN_WAIT_2 TIME_WAIT', 'LAST_ACK'),
          why='a FIN that is repeated unanswered looks lost, and its receiver as before it')
def last_ack_withheld(con):
    client, server = con.pair()
    half_close(client)
    con.reach('FIN_WAIT_2', 'CLOSE_WAIT')
    con.a.drop('tx', f'tcp dport {con.sport} {PUREACK}')
    server.close()


# Closed.

@scenario('TIME_WAIT', 'CLOSED')
def time_wait_client(con):
    client, server = con.pair()
    send(client, server, 1000)
    half_close(client)
    con.reach('FIN_WAIT_2', 'CLOSE_WAIT')
    server.close()
    return {'closed_by': 'client', 'end': 'fin'}


@scenario('CLOSED', 'TIME_WAIT')
def time_wait_server(con):
    client, server = con.pair()
    half_close(server)
    con.reach('CLOSE_WAIT', 'FIN_WAIT_2')
    client.close()
    return {'closed_by': 'server', 'end': 'fin'}


@scenario('TIME_WAIT', 'TIME_WAIT')
def time_wait_both(con):
    client, server = con.cross()
    for end in (client, server):
        end.send(b'x')
    for end in (client, server):
        half_close(end)


@scenario('ESTABLISHED', 'ESTABLISHED')
def time_wait_ports_used_again(con):
    listener = con.listen()
    for size in (500, 70):
        client = con.keep(con.a.connect(con.cport, (con.server_ip, con.sport), con.family))
        server = con.keep(listener.accept()[0])
        send(client, server, size)
        if size == 500:
            server.close()
            con.reach('CLOSE_WAIT', 'FIN_WAIT_2')
            client.close()
            con.reach('CLOSED', 'TIME_WAIT')
    return {'client.payload': 70}


@scenario('CLOSED', 'CLOSED')
def closed_by_abort(con):
    client, _ = con.pair()
    abort(client)
    return {'closed_by': 'client', 'end': 'rst'}


@scenario('CLOSED', 'CLOSED')
def closed_with_unread_data(con):
    client, server = con.pair()
    server.sendall(b'z' * 10)
    client.recv(1)
    client.close()
    return {'end': 'rst'}


@scenario('CLOSED', 'CLOSED')
def closed_half_closed_then_aborted(con):
    client, server = con.pair()
    half_close(client)
    con.reach('FIN_WAIT_2', 'CLOSE_WAIT')
    abort(server)
    return {'end': 'rst'}


@scenario('CLOSED', 'CLOSED')
def closed_client_came_back_without_it(con):
    client, server = con.pair()
    con.a.drop('tx', f'tcp dport {con.sport}')
    abort(client)
    con.reach('CLOSED', 'ESTABLISHED')
    con.a.drop('tx')
    server.sendall(b'still there?')
    return {'end': 'rst'}
