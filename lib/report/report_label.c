/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The labels in force, sorted by IP version, prefix length (the longest first) and address.
 *
 * Labels of one version and length stand together as a group, in which a masked address is looked
 * for; the first group that has it has the longest prefix.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "report_format.h"
#include "report_label.h"

struct label_group {
	uint8_t version, len;
	uint16_t first, n;
};

static struct report_label label_table[REPORT_LABELS_MAX];
static struct label_group label_groups[REPORT_LABELS_MAX];
static unsigned label_n_groups;
static int label_told; /* since the last answer began */
unsigned report_label_count;

static void
label_mask(uint8_t to[16], const uint8_t *addr, unsigned version, unsigned len)
{
	size_t bytes = version == 4 ? 4 : 16, whole = len / 8;

	memset(to, 0, 16);
	memcpy(to, addr, whole < bytes ? whole : bytes);
	if (whole < bytes && len % 8 != 0)
		to[whole] = (uint8_t)(addr[whole] & (0xff00 >> len % 8));
}

static int
label_is_good(const struct report_label *label)
{
	static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	size_t n = strnlen(label->label, sizeof(label->label));

	if (n == 0 || n == sizeof(label->label) || strspn(label->label, bytes) != n)
		return 0;
	return (label->version == 4 && label->len <= 32) ||
	       (label->version == 6 && label->len <= 128);
}

static int
label_compare(const void *left, const void *right)
{
	const struct report_label *a = left, *b = right;

	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	if (a->len != b->len)
		return a->len > b->len ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static void
label_make_groups(void)
{
	struct label_group *group = NULL;

	label_n_groups = 0;
	for (unsigned i = 0; i < report_label_count; i++) {
		const struct report_label *label = &label_table[i];

		if (!group || group->version != label->version || group->len != label->len) {
			group = &label_groups[label_n_groups++];
			*group = (struct label_group){ label->version, label->len, (uint16_t)i, 0 };
		}
		group->n++;
	}
}

void
report_labels_use(const struct report_label *labels, size_t n)
{
	report_label_count = 0;
	for (size_t i = 0; i < n && report_label_count < REPORT_LABELS_MAX; i++) {
		struct report_label *to = &label_table[report_label_count];

		if (!label_is_good(&labels[i]))
			continue;
		*to = labels[i];
		label_mask(to->addr, labels[i].addr, to->version, to->len);
		report_label_count++;
	}
	qsort(label_table, report_label_count, sizeof(label_table[0]), label_compare);
	label_make_groups();
}

void
report_labels_told(const struct report_label *labels, size_t n)
{
	report_labels_use(labels, n);
	label_told = 1;
}

void
report_labels_begin(void)
{
	if (!label_told)
		report_labels_use(NULL, 0);
	label_told = 0;
}

const struct report_label *
report_labels(unsigned *n)
{
	*n = report_label_count;
	return label_table;
}

const struct report_label *
report_label_lookup(const uint8_t *addr, unsigned version)
{
	for (unsigned i = 0; i < label_n_groups; i++) {
		const struct label_group *group = &label_groups[i];
		struct report_label wanted = { .version = group->version, .len = group->len };
		const struct report_label *found;

		if (group->version != version)
			continue;
		label_mask(wanted.addr, addr, version, group->len);
		found = bsearch(&wanted, label_table + group->first, group->n, sizeof(wanted),
		                label_compare);
		if (found)
			return found;
	}
	return NULL;
}

const char *
report_label_find(const uint8_t *addr, unsigned version)
{
	const struct report_label *label = report_label_lookup(addr, version);

	return label ? label->label : NULL;
}

char *
report_label_json_some(char *to, const uint8_t *addr, unsigned version)
{
	const char *name = report_label_find(addr, version);

	if (!name)
		return to;
	to = report_format_text(report_format_text(to, ",\"name\":\""), name);
	*to++ = '"';
	return to;
}

int
report_label_within(const struct report_label *net, const struct report_label *in)
{
	uint8_t addr[16];

	if (net->version != in->version || net->len < in->len)
		return 0;
	label_mask(addr, net->addr, in->version, in->len);
	return memcmp(addr, in->addr, sizeof(addr)) == 0;
}

/* A star takes as little as it can; where that fails, the last one takes one character more. */
int
report_label_matches(const char *pattern, size_t n, const char *label)
{
	const char *end = pattern + n, *star = NULL, *from = NULL;

	while (*label) {
		if (pattern < end && *pattern == '*') {
			star = pattern++;
			from = label;
		} else if (pattern < end &&
		           (*pattern == '?' ||
		            tolower((unsigned char)*pattern) == tolower((unsigned char)*label))) {
			pattern++;
			label++;
		} else if (star) {
			pattern = star + 1;
			label = ++from;
		} else {
			return 0;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}
