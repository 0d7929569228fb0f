/* SPDX-License-Identifier: BSD-3-Clause */
/* Events as text, JSON and CSV; see report_event.h. */

#include <stdio.h>

#include "base_text.h"
#include "print_conn.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_event.h"
#include "report_format.h"
#include "report_names.h"

#define EVENT_TEXT_MAX   512
#define EVENT_PREFIX_MAX 256             /* what stands before the row's own keys */
#define EVENT_JSON_MAX   PRINT_PIECE_MAX /* prefix and row: nothing is written out between them */

static const char *const event_names[REPORT_EVENT_KINDS] = {
	[REPORT_EVENT_OPENED] = "opened",
	[REPORT_EVENT_STATE] = "state",
	[REPORT_EVENT_ENDED] = "ended",
	[REPORT_EVENT_LOST] = "lost",
};

static const char *
event_name(const struct report_event *event)
{
	return event->kind < REPORT_EVENT_KINDS ? event_names[event->kind] : "unknown";
}

/* NULL: that end has the state that it had. */
static const char *
event_was(uint8_t state)
{
	return state == REPORT_EVENT_SAME ? NULL : report_state_name(state);
}

/* --- text ----------------------------------------------------------------------------------- */

enum {
	COLUMN_TIME,
	COLUMN_EVENT,
	COLUMN_ID,
	COLUMN_PROTO,
	COLUMN_CLIENT,
	COLUMN_CLIENT_STATE,
	COLUMN_SERVER,
	COLUMN_SERVER_STATE,
	COLUMN_WHY,
	N_COLUMNS
};

static const struct {
	size_t at;
	const char *name;
} event_columns[N_COLUMNS] = {
	[COLUMN_TIME] = { 0, "Time" },      [COLUMN_EVENT] = { 16, "Event" },
	[COLUMN_ID] = { 23, "Id" },         [COLUMN_PROTO] = { 32, "Proto" },
	[COLUMN_CLIENT] = { 38, "Client" }, [COLUMN_CLIENT_STATE] = { 60, "State" },
	[COLUMN_SERVER] = { 73, "Server" }, [COLUMN_SERVER_STATE] = { 95, "State" },
	[COLUMN_WHY] = { 108, "Why" },
};

/* Blanks up to the column, one at least. */
static char *
event_column(char *p, const char *line, int column)
{
	do
		*p++ = ' ';
	while ((size_t)(p - line) < event_columns[column].at);
	return p;
}

/* Without trailing blanks. */
static void
event_commit(struct print_out *out, const char *line, char *p)
{
	while (p > line && p[-1] == ' ')
		p--;
	*p++ = '\n';
	print_out_commit(out, p);
}

static void
event_text_heading(struct print_out *out)
{
	char *line = print_out_reserve(out, EVENT_TEXT_MAX);
	char *p = report_format_text(line, event_columns[COLUMN_TIME].name);

	for (int i = COLUMN_EVENT; i < N_COLUMNS; i++)
		p = report_format_text(event_column(p, line, i), event_columns[i].name);
	event_commit(out, line, p);
}

/* The time of day, of 2026-01-01T00:00:00.000123Z. */
static char *
event_clock(char *p, uint64_t time_us)
{
	const size_t day = sizeof("2026-01-01T") - 1, clock = sizeof("00:00:00.000123") - 1;
	char whole[REPORT_TIME_MAX];

	report_format_time(whole, time_us);
	memcpy(p, whole + day, clock);
	return p + clock;
}

static char *
event_text_was(char *p, const char *end, uint8_t state, const char *before)
{
	const char *was = event_was(state);

	if (was == NULL)
		return p;
	p = report_format_text(report_format_text(p, before), end);
	return report_format_text(report_format_text(p, " was "), was);
}

/* The states before, and why it ended, if it has. */
static char *
event_text_why(char *p, const struct report_event *event)
{
	const char *cause = report_end_cause_name(event->row.end_cause), *first = p;

	if (event->kind == REPORT_EVENT_STATE) {
		p = event_text_was(p, "client", event->was_client, "");
		p = event_text_was(p, "server", event->was_server, p > first ? ", " : "");
	}
	if (cause != NULL) {
		p = report_format_text(p, p > first ? "; " : "");
		p = report_format_text(p, cause);
	}
	return p;
}

static char *
event_text_end(char *p, const char *line, int column, const struct print_style *style,
               const struct report_row *row, const struct report_end *end)
{
	p = event_column(p, line, column);
	p = print_names_socket(p, style, end->addr, row->ip_version, end->port, row->proto);
	return report_format_text(event_column(p, line, column + 1), report_state_name(end->state));
}

