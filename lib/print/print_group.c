/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups as text, JSON and CSV; see report_group.h. */

#include <inttypes.h>

#include <stdio.h>

#include "base_text.h"
#include "base_width.h"
#include "print_group.h"
#include "print_part.h"
#include "report_format.h"
#include "report_names.h"

#define GROUP_LINE_MAX  1024
#define GROUP_KEY_MAX   64 /* bytes of a key's value */
#define GROUP_SUM_WIDTH 16
/* Of an address, a blank included: where a narrow terminal cuts it, and of any with its length. */
#define GROUP_NAME_LEAST 16
#define GROUP_NAME_MOST  44

/* A kind's name in JSON and CSV, over its column, and how wide that is. */
static const struct {
	const char *name, *title;
	int width;
} group_kinds[REPORT_GROUP_KINDS] = {
	[REPORT_GROUP_NONE] = { "", "", 0 },
	[REPORT_GROUP_CLIENT] = { "client", "Client", 20 },
	[REPORT_GROUP_SERVER] = { "server", "Server", 20 },
	[REPORT_GROUP_CLIENT_PORT] = { "client_port", "CPort", 6 },
	[REPORT_GROUP_SERVER_PORT] = { "server_port", "Port", 6 },
	[REPORT_GROUP_STATE] = { "state", "Client/Server state", 26 },
	[REPORT_GROUP_CLIENT_STATE] = { "client_state", "Client state", 13 },
	[REPORT_GROUP_SERVER_STATE] = { "server_state", "Server state", 13 },
	[REPORT_GROUP_PROTO] = { "proto", "Proto", 6 },
	[REPORT_GROUP_VLAN] = { "vlan", "VLAN", 5 },
	[REPORT_GROUP_VNI] = { "vni", "VNI", 8 },
	[REPORT_GROUP_WORKER] = { "worker", "Worker", 7 },
	[REPORT_GROUP_END_CAUSE] = { "end", "End", 8 },
	[REPORT_GROUP_CLOSED_BY] = { "closed_by", "Closed by", 10 },
};

static const char *const group_sums[] = { "count", "packets", "bytes", "payload" };

/* Over the sums; where these are in short, the first title is too. */
static const char *const group_titles[] = { "Connections", "Packets", "Bytes", "Payload" };
#define GROUP_TITLE_BRIEF "Conns"

static uint64_t
group_sum(const struct report_group *group, unsigned i)
{
	const uint64_t sums[] = { group->count, group->packets, group->bytes, group->payload };

	return sums[i];
}

static int
group_kind(const struct report_group *group, unsigned i)
{
	return group->keys[i].kind < REPORT_GROUP_KINDS ? group->keys[i].kind : REPORT_GROUP_NONE;
}

static unsigned
group_keys(const struct report_group *group)
{
	return base_min_u32(group->n_keys, REPORT_GROUP_KEYS_MAX);
}

static bool
group_is_name(int kind)
{
	return kind == REPORT_GROUP_CLIENT || kind == REPORT_GROUP_SERVER;
}

static bool
group_is_host(const struct report_group_key *key)
{
	return group_is_name(key->kind) && key->len == (key->ip_version == 4 ? 32 : 128);
}

static char *
group_net(char *p, const struct report_group_key *key)
{
	p = report_format_addr(p, key->addr, key->ip_version);
	if (group_is_host(key))
		return p;
	*p++ = '/';
	return report_format_u64(p, key->len);
}

static char *
group_state(char *p, unsigned pair)
{
	p = report_format_text(p, report_state_name(pair >> 8));
	*p++ = '/';
	return report_format_text(p, report_state_name(pair & 0xff));
}

/* Is the value a number in JSON? */
static bool
group_is_number(int kind)
{
	return kind == REPORT_GROUP_CLIENT_PORT || kind == REPORT_GROUP_SERVER_PORT ||
	       kind == REPORT_GROUP_VLAN || kind == REPORT_GROUP_VNI || kind == REPORT_GROUP_WORKER;
}

