#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Compares byte for byte what two builds print and what their daemons answer.

usage: compare_builds.py --before FOLDER --after FOLDER [--captures FOLDER] [--expect FILE]
                         [--rename OLD=NEW]... [--only REGEX] [--jobs N]

Each is a build folder, as `scripts/build FOLDER` leaves it. Before a change that must not be seen
from outside is committed:

    git worktree add ../before HEAD && (cd ../before && scripts/build build)
    tests/compare/compare_builds.py --before ../before/build --after build

Asked is every report in every form, with every option, field, word of a filter and dialect, wrong
usage, help, Japanese, terminals (compare_asks); about captures of this project's own making, those
that its replay tests make, and those below --captures; and the daemon, over its socket, every
request that there is (compare_frames). What may differ between two runs of one build is left out:
MASKS of compare_run, MASKS and UNORDERED of compare_wire say what it is, and why. All of it is some
11,000 questions, and takes two to five minutes on two processors.

Each difference is printed: what was asked, the first place that differs, both sides of it. A line
of --expect is a regular expression of what is asked and of the place, `ASKED: PLACE`, a tab, and
why it may differ; such differences are counted apart, and a line that nothing matched is named.
--rename, or a line `rename OLD=NEW` of --expect, says what a struct or a member (STRUCT.MEMBER=NEW)
of an answer is called in the build after. Builds whose protocols are not the same
are compared by what their frames mean (compare_protocol). The last line is `N asked, N differ`.
Exit status 0 when nothing differs that is not expected, 1 otherwise.
"""
import argparse
import itertools
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import compare_asks
import compare_frames
from compare_protocol import KINDS
from compare_run import run
from compare_stage import Stage
from compare_wire import Layout, WireError

GENERATED = ("app/spanstat.1", "app/spanstat-filter.7", "app/spanstat.bash",
             "app/spanstat.describe", "app/spanstatd.8", "app/spanstatd.bash",
             "app/spanstatd.conf.5", "app/spanstatd.describe")
SHOWN = 160      # characters of a line that differs
TRIES = 3        # of what is typed at a terminal, where a busy machine may change the order


def shown(line, at):
    """The part of a line around a place."""
    start = max(0, at - SHOWN // 2)
    return repr(line[start:start + SHOWN])[1:]


def first_place(before, after):
    """(line, column, line before, line after) of the first difference, counted from 1."""
    lines = [text.splitlines(keepends=True) for text in (before, after)]
    number = next((i for i, (one, other) in enumerate(zip(*lines)) if one != other),
                  min(map(len, lines)))
    one, other = (part[number] if number < len(part) else b"" for part in lines)
    at = len(os.path.commonprefix([one, other]))
    return number + 1, at + 1, one, other


def texts_differ(before, after):
    """What differs between two answers of parts, as lines; empty: nothing."""
    for part in before | after:
        one, other = before.get(part), after.get(part)
        if one == other:
            continue
        if one is None or other is None:
            return [f"{part}: only {'after' if one is None else 'before'}"]
        number, column, one, other = first_place(one, other)
        return [f"{part}, line {number}, column {column}", f"before: {shown(one, column)}",
                f"after:  {shown(other, column)}"]
    return []


def row_differs(layout, kind, number, before, after):
    """The member in which two rows differ, and its bytes."""
    at = next(i for i, (one, other) in enumerate(zip(before, after)) if one != other)
    one, other = before[at], after[at]
    byte = len(os.path.commonprefix([one, other]))
    return [f"{kind}, row {number}: {layout.member(kind, at)}, byte {byte}",
            f"before: {shown(one, byte)}", f"after:  {shown(other, byte)}"]


def frames_differ(layout, before, after):
    """What differs between two answers of the socket: lists of kinds with their rows."""
    for one, other in itertools.zip_longest(before, after, fillvalue=("nothing", [])):
        if one[0] != other[0]:
            return [f"{one[0]} before, {other[0]} after"]
        for number, (mine, theirs) in enumerate(zip(one[1], other[1]), 1):
            if mine != theirs:
                return row_differs(layout, one[0], number, mine, theirs)
        if len(one[1]) != len(other[1]):
            return [f"{one[0]}: {len(one[1])} rows before, {len(other[1])} after"]
    return []


def contents(path):
    """None: there is no such file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Expected:
    """The lines of --expect: which differences there may be, and why."""

    def __init__(self, path):
        self.rules, self.renamed = [], []
        if path:
            with open(path, encoding="utf-8") as file:
                for line in file.read().splitlines():
                    if line and not line.startswith("#"):
                        pattern, _, reason = line.partition("\t")
                        if pattern.startswith("rename "):
                            self.renamed.append(renamed(pattern.removeprefix("rename ")))
                        else:
                            self.rules.append([re.compile(pattern), reason.strip(), 0])

    def reason(self, asked, place):
        for rule in self.rules:
            if rule[0].search(f"{asked}: {place}"):
                rule[2] += 1
                return rule[1] or "no reason is given"
        return None

    def unmet(self):
        return [rule[0].pattern for rule in self.rules if not rule[2]]


