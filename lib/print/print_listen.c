/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sockets printed; see report_listen.h.
 *
 * The counters are one table: JSON's keys, CSV's columns and the columns of text follow it, so a
 * counter has one name. Only TCP has `syn_ack_again`.
 */

#include <inttypes.h>
#include <netinet/in.h>

#include "base_text.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_label.h"
#include "report_listen.h"
#include "report_names.h"

#define LISTEN_ROW_MAX (1024 + PRINT_PATH_MAX)

/* As text has them, where that differs from the state's name. */
static const char *
listen_state_brief(unsigned state)
{
	return state == REPORT_LISTEN_UNCONNECTED ? "UNCONN" /* as ss abbreviates it */
	                                          : report_listen_state_name(state);
}

/* SYNs have no column in text: those that no other column counts had no whole handshake. */
static const struct {
	const char *name;
	size_t offset;
	const char *heading;
	size_t at;
	int tcp_only;
} listen_counters[] = {
	{ "asked", offsetof(struct report_listen, asked), NULL, 0, 0 },
	{ "accepted", offsetof(struct report_listen, accepted), "Accept", 37, 0 },
	{ "refused", offsetof(struct report_listen, refused), "Refuse", 44, 0 },
	{ "unanswered", offsetof(struct report_listen, unanswered), "NoAns", 51, 0 },
	{ "syn_ack_again", offsetof(struct report_listen, syn_ack_retransmitted), "Again", 57, 1 },
	{ "not_taken", offsetof(struct report_listen, deaf), NULL, 0, 1 },
	{ "resets_client", offsetof(struct report_listen, resets[0]), NULL, 0, 1 },
	{ "resets_server", offsetof(struct report_listen, resets[1]), NULL, 0, 1 },
};

enum {
	LISTEN_AT_SOCKET = 6,
	LISTEN_AT_STATE = 28,
	LISTEN_AT_AGE = 63,
	LISTEN_AT_IDLE = 72,
	LISTEN_WIDTH = 80,
};

/* Counter `i`. False: such a socket has none. */
static bool
listen_counter(const struct report_listen *row, size_t i, uint64_t *value)
{
	if (listen_counters[i].tcp_only && row->proto != IPPROTO_TCP)
		return false;
	memcpy(value, (const uint8_t *)row + listen_counters[i].offset, sizeof(*value));
	return true;
}

/* --- JSON ----------------------------------------------------------------------------------- */

static char *
listen_json_counters(char *p, const struct report_listen *row)
{
	uint64_t value;

	for (size_t i = 0; i < BASE_COUNT_OF(listen_counters); i++) {
		if (!listen_counter(row, i, &value))
			continue;
		p = report_format_text(p, ",\"");
		p = report_format_text(p, listen_counters[i].name);
		p = report_format_text(p, "\":");
		p = report_format_u64(p, value);
	}
	return p;
}

/* The median, where there is one. */
static char *
listen_json_seconds(char *p, const char *key, const struct report_times *times)
{
	uint64_t us = report_times_median_us(times);

	return us != 0 ? report_format_seconds(report_format_text(p, key), us) : p;
}

static char *
listen_json_time(char *p, const char *key, uint64_t time_us)
{
	if (time_us == 0)
		return p;
	p = report_format_time(report_format_text(p, key), time_us);
	*p++ = '"';
	return p;
}

