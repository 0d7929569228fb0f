/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters for a person: a block for each topic, a line for each value, and tables for states,
 * workers and ports.
 *
 * Values that always exist are always printed, zeros too. Verdicts and states that count nothing
 * are left out. It is printed once a report, so printf is quick enough.
 */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base_plain.h"
#include "packet_verdict.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_names.h"
#include "report_stats.h"

static void
text_value(struct print_out *out, const char *name, uint64_t value)
{
	print_out_printf(out, "  %-24s = %" PRIu64 "\n", name, value);
}

/* `part` of `whole` in percent, at most all; 0 of nothing. */
static double
text_percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)(part < whole ? part : whole) / (double)whole : 0.0;
}

static void
text_verdict(struct print_out *out, const struct report_stats *s, unsigned i)
{
	char name[sizeof(s->verdict_names[i]) + 1];
	const char *meaning;

	base_plain(name, sizeof(name), s->verdict_names[i], sizeof(s->verdict_names[i]));
	text_value(out, name, s->verdicts[i]);
	meaning = out->style.verbose ? packet_verdict_meaning(name) : NULL;
	if (meaning)
		print_out_printf(out, "      %s\n", meaning);
}

static void
text_packets(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "Packets\n");
	text_value(out, "received", s->received);
	text_value(out, "tracked", s->tracked);
	text_value(out, "ignored", s->ignored);
	text_value(out, "dropped by nic", s->dropped_nic);
	text_value(out, "dropped before worker", s->dropped_worker);
	print_out_puts(out, "Verdicts\n");
	for (unsigned i = 0; i < base_min_u32(s->n_verdicts, REPORT_VERDICTS_MAX); i++) {
		if (s->verdicts[i])
			text_verdict(out, s, i);
	}
}

static void
text_flows(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "Flows\n");
	print_out_printf(out, "  %-24s = %" PRIu64 " of %" PRIu64 " (%.1f %%)\n", "live",
	                 s->flows_live, s->flows_capacity,
	                 text_percent(s->flows_live, s->flows_capacity));
	text_value(out, "  tcp", s->flows_tcp);
	text_value(out, "  udp", s->flows_udp);
	text_value(out, "  one way only", s->flows_oneway);
	text_value(out, "created", s->flows_created);
	text_value(out, "expired", s->flows_expired);
	text_value(out, "evicted", s->flows_evicted);
	text_value(out, "reused", s->flows_reused);
	text_value(out, "dropped by order", s->flows_dropped);
	text_value(out, "refused, table full", s->flows_refused);
	text_value(out, "counters standing still", s->flows_saturated);
}

static void
text_sockets(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "Sockets\n");
	text_value(out, "known", s->sockets_live);
	text_value(out, "capacity", s->sockets_capacity);
	text_value(out, "replaced by others", s->sockets_replaced);
	text_value(out, "passed over, no room", s->sockets_passed_over);
}

static void
text_mirror(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "Mirror\n");
	text_value(out, "duplicates", s->duplicates);
	text_value(out, "late copies", s->late_copies);
	text_value(out, "delay of copies, in us", s->copy_delay_us);
	text_value(out, "wrong times", s->bad_stamps);
	text_value(out, "gaps", s->gaps);
	text_value(out, "retransmissions", s->retransmissions);
	text_value(out, "rst ignored", s->rst_ignored);
	text_value(out, "syn on live connection", s->syn_on_live);
	text_value(out, "wrong checksums", s->wrong_checksums);
}

static void
text_fragments(struct print_out *out, const struct report_fragments *f)
{
	print_out_puts(out, "Fragments, later ones\n");
	text_value(out, "of a flow", f->followed);
	text_value(out, "  came before the first", f->waited);
	text_value(out, "of a tunnel's packet", f->inner);
	text_value(out, "of what has no flow", f->others);
	text_value(out, "without their first", f->orphans);
	text_value(out, "over what was there", f->overlaps);
	text_value(out, "datagrams, id used again", f->reused);
}

