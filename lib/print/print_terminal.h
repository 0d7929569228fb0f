/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text that fits the terminal: how many columns there are, and what is cut for them.
 *
 * A terminal has so many; a pipe, a file and --wide have no limit, and nothing is cut there. What a
 * table can do without is the middle of a long address, so names have the room that the numbers
 * beside them leave. lib/dialect lays out its own columns, in which the widths are each system's.
 *
 * One setting a process, of the thread that prints.
 */
#ifndef PRINT_TERMINAL_H
#define PRINT_TERMINAL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* From now on a line has so many columns; 0: there is no limit, as at the beginning. */
void print_terminal_use(unsigned columns);

/* The limit, or 0. */
unsigned print_terminal_columns(void);

/*
 * Columns for a name beside `others` columns of the line: what they leave, `least` at least and
 * `most` at most; `usual` where there is no limit.
 */
unsigned print_terminal_room(unsigned others, unsigned least, unsigned usual, unsigned most);

/*
 * Shortens `text`, which is ASCII, to `width` columns, at least one: a ~ stands for what is left
 * out of its middle. Returns `text`. The second if there is a limit.
 */
char *print_terminal_cut(char *text, unsigned width);
char *print_terminal_middle(char *text, unsigned width);

/* The same of the beginning of a text in any language, as of a file's path. */
char *print_terminal_tail(char *text, unsigned width);

BASE_END_DECLS

#endif
