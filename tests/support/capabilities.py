# SPDX-License-Identifier: BSD-3-Clause
"""Capabilities that a daemon on a kernel interface keeps, as bits of /proc/PID/status.

A container's root may lack CAP_SYS_RESOURCE, and so the right to lift the limit on locked memory.
"""
import resource

NET_RAW, IPC_LOCK = 1 << 13, 1 << 14    # linux/capability.h
SYS_RESOURCE = 1 << 24


def held(status):
    """Those in force by a file of /proc."""
    with open(status, encoding='ascii') as file:
        return int(next(line.split()[1] for line in file if line.startswith('CapEff:')), 16)


def kept(by_root, limit=None):
    """What is left of them after the start, under that hard limit on locked memory."""
    if limit is None:
        limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    lifts = by_root and held('/proc/self/status') & SYS_RESOURCE
    return NET_RAW if lifts or limit == resource.RLIM_INFINITY else NET_RAW | IPC_LOCK
