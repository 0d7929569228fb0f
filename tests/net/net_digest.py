# SPDX-License-Identifier: BSD-3-Clause
"""leaks, timewait, clients and health on connections that real hosts leave behind.

Every verdict of `leaks` is brought about on two kernels: a program that does not close, a host that
goes away, a firewall (nftables at the receiver, behind the tap) that swallows the FIN, a half that
is being used. What both kernels say with `ss` is compared with the counts. Nothing waits for a time
to be over but for a report to say what it must; what must not be said is looked for at the end.
Needs root.
"""
import contextlib
import re
import socket
import threading
import time

from daemon import Daemon
from lab import FIN, wait_for

V4, V6 = socket.AF_INET, socket.AF_INET6
DEADLINE_SEC = 40       # a verdict needs a FIN that is some seconds old, and an answer that is due
LEAKY, SWALLOWED, USED, FORGETFUL, CLOSING, TALKING = range(5001, 5007)


class Play:
    """One lab, one daemon, and what the programs on the hosts keep open."""

    def __init__(self, checks, programs, lab, *arguments):
        self.checks, self.lab = checks, lab
        self.kept = contextlib.ExitStack()
        self.daemon = self.kept.enter_context(Daemon(programs, lab.tap, '--no-huge', *arguments))
        self.over = threading.Event()
        self._threads, self._cports = [], iter(range(40001, 50000))

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.over.set()
        for thread in self._threads:
            thread.join()
        self.kept.close()

    def pair(self, port, family=V4):
        """An open connection from host a to this port of host b: both its sockets."""
        with contextlib.closing(self.lab.b.listen(port, family)) as listener:
            client = self.lab.a.connect(next(self._cports), (self.lab.b.address(family), port),
                                        family)
            server = listener.accept()[0]
        for end in (client, server):
            self.kept.enter_context(end)
        return client, server

    def half_closed(self, port, family=V4):
        """The client of such a pair has closed its half; the server does not."""
        client, server = self.pair(port, family)
        client.sendall(b'request')
        client.shutdown(socket.SHUT_WR)
        return client, server

    def ever(self, turn, *arguments):
        """Calls turn(*arguments) a few times a second until the play is over."""
        def run():
            with contextlib.suppress(OSError):
                while not self.over.wait(0.2):
                    turn(*arguments)
        self._threads.append(threading.Thread(target=run))
        self._threads[-1].start()

    def talking(self, family=V4):
        """A connection on which both hosts are heard all the time."""
        client, server = self.pair(TALKING, family)

        def turn():
            client.sendall(b'ping')
            server.sendall(server.recv(100))
            client.recv(100)
        self.ever(turn)

    def leaks(self, *words):
        """The lines of `leaks`, by server, port and side."""
        return {(line['server']['ip'], line['server']['port'], line['not_closed']): line
                for line in self.daemon.json('leaks', *words)}

    def expect(self, key, verdict, name, count=1):
        """Waits until `leaks` says that of all `count` connections of the line; gives the line."""
        def said():
            line = self.leaks().get(key)
            return line if line and line['verdicts'][verdict] == line['count'] == count else None
        line = wait_for(said, DEADLINE_SEC, 0.3)
        self.checks.ok(line and line['verdict'] == verdict, f'{name}: {verdict}', self.leaks(),
                       self.daemon.ask('leaks').stdout)
        return line or {}


def states(host, *wanted):
    return sum(state in wanted for state in host.ss().values())


