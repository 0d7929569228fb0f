/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text from elsewhere (a file, a name, a socket) that is about to be shown: what a terminal would
 * obey is taken out of it.
 *
 * That are the control characters of ASCII, those that ISO 6429 has from U+0080 on, and bytes that
 * are no UTF-8, which a terminal may take for one of the latter. No locale is asked: the text may
 * go to a file and be shown later. Pure; any thread.
 */
#ifndef BASE_CLEAN_H
#define BASE_CLEAN_H

#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Bytes of the UTF-8 character (RFC 3629: shortest form, no surrogates) at the beginning of the n
 * bytes at `text`, n at least 1; 0: there is none.
 */
size_t base_clean_utf8(const char *text, size_t n);

/* The same, but 0 also for a character that a terminal would obey. */
size_t base_clean_step(const char *text, size_t n);

/*
 * Bytes of the control character at the beginning, in UTF-8 or as a byte by itself; 0: there is
 * none. For text that may be in the code of the user's locale, whose letters stay: 0x8e and 0x8f,
 * of which EUC makes letters, are no controls here.
 */
size_t base_clean_control(const char *text, size_t n);

/* Replaces each byte up to the NUL that may not be shown by '?'. */
void base_clean(char *text);

BASE_END_DECLS

#endif
