# SPDX-License-Identifier: BSD-3-Clause
"""Both ends' states as spanstat sees them on the mirror port, against `ss` on both hosts.

Plays every scenario of net_scenarios.py over IPv4 and IPv6 (with WORD: those with it in their
name) on the lab's two hosts. A scenario passes when, at two moments a tenth of a second apart,
`ss` shows what the scenario means to make and spanstat what it must show; up to then both are
asked again until a deadline, for retransmissions take their time. Needs root.
"""
import socket
import time

from daemon import Daemon
from lab import wait_for
from net_scenarios import SCENARIOS, Connection

FAMILIES = ((socket.AF_INET, 'IPv4'), (socket.AF_INET6, 'IPv6'))
DEADLINE_SEC = 8
AGAIN_SEC = 0.1


def row_of(daemon, con):
    """The row of this connection and the keys of its ends at host a and host b, or None."""
    here, port, there, peer = con.tuple
    rows = daemon.connections()
    for ends, keys in (((here, port, there, peer), ('client', 'server')),
                       ((there, peer, here, port), ('server', 'client'))):
        if ends in rows:
            return rows[ends], keys
    return None, ('client', 'server')


def field(row, name):
    """'client.packets' of a row; None where the row has no such key."""
    for key in name.split('.'):
        row = row.get(key) if row is not None else None
    return row


def fits(value, wanted):
    return wanted(value) if callable(wanted) else value == wanted


def judge(daemon, con, case, fields):
    """What is not yet as it must be, in words; '' when all is."""
    truth = con.truth()
    if truth != (case.client, case.server):
        return f'ss says {truth}, the scenario makes {(case.client, case.server)}'
    row, keys = row_of(daemon, con)
    if row is None:
        return f'spanstat has no row, ss says {truth}'
    seen = tuple(row[key]['state'] for key in keys)
    if seen[0] not in case.sees[0] or seen[1] not in case.sees[1]:
        return f'spanstat says {seen}, wanted {case.sees}, ss says {truth}\n{row}'
    wrong = {name: field(row, name) for name, wanted in fields.items()
             if not fits(field(row, name), wanted)}
    return f'not as wanted: {wrong}\n{row}' if wrong else ''


def play(checks, lab, daemon, case, family, family_name):
    con = Connection(lab, family)
    name = f'{case.play.__name__} {family_name}'
    try:
        fields = case.play(con) or {}
        wrong = ''

        def agree():
            nonlocal wrong
            wrong = judge(daemon, con, case, fields)
            return not wrong
        if wait_for(agree, DEADLINE_SEC, 0.05):
            time.sleep(AGAIN_SEC)
            agree()
        checks.ok(not wrong, name, wrong)
    except Exception as error:
        checks.ok(False, name, f'{type(error).__name__}: {error}', f'ss says {con.truth()}')
    finally:
        con.leave()


def silent_listener(checks, lab, daemon, family, family_name):
    """LISTEN, the eleventh state: nothing is on the wire, so there must be no row."""
    con = Connection(lab, family)
    con.listen()
    listens = lab.b.ss().get((con.server_ip, con.sport, '', 0))
    ports = [end[1] for ends in daemon.connections() for end in (ends[:2], ends[2:])]
    checks.ok(listens == 'LISTEN' and con.sport not in ports,
              f'listener_without_client {family_name}', listens)
    con.leave()


def udp_flows(checks, lab, daemon, family, family_name):
    """Request and answer, and one way: state UDP, packets and bytes of each direction exact."""
    for answers in (3, 0):
        con = Connection(lab, family)
        server = con.keep(lab.b.bound(con.sport, family, socket.SOCK_DGRAM))
        client = con.keep(lab.a.bound(con.cport, family, socket.SOCK_DGRAM))
        # No two alike: a mirror's second copy of an IPv6 datagram looks like a repeated one.
        for number in range(3):
            client.sendto(bytes([number]) * 100, con.tuple[2:])
            server.recv(200)
        for number in range(answers):
            server.sendto(bytes([number]) * 200, con.tuple[:2])
            client.recv(200)
        header = 28 if family == socket.AF_INET else 48
        wanted = {'proto': 'udp', 'client.state': 'UDP', 'client.packets': 3,
                  'client.bytes': 3 * (100 + header), 'client.payload': 300,
                  'server.packets': answers, 'server.bytes': answers * (200 + header),
                  'server.payload': answers * 200,
                  'flags': lambda flags, one=not answers: ('oneway' in (flags or [])) == one}

        def agrees():
            row, _ = row_of(daemon, con)
            return row and all(fits(field(row, name), value) for name, value in wanted.items())
        checks.ok(wait_for(agrees, DEADLINE_SEC), f'udp_{answers}_answers {family_name}',
                  row_of(daemon, con)[0], wanted)
        con.leave()


def every_packet_counted(checks, daemon):
    packets = daemon.stats()['packets']
    checks.equal((packets['tracked'] + packets['ignored'], sum(packets['dropped'].values())),
                 (packets['received'], 0), 'every packet tracked or ignored, none dropped')


def test_states(checks, programs, lab, word):
    with Daemon(programs, lab.tap, '--no-huge') as daemon:
        for family, family_name in FAMILIES:
            for case in SCENARIOS:
                if word in case.play.__name__:
                    play(checks, lab, daemon, case, family, family_name)
            silent_listener(checks, lab, daemon, family, family_name)
            udp_flows(checks, lab, daemon, family, family_name)
            if family == socket.AF_INET:
                # Its identification tells a retransmission from a mirror's copy; IPv6 has none,
                # and a fast retransmission is the same packet bit for bit, within microseconds.
                checks.equal(daemon.stats()['duplicates'], 0, 'no IPv4 packet taken for a copy')
        every_packet_counted(checks, daemon)
