/* SPDX-License-Identifier: BSD-3-Clause */
/* What the counters say together; see report_stats.h. */

#include "report_stats.h"

const char *
report_port_state_name(uint32_t state)
{
	static const char *const names[REPORT_PORT_STATES] = {
		[REPORT_PORT_DOWN] = "down",
		[REPORT_PORT_UP] = "up",
		[REPORT_PORT_GONE] = "gone",
	};

	return names[state < REPORT_PORT_STATES ? state : REPORT_PORT_DOWN];
}

double
report_stats_imbalance(const struct report_stats *s)
{
	unsigned n = base_min_u32(s->n_workers, REPORT_WORKERS_MAX);
	double sum = 0, most = 0;

	for (unsigned i = 0; i < n; i++) {
		double received = (double)s->workers[i].received;

		sum += received;
		if (received > most)
			most = received;
	}
	return sum > 0 ? most * n / sum - 1 : 0;
}
