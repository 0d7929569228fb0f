# SPDX-License-Identifier: BSD-3-Clause
"""The daemon under what its unit leaves it: user, capability, system calls, families of sockets.

systemd does not run here; support/under_unit.py reads the unit and makes the same filter, by which
a call that is not allowed ends the daemon.
"""
import contextlib
import http.client
import os
import signal
import sys

from net_ports import RUNNER, Traffic, Wire, by_user, comes_back, counts, mirror, says

REPORTS = ('conn', 'allconn', 'all', 'byteinfo', 'sockets', 'clients', 'stats', 'home', 'listen',
           'leaks', 'timewait', 'health', 'states')
# Where the limit on locked memory may not be lifted, as in a container, the ring takes the second.
CAPABILITIES = 'net_raw', 'ipc_lock'
LOCKED_BYTES = 65536
END_SEC = 15
METRICS = '127.0.0.1', 9180


def filtered(programs, *command):
    return (sys.executable, os.path.join(programs.root, 'tests/support/under_unit.py'),
            programs.built('service/spanstatd.service'), *command)


def scrape(wire):
    connection = http.client.HTTPConnection(*METRICS, timeout=END_SEC)
    with wire.entered(), contextlib.closing(connection):
        connection.request('GET', '/metrics')
        return connection.getresponse().read().decode()


def test_life(checks, programs):
    # The group is that of the unit's user, as the package has it: chown is not allowed there.
    text = 'workers = 2\ngroup = "%d"\nmetrics { listen = "%s:%d" }\n' % (RUNNER, *METRICS)
    config = programs.write('unit.conf', text)
    wrap = filtered(programs, *by_user(programs, LOCKED_BYTES, *CAPABILITIES))
    with Wire('unit') as wire:
        wire.ip('link set lo up')
        life(checks, programs, wire, mirror(programs, wire, '--config', config, wrap=wrap), text)


def life(checks, programs, wire, mirrored, text):
    with mirrored as daemon, Traffic(wire):
        counts(checks, daemon, 'under the unit')
        checks.equal([daemon.ask(report).stderr for report in REPORTS], [''] * len(REPORTS),
                     'under the unit: all reports')
        checks.equal(daemon.ask('conn', '--sort', 'bytes', '--json').returncode, 0,
                     'under the unit: sorted')
        checks.ok('spanstat_packets_total{' in scrape(wire), 'under the unit: metrics')
        comes_back(checks, wire, daemon, 'under the unit')
        programs.write('unit.conf', text + 'timers { udp = 9 }\n')
        daemon.signal(signal.SIGHUP)
        says(checks, daemon, 'configuration read again, in force now: timers.udp', 'a reload')
        checks.equal(daemon.terminate(END_SEC), 0, 'it ends as it should')


def test_check(checks, programs):
    """What a reload runs first, under the same filter."""
    for text, status in (('', 0), ('workers = 0\n', 2)):
        config = programs.write('check.conf', text)
        done = programs.run(*filtered(programs, programs.spanstatd, '--check', '--config', config))
        checks.equal(done.returncode, status, f'--check of {text!r}')


def test_filter(checks, programs):
    """The filter is there: what the unit forbids ends a process."""
    for what, code in (('a family', 'import socket; socket.socket(socket.AF_VSOCK)'),
                       ('a call', 'import os; os.chroot("/")'),
                       ('memory', 'import mmap; mmap.mmap(-1, 4096, prot=7)')):
        done = programs.run(*filtered(programs, sys.executable, '-c', code))
        checks.equal(done.returncode, -signal.SIGSYS, f'{what} that is forbidden')
    done = programs.run(*filtered(programs, sys.executable, '-c', 'import mmap, socket'))
    checks.equal(done.returncode, 0, 'and nothing else')
