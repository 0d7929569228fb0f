# SPDX-License-Identifier: BSD-3-Clause
"""Every report with --json over captures of every scenario, against the schema.

Each line must be an object of the report that was asked for, with no key that the schema does not
know and none missing that it requires; and each key of the schema must be seen in some line, so
that none is written down that does not exist. json_keys.txt has the keys of the last version: they
never go and never change. What only a daemon prints is checked by tests/dpdk/dpdk_json.py.
"""
import copy
import json
import os
import random
import re
import sys

from described import Described
from runner import Case
import replay_make
import replay_schema
from replay_icmp import KINDS, Quoted
from replay_scenarios import BY_NAME, HARD, SCENARIOS
from replay_wire import LINKTYPES, capture_write

HERE = os.path.dirname(os.path.abspath(__file__))
RECORD = os.path.join(HERE, "json_keys.txt")
CONNECTIONS = 5 * len(SCENARIOS + HARD)
DIALECTS = ("zos", "linux", "ss", "bsd", "solaris", "windows")
GROUPS = ("client", "server", "client-net/24", "client-port", "server-port", "state",
          "client.state", "server.state", "proto", "vlan", "worker", "end", "closed-by",
          "server,port,state")

# The words of a command, and the reports that its lines may be, besides the reports themselves.
REPORTS = [
    (["--keep", "allconn"], ["conn"]), (["--at", "+5m", "allconn"], ["conn"]),
    (["--keep", "all"], ["all"]), (["byteinfo", "--as", "HOST"], ["byteinfo"]),
    (["byteinfo", "--dialect", "zos"], ["byteinfo"]),
    (["conn", "--as", "HOST"], ["line", "socket"]),
    (["sockets", "--as", "HOST"], ["line", "socket"]),
    (["sockets", "--dialect", "zos"], ["line", "socket"]),
    *((["allconn", "--dialect", one], ["line", "socket"]) for one in DIALECTS),
    *((["--keep", "allconn", "--by", one], ["group"]) for one in GROUPS),
    (["all", "--by", "server"], ["group"]), (["conn", "--by", "client"], ["group"]),
    (["listen", "--all"], ["listen"]), (["--at", "+1m", "leaks"], ["leaks"]),
    (["--at", "+10d", "events"], ["event"]),
]

# Keys that these captures cannot show, by the beginning of their line in the table.
ELSEWHERE = (
    "drop ", "health now",            # a daemon's: dpdk_json.py
    "leaks growth",                   # a second look: dpdk_json.py
    "socket vlan", "listen vlan",     # `vlan` of `identity`: dpdk_json.py
    "byteinfo end",                   # an active connection has none
    "all client.needless", "all server.needless",  # ACKs lost behind the tap: trouble_test.cc
    "lost ",                          # a listener that does not read: tests/net/net_events.py
    "away ",                          # a daemon that ended: dpdk_away.py
    "doctor ",                        # this machine: tests/net/net_doctor.py
    "conn tunnel", "all tunnel", "line tunnel", "listen tunnel", "event tunnel",  # of tunnels:
    "byteinfo tunnel", "group vni",   # replay_layers.py
    "leaks clients[].at_least",       # more clients of one server than there is room for
)
# The same: more rows than there is room for; and a client out of ports: replay_digest.py.
ROOM = re.compile(r"\w+ (other|runs_out)\b")
# Names of hosts, which only a daemon's configuration gives: dpdk_json.py.
NAMES = re.compile(r"[ ._]name string sometimes$")


def table(programs, *what):
    """What schema_table.py makes of the schema."""
    script = os.path.join(os.path.dirname(programs.schema), "schema_table.py")
    done = programs.run(sys.executable, script, programs.schema, *what)
    done.check_returncode()
    return done.stdout


