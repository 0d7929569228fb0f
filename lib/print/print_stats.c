/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The counters for programs: JSON, and the same tree flattened into NAME,VALUE lines.
 *
 * One walk over the struct names every value once; a writer turns what it meets into the one or the
 * other. So the two cannot drift apart, and a counter added to the walk is in both.
 */

#include <stdio.h>
#include <string.h>

#include "base_plain.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_names.h"
#include "report_stats.h"

#define STATS_PATH_MAX 256
#define STATS_KEY_MAX  32

struct stats_writer {
	struct print_out *out;
	int csv;
	int first;        /* JSON: nothing stands before the next key in its object */
	size_t path_used; /* CSV: the keys above, each with its dot */
	char path[STATS_PATH_MAX];
};

static void
stats_path_add(struct stats_writer *w, const char *key)
{
	assert(w->path_used + BASE_PLAIN_EACH * STATS_KEY_MAX + 1 < sizeof(w->path));
	w->path_used += base_plain(w->path + w->path_used, sizeof(w->path) - w->path_used - 1, key,
	                           STATS_KEY_MAX);
	w->path[w->path_used++] = '.';
}

/* The key of the next value; NULL for an element of an array and for the whole. */
static void
stats_key(struct stats_writer *w, const char *key)
{
	char *p = print_out_reserve(w->out, 2 * STATS_PATH_MAX + 6 * STATS_KEY_MAX);

	if (w->csv) {
		size_t n = strnlen(key, STATS_KEY_MAX);

		assert(w->path_used + n <= sizeof(w->path));
		memcpy(w->path + w->path_used, key, n);
		p = report_format_csv(p, w->path, w->path_used + n);
		*p++ = ',';
	} else {
		if (!w->first)
			*p++ = ',';
		w->first = 0;
		if (key) {
			*p++ = '"';
			p = report_format_json(p, key, STATS_KEY_MAX);
			*p++ = '"';
			*p++ = ':';
		}
	}
	print_out_commit(w->out, p);
}

/* `key` of the object or array; its number if it is an element of an array. */
static void
stats_open(struct stats_writer *w, const char *key, const char *bracket)
{
	if (w->csv) {
		if (key)
			stats_path_add(w, key);
		return;
	}
	stats_key(w, key);
	print_out_puts(w->out, bracket);
	w->first = 1;
}

static void
stats_open_element(struct stats_writer *w, unsigned i)
{
	char number[REPORT_U64_MAX + 1];

	*report_format_u64(number, i) = '\0';
	stats_open(w, w->csv ? number : NULL, "{");
}

/* `depth_before` is path_used as it was before the open that this closes. */
static void
stats_close(struct stats_writer *w, size_t depth_before, const char *bracket)
{
	w->path_used = depth_before;
	w->first = 0;
	if (!w->csv)
		print_out_puts(w->out, bracket);
}

/* Writes the value that was formatted into `value` up to `end`. */
static void
stats_value(struct stats_writer *w, const char *value, const char *end)
{
	print_out_put(w->out, value, (size_t)(end - value));
	if (w->csv)
		print_out_puts(w->out, "\n");
}

static void
stats_u64(struct stats_writer *w, const char *key, uint64_t value)
{
	char text[REPORT_U64_MAX];

	stats_key(w, key);
	stats_value(w, text, report_format_u64(text, value));
}

static void
stats_seconds(struct stats_writer *w, const char *key, uint64_t us)
{
	char text[REPORT_TIME_MAX];

	stats_key(w, key);
	stats_value(w, text, report_format_seconds(text, us));
}

static void
stats_bool(struct stats_writer *w, const char *key, uint32_t value)
{
	const char *word = value ? "true" : "false";

	stats_key(w, key);
	stats_value(w, word, word + strlen(word));
}

static void
stats_text(struct stats_writer *w, const char *key, const char *value, size_t max)
{
	char text[6 * REPORT_NAME_MAX + 2];
	char *p = text;

	assert(max <= REPORT_NAME_MAX);
	stats_key(w, key);
	if (w->csv) {
		p = report_format_csv(p, value, max);
	} else {
		*p++ = '"';
		p = report_format_json(p, value, max);
		*p++ = '"';
	}
	stats_value(w, text, p);
}

static void
stats_word(struct stats_writer *w, const char *key, const char *word)
{
	stats_text(w, key, word, strlen(word));
}

static void
stats_times(struct stats_writer *w, const struct report_stats *s)
{
	char text[REPORT_TIME_MAX + 2];
	char *p = text;

	stats_key(w, "now");
	if (!w->csv)
		*p++ = '"';
	p = report_format_time(p, s->now_us);
	if (!w->csv)
		*p++ = '"';
	stats_value(w, text, p);
	stats_seconds(w, "uptime", s->uptime_us);
}

