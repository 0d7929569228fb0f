# SPDX-License-Identifier: BSD-3-Clause
"""Bytes of packets, frames and capture files, written by hand with struct.

For whom: replay_host builds its segments here, replay_make its files. Nothing here knows a
connection or a state. All checksums are real, so that any other reader of the captures (tshark
with checksum validation) can judge them too.

Lengths: an IP datagram is what `bytes` of a report counts; padding and trailers are added by the
link layer after it, and must be counted by nobody.
"""
import random
import struct

SYN, FIN, RST, PSH, ACK, ECE, CWR = 0x02, 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
TCP, UDP = 6, 17
MASK = 0xffffffff

ETHER_IP4, ETHER_IP6, ETHER_VLAN, ETHER_QINQ = 0x0800, 0x86dd, 0x8100, 0x88a8

LINKTYPES = {"ethernet": 1, "raw": 101, "sll": 113, "sll2": 276, "null": 0}
FORMATS = ("pcap", "pcapng", "nsec", "swapped")

# What LINKTYPE_NULL calls IPv6 on NetBSD, FreeBSD and Darwin; IPv4 is 2 everywhere.
AF_INET6_BSD = (24, 28, 30)


def checksum(data):
    """RFC 1071, as one long division: 65536 is 1 modulo 65535, so the remainder is the sum."""
    if len(data) & 1:
        data += b"\0"
    total = int.from_bytes(data, "big")
    return 0 if not total else 0xffff - (total % 0xffff or 0xffff)


