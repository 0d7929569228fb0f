#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs a command under the system calls that the unit allows, as systemd would, but that one which
is not allowed ends the process (SIGSYS): nothing is missing and passed over.

    under_unit.py UNIT COMMAND...

SystemCallFilter=, RestrictAddressFamilies= and MemoryDenyWriteExecute= are read from the unit, what
a set like @system-service has from systemd-analyze. The command may change its user; what it starts
is under the same filter.
"""
import ctypes
import mmap
import os
import re
import socket
import subprocess
import sys

KILL, ALLOW, EPERM = 0x80000000, 0x7fff0000, 0x00050001       # seccomp.h
EQUAL, MASKED = 4, 7
# What setpriv calls, which stands in for what systemd does before there is a filter.
BEFORE = {'setgroups', 'setresuid', 'setresgid'}
# What a library tries and goes on without: EAL, for legacy virtio.
TRIED = {'iopl'}


class Compare(ctypes.Structure):
    _fields_ = [('argument', ctypes.c_uint), ('how', ctypes.c_int), ('one', ctypes.c_uint64),
                ('other', ctypes.c_uint64)]


def sets():
    """{@name: entries} of all that systemd knows."""
    said = subprocess.run(['systemd-analyze', 'syscall-filter'], stdout=subprocess.PIPE, check=True,
                          text=True).stdout
    return {head: [line.strip() for line in body.splitlines() if not line.strip().startswith('#')]
            for head, body in re.findall(r'^(@[\w-]+)\n((?:    .*\n?)*)', said, re.M)}


def expand(names, known):
    found = set()
    for name in names:
        found |= expand(known[name], known) if name[0] == '@' else {name}
    return found


def allowed(text):
    """Names of the system calls of the unit, its lines one after the other."""
    known, found = sets(), set()
    for line in re.findall(r'^SystemCallFilter=(.*)$', text, re.M):
        names = expand(line.lstrip('~').split(), known)
        found = found - names if line[0] == '~' else found | names
    return found


def rules(text):
    """(action, name, comparisons) for each way in which a call is answered."""
    calls = allowed(text) | BEFORE
    for name in sorted(calls - {'socket', 'mmap', 'mprotect', 'pkey_mprotect'}):
        yield ALLOW, name, ()
    for name in re.search(r'^RestrictAddressFamilies=(.*)$', text, re.M)[1].split():
        yield ALLOW, 'socket', (Compare(0, EQUAL, getattr(socket, name), 0),)
    both = mmap.PROT_EXEC | mmap.PROT_WRITE
    for right in (0, mmap.PROT_EXEC, mmap.PROT_WRITE):
        yield ALLOW, 'mmap', (Compare(2, MASKED, both, right),)
    yield ALLOW, 'mprotect', (Compare(2, MASKED, mmap.PROT_EXEC, 0),)
    for name in TRIED:
        yield EPERM, name, ()


def load(text):
    library = ctypes.CDLL('libseccomp.so.2')
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(KILL)))
    for action, name, compare in rules(text):
        number = library.seccomp_syscall_resolve_name(name.encode())
        array = (Compare * len(compare))(*compare)
        # A negative number: this kind of machine has no such call.
        if number >= 0 and library.seccomp_rule_add_array(context, ctypes.c_uint32(action), number,
                                                          len(compare), array):
            sys.exit(f'under_unit: {name}: no rule can be made')
    if library.seccomp_load(context):
        sys.exit('under_unit: the filter cannot be loaded')


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as unit:
        load(unit.read())
    os.execvp(sys.argv[2], sys.argv[2:])
