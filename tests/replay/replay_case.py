# SPDX-License-Identifier: BSD-3-Clause
"""Makes a capture with the options of replay_make, and compares spanstat's rows with its truth.

The folder stays, and is named, when something differs.
"""
import replay_check
import replay_make


def options(parser):
    replay_make.arguments(parser)


def test_capture(checks, programs, given):
    packets, _ = replay_make.make(given, programs.folder)
    checks.say(f"{packets} packets, seed {given.seed}, {given.link}, {given.format}")
    same, lines = replay_check.check(programs.spanstat, programs.folder)
    programs.keep = not checks.ok(same, lines[-1], *lines, f"kept: {programs.folder}")
