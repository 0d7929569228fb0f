# SPDX-License-Identifier: BSD-3-Clause
"""What spanstat says of itself (--describe): for tests that want every report, field or word.

So a new report is tested with all others, and no test has a list of them.
"""
import subprocess


class Described:
    def __init__(self, spanstat):
        done = subprocess.run([spanstat, '--describe'], check=True, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL)
        self.lines = {}  # by their first word: the others
        for line in done.stdout.splitlines():
            kind, *rest = line.split('\t')
            self.lines.setdefault(kind, []).append(rest)

    def takes(self, report, *options):
        """Does the report take each of these options, by name or, without one, by letter?"""
        for option in options:
            reports = next(rest[3] for rest in self.lines['option']
                           if (rest[0] if rest[0] != '-' else rest[1]) == option)
            if reports != 'all' and report not in reports.split(','):
                return False
        return True

    def reports(self, *options, words=None):
        """Their names, in the order of the help: those that take all these options, and after
        whose name such words stand: filter, id, none."""
        return [name for name, _, takes, *_ in self.lines['report']
                if words in (None, takes) and self.takes(name, *options)]

    def fields(self, use):
        """The fields for rows, groups or by."""
        return [name for name, uses, *_ in self.lines['field'] if use in uses.split()]
