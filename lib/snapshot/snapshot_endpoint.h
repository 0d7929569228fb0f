/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core's view of the tables of sockets: rows for the report `listen`.
 *
 * Flows of one server are spread over the workers, so each may hold a record of the same socket. A
 * row is the sum of all of them: it is made where the first worker that has the socket comes by,
 * and the others are asked for it by name. A record that is made or replaced in that moment may be
 * missed, or the socket be shown twice; each record in itself is whole. Nothing is held between
 * two calls, so a report needs no memory however many workers there are.
 *
 * Cost: a look a record; for each that is in use, eight lines of every other worker's table.
 */
#ifndef SNAPSHOT_ENDPOINT_H
#define SNAPSHOT_ENDPOINT_H

#include "report_listen.h"
#include "snapshot.h"

BASE_BEGIN_DECLS

/* All the workers' engines, and the one whose records are gone through. */
struct snapshot_endpoint_view {
	struct track *const *tracks;
	unsigned n_tracks;
	unsigned at;
	int with_silent; /* 1: those too that never answered; else what answered, refused or is
	                    not connected */
};

/*
 * Fills rows[0..max) from the worker's records, beginning at number *next, and sets *next to where
 * to go on. Looks at no more than max_examined records. Returns how many rows; at the end *next is
 * UINT32_MAX. Control.
 */
unsigned snapshot_endpoint_rows(const struct snapshot_endpoint_view *view,
                                const struct snapshot_clock *clock, uint32_t *next,
                                uint32_t max_examined, struct report_listen *rows, unsigned max);

BASE_END_DECLS

#endif
