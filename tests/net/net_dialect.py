# SPDX-License-Identifier: BSD-3-Clause
"""The dialects linux and ss against the real `netstat` (net-tools) and `ss`, line by line.

`netstat -tuan` and `ss -tuan` run on both hosts of the lab, and `spanstat allconn --as HOST
--dialect linux` (and ss) says what the mirror port shows of the same hosts. The lines must be the
same, as a set: netstat walks the kernel's hash tables, spanstat its own. First every scenario of
net_scenarios.py, so every state, over IPv4 and IPv6 (with WORD: those with it in their name): the
lines of its connection. Then a host with all of it at once, whole reports with their headings.

What a tap cannot know differs, and nothing else may. Each difference has its name in DIFFERENCES,
and is checked to be what it says where a test meets it.
"""
import re
import socket

from daemon import Daemon
from lab import wait_for
from net_scenarios import SCENARIOS, Connection

V4, V6 = socket.AF_INET, socket.AF_INET6
FAMILIES = ((V4, 'IPv4'), (V6, 'IPv6'))
DEADLINE_SEC = 8

DIFFERENCES = {
    'queues': 'Recv-Q and Send-Q are what an application has not read and what the host has not '
              'sent; of a listener, its backlog. None of it is on the wire: spanstat prints 0.',
    'guessed': 'two truths put the same packets on the wire (net_scenarios.py says which): the '
               'state may be any of those that the scenario allows.',
    'listener gone': 'a listener that is closed sends nothing: it is listed until it is forgotten.',
    'listener unasked': 'a listener that nobody called sends nothing: it is not listed.',
    'any address': 'a socket bound to every address has on the wire the one that was called.',
    'unconnected': 'an UDP socket that sends without connect() looks like one that is connected '
                   'to its peer, until it talks with another one.',
    'both families': 'an IPv6 socket that takes IPv4 as well is tcp6 to the host; its packets are '
                     'IPv4.',
    'widths': "ss makes its columns as wide as all its lines need, and has a column for a process "
              "(empty without -p); spanstat's lines stream. Compared field by field.",
}

# The words of a state in each dialect, where they are not RFC 9293's.
SPELLED = {
    'linux': {'SYN_RECEIVED': 'SYN_RECV', 'FIN_WAIT_1': 'FIN_WAIT1', 'FIN_WAIT_2': 'FIN_WAIT2'},
    'ss': {'SYN_RECEIVED': 'SYN-RECV', 'ESTABLISHED': 'ESTAB', 'SYN_SENT': 'SYN-SENT',
           'FIN_WAIT_1': 'FIN-WAIT-1', 'FIN_WAIT_2': 'FIN-WAIT-2', 'CLOSE_WAIT': 'CLOSE-WAIT',
           'LAST_ACK': 'LAST-ACK', 'TIME_WAIT': 'TIME-WAIT'},
}
REAL = {'linux': ('netstat', '-tuan'), 'ss': ('ss', '-tuan')}


def spell(dialect, state):
    return SPELLED[dialect].get(state, state)


class Line:
    """A line of either program. `text` is compared: netstat's as it is, ss's with one blank where
    it has several (widths); in both the two queues are left out (queues). `place` is the same
    without the state."""

    def __init__(self, dialect, raw):
        fields = raw.split()
        self.raw = raw
        if dialect == 'linux':
            # The state is in the last eleven bytes, filled up with blanks.
            self.text, self.state = raw[:6] + '.' * 13 + raw[19:], raw[-11:].strip()
            self.place = self.text[:-11]
        else:
            self.text, self.state = ' '.join(fields[:2] + fields[4:6]), fields[1]
            self.place = ' '.join(fields[:1] + fields[4:6])
        self.ports = [int(port) for port in re.findall(r':(\d+)(?=\s|$)', raw)]


def lines(dialect, text, ports=None):
    """The lines of a report without its headings; with `ports`, those that name one of them."""
    found = [Line(dialect, raw) for raw in text.splitlines() if re.match(r'(tcp|udp)6? ', raw)]
    return [line for line in found if not ports or set(line.ports) & set(ports)]


def real(host, dialect, *more):
    return host.exec(*REAL[dialect], *more)


def seen(daemon, address, dialect, *words):
    done = daemon.ask('allconn', '--as', address, '--dialect', dialect, *words)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def only(lines_here, lines_there):
    """Texts of the first list that the second has not, as often as they are missing."""
    rest = [line.text for line in lines_there]
    missing = []
    for line in lines_here:
        if line.text in rest:
            rest.remove(line.text)
        else:
            missing.append(line)
    return missing


# One connection of a scenario.

