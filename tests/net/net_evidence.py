# SPDX-License-Identifier: BSD-3-Clause
"""What became of every packet of a connection, and which disagreements a tap cannot avoid by it.

For whom: net_random.py. Three captures run beside the test: all of the mirror port, and in each
host what its packet filter dropped, through nflog. Together they give each packet one fate:

    arrived   the tap saw it, its receiver got it
    behind    the tap saw it, the receiver's filter dropped it
    before    the sender's filter dropped it, the tap never saw it

A packet dropped behind the tap is the same bytes, TCP header and IPv4 identification, as one that
the tap saw: that is how it is found. CLASSES are the ways in which `ss` may differ from spanstat
with nobody to blame. Each demands its packets, and where the reason is that an application left
without one, the state in which the kernel said it was. What no class takes is a mistake of the
tracker or of this file, and its transcript is there to say which.
"""
import socket
import struct
import subprocess
from collections import Counter, namedtuple

from lab import LabError, wait_for

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
NFLOG_GROUP = 1
NFLOG_PREFIX, NFLOG_PAYLOAD = 10, 9     # types of the link type's TLVs
SNAP_BYTES = 200
CROSSING_SEC = 0.002                    # a host's ACK and its peer's FIN, sent at one moment
FIN_TIMEOUT_SEC = 60                    # of Linux, for TIME_WAIT and for an orphan in FIN_WAIT_2

Packet = namedtuple('Packet', 'time ends seq ack flags length print')
Sent = namedtuple('Sent', 'time sender seq ack flags length fate')


def logged(way):
    """The part of an nft rule that shows a packet to this file before it is dropped."""
    return f'log prefix "{way}" group {NFLOG_GROUP} snaplen {SNAP_BYTES} queue-threshold 1'


# Captures.

class Capture:
    """tcpdump on one device of one namespace, into a file."""

    def __init__(self, space, device, path, *options):
        self.path = path
        self._process = subprocess.Popen(
            ['ip', 'netns', 'exec', space.name, 'tcpdump', '-Z', 'root', '-i', device, '-B',
             '65536', '-U', '-w', path, *options], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        # The file's header is written when the device has been opened.
        if not wait_for(lambda: self._size() or self._process.poll() is not None) or \
           self._process.poll() is not None:
            self.stop()
            raise LabError(f'no capture on {device} in time')

    def _size(self):
        try:
            with open(self.path, 'rb') as file:
                return len(file.read(24)) == 24
        except FileNotFoundError:
            return False

    def stop(self):
        """Ends it; gives how many packets tcpdump says that it missed. It must not have ended."""
        ended = self._process.poll() is not None
        self._process.terminate()
        words = self._process.communicate()[1]
        if ended:
            raise LabError(f'the capture {self.path} ended early: {words}')
        lines = [line.split() for line in words.splitlines() if 'dropped by' in line]
        return sum(int(line[0]) for line in lines)


class Captures:
    """The three captures; `with Captures(...)` ends them whatever happens."""

    def __init__(self, lab, path):
        self._lab, self._path, self._made = lab, path, {}

    def __enter__(self):
        lab = self._lab
        try:
            # No -s on nflog: libpcap takes it for the size of whole netlink messages.
            for name, space, *words in (('tap', lab.tap, 'mir0', '-s', str(SNAP_BYTES)),
                                        ('a', lab.a, f'nflog:{NFLOG_GROUP}'),
                                        ('b', lab.b, f'nflog:{NFLOG_GROUP}')):
                device, *options = words
                self._made[name] = Capture(space, device, self._path(name + '.pcap'), *options)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exception):
        self.stop()

    def stop(self):
        made, self._made = self._made, {}
        return sum(capture.stop() for capture in made.values())

    def evidence(self):
        return Evidence(*(self._path(name + '.pcap') for name in ('tap', 'a', 'b')))


def records(path):
    """(seconds, bytes) of each packet of a file that tcpdump on this machine wrote."""
    with open(path, 'rb') as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        sec, usec, caplen, _ = struct.unpack_from('=IIII', data, at)
        if at + 16 + caplen > len(data):
            return
        yield sec + usec / 1e6, data[at + 16:at + 16 + caplen]
        at += 16 + caplen


def unlogged(data):
    """The prefix and the datagram of a record of link type NFLOG."""
    found, at = {}, 4
    while at + 4 <= len(data):
        size, kind = struct.unpack_from('=HH', data, at)
        found[kind & 0x7fff] = data[at + 4:at + size]
        at += max(4, size + 3 & ~3)
    return found.get(NFLOG_PREFIX, b'').rstrip(b'\0').decode(), found.get(NFLOG_PAYLOAD, b'')