/* Only kinds of which a packet came. */
static void
text_tunnels(struct print_out *out, const struct report_stats *s)
{
	unsigned lines = 0;

	for (unsigned i = 0; i < base_min_u32(s->n_tunnels, REPORT_KINDS_MAX); i++) {
		const struct report_tunnel *tunnel = &s->tunnels[i];
		char name[sizeof(tunnel->name) + 1];

		if (tunnel->packets == 0)
			continue;
		if (lines++ == 0)
			print_out_puts(out, "Tunnels                packets      ignored\n");
		base_plain(name, sizeof(name), tunnel->name, sizeof(tunnel->name));
		print_out_printf(out, "  %-15s %12" PRIu64 " %12" PRIu64 "\n", name,
		                 tunnel->packets, tunnel->ignored);
	}
	print_out_puts(out, "Networks in tunnels and VLANs\n");
	text_value(out, "flows joined of two", s->networks_joined);
	text_value(out, "packets that fit several", s->networks_ambiguous);
	text_value(out, "no room for one more", s->networks_refused);
}

static void
text_icmp(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "ICMP errors\n");
	text_value(out, "shown on their flow", s->icmp_tied);
	text_value(out, "of no known flow", s->icmp_no_flow);
	text_value(out, "not of what is in flight", s->icmp_ignored);
}

static void
text_states(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "States                 clients      servers\n");
	for (unsigned i = 0; i < REPORT_STATES; i++) {
		uint64_t client = s->flows_client_state[i], server = s->flows_server_state[i];

		if (client || server)
			print_out_printf(out, "  %-15s %12" PRIu64 " %12" PRIu64 "\n",
			                 report_state_name(i), client, server);
	}
}

/* Columns of a table of numbers; a terminal with fewer has them in short. */
#define TEXT_WORKERS_WIDTH 107
#define TEXT_PORTS_WIDTH   119 /* with a name of ordinary length */
#define TEXT_LINE_MAX      512

static bool
text_is_narrow(const struct print_out *out, unsigned columns)
{
	return out->style.columns != 0 && out->style.columns < columns;
}

/* A number in short, at the right of so many columns, after a blank. */
static char *
text_brief(char *p, uint64_t value, int width)
{
	char number[REPORT_BRIEF_MAX];
	int n = (int)(report_format_brief(number, value) - number);

	return p + sprintf(p, " %*.*s", width, n, number);
}

static double
text_busy(const struct report_worker *w)
{
	return text_percent(w->busy_cycles, w->busy_cycles + w->idle_cycles);
}

static void
text_worker_narrow(struct print_out *out, const struct report_worker *w, unsigned i)
{
	char *p = print_out_reserve(out, TEXT_LINE_MAX);

	p += sprintf(p, "%7u %5" PRIu32 " %4" PRIu32, i, w->lcore, w->numa_node);
	p = text_brief(text_brief(p, w->received, 8), w->tracked, 7);
	p = text_brief(text_brief(p, w->dropped, 7), w->stray, 5);
	p = text_brief(text_brief(p, w->flows_live, 5), w->flows_capacity, 8);
	print_out_commit(out, p + sprintf(p, " %2.0f %%\n", text_busy(w)));
}

static void
text_worker(struct print_out *out, const struct report_worker *w, unsigned i)
{
	print_out_printf(out,
	                 "  %5u  %5" PRIu32 "  %4" PRIu32 " %16" PRIu64 " %16" PRIu64 " %10" PRIu64
	                 " %10" PRIu64 " %12" PRIu64 " %12" PRIu64 " %4.0f %%\n",
	                 i, w->lcore, w->numa_node, w->received, w->tracked, w->dropped, w->stray,
	                 w->flows_live, w->flows_capacity, text_busy(w));
}

static void
text_workers(struct print_out *out, const struct report_stats *s)
{
	int narrow = text_is_narrow(out, TEXT_WORKERS_WIDTH);

	print_out_puts(
	    out, narrow ? "Workers lcore node received tracked dropped stray flows capacity busy\n"
			: "Workers  lcore  node         received          tracked    dropped"
			  "      stray        flows     capacity   busy\n");
	for (unsigned i = 0; i < base_min_u32(s->n_workers, REPORT_WORKERS_MAX); i++) {
		if (narrow)
			text_worker_narrow(out, &s->workers[i], i);
		else
			text_worker(out, &s->workers[i], i);
	}
}

