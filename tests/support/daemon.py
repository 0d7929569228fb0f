# SPDX-License-Identifier: BSD-3-Clause
"""spanstatd on the mirror port of a lab, and what spanstat says of it.

The daemon runs in the namespace of the tap; its Unix socket lies in a folder of the test's own,
so that spanstat can ask it from any namespace. What the daemon writes on standard error goes to
a file in that folder, and is shown where it does not come up.
"""
import json
import os
import signal
import subprocess
import tempfile
import threading

from lab import LabError, wait_for

READY_SEC = 20     # EAL start-up on a busy two-core machine
STOP_SEC = 3
INTERRUPT_SEC = 5


class BareDaemon:
    """One spanstatd; `with` it, it is ended whatever happens."""

    def __init__(self, programs, *arguments, socket=None, wrap=()):
        """Runs under the command `wrap` if one is given."""
        self.programs = programs
        self.socket = socket or programs.path('spanstatd.sock')
        self.command = [*wrap, programs.spanstatd, '--socket', self.socket, *arguments]
        self.log_path = self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        if self.process.poll() is None:
            self.terminate(STOP_SEC)
        self.kill()

    def launch(self):
        """Starts it and does not wait for it to be ready."""
        number, self.log_path = tempfile.mkstemp(suffix='.log', dir=self.programs.folder)
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=number,
                                        stderr=number)
        os.close(number)
        return self

    def start(self):
        self.launch()
        try:
            wait_for(lambda: self.answers() or self.process.poll() is not None, READY_SEC)
            ready = self.process.poll() is None and self.answers()
        except BaseException:
            self.kill()
            raise
        if not ready:
            self.kill()
            raise LabError(f'spanstatd did not come up: {" ".join(self.command)}\n{self.log()}')
        return self

    def log(self):
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def ask(self, *words):
        return self.programs.ask(self.socket, *words)

    def answers(self):
        return os.path.exists(self.socket) and self.ask('home').returncode == 0

    def json(self, *words):
        """The lines of a report as objects."""
        done = self.ask(*words, '--json')
        if done.returncode:
            raise LabError(f'spanstat {" ".join(words)}: {done.returncode}: {done.stderr}')
        return [json.loads(line) for line in done.stdout.splitlines()]

    def stats(self):
        return self.json('stats')[0]

    def connections(self):
        """Newest row of each pair of endpoints: {(ip, port, ip, port): row}, client's end first."""
        found = {}
        for row in self.json('allconn'):
            ends = (row['client']['ip'], row['client']['port'],
                    row['server']['ip'], row['server']['port'])
            if ends not in found or row['opened'] > found[ends]['opened']:
                found[ends] = row
        return found

    def signal(self, number):
        self.process.send_signal(number)

    def terminate(self, timeout):
        """SIGTERM; gives the exit status, or None where it is still there after the time."""
        self.signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout):
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Daemon(BareDaemon):
    """On an interface in the namespace `space`."""

    def __init__(self, programs, space, *arguments, socket=None, interface='mir0', wrap=()):
        super().__init__(programs, '--interface', interface, *arguments, socket=socket,
                         wrap=('ip', 'netns', 'exec', space.name, *wrap))
        self.space = space


class Listener:
    """`spanstat events --json` with a filter; its events are read as they come, unless held."""

    def __init__(self, daemon, *words):
        self.process = subprocess.Popen(
            [daemon.programs.spanstat, '--socket', daemon.socket, 'events', '--json', *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.lines, self.go_on = [], threading.Event()
        self.go_on.set()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.go_on.set()
        self.process.kill()
        self.process.wait()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            self.go_on.wait()

    def events(self):
        return [json.loads(line) for line in list(self.lines)]

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(INTERRUPT_SEC)
            self.reader.join(INTERRUPT_SEC)
        except subprocess.TimeoutExpired:
            return 'still there'
        return status, self.process.stderr.read()
