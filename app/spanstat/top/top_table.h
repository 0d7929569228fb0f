/* SPDX-License-Identifier: BSD-3-Clause */
/* The items of a sample as a table, in as many columns as find room. Only top_text.c uses it. */
#ifndef TOP_TABLE_H
#define TOP_TABLE_H

#include "top_text.h"

/* A heading and items, `room` lines at most. Returns for how many items that has room. */
unsigned top_table_put(struct top_page *page, const struct top_settings *settings,
                       const struct top_sample *sample, unsigned room);

/* The heading of what items are sorted by. */
const char *top_table_name(enum top_sort sort);

/* A state in five letters. */
const char *top_state_short(unsigned state);

/* top_text.c: the next line of the page, empty; NULL: there is no room for it. */
char *top_page_line(struct top_page *page, enum top_style style);

/* The same, filled and cut to the width. */
void top_page_put(struct top_page *page, enum top_style style, const char *format, ...)
    BASE_PRINTF(3, 4);

#endif
