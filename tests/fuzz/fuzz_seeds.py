#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Cuts packets out of captures, as first inputs of fuzz_decode.

usage: fuzz_seeds.py --captures DIR --out DIR [--each N]

Takes the first N packets of every pcap and pcapng below the one folder, and writes each distinct
one into the other, behind the two bytes by which the target chooses link and depth. Files that are
no capture, or of a link that is not read, are passed over.
"""
import argparse
import hashlib
import os
import struct

# Number in the file: number in enum packet_link.
LINKS = {1: 0, 12: 1, 101: 1, 228: 1, 229: 1, 113: 2, 276: 3, 0: 4, 108: 4, 9: 5, 50: 5, 51: 6,
         104: 7, 239: 8, 149: 9, 258: 9, 192: 10, 127: 11, 105: 12, 10: 13}
DEEPEST = 7
LONGEST = 1600


def packets_pcap(data):
    order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xffff
    at = 24
    while at + 16 <= len(data):
        size = struct.unpack_from(order + "I", data, at + 8)[0]
        yield link, data[at + 16:at + 16 + size]
        at += 16 + size


def packets_pcapng(data):
    order, links, at = "<", [], 0
    while at + 12 <= len(data):
        if data[at:at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, size = struct.unpack_from(order + "II", data, at)
        if size < 12:
            return
        if kind == 1:
            links.append(struct.unpack_from(order + "H", data, at + 8)[0])
        elif kind == 6:
            port, _, _, n = struct.unpack_from(order + "IIII", data, at + 8)
            yield links[port], data[at + 28:at + 28 + n]
        elif kind == 3 and links:
            yield links[0], data[at + 12:at + size - 4]
        at += size


def packets_of(data):
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        return packets_pcapng(data)
    if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1",
                    b"\xa1\xb2\x3c\x4d"):
        return packets_pcap(data)
    return iter(())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--captures", required=True, metavar="DIR")
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--each", type=int, default=40, help="packets of a capture")
    given = parser.parse_args()
    os.makedirs(given.out, exist_ok=True)
    written = 0
    for folder, _, names in os.walk(given.captures):
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            try:
                for _, (link, packet) in zip(range(given.each), packets_of(data)):
                    if link not in LINKS or not packet:
                        continue
                    seed = bytes((LINKS[link], DEEPEST)) + packet[:LONGEST]
                    path = os.path.join(given.out, hashlib.sha1(seed).hexdigest())
                    if not os.path.exists(path):
                        with open(path, "wb") as out:
                            out.write(seed)
                        written += 1
            except (struct.error, IndexError):
                continue        # a capture that is damaged on purpose
    print(f"{written} inputs in {given.out}")


if __name__ == "__main__":
    main()
