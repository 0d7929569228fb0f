/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What scanner, grammar and builder share while a filter is compiled. Nobody outside the library
 * includes this.
 *
 * The grammar calls filter_test, which makes tests of words and values, and filter_build, which
 * keeps a tree of nodes in a pool. A leaf is a test; any other node joins two. When the text has
 * been read, filter_build_program puts the tests in order and fills their targets. All of it lies
 * in one struct filter_builder on the stack of filter_compile: no globals, no heap.
 */
#ifndef FILTER_BUILD_H
#define FILTER_BUILD_H

#include "filter_words.h"

#define FILTER_NODES_MAX (2 * FILTER_TESTS_MAX)
#define FILTER_NO_NODE   0xffff /* the error is set */

enum filter_node_kind { FILTER_NODE_TEST, FILTER_NODE_AND, FILTER_NODE_OR };

struct filter_node {
	uint8_t kind; /* enum filter_node_kind */
	uint8_t negated;
	uint8_t part;         /* the most expensive enum filter_part below it */
	uint16_t left, right; /* nodes; the left one is tried first. A test: its number, and 0 */
};

/* What may come next, as far as the scanner must know it. */
enum filter_mode {
	FILTER_MODE_TEST,    /* a test, or what joins tests */
	FILTER_MODE_COMPARE, /* a comparison, or a value */
	FILTER_MODE_VALUE,
};

struct filter_builder {
	const char *text;
	const struct report_labels *labels; /* NULL: none */
	struct filter_error error;          /* the first one; empty: none */
	int result;                         /* 0, -EINVAL, -E2BIG */
	/* The scanner: where it is, what it read last and what it expected then. */
	const char *at;
	struct filter_span token;
	enum filter_mode mode, mode_before;
	const struct filter_word *word; /* whose value comes next */
	int complete, was_complete;     /* a test has just ended; one had before the token */
	unsigned depth;                 /* parentheses open */
	/* The tree. */
	struct filter_test tests[FILTER_TESTS_MAX];
	struct filter_node nodes[FILTER_NODES_MAX];
	unsigned n_tests, n_nodes;
	uint16_t root; /* FILTER_NO_NODE: an empty text */
};

/* A semantic value of the grammar. */
union filter_token {
	const struct filter_word *word;
	enum filter_cmp cmp;
	struct filter_span span;
	uint16_t node;
};

/* Sets the error if it is the first: "column N: " and what the format says of `span`. */
void filter_build_fail(struct filter_builder *builder, struct filter_span span, const char *format,
                       ...) BASE_PRINTF(3, 4);

/* The same: "expected WHAT, not 'SPAN'". */
void
filter_build_expected(struct filter_builder *builder, struct filter_span span, const char *what);

/* The tree. These return a node, or FILTER_NO_NODE, and then the error is set. */
uint16_t filter_build_leaf(struct filter_builder *builder, const struct filter_test *test);
uint16_t filter_build_join(struct filter_builder *builder, enum filter_node_kind kind,
                           uint16_t left, uint16_t right);
uint16_t filter_build_not(struct filter_builder *builder, uint16_t node);

/* filter_test.c: the tests of a word and its value. They return the same. */
uint16_t filter_test_make(struct filter_builder *builder, const struct filter_word *word,
                          enum filter_cmp cmp, struct filter_span value);

/* A second `state` after `state`: one or the other, as with ss. */
uint16_t
filter_test_add_states(struct filter_builder *builder, uint16_t node, struct filter_span value);

/* The tree as a program. */
void filter_build_program(struct filter_builder *builder, struct filter *filter);

/* filter_scan.c: the next token of the grammar, and its value. */
int filter_yylex(union filter_token *value, struct filter_builder *builder);

/* filter_parse.y: 0, or the error is set. */
int filter_yyparse(struct filter_builder *builder);

#endif
