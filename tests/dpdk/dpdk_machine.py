# SPDX-License-Identifier: BSD-3-Clause
"""What a machine does to the daemon: its clock is set, it is stopped, killed, has one CPU, few
descriptors, and a full disk under its log.
"""
import glob
import os
import signal
import socket
import time

from dpdk_run import PortDaemon, capture, pcap, quiet, udp_frames, wait_for

FLOWS = 2000
DAY_SEC = 86400
STOPPED_SEC = 2.5
KILLS = 12
ALIVE_SEC = 0.8       # a daemon starts within half of it when nobody is busy
TERM_SEC = 10
DESCRIPTORS = 64
ENDLESS = ',infinite_rx=1'


def once(programs, flows=FLOWS):
    return pcap(capture(programs, 'once.pcap', udp_frames(flows)))


def endless(programs, flows=FLOWS):
    return pcap(capture(programs, 'endless.pcap', udp_frames(flows)), more=ENDLESS)


class SetClock:
    """UTC as the daemon sees it, so many seconds off."""

    def __init__(self, programs):
        self.path = programs.path('step')
        self.set(0)
        self.wrap = ('env', f'CLOCK_STEP={self.path}',
                     f'LD_PRELOAD={programs.built("tests/dpdk/clock_step.so")}')

    def set(self, seconds):
        with open(self.path, 'r+b' if os.path.exists(self.path) else 'wb') as file:
            file.write(seconds.to_bytes(8, 'little', signed=True))


def times(daemon):
    stats, rows = daemon.stats(), daemon.json('allconn')
    return stats, {row['id']: row for row in rows}


def check_step(checks, daemon, clock, before, seconds, name):
    clock.set(seconds)
    stats, rows = times(daemon)
    checks.equal(set(rows), set(before), f'{name}: all flows are there')
    checks.equal((stats['flows']['expired'], stats['flows']['created']), (0, FLOWS),
                 f'{name}: none has ended')
    checks.ok(0 < stats['uptime'] < DAY_SEC / 2, f'{name}: it has not run for longer or shorter',
              stats['uptime'])
    now = time.strftime('%Y-%m-%d', time.gmtime(time.time() + seconds))
    checks.ok(stats['now'].startswith(now) or time.gmtime().tm_hour in (0, 23),
              f'{name}: reports have the new time', stats['now'], now)
    checks.equal(daemon.ask('leaks').returncode, 0, f'{name}: leaks answers')
    checks.equal(daemon.ask('health').returncode in (0, 4), True, f'{name}: health answers')


def test_clock_is_set(checks, programs):
    clock = SetClock(programs)
    with PortDaemon(programs, '--config', quiet(programs), *once(programs),
                    wrap=clock.wrap) as daemon:
        daemon.received(FLOWS)
        _stats, rows = times(daemon)
        checks.equal(len(rows), FLOWS, 'all flows are there')
        for seconds, name in ((DAY_SEC, 'a day ahead'), (-DAY_SEC, 'two days back'),
                              (0, 'right again')):
            check_step(checks, daemon, clock, rows, seconds, name)
        checks.equal(daemon.terminate(TERM_SEC), 0, 'it ends as it should')


def test_stopped_for_a_while(checks, programs):
    """Longer than the timers of its flows: none ends of it, and who asked is answered."""
    config = quiet(programs, 'udp-oneway = 2')
    with PortDaemon(programs, '--config', config, *endless(programs)) as daemon:
        daemon.received(FLOWS)
        expired = daemon.stats()['flows']['expired']
        with socket.socket(socket.AF_UNIX) as silent:
            silent.connect(daemon.socket)
            daemon.signal(signal.SIGSTOP)
            time.sleep(STOPPED_SEC)     # the daemon's own time: nothing can be seen meanwhile
            daemon.signal(signal.SIGCONT)
            stats = daemon.stats()
        more = daemon.received(stats['packets']['received'] + FLOWS)
        checks.equal(more['flows']['expired'], expired, 'no flow has ended')
        checks.equal((more['flows']['live'], more['flows']['created']), (FLOWS, FLOWS),
                     'each is the one that it was')
        checks.equal(daemon.terminate(TERM_SEC), 0, 'it ends as it should')


