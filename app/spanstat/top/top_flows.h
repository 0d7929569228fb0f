/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How much each connection had in the last sample.
 *
 * A table of fixed size without chains: a connection that needs the place of another takes it, and
 * the rate of the other is then not known for one sample. Pure; 3 MB.
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

/* What a connection got since the last sample. */
struct top_growth {
	int known;
	uint64_t packets, bytes;
};

/*
 * Remembers what a connection has, and returns what is new. Of a connection opened since
 * `before_us` all is new. Of another one that is not remembered nothing is known.
 */
struct top_growth
top_flows_see(struct top_flows *flows, const struct report_row *row, uint64_t before_us);

#endif
