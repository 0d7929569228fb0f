# SPDX-License-Identifier: BSD-3-Clause
"""What an ideal tap could conclude: every story of two hosts that fits the packets on the wire.

For whom: net_judge.py, which asks of an end where spanstat and `ss` differ whether the wire could
have told. A story says of each packet that the tap saw whether its receiver got it, and what the
hosts did that no packet showed. It must fit: a host sends what its state allows, with the ACK
number of what it has got. Its price is the sum of the mishaps in it:

    1      a packet lost behind the tap
    1      an answer that a host must have given and that the tap did not see
    1      a FIN or RST sent and not seen, an opening connection forgotten
    1      an accept queue that is full, for as long as it takes no ACK
    1/2    a packet that crossed what its receiver sent next (within 5 ms), and 3/2 where that was
           later: a host that the machine gave no time to
    1/4    an application or a kernel that went without a packet where it may

Search.finals() gives the prices of all states of both ends in rising order: first the likeliest
stories, losses before and behind the tap being equally likely. With the fate of each packet given,
as the hosts' own captures have it, it gives the story that was. A host is as Linux has it, the
server's end a listener, and as far as states need it: RFC 9293 3.10.7 in the order RST, SYN, ACK,
text, FIN; RFC 5961 for RST; either answer to a RST in TIME-WAIT (RFC 1337). Segments out of order
are kept. Not in it: windows, congestion, timers, options; data that the tap never saw is free.

It shares nothing with lib/tcp. A story is a path through (packet, both ends, what is under way),
searched by Dijkstra's way, so only stories as cheap as the answer are looked at.
"""
import heapq
from collections import namedtuple
from itertools import count

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
CROSSING_SEC, TARDY_SEC = 0.005, 0.25
DELAYED_ACK_SEC = 0.05
CHALLENGE_SEC = 0.5       # a host sends one ACK in this time to a SYN that it has had
WINDOW = 1 << 20
POINTS_MAX = 400000          # where a search ends without an answer
TARDY, LOST, LATE, SILENT = 6, 4, 2, 1      # prices in quarters

SYNCHRONIZED = ('ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT', 'CLOSING', 'LAST_ACK',
                'TIME_WAIT')
MAY_SEND_DATA = ('ESTABLISHED', 'CLOSE_WAIT', 'FIN_WAIT_1', 'CLOSING', 'LAST_ACK')
FIN_UNACKNOWLEDGED = ('FIN_WAIT_1', 'CLOSING', 'LAST_ACK')
FIN_NOT_GOT = ('ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2')
TELLS_BY_RST = ('ESTABLISHED', 'CLOSE_WAIT', 'FIN_WAIT_1', 'FIN_WAIT_2')

SENDS_FIN = {'ESTABLISHED': 'FIN_WAIT_1', 'CLOSE_WAIT': 'LAST_ACK'}
GETS_FIN = {'ESTABLISHED': 'CLOSE_WAIT', 'FIN_WAIT_1': 'CLOSING', 'FIN_WAIT_2': 'TIME_WAIT'}
FIN_ACKED = {'FIN_WAIT_1': 'FIN_WAIT_2', 'CLOSING': 'TIME_WAIT', 'LAST_ACK': 'CLOSED'}
GOES_SILENTLY = {'SYN_SENT': 'gave up', 'CLOSING': 'aborted', 'LAST_ACK': 'aborted'}

UNSEEN = -1         # the number of a FIN that is sent, or waits to be, and was not on the wire

# iss: its ISN, None before it showed one. rcv: the next number that it expects. kept: segments
# beyond it. fin: the number that acknowledges its FIN. owes: (what, index of the packet) for each
# packet that it must still answer: with an 'ack', a 'syn' with an ACK, or a 'rst'. full: its accept
# queue is, so that it drops what acknowledges its SYN-ACK.
End = namedtuple('End', 'state iss rcv kept fin owes full', defaults=(False,))
NOBODY = End('CLOSED', None, None, (), None, ())

# One point of a story: packets [0, at) are dealt with; `late` is under way, in order.
Point = namedtuple('Point', 'at ends late')


def ahead(number, of):
    """Signed distance modulo 2^32."""
    return (number - of + (1 << 31)) % (1 << 32) - (1 << 31)


def after(one):
    """The number after a packet's last."""
    return (one.seq + one.length + bool(one.flags & FIN) + bool(one.flags & SYN)) % (1 << 32)


def gone(end):
    """What is left of an end that is closed: its unsettled answers."""
    return End('CLOSED', end.iss, None, (), None, end.owes)


