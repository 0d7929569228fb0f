/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns and cuts; see print_terminal.h. */

#include <string.h>

#include "base_width.h"
#include "print_terminal.h"

unsigned
print_terminal_room(unsigned columns, unsigned others, unsigned least, unsigned usual,
                    unsigned most)
{
	unsigned left = columns > others ? columns - others : 0;

	if (columns == 0)
		return usual;
	if (left < least)
		return least;
	return left < most ? left : most;
}

char *
print_terminal_cut(char *text, unsigned width)
{
	size_t n = strlen(text), tail = width / 2, head = width - tail;

	if (n <= width || head == 0)
		return text;
	text[head - 1] = '~';
	memmove(text + head, text + n - tail, tail + 1);
	return text;
}

char *
print_terminal_middle(unsigned columns, char *text, unsigned width)
{
	return columns == 0 ? text : print_terminal_cut(text, width);
}

char *
print_terminal_tail(unsigned columns, char *text, unsigned width)
{
	const char *from = text;
	unsigned left = base_width(text), step;

	if (columns == 0 || left <= width)
		return text;
	while (left + 1 > width && *from) {
		from += base_width_step(from, &step);
		left -= step;
	}
	memmove(text + 1, from, strlen(from) + 1);
	text[0] = '~';
	return text;
}
