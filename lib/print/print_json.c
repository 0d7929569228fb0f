/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of JSON, by plain stores into reserved room; see print_json.h. */

#include "community.h"
#include "print_conn.h"
#include "print_part.h"
#include "report_format.h"
#include "report_label.h"
#include "report_names.h"

/* All keys, two longest ends, all flags: below 740; the test prints the longest row there is. */
#define PRINT_JSON_ROW_MAX  (1024 + PRINT_PATH_MAX)
#define PRINT_JSON_FULL_MAX (2048 + PRINT_PATH_MAX)

/* These three inline: of a key that the compiler sees it knows the length, and moves words. */
BASE_INLINE char *
json_key_u64(char *p, const char *key, uint64_t value)
{
	return report_format_u64(report_format_text(p, key), value);
}

BASE_INLINE char *
json_key_word(char *p, const char *key, const char *word)
{
	p = report_format_text(p, key);
	*p++ = '"';
	p = report_format_text(p, word);
	*p++ = '"';
	return p;
}

static char *
json_community(char *p, const struct report_row *row)
{
	p = community_format(report_format_text(p, ",\"community_id\":\""), row);
	*p++ = '"';
	return p;
}

BASE_INLINE char *
json_key_time(char *p, const char *key, uint64_t time_us)
{
	p = report_format_time(report_format_text(p, key), time_us);
	*p++ = '"';
	return p;
}

/* A key whose value is left out when it is 0: not known, or none. */
static char *
json_key_if(char *p, const char *key, uint64_t value)
{
	return value != 0 ? json_key_u64(p, key, value) : p;
}

static char *
json_key_seconds(char *p, const char *key, uint64_t us)
{
	return us != 0 ? report_format_seconds(report_format_text(p, key), us) : p;
}

static char *
json_syn(char *p, const struct report_more *more)
{
	if (!(more->known & REPORT_KNOWS_SYN))
		return p;
	p = json_key_if(p, ",\"mss\":", more->mss);
	if (more->wscale != UINT8_MAX)
		p = json_key_u64(p, ",\"wscale\":", more->wscale);
	return report_format_text(p, more->known & REPORT_KNOWS_SACK ? ",\"sack\":true"
	                                                             : ",\"sack\":false");
}

static char *
json_more(char *p, const struct report_more *more)
{
	p = report_format_seconds(report_format_text(p, ",\"in_state\":"), more->in_state_us);
	p = json_key_if(p, ",\"retransmitted_packets\":", more->retransmitted);
	p = json_key_if(p, ",\"retransmitted_bytes\":", more->retransmitted_bytes);
	p = json_key_if(p, ",\"out_of_order\":", more->out_of_order);
	p = json_key_if(p, ",\"gaps\":", more->gaps);
	p = json_key_if(p, ",\"lost_before\":", more->lost);
	p = json_key_if(p, ",\"lost_behind\":", report_more_lost_behind(more));
	p = json_key_if(p, ",\"needless\":", more->needless);
	p = json_key_if(p, ",\"zero_windows\":", more->zero_windows);
	p = json_key_seconds(p, ",\"window_closed\":", more->closed_us);
	if (more->seen != 0) {
		p = report_format_text(p, ",\"seen\":\"");
		p = report_format_seen(p, more->seen);
		*p++ = '"';
	}
	p = json_key_seconds(p, ",\"rtt\":", more->rtt_us);
	p = json_key_seconds(p, ",\"handshake_rtt\":", more->handshake_us);
	if (more->known & REPORT_KNOWS_SND_NXT)
		p = json_key_u64(p, ",\"snd_nxt\":", more->snd_nxt);
	if (more->known & REPORT_KNOWS_RCV_NXT) {
		p = json_key_u64(p, ",\"rcv_nxt\":", more->rcv_nxt);
		p = json_key_u64(p, ",\"window\":", more->window);
	}
	return json_syn(p, more);
}

