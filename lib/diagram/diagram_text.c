/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The diagram as text: lines are drawn on a canvas, a cell of which knows in which directions lines
 * leave it. So corners and joints come out right in either set of characters.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "diagram.h"
#include "diagram_layout.h"
#include "report_names.h"

enum { TEXT_NORTH = 1, TEXT_EAST = 2, TEXT_SOUTH = 4, TEXT_WEST = 8, TEXT_LINES = 16 };

/* By the directions in which lines leave the cell. */
static const char *const text_drawn[2][TEXT_LINES] = {
	{ " ", "|", "-", "+", "|", "|", "+", "+", "-", "+", "-", "+", "+", "+", "+", "+" },
	{ " ", "│", "─", "└", "│", "│", "┌", "├", "─", "┘", "─", "┴", "┐", "┤", "┬", "┼" },
};

/* The same of the end of an arrow: the direction from which its line comes. */
static const char *const text_heads[2][TEXT_LINES] = {
	{ [TEXT_NORTH] = "v", [TEXT_EAST] = "<", [TEXT_SOUTH] = "^", [TEXT_WEST] = ">" },
	{ [TEXT_NORTH] = "▼", [TEXT_EAST] = "◀", [TEXT_SOUTH] = "▲", [TEXT_WEST] = "▶" },
};

struct text_cell {
	char letter; /* 0: none; then it has lines */
	uint8_t lines;
	bool is_head;
};

struct text_canvas {
	struct text_cell cells[DIAGRAM_HEIGHT][DIAGRAM_WIDTH];
};

static struct text_cell *
text_cell(struct text_canvas *canvas, struct diagram_place at)
{
	assert(at.line < DIAGRAM_HEIGHT && at.column < DIAGRAM_WIDTH);
	return &canvas->cells[at.line][at.column];
}

static int
text_step(uint8_t from, uint8_t to)
{
	return (to > from) - (to < from);
}

/* A straight line; each cell gets the directions in which it goes on. */
static void
text_line(struct text_canvas *canvas, struct diagram_place at, struct diagram_place to)
{
	int across = text_step(at.column, to.column), down = text_step(at.line, to.line);
	uint8_t leaves = across > 0   ? TEXT_EAST
	                 : across < 0 ? TEXT_WEST
	                 : down > 0   ? TEXT_SOUTH
	                              : TEXT_NORTH;
	uint8_t comes = (uint8_t)(leaves > 2 ? leaves >> 2 : leaves << 2);

	while (at.column != to.column || at.line != to.line) {
		text_cell(canvas, at)->lines |= leaves;
		at.column = (uint8_t)(at.column + across);
		at.line = (uint8_t)(at.line + down);
		text_cell(canvas, at)->lines |= comes;
	}
}

static void
text_words(struct text_canvas *canvas, struct diagram_place at, const char *words)
{
	for (; *words != '\0'; words++, at.column++)
		text_cell(canvas, at)->letter = *words;
}

/* In the middle of a box that begins at column `left`. */
static void
text_middle(struct text_canvas *canvas, struct diagram_place at, const char *words)
{
	size_t n = strlen(words);

	assert(n <= DIAGRAM_BOX_WIDTH - 2);
	at.column = (uint8_t)(at.column + (DIAGRAM_BOX_WIDTH - n) / 2);
	text_words(canvas, at, words);
}

static void
text_box(struct text_canvas *canvas, const struct diagram_box *box,
         const struct report_stats *stats)
{
	struct diagram_place a = box->at, c = a, b, d;
	char counts[PRINT_PART_MAX];

	c.column += DIAGRAM_BOX_WIDTH - 1;
	c.line += DIAGRAM_BOX_HEIGHT - 1;
	b = (struct diagram_place){ c.column, a.line };
	d = (struct diagram_place){ a.column, c.line };
	text_line(canvas, a, b);
	text_line(canvas, b, c);
	text_line(canvas, c, d);
	text_line(canvas, d, a);
	a.line++;
	text_middle(canvas, a, report_state_name(box->state));
	a.line++;
	text_middle(canvas, a, diagram_counts(counts, stats, box->state));
}

static void
text_arrow(struct text_canvas *canvas, const struct diagram_arrow *arrow,
           const struct report_stats *stats, const struct report_stats *before)
{
	char rate[PRINT_PART_MAX];

	for (unsigned i = 0; i + 1 < arrow->n; i++)
		text_line(canvas, arrow->points[i], arrow->points[i + 1]);
	text_cell(canvas, arrow->points[arrow->n - 1])->is_head = true;
	text_words(canvas, arrow->label_at, arrow->label);
	text_words(canvas, arrow->rate_at, diagram_rate(rate, before, stats, arrow));
}

static void
text_print(struct print_out *out, const struct text_canvas *canvas, bool lines)
{
	for (unsigned line = 0; line < DIAGRAM_HEIGHT; line++) {
		unsigned n = DIAGRAM_WIDTH;
		const struct text_cell *cells = canvas->cells[line];

		while (n > 0 && cells[n - 1].letter == '\0' && cells[n - 1].lines == 0)
			n--;
		for (unsigned i = 0; i < n; i++)
			if (cells[i].letter != '\0')
				print_out_put(out, &cells[i].letter, 1);
			else
				print_out_puts(out, cells[i].is_head
				                        ? text_heads[lines][cells[i].lines]
				                        : text_drawn[lines][cells[i].lines]);
		print_out_puts(out, "\n");
	}
}

static void
text_legend(struct print_out *out, const struct report_stats *stats)
{
	print_out_puts(out, "\n");
	print_wrap(out, "",
	           stats
	               ? _("In a box: live connections whose client (c) and whose server (s) is in "
	                   "that state.")
	               : _("No daemon answered, so nothing is counted."),
	           NULL);
	print_wrap(
	    out, "",
	    _("Not drawn: RST, from any state to CLOSED; close() in LISTEN and SYN_SENT; a FIN "
	      "that acknowledges a FIN, from FIN_WAIT_1 to TIME_WAIT."),
	    NULL);
}

void
diagram_text(struct print_out *out, const struct report_stats *stats,
             const struct report_stats *before, bool lines, bool bare)
{
	struct text_canvas canvas = { 0 };

	for (unsigned i = 0; i < DIAGRAM_BOXES; i++)
		text_box(&canvas, &diagram_boxes[i], stats);
	for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
		text_arrow(&canvas, &diagram_arrows[i], stats, before);
	text_words(&canvas, diagram_over, report_state_name(REPORT_CLOSED));
	text_print(out, &canvas, lines);
	if (!bare)
		text_legend(out, stats);
}

void
diagram_table(struct print_out *out, const struct report_stats *stats)
{
	print_out_printf(out, "%-12s %10s %10s\n", "State", "Clients", "Servers");
	for (unsigned state = 0; state < REPORT_UDP; state++) {
		if (state == REPORT_LISTEN)
			continue;
		if (stats)
			print_out_printf(out, "%-12s %10" PRIu64 " %10" PRIu64 "\n",
			                 report_state_name(state), stats->flows_client_state[state],
			                 stats->flows_server_state[state]);
		else
			print_out_printf(out, "%-12s %10s %10s\n", report_state_name(state), "-",
			                 "-");
	}
}
