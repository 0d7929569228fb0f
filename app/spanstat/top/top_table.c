/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of top: names on the left, numbers on the right.
 *
 * Names have a least width. The numbers that find room beside them are drawn, the one that items
 * are sorted by first of all. What is left over widens the names. An address that is still too long
 * loses its middle or, with `w`, has a line of its own.
 */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "base_width.h"
#include "print_group.h"
#include "print_part.h"
#include "report_format.h"
#include "report_names.h"
#include "top_table.h"

#define TOP_NUMBER_WIDTH 7 /* a blank and six */
#define TOP_SOCKET_LEAST 21
#define TOP_STATE_SHORT  5
#define TOP_STATE_LONG   12
#define TOP_LONG_STATES  110 /* columns from which states are spelled out */
#define TOP_NAME_LEAST   45
#define TOP_TEXT_MAX     (REPORT_GROUP_KEYS_MAX * (PRINT_GROUP_KEY_MAX + 2))

static const struct {
	const char *name;
	unsigned views; /* bits: which have it */
} top_columns[TOP_SORTS] = {
	[TOP_SORT_COUNT] = { "conns", 1 << TOP_GROUPS | 1 << TOP_HOSTS },
	[TOP_SORT_SERVER] = { "served", 1 << TOP_HOSTS },
	[TOP_SORT_BITS] = { "bit/s", 1 << TOP_CONNECTIONS | 1 << TOP_GROUPS | 1 << TOP_HOSTS },
	[TOP_SORT_RATE] = { "pkt/s", 1 << TOP_CONNECTIONS | 1 << TOP_GROUPS | 1 << TOP_HOSTS },
	[TOP_SORT_BYTES] = { "bytes", 1 << TOP_CONNECTIONS | 1 << TOP_GROUPS | 1 << TOP_HOSTS },
	[TOP_SORT_PACKETS] = { "pkts", 1 << TOP_CONNECTIONS | 1 << TOP_GROUPS | 1 << TOP_HOSTS },
	[TOP_SORT_IDLE] = { "idle", 1 << TOP_CONNECTIONS },
	[TOP_SORT_AGE] = { "age", 1 << TOP_CONNECTIONS },
};

/* From left to right, and which of them are missed least: the last ones. */
static const uint8_t top_left_to_right[] = { TOP_SORT_COUNT, TOP_SORT_SERVER, TOP_SORT_BITS,
	                                     TOP_SORT_RATE,  TOP_SORT_BYTES,  TOP_SORT_PACKETS,
	                                     TOP_SORT_IDLE,  TOP_SORT_AGE };
static const uint8_t top_by_worth[] = { TOP_SORT_BITS,    TOP_SORT_COUNT, TOP_SORT_BYTES,
	                                TOP_SORT_IDLE,    TOP_SORT_RATE,  TOP_SORT_SERVER,
	                                TOP_SORT_PACKETS, TOP_SORT_AGE };

struct top_layout {
	const struct top_settings *settings;
	int two_lines; /* a connection's server under its client */
	int long_states;
	unsigned socket;  /* width of an address with port */
	unsigned name;    /* of all that stands left of the numbers */
	unsigned numbers; /* bits: enum top_sort */
};

const char *
top_table_name(enum top_sort sort)
{
	return sort < TOP_SORTS ? top_columns[sort].name : "";
}

const char *
top_state_short(unsigned state)
{
	static const char *const names[REPORT_STATES] = {
		[REPORT_CLOSED] = "CLOSD",      [REPORT_LISTEN] = "LISTN",
		[REPORT_SYN_SENT] = "SYN-S",    [REPORT_SYN_RECEIVED] = "SYN-R",
		[REPORT_ESTABLISHED] = "ESTAB", [REPORT_FIN_WAIT_1] = "FINW1",
		[REPORT_FIN_WAIT_2] = "FINW2",  [REPORT_CLOSE_WAIT] = "CLOSW",
		[REPORT_CLOSING] = "CLSNG",     [REPORT_LAST_ACK] = "LASTA",
		[REPORT_TIME_WAIT] = "TIMEW",   [REPORT_UDP] = "UDP",
	};

	return state < REPORT_STATES ? names[state] : "?";
}

/* --- layout ----------------------------------------------------------------------------------- */

static unsigned
top_state_width(const struct top_layout *layout)
{
	return layout->long_states ? TOP_STATE_LONG : TOP_STATE_SHORT;
}