/* `labels` and `more` may be NULL. */
BASE_INLINE char *
json_end(char *p, const char *key, const struct report_labels *labels, const struct report_end *end,
         const struct report_more *more, unsigned ip_version)
{
	p = report_format_text(p, key);
	p = report_format_text(p, "{\"ip\":\"");
	p = report_format_addr(p, end->addr, ip_version);
	p = json_key_u64(p, "\",\"port\":", end->port);
	p = report_label_json(p, labels, end->addr, ip_version);
	p = json_key_word(p, ",\"state\":", report_state_name(end->state));
	p = json_key_u64(p, ",\"packets\":", end->packets);
	p = json_key_u64(p, ",\"bytes\":", end->bytes);
	p = json_key_u64(p, ",\"payload\":", end->payload);
	if (more)
		p = json_more(p, more);
	*p++ = '}';
	return p;
}

static char *
json_flags(char *p, unsigned flags)
{
	char separator = '[';

	p = report_format_text(p, ",\"flags\":");
	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++) {
		if (!(flags & (1u << bit)))
			continue;
		*p++ = separator;
		separator = ',';
		p = json_key_word(p, "", report_flag_name(bit));
	}
	*p++ = ']';
	return p;
}

/* Writes nothing where there was no error. */
static char *
json_icmp(char *p, const struct report_row *row)
{
	const char *error = report_icmp_name(row->icmp);
	const char *receiver = report_closer_name(row->icmp_end);

	if (error == NULL || receiver == NULL)
		return p;
	p = json_key_word(p, ",\"icmp\":{\"error\":", error);
	p = json_key_word(p, ",\"told\":", receiver);
	*p++ = '}';
	return p;
}

static char *
json_ending(char *p, const struct report_row *row)
{
	const char *closer = report_closer_name(row->closed_by);
	const char *cause = report_end_cause_name(row->end_cause);

	if (row->flags & ((1u << REPORT_FLAGS) - 1))
		p = json_flags(p, row->flags);
	if (closer)
		p = json_key_word(p, ",\"closed_by\":", closer);
	if (cause)
		p = json_key_word(p, ",\"end\":", cause);
	p = json_icmp(p, row);
	return report_format_text(p, "}\n");
}

/* The object up to what only a whole connection has; json_ending writes the rest. */
static char *
json_row(char *p, const struct print_style *style, const struct report_row *row,
         const struct report_more *client, const struct report_more *server)
{
	p = report_format_id(report_format_text(p, "{\"id\":\""), row->id);
	*p++ = '"';
	p = json_key_word(p, ",\"proto\":", report_proto_name(row->proto));
	if (row->vlan != REPORT_NO_VLAN)
		p = json_key_u64(p, ",\"vlan\":", row->vlan);
	if (row->path != REPORT_PATH_NONE)
		p = print_path_json(p, style->paths, row->path);
	p = json_end(p, ",\"client\":", style->labels, &row->client, client, row->ip_version);
	p = json_end(p, ",\"server\":", style->labels, &row->server, server, row->ip_version);
	p = json_community(p, row);
	p = json_key_time(p, ",\"opened\":\"", row->opened_us);
	p = json_key_time(p, ",\"last\":\"", row->last_us);
	return report_format_seconds(report_format_text(p, ",\"in_state\":"), row->in_state_us);
}

void
print_json_row(struct print_out *out, const struct report_row *row)
{
	char *p = print_out_reserve(out, PRINT_JSON_ROW_MAX);

	print_out_commit(out, json_ending(json_row(p, &out->style, row, NULL, NULL), row));
}

/* The hosts' own round trip is the way to both of them. */
static uint64_t
json_both(uint32_t client_us, uint32_t server_us)
{
	return client_us != 0 && server_us != 0 ? (uint64_t)client_us + server_us : 0;
}

void
print_json_full(struct print_out *out, const struct report_full *full)
{
	char *p = print_out_reserve(out, PRINT_JSON_FULL_MAX);

	p = json_row(p, &out->style, &full->row, &full->client, &full->server);
	p = json_key_seconds(p, ",\"rtt\":", json_both(full->client.rtt_us, full->server.rtt_us));
	p = json_key_seconds(p, ",\"handshake_rtt\":",
	                     json_both(full->client.handshake_us, full->server.handshake_us));
	p = json_key_if(p, ",\"duplicates\":", full->copies);
	print_out_commit(out, json_ending(p, &full->row));
}
