# SPDX-License-Identifier: BSD-3-Clause
"""The main job shown on a network of its own: what `scripts/run` without arguments does.

    python3 demo.py BUILD

Makes the lab (tests/support/lab.py: two hosts, a hub, a mirror port), starts spanstatd on the
mirror port, lets real programs on the two hosts talk over TCP and UDP, some of them badly, and
prints spanstat's reports twice, some seconds apart, while the traffic goes on. Then it shows some
connections as `ss` has them on both hosts, and hunts for the leak that one of the servers has (the
transcript in docs/reports.md is from here). Everything is gone at the end, on Ctrl-C too.

Each kind of traffic is one function, run in a thread of its own until the end; all share the
lab and nothing else.
"""
import contextlib
import os
import shlex
import socket
import sys
import threading
import time

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
sys.path.insert(0, os.path.join(TOP, 'tests', 'support'))

from daemon import Daemon
from lab import Lab, LabError
from runner import Programs, end_on_signals

V4, V6 = socket.AF_INET, socket.AF_INET6
UDP = socket.SOCK_DGRAM
WARM_UP_SEC, BETWEEN_SEC = 3, 4
REPORTS = ('conn', 'allconn', 'timewait', 'clients', 'stats', 'home')
HUNT_SEC = 6       # what is asked twice in the hunt, so long apart: has it grown?
HUNTED = ('state', 'close-wait', 'and', 'dport', '5432')
COMPARED = 8


class Traffic:
    """Programs on the two hosts: host a calls, host b serves. Threads that end with the lab."""

    def __init__(self, lab):
        self.a, self.b, self.lab = lab.a, lab.b, lab
        self.over = threading.Event()
        self._kept = []
        self._ready = []
        self._threads = []

    def start(self, program, *arguments):
        """Runs program(*arguments, ready); it sets `ready` once others may count on it."""
        ready = threading.Event()
        thread = threading.Thread(target=self._run, args=(program, *arguments, ready), daemon=True)
        self._threads.append(thread)
        thread.start()
        if not ready.wait(5):
            raise LabError(f'{program.__name__} did not begin')

    def _run(self, program, *arguments):
        with contextlib.suppress(OSError):     # the other end, or all, went
            program(*arguments)

    def keep(self, made):
        made.settimeout(1)
        self._kept.append(made)
        return made

    def end(self):
        self.over.set()
        for thread in self._threads:
            thread.join(3)
        for kept in self._kept:
            kept.close()

    # Servers, on host b.

    def serve(self, port, family, answer, ready):
        """Takes connections for ever and gives each to answer(connection) in its own thread."""
        listener = self.keep(self.b.listen(port, family))
        ready.set()
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                made = self.keep(listener.accept()[0])
                threading.Thread(target=self._run, args=(answer, made), daemon=True).start()

    def echo(self, made):
        """Sends back what comes, closes when the other end does."""
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                data = made.recv(65536)
                if not data:
                    break
                made.sendall(data)
        made.close()

    def leak(self, made):
        """A server with a mistake in it: it reads to the end and forgets to close."""
        while made.recv(65536):
            pass
        self.over.wait()

    def serve_udp(self, port, family, answers, ready):
        server = self.keep(self.b.bound(port, family, UDP))
        ready.set()
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                data, sender = server.recvfrom(2048)
                if answers:
                    server.sendto(data * 2, sender)

    # Clients, on host a, from ports the kernel chooses.

    def _call(self, port, family):
        made = self.keep(self.a.open(family))
        made.connect((self.b.address(family), port))
        return made

    def talk(self, port, family, size, ready):
        """Keeps one connection and sends and receives on it all the time."""
        made = self._call(port, family)
        ready.set()
        while not self.over.wait(0.2):
            made.sendall(b'x' * size)
            left = size
            while left:
                left -= len(made.recv(left))

    def visit(self, port, family, ready):
        """One short connection after another, each closed by the client: it is left TIME_WAIT."""
        ready.set()
        while not self.over.wait(1.2):
            made = self._call(port, family)
            made.sendall(b'GET / HTTP/1.0\r\n\r\n')
            made.recv(100)
            made.close()

    def quit_leaky(self, port, family, ready):
        """Asks the leaky server again and again, and closes its own half each time."""
        ready.set()
        while not self.over.wait(1.5):
            made = self._call(port, family)
            made.sendall(b'select 1;')
            made.shutdown(socket.SHUT_WR)

    def refused(self, port, ready):
        ready.set()
        while not self.over.wait(2):
            with contextlib.suppress(ConnectionRefusedError):
                self._call(port, V4)

    def unanswered(self, port, ready):
        made = self.keep(self.a.open(V4))
        made.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            made.connect((self.lab.nobody4, port))
        ready.set()

    def ask_udp(self, port, family, answers, ready):
        made = self.keep(self.a.open(family, UDP))
        made.connect((self.b.address(family), port))
        ready.set()
        while not self.over.wait(0.3):
            made.send(b'\x2a\x2a' + b'q' * 30)
            if answers:
                made.recv(2048)

    def start_all(self):
        for family in (V4, V6):
            self.start(self.serve, 80, family, self.echo)
            self.start(self.serve, 5432, family, self.leak)
            self.start(self.serve_udp, 53, family, True)
        self.start(self.serve_udp, 514, V4, False)
        for family, size in ((V4, 4000), (V4, 200), (V6, 20000)):
            self.start(self.talk, 80, family, size)
        for family in (V4, V6):
            self.start(self.quit_leaky, 5432, family)
            self.start(self.visit, 80, family)
            self.start(self.ask_udp, 53, family, True)
        self.start(self.refused, 8080)
        self.start(self.unanswered, 443)
        self.start(self.ask_udp, 514, V4, False)


