#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a test in Python and prints its checks as TAP (test anything protocol).

    runner.py FILE [--build FOLDER] [--spanstat PROGRAM] [--limit SECONDS] [--seed N] [WORD]

Runs FILE's functions test_* in the order in which they stand, then the methods of its classes of
unittest; with WORD only those that have it in their name. The file imports what it needs of its own
folder, of support/ and of replay/. A function is given what its parameters are named for:

    checks    the Checks of the whole run
    programs  Programs: those of the build folder, and a folder of this function's own
    lab       two hosts, a hub and its mirror port (lab.py)
    given     the command line: seed, and what the file adds to it by a function options(parser)
    dice      random numbers from the seed
    word      WORD, by which such a function chooses among what it plays: it is always run

The numbered lines are printed as the checks are made, so that a run that is cut short shows how far
it came; meson reads them (protocol: 'tap'), scripts/tally counts them. Nothing is ever skipped:
what a check needs and cannot have is a failure, as is an exception, or a run that is not over in
time. Exit status 0 when all checks passed, and there was one.
"""
import argparse
import contextlib
import importlib
import inspect
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# How many times slower the programs may be: they are emulated (scripts/test-arm64).
PATIENCE = int(os.environ.get('SPANSTAT_PATIENCE', '1'))
LIMIT_SEC = 170
RUN_SEC, ANSWER_SEC = 60 * PATIENCE, 20 * PATIENCE


class TimeLimit(BaseException):
    """The run is not over in time."""


class Programs:
    """The two programs of a build folder, and a folder for sockets, logs and configuration."""

    def __init__(self, build, spanstat=None):
        self.build, self.root = os.path.abspath(build), ROOT
        self.spanstatd = self.built('app/spanstatd/spanstatd')
        self.spanstat = os.path.abspath(spanstat or self.built('app/spanstat/spanstat'))
        self.schema = os.path.join(ROOT, 'app/spanstat/schema/spanstat.schema.json')
        self.folder = tempfile.mkdtemp(prefix='spanstat-test-')
        # As /tmp is: the daemon reads and removes its files as another user than root.
        os.chmod(self.folder, 0o1777)
        self.keep = False       # set: the folder stays

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def built(self, name):
        return os.path.join(self.build, name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        """A file in the folder, replaced at once, so that no reader meets half of it."""
        path = self.path(name)
        with open(path + '.new', 'w', encoding='utf-8') as file:
            file.write(text)
        os.rename(path + '.new', path)
        return path

    def run(self, *command, **more):
        """A command to its end: .returncode, .stdout, .stderr."""
        more = {'text': True, 'capture_output': True, 'timeout': RUN_SEC, **more}
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False, **more)

    def ask(self, socket, *words):
        """spanstat on that socket."""
        return self.run(self.spanstat, '--socket', socket, *words, timeout=ANSWER_SEC)

    def ask_as(self, socket, uid, groups, *words):
        """The same by a user who is a number, in these groups, the first his own."""
        program = self.path('spanstat')     # the build folder may be closed to him
        if not os.path.exists(program):
            shutil.copy(self.spanstat, program)
        return self.run(program, '--socket', socket, *words, timeout=ANSWER_SEC, user=uid,
                        group=groups[0], extra_groups=groups[1:])


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


class Case(unittest.TestCase):
    """Tests of unittest that read captures: a folder for each class, or anew for each test."""
    maxDiff = None
    given = programs = name = None

    @classmethod
    def setUpClass(cls):
        cls.programs = Programs(cls.given.build, cls.given.spanstat)
        cls.addClassCleanup(cls.programs.__exit__)
        cls.name = cls.programs.path('traffic.pcap')

    def fresh(self):
        """For setUp(): this test's folder is its own."""
        self.programs = Programs(self.given.build, self.given.spanstat)
        self.addCleanup(self.programs.__exit__)
        self.name = self.programs.path('traffic.pcap')

    @classmethod
    def said(cls, *words, **more):
        """spanstat: exit status, lines of standard output, lines of standard error."""
        done = cls.programs.run(cls.programs.spanstat, *words, timeout=2 * RUN_SEC,
                                encoding='utf-8', errors='replace', **more)
        return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


