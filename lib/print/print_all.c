/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of one connection: a table of lines, each with the printer of its value for one end. */

#include <string.h>

#include "print_conn.h"
#include "print_part.h"
#include "report_format.h"
#include "report_names.h"

#define ALL_BLOCK_MAX (4096 + 2 * REPORT_TUNNELS_MAX * (PRINT_PATH_STEP_MAX + ALL_LABEL))
#define ALL_LABEL     18 /* column of the client's values */
#define ALL_VALUE     24 /* room for them, unless its socket needs more */

/* One end of a connection, as the printers of values get it. */
struct all_end {
	const struct print_style *style;
	const struct report_row *row;
	const struct report_end *end;
	const struct report_more *more;
};

static bool
all_is_tcp(const struct all_end *e)
{
	return e->end->state != REPORT_UDP;
}

/* --- values: each prints at `p` and returns its end, or `p` itself where nothing is known ---- */

static char *
all_socket(char *p, const struct all_end *e)
{
	return print_names_socket(p, e->style, e->end->addr, e->row->ip_version, e->end->port,
	                          e->row->proto);
}

static char *
all_state(char *p, const struct all_end *e)
{
	return report_format_text(p, report_state_name(e->end->state));
}

static char *
all_in_state(char *p, const struct all_end *e)
{
	return report_format_hms(p, e->more->in_state_us);
}

static char *
all_packets(char *p, const struct all_end *e)
{
	return report_format_u64(p, e->end->packets);
}

static char *
all_bytes(char *p, const struct all_end *e)
{
	return report_format_u64(p, e->end->bytes);
}

static char *
all_payload(char *p, const struct all_end *e)
{
	return report_format_u64(p, e->end->payload);
}

static char *
all_retransmitted(char *p, const struct all_end *e)
{
	if (!all_is_tcp(e))
		return p;
	p = report_format_u64(p, e->more->retransmitted);
	if (e->more->retransmitted == 0)
		return p;
	p = report_format_u64(report_format_text(p, " ("), e->more->retransmitted_bytes);
	return report_format_text(p, " bytes)");
}

static char *
all_out_of_order(char *p, const struct all_end *e)
{
	return all_is_tcp(e) ? report_format_u64(p, e->more->out_of_order) : p;
}

static char *
all_gaps(char *p, const struct all_end *e)
{
	return all_is_tcp(e) ? report_format_u64(p, e->more->gaps) : p;
}

static char *
all_lost_before(char *p, const struct all_end *e)
{
	return all_is_tcp(e) ? report_format_u64(p, e->more->lost) : p;
}

static char *
all_lost_behind(char *p, const struct all_end *e)
{
	return all_is_tcp(e) ? report_format_u64(p, report_more_lost_behind(e->more)) : p;
}

static char *
all_closed(char *p, const struct all_end *e)
{
	return e->more->closed_us != 0 ? report_format_hms(p, e->more->closed_us) : p;
}

static char *
all_seen(char *p, const struct all_end *e)
{
	return report_format_seen(p, e->more->seen);
}

static char *
all_zero_windows(char *p, const struct all_end *e)
{
	return all_is_tcp(e) ? report_format_u64(p, e->more->zero_windows) : p;
}

/* To the microsecond below a tenth of a second, then to the nearest millisecond. */
static char *
all_milliseconds(char *p, uint32_t us)
{
	uint32_t ms = us / 1000, rest = us % 1000;

	if (us == 0)
		return p;
	if (us >= 100000)
		return report_format_text(report_format_u64(p, ms + (rest >= 500)), " ms");
	p = report_format_u64(p, ms);
	*p++ = '.';
	*p++ = (char)('0' + rest / 100);
	*p++ = (char)('0' + rest / 10 % 10);
	*p++ = (char)('0' + rest % 10);
	return report_format_text(p, " ms");
}

static char *
all_rtt(char *p, const struct all_end *e)
{
	return all_milliseconds(p, e->more->rtt_us);
}

static char *
all_handshake(char *p, const struct all_end *e)
{
	return all_milliseconds(p, e->more->handshake_us);
}

static char *
all_snd_nxt(char *p, const struct all_end *e)
{
	return e->more->known & REPORT_KNOWS_SND_NXT ? report_format_u64(p, e->more->snd_nxt) : p;
}

static char *
all_rcv_nxt(char *p, const struct all_end *e)
{
	return e->more->known & REPORT_KNOWS_RCV_NXT ? report_format_u64(p, e->more->rcv_nxt) : p;
}

static char *
all_window(char *p, const struct all_end *e)
{
	return e->more->known & REPORT_KNOWS_RCV_NXT ? report_format_u64(p, e->more->window) : p;
}

static char *
all_mss(char *p, const struct all_end *e)
{
	return e->more->mss != 0 ? report_format_u64(p, e->more->mss) : p;
}

static char *
all_wscale(char *p, const struct all_end *e)
{
	int known = (e->more->known & REPORT_KNOWS_SYN) && e->more->wscale != UINT8_MAX;

	return known ? report_format_u64(p, e->more->wscale) : p;
}

static char *
all_sack(char *p, const struct all_end *e)
{
	if (!(e->more->known & REPORT_KNOWS_SYN))
		return p;
	return report_format_text(p, e->more->known & REPORT_KNOWS_SACK ? "yes" : "no");
}

