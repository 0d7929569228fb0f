# SPDX-License-Identifier: BSD-3-Clause
"""Requests to a daemon of each build as raw bytes, and what it answers, frame by frame.

Magic, version, types and layouts are each build's own (compare_wire). An answer is a list of
frames: a line that says what the header said, and the rows. The version is compared with the
build's own header, so that it may move.
"""
import itertools
import re
import signal
import socket
import struct
import subprocess
import time
from dataclasses import dataclass

from compare_stage import MAIN, environment
from compare_wire import UNORDERED, UNORDERED_LINES, WireError

HEADER = struct.Struct("=IHHII")  # magic, version, type, length, reserved
READY_SEC = 30
WAIT_SEC = 30
# In the text of an END where the version is refused: the version is what may differ.
VERSIONS = re.compile(rb"protocol [0-9]+")

DIGESTS = ("CTL_LEAKS", "CTL_TIMEWAIT", "CTL_CLIENTS")
CONNECTIONS = ("CTL_CONN", "CTL_ALLCONN", "CTL_ALL")
BARE = ("CTL_STATS", "CTL_HOME", "CTL_LISTEN", "CTL_LISTEN_ALL", *CONNECTIONS)
LINES = (("CTL_LINES",), ("CTL_LINES", "CTL_LINES_CLOSED"), ("CTL_LINES", "CTL_LINES_SERVED"),
         ("CTL_LINES", "CTL_LINES_CLOSED", "CTL_LINES_SERVED", "CTL_LINES_SOCKETS"))
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


def requests_plain(known):
    for kind in BARE:
        yield Request(kind)
    for kind in (*CONNECTIONS, *DIGESTS):
        yield request(kind)
        for limit in (1, 7, 1 << 40):
            yield request(kind, limit=limit)
        yield request(kind, filter="state established or proto udp", limit=3)
        for field in known.fields("rows" if kind in CONNECTIONS else "groups"):
            yield request(kind, sort=f"-{field}", limit=40)
            yield request(kind, sort=f"{field},-bytes")
    for kind in (*CONNECTIONS, "CTL_CLIENTS", "CTL_LEAKS"):
        for _, text in known.filters():
            yield request(kind, filter=text)


def requests_lines(known):
    hosts = ((0, b""), *((6 if ":" in host else 4,
                          socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET,
                                           host)) for host in known.hosts))
    for kind, lines, (version, host) in itertools.product(("CTL_CONN", "CTL_ALLCONN"), LINES,
                                                          hosts):
        common = {"lines": lines, "as_version": version, "as": host}
        yield request(kind, **common)
        yield request(kind, sort="state,local,foreign,proto", limit=9, **common)
        yield request("CTL_GROUP", by="state", what=kind, **common)


def requests_groups(known):
    keys = [key + "/24" if key.endswith("-net") else key for key in known.fields("by")]
    for key, kind in itertools.product(keys, CONNECTIONS):
        yield request("CTL_GROUP", by=key, what=kind)
        yield request("CTL_GROUP", by=f"{key},proto", what=kind, sort="-bytes", limit=5)


def requests_wrong():
    for kind in (*CONNECTIONS, "CTL_GROUP", *DIGESTS, "CTL_DROP_MATCHING"):
        for name, value in WRONG:
            yield Request(kind, ((name.decode(), value),))
    yield request("CTL_DROP", id=12345)
    yield Request("CTL_DROP_MATCHING", ())
    for wrong in ("magic", "version before", "version after", "version 0", "type 0", "type 250",
                  "type 65535", "length 1", "length of more", "cut short"):
        yield Request("CTL_CONN", None, wrong)
    for kind in ("CTL_GROUP", "CTL_DROP", "CTL_LEAKS", "CTL_EVENTS", "CTL_DROP_MATCHING",
                 "CTL_INFO", "CTL_END"):
        yield Request(kind)


