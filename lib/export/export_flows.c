/* SPDX-License-Identifier: BSD-3-Clause */
/* The metrics with labels of their own; see export_flows.h. */

#include <inttypes.h>
#include <stdio.h>

#include "export_flows.h"
#include "export_text.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_names.h"

/* --- packets -------------------------------------------------------------------------------- */

static void
flows_tunnels(struct evbuffer *out, const struct report_stats *stats)
{
	export_text_family(out, "spanstat_tunnel_packets_total", EXPORT_COUNTER,
	                   "Packets by what wrapped them; one in two tunnels counts twice.");
	for (unsigned i = 0; i < stats->n_tunnels; i++)
		export_text_labelled(out, "spanstat_tunnel_packets_total", "tunnel",
		                     stats->tunnels[i].name, stats->tunnels[i].packets,
		                     EXPORT_NUMBER);
	export_text_family(out, "spanstat_tunnel_packets_ignored_total", EXPORT_COUNTER,
	                   "Those of them that have no flow.");
	for (unsigned i = 0; i < stats->n_tunnels; i++)
		export_text_labelled(out, "spanstat_tunnel_packets_ignored_total", "tunnel",
		                     stats->tunnels[i].name, stats->tunnels[i].ignored,
		                     EXPORT_NUMBER);
}

static void
flows_fragments(struct evbuffer *out, const struct report_fragments *fragments)
{
	const struct {
		const char *kind;
		uint64_t n;
	} rows[] = {
		{ "followed", fragments->followed }, { "inner", fragments->inner },
		{ "others", fragments->others },     { "waited", fragments->waited },
		{ "orphans", fragments->orphans },   { "reused", fragments->reused },
		{ "overlaps", fragments->overlaps },
	};

	export_text_family(out, "spanstat_fragments_total", EXPORT_COUNTER,
	                   "Fragments by what became of them, as `fragments` of stats has them.");
	for (unsigned i = 0; i < BASE_COUNT_OF(rows); i++)
		export_text_labelled(out, "spanstat_fragments_total", "kind", rows[i].kind,
		                     rows[i].n, EXPORT_NUMBER);
}

static void
flows_icmp(struct evbuffer *out, const struct report_stats *stats)
{
	static const char name[] = "spanstat_icmp_errors_total";

	export_text_family(out, name, EXPORT_COUNTER,
	                   "ICMP errors: shown on their flow, about none, or not believed.");
	export_text_labelled(out, name, "kind", "tied", stats->icmp_tied, EXPORT_NUMBER);
	export_text_labelled(out, name, "kind", "no_flow", stats->icmp_no_flow, EXPORT_NUMBER);
	export_text_labelled(out, name, "kind", "ignored", stats->icmp_ignored, EXPORT_NUMBER);
}

void
export_flows_packets(struct evbuffer *out, const struct report_stats *stats)
{
	static const char verdicts[] = "spanstat_packets_total";
	static const char dropped[] = "spanstat_packets_dropped_total";

	export_text_family(out, verdicts, EXPORT_COUNTER,
	                   "Packets received, by verdict: what became of them.");
	for (unsigned i = 0; i < stats->n_verdicts; i++)
		export_text_labelled(out, verdicts, "verdict", stats->verdict_names[i],
		                     stats->verdicts[i], EXPORT_NUMBER);
	export_text_family(out, dropped, EXPORT_COUNTER,
	                   "Packets that no worker saw, by where they were lost.");
	export_text_labelled(out, dropped, "at", "nic", stats->dropped_nic, EXPORT_NUMBER);
	export_text_labelled(out, dropped, "at", "worker", stats->dropped_worker, EXPORT_NUMBER);
	flows_tunnels(out, stats);
	flows_fragments(out, &stats->fragments);
	flows_icmp(out, stats);
}

/* --- states --------------------------------------------------------------------------------- */

static void
flows_end(struct evbuffer *out, const char *end, const uint64_t *states)
{
	for (unsigned i = 0; i < REPORT_STATES; i++) {
		const struct export_label labels[EXPORT_LABELS_MAX] = {
			{ "state", report_state_name(i) }, { "end", end }
		};

		export_text_sample(out, "spanstat_flow_ends", "", labels, states[i], EXPORT_NUMBER);
	}
}

