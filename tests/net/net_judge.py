# SPDX-License-Identifier: BSD-3-Clause
"""Could the wire tell? For each end where spanstat and `ss` differ, by net_model.py's stories.

For whom: net_random.py. An end is BLIND where a story of the very same packets with spanstat's
state is as cheap as the cheapest with that of `ss`: an ideal tap could not have said better. Which
class such an end has, no list says: it is the packet (or the silent act) that makes the difference
between that story and the one that was, and that one is replayed from the hosts' own captures, with
the fate of every packet as they have it. Where the replay does not come to what `ss` says, the end
is unexplained, and so is one where spanstat's story is dearer: there the wire could tell.

Known of those are the SHORTCOMINGS, each with its reason. They count as disagreement all the same.
"""
from collections import Counter

from net_model import ACK, FIN, FIN_ACKED, RST, SYN, Search, after

FORGOTTEN_SEC = 60      # after which Linux forgets TIME_WAIT, and FIN_WAIT_2 without application
NO_ROW = 'no row'         # for a state that spanstat does not show
TIMED_OUT = 'its kernel forgot it, as it does 60 s after the last packet'
FIN_GOT = ('CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT')

# What an act is called, of the end itself and of its peer; the first that differs gives the class.
SILENT_ACTS = {
    'gave up': 'gave up in SYN_SENT, where a host sends nothing',
    'aborted': 'aborted in CLOSING or LAST_ACK, where a host sends nothing',
    'closes': 'closed, and its FIN was not on the wire at once',
    'resets': 'sent a RST that was lost before the tap',
    'forgets': 'forgot a connection that opened, its SYN-ACK lost before the tap',
    'taken': 'took a RST where a host need not',
    'full': 'had room for no more, and dropped the ACK of its SYN-ACK',
    'unread': 'had nobody left to read, and answered with a RST',
    'unanswered': 'answered, and that was lost before the tap',
}
PACKETS = ('RST', 'FIN', 'ACK of a FIN', 'SYN-ACK', 'SYN', 'ACK', 'data')


class Connection:
    """What was on the wire and before it, with fates, and what both applications did."""

    def __init__(self, sent, lives):
        self.sent, self.lives = sent, lives
        self.shown = [one for one in sent if one.fate != 'before']

    def prices(self, truth):
        """[{state: (price, story)}] of both ends, complete up to the prices of `truth`."""
        best = {}, {}
        for price, states, story in Search(self.shown).finals():
            if all(each in found and price > found[each][0]
                   for each, found in zip(truth, best)):
                return best
            for found, state in zip(best, states):
                found.setdefault(state, (price, story))
        return best

    def story_that_was(self, truth):
        """The story with all fates as captured that ends as `ss` says, or None."""
        fates = [one.fate == 'arrived' for one in self.shown]
        for _, states, story in Search(self.shown, fates, self._may_have).finals():
            if states == truth:
                return story
        return None

    def _may_have(self, side, act):
        """Whether an act that no packet at the tap shows is borne out by the host."""
        unseen = [one for one in self.sent if one.sender == side and one.fate == 'before']
        life = self.lives[side]
        return {'gave up': life.left is not None and life.left[1] == 'SYN_SENT',
                'aborted': life.left is not None and life.left[0] == 'abort',
                'closes': life.closed is not None,
                'resets': any(one.flags & RST for one in unseen),
                'forgets': any(one.flags & SYN for one in unseen)}[act]

    def fin_number(self, side):
        """What acknowledges the FIN of this side; None where the tap saw none."""
        for one in self.shown:
            if one.sender == side and one.flags & FIN:
                return after(one)
        return None

    def kind(self, one):
        if one.flags & RST:
            return 'RST'
        if one.flags & SYN:
            return 'SYN-ACK' if one.flags & ACK else 'SYN'
        if one.flags & FIN:
            return 'FIN'
        if one.length:
            return 'data'
        return 'ACK of a FIN' if one.ack == self.fin_number(1 - one.sender) else 'ACK'

    def named(self, acts, end):
        """(rank, words) of each act, seen from one end; the lowest rank is the most telling."""
        for act in acts:
            if act[0] in ('lost', 'late'):
                one = self.shown[act[1]]
                whose, kind = 'its' if one.sender == end else "its peer's", self.kind(one)
                fate = 'was lost behind the tap' if act[0] == 'lost' else 'crossed the next packet'
                yield 20 + 10 * (act[0] == 'late') + PACKETS.index(kind), f'{whose} {kind} {fate}'
            else:
                mine = act[1] == end
                rank = list(SILENT_ACTS).index(act[0])
                yield (rank + (0 if mine else 10) if act[0] != 'unanswered' else 28 - mine,
                       f'{"it" if mine else "its peer"} {SILENT_ACTS[act[0]]}')

    def difference(self, was, other, end):
        """The class: what was, and is not in the other story; else what is in that alone."""
        for acts, words in ((Counter(was) - Counter(other), '{}'),
                            (Counter(other) - Counter(was), 'as if {}')):
            if acts:
                return words.format(min(self.named(acts, end))[1])
        return None