/* At most GROUP_KEY_MAX bytes; none when there is no value. */
static char *
group_value(char *p, const struct report_group_key *key)
{
	const char *word = NULL;

	switch (key->kind) {
	case REPORT_GROUP_CLIENT:
	case REPORT_GROUP_SERVER:
		return group_net(p, key);
	case REPORT_GROUP_STATE:
		return group_state(p, key->value);
	case REPORT_GROUP_CLIENT_STATE:
	case REPORT_GROUP_SERVER_STATE:
		word = report_state_name(key->value);
		break;
	case REPORT_GROUP_PROTO:
		word = report_proto_name(key->value);
		break;
	case REPORT_GROUP_END_CAUSE:
		word = report_end_cause_name(key->value);
		break;
	case REPORT_GROUP_CLOSED_BY:
		word = report_closer_name(key->value);
		break;
	case REPORT_GROUP_VNI:
		return key->value == REPORT_NO_VNI ? p : report_format_u64(p, key->value);
	case REPORT_GROUP_VLAN:
		return key->value == REPORT_NO_VLAN ? p : report_format_u64(p, key->value);
	default:
		return report_format_u64(p, key->value);
	}
	return word ? report_format_text(p, word) : p;
}

char *
print_group_key(char *to, const struct print_style *style, const struct report_group_key *key)
{
	if (group_is_host(key))
		return print_names_host(to, style, key->addr, key->ip_version);
	return group_value(to, key);
}

static char *
group_pad(char *p, const char *from, int width)
{
	do
		*p++ = ' ';
	while (p - from < width);
	return p;
}

/* `value` at the right of a column. */
static char *
group_right(char *p, const char *value, int length, int width)
{
	for (int i = length; i < width; i++)
		*p++ = ' ';
	for (int i = 0; i < length; i++)
		*p++ = value[i];
	return p;
}

/* How wide the columns are: on a terminal, whose sums are short where whole ones have no room. */
struct group_layout {
	int name;  /* of an address, a blank included */
	int brief; /* sums are in short, each under its title */
};

static const char *
group_title(unsigned i, int brief)
{
	return brief && i == 0 ? GROUP_TITLE_BRIEF : group_titles[i];
}

static int
group_sum_width(unsigned i, int brief)
{
	return brief ? (int)strlen(group_title(i, brief)) + 1 : GROUP_SUM_WIDTH;
}

static struct group_layout
group_lay_out(unsigned columns, const struct report_group *group)
{
	unsigned others = 0, names = 0, name = (unsigned)group_kinds[REPORT_GROUP_CLIENT].width;
	struct group_layout layout = { .name = (int)name };

	if (columns == 0)
		return layout;
	for (unsigned i = 0; i < group_keys(group); i++) {
		int kind = group_kind(group, i);

		names += (unsigned)group_is_name(kind);
		others += group_is_name(kind) ? 0 : (unsigned)group_kinds[kind].width;
	}
	layout.brief = others + names * name + 4 * GROUP_SUM_WIDTH > columns;
	for (unsigned i = 0; i < BASE_COUNT_OF(group_titles); i++)
		others += (unsigned)group_sum_width(i, layout.brief);
	if (names > 0)
		layout.name = (int)(print_terminal_room(columns, others, names * GROUP_NAME_LEAST,
		                                        0, names * GROUP_NAME_MOST) /
		                    names);
	return layout;
}

static int
group_key_width(const struct group_layout *layout, int kind)
{
	return group_is_name(kind) ? layout->name : group_kinds[kind].width;
}

void
print_group_text_heading(struct print_out *out, const struct report_group *group)
{
	const struct group_layout layout = group_lay_out(out->style.columns, group);
	char *line = print_out_reserve(out, GROUP_LINE_MAX), *p = line;

	for (unsigned i = 0; i < group_keys(group); i++) {
		int kind = group_kind(group, i);
		char *from = p;

		p = report_format_text(p, group_kinds[kind].title);
		p = group_pad(p, from, group_key_width(&layout, kind));
	}
	for (unsigned i = 0; i < BASE_COUNT_OF(group_titles); i++)
		p = group_right(p, group_title(i, layout.brief),
		                (int)strlen(group_title(i, layout.brief)),
		                group_sum_width(i, layout.brief));
	*p++ = '\n';
	print_out_commit(out, p);
}

