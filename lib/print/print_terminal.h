/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text that fits the terminal: what room there is, and what is cut for it.
 *
 * A terminal has so many; a pipe, a file and --wide have no limit, and nothing is cut there. What a
 * table can do without is the middle of a long address, so names have the room that the numbers
 * beside them leave. lib/dialect lays out its own columns, in which the widths are each system's.
 *
 * `columns` is that of struct print_style: of the terminal, or 0 where there is no limit. Any
 * thread.
 */
#ifndef PRINT_TERMINAL_H
#define PRINT_TERMINAL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Columns for a name beside `others` columns of the line: what they leave, `least` at least and
 * `most` at most; `usual` where there is no limit.
 */
unsigned print_terminal_room(unsigned columns, unsigned others, unsigned least, unsigned usual,
                             unsigned most);

/*
 * Shortens `text`, which is ASCII, to `width` columns, at least one: a ~ stands for what is left
 * out of its middle. Returns `text`. The second if there is a limit.
 */
char *print_terminal_cut(char *text, unsigned width);
char *print_terminal_middle(unsigned columns, char *text, unsigned width);

/* The latter of the beginning of a text in any language, as of a file's path. */
char *print_terminal_tail(unsigned columns, char *text, unsigned width);

BASE_END_DECLS

#endif