static void
stats_packets(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used, here;

	stats_open(w, "packets", "{");
	here = w->path_used;
	stats_u64(w, "received", s->received);
	stats_u64(w, "tracked", s->tracked);
	stats_u64(w, "ignored", s->ignored);
	stats_open(w, "dropped", "{");
	stats_u64(w, "nic", s->dropped_nic);
	stats_u64(w, "worker", s->dropped_worker);
	stats_close(w, here, "}");
	stats_open(w, "verdicts", "{");
	for (unsigned i = 0; i < base_min_u32(s->n_verdicts, REPORT_VERDICTS_MAX); i++) {
		char name[sizeof(s->verdict_names[i]) + 1] = "";

		memcpy(name, s->verdict_names[i], sizeof(s->verdict_names[i]));
		stats_u64(w, name, s->verdicts[i]);
	}
	stats_close(w, here, "}");
	stats_close(w, top, "}");
}

static void
stats_states(struct stats_writer *w, const char *key, const uint64_t *flows)
{
	size_t here = w->path_used;

	stats_open(w, key, "{");
	for (unsigned i = 0; i < REPORT_STATES; i++)
		stats_u64(w, report_state_name(i), flows[i]);
	stats_close(w, here, "}");
}

static void
stats_flows(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used;

	stats_open(w, "flows", "{");
	stats_u64(w, "live", s->flows_live);
	stats_u64(w, "capacity", s->flows_capacity);
	stats_u64(w, "created", s->flows_created);
	stats_u64(w, "expired", s->flows_expired);
	stats_u64(w, "evicted", s->flows_evicted);
	stats_u64(w, "reused", s->flows_reused);
	stats_u64(w, "dropped", s->flows_dropped);
	stats_u64(w, "refused", s->flows_refused);
	stats_u64(w, "saturated", s->flows_saturated);
	stats_u64(w, "oneway", s->flows_oneway);
	stats_u64(w, "tcp", s->flows_tcp);
	stats_u64(w, "udp", s->flows_udp);
	stats_states(w, "by_state", s->flows_client_state);
	stats_states(w, "by_server_state", s->flows_server_state);
	stats_close(w, top, "}");
}

static void
stats_sockets(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used;

	stats_open(w, "sockets", "{");
	stats_u64(w, "live", s->sockets_live);
	stats_u64(w, "capacity", s->sockets_capacity);
	stats_u64(w, "replaced", s->sockets_replaced);
	stats_u64(w, "passed_over", s->sockets_passed_over);
	stats_close(w, top, "}");
}

static void
stats_fragments(struct stats_writer *w, const struct report_fragments *f)
{
	size_t top = w->path_used;

	stats_open(w, "fragments", "{");
	stats_u64(w, "followed", f->followed);
	stats_u64(w, "inner", f->inner);
	stats_u64(w, "others", f->others);
	stats_u64(w, "waited", f->waited);
	stats_u64(w, "orphans", f->orphans);
	stats_u64(w, "reused", f->reused);
	stats_u64(w, "overlaps", f->overlaps);
	stats_close(w, top, "}");
}

/* Only kinds of which a packet came. */
static void
stats_tunnels(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used, here;

	stats_open(w, "tunnels", "{");
	here = w->path_used;
	for (unsigned i = 0; i < base_min_u32(s->n_tunnels, REPORT_KINDS_MAX); i++) {
		char name[STATS_KEY_MAX + 1] = "";

		if (s->tunnels[i].packets == 0)
			continue;
		memcpy(name, s->tunnels[i].name, sizeof(s->tunnels[i].name));
		stats_open(w, name, "{");
		stats_u64(w, "packets", s->tunnels[i].packets);
		stats_u64(w, "ignored", s->tunnels[i].ignored);
		stats_close(w, here, "}");
	}
	stats_close(w, top, "}");
	stats_open(w, "networks", "{");
	stats_u64(w, "joined", s->networks_joined);
	stats_u64(w, "ambiguous", s->networks_ambiguous);
	stats_u64(w, "refused", s->networks_refused);
	stats_close(w, top, "}");
}

