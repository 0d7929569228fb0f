# SPDX-License-Identifier: BSD-3-Clause
"""ICMP errors of every kind about connections of every kind, as a capture holds them.

Each connection of the generator is followed by an error that quotes its last packet. Its row must
be the one that it had without the error, to the last field, and say what the error said and which
end was told. Errors that quote a number which is not in flight, a connection that is not there, a
later fragment or too few bytes must leave no trace but their count.
"""
import json
import random
import struct

from runner import Case
import replay_check
import replay_make
from replay_scenarios import BY_NAME
from replay_wire import MASK, TCP, Path, capture_write, checksum

ICMP, ICMP6 = 1, 58
ROUTER = {4: bytes((203, 0, 113, 1)), 6: bytes.fromhex("20010db800ff") + bytes(10)}

# family: (type, code, the word for it)
KINDS = {
    4: ((3, 0, "net-unreachable"), (3, 1, "host-unreachable"), (3, 2, "other"),
        (3, 3, "port-unreachable"), (3, 4, "packet-too-big"), (3, 6, "net-unreachable"),
        (3, 9, "admin-prohibited"), (3, 10, "admin-prohibited"), (3, 13, "admin-prohibited"),
        (11, 0, "time-exceeded"), (11, 1, "time-exceeded"), (12, 0, "other")),
    6: ((1, 0, "net-unreachable"), (1, 1, "admin-prohibited"), (1, 3, "host-unreachable"),
        (1, 4, "port-unreachable"), (1, 5, "admin-prohibited"), (2, 0, "packet-too-big"),
        (3, 0, "time-exceeded"), (4, 1, "other")),
}
# No failures of a packet: source quench, redirect, an echo's answer; router and neighbour news.
NO_ERRORS = {4: ((4, 0), (5, 1), (0, 0), (8, 0)), 6: ((128, 0), (129, 0), (137, 0), (135, 0))}

# Those whose last packet is in flight, whatever the generator's dice say.
SCENARIOS = ("unanswered_syn", "established_idle", "half_closed_by_client", "udp_oneway",
             "udp_both_ways")
EACH = 40


class Quoted:
    """A datagram of the capture, as a router on its way has it before it."""

    def __init__(self, datagram):
        self.data = bytearray(datagram)
        self.family = datagram[0] >> 4
        if self.family == 4:
            self.src, self.dst = bytes(datagram[12:16]), bytes(datagram[16:20])
            self.proto, self.behind = datagram[9], (datagram[0] & 15) * 4
        else:
            self.src, self.dst = bytes(datagram[8:24]), bytes(datagram[24:40])
            self.proto, self.behind = datagram[6], 40
            while self.proto in (0, 60):  # the extension headers that the generator knows
                self.proto = datagram[self.behind]
                self.behind += 8 + 8 * datagram[self.behind + 1]

    @property
    def port(self):
        return struct.unpack_from(">H", self.data, self.behind)[0]

    def move(self, by):
        """Another sequence number in the quote than on the wire."""
        seq = struct.unpack_from(">I", self.data, self.behind + 4)[0]
        struct.pack_into(">I", self.data, self.behind + 4, (seq + by) & MASK)

    def error(self, rng, kind, code, keep):
        """The error that quotes `keep` bytes, from a router to the sender."""
        path = Path(ROUTER[self.family], self.src, rng.randrange(2, 255), 0)
        proto = ICMP if self.family == 4 else ICMP6
        message = bytearray(struct.pack(">BBHI", kind, code, 0, 0) + self.data[:keep])
        pseudo = b"" if self.family == 4 else path.pseudo(proto, len(message))
        struct.pack_into(">H", message, 2, checksum(pseudo + bytes(message)))
        return path.datagram(proto, bytes(message), rng.randrange(65536))


