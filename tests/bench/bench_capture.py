#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes large captures fast, for benchmarks of the whole daemon and of `spanstat -r`.

usage: bench_capture.py --flows N --packets M --out FILE [--order random|zipf] [--size BYTES]
                        [--proto udp|tcp|mix] [--opening seen|midstream] [--seed S]

N flows and M packets in all, Ethernet and IPv4, each frame --size bytes in the file (without the
frame check sequence, as in any capture). The order of flows is never that in which they were made:

  random  every flow has M / N packets (some one more), all shuffled
  zipf    the flow of each packet is drawn with weight 1 / rank^skew; ranks are given at random,
          and flows of the tail may get no packet

A TCP flow goes on as far as its packets reach: SYN, SYN-ACK, ACK (unless midstream), then data of
the client, ACK of the server, data, ACK ... with sequence numbers that fit, and data to the end of
the frame; ACKs are padded. A UDP flow asks and is answered in turn. IP identifications differ from
packet to packet and checksums are right. When a file is looped (net_pcap's infinite_rx), its TCP
flows repeat from the second round on what they sent in the first.

Cost: a frame is a template with eight fields written into it, four microseconds a packet. Memory:
some hundred bytes a flow and four bytes a packet.
"""
import argparse
import array
import itertools
import random
import struct

START_SEC = 1767225600  # 2026-01-01T00:00:00Z
ETHER, IP_AT, L4_AT = 14, 16 + 14, 16 + 34  # a template begins with the record's header
SYN, PSH, ACK = 0x02, 0x08, 0x10
TCP, UDP = 6, 17
WINDOW = 0xfa00
RECORD, WORD, NUMBERS = struct.Struct("<II"), struct.Struct(">H"), struct.Struct(">II")
PORTS = (443, 80, 53, 22, 5432, 8080)


def word_sum(data):
    """The sum of the 16-bit words of data, not yet folded into 16 bits."""
    if len(data) & 1:
        data += b"\0"
    return sum(struct.unpack(f">{len(data) // 2}H", data))


def folded(total):
    """A checksum from a sum of words."""
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


class Flow:
    """One connection: both directions' templates, and how far it is."""

    __slots__ = ("proto", "ends", "seq", "step", "ident")

    def __init__(self, proto, ends, seq, step, ident):
        self.proto, self.ends, self.seq, self.step, self.ident = proto, ends, seq, step, ident


def flows_make(count, kind, midstream, rng):
    """Flows with different client sockets in 10.0.0.0/8 and servers in 172.16.0.0/12."""
    flows, taken = [], set()
    while len(flows) < count:
        client = rng.randrange(1 << 24) << 16 | rng.randrange(1024, 65536)
        if client in taken:
            continue
        taken.add(client)
        proto = {"udp": UDP, "tcp": TCP}.get(kind) or (TCP, UDP)[len(flows) & 1]
        one = struct.pack(">IH", 10 << 24 | client >> 16, client & 0xffff)
        other = struct.pack(">IH", 0xac100000 | rng.randrange(1, 1 << 16), rng.choice(PORTS))
        flows.append(Flow(proto, (one, other), [rng.getrandbits(32), rng.getrandbits(32)],
                          3 if midstream and proto == TCP else 0, rng.getrandbits(16)))
    return flows


def order_make(flows, packets, order, skew, rng):
    """The flow's number for each packet."""
    if order == "random":
        out = array.array("I", itertools.islice(itertools.cycle(range(flows)), packets))
        rng.shuffle(out)
        return out
    ranks = list(range(flows))
    rng.shuffle(ranks)
    weights = itertools.accumulate(1 / (rank + 1) ** skew for rank in range(flows))
    return array.array("I", rng.choices(ranks, cum_weights=list(weights), k=packets))


class Frames:
    """Templates of one frame size: a record of a capture file, and the sums of what stays."""

    def __init__(self, size, rng):
        self.size = size
        self.room = {TCP: size - ETHER - 40, UDP: size - ETHER - 28}
        self.data = rng.randbytes(size)
        self.data_sum = {proto: word_sum(self.data[:room]) for proto, room in self.room.items()}
        self.heads = {(proto, full): self._head(proto, full)
                      for proto in (TCP, UDP) for full in (0, 1)}

    def _head(self, proto, full):
        """A record whose addresses, ports, numbers, time and checksums are still zero."""
        room = self.room[proto] if full else 0
        l4 = 20 if proto == TCP else 8
        out = bytearray(16 + self.size)
        struct.pack_into("<II", out, 8, self.size, self.size)
        out[16:30] = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0"
        struct.pack_into(">BBHHHBB", out, IP_AT, 0x45, 0, 20 + l4 + room, 0, 0x4000, 61, proto)
        if proto == TCP:
            struct.pack_into(">BBH", out, L4_AT + 12, 0x50, 0, WINDOW)
        else:
            struct.pack_into(">H", out, L4_AT + 4, l4 + room)
        out[L4_AT + l4:L4_AT + l4 + room] = self.data[:room]
        head_sum = word_sum(bytes(out[IP_AT:L4_AT]))
        body_sum = (proto + l4 + room + word_sum(bytes(out[L4_AT:L4_AT + l4])) +
                    (self.data_sum[proto] if full else 0))
        return out, head_sum, body_sum


def tcp_next(flow, room):
    """The flow's next segment: direction, seq, ack, flags, whether it carries data. Moves on."""
    step, seq = flow.step, flow.seq
    flow.step = step + 1
    if step == 0:
        out = (0, seq[0], 0, SYN, 0)
        seq[0] = seq[0] + 1 & 0xffffffff
    elif step == 1:
        out = (1, seq[1], seq[0], SYN | ACK, 0)
        seq[1] = seq[1] + 1 & 0xffffffff
    elif step & 1 and room:  # 3, 5, ...: the client's data; even steps acknowledge it
        out = (0, seq[0], seq[1], PSH | ACK, 1)
        seq[0] = seq[0] + room & 0xffffffff
    else:
        out = (0 if step == 2 else 1, seq[step != 2], seq[step == 2], ACK, 0)
    return out


def udp_next(flow):
    flow.step += 1
    return 1 - (flow.step & 1), 0, 0, 0, 1


def ends_of(flow, direction):
    """Source and destination addresses, then ports, as they lie in the packet."""
    one, other = flow.ends[direction], flow.ends[1 - direction]
    return one[:4] + other[:4], one[4:] + other[4:]


def write(out, flows, order, frames):
    """All packets, a microsecond apart, in chunks so that memory stays bounded."""
    stride = 16 + frames.size
    for first in range(0, len(order), 65536):
        chunk = order[first:first + 65536]
        buffer = bytearray(stride * len(chunk))
        for at, number in zip(range(0, len(buffer), stride), chunk):
            packet_write(buffer, at, flows[number], frames)
        stamps = range(first, first + len(chunk))
        for at, now_us in zip(range(0, len(buffer), stride), stamps):
            RECORD.pack_into(buffer, at, START_SEC + now_us // 1000000, now_us % 1000000)
        out.write(buffer)


def packet_write(buffer, at, flow, frames):
    """One record at this place of the buffer, but for its time."""
    tcp = flow.proto == TCP
    direction, seq, ack, flags, full = (tcp_next(flow, frames.room[TCP]) if tcp else
                                        udp_next(flow))
    head, head_sum, body_sum = frames.heads[flow.proto, full]
    buffer[at:at + len(head)] = head
    addresses, ports = ends_of(flow, direction)
    buffer[at + IP_AT + 12:at + L4_AT + 4] = addresses + ports
    flow.ident = ident = flow.ident + 1 & 0xffff
    WORD.pack_into(buffer, at + IP_AT + 4, ident)
    # 65536 is 1 modulo 65535, so a sum of words is as good as a sum of longer numbers.
    ends_sum = int.from_bytes(addresses, "big") % 0xffff
    WORD.pack_into(buffer, at + IP_AT + 10, folded(head_sum + ident + ends_sum))
    body_sum += ends_sum + int.from_bytes(ports, "big") % 0xffff
    if tcp:
        NUMBERS.pack_into(buffer, at + L4_AT + 4, seq, ack)
        buffer[at + L4_AT + 13] = flags
        WORD.pack_into(buffer, at + L4_AT + 16, folded(body_sum + (seq + ack) % 0xffff + flags))
    else:
        WORD.pack_into(buffer, at + L4_AT + 6, folded(body_sum) or 0xffff)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flows", type=int, required=True)
    parser.add_argument("--packets", type=int, required=True, help="of all flows together")
    parser.add_argument("--out", required=True, metavar="FILE")
    parser.add_argument("--order", choices=("random", "zipf"), default="random")
    parser.add_argument("--skew", type=float, default=1.0, help="exponent of zipf")
    parser.add_argument("--size", type=int, default=64, help="bytes of a frame in the file")
    parser.add_argument("--proto", choices=("udp", "tcp", "mix"), default="mix")
    parser.add_argument("--opening", choices=("seen", "midstream"), default="seen")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if not 60 <= given.size <= 1514:
        parser.error("--size: 60 to 1514")
    if not 0 < given.flows <= 1 << 28 or given.packets <= 0:
        parser.error("--flows and --packets: at least one")
    return given


def main():
    given = arguments()
    rng = random.Random(given.seed)
    flows = flows_make(given.flows, given.proto, given.opening == "midstream", rng)
    order = order_make(given.flows, given.packets, given.order, given.skew, rng)
    with open(given.out, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        write(out, flows, order, Frames(given.size, rng))


if __name__ == "__main__":
    main()