def show(daemon, *words, lines=None, around=None):
    """Prints a report, or its first lines, or those from one that begins with a word on, under the
    command that gives it."""
    cut = f' | head -n {lines}' if lines else ''
    if around:
        cut = f' | grep -A {lines - 1} ^{around}'
    print(f'\n$ spanstat {shlex.join(words)}{cut}', flush=True)
    done = daemon.ask(*words)
    if done.returncode:
        raise LabError(f'spanstat {words[0]}: exit status {done.returncode}: {done.stderr}')
    told = done.stdout.splitlines(keepends=True)
    first = next(at for at, line in enumerate(told) if line.startswith(around or ''))
    print(''.join(told[first:][:lines]), end='')


def hunt(daemon):
    """Who leaks: from what a state means to the server that does not close, and its clients."""
    print('\nA leak hunt: connections pile up in CLOSE_WAIT. What is that, whose are they, and do '
          'they grow?')
    show(daemon, 'states', lines=4, around='CLOSE_WAIT')
    show(daemon, 'leaks')
    time.sleep(HUNT_SEC)
    show(daemon, 'leaks')
    show(daemon, 'conn', *HUNTED, '--sort', '-in-state', '--limit', '3')
    show(daemon, 'conn', *HUNTED, '--by', 'client')


def compare(daemon, lab):
    """Some connections, one of each pair of states, beside what `ss` has on each host."""
    rows, here, there = daemon.connections(), lab.a.ss(), lab.b.ss()
    line = '{:25} {:22} {:13}{:14} {:13}{}'
    print('\nSome of them on the hosts themselves (`ss -tan`; CLOSED: no socket any more)\n')
    print(line.format('client (host a)', 'server (host b)', 'client is', 'ss on a', 'server is',
                      'ss on b'))
    seen = set()
    for ends, row in sorted(rows.items(), key=lambda item: item[1]['id'], reverse=True):
        states = row['client']['state'], row['server']['state'], ':' in ends[0]
        if row['proto'] != 'tcp' or states in seen or len(seen) >= COMPARED:
            continue
        seen.add(states)
        print(line.format(endpoint(*ends[:2]), endpoint(*ends[2:]), states[0],
                          here.get(ends, 'CLOSED'), states[1],
                          there.get(ends[2:] + ends[:2], 'CLOSED')))


def endpoint(address, port):
    return f'[{address}]:{port}' if ':' in address else f'{address}:{port}'


def main():
    end_on_signals()
    with Programs(sys.argv[1]) as programs, Lab() as lab, \
            Daemon(programs, lab.tap, '--no-huge') as daemon:
        print(f'two hosts, {lab.a.ip4} {lab.a.ip6} and {lab.b.ip4} {lab.b.ip6}, a hub between '
              'them, and its mirror port:')
        print(f'$ {shlex.join(daemon.command)}\n{daemon.log()}', end='')
        print(f'Each `spanstat` below is asked with --socket {daemon.socket}', flush=True)
        traffic = Traffic(lab)
        try:
            traffic.start_all()
            for pause in (WARM_UP_SEC, BETWEEN_SEC):
                time.sleep(pause)
                for report in REPORTS:
                    show(daemon, report)
                show(daemon, 'conn', '--json', lines=1)
            compare(daemon, lab)
            hunt(daemon)
        finally:
            traffic.end()
    print('\nThe network is gone. On an interface of your own: scripts/run --interface IF')


if __name__ == '__main__':
    try:
        main()
    except LabError as error:
        sys.exit(f'demo: {error}')
