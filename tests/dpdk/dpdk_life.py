# SPDX-License-Identifier: BSD-3-Clause
"""What spanstatd says of a healthy life, and the signals that come before it is ready.

The log is read as an operator reads it: version and configuration, socket, memory, ready, what a
SIGHUP changed, the end with its totals. Each thread is asked of the kernel for its CPU.
"""
import glob
import os
import re
import signal

from daemon import BareDaemon
from dpdk_run import PLAY_SEC, PortDaemon, capture, pcap, udp_frames
from lab import wait_for

FRAMES = 100
END_SEC = 15
# systemd's way to say that standard error is the journal's.
JOURNAL = ('sh', '-c', 'JOURNAL_STREAM=$(stat -Lc %d:%i /proc/self/fd/2) exec "$@"', 'sh')


def says(daemon, words):
    return wait_for(lambda: words in daemon.log(), PLAY_SEC)


def tap(programs, *arguments, wrap=()):
    """A daemon that has got all packets of a short capture."""
    path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    return PortDaemon(programs, *pcap(path), '--flows', '8192', *arguments, wrap=wrap)


def test_life(checks, programs):
    """Line by line, from the first to the last."""
    config = programs.write('life.conf', 'name = "tap one"\n')
    with tap(programs, '--config', config) as daemon:
        daemon.received(FRAMES)
        checks.equal(daemon.terminate(END_SEC), 0, 'SIGTERM ends it')
    wanted = (rf'version \d+\.\d+\.\d+, configuration {config}',
              r'8192 flows take \d+ MB of ordinary memory, packets \d+ MB of ordinary memory',
              rf'control socket {daemon.socket}: root( and group spanstat)? may ask, root may drop',
              r'ready: "tap one" with 1 worker',
              rf'ended by SIGTERM after 0d 00:00:\d\d: {FRAMES} packets received, 0 dropped, '
              rf'{FRAMES} flows opened, {FRAMES} live')
    lines = [line for line in daemon.log().splitlines()
             if 'share 1 CPU' not in line and 'port net_pcap' not in line]
    checks.ok(len(lines) == len(wanted) and
              all(re.fullmatch(f'spanstatd: {want}', line) for want, line in zip(wanted, lines)),
              'the log of a life', *wanted, daemon.log())


def test_reload(checks, programs):
    """A SIGHUP says what it took over, what waits, what is wrong; none of it twice."""
    path = programs.write('reload.conf', 'log-level = info\n')
    with tap(programs, '--config', path) as daemon:
        daemon.received(FRAMES)

        def reload(text, *words):
            before = len(daemon.log())
            programs.write('reload.conf', text)
            daemon.signal(signal.SIGHUP)
            wait_for(lambda: daemon.log()[before:].count('\n') >= len(words), PLAY_SEC)
            new = daemon.log()[before:].splitlines()
            checks.equal(new, [f'spanstatd: {word}' for word in words], f'reload: {text!r}')

        reload('', 'configuration read again: nothing has changed')
        reload('timers { udp = 9 }\nhome = { 10.0.0.0/9 }\nworkers = 2\ncpus { control = 0 }',
               'configuration read again, in force now: home, timers.udp',
               'configuration read again, changed and in force after a restart: workers, '
               'cpus.control')
        reload('timers { udp = 9 }\nhome = { 10.0.0.0/9 }\nworkers = 2',
               'configuration read again, changed and in force after a restart: workers')
        reload('timers { udp = 9 }\nhome = { 10.0.0.0/9 }\nflows = 2000\n',
               'configuration read again: nothing has changed')    # the command line beats it
        reload('\nworkers = 0\nudp = 7\n',
               'configuration not taken over, going on with the old one: '
               f'{path}:2: workers: 0 is out of range, 1 to 64 '
               '(1 more: spanstatd --check lists them)')
        reload('decode { gtp-ports = { 4789 } }',
               'configuration not taken over, going on with the old one: '
               f'{path}:1: decode.gtp-ports: port 4789 is one of vxlan-ports too')
        os.unlink(path)
        before = daemon.log()
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: f'going on with the old one: {path}: No such file' in
                           daemon.log()[len(before):], PLAY_SEC), 'reload: the file is gone',
                  daemon.log())
        checks.equal(daemon.ask('home').returncode, 0, 'and it answers after all that')


