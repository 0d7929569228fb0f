# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios of resets, of sockets used again, of connections that the tap sees in part, of UDP;
and, in HARD, of mirrors that copy, lose and turn round, which a tracker may learn later."""
from replay_host import RETRANSMIT_US
from replay_scenario import HARD, close, scenario
from replay_wire import ACK, RST, SYN

# --- resets ---


@scenario()
def rst_by_client(conn):
    conn.open()
    conn.talk()
    conn.client.rst(conn.rng.choice((RST, RST | ACK)))
    conn.stands("CLOSED", "CLOSED", closed_by="client", end="rst")


@scenario()
def rst_by_server(conn):
    conn.open()
    conn.talk()
    conn.server.rst(conn.rng.choice((RST, RST | ACK)))
    conn.stands("CLOSED", "CLOSED", closed_by="server", end="rst")


@scenario()
def rst_behind_lost_data(conn):
    """The sender's data was lost behind the tap: the RST has its own next number."""
    conn.open()
    host, _ = conn.either()
    host.data(conn.rng.randint(1, 1300), hold=True)
    host.rst()
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(host), end="rst")


@scenario()
def rst_crosses_data(conn):
    """What was on its way when the RST passed is counted and opens nothing."""
    conn.open()
    conn.talk()
    host, peer = conn.either()
    host.rst()
    peer.data(conn.rng.randint(1, 1300), hold=True)
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(host), end="rst")


@scenario()
def rst_after_own_fin(conn):
    """Closed with data still to come: the data draws a RST."""
    conn.open()
    first, second = conn.either()
    first.fin()
    second.ack()
    second.data(conn.rng.randint(1, 1300))
    first.rst(RST)
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(first), end="rst")


@scenario()
def syn_after_rst(conn):
    """The SYN, or the SYN-ACK, comes late: it revives nothing."""
    conn.open()
    conn.talk()
    host, _ = conn.either()
    host.rst()
    conn.rng.choice((conn.client.syn, conn.server.synack))(wait=RETRANSMIT_US)
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(host), end="rst")


@scenario()
def rst_out_of_window(conn):
    conn.open()
    conn.talk()
    host, _ = conn.either()
    for _ in range(conn.rng.randint(1, 3)):
        far = conn.rng.randint(1 << 22, (1 << 31) - (1 << 22))
        host.rst(RST, seq=host.nxt + conn.rng.choice((far, -far)))
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def rst_inexact(conn):
    """In the window but not at its edge: it draws a challenge ACK and changes nothing."""
    conn.open()
    conn.talk()
    host, peer = conn.either()
    host.rst(RST, seq=host.nxt + conn.rng.randint(1, 5000))
    peer.ack(wait=RETRANSMIT_US)
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def rst_in_time_wait(conn):
    """RFC 1337: TIME_WAIT is not to be cut short."""
    conn.open()
    first, second = conn.either()
    close(first, second)
    second.rst(RST, wait=RETRANSMIT_US)
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


# --- the same sockets again ---


@scenario()
def reused_after_time_wait(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    close(first, second)
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")
    conn.again(1, 20)
    conn.open()
    conn.talk(1)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def reused_while_open(conn):
    """The client has forgotten it, and opens anew; the server answers."""
    conn.open()
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED", end="reused")
    conn.again(1, 20)
    conn.open()
    conn.talk(1)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def reused_after_rst(conn):
    conn.open()
    conn.talk()
    first, _ = conn.either()
    first.rst()
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(first), end="rst")
    conn.again(0.5, 5)
    conn.open()
    conn.talk()
    close(*conn.hosts)
    conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")


# --- the opening was not seen ---


def open_unseen(conn):
    conn.tap = False
    conn.open()
    conn.talk(1)
    conn.tap = True
    conn.pause(1, 2)


@scenario(own_server=True, ports=(22, 80, 443, 993))
def midstream_with_known_port(conn):
    """The end with the well-known port is the server, whoever sends first."""
    open_unseen(conn)
    for host in conn.either():
        conn.say(host)
    conn.stands("ESTABLISHED", "ESTABLISHED", flags=["midstream", "role-guessed"])


