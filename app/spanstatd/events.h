/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `events`: what the workers write of connections, filtered and handed to those who listen.
 *
 * A listener has a place in each worker's ring (lib/track/track_emit.h) and a filter of its own;
 * what it asks for next is taken from the rings then and there, in the order of time as far as it
 * is written. So the rings are everybody's queue: a client that does not read falls behind by
 * itself and is told how many events it has missed, whatever the filter.
 *
 * A private daemon reads its capture files between the questions of its listener, through `step`:
 * then nothing is ever lost, for the worker waits until its ring is empty. The listener begins with
 * the first event of all.
 *
 * Control thread only. Memory: some 13 KB a listener, and 264 bytes for each worker.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "ctl_server.h"
#include "engine.h"

struct events_listener;

struct events {
	struct engine *engine;
	const struct report_labels *labels; /* what filters mean by names; NULL: none */
	unsigned listeners;
	/*
	 * NULL: workers run by themselves. Else moves the engine on by at most some packets, no
	 * more than make TRACK_EVENTS_RING / 4 events. 1; 0: nothing will come any more.
	 */
	int (*step)(void *ctx);
	void *step_ctx;
};

/* As ctl_source.open, for CTL_EVENTS. NULL, and *error and text. */
struct events_listener *
events_open(struct events *events, const struct ctl_ask *ask, int *error, char *text);

/* As ctl_source.rows: struct report_event. */
int events_rows(struct events_listener *listener, struct report_event *rows, unsigned max);

/* NULL is allowed. */
void events_close(struct events_listener *listener);

#endif
