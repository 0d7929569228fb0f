/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of metrics that are one field each; see export_metrics.h. */

#include <stdio.h>

#include "export_flows.h"
#include "export_text.h"

struct metrics_row {
	const char *name, *help;
	enum export_type type;
	enum export_unit unit;
	size_t offset; /* of a uint64_t */
};

#define STATS(name, type, unit, field, help)                                                       \
	{                                                                                          \
		"spanstat_" name, help, EXPORT_##type, EXPORT_##unit,                              \
		    offsetof(struct report_stats, field)                                           \
	}
#define WORKER(name, type, field, help)                                                            \
	{                                                                                          \
		"spanstat_worker_" name, help, EXPORT_##type, EXPORT_NUMBER,                       \
		    offsetof(struct report_worker, field)                                          \
	}
#define PORT(name, field, help)                                                                    \
	{                                                                                          \
		"spanstat_port_" name, help, EXPORT_COUNTER, EXPORT_NUMBER,                        \
		    offsetof(struct report_port, field)                                            \
	}

/* clang-format off */
static const struct metrics_row metrics_stats[] = {
	STATS("uptime_seconds", GAUGE, US, uptime_us, "Since the daemon started."),
	STATS("report_time_seconds", GAUGE, US, now_us,
	      "Time of the reports, since 1970: of the packets where captures are read."),
	STATS("stream_gaps_total", COUNTER, NUMBER, gaps,
	      "Holes in streams that the mirror did not show."),
	STATS("segments_retransmitted_total", COUNTER, NUMBER, retransmissions,
	      "Segments that had passed before, sent again by their host."),
	STATS("resets_ignored_total", COUNTER, NUMBER, rst_ignored,
	      "RSTs that their receiver does not believe."),
	STATS("syns_on_live_total", COUNTER, NUMBER, syn_on_live,
	      "SYNs with new numbers on connections that are alive."),
	STATS("wrong_checksums_total", COUNTER, NUMBER, wrong_checksums,
	      "Packets with a wrong checksum, where checksums are counted or verified."),
	STATS("wrong_times_total", COUNTER, NUMBER, bad_stamps,
	      "Packets of captures whose time was not believed."),
	STATS("copy_delay_seconds", GAUGE, US, copy_delay_us,
	      "How late the mirror's copies of packets come at most."),
	STATS("copy_window_seconds", GAUGE, US, copy_window_us,
	      "How late they may come: duplicates.window-ms."),
	STATS("networks_joined_total", COUNTER, NUMBER, networks_joined,
	      "Flows whose two directions came in two networks."),
	STATS("networks_ambiguous_total", COUNTER, NUMBER, networks_ambiguous,
	      "Packets that could belong to flows of several networks."),
	STATS("networks_refused_total", COUNTER, NUMBER, networks_refused,
	      "Times that there was no room for one more network."),
	STATS("flows_capacity", GAUGE, NUMBER, flows_capacity, "Places of the tables of flows."),
	STATS("flows_oneway", GAUGE, NUMBER, flows_oneway,
	      "Flows of which one direction has been seen."),
	STATS("flows_created_total", COUNTER, NUMBER, flows_created, "Flows opened."),
	STATS("flows_expired_total", COUNTER, NUMBER, flows_expired,
	      "Flows forgotten because their timer ran out."),
	STATS("flows_evicted_total", COUNTER, NUMBER, flows_evicted,
	      "Flows forgotten to make room in a full table."),
	STATS("flows_reused_total", COUNTER, NUMBER, flows_reused,
	      "Flows whose addresses and ports began another life."),
	STATS("flows_dropped_total", COUNTER, NUMBER, flows_dropped, "Flows forgotten by drop."),
	STATS("flows_refused_total", COUNTER, NUMBER, flows_refused,
	      "Flows for which no room could be made."),
	STATS("flows_saturated_total", COUNTER, NUMBER, flows_saturated,
	      "Times that a flow's counter of trouble had to stay at its most."),
	STATS("sockets", GAUGE, NUMBER, sockets_live, "Records of sockets in use."),
	STATS("sockets_capacity", GAUGE, NUMBER, sockets_capacity, "Places for such records."),
	STATS("sockets_replaced_total", COUNTER, NUMBER, sockets_replaced,
	      "Records of sockets that gave way to others."),
	STATS("sockets_passed_over_total", COUNTER, NUMBER, sockets_passed_over,
	      "Sockets for which there was no record."),
	STATS("events_lost_total", COUNTER, NUMBER, events_lost,
	      "Events that readers of `spanstat events` did not read in time."),
	STATS("memory_tables_bytes", GAUGE, NUMBER, memory_table_bytes,
	      "Memory of the workers' tables."),
	STATS("memory_control_bytes", GAUGE, NUMBER, memory_control_bytes,
	      "Memory of reports and clients, allocated now."),
};

static const struct metrics_row metrics_worker[] = {
	WORKER("packets_total", COUNTER, received, "Packets that the worker received."),
	WORKER("packets_tracked_total", COUNTER, tracked,
	       "Packets of them that moved a connection or a flow."),
	WORKER("packets_dropped_total", COUNTER, dropped,
	       "Packets for it that found its ring full."),
	WORKER("packets_handed_total", COUNTER, handed,
	       "Packets that a receive core handed on to it."),
	WORKER("packets_stray_total", COUNTER, stray,
	       "Packets in its queue that were another worker's."),
	WORKER("busy_cycles_total", COUNTER, busy_cycles,
	       "Cycles of its loop in which it had packets."),
	WORKER("idle_cycles_total", COUNTER, idle_cycles, "Cycles in which it had none."),
	WORKER("flows", GAUGE, flows_live, "Flows in its table."),
	WORKER("flows_capacity", GAUGE, flows_capacity, "Places of its table."),
};

