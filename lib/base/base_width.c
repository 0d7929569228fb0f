/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns of characters; see base_width.h. Pure but for the locale. */

#include <string.h>
#include <wchar.h>

#include "base_plain.h"
#include "base_width.h"

/* Japanese typesetting begins no line with the first of these, and ends none with the second. */
static const wchar_t width_begins_none[] =
    L")]}.,:;!?、。，．・：；？！）」』】〕］｝ーっゃゅょッャュョ々";
static const wchar_t width_ends_none[] = L"([{（「『【〔［｛";

struct width_char {
	size_t bytes;
	unsigned columns;
	wchar_t code;
	int printed;
};

static struct width_char
width_next(const char *text)
{
	struct width_char c = { .bytes = 1, .columns = 1 };
	mbstate_t state = { 0 };
	size_t n;
	int columns;

	if (!*text)
		return (struct width_char){ 0 };
	n = mbrtowc(&c.code, text, strlen(text), &state);
	if (n == (size_t)-1 || n == (size_t)-2) {
		uint32_t code;

		/* Not of this locale; but nobody cuts it in two. */
		n = base_plain_utf8(text, strlen(text), &code);
		c.bytes = n > 0 ? n : 1;
		c.columns = (unsigned)c.bytes;
		c.code = L'?';
		return c;
	}
	c.bytes = n;
	columns = wcwidth(c.code);
	c.printed = columns >= 0 && base_plain_is((uint32_t)c.code);
	c.columns = columns < 0 ? 1 : (unsigned)columns;
	return c;
}

size_t
base_width_step(const char *text, unsigned *columns)
{
	struct width_char c = width_next(text);

	*columns = c.columns;
	return c.bytes;
}

void
base_width_clean(char *text)
{
	struct width_char c;

	for (; (c = width_next(text)).bytes > 0; text += c.bytes)
		if (!c.printed)
			memset(text, '?', c.bytes);
}

unsigned
base_width(const char *text)
{
	unsigned sum = 0, columns;
	size_t n;

	while ((n = base_width_step(text, &columns)) > 0) {
		sum += columns;
		text += n;
	}
	return sum;
}

size_t
base_width_cut(const char *text, unsigned columns)
{
	unsigned sum = 0, one;
	size_t bytes = 0, n;

	while ((n = base_width_step(text + bytes, &one)) > 0 && sum + one <= columns) {
		sum += one;
		bytes += n;
	}
	return bytes;
}

int
base_width_field(const char *text, unsigned columns)
{
	unsigned width = base_width(text);

	return (int)strlen(text) + (width < columns ? (int)(columns - width) : 0);
}

/* May a line end between these two? */
static bool
width_parts(const struct width_char *before, const struct width_char *after)
{
	if (after->code == L' ' || after->bytes == 0)
		return true;
	if (before->code == L' ')
		return false; /* the line has ended before the blank */
	if (before->columns < 2 && after->columns < 2)
		return false;
	return !wcschr(width_ends_none, before->code) && !wcschr(width_begins_none, after->code);
}

size_t
base_width_line(const char *text, unsigned columns)
{
	struct width_char c = width_next(text);
	unsigned sum = 0;
	size_t bytes = 0, best = 0;

	while (c.bytes > 0) {
		struct width_char after = width_next(text + bytes + c.bytes);

		sum += c.columns;
		bytes += c.bytes;
		if (sum > columns && best > 0)
			return best;
		if (width_parts(&c, &after))
			best = bytes;
		c = after;
	}
	return bytes;
}
