/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections counted by what they have in common: the rows of --by.
 *
 * filter_group makes them in the daemon, they cross the control socket as they are, print_group.c
 * prints them. No pointer and no padding that is not zero.
 */
#ifndef REPORT_GROUP_H
#define REPORT_GROUP_H

#include "report_row.h"

BASE_BEGIN_DECLS

#define REPORT_GROUP_KEYS_MAX 4

enum report_group_kind {
	REPORT_GROUP_NONE,
	REPORT_GROUP_CLIENT, /* address, or network of `len` bits */
	REPORT_GROUP_SERVER,
	REPORT_GROUP_CLIENT_PORT,
	REPORT_GROUP_SERVER_PORT,
	REPORT_GROUP_STATE, /* client's << 8 | server's */
	REPORT_GROUP_CLIENT_STATE,
	REPORT_GROUP_SERVER_STATE,
	REPORT_GROUP_PROTO,
	REPORT_GROUP_VLAN,
	REPORT_GROUP_VNI,
	REPORT_GROUP_WORKER,
	REPORT_GROUP_END_CAUSE,
	REPORT_GROUP_CLOSED_BY,
	REPORT_GROUP_KINDS
};

struct report_group_key {
	uint8_t kind;       /* enum report_group_kind */
	uint8_t ip_version; /* client, server: 4, 6 */
	uint8_t len;        /* the same: bits that count */
	uint8_t reserved;
	uint32_t value;   /* of the other kinds */
	uint8_t addr[16]; /* network order, bits beyond `len` zero */
};

struct report_group {
	uint64_t count;                   /* connections */
	uint64_t packets, bytes, payload; /* of both ends */
	uint8_t n_keys;
	uint8_t other; /* 1: all those for which there was no room for a group of their own */
	uint8_t reserved[6];
	struct report_group_key keys[REPORT_GROUP_KEYS_MAX];
};

static_assert(sizeof(struct report_group_key) == 24, "words");
static_assert(sizeof(struct report_group) == 40 + REPORT_GROUP_KEYS_MAX * 24, "no padding");

BASE_END_DECLS

#endif
