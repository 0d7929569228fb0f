/* SPDX-License-Identifier: BSD-3-Clause */
/* The words of --sort and --by, and lists of them; see filter_key.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "filter_key.h"
#include "filter_value.h"

#define ROWS   FILTER_KEY_SORTS_ROWS
#define TOTALS (FILTER_KEY_SORTS_ROWS | FILTER_KEY_SORTS_GROUPS)
#define BOTH   (FILTER_KEY_SORTS_ROWS | FILTER_KEY_GROUPS)
#define NAME(name, kind, field, who, uses, groups)                                                 \
	{                                                                                          \
		name, FILTER_KEY_##kind, FILTER_FIELD_##field, FILTER_##who, uses,                 \
		    REPORT_GROUP_##groups, 0                                                       \
	}
#define NET(name, who, groups)                                                                     \
	{                                                                                          \
		name, FILTER_KEY_SOCKET, FILTER_FIELD_PORT, FILTER_##who, FILTER_KEY_GROUPS,       \
		    REPORT_GROUP_##groups, 1                                                       \
	}

/* Where a key is no number of the row, the column of the field means nothing. */
static const struct filter_key_word filter_key_words[] = {
	NAME("client", SOCKET, PORT, CLIENT, BOTH, CLIENT),
	NAME("server", SOCKET, PORT, SERVER, BOTH, SERVER),
	NAME("local", SOCKET, PORT, LOCAL, ROWS, NONE),
	NAME("foreign", SOCKET, PORT, PEER, ROWS, NONE),
	NAME("bound", BOUND, PORT, LOCAL, ROWS, NONE),
	NET("client-net", CLIENT, CLIENT),
	NET("server-net", SERVER, SERVER),
	NAME("client-port", FIELD, PORT, CLIENT, BOTH, CLIENT_PORT),
	NAME("client.port", FIELD, PORT, CLIENT, BOTH, CLIENT_PORT),
	NAME("server-port", FIELD, PORT, SERVER, BOTH, SERVER_PORT),
	NAME("server.port", FIELD, PORT, SERVER, BOTH, SERVER_PORT),
	NAME("port", FIELD, PORT, SERVER, BOTH, SERVER_PORT),
	NAME("state", STATE, PROTO, EITHER, BOTH, STATE),
	NAME("client.state", STATE, PROTO, CLIENT, BOTH, CLIENT_STATE),
	NAME("server.state", STATE, PROTO, SERVER, BOTH, SERVER_STATE),
	NAME("proto", FIELD, PROTO, CLIENT, BOTH, PROTO),
	NAME("vlan", FIELD, VLAN, CLIENT, BOTH, VLAN),
	NAME("vni", FIELD, VNI, CLIENT, BOTH, VNI),
	NAME("worker", FIELD, WORKER, CLIENT, BOTH, WORKER),
	NAME("end", FIELD, END_CAUSE, CLIENT, BOTH, END_CAUSE),
	NAME("closed-by", FIELD, CLOSED_BY, CLIENT, BOTH, CLOSED_BY),
	NAME("count", COUNT, PROTO, CLIENT, FILTER_KEY_SORTS_GROUPS, NONE),
	NAME("packets", FIELD, PACKETS, CLIENT, TOTALS, NONE),
	NAME("bytes", FIELD, BYTES, CLIENT, TOTALS, NONE),
	NAME("payload", FIELD, PAYLOAD, CLIENT, TOTALS, NONE),
	NAME("retransmitted", FIELD, RETRANSMITTED, CLIENT, ROWS, NONE),
	NAME("age", FIELD, AGE, CLIENT, ROWS, NONE),
	NAME("idle", FIELD, IDLE, CLIENT, ROWS, NONE),
	NAME("in-state", FIELD, IN_STATE, CLIENT, ROWS, NONE),
	NAME("opened", OPENED, PROTO, CLIENT, ROWS, NONE),
	NAME("last", LAST, PROTO, CLIENT, ROWS, NONE),
	NAME("id", FIELD, ID, CLIENT, ROWS, NONE),
};

#define KEY_QUOTED_MAX 24 /* bytes of a wrong word that a message quotes */

/* --- lists ---------------------------------------------------------------------------------- */

/* A list being read. */
struct filter_list {
	const char *text;
	struct filter_span item; /* the word it is at */
	const char *next;        /* NULL: that was the last */
	struct filter_error *error;
};

static int
filter_list_fail(const struct filter_list *list, const char *expected)
{
	struct filter_error *error = list->error;
	char quoted[KEY_QUOTED_MAX + 1];

	if (!error)
		return -EINVAL;
	error->offset = (unsigned)(list->item.at - list->text);
	snprintf(quoted, sizeof(quoted), "%.*s", (int)list->item.n, list->item.at);
	for (char *p = quoted; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	snprintf(error->text, sizeof(error->text), _("column %u: expected %s, not '%s'"),
	         error->offset + 1, expected, quoted);
	return -EINVAL;
}

static void
filter_list_step(struct filter_list *list, const char *from)
{
	size_t n = strcspn(from, ",");

	list->item = (struct filter_span){ from, n };
	list->next = from[n] == ',' ? from + n + 1 : NULL;
}

static const struct filter_key_word *
filter_key_find(struct filter_span span, unsigned use)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_key_words); i++)
		if ((filter_key_words[i].uses & use) &&
		    filter_span_is(span, filter_key_words[i].name))
			return &filter_key_words[i];
	return NULL;
}

