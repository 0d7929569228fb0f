/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns and cuts; see print_terminal.h. */

#include <string.h>

#include "base_width.h"
#include "print_terminal.h"

static unsigned fit_columns;

void
print_terminal_use(unsigned columns)
{
	fit_columns = columns;
}

unsigned
print_terminal_columns(void)
{
	return fit_columns;
}

unsigned
print_terminal_room(unsigned others, unsigned least, unsigned usual, unsigned most)
{
	unsigned left = fit_columns > others ? fit_columns - others : 0;

	if (fit_columns == 0)
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
print_terminal_middle(char *text, unsigned width)
{
	return fit_columns == 0 ? text : print_terminal_cut(text, width);
}

char *
print_terminal_tail(char *text, unsigned width)
{
	const char *from = text;
	unsigned columns = base_width(text), step;

	if (fit_columns == 0 || columns <= width)
		return text;
	while (columns + 1 > width && *from) {
		from += base_width_step(from, &step);
		columns -= step;
	}
	memmove(text + 1, from, strlen(from) + 1);
	text[0] = '~';
	return text;
}
