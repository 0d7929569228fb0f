# SPDX-License-Identifier: BSD-3-Clause
"""Command lines that are wrong, daemons that are not there or not the same, readers that go away.

Whatever is wrong, spanstat prints exactly one line on standard error, which begins with `spanstat:`
and says what was expected, and nothing on standard output. A wrong command line ends with status 2;
in a filter or a list its column is told. Nobody to ask is status 3, and a daemon of another version
1, with both versions. A reader that goes away is no mistake: nothing is said.
"""
import os
import random
import re
import resource
import signal
import socket
import struct
import subprocess
import threading

from described import Described
from runner import Case
import replay_make
from replay_scenarios import SCENARIOS
from replay_wire import capture_write

LETTERS = "cabAseSDl"
LINED = ("conn", "allconn", "byteinfo", "sockets")  # they know --as
GROUPED = ("conn", "allconn", "all")                # they know --by

# What is wrong in a filter, and at which column of it.
FILTERS = (
    ("foo", 1), ("and", 1), ("not", 4), ("(", 2), (")", 1), ("( )", 3), ("()", 2), ("!", 2),
    ("state", 6), ("state foo", 7), ("state = established", 7), ("exclude", 8),
    ("client.state 5", 14), ("proto icmp", 7), ("dport", 6), ("dport =", 8), ("dport = foo", 9),
    ("dport 65536", 7), ("dport -1", 7), ("port http", 6), ("src", 4), ("src 10.0.0.256", 5),
    ("src 10.0.0.0/33", 5), ("dst 10.0.0", 5), ("host localhost", 6), ("net 2001:db8::/129", 5),
    ("client [2001:db8::1", 8), ("server 10.0.0.1:99999", 8), ("age", 4), ("age 5", 5),
    ("age > 5x", 7), ("idle > -5s", 8), ("in-state > 1m1h", 12), ("bytes > x", 9),
    ("bytes > 5Q", 9), ("packets > 1.5", 11), ("bytes 99999999999999999999", 7),
    ("flag wrong", 6), ("closed-by me", 11), ("end badly", 5), ("vlan 4096x", 6), ("id xyz", 4),
    ("worker -1", 8), ("dport 80 and", 13), ("dport 80 or", 12), ("dport 80 )", 10),
    ("dport 80 foo", 10), ("state established and and dport 80", 23), ("(dport 80", 10),
    ("dport 80; dport 81", 7), ('"dport 80"', 1), ("dport\t80 \x01", 10),
)

# Options with a value that they do not take, in a report that knows them, and what is expected.
VALUES = (
    ("conn", "--limit", ("0", "-1", "+", "1x", "", "1e3", "18446744073709551616"), "a number"),
    ("conn", "--watch", ("0", "-1", "x", "", "0.01", "3601", "nan", "inf", "1s"), "seconds"),
    ("conn", "--sort", ("", "foo", "-", "bytes,", "bytes,foo", "bytes:up", ",bytes",
                        "id,id,id,id,id"), "column"),
    ("conn", "--by", ("", "foo", "bytes", "server,", "server,foo", "client-net/129", "client-net/x",
                      "id"), "column"),
    ("conn", "--as", ("", "foo", "10.0.0.0/8", "10.0.0.1:80", "10.0.0", "[::1]:80", "::g"),
     "address of a host"),
    ("conn", "--dialect", ("", "foo", "Linux", "zos,ss", "none"), "zos, linux, ss, bsd, solaris"),
    ("conn", "-I", ("", "foo", "10.0.0.0/33", "10.0.0.1:443", "10.0.0.1 or port 5", "::/129"),
     "ADDRESS[/LENGTH]"),
    ("conn", "-P", ("", "http", "65536", "-1", "1-2", "5) or (port 6"), "a port, 0 to 65535"),
)
AT = ("", "5m", "+", "+5", "+m", "+5x", "+5m5m", "+1m1h", "+-5m", "+99999999999d", "now")
ARGUMENTS = ("--limit", "--watch", "--sort", "--by", "--as", "--dialect", "--format", "--socket",
             "--at", "--output", "--read", "-o", "-r", "-I", "-P", "-M", "--config")
FLAGS = ("--json", "--csv", "--no-header", "--keep", "--all", "--verbose", "--spellings",
         "--diagram", "--wide", "--help", "--version")

