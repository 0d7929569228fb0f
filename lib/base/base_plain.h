/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text from elsewhere, shown so that no terminal obeys it.
 *
 * Overview. Names of files and hosts, words of a command line, what a daemon says of itself: all of
 * them may hold anything. Whoever shows such a text lets it through here. What stays are characters
 * that are printed. Each byte of anything else is written as \xHH: control characters of either set
 * (C0 and C1), bytes that are no UTF-8, and characters that nobody sees but that turn the direction
 * of a line or hide in a name.
 *
 * Life. None. In another locale than UTF-8 a character of that locale stays too.
 *
 * Who writes and who reads. Pure but for the locale; any thread.
 *
 * Cost. Cold.
 */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define BASE_PLAIN_EACH 4 /* bytes that one byte takes at most */

/*
 * Bytes of the UTF-8 character (RFC 3629: shortest form, no surrogates) at the beginning of the n
 * bytes, n at least 1; its number goes to *code. 0: there is none.
 */
size_t base_plain_utf8(const char *text, size_t n, uint32_t *code);

/* May a character be shown? Not if it controls, turns or hides. */
bool base_plain_is(uint32_t code);

/*
 * Writes `from`, which ends at its NUL or after `max` bytes, to the `room` bytes at `to` and ends
 * it with NUL. Where there is no room for all of it, it ends after a whole character. Returns the
 * bytes without the NUL.
 */
size_t base_plain(char *to, size_t room, const char *from, size_t max);

/* The same in place: a text of an array of `size` bytes, whose NUL may be missing. */
void base_plain_array(char *text, size_t size);

BASE_END_DECLS

#endif
