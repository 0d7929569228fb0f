/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys and what they do; see top_keys.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_parse.h"
#include "base_text.h"
#include "filter.h"
#include "top_keys.h"

#define TOP_KEY_ESCAPE 27
#define TOP_KEY_ENTER  '\r'
#define TOP_KEY_KILL   ('U' & 31)

/* What a view can be sorted by, in the order of its columns, and how the daemon is to sort. */
struct top_order {
	enum top_sort sort;
	const char *order, *reverse;
};

#define TOP_ORDERS_MAX 7

static const struct top_order top_orders[TOP_VIEWS][TOP_ORDERS_MAX] = {
	[TOP_CONNECTIONS] = {
		{ TOP_SORT_BITS, "-last", "-last" },
		{ TOP_SORT_RATE, "-last", "-last" },
		{ TOP_SORT_BYTES, "-bytes", "bytes" },
		{ TOP_SORT_PACKETS, "-packets", "packets" },
		{ TOP_SORT_IDLE, "-idle", "idle" },
		{ TOP_SORT_AGE, "-age", "age" },
		{ TOP_SORTS, NULL, NULL },
	},
	[TOP_GROUPS] = {
		{ TOP_SORT_COUNT, "-count", "count" },
		{ TOP_SORT_BITS, "-bytes", "-bytes" },
		{ TOP_SORT_RATE, "-packets", "-packets" },
		{ TOP_SORT_BYTES, "-bytes", "bytes" },
		{ TOP_SORT_PACKETS, "-packets", "packets" },
		{ TOP_SORTS, NULL, NULL },
	},
	[TOP_HOSTS] = {
		{ TOP_SORT_COUNT, "-count", "-count" },
		{ TOP_SORT_SERVER, "-count", "-count" },
		{ TOP_SORT_BITS, "-bytes", "-bytes" },
		{ TOP_SORT_RATE, "-packets", "-packets" },
		{ TOP_SORT_BYTES, "-bytes", "-bytes" },
		{ TOP_SORT_PACKETS, "-packets", "-packets" },
		{ TOP_SORTS, NULL, NULL },
	},
};

/* What `g` goes through. */
static const char *const top_groupings[] = {
	"client", "server", "server,server-port", "client,server", "server-port", "state",
};

void
top_settings_init(struct top_settings *settings)
{
	*settings = (struct top_settings){
		.sort = {
			[TOP_CONNECTIONS] = TOP_SORT_BITS,
			[TOP_GROUPS] = TOP_SORT_BITS,
			[TOP_HOSTS] = TOP_SORT_BITS,
		},
		.interval_us = 2000000,
	};
	strcpy(settings->by, "server,server-port");
}

static unsigned
top_order_at(const struct top_settings *settings)
{
	const struct top_order *orders = top_orders[settings->view];
	unsigned at = 0;

	while (orders[at].sort != TOP_SORTS && orders[at].sort != settings->sort[settings->view])
		at++;
	return orders[at].sort == TOP_SORTS ? 0 : at;
}

const char *
top_keys_order(const struct top_settings *settings)
{
	const struct top_order *order = &top_orders[settings->view][top_order_at(settings)];

	return settings->reverse[settings->view] ? order->reverse : order->order;
}

/* --- views and orders ------------------------------------------------------------------------ */

static enum top_action
top_set_view(struct top_settings *settings, enum top_view view)
{
	settings->view = view;
	settings->scroll = 0;
	return TOP_ASK;
}

/* The column to the right, or to the left, round about. */
static enum top_action
top_set_sort(struct top_settings *settings, int step)
{
	const struct top_order *orders = top_orders[settings->view];
	unsigned n = 0, at = top_order_at(settings);

	while (orders[n].sort != TOP_SORTS)
		n++;
	at = (at + n + (unsigned)step) % n;
	settings->sort[settings->view] = orders[at].sort;
	settings->scroll = 0;
	return TOP_SORT;
}

static enum top_action
top_set_grouping(struct top_settings *settings)
{
	unsigned n = (unsigned)BASE_COUNT_OF(top_groupings), at = 0;

	while (at < n && strcmp(top_groupings[at], settings->by) != 0)
		at++;
	/* From another view it comes back to the groups that were shown last. */
	if (settings->view == TOP_GROUPS)
		strcpy(settings->by, top_groupings[at < n ? (at + 1) % n : 0]);
	return top_set_view(settings, TOP_GROUPS);
}

static enum top_action
top_scroll(struct top_settings *settings, int key, unsigned lines, unsigned page)
{
	unsigned most = lines > page ? lines - page : 0, at = settings->scroll;

	switch (key) {
	case TOP_KEY_UP:
		at -= at > 0;
		break;
	case TOP_KEY_DOWN:
		at++;
		break;
	case TOP_KEY_PAGE_UP:
		at = at > page ? at - page : 0;
		break;
	case TOP_KEY_PAGE_DOWN:
		at += page;
		break;
	case TOP_KEY_HOME:
		at = 0;
		break;
	default:
		at = most;
	}
	settings->scroll = at < most ? at : most;
	return TOP_DRAW;
}

/* --- the line that is typed ------------------------------------------------------------------ */

static enum top_action
top_begin_prompt(struct top_settings *settings, enum top_prompt prompt)
{
	settings->prompt = prompt;
	settings->input[0] = '\0';
	if (prompt == TOP_PROMPT_FILTER)
		strcpy(settings->input, settings->filter);
	settings->input_n = settings->input_at = (unsigned)strlen(settings->input);
	return TOP_DRAW;
}

