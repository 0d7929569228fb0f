/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Troubles queued while packets pass, and added to the cases of sockets and paths many at once.
 *
 * Overview. As endpoint_event.h is for what sockets answer: a trouble alone would wait for lines of
 * memory one after the other. All kinds go to the case of the server's socket. Those that depend on
 * the way go to that of the socket and the client's network too.
 *
 * Life. A trouble is queued until the queue is full, or its oldest is ENDPOINT_EVENTS_LATE_US old.
 *
 * Who writes and who reads. Worker only.
 *
 * Cost. About 100 cycles a trouble, all included; of a path too, twice that.
 */
#ifndef ENDPOINT_TROUBLE_H
#define ENDPOINT_TROUBLE_H

#include "endpoint_case.h"
#include "endpoint_event.h"

BASE_BEGIN_DECLS

#define ENDPOINT_TROUBLES_MAX 32

struct endpoint_troubles {
	struct endpoint_case_table *cases;
	struct endpoint_events *events; /* whose table knows how much a socket accepted */
	uint32_t n;
	struct endpoint_trouble trouble[ENDPOINT_TROUBLES_MAX];
	struct flow_burst sockets, paths; /* keys of both cases */
};

/* Makes an empty queue. Both are borrowed. Control. */
void endpoint_troubles_init(struct endpoint_troubles *troubles, struct endpoint_case_table *cases,
                            struct endpoint_events *events);

/* Adds all queued troubles to their cases. Worker. */
void endpoint_trouble_apply(struct endpoint_troubles *troubles);

/*
 * Queues a trouble of the flow with that key, whose end `server` (0: a, 1: b) is the server.
 * `whole`: segments, for those that are counted out of segments; the rest is found out. Worker.
 */
void endpoint_trouble_add(struct endpoint_troubles *troubles, const struct flow_key *flow,
                          unsigned server, const struct endpoint_trouble *trouble);

BASE_END_DECLS

#endif
