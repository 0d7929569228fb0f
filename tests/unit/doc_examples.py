# SPDX-License-Identifier: BSD-3-Clause
"""Runs every example of the manual pages: each must end with status 0.

An example is a line of a literal block that begins with `$ ` or `# `. It is run by sh as it stands,
in a folder with captures of the project's own making under the names that the pages use; only the
programs in the path are wrappers: spanstat asks the socket of a daemon of this test (over the same
capture) instead of the usual one. What goes on until interrupted is interrupted once it has
printed; top runs in a real terminal. spanstatd is run on files and gets the signals; with a port,
which a machine need not have, its command line alone is checked (--check), so that option, value
and quoting are right. Of other programs it is checked that they are there.
"""
import contextlib
import os
import re
import shlex
import signal
import subprocess

from lab import wait_for
from replay_make import capture_make
from replay_scenarios import SCENARIOS
from replay_wire import capture_write
from terminal import Terminal

READY_SEC = END_SEC = 60
ENDLESS = re.compile(r'spanstat (events|.*--watch)(?!.*-r)')
WRAPPER = '''#!/bin/sh
case " $* " in
*" -r "*) exec {spanstat} "$@" ;;
*) exec {spanstat} --socket {socket} "$@" ;;
esac
'''


def examples(path):
    """Commands in the order of the page."""
    with open(path, encoding='utf-8') as file:
        blocks = re.findall(r'^```\n(.*?)^```$', file.read(), re.M | re.S)
    return [line[2:] for block in blocks for line in block.splitlines()
            if line.startswith(('$ ', '# '))]


class Place:
    """A folder with captures and wrappers, and a daemon that knows the captures' rows."""

    def __init__(self, programs):
        self.programs, self.folder, self.root = programs, programs.folder, programs.root
        self.socket, path = programs.path('socket'), programs.path('bin')
        packets, _ = capture_make(1, 120, 'ethernet', True, SCENARIOS)
        for name in ('trace.pcap', 'a.pcap', 'b.pcap'):
            capture_write(programs.path(name), packets)
        os.mkdir(path)
        os.chmod(programs.write('bin/spanstat', WRAPPER.format(
            spanstat=shlex.quote(programs.spanstat), socket=shlex.quote(self.socket))), 0o755)
        self.env = {**os.environ, 'PATH': f'{path}:{os.environ["PATH"]}', 'LC_ALL': 'C.UTF-8'}

    def start(self, *arguments):
        return subprocess.Popen([self.programs.spanstatd, *arguments], cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def answers(self):
        return self.programs.ask(self.socket, 'home').returncode == 0

    @contextlib.contextmanager
    def daemon(self, *arguments):
        process = self.start(*arguments, '--socket', self.socket)
        try:
            wait_for(lambda: self.answers() or process.poll() is not None, READY_SEC)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=END_SEC)

    def shell(self, line):
        return self.programs.run('sh', '-c', line, cwd=self.folder, env=self.env, timeout=END_SEC)

    def interrupted(self, line):
        """(status, first line) of what is interrupted once that line has come."""
        process = subprocess.Popen(['sh', '-c', f'exec {line}'], cwd=self.folder, env=self.env,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=END_SEC)
        return process.returncode, first


def spanstat_example(checks, place, line):
    if ENDLESS.match(line):
        status, first = place.interrupted(line)
        checks.ok(status == 0 and first.startswith('spanstat '), line, status, first)
    elif line == 'spanstat top':
        with Terminal(place.folder, 80, 24, place.programs.path('bin/spanstat'), 'top') as top:
            checks.ok(top.shows('packets', 'flows'), f'{line}: shows', *top.screen())
            top.keys('q')
            checks.ok(top.shows('status 0'), f'{line}: ends with 0', *top.screen())
    else:
        done = place.shell(line)
        right = (0, 4) if line.startswith('spanstat doctor') else (0,)  # this machine, as it is
        checks.ok(done.returncode in right and not done.stderr, line, done)


def daemon_example(checks, place, line):
    """spanstatd on a file is run; on a port, its command line and configuration are checked."""
    words = shlex.split(line)
    words = words[words.index('spanstatd') + 1:]
    sample = os.path.join(place.root, 'config/spanstatd.conf')
    words = [sample if word.startswith('/etc/') else word for word in words]
    if '--read' in words:
        with place.daemon(*words) as process:
            checks.ok(place.answers(), f'{line}: answers')
        checks.equal(process.returncode, 0, f'{line}: ends with 0')
        return
    if '--config' not in words:
        words += ['--config', sample]
    process = place.start(*words, *([] if {'--check', '--plan'} & set(words) else ['--check']))
    said = process.communicate(timeout=END_SEC)[1]
    checks.ok(process.returncode == 0 and not said, f'{line}: is right', said)


def signal_example(checks, place, line):
    """kill -HUP $(pidof spanstatd): sent to the daemon of this test, which goes on."""
    with place.daemon('--read', 'trace.pcap') as process:
        line = line.replace('$(pidof spanstatd)', str(process.pid))
        done = place.shell(line)
        checks.ok(done.returncode == 0 and place.answers() and process.poll() is None,
                  f'{line}: it goes on', done)


def options(parser):
    parser.add_argument('--pages', nargs='+', required=True, help='their sources, .scd')


def test_examples(checks, programs, given):
    lines = [line for page in given.pages for line in examples(page)]
    checks.ok(len(lines) > 50, 'there are examples', lines)
    place = Place(programs)
    others = []
    with place.daemon('--read', 'trace.pcap'):
        for line in lines:
            if line.startswith('spanstat ') or line == 'spanstat':
                spanstat_example(checks, place, line)
            else:
                others.append(line)
    for line in others:
        if line.startswith('kill '):
            signal_example(checks, place, line)
        elif 'spanstatd' in line:
            daemon_example(checks, place, line)
        else:
            done = place.shell(f'command -v {shlex.split(line)[0]}')
            checks.ok(done.returncode == 0, f'{line}: there is such a command', done)
