/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The diagram of the states of TCP (RFC 9293, figure 5) with the live connections in each: as text
 * of 80 columns, as a table where there is less room, as a picture (SVG).
 *
 * Pure but for the output; one thread an `out`.
 */
#ifndef DIAGRAM_H
#define DIAGRAM_H

#include "print_out.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

#define DIAGRAM_COLUMNS 80 /* a terminal with less gets the table */

/*
 * The diagram in characters of the terminal's: `lines` where it can draw lines (UTF-8), else ASCII.
 * `stats` is NULL where nobody has counted. `before`, a sample of the same daemon, gives arrows
 * rates; NULL: there is none. With a legend, unless `bare`.
 */
void diagram_text(struct print_out *out, const struct report_stats *stats,
                  const struct report_stats *before, bool lines, bool bare);

/* A state a line: clients, servers. `stats` may be NULL, as above. */
void diagram_table(struct print_out *out, const struct report_stats *stats);

/*
 * The same diagram as an SVG document, for light and dark pages. `title`, in UTF-8, stands above
 * it; NULL: nothing does.
 */
void diagram_svg(struct print_out *out, const struct report_stats *stats, const char *title);

BASE_END_DECLS

#endif
