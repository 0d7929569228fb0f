# SPDX-License-Identifier: BSD-3-Clause
"""Two simulated hosts and the tap between them.

A Host is an ordinary end of a connection: it owns a byte stream, sends pieces of it, and
acknowledges what reached it. A Connection is the wire: it has the time, puts what hosts send into
the capture, and writes down what passed. A scenario (replay_scenario) tells hosts what to do and
says at the end which states they are in.

Nothing here looks at a packet to learn something: counts are taken while sending, acknowledgement
numbers come from what the host received, states from the scenario's own words. The truth thus
shares no thought with the tracker that it judges.

Sequence numbers are plain integers that grow past 2^32 and are cut when they are written. Times
are microseconds since 1970.
"""
import base64
import hashlib
import ipaddress
import struct
import time

from replay_wire import (ACK, CWR, ECE, FIN, MASK, PSH, RST, SYN, TCP, UDP, Link, Path,
                         extensions_ip6, option_sack, option_timestamps, options_ip4,
                         options_syn, padded_options, segment_tcp, segment_udp)

SYN_AGAIN_US = (990000, 2000000)  # RFC 6298: hosts wait a second
RETRANSMIT_US = (210000, 900000)  # a repetition never comes sooner: not to be taken for a copy


def time_text(time_us):
    second, micro = divmod(time_us, 1000000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{micro:06d}Z"


def community_id(proto, *sockets):
    """Version 1 with seed 0 of https://github.com/corelight/community-id-spec."""
    (one, port), (other, other_port) = sorted((ipaddress.ip_address(addr).packed, port)
                                              for addr, port in sockets)
    number = {"tcp": TCP, "udp": UDP}[proto]
    text = struct.pack(">H", 0) + one + other + struct.pack(">BBHH", number, 0, port, other_port)
    return "1:" + base64.b64encode(hashlib.sha1(text).digest()).decode()


class Host:
    """One end. `side` is 0 for the client and 1 for the server."""

    def __init__(self, conn, side, addr, port):
        rng = conn.rng
        self.conn, self.side, self.addr, self.port = conn, side, addr, port
        self.ident = rng.randrange(65536)
        self.stamp_base = rng.randrange(1 << 32)
        self.wscale = rng.randrange(1, 10)
        self.unseen = False  # its packets travel, but not past the tap
        self.begin(rng.randrange(1 << 32))

    def begin(self, iss):
        """A new connection from this socket: new numbers, new stream, new counts."""
        self.iss, self.nxt, self.rcv = iss, iss, None
        self.stream, self.shown = bytearray(), bytearray()
        self.pending, self.inbox = [], []
        self.stamp_recent = 0
        self.window = self.conn.rng.randrange(60000, 65536)
        self.packets = self.bytes = self.payload = 0
        self.again = self.retransmitted_bytes = 0  # of what the tap has seen before
        self.controls, self.offer = set(), {}

    # --- what a scenario asks for ---

    def syn(self, **how):
        flags = SYN | (ECE | CWR if self.conn.ecn else 0)
        self.segment(flags, self.iss, **how)

    def synack(self, **how):
        self.segment(SYN | ACK | (ECE if self.conn.ecn else 0), self.iss, **how)

    def ack(self, **how):
        self.segment(ACK, self.nxt, **how)

    def write(self, count):
        """Puts count new bytes into the stream; returns where they begin."""
        start = len(self.stream)
        self.stream += self.conn.rng.randbytes(count)
        self.shown += bytes(count)
        return start

    def send(self, start, end, flags=ACK | PSH, **how):
        """Sends stream[start:end], for the first time or again."""
        self.segment(flags, self.iss + 1 + start, self.stream[start:end], **how)
        if not self.unseen and self.conn.tap and not how.get("missed"):
            self.payload += self.shown[start:end].count(0)
            self.shown[start:end] = b"\1" * (end - start)

    def data(self, count, flags=ACK | PSH, **how):
        """New bytes in one segment; returns its bounds in the stream."""
        start = self.write(count)
        self.send(start, start + count, flags, **how)
        return start, start + count

    def fin(self, count=0, **how):
        """FIN, alone or with the last bytes of the stream; again if it was sent before."""
        start = self.write(count)
        self.send(start, start + count, FIN | ACK | (PSH if count else 0), **how)

    def fin_again(self):
        end = len(self.stream)
        self.send(end, end, FIN | ACK, wait=RETRANSMIT_US)

    def rst(self, flags=RST | ACK, **how):
        self.segment(flags, how.pop("seq", self.nxt), **how)

    def read(self):
        """Takes what was held up on the way to this host."""
        for arrival in self.inbox:
            self._receive(*arrival)
        self.inbox = []

    def datagram(self, count):
        conn = self.conn
        conn.tick(self)
        path = conn.paths[self.side]
        data = conn.rng.randbytes(count)
        self._emit(UDP, segment_udp(path, self.port, self.peer.port, data))
        if not self.unseen:
            self.payload += count

    # --- how it is done ---

    @property
    def peer(self):
        return self.conn.hosts[1 - self.side]

    def segment(self, flags, seq, data=b"", ack=None, hold=False, missed=False, wait=None,
                window=None, sack=None):
        """One TCP segment. hold: it has not reached the peer before the peer reads; missed: the
        mirror loses it; wait: (least, most) microseconds since the packet before."""
        conn, peer = self.conn, self.peer
        conn.tick(self, wait)
        if ack is None:
            ack = self.rcv if flags & ACK and self.rcv is not None else 0
        value = self.stamp_base + conn.now // 1000
        options = self._options(flags, value, sack)
        if window is None:
            window = self._window(flags)
        path = conn.paths[self.side]
        if not (self.unseen or missed or not conn.tap):
            self._count(flags, seq, len(data))
            conn.witness(self, flags)
        self._emit(TCP, segment_tcp(path, self.port, peer.port, seq, ack, flags, window, options,
                                    bytes(data)), missed)
        end = seq + len(data) + (1 if flags & (SYN | FIN) else 0)
        if not flags & RST:
            self.nxt = max(self.nxt, end)
            peer.inbox.append((seq, end, flags, value))
            if not hold:
                peer.read()

    def _count(self, flags, seq, length):
        """Bytes, SYN or FIN that the tap has seen before: repeated, but for probes of one byte."""
        start = seq - self.iss - 1
        seen = self.shown[start:start + length].count(1)
        control = flags & (SYN | FIN)
        if seen > 1 or (control and control in self.controls):
            self.again += 1
            self.retransmitted_bytes += seen
        if control:
            self.controls.add(control)
        if flags & SYN and not self.offer:
            conn = self.conn
            self.offer = {"mss": 1460 if conn.family == 4 else 1440, "sack": conn.sack}
            if conn.scaled:
                self.offer["wscale"] = self.wscale

    def _options(self, flags, value, sack):
        conn = self.conn
        if flags & RST:
            return b""
        if flags & SYN:
            stamps = (value, self.stamp_recent if flags & ACK else 0) if conn.stamps else None
            return options_syn(1460 if conn.family == 4 else 1440,
                               self.wscale if conn.scaled else None, conn.sack, stamps)
        options = b"\1\1" + option_timestamps(value, self.stamp_recent) if conn.stamps else b""
        if sack and conn.sack:
            options += option_sack(*sack)
        return padded_options(options)

    def _window(self, flags):
        if flags & RST:
            return 0
        scale = self.wscale if self.conn.scaled and not flags & SYN else 0
        return self.window >> scale

    def _emit(self, proto, segment, missed=False):
        conn = self.conn
        self.ident += conn.rng.randint(1, 3)
        datagram = conn.paths[self.side].datagram(proto, segment, self.ident)
        if self.unseen or missed or not conn.tap:
            return
        self.packets += 1
        self.bytes += len(datagram)
        conn.record(self, datagram)

    def _receive(self, seq, end, flags, value):
        if flags & SYN:
            self.rcv = max(self.rcv or 0, end)
        elif self.rcv is None:
            return
        else:
            self.pending.append((seq, end))
            self.pending.sort()
            for left, right in self.pending:
                if left <= self.rcv < right:
                    self.rcv = right
        self.stamp_recent = value


class Connection:
    """Two hosts, their path and the tap; makes one row of truth, or more if its sockets are used
    again. `client` and `server` are Hosts."""

    def __init__(self, rng, family, client, server, start_us, link="ethernet", little=True):
        self.rng, self.family, self.now = rng, family, start_us
        self.link = link(rng, family) if callable(link) else Link(link, rng, little)
        self.tap = True
        self.stamps, self.scaled, self.sack, self.ecn = (rng.random() < p
                                                         for p in (.6, .7, .7, .2))
        self.rtt = rng.choice((200, 1000, 8000, 40000, 90000))
        self.paths = self._paths(client[0], server[0])
        self.last_side = None
        self.proto = "tcp"
        self.frames, self.rows, self.recent = [], [], {}
        self.opened = self.last = None
        self.copies, self.handshake = 0, []
        self.hosts = ()
        self.hosts = (Host(self, 0, *client), Host(self, 1, *server))
        self.client, self.server = self.hosts

    def _paths(self, client, server):
        rng, packed = self.rng, lambda addr: ipaddress.ip_address(addr).packed
        plain = rng.random() < 0.7
        options = b"" if plain or self.family == 6 else options_ip4(rng)
        chain = () if plain or self.family == 4 else extensions_ip6(rng)
        ends = (packed(client), packed(server))
        return tuple(Path(ends[i], ends[1 - i], rng.choice((64, 128, 255)) - rng.randrange(20),
                          rng.choice((0, 0, 0x10, 0xb8)), options, chain, rng.randrange(1 << 20))
                     for i in (0, 1))

    # --- the wire ---

    def tick(self, host, wait=None):
        """Lets time pass before a packet of host."""
        if wait:
            self.now += self.rng.randint(*wait)
        elif self.last_side in (None, host.side):
            self.now += self.rng.randint(20, 400)
        else:
            self.now += self.rtt // 2 + self.rng.randint(20, 500)
        self.last_side = host.side

    def pause(self, least_sec, most_sec):
        self.now += int(self.rng.uniform(least_sec, most_sec) * 1000000)

    def record(self, host, datagram):
        before = self.recent.get(host.side)
        if before and before[1] == datagram and self.now - before[0] < 200000:
            raise AssertionError("two different packets that look like one sent twice")
        self.recent[host.side] = (self.now, datagram)
        if self.opened is None:
            self.opened, self.first_side = self.now, host.side
        self.last = self.now
        self.frames.append((self.now, self.link.frame(datagram, host.side)))

    def witness(self, host, flags):
        """Notes the segments of the handshake that the tap sees, and the first one after them."""
        kind = flags & (SYN | ACK | RST | FIN)
        if kind & SYN or len(self.handshake) == 2:
            self.handshake.append((self.now, kind, host))

    def round_trips(self):
        """The handshake's times to either end, where it went by the book before the tap."""
        book = [(SYN, self.client), (SYN | ACK, self.server), (ACK, self.client)]
        if [(kind, host) for _, kind, host in self.handshake] != book:
            return {}
        syn, synack, ack = (moment for moment, _, _ in self.handshake)
        return {"client": (ack - synack) / 1e6, "server": (synack - syn) / 1e6}

    def mirror_twice(self):
        """The mirror shows the last packet once more, as a copy one hop further."""
        copy = bytearray(self.recent[self.last_side][1])
        copy[7 if self.family == 6 else 8] -= 1
        if self.family == 4:
            total = int.from_bytes(copy[10:12], "big") + 0x100  # RFC 1624, for one less TTL
            copy[10:12] = ((total & 0xffff) + (total >> 16)).to_bytes(2, "big")
        self.now += self.rng.randint(2, 90)
        self.frames.append((self.now, self.link.frame(bytes(copy), self.last_side)))
        self.copies += 1

    # --- pieces of conversation that scenarios share ---

    def open(self):
        self.client.syn()
        self.server.synack()
        self.client.ack()

    def say(self, host, segments=None):
        """Some segments of new data, acknowledged as a stack would: every second and the last."""
        rng = self.rng
        segments = segments or rng.randint(1, 4)
        for i in range(segments):
            host.data(rng.choice((1, 17, 120, 536, 1300)) + rng.randrange(40),
                      ACK | (PSH if i == segments - 1 else 0))
            if i & 1 or i == segments - 1:
                host.peer.ack()

    def talk(self, least=0):
        for _ in range(self.rng.randint(least, 3)):
            self.say(self.client)
            self.say(self.server)

    def either(self):
        """One host at random, and the other."""
        return self.rng.choice((self.hosts, self.hosts[::-1]))

    # --- the truth ---

    def stands(self, client, server, closed_by=None, end=None, flags=(), unknown=()):
        """Says how the connection ends, or stands when the capture ends, and closes its row.
        unknown: names of ends whose payload the wire cannot tell."""
        row = {"proto": self.proto}
        for name, host, state in (("client", self.client, client), ("server", self.server, server)):
            row[name] = {"ip": host.addr, "port": host.port, "state": state,
                         "packets": host.packets, "bytes": host.bytes}
            if name not in unknown:
                row[name]["payload"] = host.payload
            row[name].update(host.offer)
            for key, value in (("retransmitted_packets", host.again),
                               ("retransmitted_bytes", host.retransmitted_bytes),
                               ("handshake_rtt", self.round_trips().get(name))):
                if value:
                    row[name][key] = value
        if self.copies:
            row["duplicates"] = self.copies
        row["community_id"] = community_id(self.proto, *((h.addr, h.port) for h in self.hosts))
        row["opened"], row["last"] = time_text(self.opened), time_text(self.last)
        vlan = self.link.vlan_of(self.first_side)
        for key, value in (("vlan", vlan), ("flags", list(flags)), ("closed_by", closed_by),
                           ("end", end)):
            if value:
                row[key] = value
        self.rows.append(row)

    def name_of(self, host):
        return ("client", "server")[host.side]

    def stands_by(self, host, own, peer, **how):
        """The same, said from one host's side."""
        states = (own, peer) if host is self.client else (peer, own)
        self.stands(*states, **how)

    def again(self, least_sec, most_sec):
        """The same sockets once more: a new connection, a new row."""
        self.pause(least_sec, most_sec)
        for host in self.hosts:
            host.begin(host.nxt + self.rng.randrange(100000, 1 << 30) & MASK)
        self.opened = self.last_side = None
        self.copies, self.handshake = 0, []

