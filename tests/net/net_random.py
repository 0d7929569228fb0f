# SPDX-License-Identifier: BSD-3-Clause
"""Some thousand connections with random stories, packets lost before the tap and behind it.

Every connection opens, sends, reads, half closes, closes and aborts in an order of its own, mixed
with all others, while the hosts' packet filters drop a share of all packets: on their way in, which
the tap saw, and on their way out, which it did not. Then nothing is dropped any more, and when no
host has a packet to repeat, each end's state must be that of `ss`, except where the wire cannot
tell: net_judge.py proves it for each such end, and names the packet that makes the difference.
The seed gives the choices, not the moments: which packets fall is up to the kernel. Needs root.
"""
import contextlib
import resource
import socket
import time
from collections import Counter, deque

import net_evidence
import net_judge
from daemon import Daemon
from lab import wait_for
from net_evidence import Captures, transcript
from net_scenarios import abort, half_close

FAMILIES = (socket.AF_INET, socket.AF_INET6)
FIRST_PORT, SERVER_PORT, DEAF_PORT = 20000, 7000, 7001
PIECE_MAX_BYTES = 6000      # all that is never read fits in the window
SPELLS, SPELL_SEC = 30, 0.3
QUIET_SEC, QUIET_DEADLINE_SEC = 0.6, 90    # a FIN lost eight times comes after 51 s
AGREEMENT = 0.995
SHOWN = 12                  # transcripts of ends that nothing explains
FALSE_ENDS, FALSE_ENDS_BELIEVED_MAX = 100, 3

# Kept for as long as the test asks.
CONFIG = '''timers {
    syn-sent = 600
    syn-received = 600
    closing = 600
    last-ack = 600
    closed = 600
    midstream = 600
}
'''

# What drops while a spell lasts, as (host, way, percent); most of the storm is one or two of these.
WEATHER = ((), (('a', 'rx', 10),), (('b', 'rx', 10),), (('a', 'tx', 10),), (('b', 'tx', 10),),
           (('a', 'rx', 25),), (('b', 'rx', 25),), (('a', 'rx', 8), ('b', 'tx', 8)),
           (('a', 'tx', 8), ('b', 'rx', 8)), (('a', 'rx', 40), ('b', 'rx', 40)))

# Numbers of the kernel's tcp_info.
KERNEL_STATES = (None, 'ESTABLISHED', 'SYN_SENT', 'SYN_RECEIVED', 'FIN_WAIT_1', 'FIN_WAIT_2',
                 'TIME_WAIT', 'CLOSED', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING')


# What an end may do.

def kernel_state(end):
    return KERNEL_STATES[end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]]


def send(end, dice):
    end.send(b'x' * dice.randint(1, PIECE_MAX_BYTES))


def read(end, _dice):
    while end.recv(65536):
        pass


def half(end, _dice):
    half_close(end)


LEAVING = {'close': lambda end: end.close(), 'abort': abort}
MIDDLE = (send, send, send, read, read)
ENDING = (half, half, half, 'close', 'close', 'close', 'abort', read)


class Life:
    """What the application at one end did, as far as the wire may not show it."""

    def __init__(self):
        """.left: (how, in which state) or None; .closed: when it first closed or half closed, or
        None; .had: whether it ever got the connection."""
        self.left = self.closed = None
        self.had = False


class Member:
    """One connection: its two sockets, where the server's has been accepted, and its story."""

    def __init__(self, lab, family, port, dice):
        self.lab, self.family = lab, family
        server_port = DEAF_PORT if dice.random() < 0.02 else SERVER_PORT
        self.ends = lab.a.address(family), port, lab.b.address(family), server_port
        self.sockets = [None, None]
        self.lives = Life(), Life()
        self.hasty = dice.random() < 0.02
        self.story = deque((dice.randrange(2), dice.choice(MIDDLE))
                           for _ in range(dice.randint(0, 5)))
        self.story.extend((dice.randrange(2), dice.choice(ENDING))
                          for _ in range(dice.randint(0, 5)))

    def connect(self):
        self.lives[0].had = True
        self.sockets[0] = self.lab.a.connect(self.ends[1], self.ends[2:], self.family, wait=False)
        if self.hasty:
            self.story = deque([(0, 'close')])

    def accept(self, accepted):
        accepted.setblocking(False)
        self.lives[1].had = True
        self.sockets[1] = accepted

    def ready(self, side):
        end = self.sockets[side]
        return end is not None and (self.hasty or kernel_state(end) != 'SYN_SENT')

    def turn(self, dice):
        """One step of the story; gives whether it could be made."""
        if not self.lives[0].had:
            self.connect()
            return True
        if not self.story:
            return True
        side, act = self.story[0]
        if not self.lives[side].left and not self.ready(side):
            return False
        self.story.popleft()
        if not self.lives[side].left:
            self._act(side, act, dice)
        return True

    def _act(self, side, act, dice):
        end, life = self.sockets[side], self.lives[side]
        if (act in LEAVING or act is half) and life.closed is None:
            life.closed = time.time()
        if act in LEAVING:
            life.left = act, kernel_state(end)
            LEAVING[act](end)
            self.sockets[side] = None
            return
        with contextlib.suppress(OSError):     # reset, shut down, nothing to read, no room
            act(end, dice)

    def leave(self):
        for end in self.sockets:
            if end is not None:
                end.close()


