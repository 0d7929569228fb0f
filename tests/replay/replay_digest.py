# SPDX-License-Identifier: BSD-3-Clause
"""leaks, timewait, clients, health and states over a capture of every scenario.

All rows are asked for once, as JSON. What the lines of each digest must add up to is worked out
from them here, in Python, and compared with what spanstat gives, with a filter and without. Which
verdict is right is looked at where hosts are real (tests/net/net_digest.py); here, that every
connection of a line has one.
"""
import collections
import csv
import json
import os
import re
import xml.etree.ElementTree

from runner import Case
import replay_check
import replay_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

CONNECTIONS = 900
SVG = "{http://www.w3.org/2000/svg}"
ENDS = ("client", "server")
HAS_CLOSED, IS_OPEN = {"FIN_WAIT_1", "FIN_WAIT_2"}, {"CLOSE_WAIT", "ESTABLISHED"}


def side_of(row):
    """Which end of a half-closed connection has not closed; None: it is not half closed."""
    if row["proto"] != "tcp" or "end" in row:
        return None
    for end, other in (ENDS, ENDS[::-1]):
        if row[end]["state"] in IS_OPEN and row[other]["state"] in HAS_CLOSED:
            return end
    return None


def socket_of(row):
    return row["server"]["ip"], row["server"]["port"]


def leaks_of(rows, everything):
    """What the lines must have, by socket and side."""
    found = collections.defaultdict(collections.Counter)
    for row in rows:
        side = side_of(row)
        if side:
            line = found[socket_of(row) + (side,)]
            line.update(("count", *(row[end]["state"].lower() for end in ENDS)))
    closed = collections.Counter(socket_of(row) for row in everything
                                 if row["proto"] == "tcp" and row.get("end") == "fin")
    return {key: (line["count"], line["close_wait"], line["fin_wait_1"], line["fin_wait_2"],
                  closed[key[:2]]) for key, line in found.items()}


def waits(row):
    return "TIME_WAIT" in (row["client"]["state"], row["server"]["state"])


def timewait_of(rows, everything):
    """The filter chooses the lines; all that holds a port of theirs is counted."""
    def key(row):
        return (row["client"]["ip"],) + socket_of(row)

    def is_own(row):
        return row["proto"] == "tcp" and row["id"] not in replaced and row.get("end") != "dropped"
    replaced = replay_check.replaced(everything)
    wanted = {key(row) for row in rows if is_own(row) and waits(row)}
    found = {one: collections.Counter() for one in wanted}
    for row in everything:
        if is_own(row) and key(row) in wanted:
            state = row["client"]["state"]
            line = found[key(row)]
            line["time_wait"] += state == "TIME_WAIT"
            line["held"] += state not in ("TIME_WAIT", "CLOSED")
            line["server"] += row["server"]["state"] == "TIME_WAIT"
    return {one: (line["time_wait"], line["held"], line["server"]) for one, line in found.items()}


def clients_of(rows):
    found = collections.defaultdict(collections.Counter)
    for row in rows:
        line = found[row["client"]["ip"]]
        line.update(("count", row["client"]["state"]))
        for end, way in zip(ENDS, ("out", "in")):
            for what in ("packets", "bytes"):
                line[f"{what}_{way}"] += row[end][what]
    return {address: dict(+line) for address, line in found.items()}


