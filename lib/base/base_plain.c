/* SPDX-License-Identifier: BSD-3-Clause */
/* Which characters are shown, and how all else is written; see base_plain.h. */

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "base_plain.h"

#define PLAIN_ARRAY_MAX 1024

/* Characters that are not shown, in order. */
static const struct {
	uint32_t from, to;
} plain_hidden[] = {
	{ 0x00, 0x1f },       /* C0 */
	{ 0x7f, 0x9f },       /* DEL and C1 */
	{ 0xad, 0xad },       /* a hyphen that may not be seen */
	{ 0x61c, 0x61c },     /* a mark of direction */
	{ 0x180e, 0x180e },   /* no width */
	{ 0x200b, 0x200f },   /* no width; marks of direction */
	{ 0x2028, 0x202e },   /* ends of lines; embedding and override of direction */
	{ 0x2060, 0x206f },   /* no width; isolates of direction */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xfff9, 0xfffb },   /* annotations */
	{ 0xe0000, 0xe0fff }, /* tags */
};

static bool
plain_continues(const uint8_t *s, size_t n, size_t i)
{
	return i < n && (s[i] & 0xc0) == 0x80;
}

static size_t
plain_utf8_bytes(const uint8_t *s, size_t n)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4 || !plain_continues(s, n, 1))
		return 0;
	if (s[0] < 0xe0)
		return 2;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f) ||
	    !plain_continues(s, n, 2))
		return 0;
	if (s[0] < 0xf0)
		return 3;
	return plain_continues(s, n, 3) ? 4 : 0;
}

size_t
base_plain_utf8(const char *text, size_t n, uint32_t *code)
{
	static const uint8_t first_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const uint8_t *s = (const uint8_t *)text;
	size_t bytes = plain_utf8_bytes(s, n);

	*code = s[0] & first_bits[bytes];
	for (size_t i = 1; i < bytes; i++)
		*code = *code << 6 | (s[i] & 0x3f);
	return bytes;
}

bool
base_plain_is(uint32_t code)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(plain_hidden); i++)
		if (code <= plain_hidden[i].to)
			return code < plain_hidden[i].from;
	return true;
}

/* Bytes of a character that is printed in the locale, where that is not UTF-8; 0: none is there. */
static size_t
plain_of_locale(const char *text, size_t n)
{
	mbstate_t state = { 0 };
	wchar_t code;
	size_t bytes = mbrtowc(&code, text, n, &state);

	if (bytes == 0 || bytes > n || !iswprint((wint_t)code) || !base_plain_is((uint32_t)code))
		return 0;
	return bytes;
}

/* Bytes at `text` that stay as they are; 0: the next one does not. */
static size_t
plain_stays(const char *text, size_t n)
{
	uint32_t code;
	size_t bytes = base_plain_utf8(text, n, &code);

	if (bytes == 0)
		return plain_of_locale(text, n);
	return base_plain_is(code) ? bytes : 0;
}

static void
plain_escape(char to[BASE_PLAIN_EACH], char byte)
{
	static const char hex[] = "0123456789abcdef";

	to[0] = '\\';
	to[1] = 'x';
	to[2] = hex[(uint8_t)byte >> 4];
	to[3] = hex[(uint8_t)byte & 0xf];
}

size_t
base_plain(char *to, size_t room, const char *from, size_t max)
{
	size_t n = strnlen(from, max), used = 0;

	assert(room > 0);
	while (n > 0) {
		size_t stays = plain_stays(from, n), taken = stays > 0 ? stays : 1;
		size_t bytes = stays > 0 ? stays : BASE_PLAIN_EACH;

		if (used + bytes >= room)
			break;
		if (stays > 0)
			memcpy(to + used, from, stays);
		else
			plain_escape(to + used, *from);
		used += bytes;
		from += taken;
		n -= taken;
	}
	to[used] = '\0';
	return used;
}

void
base_plain_array(char *text, size_t size)
{
	char plain[PLAIN_ARRAY_MAX];

	assert(size <= sizeof(plain));
	base_plain(plain, size, text, size);
	strcpy(text, plain);
}
