# SPDX-License-Identifier: BSD-3-Clause
"""The same capture with every sequence number moved, so that it wraps: the rows must be the same.

Each end of each pair of sockets gets a constant that puts the wrap of 2^32 between the first number
that it shows and its last. The constant is added to all its sequence numbers, to the ACKs and SACK
edges of the other end, and to what ICMP errors quote; the checksum follows. Nothing else changes:
whatever `spanstat -r FILE --keep allconn --json` prints must be equal to the last field. A tuple
that is used again keeps its constants: what decides between two lives are differences.

Not every number in a header is of its end's sequence space. A RST that refuses what carried no ACK
has number 0 because its sender has none; it keeps 0, as does an end that shows no number at all.

Without --file the capture is one of replay_make's, and a third reading shows that the comparison
can fail: there the ACKs stay behind. Files that are no classic pcap are named and passed
over. Memory: the whole capture.
"""
import collections
import json
import random
import struct

import replay_make
from replay_check import flat, key_of, run, text_of
from replay_scenarios import HARD, SCENARIOS
from replay_wire import ACK, FIN, MASK, RST, SYN, TCP, ETHER_IP4, ETHER_IP6, capture_write

FORMATS = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">",  # microseconds
           b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">"}  # nanoseconds
TAGS = (0x8100, 0x88a8, 0x9100, 0x9200, 0x9300)
MPLS, PPPOE, PPP_IP = (0x8847, 0x8848), 0x8864, (b"\0\x21", b"\0\x57")
IP6_CHAIN = (0, 43, 60, 135, 139, 140)  # headers whose second byte is a length in eights
FRAGMENT, AUTHENTICATION = 44, 51
ICMP, ICMP6 = 1, 58
ICMP_ERRORS, ICMP6_ERRORS = (3, 11, 12), (1, 2, 3, 4)
WRAP_WITHIN = 4000  # bytes from an end's first number to the wrap, at most
CONNECTIONS = 2000
SHOWN = 20  # differences of one file

# Sockets as bytes; a TCP header's place in its frame.
Segment = collections.namedtuple("Segment", "src dst at size length")


# --- where the TCP header is ------------------------------------------------------------------

def mpls_payload(frame, at):
    """Behind the label that says it is the last."""
    while at + 4 <= len(frame) and not frame[at + 2] & 1:
        at += 4
    return at + 4


def ether_payload(frame, at):
    """From an EtherType on: the offset of the IP header or None."""
    while at + 2 <= len(frame):
        kind, at = int.from_bytes(frame[at:at + 2], "big"), at + 2
        if kind in (ETHER_IP4, ETHER_IP6):
            return at
        if kind in MPLS:
            return mpls_payload(frame, at)
        if kind == PPPOE:
            return at + 8 if frame[at + 6:at + 8] in PPP_IP else None
        if kind not in TAGS:
            return None
        at += 2
    return None


def ip_at(frame, link):
    """The offset of the IP header, None when there is none to be found."""
    if link == 1:
        return ether_payload(frame, 12)
    if link == 113:
        return ether_payload(frame, 14)
    if link == 276:
        return 20 if frame[:2] in (b"\x08\0", b"\x86\xdd") else None
    if link in (0, 108):
        return 4
    return 0 if link in (12, 14, 101, 228, 229) else None


def tcp_of_ip4(frame, at):
    size = (frame[at] & 15) * 4
    total, offset = struct.unpack_from(">H2xH", frame, at + 2)
    if frame[at + 9] != TCP or offset & 0x1fff or size < 20:
        return None
    # 0: segmentation offload; the length is what was on the wire, as far as it was kept
    end = at + total if total else len(frame)
    return frame[at + 12:at + 16], frame[at + 16:at + 20], at + size, end


def tcp_of_ip6(frame, at):
    length, follows = struct.unpack_from(">HB", frame, at + 4)
    end = at + 40 + length if length else len(frame)
    place = at + 40
    while follows != TCP:
        if follows in IP6_CHAIN:
            size = 8 + 8 * frame[place + 1]
        elif follows == AUTHENTICATION:
            size = 8 + 4 * frame[place + 1]
        elif follows == FRAGMENT and not int.from_bytes(frame[place + 2:place + 4], "big") >> 3:
            size = 8
        else:
            return None
        follows, place = frame[place], place + size
    return frame[at + 8:at + 24], frame[at + 24:at + 40], place, end


def segment_find(frame, link):
    """The Segment in a frame; None when it holds no TCP header that can be rewritten whole."""
    at = ip_at(frame, link)
    try:
        if at is None or at >= len(frame) or frame[at] >> 4 not in (4, 6):
            return None
        found = (tcp_of_ip4 if frame[at] >> 4 == 4 else tcp_of_ip6)(frame, at)
        if found is None:
            return None
        src, dst, at, end = found
        size = (frame[at + 12] >> 4) * 4
    except (IndexError, struct.error):
        return None
    if at + 20 > len(frame) or size < 20:
        return None
    ports = frame[at:at + 4]
    return Segment(bytes(src + ports[:2]), bytes(dst + ports[2:]), at,
                   min(size, len(frame) - at), max(0, end - at - size))


