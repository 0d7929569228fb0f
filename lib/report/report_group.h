/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections counted by what they have in common: the lines of --by.
 *
 * Made by filter_group in the daemon, crosses the control socket as it is, printed here. No pointer
 * and no padding that is not zero. One thread an `out`.
 */
#ifndef REPORT_GROUP_H
#define REPORT_GROUP_H

#include "report_out.h"
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
	REPORT_GROUP_WORKER,
	REPORT_GROUP_END,
	REPORT_GROUP_CLOSED_BY,
	REPORT_GROUP_KINDS
};

struct report_group_key {
	uint8_t kind;       /* enum report_group_kind */
	uint8_t ip_version; /* client, server: 4, 6 */
	uint8_t len;        /* the same: bits that count */
	uint8_t reserved;
	uint16_t value; /* of the other kinds */
	uint16_t reserved2;
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

/* The columns' names; they depend on the keys, so they come from the first group. */
void report_group_text_heading(struct report_out *out, const struct report_group *group);
void report_group_csv_header(struct report_out *out, const struct report_group *group);

/* One line. What a key has no value for (no VLAN, not ended) is empty in CSV, absent in JSON. */
void report_group_text(struct report_out *out, const struct report_group *group);
void report_group_json(struct report_out *out, const struct report_group *group);
void report_group_csv(struct report_out *out, const struct report_group *group);

/*
 * What a key says to people, a host by its name if names are shown; without NUL, at most
 * REPORT_GROUP_SHOWN_MAX bytes. Returns its end.
 */
#define REPORT_GROUP_SHOWN_MAX 64
char *report_group_shown(char *to, const struct report_group_key *key);

/* The last line of a report that was cut short after `groups` lines. */
void report_group_text_cut(struct report_out *out, uint64_t groups);

BASE_END_DECLS

#endif
