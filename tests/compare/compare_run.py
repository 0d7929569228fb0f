# SPDX-License-Identifier: BSD-3-Clause
"""One command line, run with one of the two builds, and what may differ in what it prints.

A command runs with its output into pipes, or on a pseudo-terminal of so many columns. Keys are
typed, and an interrupt is sent, one after the other whenever the program has been quiet for a
while.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from dataclasses import dataclass

from compare_stage import environment

# The same as the runner's: a build that is emulated needs more.
LIMIT_SEC = 60 * int(os.environ.get("SPANSTAT_PATIENCE", "1"))
QUIET_SEC = 0.25
ROWS = 40
INTERRUPT = "interrupt"  # among the keys: SIGINT
SORTED = "sorted"        # in place of a pattern: the lines are in no order

STATS_WHY = "cycles, time since the start, memory kept from earlier questions"
LEAKS_WHY = "against the look before, which was some time ago or never"
HEALTH_WHY = "how long it took to count for one second"

# what was asked, what may differ in the answer (or SORTED), in its place, why
MASKS = (
    (r"\blisten\b|-l\b", SORTED, None, "sockets come in the order of a hash that is keyed anew"),
    (r"--dialect(?!.*--sort)", SORTED, None, "the same, where sockets are lines"),
    (r"\bstats\b", rb'(_cycles|uptime|control_bytes)("?[:,])[0-9.]+', rb"\1\2N", STATS_WHY),
    (r"\bstats\b", rb"(up |control +=).*", rb"\1N", STATS_WHY),
    (r"--socket.*\bleaks\b", rb',"growth":-?[0-9]+,"growth_over":[0-9.]+', b"", LEAKS_WHY),
    (r"--socket.*\bleaks\b.*--csv",
     rb"(?m)^((?:[^,\n]*,){10})[^,\n]*,[^,\n]*", rb"\1N,N", LEAKS_WHY),
    (r"--socket.*\bhealth\b.*--json", rb'("seconds":)[0-9.]+', rb"\1N", HEALTH_WHY),
    (r"--socket.*\bhealth\b.*--csv", rb"(?m)^((?:[^,\n]*,){7})[0-9.]+", rb"\1N", HEALTH_WHY),
)


@dataclass(frozen=True)
class Ask:
    """What is asked; its text is what --only and --expect are matched with."""
    words: tuple
    program: str = "spanstat"
    language: str = "C"
    columns: int = 0  # 0: into pipes
    keys: tuple = ()

    def __str__(self):
        words = [word if re.fullmatch(r"[\w@%+=:,./*~-]+", word) else repr(word)
                 for word in self.words]
        before = [] if self.language == "C" else [f"LANG={self.language}"]
        after = [f"[{self.columns} columns]"] if self.columns else []
        return " ".join([*before, self.program, *words, *after, *map(repr, self.keys)])


class Screen:
    """The program's end of a pseudo-terminal, `theirs`, and ours."""

    def __init__(self, columns):
        self.ours, self.theirs = pty.openpty()
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))

    def began(self):
        os.close(self.theirs)

    def type(self, text):
        os.write(self.ours, text.encode())

    def read(self):
        try:
            return os.read(self.ours, 1 << 16)
        except OSError:  # the other end is closed
            return b""


class Pipe:
    """The same as a pipe: nothing can be typed."""

    def __init__(self):
        self.ours, self.theirs = os.pipe()

    def began(self):
        os.close(self.theirs)

    def read(self):
        return os.read(self.ours, 1 << 16)


def act(process, screen, key):
    if key == INTERRUPT:
        process.send_signal(signal.SIGINT)
    else:
        screen.type(key)


def watched(process, screen, keys):
    """All that it prints, and whether it came to its end; keys are given when it has begun and is
    quiet."""
    parts, keys, until = [], list(keys), time.monotonic() + LIMIT_SEC
    while (left := until - time.monotonic()) > 0:
        wait = min(QUIET_SEC, left) if keys and parts else left
        if select.select([screen.ours], [], [], wait)[0]:
            part = screen.read()
            if not part:
                return b"".join(parts), True
            parts.append(part)
        elif keys and parts:
            act(process, screen, keys.pop(0))
    return b"".join(parts), False


def run_watched(ask, command, options):
    screen = Screen(ask.columns) if ask.columns else Pipe()
    typed = screen.theirs if ask.columns else subprocess.DEVNULL
    ended = False
    with subprocess.Popen(command, stdin=typed, stdout=screen.theirs, stderr=screen.theirs,
                          **options) as process:
        screen.began()
        try:
            shown, ended = watched(process, screen, ask.keys)
        finally:
            if not ended:
                process.kill()
            status = process.wait()
            os.close(screen.ours)
    return {"exit status": b"%d" % status, "screen": shown}


def run_piped(command, options):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=LIMIT_SEC, **options)
    except subprocess.TimeoutExpired:
        return {"exit status": b"none: it did not end"}
    return {"exit status": b"%d" % done.returncode, "standard output": done.stdout,
            "standard error": done.stderr}


def masked(asked, text):
    for what, pattern, instead, _why in MASKS:
        if not re.search(what, asked):
            continue
        if pattern == SORTED:
            text = b"".join(sorted(text.splitlines(keepends=True)))
        else:
            text = re.sub(pattern, instead, text)
    return text


def file_asked(words):
    """The name after -o, if there is one."""
    return next((name for option, name in zip(words, words[1:]) if option == "-o"), None)


def run(ask, build, stage):
    """What a build answers: {part: bytes}, masked."""
    program = build.spanstat if ask.program == "spanstat" else build.spanstatd
    options = {"cwd": build.place, "env": environment(stage.folder, ask.language)}
    if ask.columns or ask.keys:
        answer = run_watched(ask, [program, *ask.words], options)
    else:
        answer = run_piped([program, *ask.words], options)
    name = file_asked(ask.words)
    if name and os.path.isfile(build.path(name)):
        with open(build.path(name), "rb") as file:
            answer["file"] = file.read()
    return {part: masked(str(ask), text) for part, text in answer.items()}
