# SPDX-License-Identifier: BSD-3-Clause
"""Time: what is shown when the capture ends, and what is left when the clock is moved on.

One connection a capture, one line of TIMES a scenario: how it is shown at the end, the last moment
at which it must still be there and the first at which it must be gone. Timers are the defaults of
the design, and expiry may come up to a second after it is due. Where two ends have different
timers, the shorter one gives the first moment and the longer one the last.
"""
import json
import random

from runner import Case
import replay_check
import replay_make
from replay_scenarios import BY_NAME
from replay_wire import capture_write

# scenario                       active  still there  gone
TIMES = (
    ("client_closes_first",      False, "+3m",       "+5m"),
    ("server_closes_first",      False, "+238s",     "+242s"),
    ("simultaneous_close",       False, "+238s",     "+242s"),
    ("rst_by_client",            False, "+9s",       "+11s"),
    ("rst_by_server",            False, "+9s",       "+11s"),
    ("refused",                  False, "+9s",       "+11s"),
    ("unanswered_syn",           True,  "+118s",     "+122s"),
    ("half_open",                True,  "+58s",      "+122s"),
    ("established_idle",         True,  "+23h",      "+25h"),
    ("half_closed_by_client",    True,  "+1h",       "+7h"),
    ("half_closed_by_server",    True,  "+5h",       "+7h"),
    ("data_after_half_close",    True,  "+5h",       "+7h"),
    ("fin_unanswered",           True,  "+5h",       "+7h"),
    ("simultaneous_close_unfinished", True, "+58s",  "+62s"),
    ("last_ack_missing",         True,  "+58s",      "+242s"),
    ("udp_oneway",               True,  "+28s",      "+32s"),
    ("udp_both_ways",            True,  "+178s",     "+182s"),
)


class Clock(Case):
    def setUp(self):
        self.fresh()

    def make(self, scenario, seed):
        rng = random.Random(seed)
        conn = replay_make.connection_make(BY_NAME[scenario], rng,
                                           replay_make.Addresses(rng), replay_make.START_US)
        capture_write(self.name, conn.frames)
        return conn

    def rows(self, *words):
        status, out, err = self.said("-r", self.name, *words, "--json")
        self.assertEqual((status, err), (0, []))
        return [json.loads(line) for line in out]

    def test_times(self):
        for seed, (scenario, active, there, gone) in enumerate(TIMES):
            with self.subTest(scenario=scenario):
                want = self.make(scenario, seed).rows[0]
                for words in (("all",), ("--at", there, "all")):
                    rows = self.rows(*words)
                    self.assertEqual(len(rows), 1, words)
                    found = replay_check.differences(want, rows[0])
                    self.assertEqual(found, [], words)
                self.assertEqual(len(self.rows("conn")), active)
                self.assertEqual(self.rows("--at", gone, "allconn"), [])
                self.assertEqual(len(self.rows("--keep", "--at", gone, "allconn")), 1)

    def test_midstream_alone_is_forgotten_sooner(self):
        conn = self.make("midstream_with_known_port", 5)
        capture_write(self.name, conn.frames[:1])
        self.assertEqual(len(self.rows("--at", "+298s", "allconn")), 1)
        self.assertEqual(self.rows("--at", "+302s", "allconn"), [])

    def test_in_state_goes_on_with_the_clock(self):
        """Two segments make a half close: the state is entered with the FIN or with its ACK."""
        self.make("half_closed_by_client", 6)
        row = self.rows("--at", "+1h", "conn")[0]
        self.assertGreaterEqual(row["in_state"], 3600)
        self.assertLess(row["in_state"], 3601)

    def test_capture_time_fires_timers(self):
        """A later packet of another connection moves the clock as --at would."""
        first = self.make("client_closes_first", 7)
        rng = random.Random(8)
        second = replay_make.connection_make(BY_NAME["established_idle"], rng,
                                             replay_make.Addresses(random.Random(99)),
                                             first.now + 300 * 1000000)
        second_key = replay_check.key_of(second.rows[0])
        self.assertNotEqual(second_key, replay_check.key_of(first.rows[0]))
        capture_write(self.name, first.frames + second.frames)
        self.assertEqual([replay_check.key_of(row) for row in self.rows("allconn")], [second_key])
        self.assertEqual(len(self.rows("--keep", "allconn")), 2)

    def test_new_segment_starts_time_wait_anew(self):
        """The FIN that is repeated in TIME_WAIT and acknowledged again (RFC 9293 3.10.7.4)."""
        conn = self.make("client_closes_first", 9)
        conn.pause(200, 200)
        conn.server.fin_again()
        conn.client.ack()
        capture_write(self.name, conn.frames)
        self.assertEqual(len(self.rows("--at", "+200s", "allconn")), 1)
        self.assertEqual(self.rows("--at", "+242s", "allconn"), [])

    def test_keep_keeps_the_reused(self):
        self.make("reused_after_time_wait", 10)
        self.assertEqual(len(self.rows("--keep", "allconn")), 2)
        rows = self.rows("conn")
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0]["client"]["state"], "ESTABLISHED")

    def test_duration_must_be_one(self):
        self.make("refused", 11)
        for word in ("5m", "+", "+5x", "-5m", ""):
            status, out, err = self.said("-r", self.name, "--at", word, "conn")
            self.assertEqual((status, out, len(err)), (2, [], 1), word)
            self.assertTrue(err[0].startswith("spanstat: "), err)
