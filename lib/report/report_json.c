/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of JSON, by plain stores into reserved room; see report_json.h. */

#include "report_json.h"
#include "report_format.h"
#include "report_names.h"

/* All keys, two longest ends, all flags: below 700; the test prints the longest row there is. */
#define REPORT_JSON_ROW_MAX 1024

static char *
json_key_u64(char *p, const char *key, uint64_t value)
{
	return report_format_u64(report_format_text(p, key), value);
}

static char *
json_key_word(char *p, const char *key, const char *word)
{
	p = report_format_text(p, key);
	*p++ = '"';
	p = report_format_text(p, word);
	*p++ = '"';
	return p;
}

static char *
json_key_time(char *p, const char *key, uint64_t time_us)
{
	p = report_format_time(report_format_text(p, key), time_us);
	*p++ = '"';
	return p;
}

static char *
json_end(char *p, const char *key, const struct report_end *end, unsigned ip_version)
{
	p = report_format_text(p, key);
	p = report_format_text(p, "{\"ip\":\"");
	p = report_format_addr(p, end->addr, ip_version);
	p = json_key_u64(p, "\",\"port\":", end->port);
	p = json_key_word(p, ",\"state\":", report_state_name(end->state));
	p = json_key_u64(p, ",\"packets\":", end->packets);
	p = json_key_u64(p, ",\"bytes\":", end->bytes);
	p = json_key_u64(p, ",\"payload\":", end->payload);
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

static char *
json_ending(char *p, const struct report_row *row)
{
	const char *closer = report_closer_name(row->closed_by);
	const char *cause = report_end_name(row->end);

	if (row->flags & ((1u << REPORT_FLAGS) - 1))
		p = json_flags(p, row->flags);
	if (closer)
		p = json_key_word(p, ",\"closed_by\":", closer);
	if (cause)
		p = json_key_word(p, ",\"end\":", cause);
	return report_format_text(p, "}\n");
}

void
report_json_row(struct report_out *out, const struct report_row *row)
{
	char *p = report_out_reserve(out, REPORT_JSON_ROW_MAX);

	p = report_format_id(report_format_text(p, "{\"id\":\""), row->id);
	*p++ = '"';
	p = json_key_word(p, ",\"proto\":", report_proto_name(row->proto));
	if (row->vlan != REPORT_NO_VLAN)
		p = json_key_u64(p, ",\"vlan\":", row->vlan);
	p = json_end(p, ",\"client\":", &row->client, row->ip_version);
	p = json_end(p, ",\"server\":", &row->server, row->ip_version);
	p = json_key_time(p, ",\"opened\":\"", row->opened_us);
	p = json_key_time(p, ",\"last\":\"", row->last_us);
	p = report_format_seconds(report_format_text(p, ",\"in_state\":"), row->in_state_us);
	report_out_commit(out, json_ending(p, row));
}
