# SPDX-License-Identifier: BSD-3-Clause
"""Filters, orders, limits and groups as a user asks for them, over a capture of every scenario.

All rows are asked for once, as JSON. What each filter must then give is worked out from them here,
in Python, and compared with what spanstat gives: the same connections, none twice. The report time
is the last packet's. Mistakes must end with exit status 2, nothing on standard output and one line
that names the column.
"""
import collections
import csv
import datetime
import ipaddress
import json

from runner import Case
import replay_check
import replay_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

CONNECTIONS = 900
BOTH = ("client", "server")


def seconds(text):
    """RFC 3339 as seconds since 1970; microseconds are kept."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def total(row, what):
    return sum(row[end].get(what, 0) for end in BOTH)


def states(row):
    return {row[end]["state"] for end in BOTH}


def ports(row):
    return {row[end]["port"] for end in BOTH}


def inside(row, end, net):
    address = ipaddress.ip_address(row[end]["ip"])
    net = ipaddress.ip_network(net)
    return address.version == net.version and address in net


def flags(row):
    return row.get("flags", ())


OVER = {"LISTEN", "CLOSED", "UDP"}

# filter, what it must mean
FILTERS = (
    ("state established", lambda r: "ESTABLISHED" in states(r)),
    ("state CLOSE_WAIT", lambda r: "CLOSE_WAIT" in states(r)),
    ("state ClosWait", lambda r: "CLOSE_WAIT" in states(r)),
    ("state CLOSE WAIT", lambda r: "CLOSE_WAIT" in states(r)),
    ("state closwt and state FINWAIT-2", lambda r: states(r) == {"FIN_WAIT_2", "CLOSE_WAIT"}),
    ("state TIMED_WAIT state fin wait 2", lambda r: states(r) & {"TIME_WAIT", "FIN_WAIT_2"}),
    ("client.state != SYN SENT", lambda r: r["client"]["state"] != "SYN_SENT"),
    ("state close exclude udp", lambda r: "CLOSED" in states(r) and "UDP" not in states(r)),
    ("state fin_wait", lambda r: states(r) & {"FIN_WAIT_1", "FIN_WAIT_2"}),
    ("state fin-wait-2 and state close-wait", lambda r: states(r) == {"FIN_WAIT_2", "CLOSE_WAIT"}),
    ("state fin-wait-2 state time-wait", lambda r: states(r) & {"FIN_WAIT_2", "TIME_WAIT"}),
    ("state connected", lambda r: states(r) - OVER),
    ("state synchronized", lambda r: states(r) - OVER - {"SYN_SENT"}),
    ("state bucket", lambda r: states(r) & {"SYN_RECEIVED", "TIME_WAIT"}),
    ("state big", lambda r: states(r) - {"SYN_RECEIVED", "TIME_WAIT"}),
    ("state all", lambda r: True),
    ("state udp", lambda r: r["proto"] == "udp"),
    ("exclude established", lambda r: "ESTABLISHED" not in states(r)),
    ("exclude established exclude udp", lambda r: not states(r) & {"ESTABLISHED", "UDP"}),
    ("client.state close-wait", lambda r: r["client"]["state"] == "CLOSE_WAIT"),
    ("server.state close-wait", lambda r: r["server"]["state"] == "CLOSE_WAIT"),
    ("dport 443", lambda r: r["server"]["port"] == 443),
    ("dport = :443 or dport eq 80", lambda r: r["server"]["port"] in (80, 443)),
    ("sport >= 40000 dport < 1024",
     lambda r: r["client"]["port"] >= 40000 and r["server"]["port"] < 1024),
    ("port != 443", lambda r: 443 not in ports(r)),
    ("not (dport 443 or dport 80) and proto tcp",
     lambda r: r["server"]["port"] not in (80, 443) and r["proto"] == "tcp"),
    ("src 10.0.0.0/8", lambda r: inside(r, "client", "10.0.0.0/8")),
    ("client 10.20.0.0/28 | server fd00::/8",
     lambda r: inside(r, "client", "10.20.0.0/28") or inside(r, "server", "fd00::/8")),
    ("host 192.168.5.1", lambda r: "192.168.5.1" in (r["client"]["ip"], r["server"]["ip"])),
    ("dst 192.168.0.0/16:443",
     lambda r: inside(r, "server", "192.168.0.0/16") and r["server"]["port"] == 443),
    ("dst [2001:db8::]/32:443",
     lambda r: inside(r, "server", "2001:db8::/32") and r["server"]["port"] == 443),
    ("dst *:443", lambda r: r["server"]["port"] == 443),
    ("src != 0.0.0.0/0", lambda r: ":" in r["client"]["ip"]),
    ("proto udp", lambda r: r["proto"] == "udp"),
    ("bytes > 2k", lambda r: total(r, "bytes") > 2000),
    ("packets <= 3", lambda r: total(r, "packets") <= 3),
    ("payload = 0", lambda r: total(r, "payload") == 0),
    ("retransmitted > 0", lambda r: total(r, "retransmitted_packets") > 0),
    ("retransmitted ge 2 dport 443",
     lambda r: total(r, "retransmitted_packets") >= 2 and r["server"]["port"] == 443),
    ("vlan >= 2000", lambda r: r.get("vlan", -1) >= 2000),
    ("vlan >= 0", lambda r: "vlan" in r),
    ("flag midstream", lambda r: "midstream" in flags(r)),
    ("flag oneway and not flag midstream",
     lambda r: "oneway" in flags(r) and "midstream" not in flags(r)),
    ("flag gap or flag role-guessed", lambda r: {"gap", "role-guessed"} & set(flags(r))),
    ("closed-by client", lambda r: r.get("closed_by") == "client"),
    ("closed-by server end fin",
     lambda r: r.get("closed_by") == "server" and r.get("end") == "fin"),
    ("end rst", lambda r: r.get("end") == "rst"),
    ("end reused", lambda r: r.get("end") == "reused"),
    ("vni 5", lambda r: False),
    ("worker 0", lambda r: True),
    ("in-state >= 5s", lambda r: r["in_state"] >= 5),
    ("idle > 4 and not proto udp", lambda r: r["idle"] > 4 and r["proto"] == "tcp"),
    ("age < 7s", lambda r: r["age"] < 7),
    ("(state close-wait or state last-ack) && !flag midstream && bytes >= 500",
     lambda r: states(r) & {"CLOSE_WAIT", "LAST_ACK"} and "midstream" not in flags(r)
     and total(r, "bytes") >= 500),
)

# words, column, part of the message
MISTAKES = (
    (("foo",), 1, "expected a test"),
    (("state", "foo"), 7, "expected a state, as established or close-wait, not 'foo'"),
    (("dport", "443", "and"), 14, "the filter ends here"),
    (("dport", "65536"), 7, "expected a port"),
    (("(dport 443",), 11, "')'"),
    (("dport 443", "or", "src", "10.0.0.300"), 18, "expected ADDRESS"),
    (("idle", ">", "soon"), 8, "expected a duration"),
    (("bytes", "10k"), 7, "expected a comparison"),
)


class Filters(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        packets, _ = replay_make.capture_make(5, CONNECTIONS, "ethernet", True, SCENARIOS + HARD)
        capture_write(cls.name, packets)
        cls.rows = [json.loads(line) for line in cls.report("all", "--json")]
        now = max(seconds(row["last"]) for row in cls.rows)
        for row in cls.rows:
            row["idle"] = now - seconds(row["last"])
            row["age"] = now - seconds(row["opened"])

    @classmethod
    def report(cls, *words):
        status, out, err = cls.said("-r", cls.name, "--keep", *words)
        assert (status, err) == (0, []), (words, status, err)
        return out

    def keys(self, *words):
        return sorted(replay_check.key_of(json.loads(line))
                      for line in self.report(*words, "--json"))

    def wanted(self, holds):
        return sorted(replay_check.key_of(row) for row in self.rows if holds(row))

    def test_filters(self):
        some = 0
        for text, holds in FILTERS:
            with self.subTest(filter=text):
                want = self.wanted(holds)
                self.assertEqual(self.keys("allconn", *text.split()), want)
                self.assertEqual(self.keys("allconn", text), want)
                some += 0 < len(want) < len(self.rows)
        self.assertGreater(some, len(FILTERS) - 8, "most filters divide the rows")

    def test_every_report_takes_one(self):
        want = self.wanted(lambda r: "CLOSE_WAIT" in states(r))
        self.assertEqual(self.keys("all", "state", "close-wait"), want)
        active = set(self.keys("conn"))
        self.assertLess(len(active), len(self.rows))
        self.assertEqual(self.keys("conn", "retransmitted", ">", "0"),
                         sorted(active & set(self.wanted(
                             lambda r: total(r, "retransmitted_packets") > 0))))
        table = list(csv.reader(self.report("-a", "--csv", "-H", "state", "close-wait")))
        self.assertEqual(len(table), len(want))

    def test_zos_options(self):
        want = self.wanted(lambda r: 443 in ports(r) or 80 in ports(r))
        self.assertEqual(self.keys("allconn", "-P", "443", "-P", "80"), want)
        want = self.wanted(lambda r: (443 in ports(r) and any(
            inside(r, end, "192.168.0.0/16") for end in BOTH)) and r["proto"] == "tcp")
        self.assertTrue(want)
        self.assertEqual(
            self.keys("allconn", "-I", "192.168.0.0/16", "-P", "443", "proto", "tcp"), want)

    def test_sort(self):
        for field, key in (("bytes", lambda r: total(r, "bytes")),
                           ("packets", lambda r: total(r, "packets")),
                           ("retransmitted", lambda r: total(r, "retransmitted_packets")),
                           ("in-state", lambda r: r["in_state"]),
                           ("server-port", lambda r: r["server"]["port"]),
                           ("opened", lambda r: r["opened"]),
                           ("client", lambda r: (":" in r["client"]["ip"],
                                                 ipaddress.ip_address(r["client"]["ip"]).packed,
                                                 r["client"]["port"]))):
            for sign in ("", "-"):
                with self.subTest(field=sign + field):
                    rows = [json.loads(line)
                            for line in self.report("all", "--json", "--sort", sign + field)]
                    self.assertEqual([key(row) for row in rows],
                                     sorted(map(key, self.rows), reverse=bool(sign)))
                    few = self.report("all", "--json", "--sort", sign + field, "--limit", "17")
                    self.assertEqual([json.loads(line)["id"] for line in few],
                                     [row["id"] for row in rows[:17]])

    def test_limit_says_so(self):
        n = len(self.rows)
        for limit in (1, 5, 300, n - 1):
            for more in ((), ("--sort", "id")):
                out = self.report("allconn", "--limit", str(limit), *more)
                self.assertEqual(len(out), 2 + limit + 1)
                self.assertEqual(out[-1], f"(cut short: {limit} connections shown, "
                                          "more are missing)")
                self.assertEqual(len(self.report("allconn", "--json", "--limit", str(limit),
                                                 *more)), limit)
        for limit in (n, n + 1):
            self.assertEqual(len(self.report("allconn", "--limit", str(limit))), 2 + n)
        want = len(self.wanted(lambda r: "CLOSE_WAIT" in states(r)))
        out = self.report("allconn", "state", "close-wait", "--limit", str(want))
        self.assertEqual(len(out), 2 + want, "nothing is missing, nothing is said")

    def groups(self, key):
        want = collections.defaultdict(collections.Counter)
        for row in self.rows:
            one = want[key(row)]
            one["count"] += 1
            for what in ("packets", "bytes", "payload"):
                one[what] += total(row, what)
        return want

    def check_groups(self, by, names, key):
        want = self.groups(key)
        out = [json.loads(line) for line in self.report("allconn", "--json", "--by", by)]
        self.assertEqual({tuple(one.get(name) for name in names):
                          {what: one[what] for what in ("count", "packets", "bytes", "payload")}
                          for one in out}, want)
        self.assertEqual(len(out), len(want))
        counts = [one["count"] for one in out]
        self.assertEqual(counts, sorted(counts, reverse=True))

    def test_groups(self):
        self.check_groups("server-port", ("server_port",), lambda r: (r["server"]["port"],))
        self.check_groups("state", ("state",),
                          lambda r: (f"{r['client']['state']}/{r['server']['state']}",))
        self.check_groups("server,proto", ("server", "proto"),
                          lambda r: (r["server"]["ip"], r["proto"]))
        self.check_groups("vlan", ("vlan",), lambda r: (r.get("vlan"),))
        self.check_groups("end,closed-by", ("end", "closed_by"),
                          lambda r: (r.get("end"), r.get("closed_by")))
        self.check_groups(
            "client-net/20,client.state", ("client", "client_state"),
            lambda r: (str(ipaddress.ip_network(r["client"]["ip"] + "/20", strict=False)),
                       r["client"]["state"]))

    def test_groups_sorted_and_cut(self):
        want = self.groups(lambda r: r["server"]["port"])
        out = [json.loads(line) for line in
               self.report("allconn", "--json", "--by", "port", "--sort", "-bytes")]
        self.assertEqual([one["bytes"] for one in out],
                         sorted((one["bytes"] for one in want.values()), reverse=True))
        text = self.report("allconn", "--by", "port", "--limit", "3")
        self.assertEqual(len(text), 2 + 3 + 1)
        self.assertEqual(text[-1], "(cut short: 3 groups shown, more are missing)")
        table = list(csv.reader(self.report("allconn", "--by", "port", "--csv", "proto", "udp")))
        self.assertEqual(table[0], ["server_port", "other", "count", "packets", "bytes", "payload"])
        self.assertEqual(sum(int(line[2]) for line in table[1:]),
                         len(self.wanted(lambda r: r["proto"] == "udp")))

    def test_mistakes(self):
        for words, column, part in MISTAKES:
            with self.subTest(words=words):
                for report in ("conn", "all"):
                    status, out, err = self.said("-r", self.name, report, *words)
                    self.assertEqual((status, out, len(err)), (2, [], 1), err)
                    self.assertTrue(err[0].startswith(f"spanstat: column {column}: "), err)
                    self.assertIn(part, err[0])
        for words in (("--sort", "foo"), ("--by", "foo"), ("--limit", "0"), ("-I", "foo"),
                      ("-P", "foo"), ("stats", "--limit", "5")):
            status, out, err = self.said("-r", self.name, *words)
            self.assertEqual((status, out, len(err)), (2, [], 1), err)
