/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Labels sorted by IP version, prefix length (the longest first) and address; see report_label.h.
 *
 * Labels of one version and length stand together as a group, in which a masked address is
 * searched; the first group that has it has the longest prefix.
 */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base_parse.h"
#include "report_format.h"
#include "report_label.h"

static_assert(REPORT_LABEL_MAX == BASE_LABEL_MAX, "a label is as long everywhere");

static void
label_mask(uint8_t to[16], const uint8_t *addr, unsigned version, unsigned len)
{
	memset(to, 0, 16);
	memcpy(to, addr, base_net_bits(version) / 8);
	base_net_mask(to, len);
}

static bool
label_is_good(const struct report_label *label)
{
	size_t n = strnlen(label->label, sizeof(label->label));

	return base_parse_is_label(label->label, n, "") &&
	       (label->version == 4 || label->version == 6) &&
	       label->len <= base_net_bits(label->version);
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
label_make_groups(struct report_labels *labels)
{
	struct report_label_group *group = NULL;

	labels->n_groups = 0;
	for (unsigned i = 0; i < labels->n; i++) {
		const struct report_label *label = &labels->label[i];

		if (!group || group->version != label->version || group->len != label->len) {
			group = &labels->group[labels->n_groups++];
			*group = (struct report_label_group){ label->version, label->len,
				                              (uint16_t)i, 0 };
		}
		group->n++;
	}
}

void
report_labels_use(struct report_labels *labels, const struct report_label *from, size_t n)
{
	labels->n = 0;
	for (size_t i = 0; i < n && labels->n < REPORT_LABELS_MAX; i++) {
		struct report_label *to = &labels->label[labels->n];

		if (!label_is_good(&from[i]))
			continue;
		*to = from[i];
		label_mask(to->addr, from[i].addr, to->version, to->len);
		labels->n++;
	}
	qsort(labels->label, labels->n, sizeof(labels->label[0]), label_compare);
	label_make_groups(labels);
}

void
report_labels_receive(struct report_labels *labels, const struct report_label *from, size_t n)
{
	report_labels_use(labels, from, n);
	labels->received = true;
}

void
report_labels_begin(struct report_labels *labels)
{
	if (!labels->received)
		report_labels_use(labels, NULL, 0);
	labels->received = false;
}

const struct report_label *
report_label_lookup(const struct report_labels *labels, const uint8_t *addr, unsigned version)
{
	for (unsigned i = 0; labels && i < labels->n_groups; i++) {
		const struct report_label_group *group = &labels->group[i];
		struct report_label wanted = { .version = group->version, .len = group->len };
		const struct report_label *found;

		if (group->version != version)
			continue;
		label_mask(wanted.addr, addr, version, group->len);
		found = bsearch(&wanted, labels->label + group->first, group->n, sizeof(wanted),
		                label_compare);
		if (found)
			return found;
	}
	return NULL;
}

const char *
report_label_find(const struct report_labels *labels, const uint8_t *addr, unsigned version)
{
	const struct report_label *label = report_label_lookup(labels, addr, version);

	return label ? label->label : NULL;
}

char *
report_label_json_some(char *to, const struct report_labels *labels, const uint8_t *addr,
                       unsigned version)
{
	const char *name = report_label_find(labels, addr, version);

	if (!name)
		return to;
	to = report_format_text(report_format_text(to, ",\"name\":\""), name);
	*to++ = '"';
	return to;
}

bool
report_label_within(const struct report_label *net, const struct report_label *in)
{
	uint8_t addr[16];

	if (net->version != in->version || net->len < in->len)
		return false;
	label_mask(addr, net->addr, in->version, in->len);
	return memcmp(addr, in->addr, sizeof(addr)) == 0;
}

/* A star takes as little as it can; where that fails, the last one takes one character more. */
bool
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
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}