def test_no_file(checks, programs):
    with tap(programs) as daemon:
        daemon.received(FRAMES)
        checks.ok(', no configuration file: defaults and the command line\n' in daemon.log(),
                  'without --config: it says so', daemon.log())
        daemon.signal(signal.SIGHUP)
        checks.ok(says(daemon, 'SIGHUP, but no configuration to read again: started without '
                       '--config\n'), 'without --config: SIGHUP says so', daemon.log())


def test_journal(checks, programs):
    """Where standard error is the journal: a priority in front of each line; else none."""
    config = programs.write('debug.conf', 'log-level = debug\n')
    for wrap, front in ((JOURNAL, r'<[3467]>'), ((), '')):
        with tap(programs, '--config', config, wrap=wrap) as daemon:
            daemon.received(FRAMES)
            daemon.signal(signal.SIGHUP)
            says(daemon, 'nothing has changed')
            daemon.terminate(END_SEC)
        log = daemon.log()
        wrong = [line for line in log.splitlines()
                 if not re.match(f'{front}spanstatd: ', line)]
        checks.equal(wrong, [], f'each line begins with {front}spanstatd:')
        for level, words in ((6, 'ready: '), (7, 'worker 0: CPU '), (7, 'eal: Detected '),
                             (7, 'memory: packets need ')):
            want = f'<{level}>spanstatd: {words}' if front else f'\nspanstatd: {words}'
            checks.ok(want in log, f'{want!r} is there', log)


def test_cores(checks, programs):
    """Each thread runs where the section cpus says; the control core where there is room."""
    usable = sorted(os.sched_getaffinity(0))
    worker, control = usable[-1], usable[0]
    config = programs.write('cpus.conf', f'cpus {{ workers = "{worker}" }}\nlog-level = debug\n')
    with tap(programs, '--config', config) as daemon:
        daemon.received(FRAMES)
        where = {}
        for folder in glob.glob(f'/proc/{daemon.process.pid}/task/*'):
            with open(f'{folder}/comm', encoding='ascii') as file:
                name = file.read().strip()
            where.setdefault(name, os.sched_getaffinity(int(os.path.basename(folder))))
        worked = [cpus for name, cpus in where.items() if 'worker' in name]     # EAL's name
        checks.equal(worked, [{worker}], 'the worker runs where it was put')
        checks.equal(where.get('spanstatd'), {control}, 'the control core on another CPU')
        for words in (f'control core: CPU {control}: the next of those to choose from, ',
                      f'worker 0: CPU {worker}: named in cpus\n'):
            checks.ok(words in daemon.log(), f'and the log says why: {words}', daemon.log())


def test_stop_while_it_starts(checks, programs):
    """SIGTERM and SIGINT end it from its first line on, and nothing is left."""
    for number in (signal.SIGTERM, signal.SIGINT):
        for words in ('version ', 'control socket ', ' flows take ', 'ready: '):
            daemon = tap(programs)
            daemon.launch()
            try:
                says(daemon, words)
                daemon.signal(number)
                status = daemon.wait(END_SEC)
                last = daemon.log().splitlines()[-1]
                checks.ok(status == 0 and re.match(f'spanstatd: ended by {number.name} '
                                                   '(while starting|after )', last),
                          f'{number.name} behind {words!r} ends it', status, daemon.log())
                checks.ok(not glob.glob(f'{daemon.socket}*'), 'its socket and lock are gone')
            finally:
                daemon.kill()


