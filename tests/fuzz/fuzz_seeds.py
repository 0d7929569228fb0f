#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""First inputs of the fuzz targets, all made by code: nothing here comes from a network.

usage: fuzz_seeds.py TARGET FOLDER

Writes each input into a file of its own. Packets are those of the replay tests' generator: every
link, every wrapping, with a SYN that has all options, a datagram, an ICMP error and a first
fragment inside. What the records of other targets mean is said in each target's own file.
"""
import os
import random
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "replay"), os.path.join(HERE, "..", "support")]

import fuzz_corpus  # noqa: E402
import replay_frames  # noqa: E402  enters its steps
import replay_links  # noqa: E402  likewise
import replay_tunnels  # noqa: E402  likewise
from replay_wire import (ACK, FIN, PSH, RST, SYN, TCP, UDP, Path,  # noqa: E402
                         option_sack, option_timestamps, options_syn, padded_options,
                         segment_tcp, segment_udp)
from replay_wrap import LINKS, WRAPPINGS, Wrap, mix_of  # noqa: E402

assert replay_frames and replay_links and replay_tunnels

# Number in a capture file: number in enum packet_link.
LINK_NUMBERS = {1: 0, 101: 1, 113: 2, 276: 3, 0: 4, 9: 5, 50: 5, 51: 6, 104: 7, 239: 8, 258: 9,
                192: 10, 127: 11, 105: 12, 10: 13}
DEEPEST = 6  # of the second byte: 1 + 6 tunnels


# --- packets ----------------------------------------------------------------------------------

def path_of(family):
    if family == 4:
        return Path(bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2)), 64, 0)
    return Path(b"\xfd" + bytes(14) + b"\1", b"\xfd" + bytes(14) + b"\2", 64, 0)


def datagrams(family):
    """A few small ones, of every kind that has a flow or speaks of one."""
    path = path_of(family)
    syn = options_syn(1460, wscale=7, sack=True, stamps=(1, 0))
    late = padded_options(option_timestamps(9, 8) + option_sack(10, 20))
    yield path.datagram(TCP, segment_tcp(path, 40000, 443, 1, 0, SYN, 64240, syn, b""), 1)
    yield path.datagram(TCP, segment_tcp(path, 40000, 443, 2, 9, ACK | PSH, 500, late, b"x"), 2)
    query = path.datagram(UDP, segment_udp(path, 40000, 53, b"query"), 3)
    yield query
    head = struct.pack(">BBHI", *((3, 3) if family == 4 else (1, 4)), 0, 0)
    yield path.datagram(1 if family == 4 else 58, head + query[:48], 4)
    if family == 4:
        first = bytearray(query)
        struct.pack_into(">H", first, 6, 0x2000)
        yield bytes(first)
    else:
        yield query[:6] + b"\x2c" + query[7:40] + struct.pack(">BBHI", 17, 0, 1, 7) + query[40:]


def wrapped(rng, names, link, family, outer, datagram):
    wrap = Wrap(rng, mix_of(names, family, outer, link))
    return wrap.frame(datagram, 0)


def decode():
    """Each link alone, each wrapping on each family, and pairs by chance."""
    rng = random.Random(1)
    for family in (4, 6):
        for datagram in datagrams(family):
            for name, link in LINKS.items():
                yield packet_input(link.gives, wrapped(rng, [], name, family, 4, datagram))
            for name in WRAPPINGS:
                outer = rng.choice((4, 6))
                yield packet_input(1, wrapped(rng, [name], "wire", family, outer, datagram))
                pair = [name, rng.choice(list(WRAPPINGS))]
                yield packet_input(1, wrapped(rng, pair, "wire", family, outer, datagram))


def packet_input(linktype, frame):
    return bytes((LINK_NUMBERS[linktype], DEEPEST)) + frame


# --- the tracker ------------------------------------------------------------------------------

class Program:
    """Bytes as fuzz_track.c reads them: packets of one pair, and orders."""

    STEP, JUMP, LATE, PUSH, POLL, FLUSH, ADVANCE, FLOOD, AGAIN, ICMP, DROP, SETTINGS, LISTEN, \
        READ, CHECK = range(1, 16)

    def __init__(self, pair=0, choice=0):
        self.pair, self.data = pair, bytes((choice,))

    def packet(self, sender, flags, numbers=0, lengths=0):
        self.data += bytes((self.pair, flags, numbers, lengths | 0x80 * (sender == "b")))
        return self

    def order(self, what, *arguments):
        self.data += bytes((0x80 | what, *arguments))
        return self

    def opening(self):
        return self.packet("a", SYN | 0xc0).packet("b", SYN | ACK).packet("a", ACK)

    def closing(self, first="a"):
        other = "b" if first == "a" else "a"
        self.packet(first, FIN | ACK).packet(other, ACK).packet(other, FIN | ACK)
        return self.packet(first, ACK)


def track():
    """Ordinary stories, and each order in the middle of one."""
    for pair in range(0, 64, 5):
        for choice in (0, 1, 2, 8, 0x20, 0x80):
            yield Program(pair, choice).opening().packet("a", ACK | PSH, 0, 4).closing().data
    for order in range(16):
        for argument in (1, 20, 40, 200):
            for choice in (0, 0x29, 0xc1):
                program = Program(argument % 64, choice).opening()
                yield program.order(order, argument, 2, 7).closing("b").data
    for flags in (SYN, ACK, FIN | ACK, RST, 0x80, 0x40 | SYN):
        yield Program().order(Program.FLOOD, 79, flags, 1).opening().closing().data
    for n in range(2, 16, 3):
        yield Program().opening().order(Program.AGAIN, 0x10 | n).order(Program.STEP, 22) \
            .packet("a", SYN).packet("b", SYN | ACK, 0x11).packet("a", ACK).data


def fragment():
    """Datagrams in pieces: in order, the other way round, twice, with the clock between them."""
    for kind in range(0, 64, 3):
        pieces = [bytes((kind | 0x40, 0, 64, 2)), bytes((kind | 0x40, 8, 64, 0)),
                  bytes((kind, 16, 20, 0))]
        for order in (pieces, pieces[::-1], pieces * 2, pieces[1:] + pieces[:1]):
            yield b"".join(order)
            yield bytes((0x80, 24)).join(order)
            yield bytes((0x80, 27)).join(order)


# --- texts ------------------------------------------------------------------------------------

def conf():
    """The sample, its paragraphs and its lines, and what is wrong with some of them."""
    with open(os.path.join(HERE, "..", "..", "config", "spanstatd.conf"), "rb") as file:
        text = file.read()
    yield from (piece for piece in text.split(b"\n\n") if len(piece) < 2000)
    for line in text.splitlines():
        line = line.strip(b"# ")
        if b"=" in line:
            name, value = (half.strip() for half in line.split(b"=", 1))
            yield from (line, name + b" " + value, name + b" += { 'a\\\n b', \"\\x1b\" }")
    yield b'eal = "-m 64"'
    yield b'cpus { control = "0" receive = "1" workers = "2-5" }'
    yield b"timers { established = 5m } /* open\nworkers = 0"


def words(target):
    """The kept inputs are the first ones."""
    folder = os.path.join(HERE, target)
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if name != fuzz_corpus.PACKED:
            with open(os.path.join(folder, name), "rb") as file:
                yield file.read()


# --- what crosses the socket ------------------------------------------------------------------

REPORTS = 24  # and more than there are


def text_of(text):
    return bytes((len(text),)) + text


def request(report, text=b"", sort=b"", by=b"", more=b""):
    """A record of fuzz_peer.c."""
    return bytes((1, report)) + text_of(text) + text_of(sort) + text_of(by) + more


def peer():
    for report in range(REPORTS):
        yield bytes((0, 0, report))
        yield b"\4" + request(report) + request(report, b"state established", b"bytes")
        yield b"\x43" + request(report, b"port 443 or client 10.0.0.1", b"idle,id", b"server")
        yield b"\0" + request(report, more=bytes((2, 5, 1, 15, 4, 10, 0, 0, 10)))
    yield b"\0\xff" + b"GET / HTTP/1.1\r\n"
    yield b"\0\xe1" + bytes((1, 2, 0, 4, 0, 0))


NOISE = (0, 4, ord("a"), 0x1b, 0xff)  # zeros, letters, what terminals obey


def print_():
    """Rows of each report in each format."""
    for report in range(REPORTS):
        for form in range(3):
            for fill in NOISE:
                yield bytes((report, form, 15, 80)) + bytes((fill,)) * 200


def dialect():
    for how in range(0, 256, 3):
        for columns in (0, 60, 200):
            for fill in NOISE:
                yield bytes((how, columns, 15)) + bytes((fill,)) * 300


def client():
    info, end = b"\0\1tap\0", b"\0\5" + bytes(20)
    for report in range(REPORTS):
        for fill in NOISE:
            row = bytes((0, 4, report, 1, fill)) + bytes((fill,)) * 200
            yield bytes((report, fill % 3)) + info + row + end
    yield b"\0\0\xff" + b"HTTP/1.1 400 Bad"
    yield b"\0\0\0\2\3web\0" + b"\0\3\2" + bytes(99)


# --- options of TCP ---------------------------------------------------------------------------

def options():
    yield options_syn(1460, wscale=7, sack=True, stamps=(1, 0))
    yield padded_options(option_timestamps(9, 8) + option_sack(10, 20))
    yield from (b"\2\4\5", b"\3\3\x0f\0", b"\4\2\1\1", b"\2\0", b"\x1e\x28" + bytes(38))


# --- the program ------------------------------------------------------------------------------

MAKERS = {
    "capture": lambda: words("capture"),
    "client": client,
    "conf": conf,
    "decode": decode,
    "dialect": dialect,
    "fragment": fragment,
    "filter": lambda: words("filter"),
    "options": options,
    "peer": peer,
    "print": print_,
    "track": track,
}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in MAKERS:
        sys.exit(__doc__)
    fuzz_corpus.write(sys.argv[2], MAKERS[sys.argv[1]]())


if __name__ == "__main__":
    main()
