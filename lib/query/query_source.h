/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the rows of queries come from.
 *
 * query_live.h is the one that there is: the tables of workers, whether a mirror or a capture file
 * fills them. Whatever else has connections becomes a source by filling in these functions; what
 * filters, sorts, groups and digests stays as it is. Control thread only; none may block.
 */
#ifndef QUERY_SOURCE_H
#define QUERY_SOURCE_H

#include "report_case.h"
#include "report_home.h"
#include "report_label.h"
#include "report_listen.h"
#include "report_stats.h"
#include "snapshot.h"

BASE_BEGIN_DECLS

/* A source's place, its own to use; all zero at the beginning. */
struct query_cursor {
	uint64_t words[2];
};

struct snapshot_clock;
struct track_event;

/* The events of a source: one ring a worker (snapshot_event.h). */
struct query_rings {
	unsigned n;
	struct track *const *tracks;
	/* The source's clock, for the UTC of its times. */
	void (*clock)(void *ctx, struct snapshot_clock *clock);
	/*
	 * NULL: workers run by themselves. Else moves the engine on by at most some packets, no
	 * more than make TRACK_EVENTS_RING / 4 events. 1; 0: nothing will come any more.
	 */
	int (*step)(void *ctx);
	void *step_ctx;
	unsigned listeners; /* queries that listen now */
	uint64_t lost;      /* events that they have missed, all of them together */
};

struct query_source {
	void *ctx;

	/*
	 * The next connections of those asked for into rows[0..max), and moves the cursor. What the
	 * filter surely does not match may be left out. Returns how many, and when it is less than
	 * max the piece is at its end; -EAGAIN: none in this piece; 0: there are no more.
	 */
	int (*flows)(void *ctx, struct query_cursor *cursor, const struct snapshot_ask *ask,
	             void *rows, unsigned max);
	/* The same of sockets; with_silent: those too that never answered. */
	int (*endpoints)(void *ctx, struct query_cursor *cursor, bool with_silent,
	                 struct report_listen *rows, unsigned max);
	/* The same of cases: one for each worker that has it (report_case.h). */
	int (*cases)(void *ctx, struct query_cursor *cursor, struct report_case *rows,
	             unsigned max);
	/* All counters, into a zeroed struct. */
	void (*stats)(void *ctx, struct report_stats *stats);
	/* The home list into nets[0..max). Returns how many. */
	unsigned (*home)(void *ctx, struct report_net *nets, unsigned max);

	/*
	 * Forget connection `id`. 0: done; -ENOENT: nothing by that id; -EAGAIN: nobody can take
	 * the order now; -EINPROGRESS: ordered, and *token names the order. It stays where it is
	 * until the order is done or abandoned, for the source may change it. Else -errno.
	 */
	int (*drop)(void *ctx, uint64_t id, uint64_t *token);
	/* What became of an order: -EINPROGRESS, or as drop; once. */
	int (*drop_done)(void *ctx, uint64_t token);
	/* Its giver will not ask after this order any more. */
	void (*abandon)(void *ctx, uint64_t token);

	uint64_t time_wait_us;              /* how long TIME_WAIT lasts: 2 x MSL */
	const struct report_labels *labels; /* what filters mean by names; NULL: none */
	struct query_rings *rings;          /* NULL: it has no events */
	const struct report_paths *paths; /* what the paths of its rows are; NULL: they have none */
};

BASE_END_DECLS

#endif