def test_alive(checks, programs, lab):
    """Whose hosts are alive: one program that forgets to close, one FIN that a firewall swallows,
    one half that is used, one client that forgets, and some that close as they should."""
    with Play(checks, programs, lab) as play:
        play.talking()
        play.talking(V6)
        for family in (V4, V4, V6):
            play.half_closed(LEAKY, family)
        _, used = play.half_closed(USED)
        play.ever(used.sendall, b'x')
        _, server = play.pair(FORGETFUL)
        server.close()
        lab.b.drop('rx', f'tcp dport {SWALLOWED} {FIN}')
        play.half_closed(SWALLOWED)
        for _ in range(3):
            client, server = play.half_closed(LEAKY)
            server.recv(100)
            server.close()
            client.close()
        four, six = lab.b.ip4, lab.b.ip6
        line = play.expect((four, LEAKY, 'server'), 'not-closing', 'a server forgets to close', 2)
        checks.equal((line.get('close_wait'), line.get('fin_wait_2'), line.get('clients'),
                      line.get('closed_lately')), (2, 2, [{'ip': lab.a.ip4, 'count': 2}], 3),
                     'who holds what, and who was closed')
        play.expect((six, LEAKY, 'server'), 'not-closing', 'the same over IPv6')
        play.expect((four, FORGETFUL, 'client'), 'not-closing', 'a client forgets to close')
        line = play.expect((four, SWALLOWED, 'server'), 'fin-swallowed', 'a firewall')
        checks.equal((line.get('fin_wait_1'), line.get('close_wait')), (1, 0), 'its states')
        play.expect((four, USED, 'server'), 'in-use', 'a half that is used')
        leaks = play.leaks()
        checks.equal(len(leaks), 5, 'and nothing else')
        checks.equal((sum(line['close_wait'] for line in leaks.values()),
                      sum(line['fin_wait_2'] for line in leaks.values())),
                     tuple(states(lab.a, state) + states(lab.b, state)
                           for state in ('CLOSE_WAIT', 'FIN_WAIT_2')),
                     'as many as both kernels have')
        oldest = max(line['oldest'] for line in leaks.values())
        checks.ok(5 <= oldest < 120 and all(0 < line['median'] <= line['oldest']
                                            for line in leaks.values()), 'ages', leaks)
        filters(checks, play)


def filters(checks, play):
    """Which connections count is asked in the filter language; how many lines, by --limit."""
    four, six = play.lab.b.ip4, play.lab.b.ip6
    checks.equal(set(play.leaks('server', six)), {(six, LEAKY, 'server')}, 'leaks server ADDRESS')
    checks.equal(set(play.leaks('dport', str(SWALLOWED))), {(four, SWALLOWED, 'server')},
                 'leaks dport PORT')
    checks.equal(play.leaks('age', '>', '1d'), {}, 'leaks age > 1d')
    done = play.daemon.ask('leaks', '--limit', '2')
    checks.ok(done.returncode == 0 and done.stdout.endswith(
        '\n(cut short: 2 lines shown, more are missing)\n'), 'a limit that cuts is told', done)
    done = play.daemon.ask('leaks', 'dport', 'x')
    checks.ok(done.returncode == 2 and 'column 7' in done.stderr, 'a wrong filter: exit 2', done)
    done = play.daemon.ask('leaks', 'dport', '9')
    checks.ok(done.returncode == 0 and not done.stderr, 'an empty report: exit 0', done)


def test_young(checks, programs, lab):
    with Play(checks, programs, lab) as play:
        pairs = []

        def seen():     # on a machine that stalls, the first may have grown old
            pairs.append(play.half_closed(LEAKY))
            wait_for(lambda: len(play.daemon.json('conn')) == len(pairs))
            return any(line['verdicts']['young'] for line in play.leaks().values())
        checks.ok(wait_for(seen, DEADLINE_SEC, 1), 'a FIN just sent is young', play.leaks())
        for client, server in pairs:
            server.recv(100)
            server.close()
            client.close()
        checks.ok(wait_for(lambda: not play.leaks()), 'closed after all: no leak', play.leaks())


