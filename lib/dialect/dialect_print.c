/* SPDX-License-Identifier: BSD-3-Clause */
/* Puts columns beside each other; see dialect_print.h. */

#include <string.h>

#include "dialect_print.h"
#include "print_out.h"
#include "report_format.h"
#include "report_label.h"

#define PRINT_LINE_MAX 2048

static_assert(DIALECT_COLUMNS_MAX * (DIALECT_VALUE_MAX + 32) <= PRINT_LINE_MAX, "a line fits");

static const struct dialect_spelling *
print_spelling(const struct dialect_printer *printer, const struct dialect_layout *layout)
{
	return layout->spelling ? layout->spelling
	                        : dialect_spelling(printer->view.id, printer->view.console);
}

/* What lies in [at, end) becomes `width` bytes, if it is less; returns its end. */
static char *
print_pad(char *at, char *end, size_t width, int right)
{
	size_t n = (size_t)(end - at);

	if (n >= width)
		return end;
	if (right) {
		memmove(at + width - n, at, n);
		memset(at, ' ', width - n);
	} else {
		memset(end, ' ', width - n);
	}
	return at + width;
}

/* A line's end: without the blanks before it, unless they belong to it. */
static void
print_commit(struct print_out *out, const struct dialect_layout *layout, const char *line,
             char *end)
{
	while (!layout->blanks && end > line && end[-1] == ' ')
		end--;
	*end++ = '\n';
	print_out_commit(out, end);
}

static void
print_names(const struct dialect_printer *printer, struct print_out *out,
            const struct dialect_layout *layout)
{
	char *line = print_out_reserve(out, PRINT_LINE_MAX);
	char *p = line;

	for (unsigned i = 0; i < layout->n; i++) {
		const struct dialect_column *column = &layout->columns[i];
		char *at = report_format_text(p, column->before);

		p = report_format_text(at, column->name);
		p = print_pad(at, p, printer->widths[i], column->right);
	}
	print_commit(out, layout, line, p);
}

static void
print_heading(const struct dialect_printer *printer, struct print_out *out)
{
	const struct dialect_layout *layout = printer->layout;

	if (printer->no_header)
		return;
	print_out_puts(out, layout->above);
	if (layout->heading)
		print_out_puts(out, layout->heading);
	else
		print_names(printer, out, layout);
}

/* The longest that column `i` has in these rows. */
static size_t
print_longest(const struct dialect_printer *printer, const struct print_style *print, unsigned i,
              const struct report_row *rows, size_t n)
{
	const struct dialect_layout *layout = printer->layout;
	const struct dialect_spelling *spelling = print_spelling(printer, layout);
	char text[DIALECT_VALUE_MAX];
	size_t longest = 0;

	for (size_t k = 0; k < n; k++) {
		struct dialect_line lines[2];
		unsigned n_lines = dialect_lines(&rows[k], lines);

		for (unsigned l = 0; l < n_lines; l++) {
			const char *end = layout->columns[i].put(text, &lines[l], spelling, print,
			                                         printer->view.wide);

			if ((size_t)(end - text) > longest)
				longest = (size_t)(end - text);
		}
	}
	return longest;
}

static unsigned
print_total(const struct dialect_printer *printer)
{
	unsigned total = 0;

	for (unsigned i = 0; i < printer->layout->n; i++)
		total += (unsigned)strlen(printer->layout->columns[i].before) + printer->widths[i];
	return total;
}

/* Takes from the widest column that may give until the line fits the terminal. */
static void
print_shrink(struct dialect_printer *printer)
{
	const struct dialect_layout *layout = printer->layout;

	for (unsigned total = print_total(printer); total > printer->view.columns; total--) {
		unsigned widest = layout->n;

		for (unsigned i = 0; i < layout->n; i++)
			if (layout->columns[i].fits &&
			    printer->widths[i] > layout->columns[i].width &&
			    (widest == layout->n || printer->widths[i] > printer->widths[widest]))
				widest = i;
		if (widest == layout->n)
			return;
		printer->widths[widest]--;
	}
}

static bool
print_is_cut(const struct dialect_printer *printer)
{
	return printer->view.columns != 0 && !printer->view.wide;
}