class Json(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packets, cls.truth = replay_make.capture_make(29, CONNECTIONS, "ethernet", True,
                                                      SCENARIOS + HARD)
        capture_write(cls.name, packets)
        cls.schema = replay_schema.Strict(cls.programs.schema)
        cls.host = cls.truth[0]["client"]["ip"]
        cls.described, cls.seen = Described(cls.programs.spanstat), {}

    def lines(self, words, name=None):
        words = [self.host if word == "HOST" else word for word in words]
        status, out, err = self.said("-r", name or self.name, *words, "--json")
        self.assertEqual((status, err), (0, []), words)
        return out

    def row(self, reports, line):
        """The line as one of the reports that it may be."""
        if reports == ["line", "socket"]:
            reports = ["line" if "client" in json.loads(line) else "socket"]
        row = self.schema.check(reports[0], line)
        self.seen.setdefault(reports[0], set()).update(replay_schema.paths(row))
        return row

    def test_1_every_line_of_every_report(self):
        every = [([name], replay_schema.kinds(name)) for name in
                 self.described.reports("json", "read")]
        for words, reports in every + REPORTS:
            with self.subTest(words=" ".join(words)):
                lines = self.lines(words)
                self.assertGreater(len(lines), 0)
                for line in lines:
                    self.row(reports, line)

    def test_1_what_icmp_said(self):
        """The same of connections whose last packet a router could not pass on."""
        rng, addresses, packets = random.Random(41), replay_make.Addresses(random.Random(41)), []
        for i in range(40):
            conn = replay_make.connection_make(BY_NAME["unanswered_syn" if i % 2 else "udp_oneway"],
                                               rng, addresses, replay_make.START_US, link="raw")
            time_us, frame = conn.frames[-1]
            quoted = Quoted(frame)
            kind, code, _ = rng.choice(KINDS[quoted.family])
            packets += [*conn.frames, (time_us + 1500, quoted.error(rng, kind, code, len(frame)))]
        name = self.programs.path("icmp.pcap")
        capture_write(name, packets, "raw")
        for words, reports in ((["conn"], ["conn"]), (["all"], ["all"]),
                               (["--at", "+10d", "events"], ["event"]),
                               (["byteinfo"], ["byteinfo"]), (["sockets"], ["line", "socket"])):
            for line in self.lines(words, name):
                self.row(reports, line)

    def test_1_spellings(self):
        """A table that asks nobody and reads no capture."""
        status, lines, err = self.said("states", "--spellings", "--json")
        self.assertEqual((status, err, len(lines)), (0, [], 12))
        for line in lines:
            self.row(["spellings"], line)

    def test_2_every_key_is_there_somewhere(self):
        """After the tests before, whose lines are looked through."""
        missing = [line for line in table(self.programs, "--keys").splitlines()
                   if line.split()[1] not in self.seen.get(line.split()[0], ()) and
                   not line.startswith(ELSEWHERE) and not ROOM.match(line) and
                   not NAMES.search(line)]
        self.assertEqual(missing, [])

    def test_other_link_types(self):
        """Ports without Ethernet have other names, drivers and no VLAN."""
        for link in LINKTYPES:
            name = self.programs.path(f"{link}.pcap")
            packets, _ = replay_make.capture_make(30, 60, link, True, SCENARIOS)
            capture_write(name, packets, link)
            for words, reports in ((["--keep", "all"], ["all"]), (["stats"], ["stats"])):
                for line in self.lines(words, name):
                    self.row(reports, line)

    def test_names_that_must_be_escaped(self):
        name = self.programs.path('a "quoted"\\ name\x01\xe9,.pcap')
        capture_write(name, replay_make.capture_make(3, 20, "ethernet", True, SCENARIOS)[0])
        for words in (["stats"], ["health"]):
            for line in self.lines(words, name):
                self.row(words, line)

    def test_no_row_no_line(self):
        every = [[name] for name in self.described.reports("limit")]
        for words in every + [["conn", "--by", "server"]]:
            self.assertEqual(self.lines([*words, "bytes > 100G"]), [])

    def test_community_id_is_the_truths(self):
        """What Python's own SHA-1 gives, of every connection."""
        want = {row["community_id"] for row in self.truth}
        got = {json.loads(line)["community_id"] for line in self.lines(["--keep", "allconn"])}
        self.assertEqual(got, want)

    def test_keys_never_go(self):
        """A line that is only here: a key that was taken away, or changed. A line that is only in
        the schema: a new key; write it down with
        schema_table.py spanstat.schema.json --keys >tests/replay/json_keys.txt"""
        with open(RECORD, encoding="ascii") as record:
            recorded = set(record.read().splitlines())
        self.assertGreater(len(recorded), 300)
        now = set(table(self.programs, "--keys").splitlines())
        self.assertEqual((sorted(recorded - now), sorted(now - recorded)), ([], []))

    def test_the_schema_as_installed(self):
        """Others use it as it is: it takes every line, and one with a key of a later version."""
        for words in (["--keep", "all"], ["stats"], ["leaks"], ["events"], ["health"]):
            for line in self.lines(words)[:20]:
                row = json.loads(line)
                self.schema.open_validator.validate(row)
                self.schema.open_validator.validate({**row, "later": 1})

    def test_what_must_be_refused_is(self):
        """Else all of the above would prove nothing."""
        line = self.lines(["--keep", "allconn"])[0]
        good = json.loads(line)

        def client(**members):
            return {"client": {**good["client"], **members}}
        for wrong in ({"later": 1}, {"vlan": None}, {"vlan": 4096}, {"id": "2a"}, {"proto": "icmp"},
                      {"in_state": "3"}, {"in_state": -1}, {"opened": "2026-01-01T00:00:00Z"},
                      {"opened": "2026-01-01T00:00:00.000001+00:00"}, {"flags": []},
                      {"flags": ["unknown"]}, {"end": "none"}, client(port=65536),
                      client(bytes=1.5), client(bytes=1.0), client(bytes=-1), client(bytes=2**64),
                      client(bytes=True), client(name=None), client(ip="localhost"),
                      {"community_id": "1:x"}):
            with self.subTest(wrong=wrong), self.assertRaises(replay_schema.Refused):
                self.schema.check("conn", json.dumps({**good, **wrong}))
        for key in ("id", "client", "opened", "community_id"):
            less = copy.deepcopy(good)
            del less[key]
            with self.assertRaises(replay_schema.Refused):
                self.schema.check("conn", json.dumps(less))
        for text in ('{"id":1,"id":1}', '{"a":NaN}', "[]"):
            with self.assertRaises(replay_schema.Refused):
                self.schema.check("conn", text)
        self.schema.check("conn", line)
