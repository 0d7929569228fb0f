# SPDX-License-Identifier: BSD-3-Clause
"""What became of every packet of every connection, from the hosts' own captures.

For whom: net_random.py and its net_judge.py. Three captures run beside the test: all of the mirror
port, and in each host what its packet filter dropped, through nflog. Together they give each packet
one fate:

    arrived   the tap saw it, its receiver got it
    behind    the tap saw it, the receiver's filter dropped it
    before    the sender's filter dropped it, the tap never saw it

A packet dropped behind the tap is the same bytes, TCP header and IPv4 identification, as one that
the tap saw: that is how it is found, and among several alike by the time.
"""
import socket
import struct
import subprocess
from collections import Counter, defaultdict, namedtuple

from lab import LabError, wait_for

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
NFLOG_GROUP = 1
NFLOG_TIME, NFLOG_PAYLOAD, NFLOG_PREFIX = 3, 9, 10     # types of the link type's TLVs
SNAP_BYTES = 200

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
    """Of a record of link type NFLOG: the prefix, the datagram, and the time at which the host got
    it, or None; the record's own time is when it was read."""
    found, at = {}, 4
    while at + 4 <= len(data):
        size, kind = struct.unpack_from('=HH', data, at)
        found[kind & 0x7fff] = data[at + 4:at + size]
        at += max(4, size + 3 & ~3)
    stamp = found.get(NFLOG_TIME)
    return (found.get(NFLOG_PREFIX, b'').rstrip(b'\0').decode(), found.get(NFLOG_PAYLOAD, b''),
            stamp and struct.unpack('>Q', stamp[:8])[0] + struct.unpack('>Q', stamp[8:])[0] / 1e6)


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
        behind, before = defaultdict(list), []
        for path in hosts:
            for time, data in records(path):
                prefix, datagram, received = unlogged(data)
                found = packet(time, datagram)
                if found and prefix == 'rx':
                    behind[found.ends, found.print].append(received or time)
                elif found:
                    before.append((found, 'before'))
        packets = (packet(time, data[14:]) for time, data in records(tap))
        shown = [found for found in packets if found]
        fallen = self._fallen(shown, behind)
        # Drops that the tap's capture does not have: with any of these, no fate is certain.
        self.unmatched = sum(len(times) for times in behind.values()) - len(fallen)
        fated = [(found, 'behind' if number in fallen else 'arrived')
                 for number, found in enumerate(shown)]
        for found, fate in sorted(fated + before, key=lambda one: one[0].time):
            self._enter(found, fate)

    @staticmethod
    def _fallen(shown, behind):
        """Which of the packets shown, by number: of several alike, those nearest to the drops."""
        alike, fallen = defaultdict(list), set()
        for number, found in enumerate(shown):
            alike[found.ends, found.print].append(number)
        for key, times in behind.items():
            for time in times[:len(alike[key])]:
                left = [number for number in alike[key] if number not in fallen]
                fallen.add(min(left, key=lambda number, at=time: abs(shown[number].time - at)))
        return fallen

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
