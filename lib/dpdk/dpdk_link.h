/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Network interfaces as the kernel has them now, by rtnetlink.
 *
 * What is so is asked of the kernel; its messages about changes only say when to ask, and give the
 * last counters of an interface that is deleted. So a message that was lost does no harm. Needs no
 * privilege. Control core, cold.
 */
#ifndef DPDK_LINK_H
#define DPDK_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

struct mnl_socket;

/* The interface's own counters, of both directions where it says so. */
struct dpdk_link_counters {
	uint64_t packets, bytes; /* received and sent: a packet socket sees both */
	uint64_t missed, errors;
};

struct dpdk_link {
	int ifindex;
	char name[IFNAMSIZ];
	bool is_set_up;       /* administrative state: ip link set up */
	bool has_carrier;     /* false where it is not set up, too */
	uint32_t promiscuity; /* how many ask for all frames */
	struct dpdk_link_counters counters;
};

struct dpdk_links {
	struct mnl_socket *asks, *changes;
	uint32_t sequence;
};

/* Opens both sockets. 0 or -errno. */
int dpdk_links_open(struct dpdk_links *links);
void dpdk_links_close(struct dpdk_links *links);

/* Readable when an interface has changed. */
int dpdk_links_fd(const struct dpdk_links *links);

/*
 * Reads what has come: calls deleted() for each interface that is gone. Returns how many messages
 * there were; those that the kernel had no room for count as one.
 */
unsigned dpdk_links_read(struct dpdk_links *links,
                         void (*deleted)(void *ctx, const struct dpdk_link *link), void *ctx);

/* By name, or by number where `name` is NULL. 0; -ENODEV: there is none; another -errno. */
int
dpdk_links_find(struct dpdk_links *links, const char *name, int ifindex, struct dpdk_link *link);

BASE_END_DECLS

#endif