class Errors(Case):
    def setUp(self):
        self.fresh()

    def connections(self, seed, names, each=EACH):
        """(rng, [Connection]): `each` of every scenario, on raw IP."""
        rng = random.Random(seed)
        addresses = replay_make.Addresses(rng)
        return rng, [replay_make.connection_make(BY_NAME[name], rng, addresses,
                                                 replay_make.START_US + i * 1000, link="raw")
                     for i in range(each) for name in names]

    def read(self, packets):
        """The rows by key, and the counters."""
        capture_write(self.name, packets, link="raw")
        reports = []
        for report in ("all", "stats"):
            status, out, err = self.said("-r", self.name, "--keep", report, "--json")
            self.assertEqual((status, err), (0, []))
            reports.append([json.loads(line) for line in out])
        rows, (stats,) = reports
        packets = stats["packets"]
        self.assertEqual(packets["received"], packets["tracked"] + packets["ignored"])
        self.assertEqual(packets["verdicts"]["icmp-error"],
                         sum(stats[name] for name in ("icmp_tied", "icmp_no_flow", "icmp_ignored")))
        return {replay_check.key_of(row): row for row in rows}, stats

    def counted(self, stats, tied=0, no_flow=0, ignored=0):
        self.assertEqual((stats["icmp_tied"], stats["icmp_no_flow"], stats["icmp_ignored"]),
                         (tied, no_flow, ignored))

    def same_rows(self, conns, rows, want_icmp):
        """Every row as without errors; want_icmp: {index of the connection: what "icmp" says}."""
        self.assertEqual(len(rows), len(conns))
        for i, conn in enumerate(conns):
            want = conn.rows[0]
            got = rows[replay_check.key_of(want)]
            self.assertEqual(got.pop("icmp", None), want_icmp.get(i))
            self.assertEqual(replay_check.differences(want, got), [])

    def test_every_kind(self):
        rng, conns = self.connections(1, SCENARIOS)
        packets, want, told = [], {}, set()
        for i, conn in enumerate(conns):
            time_us, frame = conn.frames[-1]
            quoted = Quoted(frame)
            kind, code, word = rng.choice(KINDS[quoted.family])
            keep = rng.choice((quoted.behind + 8, len(frame), rng.randint(quoted.behind + 8,
                                                                          len(frame))))
            client = conn.rows[0]["client"]
            end = "client" if quoted.port == client["port"] else "server"
            want[i] = {"error": word, "told": end}
            told.add((word, end, quoted.family, quoted.proto))
            packets += conn.frames + [(time_us + 1500, quoted.error(rng, kind, code, keep))]
        rows, stats = self.read(packets)
        self.same_rows(conns, rows, want)
        self.counted(stats, tied=len(conns))
        self.assertGreater(len(told), 30)

    def test_number_not_in_flight(self):
        rng, conns = self.connections(2, ("unanswered_syn", "established_idle"))
        packets = []
        for conn in conns:
            time_us, frame = conn.frames[-1]
            quoted = Quoted(frame)
            self.assertEqual(quoted.proto, TCP)
            quoted.move(rng.choice((1 << 20, 1 << 30, 100000)))
            kind, code, _ = KINDS[quoted.family][0]
            packets += conn.frames + [(time_us + 1500, quoted.error(rng, kind, code, len(frame)))]
        rows, stats = self.read(packets)
        self.same_rows(conns, rows, {})
        self.counted(stats, ignored=len(conns))

    def test_no_flow_is_opened(self):
        rng, conns = self.connections(3, SCENARIOS)
        rows, stats = self.read([(time_us, Quoted(frame).error(rng, 3, 3, len(frame)))
                                 for conn in conns for time_us, frame in conn.frames[-1:]
                                 if frame[0] >> 4 == 4])
        self.assertEqual(rows, {})
        self.assertEqual(stats["flows"]["created"], 0)
        self.counted(stats, no_flow=stats["packets"]["received"])

    def test_not_tied(self):
        """Quotes that are cut or of later fragments, and what is no error."""
        rng, conns = self.connections(4, SCENARIOS)
        packets = []
        for conn in conns:
            time_us, frame = conn.frames[-1]
            cut, whole = Quoted(frame), Quoted(frame)
            packets += conn.frames
            kind, code, _ = KINDS[cut.family][0]
            packets.append((time_us + 1, cut.error(rng, kind, code, cut.behind + rng.randrange(8))))
            packets.append((time_us + 2, cut.error(rng, kind, code, rng.randrange(cut.behind))))
            kind, code = rng.choice(NO_ERRORS[whole.family])
            packets.append((time_us + 3, whole.error(rng, kind, code, len(frame))))
            if whole.family == 4:
                struct.pack_into(">H", whole.data, 6, rng.randrange(1, 0x2000))
                packets.append((time_us + 4, whole.error(rng, 11, 1, len(frame))))
        rows, stats = self.read(packets)
        self.same_rows(conns, rows, {})
        self.counted(stats)
        self.assertGreater(stats["packets"]["verdicts"]["other-protocol"], 3 * len(conns))

    def test_reports_for_people(self):
        _, conns = self.connections(5, ("udp_oneway",), each=1)
        time_us, frame = conns[0].frames[-1]
        quoted = Quoted(frame)
        code = 3 if quoted.family == 4 else 4
        kind = 3 if quoted.family == 4 else 1
        self.read(conns[0].frames + [(time_us + 9, quoted.error(random.Random(1), kind, code,
                                                                len(frame)))])
        _, text, _ = self.said("-r", self.name, "--keep", "allconn")
        self.assertTrue(text[-1].endswith("1way,icmp-port"), text)
        _, table, _ = self.said("-r", self.name, "--keep", "allconn", "--csv")
        self.assertTrue(table[0].endswith(",icmp_error,icmp_told,tunnel"), table)
        self.assertTrue(table[1].endswith(",port-unreachable,client,"), table)
