/* SPDX-License-Identifier: BSD-3-Clause */
/* The tables of words; see filter_words.h. */

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base_text.h"
#include "filter_words.h"
#include "report_names.h"
#include "report_spelling.h"

#define FIELD(name, value, field, who, help)                                                       \
	{                                                                                          \
		name, FILTER_ROLE_FIELD, FILTER_VALUE_##value, FILTER_FIELD_##field, FILTER_##who, \
		    help                                                                           \
	}

/* Where a value is no number of the row, the column of the field means nothing. */
/* clang-format off */
static const struct filter_word filter_words[] = {
	{ "state", FILTER_ROLE_STATE, FILTER_VALUE_STATE, 0, FILTER_EITHER,
	  "either end is in that state; repeated, in one of them" },
	{ "exclude", FILTER_ROLE_EXCLUDE, FILTER_VALUE_STATE, 0, FILTER_EITHER,
	  "neither end is in that state" },
	{ "and", FILTER_ROLE_AND, 0, 0, 0,
	  "both hold; may be left out" },
	{ "or", FILTER_ROLE_OR, 0, 0, 0,
	  "one of the two holds" },
	{ "not", FILTER_ROLE_NOT, 0, 0, 0,
	  "what follows does not hold" },
	FIELD("client.state", STATE, PROTO, CLIENT,
	      "the client's state"),
	FIELD("server.state", STATE, PROTO, SERVER,
	      "the server's state"),
	FIELD("src", SOCKET, PORT, LOCAL,
	      "address and port of the client; of a host's lines, of the local end"),
	FIELD("dst", SOCKET, PORT, PEER,
	      "address and port of the server; of a host's lines, of the foreign end"),
	FIELD("client", SOCKET, PORT, CLIENT,
	      "address and port of the client, who opened the connection"),
	FIELD("server", SOCKET, PORT, SERVER,
	      "address and port of the server"),
	FIELD("host", NET, PORT, EITHER,
	      "that address or network is at either end"),
	FIELD("net", NET, PORT, EITHER,
	      "the same as host"),
	FIELD("name", LABEL, PORT, EITHER,
	      "a host of that name is at either end; * stands for any text, ? for one character"),
	FIELD("client.name", LABEL, PORT, CLIENT,
	      "the client's name"),
	FIELD("server.name", LABEL, PORT, SERVER,
	      "the server's name"),
	FIELD("src.name", LABEL, PORT, LOCAL,
	      "name of the client; of a host's lines, of the local end"),
	FIELD("dst.name", LABEL, PORT, PEER,
	      "name of the server; of a host's lines, of the foreign end"),
	FIELD("sport", PORT, PORT, LOCAL,
	      "port of the client; of a host's lines, of the local end"),
	FIELD("dport", PORT, PORT, PEER,
	      "port of the server; of a host's lines, of the foreign end"),
	FIELD("client.port", PORT, PORT, CLIENT,
	      "the client's port"),
	FIELD("server.port", PORT, PORT, SERVER,
	      "the server's port"),
	FIELD("port", PORT, PORT, EITHER,
	      "that port is at either end"),
	FIELD("proto", PROTO, PROTO, CLIENT,
	      "the transport protocol"),
	FIELD("age", DURATION, AGE, CLIENT,
	      "time since it was opened, or first seen"),
	FIELD("idle", DURATION, IDLE, CLIENT,
	      "time since its last packet"),
	FIELD("in-state", DURATION, IN_STATE, CLIENT,
	      "time since either end's state changed last"),
	FIELD("bytes", COUNT, BYTES, CLIENT,
	      "bytes of whole IP datagrams, both directions"),
	FIELD("packets", COUNT, PACKETS, CLIENT,
	      "packets, both directions"),
	FIELD("payload", COUNT, PAYLOAD, CLIENT,
	      "bytes of the stream, each once, both directions"),
	FIELD("retransmitted", COUNT, RETRANSMITTED, CLIENT,
	      "segments sent again, both directions"),
	FIELD("vlan", VLAN, VLAN, CLIENT,
	      "the outermost VLAN tag of its first packet"),
	FIELD("tunnel", TUNNEL, VNI, CLIENT,
	      "a tunnel of that kind is around it, as vxlan or gtp"),
	FIELD("vni", VNI, VNI, CLIENT,
	      "the network of a tunnel around it: VNI of VXLAN and Geneve, VSID of NVGRE"),
	FIELD("outer", OUTER, PORT, CLIENT,
	      "that address or network is an end of a tunnel around it"),
	FIELD("worker", WORKER, WORKER, CLIENT,
	      "the worker that keeps it"),
	FIELD("id", ID, ID, CLIENT,
	      "its id, as reports show it"),
	FIELD("flag", FLAG, PROTO, CLIENT,
	      "what a tap could not see"),
	FIELD("closed-by", CLOSER, CLOSED_BY, CLIENT,
	      "who sent the first FIN or RST"),
	FIELD("end", CAUSE, END_CAUSE, CLIENT,
	      "why it ended"),
};
/* clang-format on */

