# SPDX-License-Identifier: BSD-3-Clause
"""What the two builds are asked: command lines, made from tables.

Which words, fields and states there are comes from `spanstat --describe` of the build before; what
is wrong usage, from the tables of replay_usage. Each function gives the Asks of one kind, in a
fixed order.
"""
import itertools
import json
import subprocess

from compare_run import INTERRUPT, Ask
from compare_stage import JAPANESE, MAIN, WRONG_CONFIGURATIONS
from described import Described
from replay_usage import ARGUMENTS, AT, FILTERS, FLAGS, LINED, TOGETHER, VALUES

SOCKET = ("--socket", "d.sock")
FORMS = ((), ("--json",), ("--csv",))
MORE_FORMS = (("-H",), ("-H", "--csv"), ("--no-header", "--json"), ("--wide",), ("-W", "--csv"),
              ("--names",), ("--names", "--json"), ("--names", "-W"))
MOMENTS = ((), ("--keep",), ("--at", "+1m"), ("--at", "+1h30m"), ("--at", "+2d", "--keep"))
DIALECTS = (("zos",), ("zos", "--format", "short"), ("zos", "--format", "long"), ("linux",),
            ("ss",), ("bsd",), ("solaris",), ("windows",))
COLUMNS = (80, 132, 200)
ORDERED = ",local,foreign,proto"  # sockets that a sort leaves side by side have no order
BY_MANY = ("server,server-port", "client-net/24,end", "server,server-port,state",
           "client,server,proto,closed-by", "client-net/16,server-net/64")
FEW = (("all", "--keep", "--json"), ("allconn",), ("listen", "--all", "--csv"), ("stats", "--json"),
       ("events", "--json"))  # of each capture that others made
MIXED = ((), ("--keep",), ("--keep", "--json"), ("--csv",), ("--json",))
# Values that go with each kind of word of a filter; {} is taken from the rows that there are.
VALUES_OF = {
    "socket": ("10.20.0.0/16", "{client}", "{server}:443", "fd00:20::/32", ":443", "{client6}"),
    "net": ("10.20.0.0/16", "{server}", "fd00::/8"), "name": ("db1", "web*", "nobody"),
    "port": ("443", ":5432", "1024", "65535"), "proto": ("tcp", "udp"),
    "time": ("0s", "1s", "5s", "1m30s"), "count": ("0", "3", "1k", "1M"), "vlan": ("0", "100"),
    "vni": ("0", "77"), "worker": ("0", "1"), "id": ("{id}", "1"),
}
COMPARED = {"equal": ("", "=", "!="), "order": ("", "=", "!=", "<", ">=", ">"),
            "must": ("=", "!=", "<", "<=", ">")}
JOINED = ("state established or state time-wait", "not proto udp", "! dport 443",
          "(dport 443 or dport 80) and client 10.20.0.0/16", "state close-wait dport < 1024",
          "exclude established exclude time-wait", "not (flag oneway or end rst)", "")
TOP_KEYS = ("2", "3", "1", "g", "s", "S", "r", "w", "h", "x", "p")


class Known(Described):
    """What --describe says, and values from the capture."""

    def __init__(self, build):
        super().__init__(build.spanstat)
        self.every = [(name,) for name in self.reports("json", "read")] + [("listen", "--all")]
        self.limited = self.reports("limit")
        self.filtered = [name for name in self.reports("json") if name not in
                         self.reports(words="none") + self.reports(words="port")]
        rows = [json.loads(line) for line in
                self.ask(build, "-r", MAIN, "--keep", "allconn", "--json").splitlines()]
        row4 = next(row for row in rows if "." in row["client"]["ip"] and row["proto"] == "tcp")
        row6 = next(row for row in rows if ":" in row["client"]["ip"])
        self.values = {"client": row4["client"]["ip"], "server": row4["server"]["ip"],
                       "client6": f"[{row6['client']['ip']}]", "id": row4["id"]}
        self.other_id = row6["id"]
        self.hosts = (row4["client"]["ip"], row4["server"]["ip"], row6["server"]["ip"], "192.0.2.1")

    @staticmethod
    def ask(build, *words):
        return subprocess.run([build.spanstat, *words], cwd=build.place, check=True, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL).stdout

    def values_of(self, kind):
        if kind == "state":
            return [rest[0] for rest in self.lines["state"]]
        named = [rest[1] for rest in self.lines["value"] if rest[0] == kind]
        return [value.format(**self.values) for value in VALUES_OF.get(kind, ())] or named

    def filters(self):
        """[(word, filter)]: each word with each of its values and comparisons."""
        for word, use, kind, compared, *_ in self.lines["word"]:
            for value in self.values_of(kind) if use in ("field", "state", "exclude") else ():
                for sign in COMPARED.get(compared, ("",)):
                    yield word, " ".join(filter(None, (word, sign, value)))


def read(*words, names=(MAIN,), **options):
    return Ask((*itertools.chain(*(("-r", name) for name in names)), *words), **options)


def told(*words, **options):
    return Ask((*SOCKET, *words), **options)


