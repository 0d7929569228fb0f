# SPDX-License-Identifier: BSD-3-Clause
"""Hundreds of connections at once, each with its own story, on a wire that loses nothing.

Every connection carries a random amount of data each way, in an order mixed with all others, and
ends in one of several ways or not at all. When all is quiet there is nothing that a tap could not
know: both ends' states must be those of `ss`, and the bytes of each stream those that were sent.
The seed of a failed run is printed and may be given again. Needs root.
"""
import socket

from daemon import Daemon
from lab import wait_for
from net_scenarios import abort, half_close

CONNECTIONS = 400
PIECES_MAX, PIECE_MAX_BYTES = 4, 9000
SERVER_PORT = 7000
DEADLINE_SEC = 8      # less than the time for which a closed connection is still shown


class Member:
    """One connection of the crowd: its sockets, what was sent, and how it shall end."""

    def __init__(self, lab, listener, family, port):
        self.ends = lab.a.address(family), port, lab.b.address(family), SERVER_PORT
        self.client = lab.a.connect(port, self.ends[2:], family)
        self.server = listener.accept()[0]
        self.sent = {self.client: 0, self.server: 0}
        self.ending = None

    def send(self, sender, size):
        receiver = self.server if sender is self.client else self.client
        sender.sendall(b'x' * size)
        self.sent[sender] += size
        while size:
            size -= len(receiver.recv(size))

    def end(self, ending):
        self.ending = ending.__name__
        ending(self.client, self.server)

    def judge(self, rows, here, there):
        """What is not as it must be, in words; '' when all is."""
        row = rows.get(self.ends)
        if row is None:
            return 'no row'
        truth = (here.get(self.ends, 'CLOSED'),
                 there.get(self.ends[2:] + self.ends[:2], 'CLOSED'))
        seen = row['client']['state'], row['server']['state']
        if seen != truth:
            return f'spanstat says {seen}, ss says {truth}'
        sent = self.sent[self.client], self.sent[self.server]
        payload = row['client']['payload'], row['server']['payload']
        return '' if payload == sent else f'payload {payload}, sent {sent}'


# How a connection ends.

def stays(_client, _server):
    pass


def client_half(client, _server):
    half_close(client)


def server_half(_client, server):
    half_close(server)


def client_first(client, server):
    half_close(client)
    server.recv(1)
    server.close()


def server_first(client, server):
    half_close(server)
    client.recv(1)
    client.close()


def client_aborts(client, _server):
    abort(client)


def server_aborts(_client, server):
    abort(server)


ENDINGS = (stays, client_half, server_half, client_first, server_first, client_aborts,
           server_aborts)


def assemble(lab):
    members = []
    for family in (socket.AF_INET, socket.AF_INET6):
        with lab.b.listen(SERVER_PORT, family) as listener:
            members += [Member(lab, listener, family, 20000 + number)
                        for number in range(CONNECTIONS // 2)]
    return members


def live(members, dice):
    """All pieces of data of all members in one mixed order, then all endings in another."""
    pieces = [(member, sender) for member in members for sender in member.sent
              for _ in range(dice.randint(0, PIECES_MAX))]
    dice.shuffle(pieces)
    for member, sender in pieces:
        member.send(sender, dice.randint(1, PIECE_MAX_BYTES))
    dice.shuffle(members)
    for number, member in enumerate(members):
        member.end(ENDINGS[number % len(ENDINGS)])


def wrong_ones(daemon, lab, members):
    rows, here, there = daemon.connections(), lab.a.ss(), lab.b.ss()
    judged = ((member, member.judge(rows, here, there)) for member in members)
    return [(member, wrong) for member, wrong in judged if wrong]


def judge_when_quiet(daemon, lab, members):
    """Asks until all agree on a wire on which nothing moved since the last time: ACKs may be late,
    and ss and spanstat are not asked at one moment. Gives who is wrong in the end."""
    wrong, frames = [], -1

    def settled():
        nonlocal wrong, frames
        before = frames
        wrong, frames = wrong_ones(daemon, lab, members), lab.mirrored()
        return not wrong and before == frames
    wait_for(settled, DEADLINE_SEC, 0.2)
    return wrong


def test_crowd(checks, programs, lab, given, dice):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        members = assemble(lab)
        live(members, dice)
        wrong = judge_when_quiet(daemon, lab, members)
        for ending in ENDINGS:
            mine = [(member, what) for member, what in wrong if member.ending == ending.__name__]
            checks.ok(not mine, f'{ending.__name__}: both ends as ss says, every byte counted',
                      f'seed {given.seed}', f'{len(mine)} wrong',
                      *(f'{member.ends}: {what}' for member, what in mine[:5]))
        checks.equal(daemon.stats()['flows']['created'], len(members), 'one flow a connection')
