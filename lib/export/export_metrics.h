/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The metrics: counters and gauges as Prometheus reads them.
 *
 * Tables say which field of which struct is which metric; what is not one number a place is
 * written by export_flows.h. All of it is known already when somebody asks: no table of flows is
 * walked. Names are spanstat_*, in base units; labels are bounded by workers, ports, verdicts,
 * states and `metrics.top`. docs/metrics.md has them all. Control thread only.
 */
#ifndef EXPORT_METRICS_H
#define EXPORT_METRICS_H

#include "digest_health.h"
#include "export_walk.h"
#include "report_metrics.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

struct evbuffer;

/* What is known at the time of a scrape. All pointers are borrowed. */
struct export_known {
	const char *name, *version;       /* of the daemon */
	const struct report_stats *stats; /* now */
	const struct report_metrics *metrics;
	const struct digest_check *checks; /* of health, now */
	unsigned n_checks;
	const struct export_found *found;
	uint64_t cpu_us;      /* that the control core has used */
	uint64_t scrapes;     /* answered before this one */
	uint64_t clients;     /* of the control socket, now */
	uint64_t connections; /* of scrapers, now */
	uint64_t now_us;      /* on the clock of found->ended_us */
};

/* Writes all of them. */
void export_metrics_write(struct evbuffer *out, const struct export_known *known);

BASE_END_DECLS

#endif