def test_gone(checks, programs, lab):
    """Host b falls silent: for the tap as if it had been switched off. What it had acknowledged,
    and what it has not, both are gone; and only when somebody has asked it in vain."""
    with Play(checks, programs, lab) as play:
        key, late = (lab.b.ip4, LEAKY, 'server'), (lab.b.ip4, CLOSING, 'server')
        play.half_closed(LEAKY)
        client, _ = play.pair(CLOSING)
        play.expect(key, 'silent', 'acknowledged, and nobody asks')
        lab.b.drop('tx', 'meta l4proto tcp')
        lab.b.drop('rx', 'meta l4proto tcp')
        play.expect(key, 'silent', 'nobody knows yet')
        client.shutdown(socket.SHUT_WR)
        line = play.expect(late, 'peer-gone', 'a FIN without an answer')
        checks.equal((line.get('fin_wait_1'), line.get('close_wait')), (1, 0), 'its states')
        play.expect(key, 'peer-gone', 'what was acknowledged before')


def test_gone_syn(checks, programs, lab):
    """The same, where a new connection is what asks in vain; and the host comes back."""
    with Play(checks, programs, lab) as play:
        key = (lab.b.ip4, LEAKY, 'server')
        play.half_closed(LEAKY)
        lab.b.drop('tx', 'meta l4proto tcp')
        play.kept.enter_context(lab.a.connect(39000, (lab.b.ip4, CLOSING), wait=False))
        play.expect(key, 'peer-gone', 'a SYN without an answer')
        lab.b.drop('tx')
        play.talking()
        play.expect(key, 'not-closing', 'heard again')


def test_growth(checks, programs, lab):
    with Play(checks, programs, lab) as play:
        key = (lab.b.ip4, LEAKY, 'server')
        play.half_closed(LEAKY)
        wait_for(lambda: play.daemon.json('conn', 'server.state', 'close-wait'))
        checks.equal([line['count'] for line in play.leaks('dport', str(LEAKY)).values()], [1],
                     'a first look')
        for _ in range(3):
            play.half_closed(LEAKY)
        wait_for(lambda: len(play.daemon.json('conn', 'server.state', 'close-wait')) == 4)
        line = play.leaks('dport', str(LEAKY)).get(key, {})
        checks.ok(line.get('count') == 4 and line.get('growth') == 3 and
                  line.get('growth_over', 0) > 0, 'a second look: three more', line)
        checks.ok('growth' not in play.leaks().get(key, {'growth': 0}),
                  'without the filter nobody has looked before')


def test_timewait(checks, programs, lab):
    """Short connections, closed by the client or by the server; both kernels are asked."""
    with Play(checks, programs, lab) as play:
        with contextlib.closing(lab.b.listen(CLOSING)) as listener:
            for number in range(40):
                client = lab.a.open()
                client.connect((lab.b.ip4, CLOSING))
                server = listener.accept()[0]
                first, second = (client, server) if number < 30 else (server, client)
                first.close()
                time.sleep(0.02)
                second.close()
            held = lab.a.open()
            play.kept.enter_context(held)
            held.connect((lab.b.ip4, CLOSING))
            play.kept.enter_context(listener.accept()[0])

        def line():
            lines = play.daemon.json('timewait')
            return lines[0] if len(lines) == 1 else None
        checks.ok(wait_for(lambda: line() and line()['time_wait'] == states(lab.a, 'TIME_WAIT')),
                  'as many as the client has', play.daemon.json('timewait'),
                  states(lab.a, 'TIME_WAIT'))
        got = line() or {}
        checks.equal((got.get('client'), got.get('server'), got.get('time_wait'), got.get('held'),
                      got.get('server_time_wait')),
                     (lab.a.ip4, {'ip': lab.b.ip4, 'port': CLOSING}, 30, 1, 10), 'whose they are')
        checks.equal(got.get('server_time_wait'), states(lab.b, 'TIME_WAIT'),
                     'as many as the server has')
        ports = [here[1] for here in lab.a.ss() if here[3] == CLOSING]
        seen = got.get('ports_seen', {})
        checks.ok(seen.get('low', 0) <= min(ports) and seen.get('high', 0) >= max(ports),
                  'the ports that the client has', seen, sorted(ports))
        size = {'low': 32768, 'high': 60999, 'size': 28232}
        narrow = {'low': 49152, 'high': 65535, 'size': 16384}
        checks.ok(got.get('range') == (narrow if seen.get('low', 0) >= 49152 else size),
                  'their range', got)
        checks.ok(28.9 < got.get('rate', 0) * got.get('rate_over', 0) < 30.1 and
                  got.get('two_msl') == 240, 'their rate', got)
        checks.equal(play.daemon.json('timewait', 'dport', '1'), [], 'timewait dport PORT')


