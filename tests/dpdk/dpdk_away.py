# SPDX-License-Identifier: BSD-3-Clause
"""spanstat and a daemon that is not there, goes away and comes back, or may not be asked.

Reports that go on (events, --watch) wait for the next daemon and say so; any other report, and one
that never met a daemon, ends. Who may not open the socket is told who may. Root, for there are
users who may not. What top does is in tests/net/net_top.py.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

from daemon import Listener
from dpdk_run import PLAY_SEC, PortDaemon, capture, pcap, quiet, udp_frames
from lab import wait_for
import replay_schema

FRAMES = 50
END_SEC = 10
NOBODY = 65534
AWAY = r'spanstat: the daemon at {} is away since \d\d:\d\d:\d\d; waiting for it\n'


def tap(programs):
    path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    return PortDaemon(programs, '--config', quiet(programs), '--flows', '8192', *pcap(path))


class Watch:
    """A command that goes on; what it writes is in two files."""

    def __init__(self, daemon, name, *words):
        self.paths = [daemon.programs.path(f'{name}.{kind}') for kind in ('out', 'err')]
        out, err = (open(path, 'wb') for path in self.paths)    # pylint: disable=R1732
        with out, err:
            self.process = subprocess.Popen(
                [daemon.programs.spanstat, '--socket', daemon.socket, *words],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.process.kill()
        self.process.wait()

    def text(self, number):
        with open(self.paths[number], encoding='utf-8') as file:
            return file.read()

    def has(self, number, words, times=1):
        return wait_for(lambda: self.text(number).count(words) >= times, PLAY_SEC)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(END_SEC)
        except subprocess.TimeoutExpired:
            return 'still there'


def test_watch(checks, programs):
    """--watch goes on with the next daemon; an interrupt ends it, there or not."""
    with tap(programs) as daemon:
        daemon.received(FRAMES)
        with Watch(daemon, 'conn', '--watch', '0.2', 'conn', '--csv') as watch, \
                Watch(daemon, 'health', '--watch', '0.2', 'health') as health:
            checks.ok(watch.has(0, '\n\n') and health.has(0, 'good'), 'reports come')
            checks.equal(daemon.terminate(END_SEC), 0, 'the daemon ends')
            one = AWAY.format(daemon.socket)
            checks.ok(watch.has(1, '\n') and re.fullmatch(one, watch.text(1)),
                      'it is away: one line', watch.text(1))
            before = watch.text(0).count('\n\n'), health.text(0).count('good')
            daemon.start()
            checks.ok(watch.has(0, '\n\n', before[0] + 2) and health.has(0, 'good', before[1] + 1),
                      'another daemon: reports go on', watch.text(0)[-300:])
            checks.ok(re.fullmatch(one, watch.text(1)), 'without more to say', watch.text(1))
            checks.equal(health.interrupt(), 0, 'an interrupt ends it')
            daemon.kill()
            checks.ok(watch.has(1, '\n', 2) and re.fullmatch(2 * one, watch.text(1)),
                      'a killed one is waited for too', watch.text(1))
            checks.equal(watch.interrupt(), 0, 'an interrupt ends the waiting')
            checks.equal(watch.text(0).count('id,proto'), watch.text(0).count('\n\n') + 1,
                         'each report has its heading')


def test_events(checks, programs):
    """The stream goes on, with a line for the gap, in each format; no second heading."""
    schema = replay_schema.Strict(programs.schema)
    with tap(programs) as daemon, Listener(daemon) as listener, \
            Watch(daemon, 'text', 'events') as text, \
            Watch(daemon, 'csv', 'events', '--csv') as csv:
        daemon.received(FRAMES)

        def drop_one():
            daemon.ask('drop', daemon.json('conn', '--limit', '1')[0]['id'])

        def heard():
            drop_one()
            return bool(listener.lines) and 'dropped' in text.text(0) and 'dropped' in csv.text(0)
        checks.ok(wait_for(heard, PLAY_SEC), 'events come')
        daemon.terminate(END_SEC)
        checks.ok(text.has(1, 'is away since') and csv.has(1, 'is away since'), 'it is away')
        seen = len(listener.lines)
        daemon.start()
        daemon.received(FRAMES)
        checks.ok(wait_for(lambda: drop_one() or b'"ended"' in b''.join(listener.lines[seen:]),
                           PLAY_SEC), 'another daemon: events come again')
        gap = [line for line in listener.lines if b'"away"' in line]
        checks.equal(len(gap), 1, 'one line says that some are missing')
        row = schema.check('away', gap[0].decode())
        checks.ok(row['since'] < row['time'], 'from when to when', row)
        checks.ok(listener.lines.index(gap[0]) < len(listener.lines) - 1,
                  'before the events of the other daemon')
        for watch, heading, away in (
                (text, 'Time  ', r'\d\d:\d\d:\d\d\.\d{6} away   since \d\d:\d\d:\d\d\.\d{6}: '
                 'no daemon, events are missing'),
                (csv, 'type,time', 'away,[^,]+,+')):
            watch.has(0, 'away')
            lines = watch.text(0).splitlines()
            found = [line for line in lines if re.fullmatch(away, line)]
            checks.ok(len(found) == 1, 'the same in other formats', *lines[-5:])
            checks.equal(sum(heading in line for line in lines), 1, 'and one heading')
            checks.equal(watch.interrupt(), 0, 'an interrupt ends it')
        lines = csv.text(0).splitlines()
        checks.equal(len({line.count(',') for line in lines}), 1, 'CSV: as many columns')
        checks.equal(listener.interrupt()[0], 0, 'an interrupt ends it')


def test_an_interrupt_while_it_is_away(checks, programs):
    """Ctrl-C ends events at once, not when the next attempt is due."""
    with tap(programs) as daemon, Watch(daemon, 'events', 'events') as watch:
        watch.has(0, 'Time ')
        daemon.kill()
        checks.ok(watch.has(1, 'is away'), 'it is away')
        checks.equal(watch.interrupt(), 0, 'and an interrupt ends it')


def test_one_that_hangs_up(checks, programs):
    """What accepts and says nothing is asked once a second, not all the time."""
    with tap(programs) as daemon, Watch(daemon, 'events', 'events') as watch:
        watch.has(0, 'Time ')
        daemon.terminate(END_SEC)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(daemon.socket)
            listener.listen()
            listener.settimeout(END_SEC)
            times = []
            for _ in range(3):
                listener.accept()[0].close()
                times.append(time.monotonic())
        checks.ok(times[2] - times[1] > 0.9, 'no sooner than after a second', times)
        checks.equal(watch.text(1).count('\n'), 1, 'and said once')
        checks.equal(watch.interrupt(), 0, 'an interrupt ends it')


def test_never_there(checks, programs):
    """A daemon that never was there is not waited for."""
    for words in (('events',), ('--watch', '1', 'conn'), ('conn',)):
        done = programs.ask(programs.path('no.sock'), *words)
        checks.ok(done.returncode == 3 and 'start one with: spanstatd' in done.stderr and
                  done.stderr.count('\n') == 1, f'{words}: exit status 3', done)


def forbidden(programs, path):
    """What nobody is told who asks there, by a copy of spanstat that he may run."""
    program = programs.path('spanstat')
    shutil.copy(programs.spanstat, program)
    done = programs.run('setpriv', '--reuid', str(NOBODY), '--regid', str(NOBODY),
                        '--clear-groups', program, '--socket', path, 'conn')
    return done.returncode, done.stderr


def test_forbidden(checks, programs):
    """Who may not open the socket is told who may, and not to start another daemon."""
    os.chmod(programs.folder, 0o755)
    folder = programs.path('run')
    os.mkdir(folder, 0o755)
    path = os.path.join(folder, 'spanstatd.sock')
    capture_path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    with PortDaemon(programs, '--flows', '8192', *pcap(capture_path)) as daemon:
        os.rename(daemon.socket, path)     # the same socket at a place of which the modes are ours
        said = ('spanstat: the daemon at {0} may not be asked by you: user {1} and members of '
                'group {2} may ({3})\n')
        os.chown(path, 0, 0)
        checks.equal(forbidden(programs, path), (3, said.format(path, 'root', 'root', path)),
                     'the socket keeps him out')
        os.chown(path, 0, 4)
        checks.equal(forbidden(programs, path), (3, said.format(path, 'root', 'adm', path)),
                     'the group that may is that of the socket')
        os.chown(path, 0, 123456)
        checks.equal(forbidden(programs, path), (3, said.format(path, 'root', '123456', path)),
                     'one without a name has a number')
        os.chmod(folder, 0o700)
        checks.equal(forbidden(programs, path), (3, said.format(path, 'root', 'root', folder)),
                     'its folder keeps him out')
        os.chmod(folder, 0o755)
        os.chmod(path, 0o666)
        checks.equal(forbidden(programs, path), (0, ''), 'who may ask is answered')
        os.rename(path, daemon.socket)
    checks.equal(forbidden(programs, path)[1].count('start one with'), 1,
                 'without a daemon he is told how to start one')