def packet(time, data):
    """A TCP datagram taken apart, or None for anything else."""
    if data[:1] and data[0] >> 4 == 4 and data[9] == socket.IPPROTO_TCP:
        start, length = (data[0] & 15) * 4, struct.unpack_from('>H', data, 2)[0]
        family, ends, ident = socket.AF_INET, (data[12:16], data[16:20]), data[4:6]
    elif data[:1] and data[0] >> 4 == 6 and data[6] == socket.IPPROTO_TCP:
        start, length = 40, 40 + struct.unpack_from('>H', data, 4)[0]
        family, ends, ident = socket.AF_INET6, (data[8:24], data[24:40]), b''
    else:
        return None
    sport, dport, seq, ack, offset, flags = struct.unpack_from('>HHIIBB', data, start)
    head = (offset >> 4) * 4
    here, there = (socket.inet_ntop(family, address) for address in ends)
    return Packet(time, (here, sport, there, dport), seq, ack, flags & 31, length - start - head,
                  ident + data[start:start + head])


# Fates.

class Evidence:
    """Every packet of every connection with its fate, in order of time."""

    def __init__(self, tap, *hosts):
        self._sent = {}
        behind, before = Counter(), []
        for path in hosts:
            for time, data in records(path):
                prefix, datagram = unlogged(data)
                found = packet(time, datagram)
                if found and prefix == 'rx':
                    behind[found.ends, found.print] += 1
                elif found:
                    before.append(found)
        for time, data in records(tap):
            found = packet(time, data[14:])
            if found:
                lost = behind[found.ends, found.print] > 0
                behind[found.ends, found.print] -= lost
                self._enter(found, 'behind' if lost else 'arrived')
        for found in before:
            self._enter(found, 'before')
        # Drops that the tap's capture does not have: with any of these, no fate is certain.
        self.unmatched = sum(behind.values())
        for sent in self._sent.values():
            sent.sort(key=lambda one: one.time)

    def _enter(self, found, fate):
        here, port, there, peer = found.ends
        for ends, sender in ((found.ends, 0), ((there, peer, here, port), 1)):
            if sender or ends in self._sent or (found.flags & (SYN | ACK)) == SYN:
                self._sent.setdefault(ends, []).append(
                    Sent(found.time, sender, found.seq, found.ack, found.flags, found.length, fate))
                return

    def of(self, ends):
        return self._sent.get(ends, [])

    def total(self):
        return Counter(one.fate for sent in self._sent.values() for one in sent)


def transcript(sent):
    """The packets in words, numbers relative to each side's first."""
    first, lines = {}, []
    for one in sent:
        first.setdefault(one.sender, one.seq)
        flags = ''.join(letter for bit, letter in ((SYN, 'S'), (FIN, 'F'), (RST, 'R'), (PSH, 'P'),
                                                   (ACK, '.')) if one.flags & bit)
        base = first.setdefault(not one.sender, one.ack - 1) if one.flags & ACK else 0
        ack = f' ack {(one.ack - base) % (1 << 32)}' if one.flags & ACK else ''
        fate = {'arrived': '', 'behind': '  LOST behind the tap', 'before': '  LOST before the tap'}
        lines.append(f'{one.time - sent[0].time:9.4f} {"<" if one.sender else ">"} {flags:3} '
                     f'seq {(one.seq - first[one.sender]) % (1 << 32)}{ack} '
                     f'len {one.length}{fate[one.fate]}')
    return lines


# Classes.

class Case:
    """One end where spanstat and ss differ: 0 is the client's, 1 the server's."""

    def __init__(self, end, seen, truth, sent, life, in_state):
        """`life` is what its application did: .left (how, in which state) or None, .closed (when
        it first closed or half closed, or None), .had (whether it ever got the connection)."""
        self.end, self.seen, self.truth, self.sent = end, seen, truth, sent
        self.left, self.life, self.in_state = life.left, life, in_state

    def by(self, sender):
        who = self.end if sender == 'self' else 1 - self.end
        return [one for one in self.sent if one.sender == who]

    def fin_ack(self, sender):
        """The number that acknowledges the FIN of this end, or its peer; None without a FIN."""
        for one in self.by(sender):
            if one.flags & FIN:
                return (one.seq + one.length + 1) % (1 << 32)
        return None

    def fates(self, sender, flag):
        """What became of the packets with this flag that this end, or its peer, sent."""
        return {one.fate for one in self.by(sender) if one.flags & flag}


def reset_lost_behind(case):
    """its peer's RSTs of the number it expects were on the wire and all were lost behind the tap"""
    expects = ([one.ack for one in case.by('self') if one.flags & ACK] or [None])[-1]
    shown = [one for one in case.by('peer') if one.flags & RST and one.fate != 'before']
    return (case.truth != 'CLOSED' == case.seen and any(one.fate == 'behind' for one in shown) and
            not any(one.fate == 'arrived' and (one.seq == expects or expects is None)
                    for one in shown) and
            (shown[-1].seq == expects or all(one.fate == 'behind' for one in shown)))


def reset_lost_before(case):
    """it sent RSTs and all were lost before the tap"""
    return case.seen != 'CLOSED' == case.truth and case.fates('self', RST) == {'before'}


def gave_up_in_syn_sent(case):
    """its application gave up in SYN_SENT, where the kernel sends nothing"""
    return (case.truth == 'CLOSED' and case.seen == 'SYN_SENT' and case.left is not None and
            case.left[1] == 'SYN_SENT' and not case.fates('self', RST))


