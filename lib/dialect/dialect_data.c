/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines for programs; see dialect_data.h. The rows' own printers write what a row has; their end is
 * taken back and what a line has besides is written after it.
 */

#include <string.h>

#include "dialect_data.h"
#include "print_conn.h"
#include "report_format.h"
#include "report_label.h"
#include "report_names.h"

#define DATA_MORE_MAX 1024

static const char data_json_end[] = "}\n";

/* --- JSON ----------------------------------------------------------------------------------- */

static char *
data_word(char *p, const char *key, const char *word)
{
	p = report_format_text(p, key);
	p = report_format_text(p, word);
	*p++ = '"';
	return p;
}

static char *
data_end(char *p, const char *key, const struct report_labels *labels, const struct report_end *end,
         unsigned version)
{
	p = report_format_addr(report_format_text(p, key), end->addr, version);
	p = report_format_u64(report_format_text(p, "\",\"port\":"), end->port);
	p = report_label_json(p, labels, end->addr, version);
	*p++ = '}';
	return p;
}

static const char *
data_spelled(const struct dialect_line *line, const struct dialect_view *view)
{
	return report_spelling(dialect_spelling(view->id, view->console)->system,
	                       line->local->state, line->is_socket);
}

/* What a line has beside its row, and the end of the object. */
static char *
data_line(char *p, const struct report_labels *labels, const struct dialect_line *line,
          const struct dialect_view *view)
{
	const struct report_row *row = line->row;

	if (row->lines != 0) {
		p = data_end(p, ",\"local\":{\"ip\":\"", labels, line->local, row->ip_version);
		if (!line->is_socket)
			p = data_end(p, ",\"foreign\":{\"ip\":\"", labels, line->foreign,
			             row->ip_version);
		p = data_word(p, ",\"state\":\"", report_state_name(line->local->state));
		if (view->id != DIALECT_NONE)
			p = data_word(p, ",\"spelled\":\"", data_spelled(line, view));
	}
	if (view->report == DIALECT_BYTEINFO)
		p = report_format_seconds(report_format_text(p, ",\"idle\":"), row->idle_us);
	return report_format_text(p, data_json_end);
}

/* A socket is no connection: no id, no ends, no counters. */
static void
data_json_socket(struct print_out *out, const struct dialect_line *line,
                 const struct dialect_view *view)
{
	char *p = print_out_reserve(out, DATA_MORE_MAX);

	p = data_word(p, "{\"proto\":\"", report_proto_name(line->row->proto));
	if (line->row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(report_format_text(p, ",\"vlan\":"), line->row->vlan);
	p = report_format_time(report_format_text(p, ",\"first\":\""), line->row->opened_us);
	p = report_format_time(report_format_text(p, "\",\"last\":\""), line->row->last_us);
	*p++ = '"';
	print_out_commit(out, data_line(p, out->style.labels, line, view));
}

void
dialect_json(struct print_out *out, const struct report_row *row, const struct dialect_view *view)
{
	struct dialect_line lines[2];
	unsigned n = dialect_lines(row, lines);

	for (unsigned i = 0; i < n; i++) {
		if (lines[i].is_socket) {
			data_json_socket(out, &lines[i], view);
			continue;
		}
		print_json_row(out, row);
		print_out_take_back(out, sizeof(data_json_end) - 1);
		print_out_commit(out, data_line(print_out_reserve(out, DATA_MORE_MAX),
		                                out->style.labels, &lines[i], view));
	}
}

/* --- CSV ------------------------------------------------------------------------------------ */

void
dialect_csv_header(struct print_out *out, const struct dialect_view *view)
{
	print_csv_header(out);
	print_out_take_back(out, 1);
	if (view->lines)
		print_out_puts(out, ",local_ip,local_port,foreign_ip,foreign_port,state,spelled");
	if (view->report == DIALECT_BYTEINFO)
		print_out_puts(out, ",idle");
	print_out_puts(out, "\n");
}

static char *
data_csv_end(char *p, const struct report_end *end, unsigned version)
{
	*p++ = ',';
	p = report_format_addr(p, end->addr, version);
	*p++ = ',';
	return report_format_u64(p, end->port);
}

static char *
data_csv_line(char *p, const struct dialect_line *line, const struct dialect_view *view)
{
	unsigned version = line->row->ip_version;

	p = data_csv_end(p, line->local, version);
	if (line->is_socket)
		p = report_format_text(p, ",,");
	else
		p = data_csv_end(p, line->foreign, version);
	*p++ = ',';
	p = report_format_text(p, report_state_name(line->local->state));
	*p++ = ',';
	if (view->id == DIALECT_NONE)
		return p;
	return report_format_text(p, data_spelled(line, view));
}

/* The columns of a connection, of which a socket without peer has few. */
static void
data_csv_socket(struct print_out *out, const struct report_row *row)
{
	char *p = print_out_reserve(out, DATA_MORE_MAX);

	*p++ = ',';
	p = report_format_text(p, report_proto_name(row->proto));
	*p++ = ',';
	if (row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(p, row->vlan);
	p = report_format_text(p, ",,,,,,,,,,,,,"); /* both ends */
	p = report_format_time(p, row->opened_us);
	*p++ = ',';
	p = report_format_time(p, row->last_us);
	*p++ = ',';
	p = report_format_seconds(p, row->in_state_us);
	print_out_commit(out, report_format_text(p, ",,,,,,"));
}

static void
data_csv_connection(struct print_out *out, const struct report_row *row)
{
	print_csv_row(out, row);
	print_out_take_back(out, 1);
}

void
dialect_csv(struct print_out *out, const struct report_row *row, const struct dialect_view *view)
{
	struct dialect_line lines[2];
	unsigned n = dialect_lines(row, lines);

	for (unsigned i = 0; i < n; i++) {
		char *p;

		if (lines[i].is_socket)
			data_csv_socket(out, row);
		else
			data_csv_connection(out, row);
		p = print_out_reserve(out, DATA_MORE_MAX);
		if (view->lines) /* as the heading has it, whatever the row says */
			p = data_csv_line(p, &lines[i], view);
		if (view->report == DIALECT_BYTEINFO) {
			*p++ = ',';
			p = report_format_seconds(p, row->idle_us);
		}
		*p++ = '\n';
		print_out_commit(out, p);
	}
}
