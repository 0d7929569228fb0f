/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packet sockets: what the kernel dropped before an af_packet port could take it, whether that
 * port's socket still has its interface, and the promiscuous mode.
 *
 * DPDK's af_packet driver reports none of it. The kernel does, for each socket: this finds the
 * driver's packet socket of an interface among the descriptors of the process and asks it.
 *
 * Promiscuous mode is a membership of a socket of ours. The kernel counts them: nobody takes ours
 * away by ending his own, and ours ends with the process, however it ends. Control core, cold.
 */
#ifndef DPDK_KERNEL_H
#define DPDK_KERNEL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* The descriptor of this process's packet socket that receives from `ifindex`, or -1. */
int dpdk_kernel_find_socket(int ifindex);

/* Whether a packet socket has this interface still: one that is deleted leaves its sockets. */
bool dpdk_kernel_is_bound(int fd, int ifindex);

/*
 * Packets dropped since the last call: the kernel resets its counter each time. 0 for a negative
 * `fd`.
 */
uint64_t dpdk_kernel_take_drops(int fd);

/*
 * A packet socket that receives nothing and keeps interface `ifindex` promiscuous until it is
 * closed. Needs CAP_NET_RAW and no more. Returns the descriptor, or -errno.
 */
int dpdk_kernel_be_promiscuous(int ifindex);

BASE_END_DECLS

#endif
