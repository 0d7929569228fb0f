# SPDX-License-Identifier: BSD-3-Clause
"""net_model.py's stories of small conversations, where anybody can say what a tap may conclude.

A line is a packet as tcpdump would print it: time, `>` from the client or `<` from the server,
flags, first number, bytes, ACK number; numbers begin at 0 at each side. For both ends the states of
the likeliest stories are wanted, all of the lowest price. Needs no root and no packets.
"""
from net_evidence import Sent
from net_model import ACK, FIN, RST, SYN, Search

FLAGS = {'S': SYN, 'F': FIN, 'R': RST, '.': ACK}
OPEN = '0 > S 0 0 0, 0.1 < S. 0 0 1, 0.2 > . 1 0 1, '
TALK = OPEN + '1 > . 1 100 1, 1.1 < . 1 0 101, '

# (what, packets, the client's states, the server's states).
CONVERSATIONS = (
    ('a SYN, unanswered: lost, or its answer was', '0 > S 0 0 0', 'SYN_SENT',
     'CLOSED SYN_RECEIVED'),
    ('a SYN-ACK, unanswered: lost, or its answer was', '0 > S 0 0 0, 0.1 < S. 0 0 1',
     'SYN_SENT ESTABLISHED', 'SYN_RECEIVED'),
    ('open', OPEN, 'ESTABLISHED', 'ESTABLISHED'),
    ('SYN-ACK again: the ACK was lost, or the accept queue is full',
     OPEN + '1.1 < S. 0 0 1, 1.2 > . 1 0 1', 'ESTABLISHED', 'ESTABLISHED SYN_RECEIVED'),
    ('SYN-ACK again and again: the accept queue is full, or was',
     OPEN + '1.1 < S. 0 0 1, 1.2 > . 1 0 1, 3.1 < S. 0 0 1, 3.2 > . 1 0 1', 'ESTABLISHED',
     'ESTABLISHED SYN_RECEIVED'),
    ('SYN-ACK again, and then data: the ACK was lost, or the queue was full',
     OPEN + '1.1 < S. 0 0 1, 1.2 > . 1 0 1, 2 < . 1 10 1, 2.1 > . 1 0 11', 'ESTABLISHED',
     'ESTABLISHED'),
    ('refused', '0 > S 0 0 0, 0.1 < R. 0 0 1', 'CLOSED', 'CLOSED'),
    ('half closed', TALK + '2 > F. 101 0 1, 2.1 < . 1 0 102', 'FIN_WAIT_2', 'CLOSE_WAIT'),
    ('half closed, the FIN again, its answer again: the first one was lost',
     TALK + '2 > F. 101 0 1, 2.1 < . 1 0 102, 2.2 > F. 101 0 1, 2.3 < . 1 0 102', 'FIN_WAIT_2',
     'CLOSE_WAIT'),
    ('a FIN three times, unanswered: it was lost, or the answers were',
     TALK + '2 > F. 101 0 1, 2.2 > F. 101 0 1, 2.4 > F. 101 0 1', 'FIN_WAIT_1',
     'ESTABLISHED CLOSE_WAIT'),
    ('both closed', TALK + '2 > F. 101 0 1, 2.1 < . 1 0 102, 3 < F. 1 0 102, 3.1 > . 102 0 2',
     'TIME_WAIT', 'CLOSED'),
    ('both closed at one moment',
     TALK + '2 > F. 101 0 1, 2.001 < F. 1 0 101, 2.1 > . 102 0 2, 2.101 < . 2 0 102', 'TIME_WAIT',
     'TIME_WAIT'),
    ('the server closes late, with an ACK number that leaves out the FIN of the client',
     TALK + '2 > F. 101 0 1, 9 < F. 1 0 101, 9.2 < F. 1 0 101', 'FIN_WAIT_1 CLOSING',
     'FIN_WAIT_1'),
    ('aborted', TALK + '2 > R. 101 0 1', 'CLOSED', 'CLOSED'),
    ('aborted with a number that is not expected, and challenged',
     TALK + '2 > . 101 50 1, 3 > R. 151 0 1, 3.1 < . 1 0 101', 'CLOSED', 'ESTABLISHED'),
    ('challenged, and reset with the number asked for',
     TALK + '2 > . 101 50 1, 3 > R. 151 0 1, 3.1 < . 1 0 101, 3.2 > R 101 0 0', 'CLOSED',
     'CLOSED'),
    ('a RST in TIME_WAIT: hosts differ',
     TALK + '2 > F. 101 0 1, 2.1 < F. 1 0 102, 2.2 > . 102 0 2, 2.3 < R 2 0 0', 'TIME_WAIT CLOSED',
     'CLOSED'),
)


def packets(text):
    for words in (line.split() for line in text.strip(', ').split(',')):
        time, side, flags, *numbers = words
        first, length, ack = map(int, numbers)
        yield Sent(float(time), int(side == '<'), first, ack, sum(FLAGS[each] for each in flags),
                   length, 'arrived')


def likeliest(text):
    """The states of each end that stories of the lowest price lead to."""
    lowest, found = None, (set(), set())
    for price, states, _ in Search(list(packets(text))).finals():
        if lowest is not None and price > lowest:
            break
        lowest = price
        for each, state in zip(found, states):
            each.add(state)
    return found


def test_conversations(checks):
    for what, text, *wanted in CONVERSATIONS:
        checks.equal(likeliest(text), tuple(set(states.split()) for states in wanted), what)
