/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of comma-separated values; see print_csv.h. */

#include "print_csv.h"
#include "report_format.h"
#include "report_names.h"

#define PRINT_CSV_ROW_MAX 2048

#define PRINT_CSV_END(who)                                                                         \
	who "_ip," who "_port," who "_state," who "_packets," who "_bytes," who "_payload,"

static const char print_csv_columns[] = "id,proto,vlan," PRINT_CSV_END("client")
    PRINT_CSV_END("server") "opened,last,in_state,flags,closed_by,end,icmp_error,icmp_told";

#define PRINT_CSV_MORE(who)                                                                        \
	"," who "_in_state," who "_retransmitted_packets," who "_retransmitted_bytes," who         \
	"_out_of_order," who "_gaps," who "_zero_windows," who "_rtt," who "_handshake_rtt," who   \
	"_snd_nxt," who "_rcv_nxt," who "_window," who "_mss," who "_wscale," who "_sack"

static const char print_csv_more_columns[] =
    ",duplicates" PRINT_CSV_MORE("client") PRINT_CSV_MORE("server");

void
print_csv_header(struct print_out *out)
{
	print_out_puts(out, print_csv_columns);
	print_out_puts(out, "\n");
}

void
print_csv_full_header(struct print_out *out)
{
	print_out_puts(out, print_csv_columns);
	print_out_puts(out, print_csv_more_columns);
	print_out_puts(out, "\n");
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

/* The columns of every row, without the end of the line. */
static char *
csv_row(char *p, const struct report_row *row)
{
	const char *told = report_closer_name(row->icmp_end);

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
	p = csv_word(p, report_end_name(row->end), ',');
	p = csv_word(p, report_icmp_name(row->icmp), ',');
	return told ? report_format_text(p, told) : p;
}

void
print_csv_row(struct print_out *out, const struct report_row *row)
{
	char *p = csv_row(print_out_reserve(out, PRINT_CSV_ROW_MAX), row);

	*p++ = '\n';
	print_out_commit(out, p);
}

/* --- everything ----------------------------------------------------------------------------- */

/* What is not known is an empty field. */
static char *
csv_more_u64(char *p, uint64_t value, int known)
{
	*p++ = ',';
	return known ? report_format_u64(p, value) : p;
}

static char *
csv_more_seconds(char *p, uint64_t us)
{
	*p++ = ',';
	return us != 0 ? report_format_seconds(p, us) : p;
}

static char *
csv_more(char *p, const struct report_more *more, int is_tcp)
{
	int syn = more->known & REPORT_KNOWS_SYN, ack = more->known & REPORT_KNOWS_RCV_NXT;

	*p++ = ',';
	p = report_format_seconds(p, more->in_state_us);
	p = csv_more_u64(p, more->again, is_tcp);
	p = csv_more_u64(p, more->retransmitted_bytes, is_tcp);
	p = csv_more_u64(p, more->out_of_order, is_tcp);
	p = csv_more_u64(p, more->gaps, is_tcp);
	p = csv_more_u64(p, more->zero_windows, is_tcp);
	p = csv_more_seconds(p, more->rtt_us);
	p = csv_more_seconds(p, more->handshake_us);
	p = csv_more_u64(p, more->snd_nxt, more->known & REPORT_KNOWS_SND_NXT);
	p = csv_more_u64(p, more->rcv_nxt, ack);
	p = csv_more_u64(p, more->window, ack);
	p = csv_more_u64(p, more->mss, syn && more->mss != 0);
	p = csv_more_u64(p, more->wscale, syn && more->wscale != UINT8_MAX);
	return csv_more_u64(p, !!(more->known & REPORT_KNOWS_SACK), syn);
}

void
print_csv_full(struct print_out *out, const struct report_full *full)
{
	int is_tcp = full->row.client.state != REPORT_UDP;
	char *p = csv_row(print_out_reserve(out, PRINT_CSV_ROW_MAX), &full->row);

	p = csv_more_u64(p, full->copies, 1);
	p = csv_more(p, &full->client, is_tcp);
	p = csv_more(p, &full->server, is_tcp);
	*p++ = '\n';
	print_out_commit(out, p);
}
