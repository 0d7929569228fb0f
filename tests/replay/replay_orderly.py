# SPDX-License-Identifier: BSD-3-Clause
"""Scenarios in which both hosts keep to the rules: opening, data, closing, and what of it may be
lost, repeated or turned round on the way."""
from replay_host import RETRANSMIT_US, SYN_AGAIN_US
from replay_scenario import close, scenario
from replay_wire import ACK, FIN, RST

# --- opening ---


@scenario()
def unanswered_syn(conn):
    conn.client.syn()
    for wait_sec in (1, 2, 4)[:conn.rng.randint(0, 3)]:
        conn.client.syn(wait=(wait_sec * 1000000, wait_sec * 1010000))
    conn.stands("SYN_SENT", "CLOSED", flags=["oneway"])


@scenario()
def refused(conn):
    conn.client.syn()
    conn.server.segment(RST | ACK, 0, ack=conn.client.iss + 1)
    conn.stands("CLOSED", "CLOSED", closed_by="server", end="rst")


@scenario()
def syn_answered_by_foreign_rst(conn):
    """The RST acknowledges another number than the SYN's: it refuses nothing."""
    conn.client.syn()
    conn.server.segment(RST | ACK, 0, ack=conn.client.iss + conn.rng.randint(1000, 1 << 30))
    conn.stands("SYN_SENT", "CLOSED")


@scenario()
def half_open(conn):
    conn.client.syn()
    conn.server.synack()
    for _ in range(conn.rng.randint(0, 2)):
        conn.server.synack(wait=(1000000, 2000000))
    conn.stands("SYN_SENT", "SYN_RECEIVED")


@scenario()
def syn_scan(conn):
    conn.client.syn()
    conn.server.synack()
    conn.client.rst(RST, ack=0)
    conn.stands("CLOSED", "CLOSED", closed_by="client", end="rst")


@scenario()
def retransmitted_syn(conn):
    conn.client.syn(hold=True)
    conn.client.syn(wait=(1000000, 1020000))
    conn.server.synack()
    conn.client.ack()
    conn.talk(1)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def retransmitted_synack(conn):
    conn.client.syn()
    conn.server.synack(hold=True)
    conn.server.synack(wait=(1000000, 1020000))
    conn.client.ack()
    conn.talk()
    close(conn.client, conn.server)
    conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")


@scenario(own_server=True)
def simultaneous_open(conn):
    conn.client.syn(hold=True)
    conn.server.syn(hold=True)
    for host in conn.hosts:
        host.read()
    conn.client.synack(hold=True)
    conn.server.synack(hold=True)
    for host in conn.hosts:
        host.read()
    conn.client.ack()
    conn.server.ack()
    conn.talk(1)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario(own_server=True)
def simultaneous_open_unfinished(conn):
    conn.client.syn(hold=True)
    conn.server.syn(hold=True)
    conn.stands("SYN_SENT", "SYN_SENT")


@scenario(own_server=True)
def split_handshake(conn):
    """The server acknowledges the SYN first and sends its own after it."""
    conn.client.syn()
    conn.server.segment(ACK, conn.server.iss)
    conn.server.syn()
    conn.client.ack()
    conn.talk(1)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def accept_queue_full(conn):
    """The server drops the ACK and what follows, and repeats its SYN-ACK."""
    conn.open()
    if conn.rng.random() < .5:
        conn.client.data(conn.rng.randint(1, 1300), hold=True)
    for _ in range(conn.rng.randint(1, 3)):
        conn.server.synack(wait=SYN_AGAIN_US)
        conn.client.ack(hold=True)
    conn.stands("ESTABLISHED", "SYN_RECEIVED")


@scenario()
def accept_queue_full_for_a_while(conn):
    conn.open()
    start, end = conn.client.data(conn.rng.randint(1, 1300), hold=True)
    conn.server.synack(wait=SYN_AGAIN_US)
    conn.client.ack()
    conn.client.send(start, end, wait=RETRANSMIT_US)
    conn.server.ack()
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED")


# --- established ---


