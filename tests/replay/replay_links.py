# SPDX-License-Identifier: BSD-3-Clause
"""What a capture file begins its packets with: links of replay_wrap, by their LINKTYPE number."""
import struct

from replay_wrap import ethertype_of, link, ppp_of, snap_of


@link("frame", 1)
def wire(_wrap, frame, _direction):
    return frame


@link("ip", 101)
def raw_ip(_wrap, ip, _direction):
    return ip


@link("ip", 113)
def cooked(_wrap, ip, direction):
    return struct.pack(">HHHQH", 4 * direction, 1, 6, 0, ethertype_of(ip)) + ip


@link("ip", 276)
def cooked_2(_wrap, ip, direction):
    return struct.pack(">HHIHBB", ethertype_of(ip), 0, 2, 1, 4 * direction, 6) + bytes(8) + ip


@link("ip", 0)
def loopback(wrap, ip, _direction):
    families = ((2, 2), (24, 28, 30, 23, 10))[ip[0] >> 4 == 6]
    family = families[wrap.number("family", 0, len(families) - 1)]
    return struct.pack("<I" if wrap.number("order", 0, 1) else ">I", family) + ip


@link("ip", 9)
def ppp(wrap, ip, _direction):
    return (b"\xff\x03" if wrap.number("framed", 0, 1) else b"") + ppp_of(ip)


@link("ip", 50)
def ppp_serial(_wrap, ip, _direction):
    return b"\xff\x03" + ppp_of(ip)


@link("ip", 51)
def ppp_ether(_wrap, ip, _direction):
    return struct.pack(">BBHH", 0x11, 0, 7, 2 + len(ip)) + ppp_of(ip)


@link("ip", 104)
def hdlc(_wrap, ip, _direction):
    return struct.pack(">HH", 0x0f00, ethertype_of(ip)) + ip


@link("ip", 239)
def nflog(_wrap, ip, _direction):
    return b"\x02\0\0\x01" + b"\x07\0\x0a\0in\0\0" + struct.pack("<HH", 4 + len(ip), 9) + ip + \
        bytes(-len(ip) & 3)


@link("frame", 258)
def pktap(_wrap, frame, _direction):
    return struct.pack("<III", 108, 1, 1) + bytes(96) + frame


@link("wlan", 192)
def ppi(_wrap, frame, _direction):
    return struct.pack("<BBHI", 0, 0, 8, 105) + frame


@link("wlan", 127)
def radiotap(_wrap, frame, _direction):
    padding = -frame.index(b"\xaa\xaa\x03") & 3
    at = 24 + padding
    flags = 0x20 if padding else 0
    return struct.pack("<BBHIBB", 0, 0, 10, 2, flags, 0) + frame[:at + 2 - padding] + \
        bytes(padding) + frame[at + 2 - padding:]


@link("wlan", 105)
def wlan_alone(_wrap, frame, _direction):
    return frame


@link("ip", 10)
def fddi(_wrap, ip, _direction):
    return b"\x50" + bytes(12) + snap_of(ip)