static const struct {
	const char *name;
	enum filter_cmp cmp;
} filter_cmps[] = {
	{ "eq", FILTER_CMP_EQ },  { "ne", FILTER_CMP_NE }, { "neq", FILTER_CMP_NE },
	{ "lt", FILTER_CMP_LT },  { "gt", FILTER_CMP_GT }, { "le", FILTER_CMP_LE },
	{ "leq", FILTER_CMP_LE }, { "ge", FILTER_CMP_GE }, { "geq", FILTER_CMP_GE },
};

static const struct filter_value_kind filter_value_kinds[FILTER_VALUES] = {
	[FILTER_VALUE_STATE] = { N_("a state, as established or close-wait"),
	                         FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_SOCKET] = { N_("ADDRESS[/LENGTH][:PORT], as 10.0.0.0/8 or [2001:db8::1]:443"),
	                          FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_NET] = { N_("ADDRESS[/LENGTH], as 10.0.0.0/8 or 2001:db8::1"),
	                       FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_LABEL] = { N_("a name of the configuration, as db1 or web*"),
	                         FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_PORT] = { N_("a port, 0 to 65535, as 443 or :443"), FILTER_COMPARES_ORDER },
	[FILTER_VALUE_DURATION] = { N_("a duration, as 90s, 5m, 2h, 1d or 1h30m"),
	                            FILTER_COMPARES_MUST },
	[FILTER_VALUE_COUNT] = { N_("a number, as 1500, 10k, 5M or 2G"), FILTER_COMPARES_MUST },
	[FILTER_VALUE_VLAN] = { N_("a VLAN, 0 to 4095"), FILTER_COMPARES_ORDER },
	[FILTER_VALUE_VNI] = { N_("a VNI, 0 to 16777215"), FILTER_COMPARES_ORDER },
	[FILTER_VALUE_TUNNEL] = { N_("a kind of tunnel, as vxlan, gre or gtp, or any"),
	                          FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_OUTER] = { N_("ADDRESS[/LENGTH], as 10.0.0.0/8 or 2001:db8::1"),
	                         FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_WORKER] = { N_("a worker's number, 0 to 255"), FILTER_COMPARES_ORDER },
	[FILTER_VALUE_ID] = { N_("an id, 1 to 16 hexadecimal digits"), FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_PROTO] = { N_("tcp or udp"), FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_FLAG] = { N_("midstream, oneway, gap or role-guessed"),
	                        FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_CLOSER] = { N_("client or server"), FILTER_COMPARES_EQUAL },
	[FILTER_VALUE_CAUSE] = { N_("fin, rst, timeout, evicted, dropped or reused"),
	                         FILTER_COMPARES_EQUAL },
};

