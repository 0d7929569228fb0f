# SPDX-License-Identifier: BSD-3-Clause
"""track_torture_test under ThreadSanitizer: the engine has no race; one made on purpose is seen.

The program is tests/unit/track_torture_test.cc with what touches shared memory, all of it compiled
with -fsanitize=thread. Its tests that break the rules are run by themselves: of the writer that
does not open the count a report must come, with that writer's name in it. Of the reader that does
not look at the count again none must: its reads are atomic, so only the rows' arithmetic tells.

ThreadSanitizer of GCC 12 finds its memory taken where addresses are random in more than 28 bits;
where it may, `setarch -R` gives it the ones that it expects.
"""
RACE = 'WARNING: ThreadSanitizer: data race'
SECONDS = 100


def run(programs, tests):
    """The exit status, and all that was said."""
    fixed = ['setarch', '-R']
    if programs.run(*fixed, 'true').returncode != 0:
        fixed = []
    done = programs.run(*fixed, programs.built('tests/unit/test_torture_tsan'),
                        f'--gtest_filter={tests}', timeout=SECONDS)
    return done.returncode, done.stdout + done.stderr


def said(text):
    return text.splitlines()[:200]


def test_races(checks, programs):
    status, text = run(programs, 'TrackTorture.*-*Broken*')
    checks.ok(status == 0 and RACE not in text and '[  PASSED  ] 2 tests' in text,
              'no race between the worker and the control core', *said(text))
    status, text = run(programs, '*BrokenReaderIsCaught')
    checks.ok(status == 0 and RACE not in text and '[  PASSED  ] 1 test' in text,
              'a reader that does not look again is told by its rows', *said(text))
    status, text = run(programs, '*BrokenWriterIsCaught')
    checks.ok(status != 0 and RACE in text and 'write_without_the_count' in text,
              'a writer that does not open the count is told by ThreadSanitizer', *said(text))