/* In place of the keys of what had no room, in the user's language. */
static char *
group_text_other(char *p, unsigned i, int width)
{
	const char *text = i == 0 ? _("(other)") : "-";

	p += sprintf(p, "%-*s", base_width_field(text, (unsigned)width - 1), text);
	*p++ = ' ';
	return p;
}

static char *
group_text_key(char *p, const struct print_style *style, const struct report_group *group,
               unsigned i, const struct group_layout *layout)
{
	int kind = group_kind(group, i), width = group_key_width(layout, kind);
	char *from = p;

	if (group->other)
		return group_text_other(p, i, width);
	p = print_group_key(p, style, &group->keys[i]);
	if (p == from)
		*p++ = '-';
	*p = '\0';
	if (group_is_name(kind))
		p = from + strlen(print_terminal_middle(style->columns, from, (unsigned)width - 1));
	return group_pad(p, from, width);
}

static void
group_text(struct print_out *out, const void *row)
{
	const struct report_group *group = row;
	const struct group_layout layout = group_lay_out(out->style.columns, group);
	char *line = print_out_reserve(out, GROUP_LINE_MAX), *p = line;
	char number[REPORT_U64_MAX];

	for (unsigned i = 0; i < group_keys(group); i++)
		p = group_text_key(p, &out->style, group, i, &layout);
	for (unsigned i = 0; i < BASE_COUNT_OF(group_sums); i++) {
		uint64_t sum = group_sum(group, i);
		char *end = layout.brief ? report_format_brief(number, sum)
		                         : report_format_u64(number, sum);

		p = group_right(p, number, (int)(end - number), group_sum_width(i, layout.brief));
	}
	*p++ = '\n';
	print_out_commit(out, p);
}

static char *
group_json_key(char *p, const struct report_group_key *key, int kind)
{
	char value[GROUP_KEY_MAX];
	size_t n = (size_t)(group_value(value, key) - value);
	const char *quote = group_is_number(kind) ? "" : "\"";

	if (n == 0)
		return p;
	*p++ = '"';
	p = report_format_text(p, group_kinds[kind].name);
	p = report_format_text(p, "\":");
	p = report_format_text(p, quote);
	memcpy(p, value, n);
	p = report_format_text(p + n, quote);
	*p++ = ',';
	return p;
}

static void
group_json(struct print_out *out, const void *row)
{
	const struct report_group *group = row;
	char *p = print_out_reserve(out, GROUP_LINE_MAX);

	*p++ = '{';
	for (unsigned i = 0; i < group_keys(group) && !group->other; i++)
		p = group_json_key(p, &group->keys[i], group_kind(group, i));
	if (group->other)
		p = report_format_text(p, "\"other\":true,");
	for (unsigned i = 0; i < BASE_COUNT_OF(group_sums); i++) {
		*p++ = '"';
		p = report_format_text(p, group_sums[i]);
		p = report_format_text(p, "\":");
		p = report_format_u64(p, group_sum(group, i));
		*p++ = ',';
	}
	p = report_format_text(p - 1, "}\n");
	print_out_commit(out, p);
}

void
print_group_csv_header(struct print_out *out, const struct report_group *group)
{
	for (unsigned i = 0; i < group_keys(group); i++)
		print_out_printf(out, "%s,", group_kinds[group_kind(group, i)].name);
	print_out_puts(out, "other,count,packets,bytes,payload\n");
}

static void
group_csv(struct print_out *out, const void *row)
{
	const struct report_group *group = row;
	char *p = print_out_reserve(out, GROUP_LINE_MAX);

	for (unsigned i = 0; i < group_keys(group); i++) {
		if (!group->other)
			p = group_value(p, &group->keys[i]);
		*p++ = ',';
	}
	p = report_format_text(p, group->other ? "1" : "0");
	for (unsigned i = 0; i < BASE_COUNT_OF(group_sums); i++) {
		*p++ = ',';
		p = report_format_u64(p, group_sum(group, i));
	}
	*p++ = '\n';
	print_out_commit(out, p);
}

static void
group_text_cut(struct print_out *out, uint64_t groups)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " groups shown, more are missing)\n"),
	                 groups);
}

const struct print_rows print_groups = {
	.text = group_text,
	.json = group_json,
	.csv = group_csv,
	.text_cut = group_text_cut,
};
