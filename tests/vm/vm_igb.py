#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Makes a QEMU that emulates Intel's igb, which that of Debian 12 does not: Debian 13's.

    vm_igb.py FOLDER

Its programs and libraries are unpacked below FOLDER, and FOLDER/qemu runs them by their own loader:
nothing is installed. IGB=FOLDER scripts/test-vm nics takes it. Root, and half a minute.
"""
import os
import shutil
import sys

from vm_image import ImageError, mirror, run

SUITE = 'trixie'
START = '''#!/bin/sh
t=$(cd "$(dirname "$0")" && pwd)/tree
l=$t/usr/lib/x86_64-linux-gnu
QEMU_MODULE_DIR="$l/qemu" exec "$t/lib64/ld-linux-x86-64.so.2" --library-path "$l" \\
	"$t/usr/bin/qemu-system-x86_64" -L "$t/usr/share/qemu" -L "$t/usr/share/seabios" "$@"
'''


def make(folder):
    folder = os.path.abspath(folder)
    tree, start = os.path.join(folder, 'tree'), os.path.join(folder, 'qemu')
    shutil.rmtree(tree, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    run('debootstrap', '--variant=minbase', '--include=qemu-system-x86', SUITE, tree, mirror())
    with open(start, 'w', encoding='utf-8') as file:
        file.write(START)
    os.chmod(start, 0o755)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        make(sys.argv[1])
    except ImageError as error:
        sys.exit(f'vm: {error}')
