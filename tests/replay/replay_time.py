# SPDX-License-Identifier: BSD-3-Clause
"""Stamps of captures: bad ones move nothing, jumps that are right are followed, nothing wraps.

Captures of whole connections, whose rows are known; then single stamps are changed, or files are
put one behind the other, and the rows must be those of before.
"""
import json
import random
import struct

from runner import Case
import replay_check
import replay_make
from replay_scenarios import BY_NAME
from replay_wire import LINKTYPES, capture_write

SEC = 1000000
DAY = 86400 * SEC
T = replay_make.START_US
END_2106 = (2**32 - 3600) * SEC
NAMES = ('client_closes_first', 'established_idle', 'half_closed_by_client', 'udp_both_ways')


def connections(start_us, seed, pause_us=20000):
    """One connection of each of NAMES, in turns, frame by frame, `pause_us` apart."""
    rng = random.Random(seed)
    addresses = replay_make.Addresses(rng)
    made = [replay_make.connection_make(BY_NAME[name], rng, addresses, start_us) for name in NAMES]
    turns, waiting = [], [list(conn.frames) for conn in made]
    while any(waiting):
        for frames in waiting:
            if frames:
                turns.append(frames.pop(0)[1])
    return made, [(start_us + i * pause_us, frame) for i, frame in enumerate(turns)]


def write_as_they_are(name, packets):
    """In the order of the list, whatever their times."""
    with open(name, 'wb') as out:
        out.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, LINKTYPES['ethernet']))
        for stamp, frame in packets:
            second, fraction = divmod(stamp, SEC)
            out.write(struct.pack('<IIII', second, fraction, len(frame), len(frame)) + frame)


class Stamps(Case):
    def setUp(self):
        self.fresh()

    def rows(self, *words):
        status, out, err = self.said('-r', self.name, *words, '--json')
        self.assertEqual((status, err), (0, []))
        return [json.loads(line) for line in out]

    def table(self, *words):
        """Rows by what names them, without what follows from the moment of a packet."""
        table = {}
        for row in self.rows(*words, 'allconn'):
            table[replay_check.key_of(row)[:3] + (row['opened'][:10],)] = (
                row['client']['state'], row['server']['state'], row['client']['packets'],
                row['server']['packets'], row.get('end'), row.get('flags'),
                row['last'][:10])
        return table

    def stats(self):
        return self.rows('stats')[0]

    def test_bad_stamps_anywhere(self):
        _, packets = connections(T, 1)
        write_as_they_are(self.name, packets)
        want = self.table()
        self.assertEqual((len(want), self.stats()['bad_stamps']), (len(NAMES), 0))
        for at in (0, 1, len(packets) // 2, len(packets) - 2, len(packets) - 1):
            for bad in (0, T - 2 * DAY, T + 2 * DAY, T - 10000 * DAY, END_2106):
                with self.subTest(at=at, bad=bad):
                    changed = list(packets)
                    changed[at] = (bad, packets[at][1])
                    write_as_they_are(self.name, changed)
                    self.assertEqual(self.table(), want)
                    self.assertEqual(self.stats()['bad_stamps'], 1)
                    checks = {row['check']: row for row in self.rows('health')}
                    self.assertNotEqual(checks['stamps']['verdict'], 'good')

    def test_a_bad_stamp_holds_back_no_other_file(self):
        """Each direction in a file of its own; a bad stamp in one of them."""
        made = replay_make.connection_make(BY_NAME['client_closes_first'], random.Random(3),
                                           replay_make.Addresses(random.Random(4)), T)
        server = made.frames[1][1][6:12]
        ways = [[p for p in made.frames if (p[1][6:12] == server) == of] for of in (False, True)]
        other = self.programs.path('other.pcap')
        for bad in (None, T + 2 * DAY, 0):
            if bad is not None:
                ways[0][1] = (bad, ways[0][1][1])
            write_as_they_are(self.name, ways[0])
            write_as_they_are(other, ways[1])
            row = self.rows('-r', other, 'allconn')[0]
            self.assertEqual((row['client']['state'], row['server']['state']),
                             ('TIME_WAIT', 'CLOSED'), bad)
            self.assertNotIn('flags', row)

    def test_right_jumps_are_followed(self):
        """A gap of three days, and files one behind the other: each row keeps its days."""
        for later in (3 * DAY, -2 * 3600 * SEC, -3 * DAY, 3000 * DAY, -3000 * DAY):
            with self.subTest(later=later):
                _, first = connections(T, 1)
                _, second = connections(T + later, 2)
                tables = []
                for packets in (first, second, first + second):
                    write_as_they_are(self.name, packets)
                    tables.append(self.table('--keep'))
                self.assertEqual(len(tables[0]), len(NAMES))
                self.assertEqual(tables[2], {**tables[0], **tables[1]})
                self.assertEqual(self.stats()['bad_stamps'], 0)
                if later > DAY:
                    self.assertEqual(self.table(), tables[1], 'timers ran out in the gap')

    def test_from_1970_to_2106(self):
        """Anywhere, and all of it in one capture; the last moment is that of the last packet."""
        starts = (0, 10 * 365 * DAY, 40 * 365 * DAY, 56 * 365 * DAY, 80 * 365 * DAY, END_2106)
        packets, want = [], {}
        for seed, start in enumerate(starts):
            _, some = connections(start, 10 + seed)
            write_as_they_are(self.name, some)
            alone = self.table('--keep')
            self.assertEqual(len(alone), len(NAMES), start)
            self.assertEqual(self.table(), alone, 'none is old')
            packets += some
            want.update(alone)
        write_as_they_are(self.name, packets)
        self.assertEqual(self.table('--keep'), want)
        self.assertEqual(self.stats()['bad_stamps'], 0)
        self.assertEqual(self.stats()['now'][:16], '2106-02-07T05:28')

    def test_the_oldest_row_is_the_most_idle(self):
        """A century of silence is more than the engine's clock has room for."""
        _, old = connections(0, 20)
        _, young = connections(100 * 365 * DAY, 21)
        write_as_they_are(self.name, old + young)
        idle = sorted(float(row['idle']) for row in self.rows('--keep', 'byteinfo'))
        self.assertEqual(len(idle), 6, 'of each four one has ended')
        self.assertGreater(idle[3], 99 * 365 * 86400)
        self.assertLess(idle[2], 60)

    def test_rare_packets_are_right(self):
        """One packet an hour: timers run out between them, and no stamp is bad."""
        made = replay_make.connection_make(BY_NAME['established_idle'], random.Random(5),
                                           replay_make.Addresses(random.Random(6)), T)
        frames = [(T + i * 3600 * SEC, frame) for i, (_, frame) in enumerate(made.frames)]
        capture_write(self.name, frames)
        stats = self.stats()
        self.assertEqual(stats['bad_stamps'], 0)
        self.assertGreater(stats['flows']['expired'], 0)
