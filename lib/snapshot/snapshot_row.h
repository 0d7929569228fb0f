/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A copy of a flow becomes a row: the numbers of the engine become what a report shows.
 *
 * An outline is a row made of a copy that is not whole, to be shown to a filter; snapshot_row_parts
 * says what of it is there. Pure, any thread; the control core calls these for every flow that is
 * asked for. Cost: some 35 ns a row, its copy included.
 */
#ifndef SNAPSHOT_ROW_H
#define SNAPSHOT_ROW_H

#include "snapshot.h"
#include "snapshot_copy.h"

BASE_BEGIN_DECLS

/* The parts of a row that this copy holds, when it has that depth: enum filter_part, or-ed. */
unsigned snapshot_row_parts(const struct snapshot_copy *copy, enum snapshot_depth depth);

/* The most parts that any copy of that depth may hold. */
unsigned snapshot_row_parts_most(enum snapshot_depth depth);

/* Writes those parts into a row that was zeroed once and may hold another outline. */
void snapshot_row_outline(const struct snapshot_clock *clock, const struct snapshot_copy *copy,
                          enum snapshot_depth depth, struct report_row *row);

/* The whole row of the flow `number`, and all that is known of it, from a whole copy. */
void snapshot_row(const struct track *track, const struct snapshot_clock *clock, uint32_t number,
                  const struct snapshot_copy *copy, struct report_row *row);
void snapshot_row_full(const struct track *track, const struct snapshot_clock *clock,
                       uint32_t number, const struct snapshot_copy *copy, struct report_full *full);

struct report_paths;

/*
 * The number of these tunnels, outermost first, around what endpoint `end` of their flow sends:
 * they are kept as a, 0, sends. `paths` may be NULL. Control.
 */
uint32_t snapshot_row_path(struct report_paths *paths, const struct packet_tunnel *tunnels,
                           unsigned n, unsigned end);

BASE_END_DECLS

#endif