def requests_events(known):
    for options in (("--read", MAIN), ("--read", MAIN, "--keep"), ("--read", MAIN, "--at", "90")):
        yield Request("CTL_EVENTS", (), "", options)
        for text in ("dport 443", "state established", "flag midstream", "state foo"):
            yield Request("CTL_EVENTS", (("filter", text.encode()), ("limit", 50)), "", options)


def requests_all(known):
    """In this order; the last ones change what the daemon knows."""
    return [*requests_plain(known), *requests_lines(known), *requests_groups(known),
            *requests_wrong(), *requests_events(known),
            request("CTL_DROP", id=int(known.values["id"], 16)),
            request("CTL_DROP_MATCHING", filter="dport 443"), Request("CTL_ALLCONN"),
            Request("CTL_STATS")]


def frame_make(layout, asked):
    """The bytes of a request, right or wrong in the way asked for."""
    packed = b""
    if asked.values is not None:
        packed = layout.pack("ctl_drop" if asked.kind == "CTL_DROP" else "ctl_ask", asked.values)
    magic, version = layout.constants["CTL_MAGIC"], layout.constants["CTL_VERSION"]
    number, length, wrong = layout.constants[asked.kind], len(packed), asked.wrong
    if wrong == "magic":
        magic ^= 1
    elif wrong.startswith("version"):
        version = {"before": version - 1, "after": version + 1, "0": 0}[wrong.split()[1]]
    elif wrong.startswith("type"):
        number = int(wrong.split()[1])
    elif wrong.startswith("length"):
        packed = b"x" if wrong == "length 1" else bytes(layout.sizes["ctl_ask"] + 8)
        length = len(packed)
    whole = HEADER.pack(magic, version, number, length, 0) + packed
    return whole[:10] if wrong == "cut short" else whole


def in_order(asked, frames):
    """The frames, those whose rows have no order joined and their rows sorted."""
    values = dict(asked.values or ())
    lines = UNORDERED_LINES in values.get("lines", ()) and not values.get("sort")
    joined = []
    for kind, header, rows in frames:
        if kind not in UNORDERED and not (lines and kind == "CTL_ROWS"):
            joined.append((kind, header, rows))
        elif joined and joined[-1][0] == kind:
            joined[-1] = (kind, kind, sorted(joined[-1][2] + rows))
        else:
            joined.append((kind, kind, sorted(rows)))
    return joined


class Peer:
    """One connection to a daemon."""

    def __init__(self, stream, layout):
        self.stream, self.layout = stream, layout
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
        magic, version, number, length, reserved = HEADER.unpack(self._read(HEADER.size))
        layout, kind = self.layout, self.layout.type_name(number)
        if (magic, version) != (layout.constants["CTL_MAGIC"], layout.constants["CTL_VERSION"]):
            raise WireError(f"a header of magic {magic:#x}, version {version}")
        rows = layout.rows(kind, self._read(length))
        if asked.wrong.startswith("version"):
            rows = [VERSIONS.sub(b"protocol N", row).rstrip(b"\0") for row in rows]
        return kind, f"{kind}, {length} bytes, reserved {reserved}", rows

    def answer(self, asked):
        """[(type, header, rows)] up to the END that closes it, or where the daemon hangs up."""
        frames = []
        try:
            self.stream.sendall(frame_make(self.layout, asked))
            if asked.wrong:
                self.stream.shutdown(socket.SHUT_WR)
            while not frames or frames[-1][0] != "CTL_END":
                frames.append(self._frame(asked))
        except (EOFError, ConnectionError):
            frames.append(("hung up", "hung up", []))
        except TimeoutError:
            frames.append(("silence", "silence", []))
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
    where the daemon hangs up."""
    answers, peer = [], None
    for asked in requests:
        if asked.options is not None:
            answers.append(ask_private(build, layout, asked, stage))
            continue
        try:
            peer = peer or connect(build, layout)
        except OSError:
            answers.append([("nobody", "no daemon answers", [])])
            continue
        answers.append(peer.answer(asked))
        if asked.wrong or answers[-1][-1][0] != "CTL_END":
            peer = peer.stream.close()
    return answers