def left_behind():
    """What outlives a process: hugepages, shared memory, EAL's folders."""
    return set(glob.glob('/dev/hugepages/*') + glob.glob('/dev/shm/*') +
               glob.glob('/tmp/dpdk/*') + glob.glob('/var/run/dpdk/*'))


def test_killed_at_any_moment(checks, programs, given, dice):
    print(f'# seed {given.seed}')
    daemon = PortDaemon(programs, *endless(programs))
    before = left_behind()
    for number in range(KILLS):
        daemon.launch()
        time.sleep(dice.uniform(0, ALIVE_SEC))      # the moment is what is tried
        checks.equal(daemon.process.poll(), None, f'start {number}: it lives until it is killed')
        daemon.kill()
    allowed = {'spanstatd.sock', 'spanstatd.sock.lock', 'endless.pcap'}
    files = {name for name in os.listdir(programs.folder) if not name.endswith('.log')}
    checks.ok(files <= allowed, 'and no files but the socket and its lock', files)
    with daemon as running:
        checks.ok(running.received(FLOWS)['packets']['received'] >= FLOWS, 'the next one starts',
                  running.log())
        checks.ok(left_behind() <= before, 'and nothing of the killed ones is left in the machine',
                  left_behind() - before)
        checks.equal(running.terminate(TERM_SEC), 0, 'and ends as it should')
    checks.ok(not os.path.exists(daemon.socket), 'without its socket')


def test_one_cpu(checks, programs):
    cpu = str(min(os.sched_getaffinity(0)))
    for more in ((), ('--workers', '2')):
        with PortDaemon(programs, *endless(programs), *more,
                        wrap=('taskset', '--cpu-list', cpu)) as daemon:
            last = daemon.received(FLOWS)
            checks.ok('share 1 CPU' in daemon.log(), f'{more}: it says so', daemon.log())
            for _ in range(5):
                last = daemon.received(last['packets']['received'] + FLOWS)
            checks.equal((last['flows']['live'], last['flows']['created']), (FLOWS, FLOWS),
                         f'{more}: every flow once')
            checks.equal(len(daemon.json('conn')), FLOWS, f'{more}: reports are whole')
            checks.equal(daemon.terminate(TERM_SEC), 0, f'{more}: it ends as it should')


def test_few_descriptors(checks, programs):
    daemon = PortDaemon(programs, *endless(programs),
                        wrap=('prlimit', f'--nofile={DESCRIPTORS}'))
    with daemon:
        last = daemon.received(FLOWS)
        clients = []
        try:
            for _ in range(DESCRIPTORS):
                client = socket.socket(socket.AF_UNIX)
                clients.append(client)
                client.connect(daemon.socket)
            checks.ok(wait_for(lambda: 'a client has to wait' in daemon.log()),
                      'it says that a client waits', daemon.log())
            time.sleep(0.5)             # five tries, one line
        finally:
            for client in clients:
                client.close()
        last = daemon.received(last['packets']['received'] + FLOWS)
        checks.ok(last['packets']['received'] > FLOWS, 'who waited is served once there are some')
        checks.equal(daemon.log().count('a client has to wait'), 1, 'it is said once')
        checks.equal(daemon.terminate(TERM_SEC), 0, 'it ends as it should')
    for number in range(3, 24, 3):
        done = programs.run('prlimit', f'--nofile={number}', programs.spanstatd, '--no-huge',
                            '--socket', programs.path('none.sock'), '--vdev', 'net_nosuch0')
        checks.ok(done.returncode in (1, 127) and done.stderr, f'{number} descriptors: it says why',
                  done)


def test_log_on_a_full_disk(checks, programs):
    wrap = ('sh', '-c', 'exec "$@" >/dev/full 2>&1', 'sh')
    with PortDaemon(programs, '--config', quiet(programs), *endless(programs), wrap=wrap) as daemon:
        last = daemon.received(FLOWS)
        for _ in range(100):
            daemon.signal(signal.SIGHUP)
        last = daemon.received(last['packets']['received'] + FLOWS)
        checks.ok(last['packets']['received'] > FLOWS, 'it goes on when its log finds no room')
        checks.equal(daemon.terminate(TERM_SEC), 0, 'and ends as it should')
