/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The grammar of filters: ss's, made unambiguous.
 *
 * `or` binds least, then `and`, which may be left out, then `not`. `state` repeated names several
 * states, as with ss, and counts as one test. A pure parser on a stack of fixed size: nothing is
 * allocated, and a text that is nested deeper than the stack is refused. filter_yyerror
 * says what is wrong: it knows what the scanner expected.
 */
%require "3.0"
%define api.pure full
%define api.prefix {filter_yy}
%define api.token.prefix {FILTER_T_}
%define api.value.type {union filter_token}
%param {struct filter_builder *builder}

%code requires {
#include "filter_build.h"
}

%code {
#include <string.h>

#include "base_text.h"

#define YYINITDEPTH 256
#define YYMAXDEPTH  256

static void filter_yyerror(struct filter_builder *builder, const char *what);

#define CHECK(node)                                                                                \
	do {                                                                                       \
		if ((node) == FILTER_NO_NODE)                                                      \
			YYABORT;                                                                   \
	} while (0)
}

%token AND OR NOT
%token <word> STATE EXCLUDE FIELD
%token <cmp> CMP
%token <span> VALUE
%type <node> any all one test states

/* After a state, `state` goes on with it rather than beginning another test. */
%precedence STATES
%precedence STATE

%%

filter
	: %empty
	| any                   { builder->root = $1; }
	;

any
	: all
	| any OR all            { CHECK($$ = filter_build_join(builder, FILTER_NODE_OR, $1, $3)); }
	;

all
	: one
	| all AND one           { CHECK($$ = filter_build_join(builder, FILTER_NODE_AND, $1, $3)); }
	| all one               { CHECK($$ = filter_build_join(builder, FILTER_NODE_AND, $1, $2)); }
	;

one
	: test
	| NOT one               { $$ = filter_build_not(builder, $2); }
	| '(' any ')'           { $$ = $2; }
	;

test
	: states  %prec STATES
	| EXCLUDE VALUE
		{
			$$ = filter_test_make(builder, $1, FILTER_CMP_NE, $2);
			CHECK($$);
		}
	| FIELD VALUE
		{
			$$ = filter_test_make(builder, $1, FILTER_CMP_NONE, $2);
			CHECK($$);
		}
	| FIELD CMP VALUE
		{
			$$ = filter_test_make(builder, $1, $2, $3);
			CHECK($$);
		}
	;

states
	: STATE VALUE
		{
			$$ = filter_test_make(builder, $1, FILTER_CMP_NONE, $2);
			CHECK($$);
		}
	| states STATE VALUE    { CHECK($$ = filter_test_add_states(builder, $1, $3)); }
	;

%%

/* What would have been right in the place of the token that was not. */
static const char *
filter_parse_wanted(const struct filter_builder *builder)
{
	if (builder->mode_before != FILTER_MODE_TEST)
		return _(filter_value_kind(builder->word->value)->expected);
	if (!builder->was_complete)
		return _("a test, as state, src, dport or idle");
	if (builder->depth > 0)
		return _("'and', 'or', ')' or another test");
	return _("'and', 'or' or another test");
}

static void
filter_yyerror(struct filter_builder *builder, const char *what)
{
	if (strncmp(what, "memory", strlen("memory")) == 0)
		filter_build_fail(builder, builder->token,
		                  _("the filter is nested too deeply here"));
	else
		filter_build_expected(builder, builder->token, filter_parse_wanted(builder));
}
