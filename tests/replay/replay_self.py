# SPDX-License-Identifier: BSD-3-Clause
"""Checks the generator and the checker themselves, without spanstat.

A truth that is wrong, or a checker that sees nothing, would make all other replay tests worthless:
here each checksum is summed up in the slow way, counts are taken from the frames again, and every
field of a row is falsified once, which the checker must notice.
"""
import copy
import random
import struct
import unittest

import replay_check
import replay_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import Link, checksum

LENGTHS = {"ethernet": 14, "raw": 0, "sll": 16, "sll2": 20, "null": 4}


def sum_slowly(data):
    total = 0
    for (word,) in struct.iter_unpack(">H", data + bytes(len(data) & 1)):
        total += word
        total = (total & 0xffff) + (total >> 16)
    return total


def datagram_of(frame, link):
    """The IP datagram of a frame, without padding, by a plain reader of its own."""
    at = LENGTHS[link]
    if link == "ethernet":
        while frame[at - 2:at] in (b"\x81\x00", b"\x88\xa8"):
            at += 4
    rest = frame[at:]
    if rest[0] >> 4 == 4:
        return rest[:struct.unpack(">H", rest[2:4])[0]]
    return rest[:40 + struct.unpack(">H", rest[4:6])[0]]


def transport_of(datagram):
    """(pseudo header, protocol, segment)"""
    if datagram[0] >> 4 == 4:
        proto, segment = datagram[9], datagram[(datagram[0] & 15) * 4:]
        return datagram[12:20] + struct.pack(">HH", proto, len(segment)), proto, segment
    proto, at = datagram[6], 40
    while proto in (0, 60):
        proto, at = datagram[at], at + 8 + 8 * datagram[at + 1]
    segment = datagram[at:]
    return datagram[8:40] + struct.pack(">HH", proto, len(segment)), proto, segment


class Generator(unittest.TestCase):
    def made(self, seed, link="ethernet", scenarios=tuple(SCENARIOS)):
        return replay_make.capture_make(seed, len(scenarios) * 3, link, True, scenarios)

    def test_same_seed_same_capture(self):
        self.assertEqual(self.made(4), self.made(4))
        self.assertNotEqual(self.made(4)[0], self.made(5)[0])

    def test_checksum(self):
        rng = random.Random(1)
        for n in range(300):
            data = rng.randbytes(n)
            self.assertEqual(checksum(data), 0xffff - sum_slowly(data) if any(data) else 0)

    def test_packets_are_true(self):
        for link in LENGTHS:
            for _, frame in self.made(6, link)[0]:
                datagram = datagram_of(frame, link)
                if datagram[0] >> 4 == 4:
                    head = datagram[:(datagram[0] & 15) * 4]
                    self.assertEqual(sum_slowly(head), 0xffff)
                pseudo, proto, segment = transport_of(datagram)
                self.assertIn(proto, (6, 17))
                self.assertEqual(sum_slowly(pseudo + segment), 0xffff)

    def test_counts_are_those_of_the_frames(self):
        packets, rows = self.made(7)
        datagrams = [datagram_of(frame, "ethernet") for _, frame in packets]
        for what, count in (("packets", len(datagrams)), ("bytes", sum(map(len, datagrams)))):
            told = sum(row[end][what] for row in rows for end in ("client", "server"))
            self.assertEqual(told, count)

    def test_no_two_packets_look_like_a_copy(self):
        """Of one direction and one connection, no datagram comes twice within 200 ms."""
        last = {}
        for time_us, frame in sorted(self.made(8)[0], key=lambda packet: packet[0]):
            datagram = datagram_of(frame, "ethernet")
            self.assertGreater(time_us - last.get(datagram, -200001), 200000)
            last[datagram] = time_us

    def test_many_ways_to_end(self):
        _, rows = self.made(9)
        ways = {(row["client"]["state"], row["server"]["state"], row.get("closed_by"),
                 row.get("end")) for row in rows if row["proto"] == "tcp"}
        self.assertGreaterEqual(len(ways), 22)
        self.assertEqual({row["scenario"] for row in rows}, {one.__name__ for one in SCENARIOS})
        self.assertTrue(any("vlan" in row for row in rows))
        self.assertTrue(any(":" in row["client"]["ip"] for row in rows))

    def test_sockets_are_not_shared(self):
        _, rows = self.made(10)
        keys = [replay_check.key_of(row) for row in rows]
        self.assertEqual(len(set(keys)), len(keys))
        pairs = {key[:3] for key in keys}
        self.assertEqual(len(pairs), 3 * len(SCENARIOS))

    def test_every_hard_scenario_plays(self):
        packets, rows = self.made(11, scenarios=HARD)
        told = sum(row[end]["packets"] for row in rows for end in ("client", "server"))
        self.assertGreater(len(packets), told)  # copies are shown and not counted

    def test_tags(self):
        kinds = {len(Link("ethernet", random.Random(seed)).tags[0]) for seed in range(50)}
        self.assertEqual(kinds, {0, 4, 8})


class Checker(unittest.TestCase):
    def setUp(self):
        _, self.truth = replay_make.capture_make(3, len(SCENARIOS), "ethernet", True, SCENARIOS)
        self.rows = [dict(copy.deepcopy(row), id=f"{i:08X}", in_state=0.25)
                     for i, row in enumerate(self.truth, 1)]
        for row in self.rows:
            del row["scenario"]

    def compared(self):
        return replay_check.compare(self.truth, self.rows)

    def test_truth_agrees_with_itself(self):
        random.Random(2).shuffle(self.rows)
        self.assertEqual(self.compared(), [])

    def test_every_field_counts(self):
        for i, row in enumerate(self.rows):
            for name in [key for key in row if key not in ("client", "server")]:
                self.rows[i] = {**row, name: "other"}
                self.assertTrue(self.compared(), name)
            for end in ("client", "server"):
                for name in row[end]:
                    self.rows[i] = {**row, end: {**row[end], name: 70000}}
                    if name != "ip":
                        self.assertTrue(self.compared(), name)
            self.rows[i] = row

    def test_what_is_unknown_must_be_absent(self):
        for name, value in (("flags", ["gap"]), ("end", "fin"), ("closed_by", "client"),
                            ("vlan", 1)):
            i = next(i for i, row in enumerate(self.rows) if name not in row)
            row, self.rows[i] = self.rows[i], {**self.rows[i], name: value}
            self.assertEqual(len(self.compared()), 1, name)
            self.rows[i] = row

    def test_row_missing_and_row_too_many(self):
        gone = self.rows.pop()
        self.assertEqual(len(self.compared()), 1)
        self.rows += [gone, {**gone, "id": "0000FFFF"}]
        self.assertEqual(len(self.compared()), 1)

    def test_roles_changed(self):
        row = self.rows[-1]
        row["client"], row["server"] = row["server"], row["client"]
        self.assertEqual(len(self.compared()), 1)

    def test_id_given_twice(self):
        self.rows[1]["id"] = self.rows[0]["id"]
        self.assertEqual(len(self.compared()), 1)