void
export_flows_states(struct evbuffer *out, const struct report_stats *stats)
{
	export_text_family(out, "spanstat_flows", EXPORT_GAUGE, "Flows now, by protocol.");
	export_text_labelled(out, "spanstat_flows", "proto", "tcp", stats->flows_tcp,
	                     EXPORT_NUMBER);
	export_text_labelled(out, "spanstat_flows", "proto", "udp", stats->flows_udp,
	                     EXPORT_NUMBER);
	export_text_family(out, "spanstat_flow_ends", EXPORT_GAUGE,
	                   "Flows now, by the state of one of their ends.");
	flows_end(out, "client", stats->flows_client_state);
	flows_end(out, "server", stats->flows_server_state);
}

/* --- openings, ends, times ------------------------------------------------------------------- */

static void
flows_histogram(struct evbuffer *out, const char *name, const char *end,
                const struct report_times *times)
{
	struct export_label labels[EXPORT_LABELS_MAX] = { { "end", end }, { "le", NULL } };
	uint64_t n = 0;

	for (unsigned i = 0; i <= REPORT_TIMES_BOUNDS; i++) {
		uint64_t bound_us = UINT64_C(1) << (i + REPORT_TIMES_FIRST);
		char bound[32];

		snprintf(bound, sizeof(bound), "%" PRIu64 ".%06" PRIu64, bound_us / 1000000,
		         bound_us % 1000000);
		labels[1].value = i < REPORT_TIMES_BOUNDS ? bound : "+Inf";
		n += times->count[i];
		export_text_sample(out, name, "_bucket", labels, n, EXPORT_NUMBER);
	}
	labels[1].name = NULL;
	export_text_sample(out, name, "_sum", labels, times->sum_us, EXPORT_US);
	export_text_sample(out, name, "_count", labels, n, EXPORT_NUMBER);
}

static void
flows_times(struct evbuffer *out, const char *name, const char *help,
            const struct report_times times[2])
{
	export_text_family(out, name, EXPORT_HISTOGRAM, help);
	flows_histogram(out, name, "client", &times[0]);
	flows_histogram(out, name, "server", &times[1]);
}

void
export_flows_metrics(struct evbuffer *out, const struct report_metrics *metrics)
{
	static const char openings[] = "spanstat_connections_total";
	static const char ended[] = "spanstat_connections_ended_total";
	static const char *const outcomes[REPORT_OUTCOMES] = {
#define X(symbol, name) name,
		REPORT_OUTCOME_LIST(X)
#undef X
	};

	export_text_family(out, openings, EXPORT_COUNTER,
	                   "Openings of TCP connections, by how they went.");
	for (unsigned i = 0; i < REPORT_OUTCOMES; i++)
		export_text_labelled(out, openings, "outcome", outcomes[i], metrics->outcomes[i],
		                     EXPORT_NUMBER);
	export_text_family(out, ended, EXPORT_COUNTER,
	                   "TCP connections that are forgotten, by how they had ended.");
	for (unsigned i = REPORT_END_NONE + 1; i < REPORT_END_CAUSES; i++)
		export_text_labelled(out, ended, "cause", report_end_cause_name(i),
		                     metrics->ended[i], EXPORT_NUMBER);
	flows_times(out, "spanstat_handshake_seconds",
	            "Time of the handshake from the tap to one end and back.", metrics->handshake);
	flows_times(out, "spanstat_round_trip_seconds",
	            "Round trips from the tap to one end and back, some of each connection.",
	            metrics->round_trip);
}

/* --- health --------------------------------------------------------------------------------- */

void
export_flows_health(struct evbuffer *out, const struct digest_check *checks, unsigned n)
{
	static const char name[] = "spanstat_health_grade";

	export_text_family(out, name, EXPORT_GAUGE,
	                   "Checks of `spanstat health`: 0 good, 1 look, 2 bad.");
	for (unsigned i = 0; i < n; i++) {
		const struct export_label labels[EXPORT_LABELS_MAX] = { { "check", checks[i].word },
			                                                { "of", checks[i].of } };

		export_text_sample(out, name, "", labels, checks[i].grade, EXPORT_NUMBER);
	}
}

