/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How wide a text is on a terminal: Japanese characters have two columns, and three bytes each.
 *
 * Whatever is padded, cut or wrapped for a person and may be in another language is measured here.
 * Characters are those of the locale (LC_CTYPE); a byte that begins none of them, and one that
 * moves the cursor, counts as one column. Pure but for the locale; any thread. Not for rows.
 */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Bytes of the first character of `text`, 0 at its end; *columns is how wide it is. */
size_t base_width_step(const char *text, unsigned *columns);

/*
 * What is no character, or none that is printed, becomes '?', a byte for a byte: what comes from
 * elsewhere must not move the cursor.
 */
void base_width_clean(char *text);

/* Columns of all of it. */
unsigned base_width(const char *text);

/* Bytes of the longest beginning that has at most so many columns. */
size_t base_width_cut(const char *text, unsigned columns);

/*
 * For printf's "%*s" and "%-*s", which count bytes: the width to give for `text` to fill so many
 * columns.
 */
int base_width_field(const char *text, unsigned columns);

/*
 * Bytes of `text` that go into a line of so many columns, at least one character. A line ends
 * before a blank, and between two wide characters unless the second may not begin a line (a full
 * stop, a closing bracket) or the first may not end one; a word that is too long is not broken.
 */
size_t base_width_line(const char *text, unsigned columns);

BASE_END_DECLS

#endif