static void
text_imbalance(struct print_out *out, const struct report_stats *s)
{
	if (s->n_workers > 1)
		print_out_printf(out, "  %-24s = %.1f %%\n", "busiest above the mean",
		                 100 * report_stats_imbalance(s));
}

/* The name comes last: a virtual device's arguments may be long, and a file's path. */
static const char *
text_port_name(char name[REPORT_NAME_MAX + 1], unsigned columns, const struct report_port *port,
               unsigned others)
{
	/* A file may be called anything. */
	base_plain(name, REPORT_NAME_MAX + 1, port->name, REPORT_NAME_MAX);
	return print_terminal_tail(columns, name,
	                           print_terminal_room(columns, others, 8, 8, REPORT_NAME_MAX));
}

static void
text_port_narrow(struct print_out *out, const struct report_port *port, unsigned i)
{
	char *p = print_out_reserve(out, TEXT_LINE_MAX);
	char name[REPORT_NAME_MAX + 1], driver[REPORT_NAME_MAX + 1];

	base_plain(driver, sizeof(driver), port->driver, REPORT_NAME_MAX);

	p += sprintf(p, "%5u %-4s", i, report_port_state_name(port->state));
	p = text_brief(text_brief(p, port->received, 8), port->bytes, 5);
	p = text_brief(text_brief(p, port->missed, 6), port->errors, 6);
	p = text_brief(p, port->sent, 4);
	p += sprintf(p, " %-12s %s\n", driver, text_port_name(name, out->style.columns, port, 58));
	print_out_commit(out, p);
}

static void
text_port(struct print_out *out, const struct report_port *port, unsigned i)
{
	char name[REPORT_NAME_MAX + 1], driver[REPORT_NAME_MAX + 1];

	base_plain(driver, sizeof(driver), port->driver, REPORT_NAME_MAX);
	print_out_printf(out,
	                 "  %5u  %-4s %16" PRIu64 " %18" PRIu64 " %10" PRIu64 " %10" PRIu64
	                 " %6" PRIu64 "  %-16s %s\n",
	                 i, report_port_state_name(port->state), port->received, port->bytes,
	                 port->missed, port->errors, port->sent, driver,
	                 text_port_name(name, out->style.columns, port, 97));
}

static void
text_ports(struct print_out *out, const struct report_stats *s)
{
	int narrow = text_is_narrow(out, TEXT_PORTS_WIDTH);

	print_out_puts(out, narrow
	                        ? "Ports link received bytes missed errors sent driver       name\n"
	                        : "Ports    link         received              bytes     missed"
	                          "     errors   sent  driver           name\n");
	for (unsigned i = 0; i < base_min_u32(s->n_ports, REPORT_PORTS_MAX); i++) {
		if (narrow)
			text_port_narrow(out, &s->ports[i], i);
		else
			text_port(out, &s->ports[i], i);
	}
}

static void
text_memory(struct print_out *out, const struct report_stats *s)
{
	print_out_puts(out, "Memory\n");
	print_out_printf(out, "  %-24s = %" PRIu64 " bytes (%s)\n", "flow tables",
	                 s->memory_table_bytes, s->hugepages ? "hugepages" : "ordinary pages");
	print_out_printf(out, "  %-24s = %" PRIu64 " bytes\n", "control", s->memory_control_bytes);
}

void
print_stats_text(struct print_out *out, const struct report_stats *stats)
{
	char uptime[REPORT_DURATION_MAX + 1];
	char time[REPORT_TIME_MAX + 1];

	*report_format_hms(uptime, stats->uptime_us) = '\0';
	*report_format_time(time, stats->now_us) = '\0';
	print_out_printf(out, "Time %s, up %s\n", time, uptime);
	text_packets(out, stats);
	text_flows(out, stats);
	text_sockets(out, stats);
	text_mirror(out, stats);
	text_fragments(out, &stats->fragments);
	text_tunnels(out, stats);
	text_icmp(out, stats);
	text_states(out, stats);
	text_workers(out, stats);
	text_imbalance(out, stats);
	text_ports(out, stats);
	text_memory(out, stats);
}
