/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whoever wants rows: a client of the control socket, and whatever exports, stores or counts them.
 *
 * A sink says how many rows it has room for and gets no more. So a sink that cannot go on stops its
 * own query and nothing else. Control thread only.
 */
#ifndef QUERY_SINK_H
#define QUERY_SINK_H

#include "query.h"

BASE_BEGIN_DECLS

struct query_sink {
	void *ctx;
	/* Rows that it takes now; 0: none. */
	unsigned (*room)(void *ctx);
	/*
	 * Takes n rows, 1 to what `room` said, of the report's type. They are gone after the call.
	 */
	void (*rows)(void *ctx, const void *rows, unsigned n);
	/* Nothing comes any more. status: 0 or -errno; why: a sentence, or NULL. */
	void (*end)(void *ctx, int status, const char *why);
};

/*
 * One bounded turn: asks the query for rows and gives them to the sink. `scratch` is the caller's,
 * for `max` rows. Returns 0: it has ended, and the sink knows; -EAGAIN: give it another turn,
 * when the sink has room; -EINPROGRESS: the same, after a pause.
 */
int query_turn(struct query *query, const struct query_sink *sink, void *scratch, unsigned max,
               size_t row_bytes);

BASE_END_DECLS

#endif
