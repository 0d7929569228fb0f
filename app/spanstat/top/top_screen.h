/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The terminal of top: what is drawn, and which keys come. The only file that knows curses.
 *
 * Between open and close the terminal is curses's; nothing else may be written to it. Only what
 * differs from what the screen shows is sent, so nothing flickers.
 */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

#include "top_text.h"

#define TOP_KEY_NONE   (-1)
#define TOP_KEY_RESIZE (-2) /* the terminal has another size now */

/* 0, or -EINVAL: the terminal is of a kind that cannot be drawn on. */
int top_screen_open(void);

/* The terminal is as it was. May be called when it was never opened. */
void top_screen_close(void);

void top_screen_size(unsigned *width, unsigned *height);
void top_screen_draw(const struct top_page *page);

/* The next key that has come, as top_keys_press takes it; TOP_KEY_NONE: none has. */
int top_screen_key(void);

/* All of it is drawn anew: something else has written to the terminal. */
void top_screen_redraw(void);

#endif