/* As wide as these rows need, where a column fits itself, and the terminal allows. */
static void
print_measure(struct dialect_printer *printer, const struct print_style *print,
              const struct report_row *rows, size_t n)
{
	const struct dialect_layout *layout = printer->layout;

	for (unsigned i = 0; i < layout->n; i++) {
		const struct dialect_column *column = &layout->columns[i];
		size_t longest = column->fits ? print_longest(printer, print, i, rows, n) : 0;

		printer->widths[i] =
		    printer->view.wide && column->wide ? column->wide : column->width;
		if (longest > printer->widths[i])
			printer->widths[i] = (uint8_t)longest;
	}
	if (print_is_cut(printer))
		print_shrink(printer);
}

/* A socket too long for `width` bytes loses the end of its address, which '~' shows. */
static char *
print_cut(char *at, char *end, size_t width, const char *separator)
{
	char *tail = end;

	if ((size_t)(end - at) <= width)
		return end;
	while (tail > at && strncmp(tail, separator, strlen(separator)) != 0)
		tail--;
	if (tail > at && tail[-1] == ']')
		tail--;
	if ((size_t)(end - tail) + 1 > width)
		return end;
	at += width - (size_t)(end - tail) - 1;
	*at++ = '~';
	memmove(at, tail, (size_t)(end - tail));
	return at + (end - tail);
}

static void
print_begin(struct dialect_printer *printer, struct print_out *out,
            const struct dialect_layout *layout, const struct report_row *rows, size_t n)
{
	printer->layout = layout;
	print_measure(printer, &out->style, rows, n);
	print_heading(printer, out);
}

/* The line above a host's lines, when they begin. */
static void
print_host(struct dialect_printer *printer, struct print_out *out, const struct dialect_line *line)
{
	uint8_t version = line->row->ip_version;
	const char *name = report_label_find(out->style.labels, line->local->addr, version);
	char *p;

	if (printer->host[0] == version && !memcmp(printer->host + 1, line->local->addr, 16))
		return;
	printer->host[0] = version;
	memcpy(printer->host + 1, line->local->addr, 16);
	if (printer->no_header)
		return;
	p = print_out_reserve(out, PRINT_LINE_MAX);
	p = report_format_text(p, printer->layout->host);
	p = name && printer->view.id == DIALECT_ZOS
	        ? report_format_text(p, name)
	        : report_format_addr(p, line->local->addr, version);
	*p++ = '\n';
	print_out_commit(out, p);
}

static void
print_line(struct dialect_printer *printer, struct print_out *out, const struct dialect_line *line)
{
	const struct dialect_layout *layout = printer->layout;
	const struct dialect_spelling *spelling = print_spelling(printer, layout);
	char *start, *p;

	if (layout->host)
		print_host(printer, out, line);
	start = p = print_out_reserve(out, PRINT_LINE_MAX);
	for (unsigned i = 0; i < layout->n; i++) {
		const struct dialect_column *column = &layout->columns[i];
		char *at = report_format_text(p, column->before);

		p = column->put(at, line, spelling, &out->style, printer->view.wide);
		*p = '\0';
		if (column->fits && print_is_cut(printer))
			p = print_cut(at, p, printer->widths[i], spelling->separator);
		p = print_pad(at, p, printer->widths[i], column->right);
	}
	print_commit(out, layout, start, p);
}

void
dialect_printer_init(struct dialect_printer *printer, const struct dialect_view *view,
                     int no_header)
{
	memset(printer, 0, sizeof(*printer));
	printer->view = *view;
	printer->no_header = no_header;
}

void
dialect_print_rows(struct dialect_printer *printer, struct print_out *out,
                   const struct report_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct dialect_layout *layout = dialect_layout(&printer->view, &rows[i]);
		struct dialect_line lines[2];
		unsigned n_lines = dialect_lines(&rows[i], lines);

		if (layout != printer->layout)
			print_begin(printer, out, layout, &rows[i], n - i);
		for (unsigned l = 0; l < n_lines; l++)
			print_line(printer, out, &lines[l]);
	}
}

void
dialect_print_end(struct dialect_printer *printer, struct print_out *out)
{
	const struct dialect_layout *layout = dialect_layout(&printer->view, NULL);

	if (!printer->layout && layout)
		print_begin(printer, out, layout, NULL, 0);
}
