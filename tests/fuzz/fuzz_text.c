/* SPDX-License-Identifier: BSD-3-Clause */
/* See fuzz_text.h. It shares nothing with lib/base's own judgement. */

#include "fuzz_text.h"

/* Bytes of the character at p, which begins with one above 0x7f; 0: it is not UTF-8 (RFC 3629). */
static size_t
fuzz_utf8(const unsigned char *p, const unsigned char *end)
{
	static const struct {
		unsigned char from, to, mask;
		uint32_t least;
	} leads[] = {
		{ 0xc2, 0xdf, 0x1f, 0x80 },
		{ 0xe0, 0xef, 0x0f, 0x800 },
		{ 0xf0, 0xf4, 0x07, 0x10000 },
	};

	for (size_t more = 1; more <= sizeof(leads) / sizeof(leads[0]); more++) {
		uint32_t point = p[0] & leads[more - 1].mask;

		if (p[0] < leads[more - 1].from || p[0] > leads[more - 1].to)
			continue;
		for (size_t i = 1; i <= more; i++) {
			if (p + i == end || (p[i] & 0xc0) != 0x80)
				return 0;
			point = point << 6 | (p[i] & 0x3f);
		}
		if (point < leads[more - 1].least || point > 0x10ffff || point >> 11 == 0x1b)
			return 0;
		return point < 0xa0 ? 0 : more + 1; /* the terminal's other control characters */
	}
	return 0;
}

bool
fuzz_is_text(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;

	while (p < end) {
		size_t size = *p < 0x80 ? 1 : fuzz_utf8(p, end);

		if (size == 0 || (*p < ' ' && *p != '\n') || *p == 0x7f)
			return false;
		p += size;
	}
	return true;
}