class Result(unittest.TestResult):
    """One check for each method; what went wrong in it, or in a part of it, stands below."""

    def __init__(self, checks):
        super().__init__()
        self.checks = checks

    def verdict(self, test):
        wrong = [text for _, text in self.failures + self.errors + self.unexpectedSuccesses]
        self.failures, self.errors, self.unexpectedSuccesses = [], [], []
        self.checks.ok(not wrong, '.'.join(test.id().split('.')[-2:]), *wrong)

    def addError(self, test, err):
        super().addError(test, err)
        if issubclass(err[0], TimeLimit):
            self.stop()
        if not isinstance(test, unittest.TestCase):    # the class cannot be set up
            self.verdict(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.verdict(test)


def end_on_signals():
    """Turns Ctrl-C, SIGTERM and SIGHUP into SystemExit, so that whatever is to be cleaned up is;
    while it is, these signals do nothing more, to it and to the commands it runs."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def leave(number, _frame):
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)
    for each in numbers:
        signal.signal(each, leave)


def end_in_time(seconds):
    def late(_number, _frame):
        raise TimeLimit
    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)


def play(checks, given, function):
    """One test function, with what it asks for."""
    names = inspect.signature(function).parameters
    with contextlib.ExitStack() as stack:
        have = {'checks': checks, 'given': given, 'dice': random.Random(given.seed),
                'word': given.word}
        if 'programs' in names:
            have['programs'] = stack.enter_context(Programs(given.build, given.spanstat))
        if 'lab' in names:
            have['lab'] = stack.enter_context(importlib.import_module('lab').Lab())
        checks.call(function, *(have[name] for name in names))


def run(module, checks, given):
    own = [one for one in vars(module).values()
           if getattr(one, '__module__', '') == module.__name__]
    for function in own:
        if inspect.isfunction(function) and function.__name__.startswith('test_') and \
           (given.word in function.__name__ or 'word' in inspect.signature(function).parameters):
            checks.call(play, checks, given, function)
    Case.given, result = given, Result(checks)
    for case in own:
        if inspect.isclass(case) and issubclass(case, unittest.TestCase):
            names = unittest.defaultTestLoader.getTestCaseNames(case)
            unittest.TestSuite(case(name) for name in names if given.word in name).run(result)


def arguments(file, module):
    parser = argparse.ArgumentParser(description=(module.__doc__ or '').split('\n')[0],
                                     conflict_handler='resolve',
                                     usage=f'runner.py {os.path.basename(file)} [OPTION...] [WORD]')
    parser.add_argument('--build', default=os.path.join(ROOT, 'build'), help='the build folder')
    parser.add_argument('--spanstat', help='a program that stands in for it')
    parser.add_argument('--limit', type=int, default=LIMIT_SEC, help='seconds for all of it')
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 32))
    if hasattr(module, 'options'):
        module.options(parser)
    parser.add_argument('word', nargs='?', default='', help='only tests with it in their name')
    return parser.parse_args(sys.argv[2:])


def use_plain_locale():
    """Messages are in English and texts in UTF-8, whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith('LC_') or name == 'LANGUAGE']:
        del os.environ[name]
    os.environ['LANG'] = 'C.UTF-8'


def main():
    use_plain_locale()
    file = os.path.abspath(sys.argv[1])
    sys.dont_write_bytecode = True
    sys.modules['runner'] = sys.modules['__main__']
    sys.path[:0] = [os.path.dirname(file), HERE, os.path.join(HERE, '..', 'replay')]
    module = importlib.import_module(os.path.splitext(os.path.basename(file))[0])
    given, checks = arguments(file, module), Checks()
    end_on_signals()
    try:
        end_in_time(given.limit * PATIENCE)
        run(module, checks, given)
        signal.alarm(0)
    except TimeLimit:
        checks.ok(False, f'over within {given.limit * PATIENCE} seconds', traceback.format_exc())
    print(f'1..{checks.made}', flush=True)
    return 1 if checks.failed or not checks.made else 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main())
