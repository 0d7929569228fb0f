# SPDX-License-Identifier: BSD-3-Clause
"""`spanstat top` and --watch in a real terminal, over real traffic: what the screen shows, and
what keys do.

Two hosts talk, the daemon watches them, and top runs in tmux, whose screen is looked at. Needs
root and tmux.
"""
import contextlib
import os
import signal
import socket
import subprocess
import threading
import time

from daemon import Daemon
from lab import wait_for
from net_scenarios import half_close
from terminal import Terminal

PORT, PORT6 = 7000, 7001
CONNECTIONS, CONNECTIONS6 = 30, 3
PIECE, PIECE_SEC = 1000, 0.005


class Talkers:
    """Connections that stand, one half closed, one over which data goes all the time."""

    def __init__(self, lab):
        self.kept = []
        with contextlib.closing(lab.b.listen(PORT)) as listener:
            for number in range(CONNECTIONS):
                self.kept.append((lab.a.connect(20000 + number, (lab.b.ip4, PORT)),
                                  listener.accept()[0]))
        with contextlib.closing(lab.b.listen(PORT6, socket.AF_INET6)) as listener:
            for number in range(CONNECTIONS6):
                self.kept.append((lab.a.connect(21000 + number, (lab.b.ip6, PORT6),
                                                socket.AF_INET6), listener.accept()[0]))
        half_close(self.kept[1][0])
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._talk)

    def _talk(self):
        sender, receiver = self.kept[0]
        while not self.over.is_set():
            sender.sendall(b'x' * PIECE)
            receiver.recv(PIECE)
            time.sleep(PIECE_SEC)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self.thread.join()
        for ends in self.kept:
            for end in ends:
                end.close()


@contextlib.contextmanager
def stage(programs, lab, *words, size=(80, 24)):
    """The daemon, the talkers, and top on a terminal of that size."""
    with Daemon(programs, lab.tap, '--no-huge') as daemon, Talkers(lab), \
            Terminal(programs.folder, *size, programs.spanstat, '--socket', daemon.socket, 'top',
                     *words) as terminal:
        yield daemon, terminal


def lines_with(screen, part):
    return [line for line in screen if part in line]


def widest(screen):
    return max(len(line) for line in screen)


def test_screen(checks, programs, lab):
    """80 by 24, then larger, then smaller than anybody wants it."""
    with stage(programs, lab) as (daemon, terminal):
        checks.ok(terminal.shows(f'{CONNECTIONS + CONNECTIONS6} connections by bit/s'),
                  'it comes up', terminal.screen())
        busy = f'{lab.a.ip4}:20000'
        checks.ok(wait_for(lambda: any(line.split()[-3].endswith(('k', 'M')) for line in
                                       lines_with(terminal.screen(), busy)), 10),
                  'the busy connection has a rate', terminal.screen())
        screen = terminal.screen()
        checks.ok(len(screen) == 24 and widest(screen) <= 80, '80 by 24', screen)
        checks.ok(screen[0].startswith('spanstat top') and 'every 2 s' in screen[0], 'its title')
        checks.ok(screen[8].startswith(busy), 'the busiest stands first', screen)
        names, clients, servers = (line.split()[1:] for line in screen[3:6])
        by_state = daemon.stats()['flows']
        for name, key, column, counts in (('ESTAB', 'ESTABLISHED', clients, 'by_state'),
                                          ('FINW2', 'FIN_WAIT_2', clients, 'by_state'),
                                          ('CLOSW', 'CLOSE_WAIT', servers, 'by_server_state')):
            checks.equal(int(column[names.index(name)]), by_state[counts][key],
                         f'{key} at one end, as stats has it')
        rate = screen[1].split()
        checks.ok(rate[0] == 'packets' and rate[1] != '0/s' and rate[3].endswith('k/s') or
                  rate[3].endswith('M/s'), 'rates of the whole', screen[1])
        checks.ok(len(lines_with(screen, f':{PORT} ')) == 15, 'as many lines as have room')
        terminal.resize(160, 40)
        screen = terminal.shows('ESTABLISHED', ' age')
        checks.ok(screen and len(screen) == 40 and 80 < widest(screen) <= 160 and
                  len(lines_with(screen, f':{PORT} ') + lines_with(screen, f':{PORT6} ')) == 31,
                  'after a resize it fills the screen', terminal.screen())
        terminal.resize(30, 6)
        checks.ok(wait_for(lambda: len(terminal.screen()) == 6 and
                           terminal.screen()[3].startswith(lab.a.ip4)), 'and a small one',
                  terminal.screen())
        terminal.resize(80, 24)
        checks.ok(terminal.shows('flows ', busy), 'and back', terminal.screen())


