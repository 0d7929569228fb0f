# SPDX-License-Identifier: BSD-3-Clause
"""spanstatd as an operator handles it: start, stop, signals, its socket, its mistakes; spanstat's
exit statuses against it.

Needs root.
"""
import contextlib
import glob
import os
import re
import signal
import socket
import stat
import subprocess
import time

from daemon import READY_SEC, Daemon
from lab import wait_for

TERM_SEC = 2       # contract: SIGTERM ends it within
PIECE_BYTES = 20000     # less than a socket buffer
V4, UDP = socket.AF_INET, socket.SOCK_DGRAM
# The two places where the kernel tells how many hugepages there are. A mount of the daemon's own
# covers them, so that it finds itself on a machine without any.
MEMINFO, HUGEPAGES = '/proc/meminfo', '/sys/kernel/mm/hugepages'
HIDE_HUGEPAGES = f'''set -e
sed 's/^HugePages_\\([A-Z][a-z]*\\): .*/HugePages_\\1: 0/' {MEMINFO} >"$0"
mount --bind "$0" {MEMINFO}
mount -t tmpfs none {HUGEPAGES}
mkdir {HUGEPAGES}/hugepages-2048kB
for kind in nr free resv surplus; do
    echo 0 >{HUGEPAGES}/hugepages-2048kB/${{kind}}_hugepages
done
exec "$@"'''


def talk(lab, port, size=100):
    """A connection that carried data and stays open: its two sockets, host a's port in front."""
    with contextlib.closing(lab.b.listen(port)) as listener:
        client = lab.a.connect(port + 10000, (lab.b.ip4, port))
        server = listener.accept()[0]
    for start in range(0, size, PIECE_BYTES):
        piece = min(PIECE_BYTES, size - start)
        client.sendall(b'x' * piece)
        while piece:
            piece -= len(server.recv(piece))
    return client, server


def row(daemon, lab, port):
    """The row of talk()'s connection, or None."""
    return daemon.connections().get((lab.a.ip4, port + 10000, lab.b.ip4, port))


def one_line(text, start):
    """True for exactly one line, and that one begins with `start`."""
    return text.count('\n') == 1 and text.endswith('\n') and text.startswith(start)


def refused(checks, daemon, name, *words):
    """A daemon that must not come up: exit 1, and behind its version and its socket one line that
    has all the words."""
    daemon.launch()
    status, log = daemon.wait(READY_SEC), daemon.log()
    daemon.kill()
    said = re.sub('spanstatd: (version|control socket) .*\n', '', log)
    checks.ok(status == 1 and one_line(said, 'spanstatd: ') and all(word in said for word in words),
              name, f'exit status {status}, wanted 1 and one line with {words}', log)


def test_stop(checks, programs, lab):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Daemon(programs, lab.tap, '--no-huge') as daemon:
            kept = talk(lab, 2000 + number)
            asked = time.monotonic()
            daemon.signal(number)
            status = daemon.wait(READY_SEC)
            took = time.monotonic() - asked
            checks.ok(status == 0 and took < TERM_SEC, f'{number.name} ends it in two seconds',
                      f'exit status {status} after {took:.2f} s', daemon.log())
            checks.ok(not os.path.exists(daemon.socket), f'{number.name} takes the socket away')
            left = glob.glob(f'/run/dpdk/*{daemon.process.pid}*/*')
            checks.equal(left, [], f'{number.name} leaves no shared memory of DPDK behind')
            for end in kept:
                end.close()


def test_stop_with_client(checks, programs, lab):
    """A client that asked and does not read must not keep the daemon from ending."""
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        with socket.socket(socket.AF_UNIX) as idle:
            idle.connect(daemon.socket)
            checks.equal(daemon.terminate(TERM_SEC), 0, 'SIGTERM ends it beside a silent client')