static const struct {
	const char *label;
	char *(*print)(char *p, const struct all_end *e);
} all_lines[] = {
	{ "Socket", all_socket },
	{ "State", all_state },
	{ "In state", all_in_state },
	{ "Packets", all_packets },
	{ "Bytes", all_bytes },
	{ "Payload", all_payload },
	{ "Retransmitted", all_retransmitted },
	{ "Out of order", all_out_of_order },
	{ "Gaps", all_gaps },
	{ "Lost before", all_lost_before },
	{ "Lost behind", all_lost_behind },
	{ "Zero windows", all_zero_windows },
	{ "  closed for", all_closed },
	{ "Round trip", all_rtt },
	{ "  of handshake", all_handshake },
	{ "Flags seen", all_seen },
	{ "Next to send", all_snd_nxt },
	{ "Next expected", all_rcv_nxt },
	{ "Window", all_window },
	{ "MSS", all_mss },
	{ "Window scale", all_wscale },
	{ "SACK permitted", all_sack },
};

/* --- lines ---------------------------------------------------------------------------------- */

static char *
all_pad(char *p, const char *from, size_t width)
{
	size_t at = (size_t)(p - from), n = at < width ? width - at : 1;

	memset(p, ' ', n);
	return p + n;
}

/* "  LABEL   CLIENT'S   SERVER'S", the latter at `column`; returns `p` where neither is known. */
static char *
all_line(char *p, size_t column, const char *label, const char *client, const char *server)
{
	char *from = p;

	if (*client == '\0' && *server == '\0')
		return p;
	p = all_pad(report_format_text(report_format_text(p, "  "), label), from, ALL_LABEL);
	p = report_format_text(p, client);
	if (*server != '\0')
		p = report_format_text(all_pad(p, from, column), server);
	*p++ = '\n';
	return p;
}

static char *
all_flags(char *p, unsigned flags)
{
	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++)
		if (flags & (1u << bit))
			p = report_format_text(report_format_text(p, "  "), report_flag_name(bit));
	return p;
}

/* The first line: what belongs to the connection and to neither end. */
static char *
all_head(char *p, const struct report_full *full)
{
	const struct report_row *row = &full->row;

	p = report_format_id(p, row->id);
	p = report_format_text(report_format_text(p, "  "), report_proto_name(row->proto));
	if (row->vlan != REPORT_NO_VLAN)
		p = report_format_u64(report_format_text(p, "  vlan "), row->vlan);
	if (report_closer_name(row->closed_by))
		p = report_format_text(report_format_text(p, "  closed by "),
		                       report_closer_name(row->closed_by));
	if (report_end_cause_name(row->end_cause))
		p = report_format_text(report_format_text(p, "  end "),
		                       report_end_cause_name(row->end_cause));
	p = all_flags(p, row->flags);
	*p++ = '\n';
	return p;
}

/* "  LABEL   VALUE" of the whole connection: the label, and where its value begins. */
static char *
all_whole(char *p, const char *label)
{
	return all_pad(report_format_text(report_format_text(p, "  "), label), p, ALL_LABEL);
}

/* The tunnels around it, a line each. */
static char *
all_path(char *p, const char *label, const struct report_path *path)
{
	for (unsigned i = 0; i < path->n; i++) {
		p = print_path_step(all_whole(p, i == 0 ? label : ""), path->step[i]);
		*p++ = '\n';
	}
	return p;
}

static char *
all_tail(char *p, const struct report_paths *paths, const struct report_full *full)
{
	const char *icmp = report_icmp_name(full->row.icmp);
	const char *receiver = report_closer_name(full->row.icmp_end);
	struct report_path path, back;

	report_paths_read(paths, full->row.path, &path, &back);
	p = all_path(p, "Tunnel", &path);
	p = all_path(p, "Tunnel back", &back);
	p = report_format_time(all_whole(p, "First seen"), full->row.opened_us);
	*p++ = '\n';
	p = report_format_time(all_whole(p, "Last seen"), full->row.last_us);
	*p++ = '\n';
	if (icmp && receiver) {
		p = report_format_text(all_whole(p, "ICMP error"), icmp);
		p = report_format_text(report_format_text(p, ", told to the "), receiver);
		*p++ = '\n';
	}
	if (full->copies != 0) {
		p = report_format_u64(all_whole(p, "Duplicates"), full->copies);
		*p++ = '\n';
	}
	return p;
}

void
print_all_text(struct print_out *out, const struct report_full *full)
{
	const struct all_end client = { &out->style, &full->row, &full->row.client, &full->client };
	const struct all_end server = { &out->style, &full->row, &full->row.server, &full->server };
	char of_client[REPORT_SOCKET_MAX + 1], of_server[REPORT_SOCKET_MAX + 1];
	char *p = all_head(print_out_reserve(out, ALL_BLOCK_MAX), full);
	size_t width = (size_t)(all_socket(of_client, &client) - of_client) + 2;
	size_t column = ALL_LABEL + (width > ALL_VALUE ? width : ALL_VALUE);

	p = all_line(p, column, "", "Client", "Server");
	for (unsigned i = 0; i < BASE_COUNT_OF(all_lines); i++) {
		*all_lines[i].print(of_client, &client) = '\0';
		*all_lines[i].print(of_server, &server) = '\0';
		p = all_line(p, column, all_lines[i].label, of_client, of_server);
	}
	p = all_tail(p, out->style.paths, full);
	*p++ = '\n';
	print_out_commit(out, p);
}