class Path:
    """One direction between two hosts: everything of the IP header that stays the same."""

    def __init__(self, src, dst, ttl, tos, options=b"", extensions=(), label=0):
        self.src, self.dst, self.ttl, self.tos = src, dst, ttl, tos
        self.options, self.extensions, self.label = options, extensions, label

    def datagram(self, proto, segment, ident):
        """An IP datagram around a transport segment whose checksum field is already filled."""
        if len(self.src) == 4:
            return self._ip4(proto, segment, ident)
        return self._ip6(proto, segment)

    def pseudo(self, proto, length):
        if len(self.src) == 4:
            return self.src + self.dst + struct.pack(">BBH", 0, proto, length)
        return self.src + self.dst + struct.pack(">IHBB", length, 0, 0, proto)

    def _ip4(self, proto, segment, ident):
        size = 20 + len(self.options)
        head = bytearray(struct.pack(">BBHHHBBH4s4s", 0x40 | size >> 2, self.tos,
                                     size + len(segment), ident & 0xffff, 0x4000, self.ttl, proto,
                                     0, self.src, self.dst) + self.options)
        struct.pack_into(">H", head, 10, checksum(bytes(head)))
        return bytes(head) + segment

    def _ip6(self, proto, segment):
        first, chain = proto, b""
        for number, body in reversed(self.extensions):
            chain = bytes((first, len(body) // 8 - 1)) + body[2:] + chain
            first = number
        head = struct.pack(">IHBB16s16s", 6 << 28 | self.tos << 20 | self.label,
                           len(chain) + len(segment), first, self.ttl, self.src, self.dst)
        return head + chain + segment


def options_ip4(rng):
    """Router Alert, or an empty Record Route of some slots, or a Timestamp request; whole words."""
    kind = rng.randrange(3)
    if kind == 0:
        return b"\x94\x04\0\0"
    slots = rng.randint(1, 8)
    if kind == 1:
        return bytes((7, 3 + 4 * slots, 4)) + bytes(4 * slots) + b"\0"
    return bytes((68, 4 + 4 * slots, 5, 0)) + bytes(4 * slots)


def extensions_ip6(rng):
    """Hop-by-hop and destination options, singly or together, padded to eight bytes (RFC 8200)."""
    def padded(length):
        return b"\0\0" + bytes((1, length - 4)) + bytes(length - 4)

    hop = (0, b"\0\0\x05\x02\0\0\x01\0" if rng.random() < 0.5 else padded(16))
    destination = (60, padded(rng.choice((8, 16, 24))))
    return rng.choice(((hop,), (destination,), (hop, destination)))


def segment_tcp(path, sport, dport, seq, ack, flags, window, options, data):
    head = bytearray(struct.pack(">HHIIBBHHH", sport, dport, seq & MASK, ack & MASK,
                                 (20 + len(options)) << 2, flags, window, 0, 0) + options)
    whole = path.pseudo(TCP, len(head) + len(data)) + bytes(head) + data
    struct.pack_into(">H", head, 16, checksum(whole))
    return bytes(head) + data


def segment_udp(path, sport, dport, data):
    head = bytearray(struct.pack(">HHHH", sport, dport, 8 + len(data), 0))
    whole = path.pseudo(UDP, 8 + len(data)) + bytes(head) + data
    struct.pack_into(">H", head, 6, checksum(whole) or 0xffff)
    return bytes(head) + data


def option_mss(mss):
    return struct.pack(">BBH", 2, 4, mss)


def option_timestamps(value, echo):
    return struct.pack(">BBII", 8, 10, value & MASK, echo & MASK)


def option_sack(left, right):
    return struct.pack(">BBII", 5, 10, left & MASK, right & MASK)


def padded_options(options):
    return options + b"\1" * (-len(options) & 3)


def options_syn(mss, wscale=None, sack=False, stamps=None):
    """A SYN's options in the order Linux writes them; stamps is (value, echo)."""
    options = option_mss(mss)
    if sack:
        options += b"\4\2"
    if stamps:
        options += option_timestamps(*stamps)
    if wscale is not None:
        options += b"\1\3\3" + bytes((wscale,))
    return padded_options(options)


class Link:
    """The frames of one connection on one kind of link: direction 0 is client to server."""

    def __init__(self, kind, rng, little=True):
        self.kind, self.rng, self.little = kind, rng, little
        self.vlan = None  # outermost identifier of direction 0, for the truth
        self.tags = (b"", b"")
        self.padded = rng.random() < 0.6
        self.trailer = rng.random() < 0.1
        self.macs = [b"\x02" + rng.randbytes(5) for _ in range(2)]
        self.family6 = rng.choice(AF_INET6_BSD)
        if kind == "ethernet":
            self._choose_tags()

    def _choose_tags(self):
        rng = self.rng
        kind = rng.choices(("none", "vlan", "qinq", "split"), (55, 25, 12, 8))[0]
        if kind == "none":
            return

        def tag(ethertype, vid):
            return struct.pack(">HH", ethertype, rng.randrange(8) << 13 | vid)

        self.vlan, other, inner = rng.sample(range(1, 4095), 3)
        if kind == "vlan":
            self.tags = (tag(ETHER_VLAN, self.vlan),) * 2
        elif kind == "qinq":
            outer = rng.choice((ETHER_QINQ, ETHER_VLAN))
            self.tags = (tag(outer, self.vlan) + tag(ETHER_VLAN, inner),) * 2
        else:  # a mirror whose two directions come from ports of different VLANs
            self.tags = (tag(ETHER_VLAN, self.vlan), tag(ETHER_VLAN, other))
            self.vlans = (self.vlan, other)

    def vlan_of(self, direction):
        return getattr(self, "vlans", (self.vlan, self.vlan))[direction]

    def frame(self, datagram, direction):
        return getattr(self, "_" + self.kind)(datagram, direction)

    def _ethertype(self, datagram):
        return struct.pack(">H", ETHER_IP4 if datagram[0] >> 4 == 4 else ETHER_IP6)

    def _ethernet(self, datagram, direction):
        frame = (self.macs[1 - direction] + self.macs[direction] + self.tags[direction] +
                 self._ethertype(datagram) + datagram)
        if self.padded and len(frame) < 60:
            frame += self.rng.randbytes(60 - len(frame))
        return frame + self.rng.randbytes(4) if self.trailer else frame

    def _raw(self, datagram, direction):
        return datagram

    def _null(self, datagram, direction):
        family = 2 if datagram[0] >> 4 == 4 else self.family6
        return struct.pack("<I" if self.little else ">I", family) + datagram

    def _sll(self, datagram, direction):
        return (struct.pack(">HHH", 4 * direction, 1, 6) + self.macs[direction] + b"\0\0" +
                self._ethertype(datagram) + datagram)

    def _sll2(self, datagram, direction):
        return (self._ethertype(datagram) + struct.pack(">HIHBB", 0, 2, 1, 4 * direction, 6) +
                self.macs[direction] + b"\0\0" + datagram)


def capture_write(name, packets, link="ethernet", form="pcap", snaplen=262144, seed=0):
    """Writes [(time_us, frame)] in time order; the order of the list settles equal times. link: a
    name, or a number of a link type."""
    packets = sorted(packets, key=lambda packet: packet[0])
    write = _pcapng if form == "pcapng" else _pcap
    body = write(packets, LINKTYPES.get(link, link), form, snaplen, seed)
    with open(name, "wb") as out:
        out.write(b"".join(body))


def _nanoseconds(packets, seed):
    """Adds to each time a part below a microsecond, which the truth cuts off; order is kept."""
    rng = random.Random(seed)
    before_ns = 0
    for time_us, frame in packets:
        time_ns = time_us * 1000 + rng.choice((0, rng.randrange(1000)))
        before_ns = max(time_ns, before_ns)
        yield before_ns, frame


def _pcap(packets, linktype, form, snaplen, seed):
    order = ">" if form == "swapped" else "<"
    magic, parts = (0xa1b23c4d, 1000000000) if form == "nsec" else (0xa1b2c3d4, 1000000)
    yield struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, linktype)
    head = struct.Struct(order + "IIII")
    for stamp, frame in _nanoseconds(packets, seed) if form == "nsec" else packets:
        second, fraction = divmod(stamp, parts)
        yield head.pack(second, fraction, min(len(frame), snaplen), len(frame))
        yield frame[:snaplen]


def ng_block(kind, body, order="<"):
    """A block of pcapng; its body is in that byte order already."""
    body += bytes(-len(body) & 3)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size)


def ng_section(order="<"):
    return ng_block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)


def _pcapng(packets, linktype, form, snaplen, seed):
    """Two interfaces, one in microseconds and one in nanoseconds, and blocks a reader may skip."""
    yield ng_section()
    interface = struct.pack("<HHI", linktype, 0, snaplen)
    yield ng_block(1, interface)
    yield ng_block(1, interface + struct.pack("<HHB3xHH", 9, 1, 9, 0, 0))
    yield ng_block(4, bytes(4))  # names: none
    for time_ns, frame in _nanoseconds(packets, seed):
        port = 1 if time_ns % 1000 else 0
        stamp = time_ns if port else time_ns // 1000
        data = frame[:snaplen]
        yield ng_block(6, struct.pack("<IIIII", port, stamp >> 32, stamp & MASK, len(data),
                                      len(frame)) + data)
    yield ng_block(5, bytes(12))  # statistics of the first interface
