# SPDX-License-Identifier: BSD-3-Clause
"""Captures that are not as they should be: cut short, of an unknown kind, empty, absent.

Each must end with exit status 1 and exactly one line on standard error, which begins with
`spanstat: ` and names the file; what was read before the damage is reported all the same, and where
nothing was, no report prints as much as a title. A capture that is merely without packets, or full
of packets that mean nothing, is no mistake.
"""
import json
import os
import random
import struct

from runner import Case
import replay_check
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import LINKTYPES, capture_write, ng_block, ng_section


def pcap_head(linktype=1, magic=0xa1b2c3d4):
    return struct.pack("<IHHiIII", magic, 2, 4, 0, 0, 262144, linktype)


class BadInput(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packets, cls.truth = replay_make.capture_make(7, 2 * len(SCENARIOS), "ethernet", True,
                                                          SCENARIOS)

    def setUp(self):
        self.fresh()

    def write(self, content):
        with open(self.name, "wb") as out:
            out.write(content)

    def report(self, *words):
        return self.said("-r", self.name, *words, "--keep", "all", "--json")

    def assert_one_line(self, err, name=None):
        self.assertEqual(len(err), 1, err)
        self.assertTrue(err[0].startswith("spanstat: "), err)
        self.assertIn(name or self.name, err[0])

    def assert_refused(self):
        for report in ("conn", "stats", "health", "events"):
            status, out, err = self.said("-r", self.name, report)
            self.assertEqual((status, out), (1, []), err)
            self.assert_one_line(err)
        kept = self.programs.write("kept", "an earlier report\n")
        self.assertEqual(self.said("-r", self.name, "-o", kept)[0], 1)
        with open(kept, encoding="utf-8") as file:
            self.assertEqual(file.read(), "an earlier report\n")

    def assert_cut(self, form, damage):
        """A whole capture, and then the damage: all rows are there, and the message."""
        capture_write(self.name, self.packets, form=form)
        with open(self.name, "ab") as out:
            out.write(damage)
        status, out, err = self.report()
        self.assertEqual(status, 1, err)
        self.assert_one_line(err)
        bad = replay_check.compare(self.truth, [json.loads(line) for line in out])
        self.assertEqual(bad, [], f"{len(bad)} rows differ")

    def test_cut_in_packet(self):
        self.assert_cut("pcap", struct.pack("<IIII", 1767225999, 0, 60, 60) + bytes(31))

    def test_cut_in_packet_head(self):
        self.assert_cut("pcap", struct.pack("<II", 1767225999, 0))

    def test_impossible_packet_length(self):
        self.assert_cut("pcap", struct.pack("<IIII", 1767225999, 0, 0xfffffff0, 60) + bytes(60))

    def test_cut_in_swapped_packet(self):
        self.assert_cut("swapped", struct.pack(">IIII", 1767225999, 0, 60, 60) + bytes(31))

    def test_cut_in_pcapng_block(self):
        self.assert_cut("pcapng", struct.pack("<IIIII", 6, 96, 0, 0, 0) + bytes(20))

    def test_cut_in_first_packet(self):
        self.write(pcap_head() + struct.pack("<IIII", 1767225600, 0, 60, 60) + bytes(10))
        self.assert_refused()

    def test_cut_in_second_packet(self):
        packet = struct.pack("<IIII", 1767225600, 0, 60, 60) + bytes(60)
        self.write(pcap_head() + packet + packet[:-1])
        status, out, err = self.said("-r", self.name)
        self.assertEqual((status, len(out)), (1, 2), "the titles")
        self.assert_one_line(err)

    def test_cut_in_file_head(self):
        for head in (pcap_head(), ng_section()):
            for n in (3, 4, 10, len(head) - 1):
                self.write(head[:n])
                self.assert_refused()

    def test_unknown_link_type(self):
        for linktype in (147, 187, 0xfff):
            self.assertNotIn(linktype, LINKTYPES.values())
            frame = bytes(60)
            self.write(pcap_head(linktype) + struct.pack("<IIII", 1767225600, 0, 60, 60) + frame)
            self.assert_refused()

    def test_unknown_link_types_of_pcapng(self):
        """Only if there is no other one: a packet of one that is read makes a report."""
        content = (ng_section() + ng_block(1, struct.pack("<HHI", 189, 0, 0)) +
                   200 * ng_block(6, struct.pack("<IIIII", 0, 0, 1, 4, 4) + b"usb!"))
        self.write(content)
        self.assert_refused()
        self.write(content + ng_block(1, struct.pack("<HHI", 1, 0, 0)) +
                   ng_block(6, struct.pack("<IIIII", 1, 0, 2, 60, 60) + bytes(60)))
        status, out, err = self.said("-r", self.name, "stats", "--json")
        self.assertEqual((status, err), (0, []))
        packets = json.loads(out[0])["packets"]
        self.assertEqual((packets["received"], packets["verdicts"]["link-unknown"]), (201, 200))

    def test_no_capture(self):
        text = b"Proto Recv-Q Send-Q Local Address\n" * 40
        for content in (text, random.Random(5).randbytes(4096)):
            self.write(content)
            self.assert_refused()

    def test_empty_file(self):
        self.write(b"")
        self.assert_refused()

    def test_missing_file(self):
        self.assert_refused()

    def test_directory(self):
        os.mkdir(self.name)
        self.assert_refused()

    def test_second_file_missing(self):
        capture_write(self.name, self.packets)
        missing = self.programs.path("missing.pcap")
        status, _, err = self.report("-r", missing)
        self.assertEqual(status, 1)
        self.assert_one_line(err, missing)

    def test_second_file_without_a_packet(self):
        """It is a capture, so the first one is reported, and the message says the rest."""
        capture_write(self.name, self.packets)
        short = self.programs.path("short.pcap")
        with open(short, "wb") as out:
            out.write(pcap_head() + bytes(9))
        status, out, err = self.report("-r", short)
        self.assertEqual((status, len(out)), (1, len(self.truth)))
        self.assert_one_line(err, short)

    def test_no_packets(self):
        for link in LINKTYPES:
            capture_write(self.name, [], link)
            self.assertEqual(self.report(), (0, [], []))

    def test_noise(self):
        """Frames of random bytes, and true frames cut at every length: no row is invented by
        noise that is not IP, and nothing is said on standard error."""
        rng = random.Random(11)
        frames = [b"\x02" * 12 + b"\x88\xb5" + rng.randbytes(rng.randrange(200))
                  for _ in range(500)]
        capture_write(self.name, [(i, frame) for i, frame in enumerate(frames)])
        self.assertEqual(self.report(), (0, [], []))
        cut = [(at, frame[:n]) for at, frame in self.packets[:60] for n in range(len(frame))]
        for link in LINKTYPES:
            capture_write(self.name, cut, link)
            status, _, err = self.report()
            self.assertEqual((status, err), (0, []), link)