def test_stop_of_a_port_that_hangs(checks, programs):
    """Who asks meanwhile hears at once that it starts; one signal is enough to end it."""
    daemon = tap(programs, wrap=('env', f'LD_PRELOAD={programs.built("tests/dpdk/hang.so")}'))
    daemon.launch()
    try:
        checks.ok(says(daemon, ' flows take '), 'its ports are about to start', daemon.log())
        done = daemon.ask('stats')
        checks.ok(done.returncode == 3 and
                  done.stderr.startswith(f'spanstat: the daemon at {daemon.socket} is starting'),
                  'spanstat says that it starts', done)
        second = programs.run(programs.spanstatd, '--no-huge', '--socket', daemon.socket,
                              '--vdev', 'net_null0', timeout=END_SEC)
        checks.ok(second.returncode == 1 and 'another spanstatd answers here' in second.stderr,
                  'a second one does not start', second)
        daemon.signal(signal.SIGTERM)
        checks.equal(daemon.wait(END_SEC), 0, 'SIGTERM ends it')
        checks.ok('ended by a signal, in a step that does not end' in daemon.log(),
                  'and it says that it was not orderly', daemon.log())
    finally:
        daemon.kill()
    with tap(programs) as following:
        checks.ok(following.received(FRAMES), 'the next one takes its place', following.log())


def reader(programs, path):
    return BareDaemon(programs, '--read', path)


def test_stop_of_a_pipe(checks, programs):
    """A capture that comes through a pipe, from which nothing comes any more: SIGTERM ends the
    waiting, wherever it is."""
    whole = capture(programs, 'piped.pcap', udp_frames(20000))
    path = programs.path('fifo')
    os.mkfifo(path)
    with open(whole, 'rb') as file:
        content = file.read()
    for bytes_sent, words in ((None, 'version '), (0, 'version '), (24, 'version '),
                              (200, 'version '), (len(content), 'ready: ')):
        daemon = reader(programs, path)
        daemon.launch()
        writer = None
        try:
            says(daemon, 'version ')
            if bytes_sent is not None:
                writer = open(path, 'wb', buffering=0)      # pylint: disable=R1732
                writer.write(content[:bytes_sent])
            says(daemon, words)
            daemon.signal(signal.SIGTERM)
            status = daemon.wait(END_SEC)
            checks.ok(status == 0 and 'spanstatd: ended by SIGTERM ' in daemon.log() and
                      not glob.glob(f'{daemon.socket}*'),
                      f'{bytes_sent} bytes and no more: SIGTERM ends it', status, daemon.log())
        finally:
            daemon.kill()
            if writer is not None:
                writer.close()


def test_no_socket(checks, programs):
    """Why there is no socket, and what helps."""
    path = capture(programs, 'tap.pcap', udp_frames(FRAMES))
    file = programs.write('precious', 'x')
    for socket, helps in ((file, 'a file is there that is no socket'),
                          (programs.path('a/b/sock'), 'the folder above its folder is not there')):
        done = programs.run(programs.spanstatd, '--read', path, '--socket', socket)
        checks.ok(done.returncode == 1 and
                  done.stderr.splitlines()[-1].startswith(f'spanstatd: {socket}: {helps}'),
                  f'no socket: {helps}', done)


def test_reload_while_it_starts(checks, programs):
    """A SIGHUP that comes too early is obeyed later, and ends nothing."""
    path = programs.write('early.conf', 'timers { udp = 8 }\n')
    daemon = tap(programs, '--config', path)
    daemon.launch()
    try:
        says(daemon, 'version ')
        programs.write('early.conf', 'timers { udp = 9 }\n')
        daemon.signal(signal.SIGHUP)
        checks.ok(says(daemon, 'in force now: timers.udp\n'), 'obeyed when it is ready',
                  daemon.log())
        checks.equal(daemon.terminate(END_SEC), 0, 'and it goes on until it is ended')
    finally:
        daemon.kill()