static void
listen_json(struct print_out *out, const void *printed)
{
	const struct report_listen *row = printed;
	char *p = print_out_reserve(out, LISTEN_ROW_MAX);

	p = report_format_text(p, "{\"proto\":\"");
	p = report_format_text(p, report_proto_name(row->proto));
	*p++ = '"';
	if (row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(report_format_text(p, ",\"vlan\":"), row->vlan);
	if (row->path != REPORT_PATH_NONE)
		p = print_path_json(p, out->style.paths, row->path);
	p = report_format_addr(report_format_text(p, ",\"ip\":\""), row->addr, row->ip_version);
	p = report_format_u64(report_format_text(p, "\",\"port\":"), row->port);
	p = report_label_json(p, out->style.labels, row->addr, row->ip_version);
	p = report_format_text(p, ",\"state\":\"");
	p = report_format_text(p, report_listen_state_name(row->state));
	*p++ = '"';
	if (row->peers != REPORT_PEERS_NONE)
		p = report_format_text(p, row->peers == REPORT_PEERS_MANY ? ",\"peers\":\"many\""
		                                                          : ",\"peers\":\"one\"");
	p = listen_json_counters(p, row);
	p = listen_json_seconds(p, ",\"handshake\":", &row->handshake);
	p = listen_json_seconds(p, ",\"round_trip\":", &row->round_trip);
	p = listen_json_time(p, ",\"accepted_last\":\"", row->accepted_us);
	p = listen_json_time(p, ",\"refused_first\":\"", row->refused_first_us);
	p = report_format_time(report_format_text(p, ",\"first\":\""), row->first_us);
	p = report_format_time(report_format_text(p, "\",\"last\":\""), row->last_us);
	print_out_commit(out, report_format_text(p, "\"}\n"));
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void
listen_csv_heading(struct print_out *out)
{
	print_out_puts(out, "proto,vlan,ip,port,state,peers,");
	for (size_t i = 0; i < BASE_COUNT_OF(listen_counters); i++) {
		print_out_puts(out, listen_counters[i].name);
		print_out_puts(out, ",");
	}
	print_out_puts(out, "first,last,handshake,round_trip,accepted_last,refused_first,tunnel\n");
}

static char *
listen_csv_field(char *p, const char *text)
{
	p = report_format_text(p, text);
	*p++ = ',';
	return p;
}

static char *
listen_csv_seconds(char *p, const struct report_times *times)
{
	uint64_t us = report_times_median_us(times);

	return listen_csv_field(us != 0 ? report_format_seconds(p, us) : p, "");
}

static char *
listen_csv_time(char *p, uint64_t time_us)
{
	return listen_csv_field(time_us != 0 ? report_format_time(p, time_us) : p, "");
}

static void
listen_csv(struct print_out *out, const void *printed)
{
	const struct report_listen *row = printed;
	static const char *const peers[] = { "", "one", "many" };
	char *p = print_out_reserve(out, LISTEN_ROW_MAX);
	uint64_t value;

	p = listen_csv_field(p, report_proto_name(row->proto));
	if (row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(p, row->vlan);
	p = report_format_addr(listen_csv_field(p, ""), row->addr, row->ip_version);
	p = report_format_u64(listen_csv_field(p, ""), row->port);
	p = listen_csv_field(p, "");
	p = listen_csv_field(p, report_listen_state_name(row->state));
	p = listen_csv_field(p, row->peers < BASE_COUNT_OF(peers) ? peers[row->peers] : "");
	for (size_t i = 0; i < BASE_COUNT_OF(listen_counters); i++) {
		if (listen_counter(row, i, &value))
			p = report_format_u64(p, value);
		*p++ = ',';
	}
	p = report_format_time(p, row->first_us);
	*p++ = ',';
	p = report_format_time(p, row->last_us);
	*p++ = ',';
	p = listen_csv_seconds(p, &row->handshake);
	p = listen_csv_seconds(p, &row->round_trip);
	p = listen_csv_time(p, row->accepted_us);
	p = listen_csv_time(p, row->refused_first_us);
	p = print_path_csv(p, out->style.paths, row->path);
	*p++ = '\n';
	print_out_commit(out, p);
}

/* --- text ----------------------------------------------------------------------------------- */

/* The column of sockets takes what a wide terminal has more; the others move to the right. */
static size_t
listen_socket_width(const struct print_out *out)
{
	const unsigned others = LISTEN_WIDTH - REPORT_SOCKET4_MAX;

	return print_terminal_room(out->style.columns, others, REPORT_SOCKET4_MAX,
	                           REPORT_SOCKET4_MAX, REPORT_SOCKET_WIDTH);
}

/* Blanks up to the column, one at least: a value that is too long pushes what follows. */
static char *
listen_column(const struct print_out *out, char *p, const char *line, size_t at)
{
	if (at > LISTEN_AT_SOCKET)
		at += listen_socket_width(out) - REPORT_SOCKET4_MAX;
	do
		*p++ = ' ';
	while ((size_t)(p - line) < at);
	return p;
}

static void
listen_text_heading(struct print_out *out)
{
	char *line = print_out_reserve(out, LISTEN_ROW_MAX);
	char *p = report_format_text(line, "Proto");

	p = report_format_text(listen_column(out, p, line, LISTEN_AT_SOCKET), "Socket");
	p = report_format_text(listen_column(out, p, line, LISTEN_AT_STATE), "State");
	for (size_t i = 0; i < BASE_COUNT_OF(listen_counters); i++)
		if (listen_counters[i].heading)
			p = report_format_text(listen_column(out, p, line, listen_counters[i].at),
			                       listen_counters[i].heading);
	p = report_format_text(listen_column(out, p, line, LISTEN_AT_AGE), "Age");
	p = report_format_text(listen_column(out, p, line, LISTEN_AT_IDLE), "Idle\n");
	print_out_commit(out, p);
}

static void
listen_text(struct print_out *out, const void *printed)
{
	const struct report_listen *row = printed;
	char *line = print_out_reserve(out, LISTEN_ROW_MAX);
	char *p = report_format_text(line, report_proto_name(row->proto)), *socket;
	uint64_t value;

	p = listen_column(out, p, line, LISTEN_AT_SOCKET);
	socket = p;
	*print_names_socket(socket, &out->style, row->addr, row->ip_version, row->port,
	                    row->proto) = '\0';
	p += strlen(
	    print_terminal_middle(out->style.columns, socket, (unsigned)listen_socket_width(out)));
	p = listen_column(out, p, line, LISTEN_AT_STATE);
	p = report_format_text(p, listen_state_brief(row->state));
	for (size_t i = 0; i < BASE_COUNT_OF(listen_counters); i++) {
		if (!listen_counters[i].heading)
			continue;
		p = listen_column(out, p, line, listen_counters[i].at);
		p = listen_counter(row, i, &value) ? report_format_u64(p, value)
		                                   : report_format_text(p, "-");
	}
	p = report_format_hms(listen_column(out, p, line, LISTEN_AT_AGE), row->age_us);
	p = report_format_hms(listen_column(out, p, line, LISTEN_AT_IDLE), row->idle_us);
	*p++ = '\n';
	print_out_commit(out, p);
}

static void
listen_text_cut(struct print_out *out, uint64_t rows)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " sockets shown, more are missing)\n"),
	                 rows);
}

const struct print_rows print_listen = {
	.text_heading = listen_text_heading,
	.csv_heading = listen_csv_heading,
	.text = listen_text,
	.json = listen_json,
	.csv = listen_csv,
	.text_cut = listen_text_cut,
};