class Model:
    """The stories of one connection; `shown` is what the tap saw, in order."""

    def __init__(self, shown):
        self.shown = shown

    # What a host may have done to send this packet: [(end after it, price, what)].

    def sends(self, end, one):
        if one.flags & RST:
            return self._sends_rst(end, one)
        if one.flags & SYN:
            return self._sends_syn(end, one)
        if end.state not in SYNCHRONIZED or one.ack != end.rcv:
            return []
        if one.length and end.state not in MAY_SEND_DATA:
            return []
        if one.flags & FIN:
            end = self._with_fin(end, after(one))
        return [self._acknowledges(end, one)] if end else []

    def _with_fin(self, end, number):
        if end.fin in (None, UNSEEN):
            state = SENDS_FIN.get(end.state, end.state)
            return end._replace(state=state, fin=number) if state in FIN_UNACKNOWLEDGED else None
        return end if end.state in FIN_UNACKNOWLEDGED and end.fin == number else None

    def _acknowledges(self, end, one):
        """What it owed is paid by this ACK; what it owed for too long had been paid unseen."""
        old = sum(what == 'ack' and one.time - self.shown[at].time > DELAYED_ACK_SEC
                  for what, at in end.owes)
        owes = tuple(each for each in end.owes if each[0] != 'ack')
        return end._replace(owes=owes), old * LOST, ('unanswered',) if old else None

    def _sends_syn(self, end, one):
        if not one.flags & ACK:
            opens = end.state == 'CLOSED' and end.iss is None or \
                end.state == 'SYN_SENT' and end.iss == one.seq
            return [(end._replace(state='SYN_SENT', iss=one.seq), 0, None)] if opens else []
        if end.state != 'SYN_RECEIVED' or one.ack != end.rcv or end.iss not in (None, one.seq):
            return []
        owes = tuple(each for each in end.owes if each[0] != 'syn')
        return [(end._replace(iss=one.seq, owes=owes), 0, None)]

    def _sends_rst(self, end, one):
        for each in end.owes:
            what, at = each
            asked = self.shown[at]
            fits = one.seq == asked.ack and not one.flags & ACK if asked.flags & ACK else \
                one.ack == after(asked)
            if what == 'rst' and fits:
                owes = tuple(other for other in end.owes if other is not each)
                return [(end._replace(owes=owes), 0, None)]
        if one.flags & ACK and end.state in SYNCHRONIZED and end.state != 'TIME_WAIT' and \
           one.ack == end.rcv:
            end, price, what = self._acknowledges(end, one)
            return [(gone(end), price, what)]
        return []

    # What a packet does to the host that gets it.

    def gets(self, end, at, side):
        one = self.shown[at]
        if end.state == 'CLOSED':
            return self._gets_closed(end, at, side)
        if end.state == 'SYN_SENT':
            return self._gets_syn_sent(end, at)
        if end.state == 'SYN_RECEIVED':
            if one.flags & RST:
                inside = 0 <= ahead(one.seq, end.rcv) < WINDOW
                return [(gone(end)._replace(iss=None) if inside else end, 0, None)]
            if one.flags & SYN:
                return [(self._owing(end, 'syn', at), 0, None)]
            if end.iss is None or ahead(one.ack, end.iss) < 1:
                return [(self._owing(end, 'rst', at), 0, None)]
            opened = self._gets_open(end._replace(state='ESTABLISHED', full=False), at)
            act = None if end.full else ('full',)
            return opened + [(end._replace(full=True), 0 if end.full else LOST, act)]
        return self._gets_open(end, at)

    def _gets_open(self, end, at):
        one = self.shown[at]
        if one.flags & RST:
            return self._gets_rst(end, at)
        if one.flags & SYN:
            asks = one.flags & ACK and not self._follows_syn(at)
            return [(self._owing(end, 'ack', at) if asks else end, 0, None)]
        return self._gets_segment(end, at)

    @staticmethod
    def _owing(end, what, at):
        return end._replace(owes=end.owes + ((what, at),))

    def _follows_syn(self, at):
        """Such are not each answered (RFC 5961 7)."""
        one = self.shown[at]
        return any(other.sender == one.sender and other.flags & SYN and
                   one.time - other.time < CHALLENGE_SEC for other in self.shown[:at])

    def _gets_closed(self, end, at, side):
        one = self.shown[at]
        if one.flags & RST:
            return [(end, 0, None)]
        found = [(self._owing(end, 'rst', at), 0, None)]
        if side == 1 and (one.flags & (SYN | ACK)) == SYN:
            opened = End('SYN_RECEIVED', None, after(one), (), None, end.owes)
            found.append((self._owing(opened, 'syn', at), 0, None))
        return found

    def _gets_syn_sent(self, end, at):
        one = self.shown[at]
        fits = one.flags & ACK and ahead(one.ack, end.iss) == 1
        if one.flags & RST:
            return [(gone(end) if fits else end, 0, None)]
        if not fits:
            return [(self._owing(end, 'rst', at), 0, None)]
        if not one.flags & SYN:
            return [(end, 0, None)]
        return [(self._owing(end._replace(state='ESTABLISHED', rcv=after(one)), 'ack', at), 0,
                 None)]

    def _gets_rst(self, end, at):
        distance = ahead(self.shown[at].seq, end.rcv)
        kept_to = [ahead(stop, end.rcv) for _, stop, _ in end.kept]
        if end.state == 'TIME_WAIT':
            found = [(end, 0, None)]
            return found + [(gone(end), 0, ('taken',))] if distance == 0 else found
        if distance == 0 or kept_to and distance == max(kept_to):
            return [(gone(end), 0, None)]
        if distance == -1 and end.state in ('CLOSE_WAIT', 'CLOSING', 'LAST_ACK'):
            # Linux takes one numbered as the FIN before it; RFC 5961 does not.
            return [(end, 0, None), (gone(end), 0, ('taken',))]
        if not 0 < distance < WINDOW:
            return [(end, 0, None)]
        found = [(end, 0, None), (self._owing(end, 'ack', at), 0, None)]   # some are answered
        if end.state == 'FIN_WAIT_2':      # without an application Linux looks less closely
            found.append((gone(end), 0, ('taken',)))
        return found

    def _gets_segment(self, end, at):
        one = self.shown[at]
        beyond = ahead(after(one), end.rcv)
        found = []
        if beyond < 0:      # old: its ACK counts only as long as its receiver has not sent since
            found.append((end, 0, None))
        acked = end
        if one.ack == end.fin and end.state in FIN_ACKED:
            acked = end._replace(state=FIN_ACKED[end.state])
        if acked.state == 'CLOSED':
            return found + [(gone(acked), 0, None)]
        text = beyond > 0 and (one.length or one.flags & FIN)
        if text and acked.state in ('FIN_WAIT_1', 'FIN_WAIT_2') and \
           ahead((one.seq + one.length) % (1 << 32), end.rcv) > 0:
            found.append((self._owing(gone(acked), 'rst', at), 0, ('unread',)))
        if text and acked.state in FIN_NOT_GOT:
            acked = self._takes(acked, one, at)
        elif one.flags & FIN and acked.state not in FIN_NOT_GOT:
            acked = self._owing(acked, 'ack', at)
        return found + [(acked, 0, None)]

    def _takes(self, end, one, at):
        """Text in order is taken, with what was kept behind it; other text is kept."""
        kept = sorted({*end.kept, (one.seq, (one.seq + one.length) % (1 << 32),
                                   bool(one.flags & FIN))},
                      key=lambda piece: ahead(piece[0], end.rcv))
        number, left, finished = end.rcv, [], False
        for start, stop, fin in kept:
            if ahead(start, number) > 0:
                left.append((start, stop, fin))
                continue
            if ahead(stop, number) > 0:
                number = stop
            finished = finished or fin and stop == number
        if not finished:
            return end._replace(rcv=number, kept=tuple(left))
        end = end._replace(state=GETS_FIN[end.state], rcv=(number + 1) % (1 << 32), kept=())
        return self._owing(end, 'ack', at)

    # What happens without a packet that the tap sees.

    @staticmethod
    def unseen(end):
        """[(end after it, price, what)]."""
        found = []
        if end.state in SENDS_FIN:
            found.append((end._replace(state=SENDS_FIN[end.state], fin=UNSEEN), LOST, 'closes'))
        if end.state in TELLS_BY_RST:
            found.append((gone(end), LOST, 'resets'))
        if end.state in GOES_SILENTLY:
            found.append((gone(end), SILENT, GOES_SILENTLY[end.state]))
        if end.state == 'SYN_RECEIVED':
            found.append((gone(end)._replace(iss=None), LOST, 'forgets'))
        return found


