# SPDX-License-Identifier: BSD-3-Clause
"""Tests with two threads under ThreadSanitizer: no race; and races made on purpose are seen.

The program has the tests in which one thread writes what another reads: rows, counters, events,
orders, paths, the timeline. It and all libraries are compiled with -Db_sanitize=thread. Tests that
break the rules are run by themselves: a report must come, with the name of the function that does
so. Of the reader that does not look at the count again none must: its reads are atomic, so only the
rows' arithmetic tells.

It keeps silent about a race whose first half it cannot show any more, so its history is as long as
it can be. ThreadSanitizer of GCC 12 and clang 14 finds its memory taken where addresses are random
in more than 28 bits; where it may, `setarch -R` gives it the ones that it expects.
"""
RACE = 'WARNING: ThreadSanitizer: data race'
SECONDS = 150
HISTORY = 'TSAN_OPTIONS=history_size=7'


def run(programs, tests):
    """The exit status, and all that was said."""
    fixed = ['setarch', '-R']
    if programs.run(*fixed, 'true').returncode != 0:
        fixed = []
    done = programs.run('env', HISTORY, *fixed, programs.built('tests/races/test_races'),
                        f'--gtest_filter={tests}', timeout=SECONDS)
    return done.returncode, done.stdout + done.stderr


def said(text):
    return text.splitlines()[:200]


def passed(status, text):
    return status == 0 and RACE not in text and '[  PASSED  ]' in text and 'FAILED' not in text


def test_races(checks, programs):
    status, text = run(programs, '-*Broken*')
    checks.ok(passed(status, text), 'no race between the worker and the control core', *said(text))
    status, text = run(programs, '*BrokenReaderIsCaught')
    checks.ok(passed(status, text), 'a reader that does not look again is told by its rows',
              *said(text))
    for test, function in (('BrokenWriterIsCaught', 'write_without_the_count'),
                           ('BrokenListenerIsCaught', 'read_a_record_plainly')):
        status, text = run(programs, f'*{test}')
        checks.ok(status != 0 and RACE in text and function in text,
                  f'ThreadSanitizer sees {function}', *said(text))