def test_ports_run_out(checks, programs, lab):
    """A client whose ports are few, and used up: the kernel has none left, and the report says
    when. The narrowest range that holds them is what it is measured by, so it says `never` where
    the client's own is narrower than any host's."""
    with Play(checks, programs, lab) as play:
        with contextlib.closing(lab.b.listen(CLOSING)) as listener:
            for _ in range(400):
                client = lab.a.open()
                client.connect((lab.b.ip4, CLOSING))
                server = listener.accept()[0]
                client.close()
                server.close()
        got = wait_for(lambda: next((line for line in play.daemon.json('timewait')
                                     if line['time_wait'] == 400), None), 10)
        checks.ok(got, 'all are in TIME_WAIT', play.daemon.json('timewait'))
        if not got:
            return
        steady = got['held'] + got['rate'] * got['two_msl']
        checks.ok(abs(got['steady'] - steady) < 2, 'the long run', got)
        checks.ok(got['exhausts'] == (got['steady'] >= got['range']['size']),
                  'ports last, or run out', got)
        if got['exhausts']:
            wanted = (got['range']['size'] - 400) / got['rate']
            checks.ok(abs(got['runs_out'] - wanted) <= got['two_msl'] / 64 + 1, 'when', got, wanted)


def clients_and_rows(daemon):
    """Lines of `clients` by address, and rows of the same moment: nothing came in between."""
    def still():
        before, lines, after = (daemon.json(word) for word in ('allconn', 'clients', 'allconn'))
        packets = [[[row[end]['packets'] for end in ('client', 'server')] for row in look]
                   for look in (before, after)]
        return packets[0] == packets[1] and (lines, after)
    found = wait_for(still)
    assert found, 'packets come without end'
    return {line['ip']: line for line in found[0]}, found[1]


def test_clients(checks, programs, lab):
    """What the lines of `clients` add up to is what the rows of `allconn` do."""
    with Play(checks, programs, lab) as play:
        play.half_closed(LEAKY)
        for family in (V4, V6):
            for port in (CLOSING, USED):
                client, _ = play.pair(port, family)
                client.sendall(b'x' * 5000)
        with lab.b.bound(39001) as caller, contextlib.closing(lab.a.listen(39002)) as listener:
            caller.connect((lab.a.ip4, 39002))
            play.kept.enter_context(listener.accept()[0])
        wait_for(lambda: len(play.daemon.json('allconn')) == 6)
        lines, rows = clients_and_rows(play.daemon)
        checks.equal(set(lines), {row['client']['ip'] for row in rows}, 'who they are')
        for address, line in lines.items():
            own = [row for row in rows if row['client']['ip'] == address]
            wanted = [len(own)] + [sum(row[end][what] for row in own) for what in ('packets',
                      'bytes') for end in ('client', 'server')]
            checks.equal([line['count'], line['packets_out'], line['packets_in'],
                          line['bytes_out'], line['bytes_in']], wanted, f'sums of {address}')
            counted = {state: n for state, n in line['by_state'].items() if n}
            checks.equal(counted, {state: sum(row['client']['state'] == state for row in own)
                                   for state in {row['client']['state'] for row in own}},
                         f'states of {address}')
        checks.ok([line['count'] for line in play.daemon.json('clients')] == [3, 2, 1],
                  'the largest first')
        letter = play.daemon.ask('-e', '--json', '--limit', '1')
        checks.ok(letter.stdout.count('\n') == 1, '-e, --limit 1', letter)