def test_keys(checks, programs, lab):
    with stage(programs, lab) as (_daemon, terminal):
        terminal.shows('connections by')
        terminal.keys('g')
        screen = terminal.shows('2 groups of server,server-port')
        checks.ok(screen and lines_with(screen, f'{lab.b.ip4} {PORT} '), 'groups',
                  terminal.screen())
        checks.ok(wait_for(lambda: any(line.split()[3][-1] in 'kM' for line in
                                       lines_with(terminal.screen(), f'{lab.b.ip4} {PORT} ')), 10),
                  'with their rates', terminal.screen())
        terminal.keys('v')
        screen = terminal.shows('4 hosts by bit/s')
        checks.ok(screen and sorted(line.split()[0] for line in screen[8:12]) ==
                  sorted([lab.a.ip4, lab.b.ip4, lab.a.ip6, lab.b.ip6]), 'hosts', terminal.screen())
        terminal.keys('1', 's', 's')
        checks.ok(terminal.shows('connections by bytes'), 'another order', terminal.screen())
        terminal.keys('w')
        checks.ok(terminal.shows(f'[{lab.b.ip6}]:{PORT6}'), 'whole addresses', terminal.screen())
        first = terminal.screen()[8]
        terminal.keys('End')
        checks.ok(wait_for(lambda: terminal.screen()[8] != first and
                           len(lines_with(terminal.screen(), f'{lab.a.ip4}:2')) == 7),
                  'scrolled to the end', terminal.screen())
        terminal.keys('w', 'h')
        checks.ok(terminal.shows('Keys', 'quit'), 'help')
        terminal.keys('x')
        checks.ok(terminal.shows('Client'), 'and back')
        terminal.keys('i')
        terminal.type('0.3')
        terminal.keys('Enter')
        checks.ok(terminal.shows('every 0.3 s'), 'another interval')
        terminal.keys('p')
        screen = terminal.shows('PAUSED')
        time.sleep(1)
        checks.equal(terminal.screen(), screen, 'a pause stands still')
        terminal.keys('p')
        checks.ok(wait_for(lambda: terminal.screen() != screen and
                           not lines_with(terminal.screen(), 'PAUSED')), 'and goes on')


def test_filter(checks, programs, lab):
    with stage(programs, lab, 'dport', str(PORT6)) as (_daemon, terminal):
        checks.ok(terminal.shows(f'{CONNECTIONS6} connections', f'filter: dport {PORT6}'),
                  'a filter of the command line', terminal.screen())
        terminal.keys('f')
        checks.ok(terminal.shows(f'filter: dport {PORT6}') and wait_for(terminal.cursor),
                  'a prompt')
        terminal.keys('C-u')
        terminal.type('state close-wait nonsense')
        terminal.keys('Enter')
        checks.ok(terminal.shows('column 18', f'{CONNECTIONS6} connections'),
                  'a mistake is told by its column, the old filter stays', terminal.screen())
        terminal.keys('C-u')
        terminal.type('state close-wait')
        terminal.keys('Enter')
        checks.ok(terminal.shows('1 connections', 'filter: state close-wait', ':20001 '),
                  'a filter takes effect', terminal.screen())
        checks.ok(wait_for(lambda: not terminal.cursor()), 'and the cursor is hidden again')
        terminal.keys('f', 'C-u', 'Enter')
        checks.ok(terminal.shows(f'{CONNECTIONS + CONNECTIONS6} connections'), 'an empty one',
                  terminal.screen())


def settings_of(screen):
    """What stty -g printed before and after; its lines are longer than the screen is wide."""
    text = ''.join(screen)
    before, _, after = text.partition('status ')
    return before.strip(), after[1:].strip()


