/* SPDX-License-Identifier: BSD-3-Clause */
/* What is UTF-8, and what of it may be shown; see base_clean.h. */

#include <string.h>

#include "base_clean.h"

static bool
clean_continues(const uint8_t *s, size_t n, size_t i)
{
	return i < n && (s[i] & 0xc0) == 0x80;
}

size_t
base_clean_utf8(const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4 || !clean_continues(s, n, 1))
		return 0;
	if (s[0] < 0xe0)
		return 2;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    !clean_continues(s, n, 2))
		return 0;
	if (s[0] < 0xf0)
		return 3;
	return clean_continues(s, n, 3) ? 4 : 0;
}

size_t
base_clean_step(const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t length = base_clean_utf8(text, n);
	bool is_ascii = length == 1 && (s[0] < 0x20 || s[0] == 0x7f);
	bool is_later = length == 2 && s[0] == 0xc2 && s[1] < 0xa0;

	return is_ascii || is_later ? 0 : length;
}

size_t
base_clean_control(const char *text, size_t n)
{
	uint8_t first = (uint8_t)text[0];
	size_t length = base_clean_utf8(text, n);

	if (length == 0)
		return first >= 0x80 && first < 0xa0 && first != 0x8e && first != 0x8f;
	return base_clean_step(text, n) == 0 ? length : 0;
}

void
base_clean(char *text)
{
	size_t n = strlen(text);

	while (n > 0) {
		size_t length = base_clean_step(text, n);

		if (length == 0) {
			*text = '?';
			length = 1;
		}
		text += length;
		n -= length;
	}
}