def aborted_silently(case):
    """its application aborted in CLOSING or LAST_ACK, where the kernel sends nothing"""
    return (case.truth == 'CLOSED' != case.seen and case.left is not None and
            case.left[0] == 'abort' and case.left[1] in ('CLOSING', 'LAST_ACK') and
            not case.fates('self', RST))


def time_wait_reset(case):
    """a RST reached it in TIME_WAIT, where Linux takes it and RFC 1337 does not"""
    return (case.truth == 'CLOSED' and case.seen == 'TIME_WAIT' and
            'arrived' in case.fates('peer', RST))


def timed_out(case):
    """its kernel forgot it, as it does 60 s after the last packet"""
    return (case.truth == 'CLOSED' and case.seen in ('TIME_WAIT', 'FIN_WAIT_2') and
            case.in_state >= FIN_TIMEOUT_SEC)


def request_forgotten(case):
    """it got only the SYN, and its kernel forgot that when a repeated SYN-ACK could not leave"""
    own = [one for one in case.by('self') if one.flags & SYN]
    return (case.truth == 'CLOSED' and case.seen in ('ESTABLISHED', 'SYN_RECEIVED') and
            case.end == 1 and not case.life.had and bool(own) and own[-1].fate == 'before' and
            all(one.fate != 'arrived' for one in case.by('peer') if not one.flags & SYN))


def opened_unheard(case):
    """it got the SYN-ACK, and all that it sent since was lost before the tap"""
    own = [one for one in case.by('self') if not one.flags & SYN]
    return ((case.seen, case.truth) == ('SYN_SENT', 'ESTABLISHED') and bool(own) and
            'arrived' in case.fates('peer', SYN) and all(one.fate == 'before' for one in own))


def fin_lost_behind(case):
    """its peer's FIN was lost behind the tap, and the peer went without repeating it there"""
    fins = [one.fate for one in case.by('peer') if one.flags & FIN and one.fate != 'before']
    return (case.truth, case.seen) in UNRECEIVED and fins == ['behind']


def fin_answer_lost_before(case):
    """it got a repeated FIN, and its answer was lost before the tap; the peer asks no more"""
    own, fin = case.by('self'), case.fin_ack('peer')
    return ((case.seen, case.truth) in UNRECEIVED and 'arrived' in case.fates('peer', FIN) and
            own[-1].fate == 'before' and own[-1].ack == fin)


def fin_kept_back(case):
    """it closed before the peer's FIN came, but its own FIN was on the wire only after that"""
    number = case.fin_ack('peer')
    came = [one.time for one in case.by('peer') if one.flags & FIN and one.fate == 'arrived']
    shown = [one for one in case.by('self') if one.flags & FIN and one.fate != 'before']
    return ((case.seen, case.truth) in KEPT_BACK and case.life.closed is not None and
            bool(came) and case.life.closed < came[0] and bool(shown) and
            all(one.ack == number for one in shown))


def fin_crossed_its_ack(case):
    """it repeated its FIN just as the ACK came, and the repetition was lost behind the tap"""
    number = case.fin_ack('self')
    acks = [one.time for one in case.by('peer')
            if one.flags & ACK and one.ack == number and one.fate == 'arrived']
    late = [one for one in case.by('self')
            if one.flags & FIN and acks and one.time >= acks[0] and one.fate != 'before']
    return ((case.seen, case.truth) in CROSSED and bool(late) and
            all(one.fate == 'behind' and one.time - acks[0] < CROSSING_SEC for one in late))


def challenge_lost(case):
    """a RST beside the number that it expected reached it, and its challenge ACK was lost"""
    resets = [one for one in case.by('peer') if one.flags & RST and one.fate == 'arrived']
    answers = [one for one in case.by('self') if resets and one.time > resets[-1].time]
    return (case.truth != 'CLOSED' == case.seen and bool(answers) and
            all(one.fate != 'arrived' and one.ack != resets[-1].seq for one in answers))


# (spanstat, ss) of an end that has a FIN which the tap holds for lost (or the other way round),
UNRECEIVED = (('ESTABLISHED', 'CLOSE_WAIT'), ('FIN_WAIT_1', 'CLOSING'), ('FIN_WAIT_2', 'TIME_WAIT'))
# of one whose FIN looks like an answer to its peer's and is none,
KEPT_BACK = (('LAST_ACK', 'CLOSING'), ('CLOSED', 'TIME_WAIT'))
# and of one whose FIN was acknowledged though it repeats it.
CROSSED = (('FIN_WAIT_1', 'FIN_WAIT_2'), ('CLOSING', 'TIME_WAIT'), ('LAST_ACK', 'CLOSED'))

CLASSES = (reset_lost_behind, reset_lost_before, gave_up_in_syn_sent, aborted_silently,
           time_wait_reset, timed_out, request_forgotten, opened_unheard, fin_lost_behind,
           fin_answer_lost_before, fin_kept_back)

# What a tap with a clock might tell, and spanstat does not: explained, but no agreement.
SHORTCOMINGS = (fin_crossed_its_ack, challenge_lost)
