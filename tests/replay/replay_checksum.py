# SPDX-License-Identifier: BSD-3-Clause
"""Captures with wrong checksums: ignored, counted, or kept from moving anything.

Every checksum that the generator makes is right, so whatever it makes is reported as if nobody had
verified it. Then some packets are followed by a copy that was damaged on its way.
"""
import json
import random
import struct

from runner import Case
import replay_check
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import capture_write


class Checksums(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packets, cls.truth = replay_make.capture_make(23, 2 * len(SCENARIOS), 'ethernet', True,
                                                      SCENARIOS)
        cls.packets = sorted(packets, key=lambda packet: packet[0])

    def stats(self, *words):
        status, out, err = self.said('-r', self.name, *words, '--keep', 'stats', '--json')
        self.assertEqual((status, err), (0, []))
        stats = json.loads(out[0])
        return stats['wrong_checksums'], stats['packets']['verdicts']['wrong-checksum']

    def rows(self, *words):
        status, out, err = self.said('-r', self.name, *words, '--keep', 'all', '--json')
        self.assertEqual((status, err), (0, []))
        return [json.loads(line) for line in out]

    def test_right_ones(self):
        """Options, extension headers, tags, padding, all lengths: no packet is called wrong."""
        capture_write(self.name, self.packets)
        for mode in ('ignore', 'count', 'verify'):
            self.assertEqual(self.stats('--checksum', mode), (0, 0), mode)
            bad = replay_check.compare(self.truth, self.rows('--checksum', mode))
            self.assertEqual(bad, [], mode)

    def damaged(self):
        """Behind every ninth packet of TCP or UDP one that lost a bit in its last byte."""
        damaged, n = [], 0
        for i, (at, frame) in enumerate(self.packets):
            damaged.append((at, frame))
            end = self.end_of(frame)
            if i % 9 == 0 and end:
                n += 1
                damaged.append((at, frame[:end - 1] + bytes((frame[end - 1] ^ 0x40,)) +
                                frame[end:]))
        return damaged, n

    @staticmethod
    def end_of(frame):
        """Where the datagram ends in an untagged frame of IPv4; 0: it is another frame."""
        if frame[12:14] != b'\x08\0':
            return 0
        return 14 + struct.unpack('>H', frame[16:18])[0]

    def test_wrong_ones(self):
        damaged, n = self.damaged()
        capture_write(self.name, damaged)
        self.assertGreater(n, 20)
        self.assertEqual(self.stats(), (0, 0), 'by default nobody verifies')
        self.assertEqual(self.stats('--checksum', 'count'), (n, 0))
        self.assertEqual(self.stats('--checksum', 'verify'), (n, n))
        self.assertEqual(replay_check.compare(self.truth, self.rows('--checksum', 'verify')), [],
                         'they have moved nothing')
        self.assertEqual([dict(row, id='') for row in self.rows('--checksum', 'count')],
                         [dict(row, id='') for row in self.rows()], 'they are tracked')
        self.assertNotEqual(replay_check.compare(self.truth, self.rows()), [])

    def test_cut_ones(self):
        """Of a packet that the capture cut nobody knows, but for IPv4's header."""
        damaged, _ = self.damaged()
        long = [(at, frame) for at, frame in damaged if self.end_of(frame) > 200]
        self.assertGreater(len(long), 20)
        capture_write(self.name, long, snaplen=190)
        self.assertEqual(self.stats('--checksum', 'verify'), (0, 0))
        headers = [(at, frame[:22] + bytes((frame[22] ^ 1,)) + frame[23:]) for at, frame in long]
        capture_write(self.name, headers, snaplen=190)
        self.assertEqual(self.stats('--checksum', 'verify'), (len(long), len(long)))

    def test_noise(self):
        """Frames with a bit of anything changed: counting them changes no row."""
        rng = random.Random(8)
        noisy = []
        for at, frame in self.packets:
            place = rng.randrange(len(frame))
            noisy.append((at, frame[:place] + bytes((frame[place] ^ 1 << rng.randrange(8),)) +
                          frame[place + 1:]))
        capture_write(self.name, noisy)
        self.assertEqual(self.rows('--checksum', 'count'), self.rows())
        wrong, verdict = self.stats('--checksum', 'verify')
        self.assertEqual(wrong, verdict)
        self.assertGreater(wrong, len(noisy) // 2)