class Digest(Case):
    """One capture for all tests; nothing is forgotten, so all reports see the same rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packets, _ = replay_make.capture_make(5, CONNECTIONS, "ethernet", True, SCENARIOS + HARD)
        capture_write(cls.name, packets)
        cls.rows = cls.json("all")

    @classmethod
    def report(cls, *words, **more):
        status, out, err = cls.said("-r", cls.name, "--keep", *words, **more)
        assert (status, err) == (0, []), (words, status, err)
        return out

    @classmethod
    def json(cls, *words):
        return [json.loads(line) for line in cls.report(*words, "--json")]

    def filtered(self):
        """Filters, and the rows that match: nothing, and what is common enough to divide them."""
        yield (), self.rows
        yield ("server", "192.168.0.0/16"), self.json("all", "server", "192.168.0.0/16")
        yield ("retransmitted", ">", "0"), self.json("all", "retransmitted", ">", "0")

    def test_leaks(self):
        for words, rows in self.filtered():
            with self.subTest(filter=words):
                lines, want = self.json("leaks", *words), leaks_of(rows, self.rows)
                self.assertEqual({(line["server"]["ip"], line["server"]["port"],
                                   line["not_closed"]):
                                  (line["count"], line["close_wait"], line["fin_wait_1"],
                                   line["fin_wait_2"], line["closed_lately"])
                                  for line in lines}, want)
                self.assertEqual(len(lines), len(want))
                self.assertTrue(want)
                for line in lines:
                    self.assertEqual(sum(line["verdicts"].values()), line["count"])
                    self.assertGreater(line["verdicts"][line["verdict"]], 0)
                    self.assertLessEqual(line["median"], line["oldest"])
                    self.assertNotIn("growth", line, "nobody has looked before")
                counts = [line["count"] for line in lines]
                self.assertEqual(counts, sorted(counts, reverse=True))

    def test_timewait(self):
        for words, rows in self.filtered():
            with self.subTest(filter=words):
                lines, want = self.json("timewait", *words), timewait_of(rows, self.rows)
                self.assertEqual({(line["client"], line["server"]["ip"], line["server"]["port"]):
                                  (line["time_wait"], line["held"], line["server_time_wait"])
                                  for line in lines}, want)
                self.assertEqual(len(lines), len(want))
                self.assertTrue(want)
                for line in lines:
                    self.assertEqual(line["in_use"], line["time_wait"] + line["held"])
                    self.assertFalse(line["exhausts"])

    def test_clients(self):
        for words, rows in self.filtered():
            with self.subTest(filter=words):
                lines, want = self.json("clients", *words), clients_of(rows)
                sums = ("count", "packets_out", "packets_in", "bytes_out", "bytes_in")
                got = {line["ip"]: dict(+collections.Counter(
                    {**line["by_state"], **{name: line[name] for name in sums}}))
                       for line in lines}
                self.assertEqual(got, want)
        largest = [line["bytes_out"] + line["bytes_in"]
                   for line in self.json("clients", "--sort", "-bytes")]
        self.assertEqual(largest, sorted(largest, reverse=True))

    def test_formats(self):
        for name in ("leaks", "timewait", "clients"):
            n = len(self.json(name))
            table = list(csv.reader(self.report(name, "--csv")))
            self.assertEqual(len(table), n + 1)
            self.assertEqual({len(line) for line in table}, {len(table[0])})
            self.assertEqual(len(self.report(name, "--csv", "-H")), n)
            self.assertEqual(self.report(name, "--limit", "1")[-1],
                             "(cut short: 1 lines shown, more are missing)")
            self.assertEqual(len(self.json(name, "--limit", str(n))), n)

    def test_health_has_one_look(self):
        checks = {line["check"]: line for line in self.json("health")}
        self.assertTrue(all("now" not in line for line in checks.values()))
        self.assertNotIn("clock", checks, "the capture's clock is its own")
        counters = self.json("stats")[0]
        self.assertEqual((checks["duplicates"]["since_start"]["count"],
                          checks["duplicates"]["since_start"]["total"],
                          checks["gaps"]["since_start"]["count"]),
                         (counters["duplicates"], counters["packets"]["received"],
                          counters["gaps"]))

    def test_states(self):
        want = {end: collections.Counter(row[end]["state"] for row in self.rows) for end in ENDS}
        for line in self.json("states"):
            self.assertEqual((line["clients"], line["servers"]),
                             tuple(want[end][line["state"]] for end in ENDS), line["state"])

    def in_boxes(self):
        """What the box of each state must say, for the states that connections have."""
        return {line["state"]: f"c {line['clients']} s {line['servers']}"
                for line in self.json("states") if line["state"] not in ("LISTEN", "UDP")}

    def test_diagram(self):
        want = self.in_boxes()
        lines = self.report("states", "--diagram", "-H", env={**os.environ, "LC_ALL": "C"})
        self.assertLessEqual(max(map(len, lines)), 80)
        for state, counts in want.items():
            at, box = next((i, box) for i, line in enumerate(lines)
                           if (box := re.search(rf"[|+] +{state} +[|+]", line)))
            self.assertEqual(lines[at + 1][box.start():box.end()].strip("|+ "), counts, state)
        drawn = self.report("states", "--diagram", "-H", env={**os.environ, "LC_ALL": "C.UTF-8"})
        self.assertEqual([len(line) for line in drawn], [len(line) for line in lines])
        self.assertIn("┤    CLOSED     ├", drawn[1])
        self.assertEqual(self.json("states", "--diagram"), self.json("states"))

    def test_diagram_as_a_picture(self):
        """XML that parses, with each state in a box of its own and its count below."""
        path = self.programs.path("states.svg")
        self.assertEqual(self.report("states", "--diagram", "-o", path), [])
        root = xml.etree.ElementTree.parse(path).getroot()
        self.assertEqual(root.tag, SVG + "svg")
        texts = [(text.get("class"), text.text) for text in root.iter(SVG + "text")]
        for state, counts in self.in_boxes().items():
            self.assertEqual(texts[texts.index(("state", state)) + 1], ("counts", counts))
        self.assertEqual(len(root.findall(SVG + "rect")), 11)
        self.assertFalse(list(root.iter(SVG + "script")))
