# SPDX-License-Identifier: BSD-3-Clause
"""Sockets: what `spanstat -r FILE listen` says of captures in which it is known who listens.

Hosts of replay_host act; each test writes down beside the acting what the socket must show. The
capture's clock is moved on with --at where something is only known when its timer has fired.
"""
import csv
import io
import json
import random

from runner import Case
import replay_make
from replay_host import Connection, time_text
from replay_wire import ACK, RST, capture_write

SERVER = "192.168.5.1"
LATER = ("--at", "+10m")  # unanswered SYNs and UDP flows are forgotten by then


class Wire:
    """Connections one after the other, and when each socket was first and last heard of."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.now, self.frames, self.made = replay_make.START_US, [], 0

    def connect(self, port, proto="tcp", client=None, server=SERVER):
        self.made += 1
        client = client or (f"10.1.{self.made // 250}.{self.made % 250 + 1}", 40000 + self.made)
        conn = Connection(self.rng, 4, client, (server, port), self.now)
        conn.proto = proto
        return conn

    def done(self, conn):
        self.frames += conn.frames
        self.now = conn.now + 1000000

    def accept(self, port, syn_ack_again=0):
        conn = self.connect(port)
        conn.client.syn()
        conn.server.synack()
        for _ in range(syn_ack_again):
            conn.server.synack(wait=(1000000, 2000000))
        conn.client.ack()
        conn.talk(1)
        self.done(conn)
        return conn

    def refuse(self, port):
        conn = self.connect(port)
        conn.client.syn()
        conn.server.segment(RST | ACK, 0, ack=conn.client.iss + 1)
        self.done(conn)
        return conn

    def ask(self, port, syns):
        conn = self.connect(port)
        conn.client.syn()
        for _ in range(syns - 1):
            conn.client.syn(wait=(1000000, 1020000))
        self.done(conn)
        return conn

    def datagrams(self, port, answers, client=None):
        conn = self.connect(port, "udp", client)
        conn.client.datagram(30)
        if answers:
            conn.server.datagram(90)
            conn.client.datagram(30)
        self.done(conn)
        return conn


def counts(row):
    return tuple(row.get(name) for name in
                 ("state", "asked", "accepted", "refused", "unanswered", "syn_ack_again"))


class Listen(Case):
    def setUp(self):
        self.fresh()
        self.wire = Wire(1)

    def out(self, *words):
        capture_write(self.name, self.wire.frames)
        status, out, err = self.said("-r", self.name, *words)
        self.assertEqual((status, err), (0, []))
        return out

    def rows(self, *words):
        rows = [json.loads(line) for line in self.out(*words, "listen", "--json")]
        by_socket = {(row["proto"], row["ip"], row["port"]): row for row in rows}
        self.assertEqual(len(by_socket), len(rows), "a socket has one row")
        return by_socket

    def test_tcp(self):
        wire = self.wire
        first = wire.accept(443)
        wire.accept(443, syn_ack_again=2)
        wire.refuse(443)
        wire.ask(443, 3)
        wire.refuse(81)
        wire.ask(82, 2)
        last = wire.accept(443)
        rows = self.rows(*LATER, "--all")
        self.assertEqual({key[2]: counts(row) for key, row in rows.items()}, {
            443: ("LISTEN", 3 + 1 + 3, 3, 1, 1, 2),
            81: ("refused", 1, 0, 1, 0, 0),
            82: ("silent", 2, 0, 0, 1, 0),
        })
        row = rows["tcp", SERVER, 443]
        self.assertEqual(row["first"], time_text(first.frames[1][0]), "its first SYN-ACK")
        self.assertGreater(row["last"], time_text(last.frames[0][0]))
        self.assertEqual(sorted(key[2] for key in self.rows(*LATER)), [81, 443])

    def test_last_is_the_handshake(self):
        conn = self.wire.accept(443)
        self.assertEqual(self.rows()["tcp", SERVER, 443]["last"], time_text(conn.frames[2][0]))

    def test_what_still_waits_is_not_counted(self):
        self.wire.ask(82, 1)
        self.assertEqual(self.rows("--all"), {})
        self.assertEqual(self.rows("--keep", *LATER, "--all"), {}, "nothing is ever forgotten")
        self.assertEqual(len(self.rows(*LATER, "--all")), 1)

    def test_half_open(self):
        conn = self.wire.connect(443)
        conn.client.syn()
        conn.server.synack()
        self.wire.done(conn)
        self.assertEqual(counts(self.rows()["tcp", SERVER, 443]), ("LISTEN", 0, 0, 0, 0, 0))
        self.assertEqual(counts(self.rows(*LATER)["tcp", SERVER, 443]),
                         ("LISTEN", 1, 0, 0, 0, 0))

    def test_udp(self):
        wire = self.wire
        wire.datagrams(53, True)
        wire.datagrams(123, True)
        wire.datagrams(123, True)
        wire.datagrams(69, False)
        client = ("10.9.9.9", 5000)
        wire.datagrams(7000, False, client)
        wire.datagrams(7001, False, client)
        rows = self.rows(*LATER, "--all")
        self.assertEqual({key[1:]: (*counts(row), row.get("peers")) for key, row in rows.items()}, {
            (SERVER, 53): ("answered", 1, 1, 0, 0, None, "one"),
            (SERVER, 123): ("unconnected", 2, 2, 0, 0, None, "many"),
            (SERVER, 69): ("silent", 1, 0, 0, 1, None, None),
            (SERVER, 7000): ("silent", 1, 0, 0, 1, None, None),
            (SERVER, 7001): ("silent", 1, 0, 0, 1, None, None),
            client: ("unconnected", 0, 0, 0, 0, None, "many"),
        })
        self.assertEqual(sorted(key[1:] for key in self.rows(*LATER)),
                         [client, (SERVER, 53), (SERVER, 123)])

    def test_formats(self):
        self.wire.accept(443)
        self.wire.datagrams(53, True)
        text = self.out("listen")
        self.assertEqual(len(text), 4)
        self.assertTrue(text[1].startswith("Proto Socket "))
        self.assertLessEqual(max(map(len, text)), 80)
        self.assertEqual(sorted(line.split()[:4] for line in self.out("-l", "-H")),
                         [["tcp", SERVER + ":443", "LISTEN", "1"],
                          ["udp", SERVER + ":53", "answered", "1"]])
        table = list(csv.DictReader(io.StringIO("\n".join(self.out("-l", "--csv")))))
        self.assertEqual(sorted((row["proto"], row["port"], row["accepted"], row["syn_ack_again"])
                                for row in table),
                         [("tcp", "443", "1", "0"), ("udp", "53", "1", "")])

    def test_thousands(self):
        """Many frames, and every socket once."""
        for port in range(1000, 3000):
            self.wire.refuse(port)
        rows = self.rows()
        self.assertEqual(len(rows), 2000)
        self.assertEqual({counts(row) for row in rows.values()}, {("refused", 1, 0, 1, 0, 0)})
