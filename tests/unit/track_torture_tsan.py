#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""track_torture_test under ThreadSanitizer: the engine has no race; one made on purpose is seen.

usage: track_torture_tsan.py PROGRAM

TAP. PROGRAM is tests/unit/track_torture_test.cc with what touches shared memory, all of it compiled
with -fsanitize=thread. Its tests that break the rules are run by themselves: of the writer that
does not open the count a report must come, with that writer's name in it. Of the reader that does
not look at the count again none must: its reads are atomic, so only the arithmetic of the rows tells.

ThreadSanitizer of GCC 12 finds its memory taken where addresses are random in more than 28 bits;
where it may, `setarch -R` gives it the ones that it expects.
"""
import subprocess
import sys

RACE = 'WARNING: ThreadSanitizer: data race'
SECONDS = 100


def run(program, tests):
    """The exit status, and all that was said."""
    fixed = ['setarch', '-R']
    if subprocess.run([*fixed, 'true'], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        fixed = []
    done = subprocess.run([*fixed, program, f'--gtest_filter={tests}'], timeout=SECONDS,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


def tell(number, passed, what, text):
    print(f'{"ok" if passed else "not ok"} {number} - {what}')
    if not passed:
        print('\n'.join('# ' + line for line in text.splitlines()[:200]))


def main():
    program = sys.argv[1]
    print('1..3')
    status, text = run(program, 'TrackTorture.*-*Broken*')
    tell(1, status == 0 and RACE not in text and '[  PASSED  ] 2 tests' in text,
         'no race between the worker and the control core', text)
    status, text = run(program, '*BrokenReaderIsCaught')
    tell(2, status == 0 and RACE not in text and '[  PASSED  ] 1 test' in text,
         'a reader that does not look again is told by its rows', text)
    status, text = run(program, '*BrokenWriterIsCaught')
    tell(3, status != 0 and RACE in text and 'write_without_the_count' in text,
         'a writer that does not open the count is told by ThreadSanitizer', text)


if __name__ == '__main__':
    main()
