/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What hosts and networks are called: a table of the configuration's labels.
 *
 * The daemon's control core has one, filled when it starts and at each SIGHUP; it sends its labels
 * to the command at the beginning of each answer, and the command has a table of its own. Of
 * several networks around an address the longest prefix names it. Nothing here asks a name server.
 *
 * A table is the caller's: written and read by one thread. Finding a label costs a binary search
 * for each prefix length there is. NULL in place of a table is one without labels, and costs a
 * test.
 */
#ifndef REPORT_LABEL_H
#define REPORT_LABEL_H

#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_LABELS_MAX     512
#define REPORT_LABEL_MAX      32 /* bytes with the NUL */
#define REPORT_LABEL_JSON_MAX (REPORT_LABEL_MAX + 16)

/* As it crosses the socket. The label: letters, digits, '.', '_', '-'. */
struct report_label {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes, the rest zero */
	uint8_t len;      /* leading bits that count */
	uint8_t version;  /* 4, 6 */
	char label[REPORT_LABEL_MAX];
};

static_assert(sizeof(struct report_label) == 50, "no padding crosses the socket");

/* Labels of one IP version and prefix length, which lie together. */
struct report_label_group {
	uint8_t version, len;
	uint16_t first, n;
};

/* All zero: no labels. Some 28 KB. */
struct report_labels {
	unsigned n, n_groups;
	bool received;                                /* since the last answer began */
	struct report_label label[REPORT_LABELS_MAX]; /* the longest prefixes first */
	struct report_label_group group[REPORT_LABELS_MAX];
};

/*
 * Puts these into the table in place of those before, by value; at most REPORT_LABELS_MAX. One that
 * is no label (they come over a socket) is left out.
 */
void report_labels_use(struct report_labels *labels, const struct report_label *from, size_t n);

/*
 * An answer's labels come before what begins it, and only if there are any. `receive` puts them
 * into the table. `begin` empties the table if none were received since the last answer began.
 */
void report_labels_receive(struct report_labels *labels, const struct report_label *from, size_t n);
void report_labels_begin(struct report_labels *labels);

/* The table, or NULL if it is empty: what is done for each row then tests the pointer alone. */
BASE_INLINE const struct report_labels *
report_labels_any(const struct report_labels *labels)
{
	return labels->n > 0 ? labels : NULL;
}

/*
 * What names an address, of IP version 4 or 6, or NULL; and its label alone. Valid until the table
 * is filled anew.
 */
const struct report_label *
report_label_lookup(const struct report_labels *labels, const uint8_t *addr, unsigned version);
const char *
report_label_find(const struct report_labels *labels, const uint8_t *addr, unsigned version);

/* Where there is a table, report_label_json. report_label.c. */
char *report_label_json_some(char *to, const struct report_labels *labels, const uint8_t *addr,
                             unsigned version);

/* Writes ,"name":"NAME" if the address has one: at most REPORT_LABEL_JSON_MAX bytes, no NUL. */
BASE_INLINE char *
report_label_json(char *to, const struct report_labels *labels, const uint8_t *addr,
                  unsigned version)
{
	return labels == NULL ? to : report_label_json_some(to, labels, addr, version);
}

/* Does the network `net` lie in `in`, or is it the same? */
bool report_label_within(const struct report_label *net, const struct report_label *in);

/*
 * Is `pattern`, of `n` bytes, the label? `*` is any number of characters and `?` any one; letters
 * of either case are the same.
 */
bool report_label_matches(const char *pattern, size_t n, const char *label);

BASE_END_DECLS

#endif
