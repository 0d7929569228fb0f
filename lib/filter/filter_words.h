/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of the filter language, a table row each: what a word is about, what follows it, how
 * that is named in a message.
 *
 * Only tables and searches in them. Scanner and builder use them; outside the library only those do
 * who complete or explain words. Letters of either case are the same. Any thread.
 */
#ifndef FILTER_WORDS_H
#define FILTER_WORDS_H

#include "filter_field.h"

BASE_BEGIN_DECLS

/* A piece of the text. */
struct filter_span {
	const char *at;
	size_t n;
};

/* What stands after a word. */
enum filter_value {
	FILTER_VALUE_STATE,
	FILTER_VALUE_SOCKET, /* ADDRESS[/LENGTH][:PORT] */
	FILTER_VALUE_NET,    /* ADDRESS[/LENGTH] */
	FILTER_VALUE_LABEL,  /* of a network, with * and ? */
	FILTER_VALUE_PORT,
	FILTER_VALUE_DURATION,
	FILTER_VALUE_COUNT,
	FILTER_VALUE_VLAN,
	FILTER_VALUE_VNI,
	FILTER_VALUE_TUNNEL,
	FILTER_VALUE_OUTER, /* ADDRESS[/LENGTH] of a tunnel's end */
	FILTER_VALUE_WORKER,
	FILTER_VALUE_ID,
	FILTER_VALUE_PROTO,
	FILTER_VALUE_FLAG,
	FILTER_VALUE_CLOSER,
	FILTER_VALUE_CAUSE,
	FILTER_VALUES
};

/* What may stand between a word and its value. */
enum filter_compares {
	FILTER_COMPARES_EQUAL, /* nothing, = or != */
	FILTER_COMPARES_ORDER, /* and < > <= >= */
	FILTER_COMPARES_MUST,  /* one of them must */
};

enum filter_cmp {
	FILTER_CMP_NONE,
	FILTER_CMP_EQ,
	FILTER_CMP_NE,
	FILTER_CMP_LT,
	FILTER_CMP_GT,
	FILTER_CMP_LE,
	FILTER_CMP_GE
};

/* What a word is to the grammar. */
enum filter_role {
	FILTER_ROLE_STATE,   /* state */
	FILTER_ROLE_EXCLUDE, /* exclude */
	FILTER_ROLE_FIELD,   /* any other that a value follows */
	FILTER_ROLE_AND,
	FILTER_ROLE_OR,
	FILTER_ROLE_NOT,
};

struct filter_word {
	const char *name;
	uint8_t role;     /* enum filter_role */
	uint8_t value;    /* enum filter_value */
	uint8_t field;    /* enum filter_field, where the value is a number of one */
	uint8_t who;      /* enum filter_who; FILTER_EITHER: one end or the other */
	const char *help; /* what it is about, a line for a person */
};

struct filter_value_kind {
	const char *expected; /* as in "expected a port, 0 to 65535, as 443 or :443" */
	uint8_t compares;     /* enum filter_compares */
};

/* True when the span is `word`, in letters of either case. */
bool filter_span_is(struct filter_span span, const char *word);

/* NULL when it is none. */
const struct filter_word *filter_word_find(struct filter_span span);

/* eq, ne, lt ...; FILTER_CMP_NONE when it is none. */
enum filter_cmp filter_cmp_find(struct filter_span span);

const struct filter_value_kind *filter_value_kind(unsigned value);

/*
 * The tables in their order, for who explains and completes words: number `at`, NULL behind the
 * last.
 */
const struct filter_word *filter_word_at(size_t at);
const char *filter_cmp_at(size_t at);

#define FILTER_STATE_NAME_MAX 16

/*
 * The same of states: false behind the last. The name is in lower case with '-'; it is empty where
 * another has been the same.
 */
bool filter_state_at(size_t at, char name[FILTER_STATE_NAME_MAX]);

/*
 * The states that a word names, as bits of 1 << enum report_state: a state in any spelling of
 * report_spelling.h, or a group of ss's. 0 when it is none.
 */
uint32_t filter_states_find(struct filter_span span);

BASE_END_DECLS

#endif
