/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What hosts and networks are called: the labels of the configuration, in force in this process.
 *
 * The daemon puts its own in force when it starts and at each SIGHUP; it tells them to the command
 * at the beginning of each answer. Of several networks around an address the longest prefix names
 * it. Nothing here asks a name server.
 *
 * One table a process: written and read by one thread (the control core's, the command's). Cost of
 * a look: a binary search for each prefix length there is; nothing where there are no labels.
 */
#ifndef REPORT_LABEL_H
#define REPORT_LABEL_H

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

/*
 * Puts these in force in place of those before, by value; at most REPORT_LABELS_MAX. One that is no
 * label (they come over a socket) is left out.
 */
void report_labels_use(const struct report_label *labels, size_t n);

/*
 * An answer's labels come before what begins it, and only if there are any: as told, these are put
 * in force; where none were told before an answer begins, none are.
 */
void report_labels_told(const struct report_label *labels, size_t n);
void report_labels_begin(void);

/* Those in force: the longest prefixes first. */
const struct report_label *report_labels(unsigned *n);

/*
 * What names an address, of IP version 4 or 6, or NULL; and its label alone. Valid until others are
 * in force.
 */
const struct report_label *report_label_lookup(const uint8_t *addr, unsigned version);
const char *report_label_find(const uint8_t *addr, unsigned version);

/* How many are in force; read alone, by what is done for each row. */
extern unsigned report_label_count;

/* Where there are some, report_label_json. report_label.c. */
char *report_label_json_some(char *to, const uint8_t *addr, unsigned version);

/* Writes ,"name":"NAME" if the address has one: at most REPORT_LABEL_JSON_MAX bytes, no NUL. */
BASE_INLINE char *
report_label_json(char *to, const uint8_t *addr, unsigned version)
{
	return report_label_count == 0 ? to : report_label_json_some(to, addr, version);
}

/* Does the network `net` lie in `in`, or is it the same? */
int report_label_within(const struct report_label *net, const struct report_label *in);

/*
 * Is `pattern`, of `n` bytes, the label? `*` is any number of characters and `?` any one; letters
 * of either case are the same.
 */
int report_label_matches(const char *pattern, size_t n, const char *label);

BASE_END_DECLS

#endif