def about_programs():
    """Neither capture nor daemon."""
    for program in ("spanstat", "spanstatd"):
        for words in (("--help",), ("-h",), ("--version",), ("--describe",)):
            yield Ask(words, program=program)
    for form in (*FORMS, *MORE_FORMS):
        yield Ask(("states", *form))
    yield Ask(("-V",), program="spanstatd")


def about_forms(known):
    for report, form, moment in itertools.product(known.every, (*FORMS, *MORE_FORMS), MOMENTS):
        yield read(*moment, *report, *form)
    for report, form in itertools.product(known.every, FORMS):
        name = f"{'-'.join((*report, *form)).replace('--', '')}.out"
        yield read("--keep", "-o", name, *report, *form)
        yield read("--keep", *report, *form, names=(MAIN, "raw-pcap.pcap", "sll2-pcap.pcap"))


def about_order(known):
    for sign, suffix in (("", ""), ("-", ""), ("", ":desc"), ("", ":asc")):
        for field in known.fields("rows"):
            yield read("--keep", "allconn", "--sort", sign + field + suffix)
        for field in known.fields("groups"):
            yield read("--keep", "clients", "--sort", sign + field + suffix)
            yield read("--keep", "allconn", "--by", "server", "--sort", sign + field + suffix)
    for report, field in itertools.product(("conn", "all", "byteinfo", "sockets"),
                                           known.fields("rows")):
        rest = ",-bytes,id" if report != "sockets" else ORDERED
        yield read("--keep", report, "--sort", f"-{field}{rest}", "--limit", "20", "--json")
        yield read("--keep", report, "--sort", f"{field}{rest}", "--csv")
    for report, limit, form in itertools.product(known.limited, ("1", "3", "20", "100000"), FORMS):
        yield read("--keep", report, "--limit", limit, *form)


def about_groups(known):
    keys = [key + bits for key in known.fields("by")
            for bits in (("/8", "/24", "/64") if key.endswith("-net") else ("",))]
    for key, form in itertools.product((*keys, *BY_MANY), (*FORMS, ("-H",), ("-W",), ("--names",))):
        yield read("--keep", "allconn", "--by", key, *form)
    for report, key in itertools.product(("conn", "all", "byteinfo", "sockets"), keys):
        yield read(report, "--by", key)
        yield read(report, "--by", key, "--sort", "-bytes", "--limit", "3", "--json")


def about_hosts(known):
    hosts = ((), *(("--as", host) for host in known.hosts))
    for report, host, form in itertools.product(LINED, hosts, (*FORMS, ("-W",), ("--by", "state"),
                                                               ("--sort", "state" + ORDERED))):
        yield read("--keep", report, *host, *form)
    for report, host, dialect, form in itertools.product(
            LINED, hosts, DIALECTS, ((), ("-H", "-W"), ("--sort", "state" + ORDERED),
                                     ("--names", "--limit", "5", "--sort", "state" + ORDERED))):
        yield read("--keep", report, *host, "--dialect", *dialect, *form)
    for dialect, form in itertools.product(DIALECTS, (("--json",), ("--csv",))):
        yield read("--keep", "allconn", "--dialect", *dialect, *form)


def about_filters(known):
    for word, text in known.filters():
        yield read("--keep", "allconn", text, "--json")
    for word, texts in itertools.groupby(known.filters(), lambda pair: pair[0]):
        text = next(texts)[1]
        for report in known.limited:
            yield read("--keep", report, text)
        yield read("--keep", "allconn", "--as", known.hosts[0], text)
        yield read("--keep", "allconn", "--by", "server", text)
    for text in JOINED:
        yield read("--keep", "allconn", text)
        yield read("--keep", "leaks", text, "--json")
    for report, option in itertools.product(
            (name for name in known.filtered if name != "drop"),
            (("-I", known.hosts[0]), ("-P", "443"), ("-I", "10.20.0.0/16", "-P", "80", "-P", "443"),
             ("-E", "db1"))):
        yield read("--keep", report, *option)


def about_usage(known):
    """Every mistake of replay_usage; the daemon that is not there has a name, too."""
    nobody = ("--socket", "nobody.sock")
    for text, _ in FILTERS:
        for report in known.filtered:
            yield Ask((*nobody, report, text))
    for report, option, values, _ in VALUES:
        for value in values:
            yield Ask((*nobody, report, option, value))
    for value in AT:
        yield read("--at", value)
    for words, _ in TOGETHER:
        yield Ask((*nobody, *words))
    asked = [name for name in known.reports() if name not in known.reports(words="port")]
    for report in (*asked, "foo", "", "con"):
        for words in ((), *((one,) for one in ARGUMENTS), *((one + "=x",) for one in FLAGS),
                      ("--foo",), ("foo",), ("1", "--sort", "id"), ("--all",),
                      ("--as", "10.0.0.1"), ("--by", "server"), ("--limit", "1"), ("--json",)):
            yield Ask((*nobody, report, *words))
    for letter in "zZxkE9:?%cabAseSDl":
        yield Ask((*nobody, "-" + letter))
    for name in ("nothing.pcap", "d.conf", "recorded"):
        yield read("conn", names=(name,))
    yield read("conn", names=(MAIN, "nothing.pcap"))
    yield read("-o", "nowhere/out", "conn")