class Search:
    """Dijkstra over points. `fates`, where given, says of each packet whether it arrived; `may`
    says of (side, what) whether an unseen act can have been."""

    def __init__(self, shown, fates=None, may=None):
        self.shown, self.fates, self.may = shown, fates, may or (lambda _side, _what: True)
        self.model = Model(shown)
        self.next_of = self._answers()
        self._number = count()
        self._heap, self._done = [], set()

    def _answers(self):
        """For each packet the next one of its receiver, or None."""
        following, found = [None, None], []
        for one in reversed(self.shown):
            found.append(following[1 - one.sender])
            following[one.sender] = one
        return found[::-1]

    def finals(self):
        """(price, states of both ends, story) in order of price, one for each pair of states at
        each price; a story is a list of what happened."""
        told = set()
        self._push(0, Point(0, (NOBODY, NOBODY), ()), None)
        while self._heap:
            price, _, _, point, story = heapq.heappop(self._heap)
            if point in self._done:
                continue
            self._done.add(point)
            if len(self._done) > POINTS_MAX:
                return
            if point.at > len(self.shown):
                states = tuple(end.state for end in point.ends)
                if states not in told:
                    told.add(states)
                    yield price, states, unfold(story)
            else:
                self._step(price, point, story)

    def _push(self, price, point, story):
        if point not in self._done:
            heapq.heappush(self._heap, (price, -point.at, next(self._number), point, story))

    def _step(self, price, point, story):
        for side, each in enumerate(point.ends):
            for end, more, what in self.model.unseen(each):
                if self.may(side, what):
                    self._push(price + more, point._replace(ends=replaced(point.ends, side, end)),
                               (story, (what, side)))
        if point.at == len(self.shown):
            self._finish(price, point.ends, point.late, story)
        else:
            self._pass(price, point.ends, point, story)

    def _finish(self, price, ends, late, story):
        """All packets seen: what is under way arrives, and what was never answered is paid."""
        for got, more, then in self._deliver_all(ends, late, story):
            owed = [('unanswered', side) for side in (0, 1) for _ in got[side].owes]
            for act in owed:
                then = then, act
            bare = tuple(end._replace(owes=()) for end in got)
            self._push(price + more + LOST * len(owed),
                       Point(len(self.shown) + 1, bare, ()), then)

    def _deliver_all(self, ends, late, story):
        """[(ends, price, story)] after these packets have arrived, in this order."""
        if not late:
            return [(ends, 0, story)]
        at, found = late[0], []
        side = 1 - self.shown[at].sender
        for end, price, what in self.model.gets(ends[side], at, side):
            act = what and (what[0], side, at)
            for last, more, then in self._deliver_all(replaced(ends, side, end), late[1:],
                                                      (story, act) if act else story):
                found.append((last, price + more, then))
        return found

    def _pass(self, price, ends, point, story):
        """The packet is sent, what was under way to its sender arrives behind it, and it arrives,
        is late, or is lost."""
        one, side = self.shown[point.at], self.shown[point.at].sender
        due = tuple(at for at in point.late if one.time - self.shown[at].time > TARDY_SEC)
        waiting = tuple(at for at in point.late if at not in due)
        for before, first, told in self._deliver_all(ends, due, story):
            for end, more, what in self.model.sends(before[side], one):
                then = (told, (*what, side)) if what else told
                sent = replaced(before, side, end)
                came = tuple(at for at in waiting if self.shown[at].sender != side)
                rest = tuple(at for at in waiting if self.shown[at].sender == side)
                for arrived in range(len(came) + 1):
                    for now, extra, last in self._deliver_all(sent, came[:arrived], then):
                        self._fate(price + first + more + extra, now, point.at,
                                   tuple(sorted(came[arrived:] + rest)), last)

    def _fate(self, price, ends, at, late, story):
        one = self.shown[at]
        arrives = self.fates is None or self.fates[at]
        behind = any(self.shown[each].sender == one.sender for each in late)
        matters = behind
        if arrives and not behind:
            for now, more, then in self._deliver_all(ends, (at,), story):
                matters = matters or now != ends
                self._push(price + more, Point(at + 1, now, late), then)
        if not arrives or matters and self.fates is None:
            self._push(price + LOST, Point(at + 1, ends, late), (story, ('lost', at)))
        if arrives and matters and self._may_cross(at):
            self._push(price + (0 if behind else self._lateness(at)),
                       Point(at + 1, ends, late + (at,)), (story, ('late', at)))

    def _may_cross(self, at):
        """Its receiver sends before long, and what it sends does not show that it got this."""
        one, answer = self.shown[at], self.next_of[at]
        return answer is not None and answer.time - one.time <= TARDY_SEC and not (
            answer.flags & ACK and after(one) != one.seq and ahead(answer.ack, after(one)) >= 0)

    def _lateness(self, at):
        return LATE if self.next_of[at].time - self.shown[at].time <= CROSSING_SEC else TARDY


def replaced(ends, side, end):
    return (ends[0], end) if side else (end, ends[1])


def unfold(story):
    found = []
    while story:
        story, act = story
        found.append(act)
    return found[::-1]
