# SPDX-License-Identifier: BSD-3-Clause
"""Datagrams that were cut on their way: rows are those of the datagrams that were not.

A capture of every scenario is written once as it is, and once with its longer datagrams in pieces,
in order and in any other. But for the headers that each further piece has, and for what is counted
in packets, no row differs. What has no first is counted and makes no row.
"""
import json
import random
import struct

from runner import Case
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import Path, TCP, UDP, capture_write, checksum, segment_tcp, segment_udp

ETHER = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02"
CLIENT, SERVER = bytes((10, 1, 2, 3)), bytes((192, 168, 5, 6))
CLIENT6, SERVER6 = (bytes.fromhex("20010db8" + "00" * 11) + bytes((n,)) for n in (1, 2))
FIN, SYN, PSH, ACK = 1, 2, 8, 16


def frame_of(datagram):
    return ETHER + (b"\x08\0" if datagram[0] >> 4 == 4 else b"\x86\xdd") + datagram


def pieces4(datagram, size, ident):
    """The fragments of an IPv4 datagram, each of so many bytes of what it carries."""
    head, rest = datagram[:(datagram[0] & 15) * 4], datagram[(datagram[0] & 15) * 4:]
    out = []
    for at in range(0, len(rest), size):
        piece = rest[at:at + size]
        new = bytearray(head)
        more = 0x2000 if at + size < len(rest) else 0
        struct.pack_into(">HHH", new, 2, len(head) + len(piece), ident & 0xffff, more | at // 8)
        struct.pack_into(">H", new, 10, 0)
        struct.pack_into(">H", new, 10, checksum(bytes(new)))
        out.append(bytes(new) + piece)
    return out


def pieces6(datagram, size, ident):
    """Those of an IPv6 datagram without extension headers."""
    rest, out = datagram[40:], []
    for at in range(0, len(rest), size):
        piece = rest[at:at + size]
        more = 1 if at + size < len(rest) else 0
        out.append(datagram[:4] + struct.pack(">HB", 8 + len(piece), 44) + datagram[7:40] +
                   struct.pack(">BBHI", datagram[6], 0, at | more, ident) + piece)
    return out


def pieces(datagram, size, ident):
    cut = pieces4 if datagram[0] >> 4 == 4 else pieces6
    return [frame_of(one) for one in cut(datagram, size, ident)]


def story(client, server, port=4000):
    """SYN-ACK with data, a segment each way, both FINs with data: [(side, datagram)]."""
    there, back = Path(client, server, 64, 0), Path(server, client, 60, 0)
    out = []
    for side, seq, ack, flags, data in (
            (0, 1000, 0, SYN, 0), (1, 5000, 1001, SYN | ACK, 400), (0, 1001, 5401, ACK, 0),
            (0, 1001, 5401, ACK | PSH, 900), (1, 5401, 1901, ACK | PSH, 1200),
            (0, 1901, 6601, ACK | FIN, 700), (1, 6601, 2602, ACK | FIN, 800),
            (0, 2602, 7402, ACK, 0)):
        path, ports = (back, (80, port)) if side else (there, (port, 80))
        segment = segment_tcp(path, *ports, seq, ack, flags, 8192, b"", bytes(data))
        out.append((side, path.datagram(TCP, segment, 0)))
    return out


class Fragments(Case):
    def asked(self, packets, *words):
        capture_write(self.name, packets)
        status, out, err = self.said("-r", self.name, "--keep", *words, "--json")
        self.assertEqual((status, err), (0, []))
        return [json.loads(line) for line in out]

    def row(self, packets):
        rows = self.asked(packets, "all")
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def fragments(self, packets):
        return self.asked(packets, "stats")[0]["fragments"]

    @staticmethod
    def spread(groups, rng=None):
        """Groups of frames, a millisecond apart; the frames of each in any order if so wanted."""
        packets = []
        for i, group in enumerate(groups):
            group = list(group)
            if rng:
                rng.shuffle(group)
            packets += [(1_700_000_000_000_000 + 1000 * i + n, frame)
                        for n, frame in enumerate(group)]
        return packets

    def test_udp_is_exact(self):
        """Every byte of every piece, whatever their order."""
        rng = random.Random(1)
        for client, server, head in ((CLIENT, SERVER, 20), (CLIENT6, SERVER6, 48)):
            path = Path(client, server, 64, 0)
            groups = [pieces(path.datagram(UDP, segment_udp(path, 4000, 53, bytes(size)), 7), 1480,
                             100 + i) for i, size in enumerate((3000, 30000, 1473, 9000))]
            sent = sum(len(group) for group in groups)
            for order in (None, *[rng] * 8):
                row = self.row(self.spread(groups, order))
                self.assertEqual((row["client"]["port"], row["server"]["port"]), (4000, 53))
                self.assertEqual(row["client"]["packets"], sent)
                self.assertEqual(row["client"]["payload"], 3000 + 30000 + 1473 + 9000)
                self.assertEqual(row["client"]["bytes"], 43473 + 4 * 8 + head * sent)
            counted = self.fragments(self.spread(groups, rng))
            self.assertEqual(counted["followed"], sent - 4)
            self.assertEqual([counted[key] for key in ("orphans", "overlaps", "reused")],
                             [0, 0, 0])

    @staticmethod
    def connection(client, server, size):
        """All datagrams of the story, cut into pieces of `size`."""
        return [pieces(datagram, size, 50 + i)
                for i, (_, datagram) in enumerate(story(client, server))]

    def test_tcp_is_exact(self):
        """The FIN is the last byte's, the SYN-ACK's data follow it, and both have closed."""
        for client, server in ((CLIENT, SERVER), (CLIENT6, SERVER6)):
            whole = self.row(self.spread(self.connection(client, server, 4000)))
            for size in (1000, 240, 64):
                groups = self.connection(client, server, size)
                for order in (None, "reversed", "first last"):
                    row = self.row(self.spread([self.turned(group, order) for group in groups]))
                    with self.subTest(size=size, order=order):
                        self.assertEqual((row["client"]["state"], row["server"]["state"]),
                                         (whole["client"]["state"], whole["server"]["state"]))
                        self.assertEqual(row["closed_by"], whole["closed_by"])
                        for side in ("client", "server"):
                            self.assertEqual(row[side]["payload"], whole[side]["payload"])
                            self.assertNotIn("retransmitted_packets", row[side])
                            self.assertNotIn("gaps", row[side])
                        self.assertEqual(row["client"]["packets"] + row["server"]["packets"],
                                         sum(len(group) for group in groups))

    @staticmethod
    def turned(group, order):
        """As a sender does it that begins with the last piece, or a way that is slower for the
        first one."""
        if order is None:
            return group
        return group[::-1] if order == "reversed" else group[1:] + group[:1]

    def test_tcp_in_any_order(self):
        """What a network disorders is disorder, and yet every byte and both ends are there."""
        rng = random.Random(2)
        groups = self.connection(CLIENT, SERVER, 240)
        whole = self.row(self.spread(groups))
        for _ in range(20):
            row = self.row(self.spread(groups, rng))
            for side in ("client", "server"):
                for key in ("state", "payload", "packets"):
                    self.assertEqual(row[side][key], whole[side][key], (side, key))

    def test_copies(self):
        """Every piece twice by the mirror: counted once."""
        groups = self.connection(CLIENT, SERVER, 240)
        once = self.row(self.spread(groups))
        twice = self.row(self.spread([[frame for frame in group for _ in range(2)]
                                      for group in groups]))
        for side in ("client", "server"):
            for key in ("packets", "bytes", "payload", "state"):
                self.assertEqual(twice[side][key], once[side][key], (side, key))

    def test_orphans(self):
        """Later ones without a first make no row and no port 0, and are said at the end."""
        path = Path(CLIENT, SERVER, 64, 0)
        datagram = path.datagram(UDP, segment_udp(path, 4000, 53, bytes(4000)), 1)
        late = [pieces(datagram, 1000, i)[1:] for i in range(300)]
        packets = self.spread(late)
        self.assertEqual(self.asked(packets, "all"), [])
        counted = self.asked(packets, "stats")[0]
        self.assertEqual(counted["fragments"]["orphans"], len(packets))
        self.assertEqual(counted["packets"]["received"], len(packets))
        self.assertEqual(counted["packets"]["verdicts"]["fragment"], len(packets))

    def test_overlaps_and_ids_used_again(self):
        """Neither moves the flow's state or counts."""
        groups = self.connection(CLIENT, SERVER, 240)
        path = Path(CLIENT, SERVER, 64, 0)
        reset = path.datagram(TCP, segment_tcp(path, 4000, 80, 1001, 5401, 4, 0, b"", bytes(900)),
                              0)
        once = self.row(self.spread(groups))
        over = self.spread(groups[:3] + [groups[3] + pieces(reset, 16, 53)[1:3]] + groups[4:])
        self.assertEqual(self.fragments(over)["overlaps"], 2)
        row = self.row(over)
        self.assertEqual([row[side] for side in ("client", "server")],
                         [once[side] for side in ("client", "server")])

    def test_every_scenario(self):
        """Long datagrams of whole captures in pieces: the same states, ends and payload."""
        packets, _ = replay_make.capture_make(31, 3 * len(SCENARIOS), "ethernet", True, SCENARIOS)
        packets = sorted(packets, key=lambda packet: packet[0])
        rng, cut, n = random.Random(3), [], 0
        for at, frame in packets:
            total = struct.unpack(">H", frame[16:18])[0]
            if frame[12:15] != b"\x08\0\x45" or total < 200 or frame[20] & 0x3f or \
                    frame[23] not in (TCP, UDP):
                cut.append((at, frame))
                continue
            n += 1
            group = pieces4(frame[14:14 + total], rng.choice((88, 96, 504)),
                            struct.unpack(">H", frame[18:20])[0] or n)
            if n % 2:
                rng.shuffle(group)
            cut += [(at, frame[:14] + piece) for piece in group]
        self.assertGreater(n, 100)
        self.assertEqual(self.shapes(cut), self.shapes(packets))

    def shapes(self, packets):
        """What of a row is not counted in packets."""
        shapes = []
        for row in self.asked(packets, "all"):
            ends = [(row[side]["ip"], row[side]["port"], row[side].get("state"),
                     row[side]["payload"]) for side in ("client", "server")]
            shapes.append((row["proto"], *ends, row["opened"], row.get("end"),
                           row.get("closed_by")))
        return sorted(shapes, key=str)
