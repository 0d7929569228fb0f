# SPDX-License-Identifier: BSD-3-Clause
"""The control socket as one build has it: numbers, structs, and rows taken apart into members.

Where numbers and structs lie is asked of the compiler: the build's own command for lib/ctl is run
on ctl_frame.h, once to find the names, once to make a small program that prints their values. So
two builds may number and lay out what they send each in its own way; what they mean by a name is
compared, and of each row every byte of every member. How requests and answers are told from each
other is compare_protocol's. A struct or member that has another name in the build after is given
with --rename, or in the file of --expect.
"""
import itertools
import json
import operator
import os
import re
import shlex
import struct
import subprocess
import sys
import tempfile

from compare_protocol import KINDS, ROWS, TABLE, protocol_of, struct_of

LINES = ("LINES", "LINES_CLOSED", "LINES_SERVED", "LINES_SOCKETS")

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
# These rows are sorted: sockets come in the order of a hash that is keyed anew.
UNORDERED = (ROWS + "report_listen",)
UNORDERED_LINES = "LINES_SOCKETS"  # so are all rows where this is asked for, and no sort


class WireError(Exception):
    """What keeps the frames from being compared."""


def compile_words(build):
    """The compiler, with ccache before it or not, and the folders and definitions that lib/ctl is
    built with; where; and the headers of lines and rows, which ctl_frame.c includes."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        for entry in json.load(file):
            if entry["file"].endswith("lib/ctl/ctl_frame.c"):
                words = shlex.split(entry["command"])
                kept = [word for word in words if re.match(r"-(I|isystem|D|std=|include|f)", word)]
                compiler = itertools.takewhile(lambda word: not word.startswith("-"), words)
                with open(os.path.join(build, entry["file"]), encoding="utf-8") as source:
                    headers = re.findall(r'^#include ".*"$', source.read(), re.MULTILINE)
                return [*compiler, *kept, "-fdiagnostics-color=never"], build, headers
    raise WireError(f"{build}: compile_commands.json has nothing of lib/ctl")


class Layout:
    """Values of constants, and of each struct its size and {member: (offset, size)}, all by the
    names that they have in the build before."""

    def __init__(self, build, renamed):
        self.renamed = renamed
        self.words, self.place, headers = compile_words(build)
        self.headers = "\n".join((*headers, ""))
        text = self._run("-E", "-P", "-x", "c", "-", input=self.headers + TABLE)
        self.protocol = protocol_of(text)
        self.names = [*self.protocol.constants, "CTL_MAGIC", "CTL_VERSION",
                      *(self.protocol.LINES + name for name in LINES)]
        own = ["ctl_ask", *KINDS.values(), *self.protocol.structs]
        self.members = {name: self._members(text, name) for name in dict.fromkeys(own)}
        self.masked = {name: [mask for mask, _ in MASKS if mask.startswith(name + ".")]
                       for name in self.members}
        self.constants, self.sizes, self.places = {}, {}, {}
        for line in self._values().splitlines():
            self._take(*line.split())
        self.order, self.takers = {}, {}

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
        yield f"#include <stddef.h>\n#include <stdio.h>\n{self.headers}int main(void) {{"
        for name in self.names:
            yield f'printf("{name} %llu\\n", (unsigned long long)({self._name(name)}));'
        for name, members in self.members.items():
            known = f"struct {self._name(name)}"
            yield f'printf("{name} %zu\\n", sizeof({known}));'
            own = {f"{name}.{one}": member for one, member in members.items()}
            own.update((mask, self._name(mask, mask.partition(".")[2]))
                       for mask in self.masked[name])
            for one, member in own.items():
                yield (f'printf("{one} %zu %zu\\n", offsetof({known}, {member}), '
                       f'sizeof((({known} *)0)->{member}));')
        yield "}"

    def _values(self):
        with tempfile.TemporaryDirectory(prefix="spanstat-compare-") as folder:
            program = os.path.join(folder, "layout")
            self._run("-x", "c", "-", "-o", program, input="\n".join(self._program()))
            return subprocess.run([program], check=True, capture_output=True, text=True).stdout

    def _take(self, name, *rest):
        if len(rest) == 2:
            self.places[name] = int(rest[0]), int(rest[1])
        elif name in self.members:
            self.sizes[name] = int(rest[0])
        else:
            self.constants[name] = int(rest[0])

    def agree(self, before, after):
        """Rows are taken apart into the members that both have, in the order of the build before;
        this layout is one of the two."""
        for name in before.members.keys() & after.members.keys():
            self.order[name] = [one for one in before.members[name] if one in after.members[name]]
            self.takers[name] = self._taker(name)

    def _taker(self, name):
        """How a row is read: its format, and what puts the members in order."""
        lie = sorted(self.order[name], key=lambda one: self.places[f"{name}.{one}"])
        form, at = "=", 0
        for one in lie:
            offset, size = self.places[f"{name}.{one}"]
            form += f"{offset - at}x{size}s"
            at = offset + size
        form = struct.Struct(f"{form}{self.sizes[name] - at}x")
        places = [lie.index(one) for one in self.order[name]]
        return form, operator.itemgetter(*places) if len(places) > 1 else tuple

    def value(self, member, value):
        """A member's bytes or number: lines and reports are given by name."""
        if member == "lines":
            return sum(self.constants[self.protocol.LINES + name] for name in value)
        return self.protocol.report(self, value) if member == "of" else value

    def pack(self, report, values):
        """The bytes of a request's struct, whose other members are zero."""
        name = self.protocol.ask(report)
        packed = bytearray(self.sizes[name])
        for member, value in values:
            offset, size = self.places[f"{name}.{self.protocol.MEMBERS.get(member, member)}"]
            value = self.value(member, value)
            if isinstance(value, bytes):
                packed[offset:offset + size] = value[:size].ljust(size, b"\0")
            else:
                packed[offset:offset + size] = value.to_bytes(size, sys.byteorder)
        return bytes(packed)

    def rows(self, kind, payload):
        """The payload as rows, each the tuple of its members; what may differ in each is zero."""
        name = struct_of(kind)
        if name not in self.takers or len(payload) % self.sizes[name]:
            return [(payload,)]
        if self.masked[name]:
            payload = bytearray(payload)
            for mask, start in itertools.product(self.masked[name],
                                                 range(0, len(payload), self.sizes[name])):
                offset, size = self.places[mask]
                payload[start + offset:start + offset + size] = bytes(size)
        form, order = self.takers[name]
        return [order(row) for row in form.iter_unpack(payload)]

    def member(self, kind, number):
        """The name of a row's member, counted from 0."""
        return (self.order.get(struct_of(kind)) or ["payload"])[number]

    def described(self, name):
        """A struct's members and their sizes, as text; None: there is no such struct."""
        if name not in self.members:
            return None
        return "".join(f"{one} of {self.places[f'{name}.{one}'][1]} bytes\n"
                       for one in self.members[name]).encode()