static unsigned
top_name_least(const struct top_layout *layout)
{
	if (layout->settings->view != TOP_CONNECTIONS)
		return TOP_NAME_LEAST;
	if (layout->two_lines)
		return REPORT_SOCKET_MAX + 1 + TOP_STATE_SHORT;
	return 2 * (TOP_SOCKET_LEAST + 1 + TOP_STATE_SHORT) + 1;
}

/* As many numbers as find room, the one that is sorted by first of all. */
static void
top_choose_numbers(struct top_layout *layout, unsigned width)
{
	enum top_view view = layout->settings->view;
	unsigned room = width > layout->name ? (width - layout->name) / TOP_NUMBER_WIDTH : 0;

	if (room == 0 && width > 3 * TOP_NUMBER_WIDTH)
		room = 1;
	layout->numbers = room ? 1u << layout->settings->sort[view] : 0;
	room -= room > 0;
	for (unsigned i = 0; i < BASE_COUNT_OF(top_by_worth) && room > 0; i++) {
		unsigned bit = 1u << top_by_worth[i];

		if (!(top_columns[top_by_worth[i]].views & 1u << view) || layout->numbers & bit)
			continue;
		layout->numbers |= bit;
		room--;
	}
}

static void
top_lay_out(struct top_layout *layout, const struct top_settings *settings, unsigned width)
{
	unsigned numbers, most = settings->wide ? 1 : 2;

	*layout = (struct top_layout){
		.settings = settings,
		.two_lines = settings->view == TOP_CONNECTIONS && settings->wide,
		.long_states = width >= TOP_LONG_STATES,
	};
	layout->name = top_name_least(layout);
	top_choose_numbers(layout, width);
	numbers = (unsigned)__builtin_popcount(layout->numbers) * TOP_NUMBER_WIDTH;
	layout->name = width > numbers ? width - numbers : 0;
	if (settings->view != TOP_CONNECTIONS)
		return;
	/* Names share what the states leave; more than the longest address is of no use. */
	layout->socket =
	    layout->name > most * (top_state_width(layout) + 1) + (most - 1)
		? (layout->name - most * (top_state_width(layout) + 1) - (most - 1)) / most
		: 1;
	if (layout->socket > REPORT_SOCKET_MAX)
		layout->socket = REPORT_SOCKET_MAX;
}

/* --- cells ------------------------------------------------------------------------------------ */

/* Puts `text` at `to`, `width` columns; of one too long the middle is left out. */
static char *
top_put_cell(char *to, const char *text, unsigned width)
{
	char cell[TOP_TEXT_MAX];

	snprintf(cell, sizeof(cell), "%s", text);
	if (width > 0)
		to += sprintf(to, "%-*s", (int)width, print_terminal_cut(cell, width));
	return to;
}

/* The same of text in the user's language, which is shorter than the cell. */
static char *
top_put_words(char *to, const char *text, unsigned width)
{
	return to + sprintf(to, "%-*s", base_width_field(text, width), text);
}

static char *
top_put_number(char *to, const char *text)
{
	return to + sprintf(to, "%*.*s", TOP_NUMBER_WIDTH, TOP_NUMBER_WIDTH - 1, text);
}

static void
top_number(char text[TOP_NUMBER_MAX], const struct top_item *item, enum top_sort sort,
           uint64_t now_us)
{
	uint64_t age_us = now_us > item->row.opened_us ? now_us - item->row.opened_us : 0;

	switch (sort) {
	case TOP_SORT_BITS:
		top_text_number(text, item->bits, 1);
		break;
	case TOP_SORT_RATE:
		top_text_number(text, item->rate, 1);
		break;
	case TOP_SORT_BYTES:
		top_text_number(text, (double)item->group.bytes, 0);
		break;
	case TOP_SORT_PACKETS:
		top_text_number(text, (double)item->group.packets, 0);
		break;
	case TOP_SORT_COUNT:
		top_text_number(text, (double)item->group.count, 0);
		break;
	case TOP_SORT_SERVER:
		top_text_number(text, (double)item->as_server, 0);
		break;
	default:
		top_text_duration(text, sort == TOP_SORT_IDLE ? item->row.idle_us : age_us);
	}
}

