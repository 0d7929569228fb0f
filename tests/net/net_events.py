# SPDX-License-Identifier: BSD-3-Clause
"""Events of real connections, held against what was done to them.

Two hosts open, use and close connections; `spanstat events` on the mirror port must tell just
that, in order, each to the listener whose filter asks for it. And a listener that stops reading
must be told how much it has missed, while another one misses nothing. Needs root.
"""
import contextlib
import json
import socket

from daemon import Daemon, Listener
from lab import wait_for
from net_scenarios import abort, half_close, send
import replay_schema

SERVER_PORT, OTHER_PORT, CLOSED_PORT, PROBE_PORT = 7001, 7002, 7003, 7004
CONF = 'timers {\n\tclosed = 1\n\tudp-oneway = 1\n\tudp = 2\n\tmsl = 1\n}\n'
FLOOD = 40000        # more than a ring, the listener's block and all buffers on the way hold
FLOOD_PIECE = 200    # datagrams before the daemon is let to keep up


class Story(Listener):
    """Tells what happened in short words."""

    def story(self, port):
        """What happened to the connection from this port of the client, in short words."""
        told = []
        for event in self.events():
            if event['client'].get('port') != port:
                continue
            words = [event['type']]
            if event['proto'] == 'tcp':
                words += [event[end]['state'] for end in ('client', 'server')]
            if event['type'] == 'ended':
                words.append(event['end'])
            told.append(' '.join(words))
        return told

    def hears(self, port, what):
        return wait_for(lambda: any(line.startswith(what) for line in self.story(port)), 10)


def probe(lab, listeners):
    """Sends until each of them hears: what happens from now on it will be told."""
    ports = iter(range(60000, 61000))

    def heard():
        with lab.a.bound(next(ports), kind=socket.SOCK_DGRAM) as sender:
            sender.sendto(b'?', (lab.b.ip4, PROBE_PORT))
        return all(listener.lines for listener in listeners)
    return wait_for(heard, 10, 0.05)


def pair(lab, port, server_port, family=socket.AF_INET):
    with contextlib.closing(lab.b.listen(server_port, family)) as listener:
        client = lab.a.connect(port, (lab.b.address(family), server_port), family)
        return client, listener.accept()[0]


OPEN = ['opened SYN_SENT CLOSED', 'state SYN_SENT SYN_RECEIVED', 'state ESTABLISHED ESTABLISHED']


def client_first(lab, port, family=socket.AF_INET):
    client, server = pair(lab, port, SERVER_PORT, family)
    send(client, server, 5000)
    send(server, client, 300)
    half_close(client)
    wait_for(lambda: 'FIN-WAIT-2' in lab.a.exec('ss', '-Htan', f'sport = {port}'))
    server.close()
    client.close()
    return OPEN + ['state FIN_WAIT_1 CLOSE_WAIT', 'state FIN_WAIT_2 CLOSE_WAIT',
                   'state TIME_WAIT LAST_ACK', 'state TIME_WAIT CLOSED',
                   'ended TIME_WAIT CLOSED fin']


def client_first_ip6(lab, port):
    return client_first(lab, port, socket.AF_INET6)


def server_first(lab, port):
    client, server = pair(lab, port, SERVER_PORT)
    half_close(server)
    wait_for(lambda: 'CLOSE-WAIT' in lab.a.exec('ss', '-Htan', f'sport = {port}') and
             'FIN-WAIT-2' in lab.b.exec('ss', '-Htan', f'dport = {port}'))
    client.close()
    server.close()
    return OPEN + ['state CLOSE_WAIT FIN_WAIT_1', 'state CLOSE_WAIT FIN_WAIT_2',
                   'state LAST_ACK TIME_WAIT', 'state CLOSED TIME_WAIT',
                   'ended CLOSED TIME_WAIT fin']


def aborted(lab, port):
    client, server = pair(lab, port, SERVER_PORT)
    abort(client)
    server.close()
    return OPEN + ['state CLOSED CLOSED', 'ended CLOSED CLOSED rst']


def refused(lab, port):
    with contextlib.suppress(ConnectionRefusedError):
        lab.a.connect(port, (lab.b.ip4, CLOSED_PORT)).close()
    return ['opened SYN_SENT CLOSED', 'state CLOSED CLOSED', 'ended CLOSED CLOSED rst']


def datagrams(lab, port):
    with lab.a.bound(port, kind=socket.SOCK_DGRAM) as client, \
            lab.b.bound(SERVER_PORT, kind=socket.SOCK_DGRAM) as server:
        client.sendto(b'question', (lab.b.ip4, SERVER_PORT))
        server.sendto(b'answer', server.recvfrom(100)[1])
        client.recv(100)
    return ['opened', 'ended timeout']


