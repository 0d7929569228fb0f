# SPDX-License-Identifier: BSD-3-Clause
"""Requests to a daemon of each build as raw bytes, and what it answers, by meaning.

How a request is packed and a frame is marked is each build's own (compare_protocol), and so are
numbers and layouts (compare_wire). An answer is a list of INFO, LABELS, rows of a struct, END, each
with its rows; how many rows a frame holds, and frames without any, mean nothing and are not
compared. The version in a header is compared with the build's own, so that it may move.
"""
import itertools
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from compare_protocol import ROWS
from compare_stage import MAIN, environment
from compare_wire import UNORDERED, UNORDERED_LINES, WireError

READY_SEC = 30
WAIT_SEC = 30
# In the text of an END where the version is refused: the version is what may differ.
VERSIONS = re.compile(rb"protocol [0-9]+")

LINES = (("LINES",), ("LINES", "LINES_CLOSED"), ("LINES", "LINES_SERVED"),
         ("LINES", "LINES_CLOSED", "LINES_SERVED", "LINES_SOCKETS"))
VARIANTS = ("LISTEN_ALL", "DROP_MATCHING", "GROUP")  # reports that nobody types
WRONG = ((b"filter", b"state foo"), (b"filter", b"(" * 3000), (b"filter", b"\xff\xfe"),
         (b"sort", b"nothing"), (b"sort", b"id," * 60), (b"by", b"nothing"), (b"as_version", 5))


@dataclass(frozen=True)
class Request:
    """A request by name; `values` None: without payload. `wrong`: what is not as it should be."""
    kind: str
    values: tuple = None
    wrong: str = ""
    options: tuple = None  # of a private daemon that is asked this alone; None: the common one

    def __str__(self):
        shown = [f"{name}={value!r}" for name, value in self.values or ()]
        shown += ["without payload"] if self.values is None else []
        private = [] if self.options is None else ["of spanstatd --private", *self.options]
        return " ".join(["socket", self.kind, *shown, *filter(None, [self.wrong]), *private])


def request(kind, **values):
    return Request(kind, tuple((name, value.encode() if name in ("filter", "sort", "by") else value)
                               for name, value in values.items()))


class Requests:
    """All that is asked, of those reports that both builds have requests for."""

    def __init__(self, known, layouts):
        self.known = known
        before, after = (layout.protocol.reports for layout in layouts)
        self.reports = [name for name in before if name in after]
        self.connections = self.that(lambda name: known.takes(name, "by", "json"))
        self.digests = [name for name in self.that(lambda name: known.takes(name, "limit", "read"))
                        if name not in self.connections and name != "EVENTS"]

    def that(self, fits):
        """The reports that a user types and that fit."""
        return [name for name in self.reports
                if name not in VARIANTS and fits(name.lower())]

    def plain(self):
        bare = self.that(lambda name: self.known.takes(name, "read"))
        for kind in (*bare, "LISTEN_ALL"):
            if kind != "EVENTS":
                yield Request(kind)
        for kind in (*self.connections, *self.digests):
            yield request(kind)
            for limit in (1, 7, 1 << 40):
                yield request(kind, limit=limit)
            yield request(kind, filter="state established or proto udp", limit=3)
            for field in self.known.fields("rows" if kind in self.connections else "groups"):
                yield request(kind, sort=f"-{field}", limit=40)
                yield request(kind, sort=f"{field},-bytes")
            for _, text in self.known.filters():
                yield request(kind, filter=text)

    def lines(self):
        hosts = ((0, b""), *((6 if ":" in host else 4,
                              socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET,
                                               host)) for host in self.known.hosts))
        viewed = self.that(lambda name: self.known.takes(name, "as"))
        for kind, lines, (version, host) in itertools.product(viewed, LINES, hosts):
            common = {"lines": lines, "as_version": version, "as": host}
            yield request(kind, **common)
            yield request(kind, sort="state,local,foreign,proto", limit=9, **common)
            yield request("GROUP", by="state", of=kind, **common)

    def groups(self):
        keys = [key + "/24" if key.endswith("-net") else key for key in self.known.fields("by")]
        for key, kind in itertools.product(keys, self.connections):
            yield request("GROUP", by=key, of=kind)
            yield request("GROUP", by=f"{key},proto", of=kind, sort="-bytes", limit=5)

    def wrong(self):
        for kind in (*self.connections, "GROUP", *self.digests, "DROP_MATCHING"):
            for name, value in WRONG:
                yield Request(kind, ((name.decode(), value),))
        yield request("DROP", id=12345)
        yield Request("DROP_MATCHING", ())
        for wrong in ("magic", "version before", "version after", "version 0", "type 0", "type 250",
                      "type 65535", "type INFO", "type END", "report 0", "report 250", "length 1",
                      "length of more", "cut short"):
            yield Request("CONN", None, wrong)
        for kind in ("GROUP", "DROP", "DROP_MATCHING", *self.digests):
            yield Request(kind)
        yield Request("EVENTS", None, "", ("--read", MAIN))

    @staticmethod
    def events():
        for options in (("--read", MAIN), ("--read", MAIN, "--keep"),
                        ("--read", MAIN, "--at", "90")):
            yield Request("EVENTS", (), "", options)
            for text in ("dport 443", "state established", "flag midstream", "state foo"):
                yield Request("EVENTS", (("filter", text.encode()), ("limit", 50)), "", options)

    def all(self):
        """In this order; the last ones change what the daemon knows."""
        return [*self.plain(), *self.lines(), *self.groups(), *self.wrong(), *self.events(),
                request("DROP", id=int(self.known.values["id"], 16)),
                request("DROP_MATCHING", filter="dport 443"), Request("ALLCONN"),
                Request("STATS")]


