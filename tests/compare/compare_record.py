#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Stands in for spanstat in the replay tests and keeps a copy of each capture that they read.

The tests make their captures in folders of their own, which they take away again. Where this
program runs in place of spanstat, each file after -r is copied into the folder COMPARE_RECORD,
under a name made of its content, and then the spanstat that COMPARE_SPANSTAT names takes over.
"""
import hashlib
import os
import shutil
import sys


def keep(path, folder):
    """Copies a capture, once for each content."""
    with open(path, "rb") as file:
        name = hashlib.sha256(file.read()).hexdigest()[:12] + ".pcap"
    kept = os.path.join(folder, name)
    if not os.path.exists(kept):
        shutil.copyfile(path, f"{kept}.{os.getpid()}")
        os.rename(f"{kept}.{os.getpid()}", kept)


def main():
    words = sys.argv[1:]
    for option, path in zip(words, words[1:]):
        if option in ("-r", "--read") and os.path.isfile(path):
            keep(path, os.environ["COMPARE_RECORD"])
    spanstat = os.environ["COMPARE_SPANSTAT"]
    os.execv(spanstat, [spanstat, *words])


if __name__ == "__main__":
    main()
