/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What keys set: which view, in which order, what filter; and the line that is typed.
 *
 * top_keys_press changes the settings and returns what is to be done then. Pure: no terminal.
 */
#ifndef TOP_KEYS_H
#define TOP_KEYS_H

#include "ctl_frame.h"
#include "print_out.h"
#include "top_sample.h"

#define TOP_FILTER_MAX      (CTL_FILTER_MAX - 64) /* what is added to it finds room too */
#define TOP_INTERVAL_MIN_US 100000
#define TOP_INTERVAL_MAX_US UINT64_C(3600000000)

/* Keys that are no characters. */
enum top_key {
	TOP_KEY_UP = 0x10000,
	TOP_KEY_DOWN,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_LEFT,
	TOP_KEY_RIGHT,
	TOP_KEY_BACKSPACE,
	TOP_KEY_DELETE,
};

enum top_action {
	TOP_NOTHING,
	TOP_DRAW, /* draw the same sample anew */
	TOP_SORT, /* sort the items anew; the order that the daemon is asked for may change too */
	TOP_ASK,  /* ask for another sample now */
	TOP_QUIT,
};

enum top_prompt { TOP_PROMPT_NONE, TOP_PROMPT_FILTER, TOP_PROMPT_INTERVAL };

struct top_settings {
	enum top_view view;
	enum top_sort sort[TOP_VIEWS];
	int reverse[TOP_VIEWS];
	char by[CTL_WORDS_MAX]; /* of the groups */
	char filter[CTL_FILTER_MAX];
	uint64_t interval_us;
	struct print_style style; /* what hosts and ports are called; no columns */
	int paused, help, wide;
	unsigned scroll; /* items that are passed over */

	enum top_prompt prompt;
	char input[CTL_FILTER_MAX];
	unsigned input_n, input_at; /* its bytes, and where the cursor is */
	char message[CTL_TEXT_MAX]; /* for the last line, until the next key */
};

void top_settings_init(struct top_settings *settings);

/* There are `items`, and the screen has room for `page` of them. */
enum top_action
top_keys_press(struct top_settings *settings, int key, unsigned items, unsigned page);

/* The order to ask the daemon for, so that its first rows are the ones wanted. */
const char *top_keys_order(const struct top_settings *settings);

/* Seconds in words of a person ("2", "0.5") into *us. 0 or -EINVAL. */
int top_keys_interval(const char *text, uint64_t *us);

#endif
