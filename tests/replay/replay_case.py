#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One test: makes a capture in a folder of its own, checks it, takes the folder away.

usage: replay_case.py --spanstat PATH [options of replay_make]

The folder stays, and is named, when something differs.
"""
import argparse
import shutil
import sys
import tempfile

import replay_check
import replay_make


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spanstat", required=True, metavar="PATH")
    replay_make.arguments(parser)
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="spanstat-replay-")
    packets, _ = replay_make.make(given, folder)
    print(f"{packets} packets, seed {given.seed}, {given.link}, {given.format}")
    status = replay_check.check(given.spanstat, folder)
    if status:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
