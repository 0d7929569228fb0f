/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One report under way whose client asked for more than its name: a filter, an order, a limit,
 * groups, lines as a host has them, or that all that match be forgotten.
 *
 * Stands between the control core's callbacks for ctl_server and the rows of the workers, which it
 * takes from a query_source a piece at a time; each call of query_rows is one bounded turn.
 * Control thread only. Memory comes from the control core's arena; what all sorts and groups take
 * together is bounded.
 */
#ifndef QUERY_H
#define QUERY_H

#include "ctl_server.h"
#include "filter.h"
#include "mem_pool.h"
#include "snapshot.h"

struct query;

/* Where rows come from, and where orders go. */
struct query_source {
	void *ctx;
	/*
	 * The next rows of those asked for into rows[0..max), and moves the cursor. What the
	 * filter surely does not match may be left out. Returns as ctl_source.rows: how many, and
	 * when it is less than max the piece is at its end; -EAGAIN: none in this piece; 0: there
	 * are no more.
	 */
	int (*fetch)(void *ctx, struct ctl_cursor *cursor, const struct snapshot_ask *ask,
	             void *rows, unsigned max);
	/* As in ctl_source. */
	int (*drop)(void *ctx, uint64_t id, uint64_t *token);
	int (*drop_done)(void *ctx, uint64_t token);
	/* An order's end will not be asked after by its giver any more. */
	void (*abandon)(void *ctx, uint64_t token);
	/* The home list; as in ctl_source. */
	unsigned (*home)(void *ctx, struct report_net *nets, unsigned max);
	/* Sockets that answered, as `listen` has them. As fetch; zero the cursor between them. */
	int (*sockets)(void *ctx, struct ctl_cursor *cursor, struct report_listen *rows,
	               unsigned max);
};

/* The bound of the pool that all queries of a control core share. */
#define QUERY_POOL_BYTES (UINT64_C(512) << 20)

/* As ctl_source.open; source and pool are borrowed. NULL, and *error and text. */
struct query *query_open(const struct query_source *source, struct mem_pool *pool, unsigned what,
                         const struct ctl_ask *ask, int *error, char *text);

/* As ctl_source.rows. */
int query_rows(struct query *query, struct ctl_cursor *cursor, void *rows, unsigned max);

/* NULL is allowed. */
void query_close(struct query *query);

#endif
