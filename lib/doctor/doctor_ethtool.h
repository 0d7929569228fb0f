/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the kernel says of a network interface that no file has: offloads, rings, queues, pause
 * frames, addresses.
 *
 * One struct between the kernel's requests and the checks, so that a test can say what it likes.
 */
#ifndef DOCTOR_ETHTOOL_H
#define DOCTOR_ETHTOOL_H

#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Offloads, or-ed. */
enum doctor_offload {
	DOCTOR_OFFLOAD_GRO = 1 << 0,
	DOCTOR_OFFLOAD_LRO = 1 << 1,
	DOCTOR_OFFLOAD_GRO_HW = 1 << 2,
	DOCTOR_OFFLOAD_VLAN_STRIP = 1 << 3,
	DOCTOR_OFFLOAD_VLAN_FILTER = 1 << 4,
};

enum doctor_knows {
	DOCTOR_KNOWS_OFFLOADS = 1 << 0,
	DOCTOR_KNOWS_RINGS = 1 << 1,
	DOCTOR_KNOWS_PAUSE = 1 << 2,
	DOCTOR_KNOWS_QUEUES = 1 << 3,
	DOCTOR_KNOWS_RSS = 1 << 4,
};

struct doctor_nic {
	unsigned knows; /* enum doctor_knows, or-ed: what the driver has an answer to */
	unsigned offloads;
	unsigned ring, ring_max;     /* receive descriptors of a queue */
	bool pause_rx, pause_tx;     /* frames that hold the other end up are obeyed, are sent */
	unsigned queues, queues_max; /* that receive */
	bool is_combined;            /* they send, too */
	unsigned rss_key_bytes, rss_table; /* 0: it does not spread packets */
	char ipv4[16];                     /* the first address; "": it has none */
};

/*
 * Asks the kernel. What a driver does not know is left out of `knows`. 0; -ENODEV there is no such
 * interface; what else socket says. Any thread.
 */
int doctor_ethtool_read(const char *interface, struct doctor_nic *nic);

BASE_END_DECLS

#endif
