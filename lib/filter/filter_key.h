/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What --sort and --by name: lists of words, each a key of a row.
 *
 * `--sort -bytes,client` becomes a struct filter_order, `--by server,server-port` a struct
 * filter_grouping; filter_sort and filter_group do the work. The words are those of filters
 * wherever a filter has them. Values; any thread; cold.
 */
#ifndef FILTER_KEY_H
#define FILTER_KEY_H

#include "filter_words.h"
#include "report_group.h"

BASE_BEGIN_DECLS

#define FILTER_KEYS_MAX     REPORT_GROUP_KEYS_MAX
#define FILTER_KEY_TEXT_MAX 128 /* bytes of a list, its NUL included */

enum filter_key_kind {
	FILTER_KEY_FIELD,  /* a number: enum filter_field */
	FILTER_KEY_SOCKET, /* address and port of an end; a group: only its address */
	FILTER_KEY_STATE,  /* of an end, or of the client and then the server */
	FILTER_KEY_BOUND,  /* the local end: host, listening or not, protocol, port */
	FILTER_KEY_OPENED,
	FILTER_KEY_LAST,
	FILTER_KEY_COUNT /* groups only: their connections */
};

struct filter_key_word {
	const char *name;
	uint8_t kind;    /* enum filter_key_kind */
	uint8_t field;   /* enum filter_field */
	uint8_t who;     /* enum filter_who; FILTER_EITHER: both ends in turn */
	uint8_t uses;    /* enum filter_key_use, or-ed */
	uint8_t groups;  /* enum report_group_kind, where groups can be made by it */
	uint8_t has_len; /* a group of networks: /LENGTH must follow */
};

enum filter_key_use {
	FILTER_KEY_SORTS_ROWS = 1 << 0,
	FILTER_KEY_SORTS_GROUPS = 1 << 1,
	FILTER_KEY_GROUPS = 1 << 2,
};

struct filter_order {
	unsigned n; /* 0: none */
	struct {
		const struct filter_key_word *word;
		int descending;
	} keys[FILTER_KEYS_MAX];
};

struct filter_grouping {
	unsigned n;
	struct {
		const struct filter_key_word *word;
		uint8_t len[2]; /* bits of an address that count: IPv4, IPv6 */
	} keys[FILTER_KEYS_MAX];
};

/*
 * FIELD[,FIELD...], each ascending unless -FIELD or FIELD:desc. `use` is what is sorted. 0 or
 * -EINVAL, and *error (may be NULL) says why, its column in this text.
 */
int filter_order_parse(struct filter_order *order, const char *text, enum filter_key_use use,
                       struct filter_error *error);

/* FIELD[,FIELD...], where client and server may have /LENGTH: networks of that many bits. */
int filter_grouping_parse(struct filter_grouping *grouping, const char *text,
                          struct filter_error *error);

/* The table in its order: word `at`, NULL behind the last. */
const struct filter_key_word *filter_key_at(size_t at);

/* The parts of a row that are read: enum filter_part, or-ed. */
unsigned filter_order_needs(const struct filter_order *order);

BASE_END_DECLS

#endif
