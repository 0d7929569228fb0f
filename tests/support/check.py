# SPDX-License-Identifier: BSD-3-Clause
"""Checks of a test program in Python, printed as TAP (test anything protocol) for meson.

One Checks object a program; the numbered lines are printed as the checks are made, so that a run
that is cut short shows how far it came. Meson reads them (protocol: 'tap'), scripts/tally counts
them. Nothing is ever skipped: what a check needs and cannot have is a failure.
"""
import traceback

from lab import end_on_signals


class Checks:
    def __init__(self):
        self.made = self.failed = 0

    def ok(self, passed, name, *details):
        """One check; the details are printed under a failed one only."""
        self.made += 1
        self.failed += not passed
        print(f'{"ok" if passed else "not ok"} {self.made} - {name}', flush=True)
        if not passed:
            self.say(*details)
        return passed

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, f'got:    {got!r}', f'wanted: {wanted!r}')

    def say(self, *details):
        for line in '\n'.join(str(detail) for detail in details).splitlines():
            print(f'# {line}', flush=True)

    def call(self, function, *arguments):
        """Runs function(*arguments); an exception that comes out of it is a failed check."""
        try:
            function(*arguments)
        except Exception:
            self.ok(False, f'{function.__name__} came to its end', traceback.format_exc())

    def finish(self):
        """The plan; gives the exit status of the program."""
        print(f'1..{self.made}', flush=True)
        return 1 if self.failed or not self.made else 0


def main(body):
    """Runs body(checks) as a whole test program; gives its exit status. What body throws is one
    more failed check, so that a program that cannot even begin is a failure and no skip."""
    end_on_signals()
    checks = Checks()
    checks.call(body, checks)
    return checks.finish()
