# SPDX-License-Identifier: BSD-3-Clause
"""Tunnels in IP and in UDP: steps of replay_wrap, written by hand from their RFCs."""
import struct

from replay_wire import Path, checksum
from replay_wrap import ethertype_of, ppp_of, wrapping


# --- tunnels in IP --------------------------------------------------------------------------------

@wrapping("ip", "ip", tunnel="ipip")
def ip_in_ip(wrap, ip, direction):
    return wrap.outer(4 if ip[0] >> 4 == 4 else 41, ip, direction)


def gre_of(wrap, flags, protocol, payload, direction, key=0):
    fields = b""
    if flags & 0x8000:
        fields += struct.pack(">HH", checksum(payload), 0)
    if flags & 0x2000:
        fields += struct.pack(">I", key)
    if flags & 0x1000:
        fields += struct.pack(">I", wrap.ident)
    return wrap.outer(47, struct.pack(">HH", flags, protocol) + fields + payload, direction)


@wrapping("ip", "ip", tunnel="gre")
def gre(wrap, ip, direction):
    flags = wrap.number("checksum", 0, 1) << 15 | wrap.number("keyed", 0, 1) << 13 | \
        wrap.number("sequence", 0, 1) << 12
    return gre_of(wrap, flags, ethertype_of(ip), ip, direction,
                  wrap.number("key", 0, (1 << 32) - 1, direction))


@wrapping("frame", "ip", tunnel="gre")
def gre_of_frames(wrap, frame, direction):
    return gre_of(wrap, 0, 0x6558, frame, direction)


@wrapping("wlan", "ip", tunnel="gre")
def gre_of_wlan(wrap, frame, direction):
    return gre_of(wrap, 0, 0x8200 | wrap.number("queue", 0, 23) << 4, frame, direction)


@wrapping("frame", "ip", tunnel="nvgre", network=(0x1000, 0xfffffe))
def nvgre(wrap, frame, direction):
    return gre_of(wrap, 0x2000, 0x6558, frame, direction,
                  wrap.number("id", 0x1000, 0xfffffe) << 8 | wrap.number("spread", 0, 255))


@wrapping("ip", "ip", tunnel="pptp")
def pptp(wrap, ip, direction):
    body = b"\xff\x03" + ppp_of(ip)
    head = struct.pack(">HHHHI", 0x3001, 0x880b, len(body), wrap.number("call", 1, 99, direction),
                       wrap.ident)
    return wrap.outer(47, head + body, direction)


@wrapping("ip4", "ip", tunnel="wccp")
def wccp(wrap, ip, direction):
    return gre_of(wrap, 0, 0x883e, b"\0\x5a\x01\x02" + ip, direction)


@wrapping("frame", "ip", tunnel="erspan")
def erspan_1(wrap, frame, direction):
    return gre_of(wrap, 0, 0x88be, frame, direction)


@wrapping("frame", "ip", tunnel="erspan")
def erspan_2(wrap, frame, direction):
    head = struct.pack(">HHI", 0x1000, 3 << 11 | wrap.number("session", 1, 1023), 5)
    return gre_of(wrap, 0x1000, 0x88be, head + frame, direction)


@wrapping("frame", "ip", tunnel="erspan", vlan="vid")
def erspan_2_with_vlan(wrap, frame, direction):
    head = struct.pack(">HHI", 0x1000 | wrap.number("vid", 1, 4094), 2 << 11 | 7, 5)
    return gre_of(wrap, 0x1000, 0x88be, head + frame, direction)


@wrapping("frame", "ip", tunnel="erspan")
def erspan_3(wrap, frame, direction):
    platform = wrap.number("platform", 0, 1)
    head = struct.pack(">HHIHH", 0x2000, wrap.number("session", 1, 1023), wrap.ident, 9, platform)
    return gre_of(wrap, 0x1000, 0x22eb, head + bytes(8 * platform) + frame, direction)


@wrapping("frame", "ip", tunnel="etherip")
def etherip(wrap, frame, direction):
    return wrap.outer(97, b"\x30\0" + frame, direction)


def l2tp_3_of(wrap, frame, direction):
    return struct.pack(">I", wrap.number("session", 1, (1 << 32) - 1, direction)) + \
        b"\xc7" * (4 * wrap.number("cookie", 0, 2)) + frame


@wrapping("frame", "ip", tunnel="l2tp")
def l2tp_3_in_ip(wrap, frame, direction):
    return wrap.outer(115, l2tp_3_of(wrap, frame, direction), direction)


@wrapping("ip", "ip", tunnel="mpls")
def mpls_in_ip(wrap, ip, direction):
    return wrap.outer(137, struct.pack(">I", wrap.number("label", 16, 9999) << 12 | 0x140) + ip,
                      direction)


# --- tunnels in UDP -------------------------------------------------------------------------------

@wrapping("frame", "ip", tunnel="vxlan", network=(0, 0xffffff))
def vxlan(wrap, frame, direction):
    flags = (0x08000000, 0x88000123)[wrap.number("policy", 0, 1)]
    head = struct.pack(">II", flags, wrap.number("id", 0, 0xffffff) << 8)
    return wrap.datagram((4789, 8472)[wrap.number("which", 0, 1)], head + frame, direction)


