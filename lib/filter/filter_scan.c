/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The text of a filter cut into the grammar's tokens.
 *
 * It is written by hand, since the meaning of a piece depends on what stands before it. After a
 * word that takes a value the next piece is the value, whatever its spelling (`closed-by client`).
 * So addresses, states and numbers need no patterns here. Pieces end at blanks and at ( ) & | ! < >
 * =.
 */

#include <string.h>

#include "filter_build.h"
#include "filter_parse.tab.h"

static const struct {
	const char *text;
	int token;
	enum filter_cmp cmp;
} filter_signs[] = {
	/* the longer ones first */
	{ "&&", FILTER_T_AND, FILTER_CMP_NONE }, { "||", FILTER_T_OR, FILTER_CMP_NONE },
	{ "==", FILTER_T_CMP, FILTER_CMP_EQ },   { "!=", FILTER_T_CMP, FILTER_CMP_NE },
	{ "<=", FILTER_T_CMP, FILTER_CMP_LE },   { ">=", FILTER_T_CMP, FILTER_CMP_GE },
	{ "&", FILTER_T_AND, FILTER_CMP_NONE },  { "|", FILTER_T_OR, FILTER_CMP_NONE },
	{ "=", FILTER_T_CMP, FILTER_CMP_EQ },    { "<", FILTER_T_CMP, FILTER_CMP_LT },
	{ ">", FILTER_T_CMP, FILTER_CMP_GT },    { "!", FILTER_T_NOT, FILTER_CMP_NONE },
	{ "(", '(', FILTER_CMP_NONE },           { ")", ')', FILTER_CMP_NONE },
};

static const int filter_role_tokens[] = {
	[FILTER_ROLE_STATE] = FILTER_T_STATE, [FILTER_ROLE_EXCLUDE] = FILTER_T_EXCLUDE,
	[FILTER_ROLE_FIELD] = FILTER_T_FIELD, [FILTER_ROLE_AND] = FILTER_T_AND,
	[FILTER_ROLE_OR] = FILTER_T_OR,       [FILTER_ROLE_NOT] = FILTER_T_NOT,
};

static const char filter_blanks[] = " \t\n\r\v\f";
static const char filter_ends[] = " \t\n\r\v\f()&|!<>=";

/* A sign at the front of the text. 0: there is none. */
static int
scan_sign(struct filter_builder *builder, union filter_token *value)
{
	for (size_t i = 0; i < BASE_COUNT_OF(filter_signs); i++) {
		size_t n = strlen(filter_signs[i].text);

		if (strncmp(builder->at, filter_signs[i].text, n) != 0)
			continue;
		builder->token = (struct filter_span){ builder->at, n };
		value->cmp = filter_signs[i].cmp;
		return filter_signs[i].token;
	}
	return 0;
}

/* What a sign means for the token after it. */
static int
scan_took_sign(struct filter_builder *builder, int token)
{
	builder->complete = token == ')';
	builder->depth += token == '(';
	builder->depth -= token == ')' && builder->depth > 0;
	builder->mode = token == FILTER_T_CMP ? FILTER_MODE_VALUE : FILTER_MODE_TEST;
	return token;
}

static int
scan_took_value(struct filter_builder *builder, union filter_token *value)
{
	value->span = builder->token;
	builder->mode = FILTER_MODE_TEST;
	builder->complete = 1;
	return FILTER_T_VALUE;
}

static int
scan_took_word(struct filter_builder *builder, union filter_token *value)
{
	const struct filter_word *word = filter_word_find(builder->token);

	if (!word)
		return scan_took_value(builder, value); /* refused by the grammar */
	value->word = word;
	builder->complete = 0;
	if (word->role == FILTER_ROLE_FIELD)
		builder->mode = FILTER_MODE_COMPARE;
	else if (word->role == FILTER_ROLE_STATE || word->role == FILTER_ROLE_EXCLUDE)
		builder->mode = FILTER_MODE_VALUE;
	if (builder->mode != FILTER_MODE_TEST)
		builder->word = word;
	return filter_role_tokens[word->role];
}

/* Some write a state in two words, as RFC 793's figure does: the longest that names one. */
static void
scan_join_state(struct filter_builder *builder)
{
	size_t n = builder->token.n;

	while (builder->token.at[n] == ' ') {
		size_t next = strcspn(builder->token.at + n + 1, filter_ends);

		if (next == 0)
			return;
		n += 1 + next;
		if (n >= FILTER_STATE_NAME_MAX)
			return;
		if (filter_states_find((struct filter_span){ builder->token.at, n }) != 0)
			builder->token.n = n;
	}
}

int
filter_yylex(union filter_token *value, struct filter_builder *builder)
{
	int token;

	builder->mode_before = builder->mode;
	builder->was_complete = builder->complete;
	builder->at += strspn(builder->at, filter_blanks);
	builder->token = (struct filter_span){ builder->at, 0 };
	if (*builder->at == '\0')
		return FILTER_T_YYEOF;
	token = scan_sign(builder, value);
	if (token == 0)
		builder->token.n = strcspn(builder->at, filter_ends);
	if (token == 0 && builder->mode != FILTER_MODE_TEST &&
	    builder->word->value == FILTER_VALUE_STATE)
		scan_join_state(builder);
	builder->at += builder->token.n;
	if (token != 0)
		return scan_took_sign(builder, token);
	value->cmp = filter_cmp_find(builder->token);
	if (builder->mode == FILTER_MODE_COMPARE && value->cmp != FILTER_CMP_NONE)
		return scan_took_sign(builder, FILTER_T_CMP);
	if (builder->mode != FILTER_MODE_TEST)
		return scan_took_value(builder, value);
	return scan_took_word(builder, value);
}
