# SPDX-License-Identifier: BSD-3-Clause
"""Frames of connections that are known in advance, for a NIC to receive.

Each connection opens, sends a byte and stays; every eighth has a question and an answer over UDP
beside it. Both directions of each are there, so what parts them shows as flows of one direction.
"""
import struct

from replay_wire import ACK, PSH, SYN, TCP, UDP, Path, segment_tcp, segment_udp

HEAD = bytes.fromhex('020000000002' '020000000001' '0800')
SHORTEST, WINDOW, FIRST_PORT, PORTS = 60, 8192, 20000, 40000
UDP_EVERY, SERVERS = 8, 5
# Who sends, sequence number, acknowledgement, flags, data.
OPENING = (
    ('client', 100, 0, SYN, b''),
    ('server', 900, 101, SYN | ACK, b''),
    ('client', 101, 901, ACK, b''),
    ('client', 101, 901, ACK | PSH, b'x'),
    ('server', 901, 102, ACK, b''),
)


def frame(path, proto, segment, ident):
    return (HEAD + path.datagram(proto, segment, ident)).ljust(SHORTEST, b'\0')


def frames(count, first=0):
    """Of `count` connections, numbered from `first`."""
    made = []
    for i in range(first, first + count):
        client, server = struct.pack('>I', 0x0a010000 + i), bytes((10, 2, 0, i % SERVERS + 1))
        there, back = Path(client, server, 64, 0), Path(server, client, 64, 0)
        port = FIRST_PORT + i % PORTS
        for n, (who, seq, ack, flags, data) in enumerate(OPENING):
            path, ports = (there, (port, 443)) if who == 'client' else (back, (443, port))
            segment = segment_tcp(path, *ports, seq, ack, flags, WINDOW, b'', data)
            made.append(frame(path, TCP, segment, n + 1))
        if i % UDP_EVERY == 0:
            made.append(frame(there, UDP, segment_udp(there, port, 53, b'q'), 1))
            made.append(frame(back, UDP, segment_udp(back, 53, port, b'a'), 2))
    return made


def flows(count, first=0):
    """How many rows these are."""
    return count + sum(i % UDP_EVERY == 0 for i in range(first, first + count))
