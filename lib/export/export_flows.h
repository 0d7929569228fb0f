/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The metrics that have labels of their own: verdicts, states, openings and ends of connections,
 * histograms, tunnels, checks of health, leaks. Parts of export_metrics.h, and for it alone.
 */
#ifndef EXPORT_FLOWS_H
#define EXPORT_FLOWS_H

#include "export_metrics.h"

BASE_BEGIN_DECLS

void export_flows_packets(struct evbuffer *out, const struct report_stats *stats);
void export_flows_states(struct evbuffer *out, const struct report_stats *stats);
void export_flows_metrics(struct evbuffer *out, const struct report_metrics *metrics);
void export_flows_health(struct evbuffer *out, const struct digest_check *checks, unsigned n);
void export_flows_found(struct evbuffer *out, const struct export_found *found, uint64_t now_us);

BASE_END_DECLS

#endif