@scenario()
def established_idle(conn):
    conn.open()
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def keep_alive(conn):
    """A probe repeats the last sequence number, with or without a byte; neither is payload."""
    conn.open()
    conn.talk(1)
    host, peer = conn.either()
    for _ in range(conn.rng.randint(1, 4)):
        end = len(host.stream)
        garbage = conn.rng.random() < 0.3
        if garbage:
            host.send(end - 1, end, ACK, wait=(2000000, 2010000))
        else:
            host.segment(ACK, host.nxt - 1, wait=(2000000, 2010000))
        peer.ack()
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def zero_window(conn):
    conn.open()
    host, peer = conn.either()
    host.data(900)
    peer.ack(window=0)
    for wait_us in (200000, 400000, 800000)[:conn.rng.randint(1, 3)]:
        host.segment(ACK, host.nxt - 1, wait=(wait_us, wait_us + 5000))
        peer.ack(window=0)
    peer.ack(wait=RETRANSMIT_US)
    conn.say(host)
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def retransmitted_data(conn):
    conn.open()
    conn.talk()
    host, peer = conn.either()
    for _ in range(conn.rng.randint(1, 3)):
        bounds = host.data(conn.rng.randint(1, 1300), hold=conn.rng.random() < 0.5)
        host.send(*bounds, wait=RETRANSMIT_US)
        peer.ack()
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def retransmitted_in_other_pieces(conn):
    """What is repeated is cut differently, and may carry new bytes at its end."""
    conn.open()
    host, peer = conn.either()
    start, middle = host.data(conn.rng.randint(2, 500))
    middle, end = host.data(conn.rng.randint(2, 500))
    fresh = conn.rng.choice((0, 0, 1, 150))
    host.write(fresh)
    if conn.rng.random() < 0.5:
        host.send(start, end + fresh, wait=RETRANSMIT_US)
    else:
        host.send(middle - 1, end + fresh, wait=RETRANSMIT_US)
    peer.ack()
    conn.talk()
    close(*conn.hosts)
    conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")


@scenario()
def out_of_order(conn):
    """Two neighbours change places on the way; nothing is missing in the end."""
    conn.open()
    conn.talk()
    host, peer = conn.either()
    for _ in range(conn.rng.randint(1, 3)):
        first = host.write(conn.rng.randint(1, 1300))
        second = host.write(conn.rng.randint(1, 1300))
        end = len(host.stream)
        host.send(second, end)
        if conn.sack:
            peer.ack(sack=(host.iss + 1 + second, host.iss + 1 + end))
        host.send(first, second)
        peer.ack()
    conn.talk()
    conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def numbers_wrap(conn):
    """Both streams pass 2^32 while data flows, in the middle of a segment or between two."""
    for host in conn.hosts:
        host.begin((1 << 32) - conn.rng.randint(1, 2000))
    conn.open()
    conn.say(conn.client, 4)
    conn.say(conn.server, 4)
    for host in conn.hosts:
        host.send(*host.data(40), wait=RETRANSMIT_US)
        host.peer.ack()
    closes = conn.rng.random() < 0.5
    if closes:
        close(*conn.hosts)
        conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")
    else:
        conn.stands("ESTABLISHED", "ESTABLISHED")


@scenario()
def fin_is_last_number(conn):
    """The FIN has the number 2^32 - 1, so the ACK of it is zero."""
    size = conn.rng.randint(1, 1300)
    conn.client.begin((1 << 32) - 2 - size)
    conn.open()
    conn.client.data(size)
    conn.server.ack()
    conn.client.fin()
    conn.server.ack()
    conn.stands("FIN_WAIT_2", "CLOSE_WAIT", closed_by="client")


# --- closing ---


@scenario()
def client_closes_first(conn):
    conn.open()
    conn.talk()
    close(conn.client, conn.server)
    conn.stands("TIME_WAIT", "CLOSED", closed_by="client", end="fin")


@scenario()
def server_closes_first(conn):
    conn.open()
    conn.talk()
    close(conn.server, conn.client)
    conn.stands("CLOSED", "TIME_WAIT", closed_by="server", end="fin")