static void
event_text(struct print_out *out, const void *printed)
{
	const struct report_event *event = printed;
	char *line = print_out_reserve(out, EVENT_TEXT_MAX);
	const struct report_row *row = &event->row;
	char *p = event_clock(line, event->time_us);

	p = report_format_text(event_column(p, line, COLUMN_EVENT), event_name(event));
	if (event->kind == REPORT_EVENT_LOST) {
		p = report_format_u64(event_column(p, line, COLUMN_ID), event->lost);
		event_commit(out, line, report_format_text(p, _(" events passed unseen")));
		return;
	}
	p = report_format_id(event_column(p, line, COLUMN_ID), row->id);
	p = event_column(p, line, COLUMN_PROTO);
	p = report_format_text(p, report_proto_name(row->proto));
	p = event_text_end(p, line, COLUMN_CLIENT, &out->style, row, &row->client);
	p = event_text_end(p, line, COLUMN_SERVER, &out->style, row, &row->server);
	p = event_text_why(event_column(p, line, COLUMN_WHY), event);
	event_commit(out, line, p);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static char *
event_json_was(char *p, const struct report_event *event)
{
	const char *client = event_was(event->was_client), *server = event_was(event->was_server);

	p = report_format_text(p, ",\"was\":{");
	if (client != NULL) {
		p = report_format_text(report_format_text(p, "\"client\":\""), client);
		*p++ = '"';
	}
	if (server != NULL) {
		p = report_format_text(p, client != NULL ? ",\"server\":\"" : "\"server\":\"");
		p = report_format_text(p, server);
		*p++ = '"';
	}
	*p++ = '}';
	return p;
}

/* The row's object goes on where that of the event stops: its brace becomes a comma. */
static void
event_json(struct print_out *out, const void *row)
{
	const struct report_event *event = row;
	char *p = print_out_reserve(out, EVENT_JSON_MAX);

	p = report_format_text(report_format_text(p, "{\"type\":\""), event_name(event));
	p = report_format_time(report_format_text(p, "\",\"time\":\""), event->time_us);
	*p++ = '"';
	if (event->kind == REPORT_EVENT_STATE)
		p = event_json_was(p, event);
	if (event->kind == REPORT_EVENT_LOST) {
		p = report_format_u64(report_format_text(p, ",\"lost\":"), event->lost);
		print_out_commit(out, report_format_text(p, "}\n"));
		return;
	}
	print_out_commit(out, p);
	print_json_row(out, &event->row);
	assert(*p == '{');
	*p = ',';
}

/* --- CSV ------------------------------------------------------------------------------------ */

#define EVENT_CSV_ROW_COMMAS 23 /* those of the row's own columns */

static void
event_csv_heading(struct print_out *out)
{
	print_out_puts(out, "type,time,lost,was_client,was_server,");
	print_csv_header(out);
}

static char *
event_csv_was(char *p, uint8_t state)
{
	const char *was = event_was(state);

	if (was != NULL)
		p = report_format_text(p, was);
	*p++ = ',';
	return p;
}

static char *
event_csv_no_row(char *p)
{
	memset(p, ',', EVENT_CSV_ROW_COMMAS);
	p += EVENT_CSV_ROW_COMMAS;
	*p++ = '\n';
	return p;
}

static void
event_csv(struct print_out *out, const void *row)
{
	const struct report_event *event = row;
	int is_state = event->kind == REPORT_EVENT_STATE;
	char *p = print_out_reserve(out, EVENT_PREFIX_MAX);

	p = report_format_text(p, event_name(event));
	*p++ = ',';
	p = report_format_time(p, event->time_us);
	*p++ = ',';
	if (event->kind == REPORT_EVENT_LOST)
		p = report_format_u64(p, event->lost);
	*p++ = ',';
	p = event_csv_was(p, is_state ? event->was_client : REPORT_EVENT_SAME);
	p = event_csv_was(p, is_state ? event->was_server : REPORT_EVENT_SAME);
	if (event->kind == REPORT_EVENT_LOST)
		p = event_csv_no_row(p);
	print_out_commit(out, p);
	if (event->kind != REPORT_EVENT_LOST)
		print_csv_row(out, &event->row);
}

/* --- the daemon was away -------------------------------------------------------------------- */

static char *
event_text_away(char *line, uint64_t since_us, uint64_t now_us)
{
	char *p = event_clock(line, now_us), since[REPORT_TIME_MAX];

	*event_clock(since, since_us) = '\0';
	p = report_format_text(event_column(p, line, COLUMN_EVENT), "away");
	p = event_column(p, line, COLUMN_ID);
	snprintf(p, EVENT_TEXT_MAX - EVENT_PREFIX_MAX, _("since %s: no daemon, events are missing"),
	         since);
	p += strlen(p);
	*p++ = '\n';
	return p;
}

static char *
event_json_away(char *p, uint64_t since_us, uint64_t now_us)
{
	p = report_format_text(p, "{\"type\":\"away\",\"time\":\"");
	p = report_format_text(report_format_time(p, now_us), "\",\"since\":\"");
	return report_format_text(report_format_time(p, since_us), "\"}\n");
}

/* Without a column for `since`, which other lines do not have. */
static char *
event_csv_away(char *p, uint64_t now_us)
{
	p = report_format_time(report_format_text(p, "away,"), now_us);
	return event_csv_no_row(report_format_text(p, ",,,,"));
}

void
print_event_away(struct print_out *out, enum print_format format, uint64_t since_us,
                 uint64_t now_us)
{
	char *p = print_out_reserve(out, EVENT_TEXT_MAX);

	if (format == PRINT_TEXT)
		p = event_text_away(p, since_us, now_us);
	else if (format == PRINT_JSON)
		p = event_json_away(p, since_us, now_us);
	else
		p = event_csv_away(p, now_us);
	print_out_commit(out, p);
}

const struct print_rows print_events = {
	.text_heading = event_text_heading,
	.csv_heading = event_csv_heading,
	.text = event_text,
	.json = event_json,
	.csv = event_csv,
};
