# SPDX-License-Identifier: BSD-3-Clause
"""What a service manager hears of spanstatd; its watchdog is fed only while all poll loops turn.

The manager is a socket of the test's own, in the manner of sd_notify(3). A loop is made to stand
still by its port: net_pcap reads a pipe into which nothing is written any more, so that the loop
waits in the kernel, in the middle of a turn.
"""
import contextlib
import os
import signal
import socket
import struct
import threading
import time

from dpdk_run import PLAY_SEC, PortDaemon, capture, pcap, udp_frames, wait_for

FRAMES = 100
END_SEC = 15
BURST = 64              # frames written at once: no poll loop takes more in a turn
PAUSE_SEC = 0.005
SILENT_TURNS = 3        # seconds of the daemon's own


class Manager:
    """A socket for datagrams; .heard is all that came, as [(pid of the sender, text)]."""

    def __init__(self, name):
        """name: a path, or '@' and a name without a file."""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.socket.bind(name.replace('@', '\0', 1))
        if name[0] != '@':
            os.chmod(name, 0o777)       # as systemd's is
        self.heard = []
        self.wrap = ('env', f'NOTIFY_SOCKET={name}')
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        while True:
            text, more, _flags, _from = self.socket.recvmsg(4096, 256)
            pid = struct.unpack('3i', more[0][2])[0] if more else None
            self.heard.append((pid, text.decode()))

    def texts(self, since=0):
        return [text for _pid, text in self.heard[since:]]

    def count(self, start, since=0):
        return sum(text.startswith(start) for text in self.texts(since))

    def hears(self, start, times=1, since=0):
        return wait_for(lambda: self.count(start, since) >= times, PLAY_SEC)


class Feeder(threading.Thread):
    """Writes a capture without end into a pipe, while it may."""

    def __init__(self, programs, name):
        super().__init__(daemon=True)
        self.path = programs.path(name)
        os.mkfifo(self.path)
        with open(capture(programs, f'{name}.pcap', udp_frames(BURST)), 'rb') as file:
            content = file.read()
        self.head, self.frames = content[:24], content[24:]
        self.may = threading.Event()
        self.may.set()
        self.start()

    def run(self):
        try:
            with open(self.path, 'wb', buffering=0) as pipe:
                pipe.write(self.head)
                while self.may.wait():
                    pipe.write(self.frames)
                    time.sleep(PAUSE_SEC)       # a pace; nothing is expected of it
        except BrokenPipeError:
            pass


def without_pause(texts):
    """The datagrams but for those that come again and again."""
    return [text.splitlines()[0] for text in texts if not text.startswith(('WATCHDOG', 'STATUS'))]


def play_life(checks, programs, manager, what):
    config = programs.write('life.conf', '')
    path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    with PortDaemon(programs, *pcap(path), '--flows', '8192', '--config', config,
                    wrap=manager.wrap) as daemon:
        checks.ok(manager.hears('READY=1') and '\nspanstatd: ready: ' in daemon.log(),
                  f'{what}: READY=1, when the log says so', manager.texts(), daemon.log())
        daemon.received(FRAMES)
        checks.ok(manager.hears(f'STATUS={FRAMES} flows live, {FRAMES} packets received, '
                                '0 dropped'), f'{what}: a status', manager.texts())
        checks.ok(manager.hears('WATCHDOG=1', 2), f'{what}: the watchdog is fed', manager.texts())
        before = time.monotonic()
        daemon.signal(signal.SIGHUP)
        manager.hears('READY=1', 2)
        programs.write('life.conf', 'workers = 0\n')
        daemon.signal(signal.SIGHUP)
        manager.hears('READY=1', 3)
        reloads = [text.split('MONOTONIC_USEC=') for text in manager.texts()
                   if text.startswith('RELOADING')]
        checks.ok(all(before < int(text[1]) / 1e6 < time.monotonic() for text in reloads),
                  f'{what}: a reload has its time', reloads)
        checks.equal(daemon.terminate(END_SEC), 0, f'{what}: SIGTERM ends it')
        manager.hears('STOPPING=1')
    checks.equal(without_pause(manager.texts()),
                 ['READY=1', 'RELOADING=1', 'READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1'],
                 f'{what}: ready, two reloads, the second with a mistake, the end')
    checks.equal({pid for pid, _text in manager.heard}, {daemon.process.pid},
                 f'{what}: all from the daemon itself')