@scenario()
def closed_with_three_segments(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin()
    second.fin()
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


@scenario()
def fin_completes_opening(conn):
    """The ACK of the SYN-ACK carries the FIN already."""
    conn.client.syn()
    conn.server.synack()
    conn.client.fin(conn.rng.choice((0, 1, 700)))
    conn.server.ack()
    conn.stands("FIN_WAIT_2", "CLOSE_WAIT", closed_by="client")


@scenario()
def fin_with_data(conn):
    conn.open()
    first, second = conn.either()
    first.fin(conn.rng.randint(1, 1300))
    second.ack()
    second.fin(conn.rng.randint(1, 1300))
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


@scenario()
def simultaneous_close(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin(hold=True)
    second.fin(hold=True)
    first.read()
    second.read()
    first.ack()
    second.ack()
    conn.stands("TIME_WAIT", "TIME_WAIT", closed_by=conn.name_of(first), end="fin")


@scenario()
def simultaneous_close_by_fin_again(conn):
    """BSD acknowledges the FIN that crossed its own with its own once more."""
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin(hold=True)
    second.fin(hold=True)
    first.read()
    second.read()
    second.ack()
    first.fin()
    first.ack()
    conn.stands("TIME_WAIT", "TIME_WAIT", closed_by=conn.name_of(first), end="fin")


@scenario()
def simultaneous_close_unfinished(conn):
    """The FINs cross, and neither is acknowledged."""
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin(hold=True)
    second.fin(hold=True)
    conn.stands("CLOSING", "CLOSING", closed_by=conn.name_of(first))


@scenario()
def simultaneous_close_half_finished(conn):
    """The FINs cross; only the second one's is acknowledged."""
    conn.open()
    first, second = conn.either()
    first.fin(hold=True)
    second.fin(hold=True)
    first.read()
    first.ack()
    conn.stands_by(second, "TIME_WAIT", "CLOSING", closed_by=conn.name_of(first))


@scenario()
def half_closed_by_client(conn):
    conn.open()
    conn.talk()
    conn.client.fin()
    conn.server.ack()
    conn.stands("FIN_WAIT_2", "CLOSE_WAIT", closed_by="client")


@scenario()
def half_closed_by_server(conn):
    conn.open()
    conn.talk()
    conn.server.fin()
    conn.client.ack()
    conn.stands("CLOSE_WAIT", "FIN_WAIT_2", closed_by="server")


@scenario()
def data_after_half_close(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin()
    second.ack()
    for _ in range(conn.rng.randint(1, 3)):
        conn.say(second)
    conn.stands_by(first, "FIN_WAIT_2", "CLOSE_WAIT", closed_by=conn.name_of(first))


@scenario()
def data_after_half_close_then_close(conn):
    conn.open()
    first, second = conn.either()
    first.fin()
    second.ack()
    conn.say(second)
    second.fin(conn.rng.choice((0, 333)))
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


@scenario()
def fin_unanswered(conn):
    """Sent once: it passed the tap, so it counts as received."""
    conn.open()
    conn.talk()
    first, _ = conn.either()
    first.fin(hold=True)
    conn.stands_by(first, "FIN_WAIT_1", "CLOSE_WAIT", closed_by=conn.name_of(first))


@scenario()
def fin_repeated_unanswered(conn):
    """Sent again and again: nobody is there, and the peer shows what it last showed."""
    conn.open()
    conn.talk()
    first, _ = conn.either()
    first.fin(hold=True)
    for _ in range(conn.rng.randint(2, 5)):
        first.fin_again()
    conn.stands_by(first, "FIN_WAIT_1", "ESTABLISHED", closed_by=conn.name_of(first))


@scenario()
def fin_not_acknowledged_with_its_data(conn):
    """The ACK that follows the FIN is of the data before it only."""
    conn.open()
    first, second = conn.either()
    first.data(conn.rng.randint(1, 1300))
    first.fin(hold=True)
    second.ack()
    conn.stands_by(first, "FIN_WAIT_1", "CLOSE_WAIT", closed_by=conn.name_of(first))


@scenario()
def fin_out_of_order(conn):
    """The FIN overtakes the last data."""
    conn.open()
    first, second = conn.either()
    start = first.write(conn.rng.randint(1, 1300))
    end = len(first.stream)
    first.segment(FIN | ACK, first.iss + 1 + end)
    first.send(start, end)
    second.ack()
    second.fin()
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


@scenario()
def retransmitted_fin(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin(hold=True)
    first.fin_again()
    second.ack()
    if conn.rng.random() < 0.5:
        conn.stands_by(first, "FIN_WAIT_2", "CLOSE_WAIT", closed_by=conn.name_of(first))
        return
    second.fin(hold=True)
    second.fin_again()
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")


@scenario()
def last_ack_missing(conn):
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin()
    second.ack()
    second.fin(hold=True)
    conn.stands_by(first, "TIME_WAIT", "LAST_ACK", closed_by=conn.name_of(first))


@scenario()
def last_ack_repeated(conn):
    """The second FIN is sent again unanswered: its receiver goes back to FIN_WAIT_2."""
    conn.open()
    conn.talk()
    first, second = conn.either()
    first.fin()
    second.ack()
    second.fin(hold=True)
    for _ in range(conn.rng.randint(2, 4)):
        second.fin_again()
    conn.stands_by(first, "FIN_WAIT_2", "LAST_ACK", closed_by=conn.name_of(first))


@scenario()
def last_ack_sent_twice(conn):
    """The last ACK is lost behind the tap: FIN and ACK come once more."""
    conn.open()
    conn.talk()
    first, second = conn.either()
    close(first, second)
    second.fin_again()
    first.ack()
    conn.stands_by(first, "TIME_WAIT", "CLOSED", closed_by=conn.name_of(first), end="fin")