def test_health(checks, programs, lab):
    """A good mirror is good in all; a mirror that is switched off is found by its silence."""
    with Play(checks, programs, lab) as play:
        play.talking()
        wait_for(lambda: play.daemon.stats()['packets']['received'] > 20)

        def verdicts():
            return {(line['check'], line.get('of')): line for line in play.daemon.json('health')}
        found = verdicts()
        bad = [line for (check, _), line in found.items()
               if line['verdict'] != 'good' and check != 'clock']
        checks.equal(bad, [], 'all is good, but perhaps for the clock of this machine')
        stats = play.daemon.stats()
        total = found['duplicates', None]['since_start']['total']
        checks.ok(0 < total <= stats['packets']['received'] and
                  found['duplicates', None]['now']['total'] > 0, 'counted since and now', found)
        lab.mirror(False)
        quiet = verdicts()['port-quiet', 'mir0']
        checks.ok(quiet['verdict'] == 'look' and 'mirror session' in quiet['advice'],
                  'the mirror is off', quiet)
        lab.mirror(True)
        checks.equal(verdicts()['port-quiet', 'mir0']['verdict'], 'good', 'and on again')


def test_health_one_direction(checks, programs, lab):
    """A mirror of one direction only: what comes from host b is not shown."""
    with Play(checks, programs, lab) as play:
        lab.hub.exec('nft', '-f', '-', text=f'''table bridge half {{
            chain mirror {{ type filter hook forward priority 0;
                oifname "pm" ether saddr {lab.b.mac} drop; }}
        }}''')
        for port in range(5100, 5110):
            play.half_closed(port)

        def line():
            return next(line for line in play.daemon.json('health') if line['check'] == 'oneway')
        wait_for(lambda: line()['since_start']['total'] == 10)
        checks.equal((line()['verdict'], line()['since_start']['count']), ('bad', 10),
                     'health: flows of one direction')
        wait_for(lambda: all(leak['verdict'] == 'unseen' for leak in play.leaks().values()),
                 DEADLINE_SEC, 0.3)
        checks.equal({leak['verdict'] for leak in play.leaks().values()}, {'unseen'},
                     'leaks: nothing is said that was not seen')


def counts_of(diagram, state):
    """What the box of a state says."""
    lines = diagram.splitlines()
    at, box = next((i, box) for i, line in enumerate(lines)
                   if (box := re.search(rf'[|│] +{state} +[|│├+]', line)))
    return lines[at + 1][box.start():box.end()].strip('|│├+ ')


def test_states(checks, programs, lab):
    with Play(checks, programs, lab) as play:
        play.half_closed(LEAKY)
        play.pair(USED)

        def counts():
            return {line['state']: (line['clients'], line['servers'])
                    for line in play.daemon.json('states')}
        wait_for(lambda: counts()['FIN_WAIT_2'] == (1, 0))
        found = counts()
        checks.equal((found['ESTABLISHED'], found['FIN_WAIT_2'], found['CLOSE_WAIT'], len(found)),
                     ((1, 1), (1, 0), (0, 1), 12), 'how many there are now')
        checks.equal([counts_of(play.daemon.ask('states', '--diagram').stdout, state)
                      for state in ('ESTABLISHED', 'FIN_WAIT_2', 'CLOSE_WAIT')],
                     ['c 1 s 1', 'c 1 s 0', 'c 0 s 1'], 'the same in the diagram')
    done = programs.ask(programs.path('nobody.sock'), 'states', '--diagram')
    checks.equal((done.returncode, done.stderr, counts_of(done.stdout, 'CLOSE_WAIT')),
                 (0, '', '-'), 'without a daemon: the diagram')
    done = programs.ask(programs.path('nobody.sock'), 'states')
    checks.ok(done.returncode == 0 and 'forgets to close' in done.stdout and not done.stderr,
              'without a daemon: the words', done)
