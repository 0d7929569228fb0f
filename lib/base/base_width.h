/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The columns that a text takes on a terminal: a Japanese character has two of them, and three
 * bytes.
 *
 * All text for a person that is padded, cut or wrapped and may be in another language is measured
 * here. Characters are those of the locale (LC_CTYPE). A byte that begins no character, and one
 * that moves the cursor, counts as one column. Pure but for the locale; any thread. Rows are not
 * measured here.
 */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Bytes of the first character of `text`, 0 at its end. Its columns go to *columns. */
size_t base_width_step(const char *text, unsigned *columns);

/*
 * Replaces each byte of what is no character, or none that is printed, by '?': text from elsewhere
 * must not move the cursor.
 */
void base_width_clean(char *text);

/* Columns of the whole text. */
unsigned base_width(const char *text);

/* Bytes of the longest beginning of `text` that has at most `columns` columns. */
size_t base_width_cut(const char *text, unsigned columns);

/*
 * The width to give to printf's "%*s" and "%-*s", which count bytes, so that `text` fills `columns`
 * columns.
 */
int base_width_field(const char *text, unsigned columns);

/*
 * Bytes of `text` that go into a line of `columns` columns, at least one character. A line ends
 * before a blank. It also ends between two characters of which one has two columns, unless the
 * second may not begin a line (a full stop, a closing bracket) or the first may not end one. A word
 * that is too long is not broken.
 */
size_t base_width_line(const char *text, unsigned columns);

BASE_END_DECLS

#endif
