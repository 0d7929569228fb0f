/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much each connection had when it was last looked at.
 *
 * A table of fixed size without chains: a connection that needs the place of another takes it, and
 * the other is then not known, for one look. Pure; 3 MB.
 */
#ifndef TOP_FLOWS_H
#define TOP_FLOWS_H

#include "report_row.h"

#define TOP_FLOWS_SLOTS 131072 /* a power of two; top asks for half as many at once */

struct top_flow {
	uint64_t id; /* 0: none */
	uint64_t packets, bytes;
};

struct top_flows {
	struct top_flow slots[TOP_FLOWS_SLOTS];
};

/* What a connection got since it was last looked at. */
struct top_growth {
	int known;
	uint64_t packets, bytes;
};

/*
 * Remembers what a connection has, and returns what is new. One that was opened since `before_us`
 * has all it has from then; of another that is not remembered nothing is known.
 */
struct top_growth
top_flows_see(struct top_flows *flows, const struct report_row *row, uint64_t before_us);

#endif