/* Takes `tail` off the end of the span, if it is there. */
static bool
filter_span_strip(struct filter_span *span, const char *tail)
{
	size_t n = strlen(tail);
	struct filter_span end;

	if (span->n < n)
		return false;
	end = (struct filter_span){ span->at + span->n - n, n };
	if (!filter_span_is(end, tail))
		return false;
	span->n -= n;
	return true;
}

int
filter_order_parse(struct filter_order *order, const char *text, enum filter_key_use use,
                   struct filter_error *error)
{
	struct filter_list list = { .text = text, .next = text, .error = error };

	for (order->n = 0; list.next; order->n++) {
		struct filter_span name;
		int descending;

		filter_list_step(&list, list.next);
		if (order->n == FILTER_KEYS_MAX)
			return filter_list_fail(&list, _("at most four fields"));
		name = list.item;
		descending = name.n > 0 && name.at[0] == '-';
		name.at += descending;
		name.n -= (size_t)descending;
		if (!filter_span_strip(&name, ":asc"))
			descending |= filter_span_strip(&name, ":desc");
		order->keys[order->n].descending = descending;
		order->keys[order->n].word = filter_key_find(name, use);
		if (!order->keys[order->n].word)
			return filter_list_fail(
			    &list, use == FILTER_KEY_SORTS_GROUPS
				       ? _("count, packets, bytes or payload to sort groups by")
				       : _("a field to sort by, as bytes, -idle or client"));
	}
	return 0;
}

/* The length after '/', or the whole address. */
static int
filter_grouping_len(const struct filter_list *list, const struct filter_key_word *word,
                    struct filter_span len, uint8_t lens[2])
{
	uint64_t bits = 128;

	if (word->has_len && !len.at)
		return filter_list_fail(list, _("a length after it, as client-net/24"));
	if (len.at && word->kind != FILTER_KEY_SOCKET)
		return filter_list_fail(list, _("no length here"));
	if (len.at && filter_value_number(len, 128, &bits) != 0)
		return filter_list_fail(list, _("a length of 0 to 128 bits"));
	lens[0] = (uint8_t)(bits > 32 ? 32 : bits);
	lens[1] = (uint8_t)bits;
	return 0;
}

int
filter_grouping_parse(struct filter_grouping *grouping, const char *text,
                      struct filter_error *error)
{
	struct filter_list list = { .text = text, .next = text, .error = error };

	for (grouping->n = 0; list.next; grouping->n++) {
		struct filter_span name, len = { NULL, 0 };
		const char *slash;

		filter_list_step(&list, list.next);
		if (grouping->n == FILTER_KEYS_MAX)
			return filter_list_fail(&list, _("at most four fields"));
		name = list.item;
		slash = memchr(name.at, '/', name.n);
		if (slash) {
			len.at = slash + 1;
			len.n = (size_t)(name.at + name.n - len.at);
			name.n = (size_t)(slash - name.at);
		}
		grouping->keys[grouping->n].word = filter_key_find(name, FILTER_KEY_GROUPS);
		if (!grouping->keys[grouping->n].word)
			return filter_list_fail(
			    &list, _("a field to group by, as server, state or client-net/24"));
		if (filter_grouping_len(&list, grouping->keys[grouping->n].word, len,
		                        grouping->keys[grouping->n].len) != 0)
			return -EINVAL;
	}
	return 0;
}

const struct filter_key_word *
filter_key_at(size_t at)
{
	return at < BASE_COUNT_OF(filter_key_words) ? &filter_key_words[at] : NULL;
}

unsigned
filter_order_needs(const struct filter_order *order)
{
	static const uint8_t parts[] = {
		[FILTER_KEY_SOCKET] = FILTER_PART_KEY, [FILTER_KEY_STATE] = FILTER_PART_STATES,
		[FILTER_KEY_BOUND] = FILTER_PART_KEY,  [FILTER_KEY_OPENED] = FILTER_PART_TIMES,
		[FILTER_KEY_LAST] = FILTER_PART_TIMES, [FILTER_KEY_COUNT] = 0,
	};
	unsigned needs = 0;

	for (unsigned i = 0; i < order->n; i++) {
		const struct filter_key_word *word = order->keys[i].word;

		if (word->kind == FILTER_KEY_FIELD)
			needs |= filter_field_part((enum filter_field)word->field);
		else
			needs |= parts[word->kind];
	}
	return needs;
}