static void
stats_worker(struct stats_writer *w, unsigned i, const struct report_worker *worker)
{
	size_t above = w->path_used, here;

	stats_open_element(w, i);
	here = w->path_used;
	stats_u64(w, "lcore", worker->lcore);
	stats_u64(w, "numa_node", worker->numa_node);
	stats_u64(w, "received", worker->received);
	stats_u64(w, "tracked", worker->tracked);
	stats_u64(w, "dropped", worker->dropped);
	stats_u64(w, "handed", worker->handed);
	stats_u64(w, "stray", worker->stray);
	stats_open(w, "flows", "{");
	stats_u64(w, "live", worker->flows_live);
	stats_u64(w, "capacity", worker->flows_capacity);
	stats_close(w, here, "}");
	stats_u64(w, "busy_cycles", worker->busy_cycles);
	stats_u64(w, "idle_cycles", worker->idle_cycles);
	stats_close(w, above, "}");
}

static void
stats_port(struct stats_writer *w, unsigned i, const struct report_port *port)
{
	size_t above = w->path_used;

	stats_open_element(w, i);
	stats_text(w, "name", port->name, sizeof(port->name));
	stats_text(w, "driver", port->driver, sizeof(port->driver));
	stats_bool(w, "up", port->state == REPORT_PORT_UP);
	stats_word(w, "state", report_port_state_name(port->state));
	stats_u64(w, "changes", port->changes);
	stats_u64(w, "received", port->received);
	stats_u64(w, "bytes", port->bytes);
	stats_u64(w, "missed", port->missed);
	stats_u64(w, "no_buffer", port->no_buffer);
	stats_u64(w, "errors", port->errors);
	stats_u64(w, "sent", port->sent);
	stats_u64(w, "stalled", port->stalled_sec);
	stats_close(w, above, "}");
}

static void
stats_arrays(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used;

	stats_open(w, "workers", "[");
	for (unsigned i = 0; i < base_min_u32(s->n_workers, REPORT_WORKERS_MAX); i++)
		stats_worker(w, i, &s->workers[i]);
	stats_close(w, top, "]");
	stats_open(w, "ports", "[");
	for (unsigned i = 0; i < base_min_u32(s->n_ports, REPORT_PORTS_MAX); i++)
		stats_port(w, i, &s->ports[i]);
	stats_close(w, top, "]");
}

static void
stats_memory(struct stats_writer *w, const struct report_stats *s)
{
	size_t top = w->path_used;

	stats_open(w, "memory", "{");
	stats_u64(w, "table_bytes", s->memory_table_bytes);
	stats_u64(w, "control_bytes", s->memory_control_bytes);
	stats_bool(w, "hugepages", s->hugepages);
	stats_close(w, top, "}");
}

static void
stats_imbalance(struct stats_writer *w, const struct report_stats *s)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%.3f", report_stats_imbalance(s));

	stats_key(w, "imbalance");
	stats_value(w, text, text + n);
}

static void
stats_walk(struct stats_writer *w, const struct report_stats *s)
{
	stats_open(w, NULL, "{");
	stats_times(w, s);
	stats_packets(w, s);
	stats_flows(w, s);
	stats_sockets(w, s);
	stats_u64(w, "duplicates", s->duplicates);
	stats_u64(w, "late_copies", s->late_copies);
	stats_seconds(w, "copy_delay", s->copy_delay_us);
	stats_u64(w, "bad_stamps", s->bad_stamps);
	stats_u64(w, "gaps", s->gaps);
	stats_u64(w, "retransmissions", s->retransmissions);
	stats_u64(w, "rst_ignored", s->rst_ignored);
	stats_u64(w, "syn_on_live", s->syn_on_live);
	stats_u64(w, "wrong_checksums", s->wrong_checksums);
	stats_fragments(w, &s->fragments);
	stats_tunnels(w, s);
	stats_u64(w, "icmp_tied", s->icmp_tied);
	stats_u64(w, "icmp_no_flow", s->icmp_no_flow);
	stats_u64(w, "icmp_ignored", s->icmp_ignored);
	stats_u64(w, "events_lost", s->events_lost);
	stats_imbalance(w, s);
	stats_arrays(w, s);
	stats_memory(w, s);
	stats_close(w, 0, "}\n");
}

static void
stats_row_text(struct print_out *out, const void *row)
{
	print_stats_text(out, row);
}

static void
stats_row_json(struct print_out *out, const void *row)
{
	struct stats_writer w = { .out = out, .first = 1 };

	stats_walk(&w, row);
}

static void
stats_csv_heading(struct print_out *out)
{
	print_out_puts(out, "name,value\n");
}

static void
stats_row_csv(struct print_out *out, const void *row)
{
	struct stats_writer w = { .out = out, .csv = 1 };

	stats_walk(&w, row);
}

const struct print_rows print_stats = {
	.csv_heading = stats_csv_heading,
	.text = stats_row_text,
	.json = stats_row_json,
	.csv = stats_row_csv,
};