# The storm.

def prepare(lab):
    """Many sockets, and hosts that repeat quickly what is not acknowledged."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    for host in (lab.a, lab.b):
        host.ip(f'route replace 10.20.0.0/24 dev eth0 proto kernel scope link src {host.ip4} '
                'rto_min 20ms',
                'route replace fd20::/64 dev eth0 proto kernel metric 256 rto_min 20ms')
        host.exec('nft', '-f', '-', text='\n'.join(
            f'add chain inet lab lost_{way} {{ {net_evidence.logged(way)} drop; }}'
            for way in ('rx', 'tx')))


def listen(lab):
    listeners = [lab.b.listen(SERVER_PORT, family) for family in FAMILIES]
    for listener in listeners:
        listener.listen(4096)
        listener.setblocking(False)
    return listeners


def accept_all(listeners, by_client):
    for listener in listeners:
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted, peer = listener.accept()
                by_client[peer[:2]].accept(accepted)


def set_weather(lab, weather):
    """The logging rules stay for good, in chains of their own: only the jumps to them change."""
    for name, host in (('a', lab.a), ('b', lab.b)):
        lines = [f'flush chain inet lab {way}' for way in ('rx', 'tx')]
        lines += [f'add rule inet lab {way} meta l4proto tcp numgen random mod 100 < {share} '
                  f'jump lost_{way}' for where, way, share in weather if where == name]
        host.exec('nft', '-f', '-', text='\n'.join(lines))


def storm(lab, listeners, members, dice):
    """All turns of all members in one mixed order, cut into spells of one weather each. Who has to
    wait for the wire comes later; a story that never could go on stays where it is."""
    turns = [member for member in members for _ in range(1 + len(member.story))]
    dice.shuffle(turns)
    turns, share = deque(turns), len(turns) // (SPELLS * 2 // 3)
    by_client = {member.ends[:2]: member for member in members}
    for _ in range(SPELLS):
        set_weather(lab, dice.choice(WEATHER))
        end = time.monotonic() + SPELL_SEC
        for number in range(min(share, len(turns))):
            member = turns.popleft()
            if not member.turn(dice):
                turns.append(member)
            if number % 50 == 0:
                accept_all(listeners, by_client)
        accept_all(listeners, by_client)
        time.sleep(max(0.0, end - time.monotonic()))
    lab.calm()
    accept_all(listeners, by_client)
    return len(turns)


def has_to_repeat(host):
    """How many connections of the host wait for an answer, with a timer that will send again."""
    lines = host.exec('ss', '-Htano').splitlines()
    return sum('timer:(on' in line or 'timer:(persist' in line for line in lines)


def wait_until_quiet(lab, listeners, members):
    """Nothing to repeat, and nothing on the wire for a while."""
    by_client = {member.ends[:2]: member for member in members}
    frames, since = -1, time.monotonic()

    def quiet():
        nonlocal frames, since
        accept_all(listeners, by_client)
        now = lab.mirrored()
        if now != frames or has_to_repeat(lab.a) or has_to_repeat(lab.b):
            frames, since = now, time.monotonic()
        return time.monotonic() - since >= QUIET_SEC
    return wait_for(quiet, QUIET_DEADLINE_SEC, 0.1)


# Judgement.

def compare(daemon, lab, members, evidence):
    """Each connection that the wire showed: (member, both ends' states as spanstat says them, as ss
    says them, seconds in the last state)."""
    rows, here, there = daemon.connections(), lab.a.ss(), lab.b.ss()
    for member in members:
        swapped = member.ends[2:] + member.ends[:2]
        truth = here.get(member.ends, 'CLOSED'), there.get(swapped, 'CLOSED')
        keys, row = ('client', 'server'), rows.get(member.ends)
        if row is None:
            keys, row = ('server', 'client'), rows.get(swapped)
        if row:
            yield member, tuple(row[key]['state'] for key in keys), truth, row['in_state']
        elif any(one.fate != 'before' for one in evidence.of(member.ends)):
            yield member, (net_judge.NO_ROW,) * 2, truth, 0


class Verdict:
    """All ends judged: who agrees, which class explains each other one."""

    def __init__(self, compared, evidence):
        self.agreed, self.states = 0, Counter()
        self.blind, self.short, self.unexplained = Counter(), Counter(), []
        for member, seen, truth, in_state_sec in compared:
            self.states.update(truth)
            self.agreed += sum(mine == other for mine, other in zip(seen, truth))
            if seen != truth:
                sent = evidence.of(member.ends)
                self._take(member, seen, truth, sent,
                           net_judge.judge(sent, member.lives, seen, truth, in_state_sec))

    def _take(self, member, seen, truth, sent, judged):
        for end, (kind, what) in judged.items():
            if kind == 'unexplained':
                self.unexplained.append((member, end, seen, truth, sent, what))
            else:
                (self.blind if kind == 'blind' else self.short)[what] += 1

    def can_tell(self):
        return self.agreed + self.short.total() + len(self.unexplained)

    def share(self):
        return self.agreed / max(1, self.can_tell())

    def transcripts(self):
        for member, end, seen, truth, sent, what in self.unexplained[:SHOWN]:
            left = [life.left for life in member.lives]
            yield (f'{member.ends}, the {"server" if end else "client"}: {what}; spanstat says '
                   f'{seen}, ss says {truth}; left {left}')
            yield from transcript(sent)


def report(checks, verdict, evidence):
    fates = evidence.total()
    checks.say('ends by state: ' + ', '.join(f'{state} {count}'
                                             for state, count in sorted(verdict.states.items())),
               'packets: ' + ', '.join(f'{fates[fate]} {fate}'
                                       for fate in ('arrived', 'behind', 'before')),
               f'{verdict.agreed} ends agree; {verdict.blind.total()} where the wire cannot tell:')
    for what, count in verdict.blind.most_common():
        checks.say(f'{count:5} {what}')
    checks.say(f'{verdict.short.total()} where it can and spanstat does not:')
    for what, count in verdict.short.most_common():
        checks.say(f'{count:5} {what}')


def false_ends_believed(compared, evidence, dice):
    """The judge must not take everything: how many of FALSE_ENDS ends, where spanstat agrees and is
    made to say another state, would pass as ends of which the wire cannot tell."""
    believed = 0
    agreeing = [one for one in compared if one[1] == one[2]]
    for member, seen, truth, _ in dice.sample(agreeing, min(FALSE_ENDS, len(agreeing))):
        end = dice.randrange(2)
        state = dice.choice([each for each in KERNEL_STATES[1:]
                             if each not in (truth[end], 'LISTEN')])
        seen = (state, seen[1]) if end == 0 else (seen[0], state)
        judged = net_judge.judge(evidence.of(member.ends), member.lives, seen, truth, 0)
        believed += judged[end][0] == 'blind'
    return believed


def judge(checks, verdict, seed, members):
    compared = verdict.can_tell() + verdict.blind.total()
    checks.ok(compared >= 1.9 * len(members), f'{compared} ends compared, both of nearly every '
              'connection', f'seed {seed}')
    checks.ok(verdict.share() >= AGREEMENT, f'{verdict.share():.3%} of {verdict.can_tell()} ends '
              'that the wire can tell are as ss says', f'seed {seed}', *verdict.transcripts())
    checks.ok(not verdict.unexplained, 'every other end is explained: '
              f'{verdict.blind.total()} the wire cannot tell, {verdict.short.total()} known',
              f'seed {seed}', f'{len(verdict.unexplained)} unexplained', *verdict.transcripts())


def gather(lab, dice, connections):
    half_of_them = connections // len(FAMILIES)
    return [Member(lab, family, FIRST_PORT + number, dice)
            for family in FAMILIES for number in range(half_of_them)]


def options(parser):
    parser.add_argument('--connections', type=int, default=1000)


def test_random(checks, programs, lab, given, dice):
    checks.say(f'seed {given.seed}')
    config = programs.write('random.conf', CONFIG)
    with Daemon(programs, lab.tap, '--no-huge', '--config', config) as daemon:
        prepare(lab)
        members, listeners = gather(lab, dice, given.connections), listen(lab)
        with Captures(lab, programs.path) as captures:
            waiting = storm(lab, listeners, members, dice)
            checks.ok(wait_until_quiet(lab, listeners, members), 'all is quiet after the storm')
            checks.say(f'{waiting} turns were never possible')
            time.sleep(0.5)
            missed = captures.stop()
            evidence = captures.evidence()
        checks.equal((missed, evidence.unmatched), (0, 0), 'the captures missed nothing')
        compared = list(compare(daemon, lab, members, evidence))
        verdict = Verdict(compared, evidence)
        report(checks, verdict, evidence)
        judge(checks, verdict, given.seed, members)
        believed = false_ends_believed(compared, evidence, dice)
        checks.ok(believed <= FALSE_ENDS_BELIEVED_MAX,
                  f'of {FALSE_ENDS} states made false {believed} pass as what no wire can tell')
        for member in members:
            member.leave()