/* --- what a walk has found ------------------------------------------------------------------- */

static void
flows_leaks(struct evbuffer *out, const struct export_found *found)
{
	static const char name[] = "spanstat_leaked_connections";

	export_text_family(out, name, EXPORT_GAUGE,
	                   "Half-closed TCP connections, by who has not closed and why.");
	for (unsigned end = REPORT_CLOSER_CLIENT; end <= REPORT_CLOSER_SERVER; end++)
		for (unsigned v = 0; v < DIGEST_VERDICTS; v++) {
			const struct export_label labels[EXPORT_LABELS_MAX] = {
				{ "end", report_closer_name(end) },
				{ "verdict", print_leaks_word(v) },
			};

			export_text_sample(out, name, "", labels, found->leaks[end][v],
			                   EXPORT_NUMBER);
		}
}

static void
flows_servers(struct evbuffer *out, const struct export_found *found)
{
	static const char name[] = "spanstat_server_leaked_connections";

	export_text_family(out, name, EXPORT_GAUGE,
	                   "The same of the servers that have most of them: metrics.top.");
	for (unsigned i = 0; i < found->n_top; i++) {
		const struct export_server *server = &found->top[i];
		char text[REPORT_SOCKET_MAX + 1];
		const struct export_label labels[EXPORT_LABELS_MAX] = {
			{ "server", text }, { "end", report_closer_name(server->open_end) }
		};

		*report_format_socket(text, server->addr, server->ip_version, server->port) = '\0';
		export_text_sample(out, name, "", labels, server->count, EXPORT_NUMBER);
	}
}

static void
flows_named(struct evbuffer *out, const struct export_found *found)
{
	static const char name[] = "spanstat_named_leaked_connections";

	export_text_family(out, name, EXPORT_GAUGE,
	                   "The same of servers that have a name in the configuration, by name.");
	for (unsigned i = 0; i < found->n_named; i++)
		for (unsigned end = REPORT_CLOSER_CLIENT; end <= REPORT_CLOSER_SERVER; end++) {
			const struct export_named *named = &found->named[i];
			const struct export_label labels[EXPORT_LABELS_MAX] = {
				{ "name", named->label }, { "end", report_closer_name(end) }
			};

			export_text_sample(out, name, "", labels, named->count[end], EXPORT_NUMBER);
		}
}

static void
flows_ports(struct evbuffer *out, const struct export_found *found)
{
	export_text_family(out, "spanstat_ports_run_out_soon", EXPORT_GAUGE,
	                   "Clients of a server whose ports run out within an hour.");
	export_text_plain(out, "spanstat_ports_run_out_soon", found->ports_soon, EXPORT_NUMBER);
	export_text_family(out, "spanstat_ports_none_left", EXPORT_GAUGE,
	                   "Those of them that have none left.");
	export_text_plain(out, "spanstat_ports_none_left", found->ports_none, EXPORT_NUMBER);
}

void
export_flows_found(struct evbuffer *out, const struct export_found *found, uint64_t now_us)
{
	export_text_family(out, "spanstat_walks_total", EXPORT_COUNTER,
	                   "Walks over all flows for the metrics of leaks and ports.");
	export_text_plain(out, "spanstat_walks_total", found->walks, EXPORT_NUMBER);
	export_text_family(out, "spanstat_walks_failed_total", EXPORT_COUNTER,
	                   "Those that found no memory: what was known before stays.");
	export_text_plain(out, "spanstat_walks_failed_total", found->failed, EXPORT_NUMBER);
	if (!found->walks)
		return;
	export_text_family(out, "spanstat_walk_age_seconds", EXPORT_GAUGE,
	                   "Since the last walk ended: how old the metrics below are.");
	export_text_plain(out, "spanstat_walk_age_seconds",
	                  now_us > found->ended_us ? now_us - found->ended_us : 0, EXPORT_US);
	export_text_family(out, "spanstat_walk_seconds", EXPORT_GAUGE, "How long it took.");
	export_text_plain(out, "spanstat_walk_seconds", found->took_us, EXPORT_US);
	flows_leaks(out, found);
	flows_servers(out, found);
	flows_named(out, found);
	flows_ports(out, found);
}
