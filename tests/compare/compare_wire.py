# SPDX-License-Identifier: BSD-3-Clause
"""The frames of the control socket as one build has them: numbers, structs, requests, answers.

Where numbers and structs lie is asked of the compiler: the build's own command for lib/ctl is run
on ctl_frame.h, once to find the names, once to make a small program that prints their values. So
two builds may number and lay out what they send each in its own way; what they mean by a name is
compared. A name that is another one in the build after is given with --rename OLD=NEW.
"""
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# type of an answer: the struct that it is made of
ANSWERS = {
    "CTL_INFO": "ctl_info", "CTL_ROWS": "report_row", "CTL_COUNTERS": "report_stats",
    "CTL_NETS": "report_net", "CTL_END": "ctl_end", "CTL_FULL_ROWS": "report_full",
    "CTL_SOCKETS": "report_listen", "CTL_GROUPS": "report_group", "CTL_LEAK_LINES": "digest_leak",
    "CTL_TIMEWAIT_LINES": "digest_timewait", "CTL_CLIENT_LINES": "digest_client",
    "CTL_EVENT_ROWS": "report_event", "CTL_LABELS": "report_label",
}
REQUESTS = ("CTL_CONN", "CTL_ALLCONN", "CTL_ALL", "CTL_STATS", "CTL_HOME", "CTL_LISTEN",
            "CTL_LISTEN_ALL", "CTL_DROP", "CTL_GROUP", "CTL_DROP_MATCHING", "CTL_LEAKS",
            "CTL_TIMEWAIT", "CTL_CLIENTS", "CTL_EVENTS")
CONSTANTS = ("CTL_MAGIC", "CTL_VERSION", "CTL_LINES", "CTL_LINES_CLOSED", "CTL_LINES_SERVED",
             "CTL_LINES_SOCKETS", *REQUESTS, *ANSWERS)
STRUCTS = ("ctl_ask", "ctl_drop", *ANSWERS.values())

# member of an answer's struct that may differ, and why
MASKS = (
    ("report_stats.uptime_us", "time since the daemon's start"),
    ("report_stats.memory_control_bytes", "memory kept from earlier questions"),
    ("report_stats.workers[0].busy_cycles", "the processor's cycles"),
    ("report_stats.workers[0].idle_cycles", "the processor's cycles"),
    ("digest_leak.has_growth", "against the look before, which was some time ago or never"),
    ("digest_leak.growth", "the same"),
    ("digest_leak.growth_us", "the same"),
)
# In these answers rows are sorted and their frames made one: sockets come in the order of a hash
# that is keyed anew, and how many of them a frame holds depends on it.
UNORDERED = ("CTL_SOCKETS",)
UNORDERED_LINES = "CTL_LINES_SOCKETS"  # so are all rows where this is asked for, and no sort


class WireError(Exception):
    """What keeps the frames from being compared."""