def quote_find(frame, link):
    """The two sockets of a TCP segment that an ICMP error quotes, sender first, and where its
    header stands; None when the frame is no such error or the number is not in it."""
    at = ip_at(frame, link)
    try:
        if frame[at] >> 4 == 4 and frame[at + 9] == ICMP:
            kinds, find, at = ICMP_ERRORS, tcp_of_ip4, at + (frame[at] & 15) * 4
        elif frame[at] >> 4 == 6 and frame[at + 6] == ICMP6:
            kinds, find, at = ICMP6_ERRORS, tcp_of_ip6, at + 40
        else:
            return None
        found = find(frame, at + 8) if frame[at] in kinds else None
    except (IndexError, TypeError, struct.error):
        return None
    if found is None or found[2] + 8 > len(frame):
        return None
    src, dst, at, _ = found
    return bytes(src + frame[at:at + 2]), bytes(dst + frame[at + 2:at + 4]), at


# --- by how much --------------------------------------------------------------------------------

class End:
    """What one socket shows of its sequence space toward one other."""

    def __init__(self):
        self.first = None  # number
        self.span = 0      # from it to the last one
        self.constant = 0

    def show(self, number, beyond):
        if self.first is None:
            self.first = number
        ahead = (number + beyond - self.first) & MASK
        if ahead < 1 << 31:
            self.span = max(self.span, ahead)

    def choose(self, rng):
        if self.first is not None:
            before = rng.randrange(min(self.span, WRAP_WITHIN)) if self.span else 0
            self.constant = (MASK - before - self.first) & MASK


def is_numberless(flags, seq, end):
    """A RST for what carried no ACK: RFC 9293 3.10.7.1 gives it number 0."""
    return flags & RST and seq == 0 and (flags & ACK or end.first is None) and end.first != 0


def ends_survey(packets, link, seed):
    """{(socket, other socket): End} of a capture, each with its constant."""
    ends = collections.defaultdict(End)
    acked = collections.defaultdict(End)
    for _, frame in packets:
        found = segment_find(frame, link)
        if not found:
            continue
        seq, ack, _, flags = struct.unpack_from(">IIBB", frame, found.at + 4)
        if not flags & RST:
            ends[found.src, found.dst].show(seq, found.length + bool(flags & SYN) +
                                            bool(flags & FIN))
            if flags & ACK:
                acked[found.dst, found.src].show(ack, 0)
    rng = random.Random(seed)
    for key, end in acked.items():  # heard of only: one direction was captured
        ends.setdefault(key, end)
    for end in ends.values():
        end.choose(rng)
    return ends


# --- the rewriting --------------------------------------------------------------------------------

def ones_sum(data):
    return int.from_bytes(data + b"\0" * (len(data) & 1), "big") % 0xffff


def add(header, at, constant):
    struct.pack_into(">I", header, at, (struct.unpack_from(">I", header, at)[0] + constant) & MASK)


def sack_shift(header, constant):
    """The edges that the options report of the other end's stream."""
    at = 20
    while at + 1 < len(header) and header[at] != 0:
        if header[at] == 1:
            at += 1
            continue
        size = header[at + 1]
        if size < 2 or at + size > len(header):
            return
        if header[at] == 5:
            for edge in range(at + 2, at + size - 3, 4):
                add(header, edge, constant)
        at += size


def checksum_follow(header, before):
    """RFC 1624, from the old header and the new; an empty checksum (offload) stays empty."""
    old = int.from_bytes(before[16:18], "big")
    if old:
        # Both sums hold the same checksum field, which falls out of their difference.
        new = (old + ones_sum(before) - ones_sum(header)) % 0xffff
        struct.pack_into(">H", header, 16, new or 0xffff)


def frame_shift(frame, found, ends, with_acks=True):
    before = bytes(frame[found.at:found.at + found.size])
    header = bytearray(before)
    seq, _, _, flags = struct.unpack_from(">IIBB", header, 4)
    own = ends.get((found.src, found.dst), End())
    other = ends.get((found.dst, found.src), End())
    if not is_numberless(flags, seq, own):
        add(header, 4, own.constant)
    if flags & ACK and with_acks:
        add(header, 8, other.constant)
        sack_shift(header, other.constant)
    checksum_follow(header, before)
    return frame[:found.at] + bytes(header) + frame[found.at + found.size:]


