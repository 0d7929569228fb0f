/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The section `metrics` of the configuration: lib/export wired to the engine and to the control
 * core's loop.
 *
 * The socket is opened while there are rights; it is answered once the loop runs. A SIGHUP changes
 * nothing of it: like other sockets it needs a restart. Control thread only.
 */
#ifndef METRICS_H
#define METRICS_H

#include "engine.h"
#include "query_pool.h"
#include "query_source.h"

struct ctl_server;
struct event_base;
struct metrics;

/* All of it is borrowed. */
struct metrics_owner {
	struct event_base *base;
	const struct conf *conf;
	const struct engine *engine;
	const struct query_source *source;
	struct query_pool *pool;
	const struct ctl_server *server;
};

/*
 * Opens the socket that the configuration names, if it names one; *metrics is NULL if not. 0 or
 * -errno, with a message.
 */
int metrics_open(const struct metrics_owner *owner, struct metrics **metrics);

/* Before the owner's loop, source and pool end. NULL is allowed. */
void metrics_close(struct metrics *metrics);

/* The counters of this second, from which health is judged. NULL is allowed. */
void metrics_see(struct metrics *metrics, const struct report_stats *stats);

#endif