# What does not go together, and a word of the answer.
TOGETHER = (
    (["--json", "--csv"], "exclude"), (["--csv", "conn", "--json"], "exclude"),
    (["-c", "-a"], "two reports"), (["-S", "-l"], "two reports"),
    (["--at", "+5m"], "-r FILE"), (["--keep"], "-r FILE"), (["--all"], "listen"),
    (["--verbose"], "stats"), (["--checksum", "count"], "-r FILE"),
    (["-r", "x", "--checksum", "true"], "verify"), (["-r", "-", "-r", "-"], "once only"),
    (["--spellings"], "states"), (["stats", "--spellings"], "states"),
    (["--diagram"], "states"), (["states", "--diagram", "--spellings"], "exclude"),
    (["states", "--diagram", "--watch", "1", "-o", "x.svg"], "one moment"),
    (["states", "--spellings", "-r", "x"], "-r"),
    (["states", "--spellings", "--watch", "1"], "--watch"),
    (["conn", "--dialect", "ss", "--format", "console"], "--dialect zos"),
    (["--all", "conn"], "listen"), (["conn", "--format", "short"], "--dialect zos"),
    (["conn", "--dialect", "ss", "--format", "short"], "--dialect zos"),
    (["conn", "--dialect", "zos", "--format", "wide"], "short, long or console"),
    (["conn", "--dialect", "linux", "--by", "server"], "exclude"),
    (["byteinfo", "--dialect", "linux"], "byteinfo"), (["sockets", "--dialect", "ss"], "sockets"),
    (["conn", "--by", "server", "--sort", "idle"], "column 1: expected count"),
    (["clients", "--sort", "idle"], "column 1: expected count"),
    (["leaks", "--sort", "count"], "--sort"), (["clients", "--by", "client"], "--by"),
    (["events", "--sort", "id"], "--sort"),
    (["events", "--by", "server"], "--by"), (["events", "--watch", "1"], "--watch"),
    (["drop", "--watch", "1", "1"], "--watch"), (["drop"], "needs the id"),
    (["drop", ""], "needs the id"), (["drop", " "], "needs the id"),
    (["drop", "1", "2"], "column 1"),
    (["drop", "0x2A"], "column 1"), (["drop", "12345678123456781"], "column 1"),
    (["top", "--json"], "--json"), (["top", "-o", "x"], "-o"), (["top"], "terminal"),
    (["--json=1"], "no argument"), (["--no-header=x"], "no argument"),
    ([*["-P", "1"] * 7], "6 times"), ([*["-I", "::1"] * 7], "6 times"),
    (["conn", "state " + "(" * 3000], "bytes"), (["--by", "server" * 40], "column 1"),
    (["--config", "x"], "doctor"), (["doctor", "a/b"], "expected an interface"),
    (["doctor", "lo", "0g:00.0"], "column 4: "), (["doctor", ""], "column 1"),
    (["doctor", *["lo"] * 33], "too many ports"), (["-r", "x", "doctor"], "this machine"),
    (["doctor", "--watch", "1"], "--watch"),
    (["-r", "x", "drop", "1"], "daemon"), (["-r", "x", "top"], ""),
    (["-r", "x", "--watch", "1"], "--watch"),
)