def quote_shift(frame, src, dst, at, ends):
    """The number that the error quotes; nobody looks at checksums of ICMP."""
    quoted = bytearray(frame)
    add(quoted, at + 4, ends.get((src, dst), End()).constant)
    return bytes(quoted)


def capture_read(name):
    """The file's header, its byte order, its link type and [(record header, frame)]; or None."""
    with open(name, "rb") as file:
        data = file.read()
    order = FORMATS.get(data[:4])
    if order is None or len(data) < 24:
        return None
    packets, at = [], 24
    while at + 16 <= len(data):
        kept = struct.unpack_from(order + "I", data, at + 8)[0]
        packets.append((data[at:at + 16], data[at + 16:at + 16 + kept]))
        at += 16 + kept
    return data[:24], struct.unpack_from(order + "I", data, 20)[0] & 0xffff, packets


def capture_shift(name, out, seed, with_acks=True):
    """Writes the shifted capture; returns (ends, those that wrap, segments), None: cannot."""
    capture = capture_read(name)
    if capture is None:
        return None
    head, link, packets = capture
    ends = ends_survey(packets, link, seed)
    segments = 0
    with open(out, "wb") as file:
        file.write(head)
        for record, frame in packets:
            found = segment_find(frame, link)
            if found:
                segments += 1
                frame = frame_shift(frame, found, ends, with_acks)
            elif quote_find(frame, link):
                frame = quote_shift(frame, *quote_find(frame, link), ends)
            file.write(record + frame)
    wrapping = sum(1 for end in ends.values() if end.first is not None and end.span)
    return len(ends), wrapping, segments


# --- the comparison -------------------------------------------------------------------------------

def rows_read(spanstat, name):
    """{key: [row, ...]} in the order printed, exit status and errors."""
    status, lines, errors = run(spanstat, ["-r", name, "--keep", "allconn", "--json"])
    rows = collections.defaultdict(list)
    for line in lines:
        row = json.loads(line)
        rows[key_of(row)].append(row)
    return rows, (status, [error.replace(name, "FILE") for error in errors])


def row_count(rows):
    return sum(len(lives) for lives in rows.values())


def compare(spanstat, name, shifted):
    """Returns (rows, texts of differences)."""
    (want, said), (got, said_shifted) = rows_read(spanstat, name), rows_read(spanstat, shifted)
    found = []
    if said != said_shifted:
        found.append(f"status and errors: {said}, shifted {said_shifted}")
    for key in sorted(set(want) | set(got)):
        one, other = want.get(key, []), got.get(key, [])
        if len(one) != len(other):
            found.append(f"{text_of(key)}: {len(one)} rows, shifted {len(other)}")
        for row, row_shifted in zip(one, other):
            if row != row_shifted:
                found.append(f"{text_of(key)}: {differ(row, row_shifted)}")
    return row_count(want), found


def differ(row, shifted):
    one, other = flat(row), flat(shifted)
    return ", ".join(f"{name} {one.get(name)} shifted {other.get(name)}"
                     for name in sorted(set(one) | set(other))
                     if one.get(name) != other.get(name)) or "order of flags"


def options(parser):
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", action="append", default=[], help="a capture, instead of our own")


def check(checks, programs, name, seed):
    """One file: its rows, and those of its shifted copy."""
    shifted = programs.path("shifted.pcap")
    done = capture_shift(name, shifted, seed)
    if done is None:
        checks.say(f"{name}: passed over, no classic pcap")
        return
    rows, found = compare(programs.spanstat, name, shifted)
    ends, wrapping, segments = done
    checks.ok(not found,
              f"{name}: {rows} rows, {segments} segments, {wrapping} of {ends} ends wrap",
              *found[:SHOWN], f"{len(found)} differ")


def test_files(checks, programs, given):
    for name in given.file:
        check(checks, programs, name, given.seed)


def test_own(checks, programs, given):
    """A capture made here: most ends must wrap, and a wrong shift must show."""
    if given.file:
        return
    packets, _ = replay_make.capture_make(given.seed, CONNECTIONS, "ethernet", True,
                                          SCENARIOS + HARD)
    name, broken = (programs.path(file) for file in ("traffic.pcap", "broken.pcap"))
    capture_write(name, packets)
    check(checks, programs, name, given.seed)
    ends, wrapping, _ = capture_shift(name, broken, given.seed, with_acks=False)
    checks.ok(wrapping >= ends * 9 // 10 and ends >= CONNECTIONS, "most ends wrap",
              f"only {wrapping} of {ends}")
    found = len(compare(programs.spanstat, name, broken)[1])
    checks.ok(found >= CONNECTIONS // 2, "with the ACKs left behind rows differ",
              f"{found}: a comparison that does not see that sees nothing")
    programs.keep = checks.failed > 0
    if programs.keep:
        checks.say(f"kept: {programs.folder}")
