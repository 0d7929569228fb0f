/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of comma-separated values; see report_csv.h. */

#include "report_csv.h"
#include "report_format.h"
#include "report_names.h"

#define REPORT_CSV_ROW_MAX 1024

#define REPORT_CSV_END(who)                                                                        \
	who "_ip," who "_port," who "_state," who "_packets," who "_bytes," who "_payload,"

static const char report_csv_columns[] = "id,proto,vlan," REPORT_CSV_END("client")
    REPORT_CSV_END("server") "opened,last,in_state,flags,closed_by,end\n";

void
report_csv_header(struct report_out *out)
{
	report_out_puts(out, report_csv_columns);
}

static char *
csv_u64(char *p, uint64_t value)
{
	p = report_format_u64(p, value);
	*p++ = ',';
	return p;
}

/* NULL is an unknown word: an empty field. */
static char *
csv_word(char *p, const char *word, char after)
{
	if (word)
		p = report_format_text(p, word);
	*p++ = after;
	return p;
}

static char *
csv_end(char *p, const struct report_end *end, unsigned ip_version)
{
	p = report_format_addr(p, end->addr, ip_version);
	*p++ = ',';
	p = csv_u64(p, end->port);
	p = csv_word(p, report_state_name(end->state), ',');
	p = csv_u64(p, end->packets);
	p = csv_u64(p, end->bytes);
	return csv_u64(p, end->payload);
}

static char *
csv_flags(char *p, unsigned flags)
{
	const char *first = p;

	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++) {
		if (!(flags & (1u << bit)))
			continue;
		if (p != first)
			*p++ = ' ';
		p = report_format_text(p, report_flag_name(bit));
	}
	*p++ = ',';
	return p;
}

void
report_csv_row(struct report_out *out, const struct report_row *row)
{
	char *p = report_out_reserve(out, REPORT_CSV_ROW_MAX);

	p = report_format_id(p, row->id);
	*p++ = ',';
	p = csv_word(p, report_proto_name(row->proto), ',');
	if (row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(p, row->vlan);
	*p++ = ',';
	p = csv_end(p, &row->client, row->ip_version);
	p = csv_end(p, &row->server, row->ip_version);
	p = report_format_time(p, row->opened_us);
	*p++ = ',';
	p = report_format_time(p, row->last_us);
	*p++ = ',';
	p = report_format_seconds(p, row->in_state_us);
	*p++ = ',';
	p = csv_flags(p, row->flags);
	p = csv_word(p, report_closer_name(row->closed_by), ',');
	report_out_commit(out, csv_word(p, report_end_name(row->end), '\n'));
}