class Usage(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nobody = cls.programs.path("nobody.sock")
        packets, _ = replay_make.capture_make(61, 6 * len(SCENARIOS), "ethernet", True, SCENARIOS)
        capture_write(cls.name, packets)
        cls.environment = {**os.environ, "LC_ALL": "C"}
        described = Described(cls.programs.spanstat)
        cls.reports, cls.wordless = described.reports(), described.reports(words="none")
        cls.local = described.reports(words="port")  # asks nobody
        cls.filtered = [name for name in described.reports("json")
                        if name not in cls.wordless + cls.local]
        cls.replayed = described.reports("read")  # all but drop and top

    def run_spanstat(self, *words, **options):
        options = {"stdout": subprocess.PIPE, **options}
        return subprocess.run([self.programs.spanstat, *words], stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, env=self.environment,
                              cwd=self.programs.folder, timeout=60, check=False, **options)

    def ask(self, *words):
        """Of a daemon that is not there, unless files are read."""
        where = () if "-r" in words or "--read" in words else ("--socket", self.nobody)
        return self.run_spanstat(*where, *words)

    def one_line(self, done, status, words=()):
        """What was said; everything about how it is said is checked."""
        self.assertEqual(done.returncode, status, (words, done.stderr))
        self.assertEqual(done.stdout, b"", words)
        self.assertTrue(done.stderr.startswith(b"spanstat: "), (words, done.stderr))
        self.assertTrue(done.stderr.endswith(b"\n"), (words, done.stderr))
        self.assertEqual(done.stderr.count(b"\n"), 1, (words, done.stderr))
        self.assertFalse(re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", done.stderr), (words, done.stderr))
        said = done.stderr.decode("utf-8", "replace")
        self.assertGreater(len(said), len("spanstat: ") + 10, words)
        return said

    def refused(self, *words):
        return self.one_line(self.ask(*words), 2, words)

    def test_reports(self):
        for word in ("foo", "", "Conn", "conn ", "con", "state", "-", "con\nn", "\x1b[31m", "\xff",
                     "c" * 5000):
            said = self.refused(word)
            self.assertIn("column 1: ", said)
            self.assertIn("unknown report", said)
        for letter in "zZxkE9:?%":
            self.assertIn(f"'-{letter}'", self.refused("-" + letter))

    def test_filters(self):
        for report in self.filtered:
            for words, column in FILTERS:
                said = self.refused(report, words)
                self.assertIn(f"column {column}: expected ", said, (report, words))
        for words, column in FILTERS:  # the shell may have taken them apart
            apart = words.split()
            if " ".join(apart) == words and " -" not in words:
                self.assertIn(f"column {column}: ", self.refused("conn", *apart))

    def test_words_where_there_are_none(self):
        for report in self.wordless:
            for words in (["foo"], ["dport", "443"], ["state established"], [""], ["2A"]):
                self.assertIn("column 1: ", self.refused(report, *words))

    def test_values(self):
        for report, option, values, expected in VALUES:
            for value in values:
                said = self.refused(report, option, value)
                self.assertIn(option, said)
                self.assertIn(expected, said)
        for value in AT:
            self.assertIn("--at", self.refused("-r", self.name, "--at", value))

    def test_options(self):
        for report in self.reports:
            for option in ARGUMENTS:
                self.assertIn("needs an argument", self.refused(report, option))
            for option in FLAGS:
                self.assertIn("no argument", self.refused(report, option + "=x"))
            for option in ("--foo", "--foo=1", "-Z", "--w"):
                self.assertIn("unknown option", self.refused(report, option))

    def test_options_of_other_reports(self):
        for report in self.reports:
            words = ["1"] if report == "drop" else []
            if report not in LINED and report != "top":
                for option in (["--as", "10.0.0.1"], ["--dialect", "ss"], ["-M", "short"]):
                    self.refused(report, *words, *option)
            if report not in self.filtered or report == "drop":
                for option in (["--sort", "bytes"], ["--by", "server"]):
                    if report != "top" or option[0] == "--sort":
                        self.refused(report, *words, *option)
            if report not in GROUPED + LINED + ("top",):
                self.refused(report, *words, "--by", "server")
            if report != "listen":
                self.assertIn("--all", self.refused(report, *words, "--all"))

    def test_what_does_not_go_together(self):
        for words, expected in TOGETHER:
            self.assertIn(expected, self.refused(*words), words)

    def test_any_order_of_anything(self):
        """Words in no order: never a crash, never two lines, never a half of a report."""
        words = [*self.reports, *FLAGS[:-2], *ARGUMENTS[:8], "-H", "-W", "10.0.0.0/8", "443",
                 "state", "established", "and", "or", "(", ")", "not", ">", "5m", "10k", "foo", "",
                 "'", "-", "\xe9", "\n", "%s%n", *("-" + letter for letter in LETTERS)]
        rng = random.Random(7)
        for _ in range(500):
            line = rng.choices(words, k=rng.randint(1, 7))
            done = self.ask(*line)
            self.assertIn(done.returncode, (0, 2, 3, 4), (line, done.stderr))
            if done.returncode in (2, 3):
                self.one_line(done, done.returncode, line)
            else:  # a report that needs nobody
                self.assertEqual(done.stderr, b"", line)
                self.assertTrue({"states", *self.local} & set(line), line)

    def test_nobody_answers(self):
        for report in self.reports:
            words = ["1"] if report == "drop" else []
            if report in ("states", "top", *self.local):
                continue
            for form in ([], ["--json"], ["--csv"], ["-H"]):
                said = self.one_line(self.ask(report, *words, *form), 3, report)
                self.assertIn(self.nobody, said)
                self.assertIn("spanstatd --interface", said)
        path = self.programs.path("file")
        with open(path, "w", encoding="ascii"):
            pass
        for path in (path, self.programs.folder, "/dev/null", "/" + "x" * 200, ""):
            self.one_line(self.run_spanstat("--socket", path, "conn"), 3, path)

    def answered(self, content, report="conn"):
        """spanstat, when what answers says that and hangs up."""
        path = self.programs.path("other.sock")

        def answer():
            peer, _ = listener.accept()
            with peer:
                peer.recv(1 << 16)
                peer.sendall(content)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            thread = threading.Thread(target=answer)
            thread.start()
            done = self.run_spanstat("--socket", path, report)
            thread.join()
        os.unlink(path)
        return self.one_line(done, 1, report)

    def test_a_daemon_of_another_version(self):
        """Magic and version are where they are in every version; what follows is not read."""
        for report in self.replayed:
            for version in (1, 3, 0x7fff):
                head = struct.pack("=IHHII", 0x54535053, version, 68, 8, 0)
                said = self.answered(head + bytes(8), report)
                self.assertIn(f"protocol {version} ", said)
                self.assertIn("different versions", said)

    def test_what_answers_is_no_daemon(self):
        for content in (b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(64), b"\xff" * 64):
            self.assertIn("no spanstatd", self.answered(content))
        self.assertIn("went away", self.answered(b""))
        self.assertIn("went away", self.answered(b"SPST"))

    def gone(self, words, **options):
        """Standard output is a pipe that nobody reads any more."""
        read, write = os.pipe()
        os.close(read)
        try:
            return self.run_spanstat("-r", self.name, *words, stdout=write, **options)
        finally:
            os.close(write)

    def test_readers_that_go_away(self):
        for report in self.replayed:
            for form in ([], ["--json"], ["--csv"]):
                done = self.gone([report, *form])
                self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b""),
                                 (report, form))
        for words in (["--help"], ["--version"]):
            done = self.gone(words)
            self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, b""), words)

    def test_readers_that_go_away_where_the_signal_is_off(self):
        ignore = {"restore_signals": False,
                  "preexec_fn": lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN)}
        for report in ("conn", "stats"):
            done = self.gone([report], **ignore)
            self.assertEqual((done.returncode, done.stderr), (1, b""), report)

    def replaced(self, path, words, limit, wanted):
        """What an old file is after a report with -o that may write so many bytes."""
        def restrict():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        with open(path, "wb") as file:
            file.write(b"old")
        os.chmod(path, 0o600)
        before = sorted(os.listdir(self.programs.folder))
        done = self.run_spanstat(*words, "-o", path, preexec_fn=restrict if limit else None)
        self.assertEqual(done.returncode == 0, wanted != b"old", done.stderr)
        if limit:
            self.assertIn(b"File too large", done.stderr)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), wanted, words)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(sorted(os.listdir(self.programs.folder)), before, "nothing is left")

    def test_outputs_that_cannot_be_written(self):
        for path, why in (("/nonexistent/x", "No such file"), (self.programs.folder, "directory"),
                          ("", "No such file"), ("/dev/full", "No space left")):
            said = self.one_line(self.run_spanstat("-r", self.name, "-o", path, "conn"), 1, path)
            self.assertIn(why, said)
        path = self.programs.path("report")
        whole = self.run_spanstat("-r", self.name, "conn").stdout
        for words, limit, wanted in ((["-r", self.name, "conn"], None, whole),
                                     (["-r", self.name, "conn"], 4096, b"old"),
                                     (["-r", "/nonexistent", "conn"], None, b"old"),
                                     (["-r", self.name, "conn", "state", "x"], None, b"old")):
            self.replaced(path, words, limit, wanted)
        with open("/dev/full", "wb") as full:
            done = self.run_spanstat("-r", self.name, "conn", stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"standard output: No space left", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