def vxlan_gpe_of(wrap, following, payload, direction):
    head = struct.pack(">II", 0x0c000000 | following, wrap.number("id", 0, 0xffffff) << 8)
    return wrap.datagram(4790, head + payload, direction)


@wrapping("ip", "ip", tunnel="vxlan-gpe", network=(0, 0xffffff))
def vxlan_gpe(wrap, ip, direction):
    return vxlan_gpe_of(wrap, 1 if ip[0] >> 4 == 4 else 2, ip, direction)


@wrapping("frame", "ip", tunnel="vxlan-gpe", network=(0, 0xffffff))
def vxlan_gpe_of_frames(wrap, frame, direction):
    return vxlan_gpe_of(wrap, 3, frame, direction)


def geneve_of(wrap, kind, payload, direction):
    words = wrap.number("words", 0, 5)
    option = struct.pack(">HBB", 0x0102, 0x83, words - 1) + bytes(4 * words - 4) if words else b""
    head = struct.pack(">BBHI", words, 0, kind, wrap.number("id", 0, 0xffffff) << 8)
    return wrap.datagram(6081, head + option + payload, direction)


@wrapping("frame", "ip", tunnel="geneve", network=(0, 0xffffff))
def geneve(wrap, frame, direction):
    return geneve_of(wrap, 0x6558, frame, direction)


@wrapping("ip", "ip", tunnel="geneve", network=(0, 0xffffff))
def geneve_of_ip(wrap, ip, direction):
    return geneve_of(wrap, ethertype_of(ip), ip, direction)


def gtp_of(wrap, payload, direction):
    session = wrap.number("session", 0, 1)
    more = b"\0\0\0\x85\x01\0\x09\0" if session else b""
    head = struct.pack(">BBHI", 0x34 if session else 0x30, 255, len(more) + len(payload),
                       wrap.number("teid", 0, (1 << 32) - 1, direction))
    return wrap.datagram(2152, head + more + payload, direction)


@wrapping("ip", "ip", tunnel="gtp")
def gtp(wrap, ip, direction):
    return gtp_of(wrap, ip, direction)


@wrapping("frame", "ip", tunnel="gtp")
def gtp_of_frames(wrap, frame, direction):
    return gtp_of(wrap, frame, direction)


@wrapping("ip", "ip", tunnel="l2tp")
def l2tp_2(wrap, ip, direction):
    body = (b"\xff\x03" if wrap.number("framed", 0, 1) else b"") + ppp_of(ip)
    ids = struct.pack(">HH", 7, wrap.number("session", 1, 65535, direction))
    if wrap.number("length", 0, 1):
        head = struct.pack(">HH", 0x4002, 8 + len(body)) + ids
    else:
        head = struct.pack(">H", 0x0802) + ids + struct.pack(">HH", wrap.ident & 0xffff, 0)
    return wrap.datagram(1701, head + body, direction)


@wrapping("frame", "ip", tunnel="l2tp")
def l2tp_3(wrap, frame, direction):
    return wrap.datagram(1701, b"\0\x03\0\0" + l2tp_3_of(wrap, frame, direction), direction)


@wrapping("ip", "ip", tunnel="teredo", brings=({"kind": "ipip", "src": "2001:0:c000:201::1",
                                                "dst": "2001:0:c000:201::2"},))
def teredo(wrap, ip, direction):
    """Between two of Teredo's own addresses, so with a tunnel of IP in IP inside."""
    ends = [bytes.fromhex("20010000c0000201") + bytes(7) + bytes((i + 1,)) for i in (0, 1)]
    inner = Path(ends[direction], ends[1 - direction], 21, 0).datagram(
        4 if ip[0] >> 4 == 4 else 41, ip, 0)
    before = b"\0\0\x12\x34\xff\xee\xdd\xcc" if wrap.number("origin", 0, 1) else b""
    return wrap.datagram(3544, before + inner, direction)


def capwap_of(wrap, native, frame, direction):
    head = struct.pack(">BBBBHH", 0, 2 << 3, 0x42 | native, 0, wrap.ident & 0xffff, 0)
    return wrap.datagram(5247, head + frame, direction)


@wrapping("frame", "ip", tunnel="capwap")
def capwap(wrap, frame, direction):
    return capwap_of(wrap, 0, frame, direction)


@wrapping("wlan", "ip", tunnel="capwap")
def capwap_of_wlan(wrap, frame, direction):
    return capwap_of(wrap, 1, frame, direction)


@wrapping("ip", "ip", tunnel="mpls")
def mpls_in_udp(wrap, ip, direction):
    return wrap.datagram(6635, struct.pack(">I", wrap.number("label", 16, 9999) << 12 | 0x140) + ip,
                         direction)


@wrapping("frame", "ip", tunnel="tzsp")
def tzsp(wrap, frame, direction):
    return wrap.datagram(37008, b"\x01\0\0\x01\x0a\x01\xd8\x01" + frame, direction)


@wrapping("wlan", "ip", tunnel="tzsp")
def tzsp_of_wlan(wrap, frame, direction):
    return wrap.datagram(37008, b"\x01\0\0\x12\0\x01" + frame, direction)
