# SPDX-License-Identifier: BSD-3-Clause
"""What a soak asks: all reports in turn, sorted, grouped and by filters, a drop, and a reader of
events that comes and goes, sometimes without a word.
"""
import itertools
import signal
import subprocess

ANSWER_SEC = 120
LAST_WORDS = (signal.SIGINT, signal.SIGKILL, signal.SIGSTOP)
REPORTS = (
    ('conn',), ('allconn', '--json'), ('all', 'flag oneway'), ('byteinfo', '--csv'),
    ('allconn', '--sort', '-bytes', '--limit', '1000'), ('conn', '--sort', 'opened'),
    ('allconn', '--by', 'server-port,state'), ('conn', '--by', 'client', '--limit', '10'),
    ('sockets', 'sport < 2024'), ('clients', '--limit', '100'), ('listen', '--all'),
    ('leaks',), ('timewait', '--limit', '100'), ('allconn', '--dialect', 'ss', '--limit', '1000'),
    ('stats', '--verbose'), ('states',), ('health',),
)
DROP = ('drop', 'sport < 2024')


class Asking:
    """asked: how many reports; failed: those that were not answered as they should be."""

    def __init__(self, programs, daemon):
        self.programs, self.daemon = programs, daemon
        self.asked, self.failed = 0, []
        self.last_words = itertools.cycle(LAST_WORDS)

    def ask(self, *words, statuses=(0,)):
        done = self.programs.run(self.programs.spanstat, '--socket', self.daemon.socket, *words,
                                 capture_output=False, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, timeout=ANSWER_SEC)
        self.asked += 1
        if done.returncode not in statuses or done.stderr and not done.returncode:
            self.failed.append((words, done.returncode, done.stderr))

    def round(self):
        """Every report once, while somebody reads events. A drop by filter that finds nothing any
        more has failed, by the contract; so it may."""
        reader = subprocess.Popen([self.programs.spanstat, '--socket', self.daemon.socket,
                                   'events', '--json'], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for words in REPORTS:
                self.ask(*words)
            self.ask(*DROP, statuses=(0, 1))
            reader.send_signal(next(self.last_words))
        finally:
            reader.kill()
            reader.wait()