def test_second_daemon(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as first:
        kept = talk(lab, 2000)
        wait_for(lambda: row(first, lab, 2000))
        before = row(first, lab, 2000)
        refused(checks, Daemon(programs, lab.tap, '--no-huge'),
                'a second daemon on the socket is refused', first.socket)
        kept += talk(lab, 2001)
        checks.ok(wait_for(lambda: row(first, lab, 2001)), 'the first one goes on tracking')
        checks.ok(before and (row(first, lab, 2000) or {}).get('id') == before['id'],
                  'the first one has forgotten nothing')
        with Daemon(programs, lab.tap, '--no-huge', socket=programs.path('other.sock')) as second:
            checks.ok(second.answers() and first.answers(), 'on another socket there may be two')
        for end in kept:
            end.close()


def test_socket(checks, programs, lab):
    path = programs.path('spanstatd.sock')
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        checks.equal(oct(stat.S_IMODE(os.stat(path).st_mode)), '0o660', 'the socket has mode 0660')
        checks.ok(lab.tap.link('mir0')['promiscuity'], 'the interface is promiscuous')
        daemon.kill()
    checks.ok(os.path.exists(path), 'a killed daemon leaves its socket file behind')
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        checks.ok(daemon.answers(), 'a dead socket file is replaced')
    programs.write('spanstatd.sock', 'precious')
    refused(checks, Daemon(programs, lab.tap, '--no-huge'), 'a file that is no socket is refused',
            path)
    with open(path, encoding='utf-8') as file:
        checks.equal(file.read(), 'precious', 'a file that is no socket is left alone')
    os.unlink(path)


def test_reload(checks, programs, lab):
    first = 'home = {"10.20.0.0/24"}\ntimers {\n\tudp-oneway = 3600\n}\n'
    second = 'home = {"192.0.2.0/25", "2001:db8::/33"}\ntimers {\n\tudp-oneway = 1\n}\n'
    path = programs.write('spanstatd.conf', first)
    with Daemon(programs, lab.tap, '--no-huge', '--config', path) as daemon:
        checks.ok('10.20.0.0/24' in daemon.ask('home').stdout, 'the configuration is read')
        with lab.a.bound(2000, V4, UDP) as sender, lab.b.bound(514, V4, UDP):
            sender.sendto(b'oneway', (lab.b.ip4, 514))
        ends = (lab.a.ip4, 2000, lab.b.ip4, 514)
        checks.ok(wait_for(lambda: ends in daemon.connections()), 'a flow with a long timer')
        programs.write('spanstatd.conf', second)
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: '2001:db8::/33' in daemon.ask('home').stdout) and
                  '10.20.0.0/24' not in daemon.ask('home').stdout, 'SIGHUP: home is read again',
                  daemon.ask('home').stdout, daemon.log())
        checks.ok(wait_for(lambda: ends not in daemon.connections(), 8),
                  'SIGHUP: timers are read again', daemon.log())
        programs.write('spanstatd.conf', 'home = {"nonsense"}\n')
        daemon.signal(signal.SIGHUP)
        checks.ok(wait_for(lambda: f'{path}:1:' in daemon.log()), 'SIGHUP: a mistake is told',
                  daemon.log())
        checks.ok('2001:db8::/33' in daemon.ask('home').stdout, 'SIGHUP: a mistake changes nothing')
        checks.equal(daemon.terminate(TERM_SEC), 0, 'SIGTERM ends it after SIGHUP')


def test_check(checks, programs):
    path = programs.write('check.conf', 'flows = 65536\n\nworkers = many\n')
    bad = subprocess.run([programs.spanstatd, '--check', '--config', path], capture_output=True,
                         text=True, check=False)
    checks.ok(bad.returncode == 2 and f'{path}:3: ' in bad.stdout + bad.stderr,
              '--check tells file, line and mistake', bad)
    path = programs.write('check.conf', 'flows = 65536\n')
    good = subprocess.run([programs.spanstatd, '--check', '--config', path], capture_output=True,
                          text=True, check=False)
    checks.equal(good.returncode, 0, '--check of a good file')


def test_no_port(checks, programs, lab):
    refused(checks, Daemon(programs, lab.tap, '--no-huge', interface='nosuch0'),
            'an interface that is not there is named', 'nosuch0')
    checks.ok(not os.path.exists(programs.path('spanstatd.sock')), 'and no socket is left behind')


def test_no_hugepages(checks, programs, lab):
    wrap = ('unshare', '-m', 'sh', '-c', HIDE_HUGEPAGES, programs.path('meminfo'))
    with Daemon(programs, lab.tap, wrap=wrap) as daemon:
        told = [line for line in daemon.log().splitlines() if 'hugepages' in line]
        checks.ok(len(told) == 1 and re.search(r'dpdk-hugepages|nr_hugepages', told[0]),
                  'without hugepages: one line that says how to reserve them', daemon.log())
        kept = talk(lab, 2000)
        checks.ok(wait_for(lambda: row(daemon, lab, 2000)), 'without hugepages: it goes on')
        for end in kept:
            end.close()


