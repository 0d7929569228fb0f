/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows from a query into a sink; see query_sink.h. */

#include <errno.h>
#include <string.h>

#include "query_sink.h"

int
query_turn(struct query *query, const struct query_sink *sink, void *scratch, unsigned max,
           size_t row_bytes)
{
	unsigned room = base_min_u32(sink->room(sink->ctx), max);
	int n;

	if (room == 0)
		return -EAGAIN;
	memset(scratch, 0, room * row_bytes);
	n = query_rows(query, scratch, room);
	assert(n <= (int)room);
	if (n > 0)
		sink->rows(sink->ctx, scratch, (unsigned)n);
	if (n > 0 || n == -EAGAIN)
		return -EAGAIN;
	if (n == -EINPROGRESS)
		return n;
	sink->end(sink->ctx, n, n < 0 ? query->why : NULL);
	return 0;
}
