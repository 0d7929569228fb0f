/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The page of top: lines of text, made of a sample and the settings for a screen of a given size.
 *
 * Pure: top_screen draws the lines and knows nothing of what they mean. Text is in the user's
 * language and its characters those of the locale; a line never has more columns than the screen,
 * and there are never more lines than it has.
 */
#ifndef TOP_TEXT_H
#define TOP_TEXT_H

#include "top_keys.h"
#include "top_sample.h"

#define TOP_COLUMNS_MAX 400
#define TOP_LINES_MAX   300
#define TOP_LINE_BYTES  (4 * TOP_COLUMNS_MAX + 1) /* of a line: a character has at most four */

enum top_style { TOP_PLAIN, TOP_STRONG, TOP_TITLE, TOP_HEADING, TOP_FAINT, TOP_ALARM };

struct top_line {
	uint8_t style; /* enum top_style */
	char text[TOP_LINE_BYTES];
};

/* What the page says besides the sample. */
struct top_status {
	char name[64];              /* the daemon's */
	uint64_t now_us;            /* report time; 0: nothing has come yet */
	struct top_rates rates;     /* of the whole */
	char trouble[CTL_TEXT_MAX]; /* empty: all is well */
};

struct top_page {
	unsigned width, height; /* of the screen; set by the caller */
	unsigned n;
	struct top_line lines[TOP_LINES_MAX];
	unsigned n_items; /* items of the sample that are on the page */
	int cursor;       /* column in the last line, or -1 */
};

/* Makes the page. Returns for how many items a screen of this size has room. */
unsigned top_page_make(struct top_page *page, const struct top_settings *settings,
                       const struct top_status *status, const struct top_sample *sample);

/* Numbers of at most five characters: 1234, 12.3k, 4.56M; below 0 "-". Ends with NUL. */
#define TOP_NUMBER_MAX 16
void top_text_number(char to[TOP_NUMBER_MAX], double value, int is_rate);

/* Durations of at most five: 12s, 5m03, 2h10, 3d04, 123d. */
void top_text_duration(char to[TOP_NUMBER_MAX], uint64_t us);

#endif