def judge(daemon, host, address, dialect, con, allowed):
    """What differs between host and tap for this connection, in words; '' when nothing may."""
    ports = (con.cport, con.sport)
    truth = lines(dialect, real(host, dialect), ports)
    shown = lines(dialect, seen(daemon, address, dialect, 'port', str(con.cport), 'or', 'port',
                                str(con.sport)), ports)
    missing, extra = only(truth, shown), only(shown, truth)
    # listener gone: its line has no counterpart on the host.
    extra = [line for line in extra if line.state != 'LISTEN']
    # listener unasked: the SYN was kept from it, or none was sent.
    missing = [line for line in missing if line.state != 'LISTEN']
    if allowed:
        # guessed: each line that differs has its like but for the state, which is an allowed one;
        # where there may be no connection, there may be no line.
        states = {spell(dialect, state) for state in allowed}
        extra = [line for line in extra if line.state not in states]
        if not allowed & {'CLOSED', 'LISTEN'}:
            places = {line.place for line in shown if line.state in states}
            missing = [line for line in missing if line.place not in places]
        else:
            missing = []
    if not missing and not extra:
        return ''
    return '\n'.join([f'{dialect} {address}:'] + [f'host has {line.raw}' for line in missing] +
                     [f'tap shows {line.raw}' for line in extra])


def play(checks, lab, daemon, case, family, family_name):
    """A scenario: both hosts, both programs."""
    con = Connection(lab, family)
    allowed = [sees if case.why else None for sees in case.sees]
    wrong = ['not compared']

    def agree():
        wrong[:] = [judge(daemon, host, host.address(family), dialect, con, sees)
                    for host, sees in zip((lab.a, lab.b), allowed) for dialect in REAL]
        return not any(wrong)
    try:
        case.play(con)
        con_reached = wait_for(lambda: con.truth() == (case.client, case.server), DEADLINE_SEC)
        wait_for(agree, DEADLINE_SEC, 0.05)
        checks.ok(con_reached and not any(wrong),
                  f'{case.play.__name__} {family_name}' + (' (guessed)' if case.why else ''),
                  *wrong, f'ss says {con.truth()}')
    except Exception as error:
        checks.ok(False, f'{case.play.__name__} {family_name}', f'{type(error).__name__}: {error}')
    finally:
        con.leave()


# A host with everything at once.

LONG = {'a': 'fd20:1111:2222:3333:4444:5555:6666:1', 'b': 'fd20:1111:2222:3333:4444:5555:6666:2'}


def long_addresses(lab):
    for name, host, other in (('a', lab.a, lab.b), ('b', lab.b, lab.a)):
        peer = LONG['b' if name == 'a' else 'a']
        host.ip(f'addr add {LONG[name]}/64 dev eth0 nodad',
                f'neigh replace {peer} lladdr {other.mac} dev eth0')


def accept_one(lab, family, port, server, client, kept):
    """A connection to an own listener, which stays; addresses of the two ends."""
    listener = lab.b.open(family)
    listener.bind((server, port))
    listener.listen(4)
    made = lab.a.open(family)
    made.bind((client, port + 1))
    made.connect((server, port))
    accepted = listener.accept()[0]
    kept += [listener, made, accepted]
    return made, accepted


def talk_udp(lab, family, port, kept, connected=True):
    server = lab.b.bound(port, family, socket.SOCK_DGRAM)
    client = lab.a.bound(port + 1, family, socket.SOCK_DGRAM)
    there = (lab.b.address(family), port)
    if connected:
        client.connect(there)
        client.send(b'ask')
    else:
        client.sendto(b'ask', there)
    _, sender = server.recvfrom(64)
    server.sendto(b'answer', sender)
    client.recv(64)
    kept += [server, client]


def busy(lab, kept):
    for number, (family, _) in enumerate(FAMILIES):
        base = 3000 + 100 * number
        addresses = lab.b.address(family), lab.a.address(family)
        accept_one(lab, family, base, *addresses, kept)
        made, _ = accept_one(lab, family, base + 10, *addresses, kept)
        made.shutdown(socket.SHUT_WR)
        made, accepted = accept_one(lab, family, base + 20, *addresses, kept)
        accepted.close()
        made.recv(1)
        made.close()
        talk_udp(lab, family, base + 30, kept)
    accept_one(lab, V6, 3900, LONG['b'], LONG['a'], kept)
    accept_one(lab, V6, 53900, LONG['b'], LONG['a'], kept)


def compare_whole(checks, daemon, host, addresses, dialect, more=()):
    """All lines of the host, its addresses taken together, and the headings."""
    report = {}

    def agree():
        truth = real(host, dialect, *more)
        texts = [seen(daemon, address, dialect, *more) for address in addresses]
        shown = [line for text in texts for line in lines(dialect, text)]
        report['truth'], report['texts'] = truth, texts
        report['missing'] = only(lines(dialect, truth), shown)
        report['extra'] = only(shown, lines(dialect, truth))
        return not report['missing'] and not report['extra']
    wait_for(agree, DEADLINE_SEC, 0.1)
    name = ' '.join((host.name.split('-')[1], dialect, *more))
    checks.ok(not report['missing'] and not report['extra'], f'every line of host {name}',
              *(f'host has  {line.raw}' for line in report['missing']),
              *(f'tap shows {line.raw}' for line in report['extra']))
    checks.ok(len(lines(dialect, report['truth'])) >= 8, f'host {name} is busy', report['truth'])
    return report