def test_life(checks, programs):
    play_life(checks, programs, Manager(programs.path('notify')), 'a path')


def test_life_without_a_file(checks, programs):
    play_life(checks, programs, Manager(f'@{programs.folder}'), 'an abstract name')


def test_no_manager(checks, programs):
    """A name that is none, and a manager that does not listen: it goes on without."""
    path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    for name, words in (('vsock:2:1', 'NOTIFY_SOCKET: "vsock:2:1" is no socket\'s name\n'),
                        (programs.path('nobody'), 'ready: ')):
        with PortDaemon(programs, *pcap(path), '--flows', '8192',
                        wrap=('env', f'NOTIFY_SOCKET={name}')) as daemon:
            daemon.received(FRAMES)
            checks.ok(words in daemon.log() and 'notify' not in daemon.log(),
                      f'{name}: it goes on', daemon.log())
            checks.equal(daemon.terminate(END_SEC), 0, f'{name}: and ends')


def stand_still(checks, daemon, manager, feeder, name):
    """The loop stops in the middle of a turn: the log says so, and no food comes any more."""
    feeder.may.clear()
    line = f'spanstatd: {name} makes no turn any more: '
    times = daemon.log().count(line) + 1
    checks.ok(wait_for(lambda: daemon.log().count(line) == times, PLAY_SEC),
              f'{name} stands still: the log', daemon.log())
    since = len(manager.heard)
    manager.hears(f'STATUS={name} makes no turn, for ', SILENT_TURNS, since)
    heard = manager.texts(since)
    checks.ok(heard and all(text.startswith(f'STATUS={name} makes') for text in heard),
              f'{name} stands still: the watchdog is not fed, for {SILENT_TURNS} s', heard)
    checks.equal(daemon.ask('stats').returncode, 0, f'{name} stands still: reports are answered')


def go_on(checks, daemon, manager, feeder, name):
    since = len(manager.heard)
    feeder.may.set()
    checks.ok(manager.hears('WATCHDOG=1', 2, since), f'{name} goes on: the watchdog is fed')
    checks.ok(f'spanstatd: {name} goes on, after ' in daemon.log(), f'{name} goes on: the log',
              daemon.log())


def begin(checks, programs, manager, name, number, *arguments):
    """A daemon whose port is a pipe, ready and fed; it and who writes into the pipe."""
    since = len(manager.heard)
    feeder = Feeder(programs, f'pipe{number}')
    daemon = PortDaemon(programs, *pcap(feeder.path), '--flows', '8192', *arguments,
                        wrap=manager.wrap).start()
    checks.ok(manager.hears('READY=1', 1, since) and manager.hears('WATCHDOG=1', 2, since),
              f'{name}, life {number}: ready and fed', manager.texts(since))
    return daemon, feeder


def test_stalled_worker(checks, programs):
    """It goes on when its port does."""
    manager = Manager(programs.path('notify'))
    daemon, feeder = begin(checks, programs, manager, 'worker 0', 1)
    with contextlib.ExitStack() as ends:
        ends.callback(daemon.kill)
        stand_still(checks, daemon, manager, feeder, 'worker 0')
        go_on(checks, daemon, manager, feeder, 'worker 0')
        checks.equal(daemon.terminate(END_SEC), 0, 'worker 0 goes on: SIGTERM ends it')


def test_stalled_receive_core(checks, programs):
    """It is ended as systemd does that, and the next life is a whole one."""
    manager, name = Manager(programs.path('notify')), 'the receive core'
    daemon, feeder = begin(checks, programs, manager, name, 1, '--workers', '2')
    with contextlib.ExitStack() as ends:
        ends.callback(daemon.kill)
        stand_still(checks, daemon, manager, feeder, name)
        daemon.signal(signal.SIGABRT)
        checks.equal(daemon.wait(END_SEC), -signal.SIGABRT, f'{name}: the manager ends it')
    daemon, _feeder = begin(checks, programs, manager, name, 2, '--workers', '2')
    with contextlib.ExitStack() as ends:
        ends.callback(daemon.kill)
        checks.equal(daemon.terminate(END_SEC), 0, f'{name}: the next life ends as it should')
