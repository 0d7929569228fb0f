/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where boxes and arrows of the diagram are, in columns and lines of a terminal: one layout for
 * text and picture.
 *
 * Constants; any thread.
 */
#ifndef DIAGRAM_LAYOUT_H
#define DIAGRAM_LAYOUT_H

#include "print_part.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

#define DIAGRAM_WIDTH  79
#define DIAGRAM_HEIGHT 34

#define DIAGRAM_BOX_WIDTH  17 /* borders included */
#define DIAGRAM_BOX_HEIGHT 4

struct diagram_place {
	uint8_t column, line;
};

struct diagram_box {
	enum report_state state;
	struct diagram_place at; /* its upper left corner */
};

#define DIAGRAM_POINTS 4

/* From box to box; the first point lies on the border of the one, the last before the other's. */
struct diagram_arrow {
	enum report_state from, to;
	struct diagram_place points[DIAGRAM_POINTS];
	uint8_t n;
	const char *label; /* what the end sends or receives */
	struct diagram_place label_at;
	struct diagram_place rate_at; /* seven columns; line 0: a tap sees nothing of it */
};

#define DIAGRAM_BOXES  11
#define DIAGRAM_ARROWS 16

extern const struct diagram_box diagram_boxes[DIAGRAM_BOXES];
extern const struct diagram_arrow diagram_arrows[DIAGRAM_ARROWS];

/* CLOSED once more, as a word, where connections end. */
extern const struct diagram_place diagram_over;

/* The second line of a box, without NUL's more than its width; returns `to`. */
const char *
diagram_counts(char to[PRINT_PART_MAX], const struct report_stats *stats, enum report_state state);

/*
 * How often ends took the arrow between two samples of the counters, as "12/s"; "" where that is
 * not known. Returns `to`.
 */
const char *diagram_rate(char to[PRINT_PART_MAX], const struct report_stats *before,
                         const struct report_stats *now, const struct diagram_arrow *arrow);

BASE_END_DECLS

#endif