def whole_reports(checks, lab, daemon):
    kept = []
    long_addresses(lab)
    busy(lab, kept)
    for name, host in (('a', lab.a), ('b', lab.b)):
        addresses = (host.ip4, host.ip6, LONG[name])
        for dialect, more in (('linux', ()), ('linux', ('-W',)), ('ss', ())):
            report = compare_whole(checks, daemon, host, addresses, dialect, more)
            if dialect == 'linux':
                checks.equal(report['texts'][0].splitlines()[1:3],
                             report['truth'].splitlines()[:2], f'headings of netstat {more}')
            else:
                checks.equal(report['texts'][0].splitlines()[1].split(),
                             report['truth'].splitlines()[0].replace('PortP', 'Port P').split(),
                             'headings of ss')
    without_a(checks, lab, daemon)
    for made in kept:
        made.close()


def without_a(checks, lab, daemon):
    """conn is netstat without -a: no listener, no socket without peer. It has no TIME_WAIT, for
    conn is what is active."""
    truth = [line for line in lines('linux', lab.b.exec('netstat', '-tun'))
             if line.state != 'TIME_WAIT']
    done = [daemon.ask('conn', '--as', address, '--dialect', 'linux').stdout
            for address in (lab.b.ip4, lab.b.ip6, LONG['b'])]
    shown = [line for text in done for line in lines('linux', text)]
    checks.equal(sorted(line.text for line in shown), sorted(line.text for line in truth),
                 'netstat without -a')
    checks.equal(done[0].splitlines()[1], lab.b.exec('netstat', '-tun').splitlines()[0],
                 'its heading')


# The differences that no comparison above meets, each made on purpose.

def differences(checks, lab, daemon):
    kept = []

    def shown(host, port):
        return [line.text for line in lines('linux', seen(daemon, host.ip4, 'linux'), [port])]

    def truth(host, port):
        return [line.text for line in lines('linux', real(host, 'linux'), [port])]

    kept.append(lab.b.listen(4000))
    checks.ok(truth(lab.b, 4000) and not shown(lab.b, 4000), 'listener unasked',
              truth(lab.b, 4000), shown(lab.b, 4000))

    listener = lab.b.open()
    listener.bind(('', 4010))
    listener.listen(1)
    kept += [listener, lab.a.connect(4011, (lab.b.ip4, 4010))]
    wait_for(lambda: len(shown(lab.b, 4010)) == 2)
    wanted = [text.replace('0.0.0.0:4010  ', f'{lab.b.ip4}:4010') for text in truth(lab.b, 4010)]
    checks.equal(sorted(shown(lab.b, 4010)), sorted(wanted), 'any address')

    talk_udp(lab, V4, 4020, kept, connected=False)
    wait_for(lambda: shown(lab.a, 4021))
    checks.ok('0.0.0.0:*' in truth(lab.a, 4021)[0] and
              f'{lab.b.ip4}:4020' in shown(lab.a, 4021)[0], 'unconnected',
              truth(lab.a, 4021), shown(lab.a, 4021))

    two = lab.a.bound(4022, V4, socket.SOCK_DGRAM)
    kept.append(two)
    for port in (4023, 4024):
        server = lab.b.bound(port, V4, socket.SOCK_DGRAM)
        kept.append(server)
        two.sendto(b'ask', (lab.b.ip4, port))
        server.recv(64)
        server.sendto(b'answer', (lab.a.ip4, 4022))
        two.recv(64)
    wait_for(lambda: shown(lab.a, 4022) == truth(lab.a, 4022))
    checks.equal(shown(lab.a, 4022), truth(lab.a, 4022), 'unconnected, with two peers')

    listener = lab.b.open(V6)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(('::', 4030))
    listener.listen(1)
    kept += [listener, lab.a.connect(4031, (lab.b.ip4, 4030))]
    wait_for(lambda: len(shown(lab.b, 4031)) == 1)
    wanted = [text.replace('tcp6', 'tcp ') for text in truth(lab.b, 4031)]
    checks.equal(shown(lab.b, 4031), wanted, 'both families')

    made, _ = accept_one(lab, V4, 4040, lab.b.ip4, lab.a.ip4, kept)
    made.sendall(b'nobody reads this')
    raw = wait_for(lambda: [line for line in lines('linux', real(lab.b, 'linux'), [4041])
                            if line.raw.split()[1] == '17'])
    checks.ok(raw, 'queues: the host knows what is not read', real(lab.b, 'linux'))
    for made in kept:
        made.close()


def test_scenarios(checks, programs, lab, word):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        for family, family_name in FAMILIES:
            for case in SCENARIOS:
                if word in case.play.__name__:
                    play(checks, lab, daemon, case, family, family_name)
        for name, why in DIFFERENCES.items():
            checks.say(f'{name}: {why}')


def test_whole_reports(checks, programs, lab):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        whole_reports(checks, lab, daemon)
        differences(checks, lab, daemon)
