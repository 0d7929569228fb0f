/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core's view of the tables of endpoints: rows for the report `listen`.
 *
 * Overview. Flows of one server are spread over the workers, so each may hold a record of the same
 * endpoint. A row is the sum of all of them. It is made in the turn of the first worker that has
 * the endpoint, and the others are searched for it by address, port, protocol and network.
 *
 * Life. Nothing is kept between two calls, so a report needs no memory, however many workers there
 * are.
 *
 * Who writes and who reads. Control reads. A record that is made or replaced at that moment may be
 * missed, or the endpoint shown twice; each record in itself is whole.
 *
 * Cost. One read for each record; for each one in use, eight lines of every other worker's table.
 */
#ifndef SNAPSHOT_ENDPOINT_H
#define SNAPSHOT_ENDPOINT_H

#include "report_listen.h"
#include "snapshot.h"

BASE_BEGIN_DECLS

/* The engines of all workers, and the one whose records are read. */
struct snapshot_endpoint_view {
	struct track *const *tracks;
	unsigned n_tracks;
	unsigned at;
	int with_silent; /* 0: what answered, refused or is not connected; 1: silent ones too */
};

/*
 * Fills rows[0..max) from the worker's records, beginning at number *next, and sets *next to where
 * to go on. Examines no more than max_examined records. Returns how many rows; at the end *next is
 * UINT32_MAX. Control.
 */
unsigned snapshot_endpoint_rows(const struct snapshot_endpoint_view *view,
                                const struct snapshot_clock *clock, uint32_t *next,
                                uint32_t max_examined, struct report_listen *rows, unsigned max);

BASE_END_DECLS

#endif