def test_memory_as_it_is(checks, programs, lab):
    """Neither told nor kept from using hugepages: it comes up with whatever the machine has."""
    with Daemon(programs, lab.tap) as daemon:
        kept = talk(lab, 2000)
        checks.ok(wait_for(lambda: row(daemon, lab, 2000)), 'hugepages or not: it tracks',
                  daemon.log())
        for end in kept:
            end.close()


def test_no_daemon(checks, programs):
    path = programs.path('nobody.sock')
    done = programs.ask(path, 'conn')
    checks.ok(done.returncode == 3 and one_line(done.stderr, 'spanstat: ') and
              path in done.stderr and 'spanstatd' in done.stderr and not done.stdout,
              'no daemon: exit 3, the socket and how to start one', done)
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    done = programs.ask(path, 'conn')
    checks.ok(done.returncode == 3 and path in done.stderr, 'a dead socket: the same', done)


def test_bad_command_line(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        for words in (['nosuchreport'], ['conn', '--nosuch'], ['conn', 'state', 'nosuch'],
                      ['conn', '--json', '--csv'], ['drop'], ['drop', 'no-id']):
            done = daemon.ask(*words)
            checks.ok(done.returncode == 2 and done.stderr.startswith('spanstat: ') and
                      not done.stdout, f'exit 2: spanstat {" ".join(words)}', done)
        done = daemon.ask('conn')
        checks.equal((done.returncode, done.stderr), (0, ''), 'exit 0: an empty report')
        done = daemon.ask('conn', '-o', '/nonexistent/report')
        checks.ok(done.returncode == 1 and one_line(done.stderr, 'spanstat: '),
                  'exit 1: a file that cannot be written', done)
    done = subprocess.run([programs.spanstatd, '--nosuch'], capture_output=True, text=True,
                          check=False)
    checks.ok(done.returncode == 2 and done.stderr.startswith('spanstatd: '),
              'exit 2: spanstatd --nosuch', done)


def test_drop(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        kept = talk(lab, 2000) + talk(lab, 2001)
        checks.ok(wait_for(lambda: row(daemon, lab, 2000) and row(daemon, lab, 2001)), 'two rows')
        old = row(daemon, lab, 2000)['id']
        done = daemon.ask('drop', old)
        checks.ok(done.returncode == 0 and not done.stderr, 'drop ID: exit 0', done)

        def ids():
            return [found['id'] for found in daemon.json('conn')]
        checks.ok(wait_for(lambda: old not in ids()), 'the dropped one is gone')
        checks.ok(row(daemon, lab, 2001), 'the other one is there')
        checks.equal(lab.sent_by_tap(), 0, 'nothing was sent to the network')
        for gone in (old, 'FFFFFFFF'):
            done = daemon.ask('drop', gone)
            checks.ok(done.returncode == 1 and one_line(done.stderr, 'spanstat: ') and
                      gone in done.stderr, f'drop {gone}, which is not there: exit 1', done)
        kept[0].sendall(b'again')
        checks.ok(wait_for(lambda: any('midstream' in found.get('flags', [])
                                       for found in daemon.json('conn'))),
                  'its next packet makes a new one, in midstream')
        checks.ok(old not in ids(), 'an id is never given twice')
        for end in kept:
            end.close()


def test_packet_counts(checks, programs, lab):
    """received is what the interface counted, from a moment at which nothing came."""
    lab.mirror(False)
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        before = lab.mirrored()
        lab.mirror(True)
        kept = talk(lab, 2000, 3000000)
        with lab.a.bound(2002, V4, UDP) as sender:
            for _ in range(500):
                sender.sendto(b'unanswered', (lab.b.ip4, 2003))     # and ICMP comes back
        for end in kept:
            end.close()

        def all_there():
            packets = daemon.stats()['packets']
            return packets['received'] == lab.mirrored() - before and packets['received'] > 2000
        checks.ok(wait_for(all_there), 'received equals what the interface counted',
                  daemon.stats()['packets'], lab.mirrored() - before)
        stats = daemon.stats()
        packets = stats['packets']
        checks.equal(packets['tracked'] + packets['ignored'], packets['received'],
                     'tracked and ignored make up received')
        checks.ok(packets['ignored'] > 0, 'what is neither TCP nor UDP is ignored', packets)
        checks.equal(packets['dropped'], {'nic': 0, 'worker': 0}, 'nothing was dropped')
        checks.ok(stats['flows']['live'] >= 1 and stats['flows']['created'] >= 2 and
                  sum(worker['tracked'] for worker in stats['workers']) == packets['tracked'],
                  'flows and workers add up', stats)
