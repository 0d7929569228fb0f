/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Keeps DPDK from changing the flags of a kernel interface.
 *
 * When a port starts, ethdev has the driver put the promiscuous mode as ethdev believes it to be.
 * On a kernel interface that clears IFF_PROMISC, which may be another program's, and takes
 * CAP_NET_ADMIN, without which the start fails. ethdev is content with ENOTSUP, so that is what the
 * driver gets, from the ioctl of this program, which stands before that of libc. Control core.
 */
#ifndef DPDK_FLAGS_H
#define DPDK_FLAGS_H

#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Whether this thread's requests to set an interface's flags are refused from now on. */
void dpdk_flags_keep(bool keep);

BASE_END_DECLS

#endif