static const struct metrics_row metrics_port[] = {
	PORT("packets_total", received, "Packets that the port received."),
	PORT("bytes_total", bytes, "Bytes of frames on its wire, those missed too."),
	PORT("packets_missed_total", missed, "Packets lost at the port, before the program."),
	PORT("no_buffer_total", no_buffer, "Those of them for which there was no buffer."),
	PORT("errors_total", errors, "Damaged frames."),
	PORT("sent_total", sent, "Frames that left by it: there should be none."),
	PORT("stalled_seconds_total", stalled_sec,
	     "Seconds in which packets arrived and none was received."),
};
/* clang-format on */

static uint64_t
metrics_get(const void *from, const struct metrics_row *row)
{
	return *(const uint64_t *)((const char *)from + row->offset);
}

static void
metrics_write_stats(struct evbuffer *out, const struct report_stats *stats)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(metrics_stats); i++) {
		const struct metrics_row *row = &metrics_stats[i];

		export_text_family(out, row->name, row->type, row->help);
		export_text_plain(out, row->name, metrics_get(stats, row), row->unit);
	}
	export_text_family(out, "spanstat_hugepages", EXPORT_GAUGE,
	                   "1: the tables lie on hugepages.");
	export_text_plain(out, "spanstat_hugepages", stats->hugepages, EXPORT_BOOL);
}

static void
metrics_write_workers(struct evbuffer *out, const struct report_stats *stats)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(metrics_worker); i++) {
		const struct metrics_row *row = &metrics_worker[i];

		export_text_family(out, row->name, row->type, row->help);
		for (unsigned w = 0; w < stats->n_workers; w++) {
			char number[12];

			snprintf(number, sizeof(number), "%u", w);
			export_text_labelled(out, row->name, "worker", number,
			                     metrics_get(&stats->workers[w], row), row->unit);
		}
	}
}

static void
metrics_write_ports(struct evbuffer *out, const struct report_stats *stats)
{
	export_text_family(out, "spanstat_port_up", EXPORT_GAUGE, "1: the port has its link.");
	for (unsigned p = 0; p < stats->n_ports; p++)
		export_text_labelled(out, "spanstat_port_up", "port", stats->ports[p].name,
		                     stats->ports[p].state == REPORT_PORT_UP, EXPORT_BOOL);
	export_text_family(out, "spanstat_port_changes_total", EXPORT_COUNTER,
	                   "Changes of its state: up, down, gone.");
	for (unsigned p = 0; p < stats->n_ports; p++)
		export_text_labelled(out, "spanstat_port_changes_total", "port",
		                     stats->ports[p].name, stats->ports[p].changes, EXPORT_NUMBER);
	for (unsigned i = 0; i < BASE_COUNT_OF(metrics_port); i++) {
		const struct metrics_row *row = &metrics_port[i];

		export_text_family(out, row->name, row->type, row->help);
		for (unsigned p = 0; p < stats->n_ports; p++)
			export_text_labelled(out, row->name, "port", stats->ports[p].name,
			                     metrics_get(&stats->ports[p], row), row->unit);
	}
}

/* The daemon and its control core. */
static void
metrics_write_daemon(struct evbuffer *out, const struct export_known *known)
{
	const struct export_label labels[EXPORT_LABELS_MAX] = { { "name", known->name },
		                                                { "version", known->version } };

	export_text_family(out, "spanstat_info", EXPORT_GAUGE,
	                   "Always 1; the labels are the daemon's name and version.");
	export_text_sample(out, "spanstat_info", "", labels, 1, EXPORT_NUMBER);
	export_text_family(out, "spanstat_control_cpu_seconds_total", EXPORT_COUNTER,
	                   "Processor time of the control core.");
	export_text_plain(out, "spanstat_control_cpu_seconds_total", known->cpu_us, EXPORT_US);
	export_text_family(out, "spanstat_clients", EXPORT_GAUGE,
	                   "Clients of the control socket, such as spanstat.");
	export_text_plain(out, "spanstat_clients", known->clients, EXPORT_NUMBER);
	export_text_family(out, "spanstat_scrapes_total", EXPORT_COUNTER,
	                   "Scrapes answered before this one.");
	export_text_plain(out, "spanstat_scrapes_total", known->scrapes, EXPORT_NUMBER);
	export_text_family(out, "spanstat_scrape_connections", EXPORT_GAUGE,
	                   "Connections of those who scrape, this one too.");
	export_text_plain(out, "spanstat_scrape_connections", known->connections, EXPORT_NUMBER);
}

void
export_metrics_write(struct evbuffer *out, const struct export_known *known)
{
	metrics_write_daemon(out, known);
	metrics_write_stats(out, known->stats);
	export_flows_packets(out, known->stats);
	export_flows_states(out, known->stats);
	export_flows_metrics(out, known->metrics);
	export_flows_health(out, known->checks, known->n_checks);
	export_flows_found(out, known->found, known->now_us);
	metrics_write_workers(out, known->stats);
	metrics_write_ports(out, known->stats);
}