def frame_make(layout, asked):
    """The bytes of a request, right or wrong in the way asked for."""
    packed = b"" if asked.values is None else layout.pack(asked.kind, asked.values)
    number = {"version": layout.constants["CTL_VERSION"],
              "report": layout.protocol.report(layout, asked.kind)}
    what, _, which = asked.wrong.partition(" ")
    if what == "version":
        number[what] = {"before": number[what] - 1, "after": number[what] + 1, "0": 0}[which]
    elif what in ("type", "report"):
        number[what] = int(which) if which.isdigit() else layout.constants["CTL_" + which]
    elif what == "length":
        packed = b"x" if which == "1" else bytes(layout.sizes["ctl_ask"] + 8)
    whole = bytearray(layout.protocol.head(layout, len(packed), number) + packed)
    if what == "magic":
        whole[0] ^= 1
    return whole[:10] if what == "cut" else whole


def in_order(asked, frames):
    """The frames, rows that follow each other joined, and sorted where they have no order."""
    values = dict(asked.values or ())
    lines = UNORDERED_LINES in values.get("lines", ()) and not values.get("sort")
    joined = []
    for kind, rows in frames:
        if kind.startswith(ROWS) and joined and joined[-1][0] == kind:
            joined[-1][1].extend(rows)
        elif rows or not kind.startswith(ROWS):
            joined.append((kind, rows))
    return [(kind, sorted(rows) if kind in UNORDERED or lines and kind.startswith(ROWS) else rows)
            for kind, rows in joined]


class Peer:
    """One connection to a daemon."""

    def __init__(self, stream, layout):
        self.stream, self.layout, self.used = stream, layout, False
        self.stream.settimeout(WAIT_SEC)

    def _read(self, length):
        parts = []
        while length:
            part = self.stream.recv(length)
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _frame(self, asked):
        layout = self.layout
        magic, version, length, kind, more = layout.protocol.unpack(
            layout, self._read(layout.protocol.HEADER.size), asked)
        if (magic, version) != (layout.constants["CTL_MAGIC"], layout.constants["CTL_VERSION"]):
            raise WireError(f"a header of magic {magic:#x}, version {version}")
        rows = layout.rows(kind, self._read(length))
        if asked.wrong.startswith("version"):
            rows = [tuple(VERSIONS.sub(b"protocol N", one).rstrip(b"\0") for one in row)
                    for row in rows]
        return f"{kind}, and {more} in its header" if more else kind, rows

    def answer(self, asked):
        """[(kind, rows)] up to the END that closes it, or where the daemon hangs up."""
        frames = []
        try:
            self.stream.sendall(frame_make(self.layout, asked))
            if asked.wrong:
                self.stream.shutdown(socket.SHUT_WR)
            while not frames or frames[-1][0] != "END":
                frames.append(self._frame(asked))
        except (EOFError, ConnectionError):
            frames.append(("hung up", []))
        except TimeoutError:
            frames.append(("silence", []))
        return in_order(asked, frames)


class Daemon:
    """A daemon of one build that has read the capture; `with` ends it."""

    def __init__(self, build, stage, *arguments):
        self.build = build
        self.command = [build.spanstatd, "--read", MAIN, "--keep", "--no-huge", "--socket",
                        build.path("d.sock"), *arguments]
        self.packets = stage.packets
        self.options = {"cwd": build.place, "env": environment(stage.folder)}
        self.process = None

    def __enter__(self):
        with open(self.build.path("d.log"), "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, **self.options)
        until = time.monotonic() + READY_SEC
        while not self._has_read() and time.monotonic() < until:
            time.sleep(0.05)
        if not self._has_read():
            self.__exit__()
            raise WireError(f"spanstatd of {self.build.name} did not come up")
        return self

    def __exit__(self, *_exception):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _has_read(self):
        done = subprocess.run([self.build.spanstat, "--socket", "d.sock", "stats", "--csv"],
                              stdin=subprocess.DEVNULL, capture_output=True, **self.options)
        found = re.search(rb"packets.received,([0-9]+)", done.stdout)
        return bool(found) and int(found.group(1)) == self.packets


def connect(build, layout):
    stream = socket.socket(socket.AF_UNIX)
    stream.connect(build.path("d.sock"))
    return Peer(stream, layout)


def ask_private(build, layout, asked, stage):
    """A private daemon, asked once, as `spanstat -r` does for events."""
    ours, theirs = socket.socketpair()
    command = [build.spanstatd, "--private", str(theirs.fileno()), "--stepwise", *asked.options]
    with ours, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL, pass_fds=(theirs.fileno(),),
                                cwd=build.place, env=environment(stage.folder)) as process:
        theirs.close()
        frames = Peer(ours, layout).answer(asked)
        ours.close()
        try:
            process.wait(WAIT_SEC)
        except subprocess.TimeoutExpired:
            process.kill()
    return frames


def ask_all(build, layout, requests, stage):
    """The answers of one build's daemon, in the order of the requests. A new connection is made
    where the daemon hangs up, and what it then has not answered is asked anew."""
    answers, peer = [], None
    for asked in requests:
        if asked.options is not None:
            answers.append(ask_private(build, layout, asked, stage))
            continue
        try:
            peer = peer or connect(build, layout)
        except OSError:
            answers.append([("nobody answers", [])])
            continue
        answers.append(peer.answer(asked))
        if answers[-1] == [("hung up", [])] and peer.used:
            peer = connect(build, layout)  # it hung up after the request before
            answers[-1] = peer.answer(asked)
        peer.used = True
        if asked.wrong or answers[-1][-1][0] != "END":
            peer = peer.stream.close()
    return answers
