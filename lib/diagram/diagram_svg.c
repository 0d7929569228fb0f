/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The diagram as a picture: SVG, one document, no script, nothing fetched from elsewhere.
 *
 * A column of the layout is 10 units wide and a line 20 high. Colours are those of the reader's
 * scheme, light or dark.
 */

#include <string.h>

#include "base_text.h"
#include "diagram.h"
#include "diagram_layout.h"
#include "report_names.h"

#define SVG_X   10
#define SVG_Y   20
#define SVG_TOP 50 /* room for the title */
#define SVG_PAD 20

static const char svg_style[] =
    "<style>\n"
    "svg { background: #ffffff; color: #1f2328; font-family: monospace; font-size: 15px; }\n"
    "rect { fill: #f3f5f8; stroke: currentColor; stroke-width: 1.5; }\n"
    "polyline { fill: none; stroke: currentColor; stroke-width: 1.5; }\n"
    "text { fill: currentColor; }\n"
    ".state, .counts { text-anchor: middle; }\n"
    ".state, .title { font-weight: bold; }\n"
    ".label { fill: #57606a; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "svg { background: #15191f; color: #e6edf3; }\n"
    "rect { fill: #232a33; }\n"
    ".label { fill: #a9b4c0; }\n"
    "}\n"
    "</style>\n"
    "<defs><marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" "
    "orient=\"auto\"><path d=\"M0,0 L9,4 L0,8 z\" fill=\"context-stroke\"/></marker></defs>\n";

/* The middle of a cell of the terminal. */
static unsigned
svg_x(unsigned column)
{
	return SVG_PAD + column * SVG_X + SVG_X / 2;
}

static unsigned
svg_y(unsigned line)
{
	return SVG_TOP + line * SVG_Y + SVG_Y / 2;
}

/* `words` in UTF-8, with what XML would take for markup written out. */
static void
svg_text(struct print_out *out, unsigned x, unsigned y, const char *class, const char *words)
{
	print_out_printf(out, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, y);
	for (; *words != '\0'; words++) {
		if (*words == '<')
			print_out_puts(out, "&lt;");
		else if (*words == '&')
			print_out_puts(out, "&amp;");
		else if ((unsigned char)*words >= ' ' && *words != 0x7f)
			print_out_put(out, words, 1);
	}
	print_out_puts(out, "</text>\n");
}

static void
svg_box(struct print_out *out, const struct diagram_box *box, const struct report_stats *stats)
{
	unsigned middle = svg_x(box->at.column + DIAGRAM_BOX_WIDTH / 2);
	char counts[PRINT_PART_MAX];

	print_out_printf(
	    out, "<rect id=\"%s\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n",
	    report_state_name(box->state), svg_x(box->at.column), svg_y(box->at.line),
	    (DIAGRAM_BOX_WIDTH - 1) * SVG_X, (DIAGRAM_BOX_HEIGHT - 1) * SVG_Y);
	svg_text(out, middle, svg_y(box->at.line + 1) + 5, "state", report_state_name(box->state));
	svg_text(out, middle, svg_y(box->at.line + 2) + 5, "counts",
	         diagram_counts(counts, stats, box->state));
}

/* In text an arrow ends a cell before the box; in a picture it reaches it, but not the word. */
static struct diagram_place
svg_tip(const struct diagram_arrow *arrow)
{
	struct diagram_place tip = arrow->points[arrow->n - 1];
	struct diagram_place before = arrow->points[arrow->n - 2];

	if (arrow->to == REPORT_CLOSED)
		return tip;
	tip.column =
	    (uint8_t)(tip.column + (tip.column > before.column) - (tip.column < before.column));
	tip.line = (uint8_t)(tip.line + (tip.line > before.line) - (tip.line < before.line));
	return tip;
}

static void
svg_arrow(struct print_out *out, const struct diagram_arrow *arrow)
{
	struct diagram_place tip = svg_tip(arrow);

	print_out_puts(out, "<polyline marker-end=\"url(#head)\" points=\"");
	for (unsigned i = 0; i + 1 < arrow->n; i++)
		print_out_printf(out, "%u,%u ", svg_x(arrow->points[i].column),
		                 svg_y(arrow->points[i].line));
	print_out_printf(out, "%u,%u\"/>\n", svg_x(tip.column), svg_y(tip.line));
	svg_text(out, svg_x(arrow->label_at.column), svg_y(arrow->label_at.line) + 5, "label",
	         arrow->label);
}

void
diagram_svg(struct print_out *out, const struct report_stats *stats, const char *title)
{
	unsigned width = 2 * SVG_PAD + DIAGRAM_WIDTH * SVG_X;
	unsigned height = SVG_TOP + (DIAGRAM_HEIGHT + 2) * SVG_Y + SVG_PAD;

	print_out_printf(
	    out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
	    "height=\"%u\">\n",
	    width, height, width, height);
	print_out_puts(out, svg_style);
	if (title)
		svg_text(out, svg_x(0), SVG_TOP / 2 + 5, "title", title);
	for (unsigned i = 0; i < DIAGRAM_ARROWS; i++)
		svg_arrow(out, &diagram_arrows[i]);
	for (unsigned i = 0; i < DIAGRAM_BOXES; i++)
		svg_box(out, &diagram_boxes[i], stats);
	svg_text(out, svg_x(diagram_over.column), svg_y(diagram_over.line) + 5, "end",
	         report_state_name(REPORT_CLOSED));
	svg_text(out, svg_x(0), svg_y(DIAGRAM_HEIGHT + 1), "label",
	         stats ? "c: live connections whose client is in that state; s: whose server is"
	               : "no daemon answered, so nothing is counted");
	print_out_puts(out, "</svg>\n");
}
