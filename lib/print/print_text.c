/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of connections; see print_text.h. */

#include <inttypes.h>
#include <time.h>

#include "base_text.h"
#include "print_names.h"
#include "print_text.h"
#include "report_format.h"
#include "report_names.h"

#define PRINT_TEXT_ROW_MAX 512

/* Where a column begins and what stands over it. The last two have no fixed width. */
enum {
	COLUMN_ID,
	COLUMN_PROTO,
	COLUMN_CLIENT,
	COLUMN_CLIENT_STATE,
	COLUMN_SERVER,
	COLUMN_SERVER_STATE,
	COLUMN_IDLE,
	COLUMN_END,
	COLUMN_FLAGS,
	COLUMN_FLAGS_NO_END, /* where the flags begin when there is no column for the end */
};

static const struct {
	size_t at;
	const char *name;
} report_columns[] = {
	[COLUMN_ID] = { 0, "Id" },          [COLUMN_PROTO] = { 9, "Proto" },
	[COLUMN_CLIENT] = { 15, "Client" }, [COLUMN_CLIENT_STATE] = { 37, "State" },
	[COLUMN_SERVER] = { 50, "Server" }, [COLUMN_SERVER_STATE] = { 72, "State" },
	[COLUMN_IDLE] = { 85, "Idle" },     [COLUMN_END] = { 94, "End" },
	[COLUMN_FLAGS] = { 102, "Flags" },  [COLUMN_FLAGS_NO_END] = { 94, "Flags" },
};

/* Blanks up to the column, one at least. */
static char *
text_column(char *p, const char *line, int column)
{
	size_t at = report_columns[column].at;

	do
		*p++ = ' ';
	while ((size_t)(p - line) < at);
	return p;
}

/* A line without its trailing blanks, and a newline. */
static void
text_commit(struct print_out *out, const char *line, char *p)
{
	while (p > line && p[-1] == ' ')
		p--;
	*p++ = '\n';
	print_out_commit(out, p);
}

void
print_text_title(struct print_out *out, const char *name, uint64_t now_us)
{
	time_t seconds = (time_t)(now_us / 1000000);
	char when[64] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S %Z", &local);
	print_out_printf(out, "spanstat %s   %s   %s\n", SPANSTAT_VERSION, name, when);
}

void
print_text_heading(struct print_out *out, int with_end)
{
	char *line = print_out_reserve(out, PRINT_TEXT_ROW_MAX);
	char *p = report_format_text(line, report_columns[COLUMN_ID].name);

	for (int i = COLUMN_PROTO; i <= COLUMN_IDLE; i++)
		p = report_format_text(text_column(p, line, i), report_columns[i].name);
	if (with_end) {
		p = text_column(p, line, COLUMN_END);
		p = report_format_text(p, report_columns[COLUMN_END].name);
	}
	p = text_column(p, line, with_end ? COLUMN_FLAGS : COLUMN_FLAGS_NO_END);
	text_commit(out, line, report_format_text(p, report_columns[COLUMN_FLAGS].name));
}

/* The flags and, after them, what an ICMP error said. */
char *
print_text_flags(char *p, const struct report_row *row)
{
	const char *icmp = report_icmp_short(row->icmp);
	const char *first = p;

	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++) {
		if (!(row->flags & (1u << bit)))
			continue;
		if (p != first)
			*p++ = ',';
		p = report_format_text(p, report_flag_short(bit));
	}
	if (icmp != NULL) {
		if (p != first)
			*p++ = ',';
		p = report_format_text(p, icmp);
	}
	return p;
}

static char *
text_end_cause(char *p, const struct report_row *row)
{
	const char *cause = report_end_name(row->end);

	return report_format_text(p, cause ? cause : "-");
}

void
print_text_row(struct print_out *out, const struct report_row *row, int with_end)
{
	char *line = print_out_reserve(out, PRINT_TEXT_ROW_MAX);
	char *p = report_format_id(line, row->id);

	p = text_column(p, line, COLUMN_PROTO);
	p = report_format_text(p, report_proto_name(row->proto));
	p = text_column(p, line, COLUMN_CLIENT);
	p = print_names_socket(p, &out->style, row->client.addr, row->ip_version, row->client.port,
	                       row->proto);
	p = text_column(p, line, COLUMN_CLIENT_STATE);
	p = report_format_text(p, report_state_name(row->client.state));
	p = text_column(p, line, COLUMN_SERVER);
	p = print_names_socket(p, &out->style, row->server.addr, row->ip_version, row->server.port,
	                       row->proto);
	p = text_column(p, line, COLUMN_SERVER_STATE);
	p = report_format_text(p, report_state_name(row->server.state));
	p = report_format_hms(text_column(p, line, COLUMN_IDLE), row->idle_us);
	if (with_end)
		p = text_end_cause(text_column(p, line, COLUMN_END), row);
	p = text_column(p, line, with_end ? COLUMN_FLAGS : COLUMN_FLAGS_NO_END);
	text_commit(out, line, print_text_flags(p, row));
}

void
print_text_cut(struct print_out *out, uint64_t rows)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " connections shown, more are missing)\n"),
	                 rows);
}