int
top_keys_interval(const char *text, uint64_t *us)
{
	uint64_t interval_us;

	if (base_parse_duration_us(text, strlen(text), BASE_DURATION_DECIMAL, &interval_us) ||
	    interval_us < TOP_INTERVAL_MIN_US || interval_us > TOP_INTERVAL_MAX_US)
		return -EINVAL;
	*us = interval_us;
	return 0;
}

/* After a mistake there is a message, the old value stays, and the line can be mended. */
static enum top_action
top_take_filter(struct top_settings *settings)
{
	struct filter_error error;
	struct filter filter;

	if (filter_compile(&filter, settings->input, settings->style.labels, &error) != 0) {
		snprintf(settings->message, sizeof(settings->message), "%s", error.text);
		settings->input_at =
		    error.offset < settings->input_n ? error.offset : settings->input_n;
		return TOP_DRAW;
	}
	strcpy(settings->filter, settings->input);
	settings->prompt = TOP_PROMPT_NONE;
	settings->scroll = 0;
	return TOP_ASK;
}

static enum top_action
top_take_interval(struct top_settings *settings)
{
	if (top_keys_interval(settings->input, &settings->interval_us) != 0) {
		snprintf(settings->message, sizeof(settings->message),
		         _("seconds are expected, 0.1 to 3600, not '%.40s'"), settings->input);
		return TOP_DRAW;
	}
	settings->prompt = TOP_PROMPT_NONE;
	return TOP_ASK;
}

static void
top_insert(struct top_settings *settings, int key)
{
	char *at = settings->input + settings->input_at;

	if (key < ' ' || key > '~' || settings->input_n + 1 >= TOP_FILTER_MAX)
		return;
	memmove(at + 1, at, settings->input_n - settings->input_at + 1);
	*at = (char)key;
	settings->input_n++;
	settings->input_at++;
}

static void
top_remove(struct top_settings *settings, unsigned at)
{
	if (at >= settings->input_n)
		return;
	memmove(settings->input + at, settings->input + at + 1, settings->input_n - at);
	settings->input_n--;
	settings->input_at = at;
}

static void
top_edit(struct top_settings *settings, int key)
{
	switch (key) {
	case TOP_KEY_LEFT:
		settings->input_at -= settings->input_at > 0;
		break;
	case TOP_KEY_RIGHT:
		settings->input_at += settings->input_at < settings->input_n;
		break;
	case TOP_KEY_HOME:
		settings->input_at = 0;
		break;
	case TOP_KEY_END:
		settings->input_at = settings->input_n;
		break;
	case TOP_KEY_BACKSPACE:
		if (settings->input_at > 0)
			top_remove(settings, settings->input_at - 1);
		break;
	case TOP_KEY_DELETE:
		top_remove(settings, settings->input_at);
		break;
	case TOP_KEY_KILL:
		settings->input_n = settings->input_at = 0;
		settings->input[0] = '\0';
		break;
	default:
		top_insert(settings, key);
	}
}

static enum top_action
top_press_prompt(struct top_settings *settings, int key)
{
	if (key == TOP_KEY_ESCAPE) {
		settings->prompt = TOP_PROMPT_NONE;
		return TOP_DRAW;
	}
	if (key != TOP_KEY_ENTER && key != '\n') {
		top_edit(settings, key);
		return TOP_DRAW;
	}
	return settings->prompt == TOP_PROMPT_FILTER ? top_take_filter(settings)
	                                             : top_take_interval(settings);
}

/* --- keys ------------------------------------------------------------------------------------ */

static enum top_action
top_toggle(int *what)
{
	*what = !*what;
	return TOP_DRAW;
}

/* One that goes on asks at once. */
static enum top_action
top_pause(struct top_settings *settings)
{
	top_toggle(&settings->paused);
	return settings->paused ? TOP_DRAW : TOP_ASK;
}

static enum top_action
top_press_letter(struct top_settings *settings, int key)
{
	switch (key) {
	case 'q':
		return TOP_QUIT;
	case 'h':
	case '?':
		return top_toggle(&settings->help);
	case 'p':
	case ' ':
		return top_pause(settings);
	case 'w':
		return top_toggle(&settings->wide);
	case 'f':
	case '/':
		return top_begin_prompt(settings, TOP_PROMPT_FILTER);
	case 'i':
	case 'd':
		return top_begin_prompt(settings, TOP_PROMPT_INTERVAL);
	case 'v':
	case '\t':
		return top_set_view(settings, (enum top_view)((settings->view + 1) % TOP_VIEWS));
	case '1':
	case '2':
	case '3':
		return top_set_view(settings, (enum top_view)(key - '1'));
	case 'g':
		return top_set_grouping(settings);
	case 's':
	case '>':
		return top_set_sort(settings, 1);
	case 'S':
	case '<':
		return top_set_sort(settings, -1);
	case 'r':
		settings->reverse[settings->view] = !settings->reverse[settings->view];
		return TOP_SORT;
	default:
		return TOP_DRAW; /* the message goes */
	}
}

enum top_action
top_keys_press(struct top_settings *settings, int key, unsigned lines, unsigned page)
{
	settings->message[0] = '\0';
	if (settings->prompt != TOP_PROMPT_NONE)
		return top_press_prompt(settings, key);
	if (settings->help && key != 'q')
		return top_toggle(&settings->help);
	if (key == TOP_KEY_RIGHT || key == TOP_KEY_LEFT)
		return top_set_sort(settings, key == TOP_KEY_RIGHT ? 1 : -1);
	if (key >= TOP_KEY_UP && key <= TOP_KEY_END)
		return top_scroll(settings, key, lines, page);
	return top_press_letter(settings, key);
}
