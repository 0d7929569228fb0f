#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The kept inputs of a fuzz target, between a folder of files and one packed file.

usage: fuzz_corpus.py unpack TARGET FOLDER
       fuzz_corpus.py pack FOLDER TARGET

tests/fuzz/TARGET/corpus has many inputs, each behind its length in two bytes, the great one first;
fuzz_main.c reads it. Beside it lie single inputs under names that say what they once showed: they
are unpacked too, and never packed.
"""
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PACKED = "corpus"


def read(folder):
    """All inputs of a target's folder or of any other."""
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        with open(os.path.join(folder, name), "rb") as file:
            data = file.read()
        if name != PACKED:
            yield data
            continue
        at = 0
        while at < len(data):
            size = int.from_bytes(data[at:at + 2], "big")
            yield data[at + 2:at + 2 + size]
            at += 2 + size


def write(folder, inputs):
    os.makedirs(folder, exist_ok=True)
    for data in inputs:
        with open(os.path.join(folder, hashlib.sha1(data).hexdigest()), "wb") as out:
            out.write(data)


def pack(folder, target):
    """Shortest first, so that who reads a change sees the simple ones."""
    inputs = sorted(set(read(folder)), key=lambda data: (len(data), data))
    os.makedirs(os.path.join(HERE, target), exist_ok=True)
    with open(os.path.join(HERE, target, PACKED), "wb") as out:
        for data in inputs:
            out.write(len(data).to_bytes(2, "big") + data)


def main():
    what, *names = sys.argv[1:] or [""]
    if what == "pack" and len(names) == 2:
        pack(*names)
    elif what == "unpack" and len(names) == 2:
        write(names[1], read(os.path.join(HERE, names[0])))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