def about_daemon_usage():
    for words in (("--nothing",), ("--read",), ("--workers", "x", "--check"), ("--flows", "-1"),
                  ("word",), ("--config", "nothing.conf", "--check"),
                  ("--config", "d.conf", "--check"), ("--private", "x"), ("--read", "nothing.pcap",
                                                                       "--socket", "x.sock")):
        yield Ask(words, program="spanstatd")
    for number in range(len(WRONG_CONFIGURATIONS)):
        yield Ask(("--config", f"wrong{number}.conf", "--check"), program="spanstatd")


def about_japanese(known):
    for report, form in itertools.product(known.every, (*FORMS, ("--wide",), ("--limit", "2"))):
        if "--limit" not in form or report[0] in known.limited:
            yield read("--keep", *report, *form, language=JAPANESE)
    for words in (("--help",), ("--version",)):
        yield Ask(words, language=JAPANESE)
        yield Ask(words, language=JAPANESE, program="spanstatd")
    for text, _ in FILTERS:
        yield Ask(("conn", text), language=JAPANESE)
    for report, option, values, _ in VALUES:
        yield Ask((report, option, values[0]), language=JAPANESE)
    for words, _ in TOGETHER:
        yield Ask((*words, "--socket", "nobody.sock"), language=JAPANESE)


def about_terminals(known):
    reports = (*known.every, ("allconn", "--by", "server"), ("allconn", "--by", "client,server"),
               ("allconn", "--by", "client-net/64,end"), ("conn", "--limit", "3"),
               ("allconn", "--as", known.hosts[0]), ("allconn", "--names"), ("allconn", "--json"),
               ("allconn", "--csv"), ("allconn", "-W"),
               *(("allconn", "--dialect", *dialect) for dialect in DIALECTS))
    for report, columns in itertools.product(reports, COLUMNS):
        yield read("--keep", *report, columns=columns)
    for report in known.every:
        yield read("--keep", *report, columns=80, language=JAPANESE)
    yield Ask(("conn", "state foo"), columns=80)
    yield Ask(("--help",), columns=80)


def about_captures(known, names, others):
    for (i, name), (j, report) in itertools.product(enumerate(names), enumerate(known.every)):
        yield read(*report, *MIXED[(i + j) % len(MIXED)], names=(name,))
    for name, report in itertools.product(others, FEW):
        yield read(*report, names=(name,))


def about_daemon(known):
    """A daemon of each build that has read the capture and knows names of hosts."""
    for report, form in itertools.product(known.every, (*FORMS, *MORE_FORMS)):
        if report[0] != "events":
            yield told(*report, *form)
    for words in (("allconn", "-E", "db1"), ("allconn", "-E", "web*", "-E", "db?", "--json"),
                  ("clients", "-E", "branch"), ("allconn", "name", "!=", "web-b"),
                  ("allconn", "server.name", "Web-A", "--names"), ("leaks", "-E", "*"),
                  ("allconn", "--as", known.hosts[0], "--dialect", "zos"),
                  ("allconn", "--dialect", "zos", "--format", "short", "-E", "web*"),
                  ("allconn", "--by", "client,server", "--names"),
                  ("drop", "FFFFFFFF"), ("drop", ""), ("drop", "id 1 and id 2"), ("top",)):
        yield told(*words)
    for report in known.every[:4]:
        yield told(*report, columns=80, language=JAPANESE)


def about_watching():
    """Reports that go on until they are interrupted; and top, key by key."""
    for report in (("conn",), ("clients", "--json"), ("leaks", "--csv"), ("health",)):
        yield told("--watch", "3600", *report, keys=(INTERRUPT,))
        yield told("--watch", "3600", *report, keys=(INTERRUPT,), columns=80)
    for columns, language in ((80, "C"), (132, "C"), (80, JAPANESE)):
        yield told("top", "--watch", "3600", keys=(*TOP_KEYS, "q"), columns=columns,
                   language=language)
        yield told("top", "--watch", "3600", "dport 443", "--by", "server", keys=("q",),
                   columns=columns, language=language)


def about_dropping(known):
    """What a drop does to the daemon; these go last, one after the other."""
    for words in (("drop", known.other_id), ("drop", known.other_id), ("allconn", "--json"),
                  ("drop", "dport", "8080", "--json"), ("drop", "proto", "udp", "--csv"),
                  ("drop", "dport", "80"), ("allconn",), ("stats", "--json")):
        yield told(*words)


def without_daemon(known, stage):
    """All asks that may be put in any order and side by side."""
    return [*about_programs(), *about_forms(known), *about_order(known), *about_groups(known),
            *about_hosts(known), *about_filters(known), *about_usage(known), *about_daemon_usage(),
            *about_japanese(known), *about_terminals(known),
            *about_captures(known, stage.names, stage.others)]