class Comparison:
    def __init__(self, given, stage):
        self.given, self.stage = given, stage
        self.expected = Expected(given.expect)
        self.layouts = [Layout(stage.builds[0].folder, {}),
                        Layout(stage.builds[1].folder,
                               dict((*given.rename, *self.expected.renamed)))]
        for layout in self.layouts:
            layout.agree(*self.layouts)
        self.asked = self.differ = self.justified = 0

    def chosen(self, asks):
        """Those that --only asks for, each once."""
        return [ask for ask in dict.fromkeys(asks) if re.search(self.given.only, str(ask))]

    def take(self, asked, difference):
        """Counts one answer, and prints what differs in it."""
        self.asked += 1
        if not difference:
            return
        reason = self.expected.reason(asked, difference[0])
        self.differ += reason is None
        self.justified += reason is not None
        print(f"{'differs' if reason is None else 'expected'}: {asked}")
        print("".join(f"    {line}\n" for line in difference), end="")
        if reason is not None:
            print(f"    because: {reason}", flush=True)

    def ask(self, ask):
        for _ in range(TRIES if ask.keys else 1):
            difference = texts_differ(*(run(ask, build, self.stage) for build in self.stage.builds))
            if not difference:
                break
        return difference

    def ask_all(self, asks, jobs):
        asks = self.chosen(asks)
        with ThreadPoolExecutor(jobs) as pool:
            for ask, difference in zip(asks, pool.map(self.ask, asks)):
                self.take(ask, difference)

    def ask_files(self):
        """What the build makes for its users."""
        for name in self.chosen(GENERATED):
            texts = [{"file": contents(os.path.join(build.folder, name))}
                     for build in self.stage.builds]
            self.take(name, texts_differ(*texts))

    def ask_layouts(self):
        """The members of each struct of an answer, and that each report can be asked for."""
        before, after = self.layouts
        for name in self.chosen(f"struct {one}" for one in before.members
                                if one in KINDS.values() or not one.startswith("ctl_")):
            texts = [{"members": layout.described(name.removeprefix("struct "))}
                     for layout in self.layouts]
            self.take(name, texts_differ(*texts))
        for name in self.chosen(f"request {one}" for one in before.protocol.reports):
            found = name.removeprefix("request ") in after.protocol.reports
            self.take(name, [] if found else ["only before"])

    def ask_socket(self, requests):
        """Each daemon all requests, one after the other; the two side by side."""
        requests = self.chosen(requests)
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda pair: compare_frames.ask_all(*pair, requests, self.stage),
                               zip(self.stage.builds, self.layouts))
            for asked, before, after in zip(requests, *answers):
                self.take(asked, frames_differ(self.layouts[0], before, after))

    def ask_daemons(self, known):
        asks = [compare_asks.about_daemon(known), compare_asks.about_watching(),
                compare_frames.Requests(known, self.layouts).all(),
                compare_asks.about_dropping(known)]
        if not any(self.chosen(each) for each in asks):
            return
        before, after = (compare_frames.Daemon(build, self.stage, "--config", "d.conf")
                         for build in self.stage.builds)
        with before, after:
            self.ask_all(compare_asks.about_daemon(known), self.given.jobs)
            self.ask_all(compare_asks.about_watching(), 1)
            self.ask_socket(compare_frames.Requests(known, self.layouts).all())
            self.ask_all(compare_asks.about_dropping(known), 1)

    def whole(self):
        known = compare_asks.Known(self.stage.builds[0])
        self.ask_files()
        self.ask_layouts()
        self.ask_all(compare_asks.without_daemon(known, self.stage), self.given.jobs)
        self.ask_daemons(known)
        for pattern in self.expected.unmet():
            print(f"expected, but nothing differs: {pattern}")
        if self.justified:
            print(f"{self.justified} differ as expected")
        print(f"{self.asked} asked, {self.differ} differ")
        return 1 if self.differ or not self.asked else 0


def renamed(text):
    old, sign, new = text.partition("=")
    if not old or not sign or not new:
        raise argparse.ArgumentTypeError(f"{text} is not OLD=NEW")
    return old, new


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", required=True, metavar="FOLDER")
    parser.add_argument("--after", required=True, metavar="FOLDER")
    parser.add_argument("--captures", metavar="FOLDER", help="more captures, in it and below")
    parser.add_argument("--expect", metavar="FILE", help="differences that there may be, and why")
    parser.add_argument("--rename", type=renamed, action="append", default=[], metavar="OLD=NEW")
    parser.add_argument("--only", default="", metavar="REGEX", help="of what is asked")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spanstat-compare-") as folder:
        try:
            stage = Stage(folder, given.before, given.after, given.captures)
            return Comparison(given, stage).whole()
        except WireError as error:
            print(f"compare_builds: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