#define BIT(state) (UINT32_C(1) << REPORT_##state)
#define ALL        ((UINT32_C(1) << REPORT_STATES) - 1)
/* ss's groups; a UDP flow has no connection, and ss keeps no small socket for it. */
#define CONNECTED    (ALL & ~(BIT(LISTEN) | BIT(CLOSED) | BIT(UDP)))
#define SYNCHRONIZED (CONNECTED & ~BIT(SYN_SENT))
#define BUCKET       (BIT(SYN_RECEIVED) | BIT(TIME_WAIT))

/* Groups; single states are in report_spelling.h. */
static const struct {
	const char *name;
	uint32_t states;
} filter_states[] = {
	{ "all", ALL },       { "connected", CONNECTED }, { "synchronized", SYNCHRONIZED },
	{ "bucket", BUCKET }, { "big", ALL & ~BUCKET },
};

static_assert(REPORT_STATES <= 32, "a bit for each state");

bool
filter_span_is(struct filter_span span, const char *word)
{
	return strlen(word) == span.n && strncasecmp(word, span.at, span.n) == 0;
}

const struct filter_word *
filter_word_find(struct filter_span span)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_words); i++)
		if (filter_span_is(span, filter_words[i].name))
			return &filter_words[i];
	return NULL;
}

enum filter_cmp
filter_cmp_find(struct filter_span span)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_cmps); i++)
		if (filter_span_is(span, filter_cmps[i].name))
			return filter_cmps[i].cmp;
	return FILTER_CMP_NONE;
}

const struct filter_value_kind *
filter_value_kind(unsigned value)
{
	assert(value < FILTER_VALUES);
	return &filter_value_kinds[value];
}

const struct filter_word *
filter_word_at(size_t at)
{
	return at < BASE_COUNT_OF(filter_words) ? &filter_words[at] : NULL;
}

const char *
filter_cmp_at(size_t at)
{
	return at < BASE_COUNT_OF(filter_cmps) ? filter_cmps[at].name : NULL;
}

uint32_t
filter_states_find(struct filter_span span)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_states); i++)
		if (filter_span_is(span, filter_states[i].name))
			return filter_states[i].states;
	return report_spelling_find(span.at, span.n);
}

/* As a filter is typed: "SYN RCVD" and synReceived(4) are syn-rcvd and synreceived. */
static void
words_plain(char name[FILTER_STATE_NAME_MAX], const char *word)
{
	size_t n = 0;

	for (; *word != '\0' && *word != '('; word++) {
		assert(n < FILTER_STATE_NAME_MAX - 1);
		name[n++] =
		    *word == '_' || *word == ' ' ? '-' : (char)tolower((unsigned char)*word);
	}
	name[n] = '\0';
}

/* Number `at` of all: groups, then each state as each system spells it, then other spellings. */
static const char *
words_state(size_t at)
{
	const struct report_spelling_also *also;

	if (at < BASE_COUNT_OF(filter_states))
		return filter_states[at].name;
	at -= BASE_COUNT_OF(filter_states);
	if (at < REPORT_UDP * REPORT_SYSTEMS)
		return report_spelling((enum report_system)(at % REPORT_SYSTEMS),
		                       (unsigned)(at / REPORT_SYSTEMS), false);
	at -= REPORT_UDP * REPORT_SYSTEMS;
	if (at == 0)
		return report_state_name(REPORT_UDP);
	also = report_spelling_also(at - 1);
	return also ? also->word : NULL;
}

bool
filter_state_at(size_t at, char name[FILTER_STATE_NAME_MAX])
{
	const char *word = words_state(at);
	char before[FILTER_STATE_NAME_MAX];

	name[0] = '\0';
	if (!word)
		return false;
	words_plain(name, word);
	for (size_t i = 0; i < at && name[0] != '\0'; i++) {
		words_plain(before, words_state(i));
		if (strcmp(before, name) == 0)
			name[0] = '\0';
	}
	return true;
}
