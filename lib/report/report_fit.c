/* SPDX-License-Identifier: BSD-3-Clause */
/* Columns and cuts; see report_fit.h. */

#include <string.h>

#include "base_width.h"
#include "report_fit.h"

static unsigned fit_columns;

void
report_fit_use(unsigned columns)
{
	fit_columns = columns;
}

unsigned
report_fit_columns(void)
{
	return fit_columns;
}

unsigned
report_fit_room(unsigned others, unsigned least, unsigned usual, unsigned most)
{
	unsigned left = fit_columns > others ? fit_columns - others : 0;

	if (fit_columns == 0)
		return usual;
	if (left < least)
		return least;
	return left < most ? left : most;
}

char *
report_fit_cut(char *text, unsigned width)
{
	size_t n = strlen(text), tail = width / 2, head = width - tail;

	if (n <= width || head == 0)
		return text;
	text[head - 1] = '~';
	memmove(text + head, text + n - tail, tail + 1);
	return text;
}

char *
report_fit_middle(char *text, unsigned width)
{
	return fit_columns == 0 ? text : report_fit_cut(text, width);
}

char *
report_fit_tail(char *text, unsigned width)
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