/* The numbers of an item, or their headings; at the right edge of the line. */
static char *
top_put_numbers(char *to, const struct top_layout *layout, const struct top_item *item,
                uint64_t now_us)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(top_left_to_right); i++) {
		enum top_sort sort = (enum top_sort)top_left_to_right[i];
		char text[TOP_NUMBER_MAX];

		if (!(layout->numbers & 1u << sort))
			continue;
		if (item)
			top_number(text, item, sort, now_us);
		to = top_put_number(to, item ? text : top_table_name(sort));
	}
	return to;
}

/* The end of the line of which `from` to `to` is filled; `more` columns are still to come. */
static char *
top_fill_to(char *from, char *to, unsigned column)
{
	while (to < from + column)
		*to++ = ' ';
	return to;
}

/* --- lines ------------------------------------------------------------------------------------ */

static char *
top_put_end(char *to, const struct top_layout *layout, const struct report_row *row,
            const struct report_end *end)
{
	char text[REPORT_SOCKET_MAX + 1];

	*print_names_socket(text, &layout->settings->style, end->addr, row->ip_version, end->port,
	                    row->proto) = '\0';
	to = top_put_cell(to, text, layout->socket);
	*to++ = ' ';
	return top_put_cell(
	    to, layout->long_states ? report_state_name(end->state) : top_state_short(end->state),
	    top_state_width(layout));
}

static void
top_group_text(char text[TOP_TEXT_MAX], const struct print_style *style,
               const struct report_group *group)
{
	char *p = text;

	for (unsigned i = 0; i < group->n_keys && i < REPORT_GROUP_KEYS_MAX; i++) {
		if (i > 0)
			*p++ = ' ';
		p = print_group_key(p, style, &group->keys[i]);
	}
	*p = '\0';
}

/* Cut to the page when all is there. */
static void
top_put_line(struct top_page *page, enum top_style style, char *line, char *end)
{
	*end = '\0';
	top_page_put(page, style, "%s", line);
}

static void
top_put_item(struct top_page *page, const struct top_layout *layout, const struct top_item *item,
             uint64_t now_us)
{
	char line[3 * TOP_COLUMNS_MAX], *p = line, name[TOP_TEXT_MAX];

	if (layout->settings->view != TOP_CONNECTIONS) {
		top_group_text(name, &layout->settings->style, &item->group);
		p = item->group.other ? top_put_words(p, _("all others"), layout->name)
		                      : top_put_cell(p, name, layout->name);
	} else {
		p = top_put_end(p, layout, &item->row, &item->row.client);
		if (!layout->two_lines)
			*p++ = ' ';
		if (!layout->two_lines)
			p = top_put_end(p, layout, &item->row, &item->row.server);
	}
	p = top_fill_to(line, p, layout->name);
	top_put_line(page, TOP_PLAIN, line, top_put_numbers(p, layout, item, now_us));
	if (!layout->two_lines)
		return;
	top_put_line(page, TOP_PLAIN, line,
	             top_put_end(line, layout, &item->row, &item->row.server));
}

static char *
top_put_end_heading(char *to, const struct top_layout *layout, const char *name)
{
	to = top_put_cell(to, name, layout->socket);
	*to++ = ' ';
	return top_put_cell(to, "State", top_state_width(layout));
}

static void
top_put_heading(struct top_page *page, const struct top_layout *layout)
{
	enum top_view view = layout->settings->view;
	char line[2 * TOP_COLUMNS_MAX], *p = line;

	if (view == TOP_CONNECTIONS) {
		p = top_put_end_heading(p, layout, layout->two_lines ? "Client, Server" : "Client");
		if (!layout->two_lines)
			*p++ = ' ';
		if (!layout->two_lines)
			p = top_put_end_heading(p, layout, "Server");
	} else {
		p = top_put_cell(p, view == TOP_HOSTS ? "Host" : layout->settings->by,
		                 layout->name);
	}
	p = top_fill_to(line, p, layout->name);
	top_put_line(page, TOP_HEADING, line, top_put_numbers(p, layout, NULL, 0));
}

unsigned
top_table_put(struct top_page *page, const struct top_settings *settings,
              const struct top_sample *sample, unsigned room)
{
	struct top_layout layout;
	unsigned from = settings->scroll < sample->n ? settings->scroll : 0;

	top_lay_out(&layout, settings, page->width);
	top_put_heading(page, &layout);
	if (layout.two_lines)
		room /= 2;
	if (sample->view != settings->view)
		return room;
	for (unsigned i = from; i < sample->n && i < from + room; i++, page->n_items++)
		top_put_item(page, &layout, &sample->items[sample->order[i]], sample->stats.now_us);
	return room;
}
