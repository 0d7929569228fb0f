# SPDX-License-Identifier: BSD-3-Clause
"""Frames around packets, and what stands between a frame's addresses and its type: steps of
replay_wrap. Written by hand, so that they share no thought with the reader that they judge.
"""
import struct

from replay_wrap import ethertype_of, ppp_of, snap_of, wrapping

LENGTH_OF_SNAP = 8


@wrapping("ip", "frame")
def ethernet(wrap, ip, direction):
    return wrap.ether(ethertype_of(ip), ip, direction)


@wrapping("ip", "frame")
def snap(wrap, ip, direction):
    return wrap.ether(LENGTH_OF_SNAP + len(ip), snap_of(ip), direction) if len(ip) < 1490 else \
        wrap.ether(ethertype_of(ip), ip, direction)


@wrapping("ip", "frame")
def pppoe(wrap, ip, direction):
    body = ppp_of(ip)
    return wrap.ether(0x8864, struct.pack(">BBHH", 0x11, 0, wrap.number("session", 1, 65535),
                                          len(body)) + body, direction)


@wrapping("ip", "frame")
def mpls(wrap, ip, direction):
    labels = [wrap.number(f"label{i}", 16, (1 << 20) - 1, direction)
              for i in range(wrap.number("labels", 1, 4))]
    stack = b"".join(struct.pack(">I", label << 12 | 64 | (0x100 if i == len(labels) - 1 else 0))
                     for i, label in enumerate(labels))
    return wrap.ether(0x8847, stack + ip, direction)


@wrapping("ip", "frame")
def service_path(wrap, ip, direction):
    words = wrap.number("words", 2, 6)
    head = struct.pack(">BBBBI", 0x0f, 0xc0 | words, 2, 1 if ip[0] >> 4 == 4 else 2, 0x123 << 8)
    return wrap.ether(0x894f, head + bytes(4 * words - 8) + ip, direction)


@wrapping("frame", "frame")
def pseudowire(wrap, frame, direction):
    label = struct.pack(">I", wrap.number("label", 16, 99999, direction) << 12 | 0x100 | 64)
    word = struct.pack(">I", wrap.ident & 0xffff) if wrap.number("word", 0, 1) else b""
    return wrap.ether(0x8847, label + word + frame, direction)


@wrapping("frame", "frame")
def service_path_of_frames(wrap, frame, direction):
    return wrap.ether(0x894f, b"\x0f\xc2\x02\x03" + bytes(4) + frame, direction)


def put_tag(frame, tag):
    return frame[:12] + tag + frame[12:]


@wrapping("frame", "frame", vlan="vid")
def vlan(wrap, frame, _direction):
    kind = (0x8100, 0x88a8, 0x9100, 0x9200)[wrap.number("kind", 0, 3)]
    return put_tag(frame, struct.pack(">HH", kind, wrap.number("vid", 1, 4094)))


@wrapping("frame", "frame")
def priority(wrap, frame, _direction):
    return put_tag(frame, struct.pack(">HH", 0x8100, wrap.number("priority", 0, 7) << 13))


@wrapping("frame", "frame")
def vn_tag(wrap, frame, direction):
    return put_tag(frame, struct.pack(">HHH", 0x8926, wrap.number("interface", 1, 9, direction), 0))


@wrapping("frame", "frame")
def e_tag(wrap, frame, _direction):
    return put_tag(frame, struct.pack(">HHI", 0x893f, 0, wrap.number("channel", 1, 9)))


@wrapping("frame", "frame")
def cisco_metadata(wrap, frame, _direction):
    return put_tag(frame, struct.pack(">HBBHH", 0x8909, 1, 1, 1, wrap.number("group", 1, 9)))


def put_frame(wrap, kind, head, frame, direction):
    """A fabric's own addresses and header before the whole frame."""
    ends = wrap.addresses("fabric")
    return ends[1 - direction] + ends[direction] + struct.pack(">H", kind) + head + frame


@wrapping("frame", "frame")
def fabric_path(wrap, frame, direction):
    return put_frame(wrap, 0x8903, b"\x00\x60", frame, direction)


@wrapping("frame", "frame")
def provider_backbone(wrap, frame, direction):
    head = struct.pack(">I", wrap.number("service", 1, 99))
    return put_frame(wrap, 0x88e7, head, frame, direction)


@wrapping("frame", "frame")
def trill(wrap, frame, direction):
    words = wrap.number("words", 0, 3)
    return put_frame(wrap, 0x22f3, struct.pack(">HHH", words << 6 | 9, 1, 2) + bytes(4 * words),
                     frame, direction)


@wrapping("ip", "wlan")
def wlan(wrap, ip, direction):
    form = wrap.number("form", 0, 3)
    control, header = 0x08, bytearray(24)
    if form & 1:
        control, header = 0x88, header + bytes(2)
    header[0], header[1] = control, 1 + direction
    header[4:10], header[10:16], header[16:22] = wrap.addresses("air") + [bytes(6)]
    return bytes(header) + snap_of(ip)