def test_the_terminal_is_left_as_it_was(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        for how in ('q', 'C-c', signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            with Terminal(programs.folder, 200, 24, programs.spanstat, '--socket', daemon.socket,
                          'top') as terminal:
                checks.ok(terminal.shows('connections by') and terminal.alternate() and
                          not terminal.cursor(), f'{how}: it is up', terminal.screen())
                if isinstance(how, str):
                    terminal.keys(how)
                else:
                    os.kill(terminal.pid(), how)
                screen = terminal.shows('status 0') or terminal.screen()
                wait_for(lambda: len(settings_of(terminal.screen())[1]) > 20)
                before, after = settings_of(terminal.screen())
                checks.ok(before and before == after, f'{how}: its settings are back', screen)
                checks.ok(not terminal.alternate() and terminal.cursor(),
                          f'{how}: the old screen and its cursor are back', screen)


def test_the_daemon_goes_and_comes(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon, \
            Terminal(programs.folder, 80, 24, programs.spanstat, '--socket', daemon.socket,
                     'top') as terminal:
        terminal.shows('connections by')
        terminal.keys('i')
        terminal.type('0.5')
        terminal.keys('Enter')
        daemon.signal(signal.SIGSTOP)
        checks.ok(terminal.shows('has not answered for'), 'one that is stopped is told',
                  terminal.screen())
        terminal.keys('h')
        checks.ok(terminal.shows('Keys'), 'and keys are obeyed meanwhile')
        terminal.keys('h')
        daemon.signal(signal.SIGCONT)
        checks.ok(wait_for(lambda: not lines_with(terminal.screen(), 'has not answered'), 10),
                  'until it goes on', terminal.screen())
        daemon.terminate(5)
        checks.ok(terminal.shows('the daemon is away since', 'packets -/s'),
                  'one that is gone is told', terminal.screen())
        daemon.start()
        checks.ok(wait_for(lambda: not lines_with(terminal.screen(), 'is away') and
                           not lines_with(terminal.screen(), 'packets -/s'), 15),
                  'and found again', terminal.screen())


def test_watch(checks, programs, lab):
    """A report that is repeated takes the place of the one before."""
    with Daemon(programs, lab.tap, '--no-huge') as daemon, \
            Terminal(programs.folder, 120, 24, programs.spanstat, '--socket', daemon.socket,
                     '--watch', '0.3', 'conn') as terminal:
        checks.ok(terminal.shows('Id '), 'it comes up', terminal.screen())
        checks.equal(lines_with(terminal.screen(), ':7100 '), [], 'nothing is there')
        with contextlib.closing(lab.b.listen(7100)), \
                contextlib.closing(lab.a.connect(22000, (lab.b.ip4, 7100))):
            checks.ok(terminal.shows(f'{lab.b.ip4}:7100 '), 'what comes is shown',
                      terminal.screen())
            screen = terminal.screen()
            checks.ok(screen[0].startswith('spanstat ') and screen[1].startswith('Id ') and
                      len(lines_with(screen, 'Id ')) == 1, 'on a screen of its own', screen)
            title = screen[0]
            checks.ok(wait_for(lambda: terminal.screen()[0] != title), 'again and again')
        terminal.keys('C-c')
        checks.ok(terminal.shows('status 0'), 'an interrupt is its ordinary end',
                  terminal.screen())


def test_refusals(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        for words, status, part in ((['top'], 2, 'terminal'),
                                    (['top', '--sort', 'bytes'], 2, 'keys'),
                                    (['top', 'nonsense'], 2, 'column 1'),
                                    (['top', '--json'], 2, 'draws'),
                                    (['-r', 'x.pcap', 'top'], 2, 'daemon')):
            done = subprocess.run([programs.spanstat, *([] if '-r' in words else
                                                        ['--socket', daemon.socket]), *words],
                                  capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                  check=False)
            checks.ok(done.returncode == status and part in done.stderr and not done.stdout and
                      done.stderr.count('\n') == 1, f'{" ".join(words)}: one line', done)
    with Terminal(programs.folder, 200, 24, programs.spanstat, '--socket', '/nonexistent/socket',
                  'top') as terminal:
        checks.ok(terminal.shows('status 3', 'no daemon answers'), 'no daemon: exit 3',
                  terminal.screen())
    with Daemon(programs, lab.tap, '--no-huge') as daemon, \
            Terminal(programs.folder, 200, 24, 'env', 'TERM=unheard-of', programs.spanstat,
                     '--socket', daemon.socket, 'top') as terminal:
        checks.ok(terminal.shows('status 1', 'unheard-of'), 'an unknown terminal: exit 1',
                  terminal.screen())