@scenario(own_server=True, ports=range(10000, 60000))
def midstream_without_known_port(conn):
    """Neither port tells anything: the first sender is taken for the client."""
    open_unseen(conn)
    for host in conn.hosts:
        conn.say(host)
    conn.stands("ESTABLISHED", "ESTABLISHED", flags=["midstream", "role-guessed"])


@scenario(own_server=True, ports=(22, 80, 443, 993))
def midstream_closed(conn):
    open_unseen(conn)
    first, second = conn.either()
    conn.say(second)
    close(first, second)
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin",
                   flags=["midstream", "role-guessed"])


@scenario(own_server=True, ports=(22, 80, 443, 993))
def midstream_reset(conn):
    open_unseen(conn)
    first, second = conn.either()
    conn.say(second)
    conn.say(first)
    first.rst()
    conn.stands("CLOSED", "CLOSED", closed_by=conn.name_of(first), end="rst",
                flags=["midstream", "role-guessed"])


# --- one direction only ---


@scenario(own_server=True, ports=(22, 80, 443, 993))
def midstream_oneway(conn):
    host, peer = conn.either()
    open_unseen(conn)
    peer.unseen = True
    conn.say(host)
    conn.stands("ESTABLISHED", "ESTABLISHED", flags=["midstream", "oneway", "role-guessed"])


@scenario()
def oneway_established(conn):
    """Only what the client sends passes the tap, and it acknowledges a SYN nobody saw."""
    conn.server.unseen = True
    conn.open()
    conn.say(conn.client)
    conn.stands("ESTABLISHED", "ESTABLISHED", flags=["oneway"])


@scenario()
def oneway_fin(conn):
    conn.server.unseen = True
    conn.open()
    conn.say(conn.client)
    conn.client.fin()
    conn.stands("FIN_WAIT_1", "CLOSE_WAIT", closed_by="client", flags=["oneway"])


# --- UDP ---


@scenario(ports=(53, 123, 514, 5060))
def udp_oneway(conn):
    conn.proto = "udp"
    for _ in range(conn.rng.randint(1, 5)):
        conn.client.datagram(conn.rng.randint(12, 1300))
    conn.stands("UDP", "UDP", flags=["oneway"])


@scenario(ports=(53, 123, 443, 5060))
def udp_both_ways(conn):
    conn.proto = "udp"
    conn.client.datagram(conn.rng.choice((0, 1, 40)) if conn.family == 4 else 40)
    conn.server.datagram(conn.rng.randint(12, 1300))
    for host in conn.rng.choices(conn.hosts, k=conn.rng.randint(0, 6)):
        host.datagram(conn.rng.randint(12, 1300))
    conn.stands("UDP", "UDP")


# --- where the wire lies ---


@scenario(into=HARD)
def mirror_copies(conn):
    """Some packets are shown twice by the mirror, the copy a hop further."""
    conn.open()
    conn.mirror_twice()
    for host in conn.hosts:
        host.data(300)
        conn.mirror_twice()
        host.peer.ack()
        conn.mirror_twice()
    conn.client.fin()
    conn.mirror_twice()
    conn.server.fin()
    conn.client.ack()
    conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")


@scenario(into=HARD)
def mirror_loses_data(conn):
    """A segment reached its receiver, but the mirror did not show it."""
    conn.open()
    host, peer = conn.either()
    host.data(200)
    host.data(700, missed=True)
    host.data(200)
    peer.ack()
    conn.say(peer)
    conn.stands("ESTABLISHED", "ESTABLISHED", flags=["gap"], unknown=[conn.name_of(host)])


@scenario(into=HARD)
def synack_before_syn(conn):
    """Two taps, two delays: the answer comes before the question."""
    conn.tap = False
    conn.client.syn()
    conn.tap = True
    conn.server.synack()
    conn.client.segment(SYN, conn.client.iss)
    conn.client.ack()
    conn.say(conn.client)
    conn.say(conn.server)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario(into=HARD)
def syn_on_live_connection(conn):
    """A SYN nobody answers changes nothing while the connection lives."""
    conn.open()
    conn.talk(1)
    conn.client.segment(SYN, conn.client.nxt + conn.rng.randrange(1 << 20, 1 << 30), hold=True)
    conn.stands("ESTABLISHED", "ESTABLISHED")
