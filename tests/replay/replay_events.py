# SPDX-License-Identifier: BSD-3-Clause
"""Events of whole captures, against the truth about each connection.

What `spanstat -r FILE events` prints must tell the life of every connection from its first packet
to its last: opened once, each change of state from the state that the change before has left,
ended once. What the last event says is what the truth says of the connection.
"""
import argparse
import csv
import json
import subprocess

from runner import Case
import replay_check
import replay_make

CONNECTIONS = 1500
LONG_AFTER = ("--at", "+10d")
STATES = ("client", "server")
END_KEYS = ("ip", "port", "state", "packets", "bytes", "payload") # of the rows that events have


class Life:
    """The events of one connection in the order in which they came."""

    def __init__(self):
        self.events = []
        self.states = None
        self.wrong = []

    def add(self, event):
        kind, last = event["type"], self.events[-1] if self.events else None
        now = {end: event[end]["state"] for end in STATES}
        if (kind == "opened") != (last is None):
            self.wrong.append(f"{kind} where it is the first: {last is None}")
        if last and last["type"] == "ended":
            self.wrong.append(f"{kind} after its end")
        if kind == "state":
            before = {**now, **event["was"]}
            if not event["was"] or any(now[end] == was for end, was in event["was"].items()):
                self.wrong.append(f"a change that is none: {event}")
            if before != self.states and not self.turned(event, before):
                self.wrong.append(f"was {before}, but {self.states} was told")
        if kind == "ended" and now != self.states:
            self.wrong.append(f"ended in {now}, but {self.states} was told")
        if last and event["time"] < last["time"]:
            self.wrong.append("time goes back")
        self.states = now
        self.events.append(event)

    def turned(self, event, before):
        """A handshake may show that the guess who is client was wrong: the ends change places."""
        swapped = {"client": before["server"], "server": before["client"]}
        last = self.events[-1]
        return ("role-guessed" in last.get("flags", []) and swapped == self.states and
                (last["client"]["ip"], last["client"]["port"]) ==
                (event["server"]["ip"], event["server"]["port"]))


class Events(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parser = argparse.ArgumentParser()
        replay_make.arguments(parser)
        given = parser.parse_args(["--seed", "77", "--connections", str(CONNECTIONS)])
        replay_make.make(given, cls.programs.folder)
        with open(cls.programs.path("truth.jsonl"), encoding="ascii") as lines:
            cls.truth = [json.loads(line) for line in lines]

    def run_spanstat(self, *words):
        status, out, err = self.said("-r", self.name, *words)
        self.assertEqual((status, err), (0, []), words)
        return out

    def events(self, *words):
        return [json.loads(line) for line in self.run_spanstat(*words, "--json")]

    def lives(self, *words):
        lives = {}
        for event in self.events(*words):
            self.assertNotEqual(event["type"], "lost", "the engine waits for whoever listens")
            lives.setdefault(event["id"], Life()).add(event)
        return lives

    def test_every_connection_from_first_to_last(self):
        lives = self.lives(*LONG_AFTER, "events")
        self.assertEqual(len(lives), len(self.truth))
        wrong = [(key, life.wrong) for key, life in lives.items() if life.wrong]
        self.assertEqual(wrong, [])
        for life in lives.values():
            self.assertEqual((life.events[0]["type"], life.events[-1]["type"]), ("opened", "ended"))
        self.assertGreater(sum(len(life.events) for life in lives.values()), 4 * len(lives))

    def test_what_ends_is_what_the_truth_says(self):
        """All keys that `allconn` has, but for why it ended where that was its timer."""
        found = {}
        for life in self.lives(*LONG_AFTER, "events").values():
            event = life.events[-1]
            found.setdefault(replay_check.key_of(event), []).append(event)
        for row in self.truth:
            want = {key: value for key, value in row.items() if key != "duplicates"}
            for end in STATES:
                want[end] = {key: row[end][key] for key in END_KEYS}
            ends = found[replay_check.key_of(want)]
            event = next(end for end in ends if end["opened"] == want["opened"])
            if "end" not in want:
                self.assertEqual(event.pop("end"), "timeout")
            self.assertEqual(replay_check.differences(want, event), [], want["scenario"])

    def test_kept_connections_stay(self):
        """With --keep nothing ends but what its own tuple replaces: rows and events agree."""
        rows = {row["id"]: row for row in self.events("--keep", "allconn")}
        lives = self.lives("--keep", "events")
        replaced = replay_check.replaced(rows.values())
        self.assertEqual(set(rows), set(lives))
        for key, life in lives.items():
            self.assertEqual({end: rows[key][end]["state"] for end in STATES}, life.states)
            ended = life.events[-1]["type"] == "ended"
            self.assertEqual(ended, key in replaced)

    def test_the_daemon_filters(self):
        everything = self.events(*LONG_AFTER, "events")
        some = self.events(*LONG_AFTER, "events", "client.state", "fin-wait-2", "or", "flag",
                           "midstream")
        want = [event for event in everything if event["client"]["state"] == "FIN_WAIT_2" or
                "midstream" in event.get("flags", [])]
        self.assertGreater(len(want), 10)
        self.assertLess(len(want), len(everything) // 2)
        self.assertEqual(some, want)
        self.assertEqual(self.events("events", "--limit", "7"), self.events("events")[:7])

    def test_text_and_csv_say_the_same(self):
        events = self.events("events")
        text = self.run_spanstat("events", "-H")
        self.assertEqual(len(text), len(events))
        for line, event in zip(text, events):
            words = line.split()
            self.assertEqual((words[0], words[1], words[2]),
                             (event["time"][11:26], event["type"], event["id"]))
            self.assertEqual((words[5], words[7]), tuple(event[end]["state"] for end in STATES))
        table = list(csv.DictReader(self.run_spanstat("events", "--csv")))
        self.assertEqual(len(table), len(events))
        for row, event in zip(table, events):
            self.assertEqual((row["type"], row["time"], row["id"], row["client_state"], row["end"]),
                             (event["type"], event["time"], event["id"], event["client"]["state"],
                              event.get("end", "")))
            self.assertEqual(row["was_server"], event.get("was", {}).get("server", ""))

    def test_a_reader_that_has_enough(self):
        """It ends without a word when nobody reads on."""
        command = (f"exec 3>&1; {{ '{self.programs.spanstat}' -r '{self.name}' events; "
                   "echo $? >&3; } | head -n 3")
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        self.assertEqual(len(done.stdout.splitlines()), 4)
        self.assertIn("141", done.stdout)

    def test_a_broken_file(self):
        """What was in it before the break is told, and that it is broken."""
        name = self.programs.path("broken.pcap")
        with open(self.name, "rb") as whole, open(name, "wb") as broken:
            broken.write(whole.read(100000))
        status, out, err = self.said("-r", name, "events", "--json")
        self.assertEqual((status, len(err)), (1, 1))
        self.assertGreater(len(out), 100)
