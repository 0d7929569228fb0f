/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Connections as text and CSV, and the printers of conn, allconn, which also says why one ended,
 * and all. JSON is in print_json.c, the text of all in print_all.c.
 */

#include <inttypes.h>
#include <time.h>

#include "base_text.h"
#include "print_conn.h"
#include "print_part.h"
#include "print_rows.h"
#include "report_format.h"
#include "report_names.h"

/* --- text ----------------------------------------------------------------------------------- */

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
	COLUMN_END_CAUSE,
	COLUMN_FLAGS,
	COLUMN_FLAGS_NO_CAUSE, /* where the flags begin when there is no column for the end cause */
};

static const struct {
	size_t at;
	const char *name;
} report_columns[] = {
	[COLUMN_ID] = { 0, "Id" },          [COLUMN_PROTO] = { 9, "Proto" },
	[COLUMN_CLIENT] = { 15, "Client" }, [COLUMN_CLIENT_STATE] = { 37, "State" },
	[COLUMN_SERVER] = { 50, "Server" }, [COLUMN_SERVER_STATE] = { 72, "State" },
	[COLUMN_IDLE] = { 85, "Idle" },     [COLUMN_END_CAUSE] = { 94, "End" },
	[COLUMN_FLAGS] = { 102, "Flags" },  [COLUMN_FLAGS_NO_CAUSE] = { 94, "Flags" },
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
print_text_heading(struct print_out *out, int with_end_cause)
{
	char *line = print_out_reserve(out, PRINT_TEXT_ROW_MAX);
	char *p = report_format_text(line, report_columns[COLUMN_ID].name);

	for (int i = COLUMN_PROTO; i <= COLUMN_IDLE; i++)
		p = report_format_text(text_column(p, line, i), report_columns[i].name);
	if (with_end_cause) {
		p = text_column(p, line, COLUMN_END_CAUSE);
		p = report_format_text(p, report_columns[COLUMN_END_CAUSE].name);
	}
	p = text_column(p, line, with_end_cause ? COLUMN_FLAGS : COLUMN_FLAGS_NO_CAUSE);
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
	const char *cause = report_end_cause_name(row->end_cause);

	return report_format_text(p, cause ? cause : "-");
}

void
print_text_row(struct print_out *out, const struct report_row *row, int with_end_cause)
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
	if (with_end_cause)
		p = text_end_cause(text_column(p, line, COLUMN_END_CAUSE), row);
	p = text_column(p, line, with_end_cause ? COLUMN_FLAGS : COLUMN_FLAGS_NO_CAUSE);
	text_commit(out, line, print_text_flags(p, row));
}

void
print_text_cut(struct print_out *out, uint64_t rows)
{
	print_out_printf(out, _("(cut short: %" PRIu64 " connections shown, more are missing)\n"),
	                 rows);
}

/* --- CSV ------------------------------------------------------------------------------------ */

#define PRINT_CSV_ROW_MAX (2048 + PRINT_PATH_MAX)

#define PRINT_CSV_END(who)                                                                         \
	who "_ip," who "_port," who "_state," who "_packets," who "_bytes," who "_payload,"

static const char print_csv_columns[] = "id,proto,vlan," PRINT_CSV_END("client")
    PRINT_CSV_END("server") "opened,last,in_state,flags,closed_by,end,icmp_error,icmp_told";

#define PRINT_CSV_MORE(who)                                                                        \
	"," who "_in_state," who "_retransmitted_packets," who "_retransmitted_bytes," who         \
	"_out_of_order," who "_gaps," who "_zero_windows," who "_rtt," who "_handshake_rtt," who   \
	"_snd_nxt," who "_rcv_nxt," who "_window," who "_mss," who "_wscale," who "_sack," who     \
	"_lost_before," who "_lost_behind," who "_needless," who "_window_closed," who "_seen"

static const char print_csv_more_columns[] =
    ",duplicates" PRINT_CSV_MORE("client") PRINT_CSV_MORE("server");

void
print_csv_header(struct print_out *out)
{
	print_out_puts(out, print_csv_columns);
	print_out_puts(out, ",tunnel\n");
}

void
print_csv_full_header(struct print_out *out)
{
	print_out_puts(out, print_csv_columns);
	print_out_puts(out, print_csv_more_columns);
	print_out_puts(out, ",tunnel\n");
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
	const char *receiver = report_closer_name(row->icmp_end);

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
	p = csv_word(p, report_end_cause_name(row->end_cause), ',');
	p = csv_word(p, report_icmp_name(row->icmp), ',');
	return receiver ? report_format_text(p, receiver) : p;
}

void
print_csv_row(struct print_out *out, const struct report_row *row)
{
	char *p = csv_row(print_out_reserve(out, PRINT_CSV_ROW_MAX), row);

	*p++ = ',';
	p = print_path_csv(p, out->style.paths, row->path);
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
	p = csv_more_u64(p, more->retransmitted, is_tcp);
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
	p = csv_more_u64(p, !!(more->known & REPORT_KNOWS_SACK), syn);
	p = csv_more_u64(p, more->lost, is_tcp);
	p = csv_more_u64(p, report_more_lost_behind(more), is_tcp);
	p = csv_more_u64(p, more->needless, is_tcp);
	p = csv_more_seconds(p, more->closed_us);
	*p++ = ',';
	return report_format_seen(p, more->seen);
}

void
print_csv_full(struct print_out *out, const struct report_full *full)
{
	int is_tcp = full->row.client.state != REPORT_UDP;
	char *p = csv_row(print_out_reserve(out, PRINT_CSV_ROW_MAX), &full->row);

	p = csv_more_u64(p, full->copies, 1);
	p = csv_more(p, &full->client, is_tcp);
	p = csv_more(p, &full->server, is_tcp);
	*p++ = ',';
	p = print_path_csv(p, out->style.paths, full->row.path);
	*p++ = '\n';
	print_out_commit(out, p);
}

/* --- printers ------------------------------------------------------------------------------- */

static void
conn_text_heading(struct print_out *out)
{
	print_text_heading(out, 0);
}

static void
conn_text(struct print_out *out, const void *row)
{
	print_text_row(out, row, 0);
}

static void
allconn_text_heading(struct print_out *out)
{
	print_text_heading(out, 1);
}

static void
allconn_text(struct print_out *out, const void *row)
{
	print_text_row(out, row, 1);
}

static void
conn_json(struct print_out *out, const void *row)
{
	print_json_row(out, row);
}

static void
conn_csv(struct print_out *out, const void *row)
{
	print_csv_row(out, row);
}

static void
all_text(struct print_out *out, const void *row)
{
	print_all_text(out, row);
}

static void
all_json(struct print_out *out, const void *row)
{
	print_json_full(out, row);
}

static void
all_csv(struct print_out *out, const void *row)
{
	print_csv_full(out, row);
}

const struct print_rows print_conn = {
	.text_heading = conn_text_heading,
	.csv_heading = print_csv_header,
	.text = conn_text,
	.json = conn_json,
	.csv = conn_csv,
	.text_cut = print_text_cut,
};

const struct print_rows print_allconn = {
	.text_heading = allconn_text_heading,
	.csv_heading = print_csv_header,
	.text = allconn_text,
	.json = conn_json,
	.csv = conn_csv,
	.text_cut = print_text_cut,
};

const struct print_rows print_all = {
	.csv_heading = print_csv_full_header,
	.text = all_text,
	.json = all_json,
	.csv = all_csv,
	.text_cut = print_text_cut,
};