class Case:
    """One end where spanstat and ss differ: 0 is the client's, 1 the server's. `told` is the state
    of the likeliest story, which may be neither of the two."""

    def __init__(self, connection, end, seen, truth, prices):
        self.connection, self.end, self.seen, self.truth = connection, end, seen, truth
        self.shown, self.prices = connection.shown, prices
        self.told = next(iter(prices), None)

    def by(self, sender):
        who = self.end if sender == 'self' else 1 - self.end
        return [one for one in self.shown if one.sender == who]


# What a tap could tell, and spanstat does not.

def fin_again(case):
    """it repeated its FIN after an ACK of it; the ACK, or a later one, is held for unheard"""
    number = case.connection.fin_number(case.end)
    acks = [one for one in case.by('peer') if one.flags & ACK and one.ack == number]
    return (FIN_ACKED.get(case.seen) in (case.truth, case.told) and
            any(one.fate == 'arrived' for one in acks) and
            any(one.flags & FIN and one.time > acks[0].time for one in case.by('self')))


def fin_disowned(case):
    """after its peer's FIN passed, its own ACK number shows to the last that it did not get it"""
    number = case.connection.fin_number(1 - case.end)
    fins = [one for one in case.by('peer') if one.flags & FIN]
    later = [one for one in case.by('self') if fins and one.flags & ACK and
             one.time > fins[0].time]
    return case.seen in FIN_GOT and bool(later) and all(one.ack != number for one in later)


def challenge_ignored(case):
    """its peer's RST was believed by that end's own number, and was not what it expected"""
    expects = ([one.ack for one in case.by('self') if one.flags & ACK] or [None])[-1]
    resets = [one for one in case.by('peer') if one.flags & RST]
    return (case.seen == 'CLOSED' != case.truth and bool(resets) and
            not any(one.seq == expects and one.fate == 'arrived' for one in resets))


def syn_ack_again(case):
    """it repeated its SYN-ACK after an ACK of it; a later ACK of it is held for unheard"""
    own = [one.time for one in case.by('self') if one.flags & SYN]
    acks = [one for one in case.by('peer') if not one.flags & (SYN | RST)]
    return (case.seen == 'SYN_RECEIVED' and bool(own) and bool(acks) and
            acks[0].time < own[-1] and any(one.fate == 'arrived' for one in acks))


def reset_unexpected(case):
    """it sent a RST of a number that nobody expects any more: blind ones look like that"""
    own = [one for one in case.by('self') if one.flags & RST]
    others = [one for one in case.by('self') if not one.flags & RST]
    acks = [one.ack for one in case.by('peer') if one.flags & ACK]
    expected = {*acks[-1:], *(after(one) for one in others[-1:])}
    return (case.seen != 'CLOSED' == case.truth and bool(own) and bool(expected) and
            all(one.seq not in expected for one in own))


SHORTCOMINGS = (fin_again, fin_disowned, challenge_ignored, syn_ack_again, reset_unexpected)


def judge(sent, lives, seen, truth, in_state_sec):
    """{end: (kind, class)} for each end where they differ: 'blind', 'short' or 'unexplained'."""
    connection, found = Connection(sent, lives), {}
    for end in (0, 1):
        if truth[end] == 'CLOSED' and seen[end] in ('TIME_WAIT', 'FIN_WAIT_2') and \
           in_state_sec >= FORGOTTEN_SEC:
            found[end] = 'blind', TIMED_OUT
    truth = tuple(seen[end] if end in found else truth[end] for end in (0, 1))
    if seen == truth:
        return found
    prices, was = connection.prices(truth), connection.story_that_was(truth)
    for end in (0, 1):
        if seen[end] != truth[end]:
            case = Case(connection, end, seen[end], truth[end], prices[end])
            found[end] = judge_end(case, was)
    return found


def judge_end(case, was):
    price, best = case.prices.get(case.seen), case.prices.get(case.truth)
    if best is None:
        return 'unexplained', 'no story leads to what ss says'
    if price is not None and price[0] <= best[0]:
        name = was is not None and case.connection.difference(was, price[1], case.end)
        return ('blind', name) if name else ('unexplained', 'the captures do not lead to ss')
    for each in SHORTCOMINGS:
        if case.seen != NO_ROW and each(case):
            return 'short', each.__doc__
    return 'unexplained', f'the wire could tell: {case.told}'
