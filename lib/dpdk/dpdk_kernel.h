/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel dropped before an af_packet port could take it.
 *
 * DPDK's af_packet driver does not report it. The kernel does, for each socket: this finds the
 * driver's packet socket of an interface among the descriptors of the process and asks it. Control
 * core, cold.
 */
#ifndef DPDK_KERNEL_H
#define DPDK_KERNEL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* The descriptor of this process's packet socket bound to interface `ifindex`, or -1. */
int dpdk_kernel_find_socket(int ifindex);

/*
 * Packets dropped since the last call: the kernel resets its counter each time. 0 for a negative
 * `fd`.
 */
uint64_t dpdk_kernel_take_drops(int fd);

/* 0; -ENODEV: no such interface; -ENETDOWN: it is down. *ifindex is set. */
int dpdk_kernel_check_interface(const char *name, int *ifindex);

BASE_END_DECLS

#endif