def test_stories(checks, programs, lab):
    """Every event of a connection, in order, from its first packet to its being forgotten."""
    path = programs.write('spanstatd.conf', CONF)
    plays = (client_first, client_first_ip6, server_first, aborted, refused, datagrams)
    with Daemon(programs, lab.tap, '--no-huge', '--config', path) as daemon, \
            Story(daemon) as listener:
        checks.ok(probe(lab, [listener]), 'a listener hears')
        for number, play in enumerate(plays):
            port = 20000 + number
            want = play(lab, port)
            listener.hears(port, 'ended')
            checks.equal(listener.story(port), want, play.__name__)
        data = [event for event in listener.events() if event['client']['port'] == 20000][-1]
        checks.equal((data['client']['payload'], data['server']['payload']), (5000, 300),
                     'the last event has the counts of the whole connection')
        stats = daemon.stats()['flows']
        kinds = [event['type'] for event in listener.events()]
        checks.ok(wait_for(lambda: len(listener.lines) == len(kinds), 1) and
                  'lost' not in kinds and kinds.count('opened') <= stats['created'],
                  'nothing is lost, nothing is told that was not', stats, kinds)
        checks.equal(listener.interrupt(), (0, b''), 'an interrupt is an ordinary end')


def test_two_listeners(checks, programs, lab):
    """Each hears what its filter asks for, and nothing else."""
    with Daemon(programs, lab.tap, '--no-huge') as daemon, \
            Story(daemon, 'server.port', str(SERVER_PORT), 'or', 'server.port',
                     str(PROBE_PORT)) as one, \
            Story(daemon, 'client.state', 'fin-wait-2', 'or', 'server.port',
                     str(PROBE_PORT)) as two:
        checks.ok(probe(lab, [one, two]), 'two listeners hear')
        client, server = pair(lab, 20100, SERVER_PORT)
        other, far = pair(lab, 20101, OTHER_PORT)
        half_close(other)
        checks.ok(two.hears(20101, 'state FIN_WAIT_2'), 'the one for FIN_WAIT_2 hears of it')
        half_close(client)
        checks.ok(one.hears(20100, 'state FIN_WAIT_2'), 'the one for the port hears of it')
        checks.ok(two.hears(20100, 'state FIN_WAIT_2'), 'and both of what both ask for')
        checks.equal(one.story(20101), [], 'one hears nothing of another port')
        checks.equal([two.story(port) for port in (20100, 20101)],
                     [['state FIN_WAIT_2 CLOSE_WAIT']] * 2, 'the other of no other state')
        old = next(row['id'] for row in daemon.json('conn') if row['client']['port'] == 20100)
        checks.equal(daemon.ask('drop', old).returncode, 0, 'a connection is dropped')
        checks.ok(one.hears(20100, 'ended FIN_WAIT_2 CLOSE_WAIT dropped'), 'which is its end',
                  one.story(20100))
        for end in (client, server, other, far):
            end.close()
        daemon.terminate(5)
        said = one.process.stderr.readline()
        checks.ok(b'is away since' in said, 'a daemon that goes away is told', said)
        checks.equal([each.interrupt()[0] for each in (one, two)], [0, 0],
                     'and waited for until an interrupt')


def flood(checks, daemon, lab):
    """FLOOD flows of one datagram each, no faster than the mirror's socket takes them."""
    before = daemon.stats()['flows']['created']
    with lab.a.bound(21000, kind=socket.SOCK_DGRAM) as sender:
        for start in range(0, FLOOD, FLOOD_PIECE):
            for port in range(start, start + FLOOD_PIECE):
                sender.sendto(b'x', (lab.b.ip4, 10000 + port))
            wanted = before + start + FLOOD_PIECE
            if not wait_for(lambda: daemon.stats()['flows']['created'] >= wanted):
                checks.ok(False, 'the flood came through', daemon.stats())
                return
    checks.ok(True, 'the flood came through')


def test_a_listener_that_does_not_read(checks, programs, lab):
    lab.b.drop('rx', 'udp dport 10000-60000')     # no ICMP, no work
    with Daemon(programs, lab.tap, '--no-huge') as daemon, \
            Story(daemon, 'proto', 'udp') as slow, Story(daemon, 'proto', 'udp') as quick:
        checks.ok(probe(lab, [slow, quick]), 'two listeners hear')
        slow.go_on.clear()
        flood(checks, daemon, lab)

        def flooded(listener):
            return [event for event in listener.events()
                    if event.get('client', {}).get('port') == 21000 and event['type'] == 'opened']
        checks.ok(wait_for(lambda: len(flooded(quick)) == FLOOD, 20),
                  'the one that reads misses nothing', len(flooded(quick)))
        checks.ok(not any(event['type'] == 'lost' for event in quick.events()), 'nothing at all')
        checks.ok(len(slow.lines) < 100, 'the other has not read', len(slow.lines))
        slow.go_on.set()
        last = f'"port":{10000 + FLOOD - 1},'.encode()
        checks.ok(wait_for(lambda: any(last in line for line in list(slow.lines)), 20),
                  'it goes on, up to the newest event')
        schema = replay_schema.Strict(programs.schema)
        lost = [schema.check('lost', line.decode())['lost'] for line in list(slow.lines)
                if json.loads(line)['type'] == 'lost']
        checks.ok(len(lost) >= 1 and sum(lost) > 1000, 'and is told of what it has missed', lost)
        missed = len(quick.lines) - (len(slow.lines) - len(lost))
        checks.ok(abs(missed - sum(lost)) <= 100, 'of as many as there are',
                  f'{missed} are missing, {sum(lost)} were told')
        checks.equal(slow.interrupt(), (0, b''), 'it ends as any other')