def compile_words(build):
    """The compiler, with ccache before it or not, and the folders and definitions that lib/ctl is
    built with; and where."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            if re.search(r"lib/ctl/ctl_\w+\.c$", entry["file"]):
                words = shlex.split(entry["command"])
                kept = [word for word in words if re.match(r"-(I|isystem|D|std=|include|f)", word)]
                compiler = itertools.takewhile(lambda word: not word.startswith("-"), words)
                return [*compiler, *kept, "-fdiagnostics-color=never"], build
    raise WireError(f"{build}: compile_commands.json has nothing of lib/ctl")


class Layout:
    """Values of constants, and of each struct its size and {member: (offset, size)}, all by the
    names that they have in the build before."""

    def __init__(self, build, renamed):
        self.renamed = renamed
        self.words, self.place = compile_words(build)
        text = self._run("-E", "-P", "-x", "c", "-", input='#include "ctl_frame.h"\n')
        self.members = {name: self._members(text, name) for name in STRUCTS}
        for mask, _ in MASKS:
            name, _, member = mask.partition(".")
            self.members[name].setdefault(member, self._name(f"{name}.{member}", member))
        self.constants, self.sizes = {}, {}
        self.structs = {name: {} for name in STRUCTS}
        for line in self._values().splitlines():
            self._take(*line.split())

    def _name(self, name, otherwise=None):
        return self.renamed.get(name, otherwise or name)

    def _run(self, *words, **options):
        done = subprocess.run([*self.words, *words], cwd=self.place, text=True,
                              capture_output=True, check=False, **options)
        if done.returncode:
            raise WireError(f"{self.place}: ctl_frame.h: {done.stderr.strip()}")
        return done.stdout

    def _members(self, text, name):
        """{name: name in this build} of a struct's members, from its declaration without comments
        and macros."""
        found = re.search(rf"struct\s+{self._name(name)}\s*\{{([^{{}}]*)\}}", text)
        if not found:
            raise WireError(f"{self.place}: ctl_frame.h has no struct {self._name(name)}")
        own = [re.search(r"(\w+)\s*(\[[^]]*\]\s*)*$", one.strip()).group(1)
               for line in found.group(1).split(";") if line.strip() for one in line.split(",")]
        before = {new: old.rpartition(".")[2] for old, new in self.renamed.items()
                  if old.startswith(name + ".")}
        return {before.get(one, one): one for one in own}

    def _program(self):
        yield '#include <stddef.h>\n#include <stdio.h>\n#include "ctl_frame.h"\nint main(void) {'
        for name in CONSTANTS:
            yield f'printf("{name} %llu\\n", (unsigned long long)({self._name(name)}));'
        for name, members in self.members.items():
            known = f"struct {self._name(name)}"
            yield f'printf("{name} - %zu\\n", sizeof({known}));'
            for one, own in members.items():
                yield (f'printf("{name} {one} %zu %zu\\n", offsetof({known}, {own}), '
                       f'sizeof((({known} *)0)->{own}));')
        yield "}"

    def _values(self):
        with tempfile.TemporaryDirectory(prefix="spanstat-compare-") as folder:
            program = os.path.join(folder, "layout")
            self._run("-x", "c", "-", "-o", program, input="\n".join(self._program()))
            return subprocess.run([program], check=True, capture_output=True, text=True).stdout

    def _take(self, name, *rest):
        if len(rest) == 1:
            self.constants[name] = int(rest[0])
        elif rest[0] == "-":
            self.sizes[name] = int(rest[1])
        else:
            self.structs[name][rest[0]] = int(rest[1]), int(rest[2])

    def number(self, value):
        """A number, a constant's name, or several of them that are or-ed."""
        if isinstance(value, int):
            return value
        names = (value,) if isinstance(value, str) else value
        return sum(self.constants[name] for name in names)

    def pack(self, name, values):
        """The bytes of a struct whose other members are zero."""
        packed = bytearray(self.sizes[name])
        for member, value in values:
            offset, size = self.structs[name][member]
            if isinstance(value, bytes):
                packed[offset:offset + size] = value[:size].ljust(size, b"\0")
            else:
                packed[offset:offset + size] = self.number(value).to_bytes(size, sys.byteorder)
        return bytes(packed)

    def type_name(self, number):
        return next((name for name in (*ANSWERS, *REQUESTS) if self.constants[name] == number),
                    f"type {number}")

    def rows(self, kind, payload):
        """The payload as rows, what may differ in each set to zero."""
        name = ANSWERS.get(kind)
        if name is None:
            return [payload]
        size, rows = self.sizes[name], []
        for start in range(0, len(payload), size):
            row = bytearray(payload[start:start + size])
            for mask, _ in MASKS:
                if mask.startswith(name + "."):
                    offset, width = self.structs[name][mask.partition(".")[2]]
                    row[offset:offset + width] = bytes(width)
            rows.append(bytes(row))
        return rows

    def member_at(self, kind, offset):
        """The member of an answer's struct in which a byte lies."""
        inside = [(size, member) for member, (start, size) in
                  self.structs.get(ANSWERS.get(kind), {}).items() if start <= offset < start + size]
        return min(inside)[1] if inside else "?"
