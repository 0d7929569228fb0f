# SPDX-License-Identifier: BSD-3-Clause
"""Every report on terminals of several widths: no line is wider, and nothing is cut elsewhere.

The terminal is a pseudo-terminal of that size. The reports are about a capture with many IPv6
connections, whose file has a long name. Not here: ss and Solaris, which keep their own system's
columns, and events, which are lines as tcpdump's are.
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import termios

from described import Described
from replay_make import capture_make
from replay_scenarios import HARD, SCENARIOS
from replay_wire import capture_write

CONNECTIONS = 600
WIDTHS = (80, 100, 132, 200)
HOST = '10.20.0.27'
# Besides the reports themselves.
MORE = ('listen --all', 'conn --limit 3', 'allconn --by server', 'allconn --by client,server',
        'allconn --by server,server-port,state', 'allconn --by client-net/64,end',
        f'allconn --as {HOST}', 'allconn --dialect linux', 'allconn --dialect zos',
        'allconn --dialect bsd', 'allconn --dialect windows', 'states --diagram')
NARROW = 60  # too little for the diagram of states
# These cut an address at the least width, and so does each report that is wider into a pipe.
CUT = ('listen', 'listen --all')


def on_terminal(command, width):
    """The lines that a terminal of that width is sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, width, 0, 0))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs,
                          stderr=subprocess.STDOUT, env={**os.environ, 'LC_ALL': 'C'}) as process:
        os.close(theirs)
        parts = []
        try:
            while part := os.read(ours, 1 << 16):
                parts.append(part)
        except OSError:  # the other end is closed
            pass
        os.close(ours)
    return process.returncode, b''.join(parts).decode().replace('\r\n', '\n').splitlines()


def piped(command):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, 'LC_ALL': 'C'}).stdout


def check_report(checks, command, report):
    text = piped([*command, *report.split()])
    cut = report in CUT or report not in MORE and max(map(len, text.splitlines())) > min(WIDTHS)
    for width in WIDTHS:
        status, lines = on_terminal([*command, *report.split()], width)
        wide = [line for line in lines if len(line) > width]
        checks.ok(status == 0 and len(lines) > 1 and not wide, f'{report}, {width} columns',
                  status, *wide[:3])
        if width == min(WIDTHS) and cut:
            checks.ok(any('~' in line for line in lines), f'{report} cuts there', *lines[:3])
    status, lines = on_terminal([*command, '-W', *report.split()], min(WIDTHS))
    checks.ok(status == 0 and not any('~' in line for line in lines), f'{report} -W cuts nothing',
              *[line for line in lines if '~' in line][:3])
    checks.ok('~' not in text, f'{report} into a pipe neither')


def check_diagram(checks, command):
    """A terminal that has no room for it gets a table."""
    drawn, table = (on_terminal([*command, 'states', '--diagram'], width)[1]
                    for width in (min(WIDTHS), NARROW))
    checks.ok(any('+---' in line for line in drawn), 'the diagram is drawn', *drawn[:3])
    checks.ok(max(map(len, table)) <= NARROW, 'but not where there is no room', *table)
    checks.equal(table[1].split(), ['State', 'Clients', 'Servers'], 'there it is a table')


def test_widths(checks, programs):
    path = programs.path('a-capture-whose-name-is-as-long-as-names-are-at-times.pcap')
    capture_write(path, capture_make(13, CONNECTIONS, 'ethernet', True, SCENARIOS + HARD)[0])
    checks.ok(re.search(r'fd00:\S{12}', piped([programs.spanstat, '-r', path, 'allconn'])),
              'there are long addresses')
    for report in (*Described(programs.spanstat).reports('json', 'watch'), *MORE):
        checks.call(check_report, checks, [programs.spanstat, '-r', path, '--keep'], report)
    checks.call(check_diagram, checks, [programs.spanstat, '-r', path, '--keep'])
