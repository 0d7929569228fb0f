/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The errors of a filter, the tree of its tests, and the program made of it; see filter_build.h.
 *
 * A join puts first the node that reads the cheaper parts of a row. A node keeps its negation as a
 * flag until the program is made; then negation exchanges the targets.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "filter_build.h"

#define BUILD_QUOTED_MAX 24 /* bytes of a wrong word that a message quotes */

/* --- errors --------------------------------------------------------------------------------- */

void
filter_build_fail(struct filter_builder *builder, struct filter_span span, const char *format, ...)
{
	struct filter_error *error = &builder->error;
	va_list args;
	int n;

	if (builder->result != 0)
		return;
	builder->result = -EINVAL;
	error->offset = (unsigned)(span.at - builder->text);
	n = snprintf(error->text, sizeof(error->text), _("column %u: "), error->offset + 1);
	va_start(args, format);
	vsnprintf(error->text + n, sizeof(error->text) - (size_t)n, format, args);
	va_end(args);
}

void
filter_build_expected(struct filter_builder *builder, struct filter_span span, const char *what)
{
	char quoted[BUILD_QUOTED_MAX + 1];
	size_t n = base_min_u32((uint32_t)span.n, BUILD_QUOTED_MAX);

	if (span.n == 0) {
		filter_build_fail(builder, span, _("expected %s; the filter ends here"), what);
		return;
	}
	for (size_t i = 0; i < n; i++)
		quoted[i] = span.at[i] >= ' ' && span.at[i] <= '~' ? span.at[i] : '?';
	quoted[n] = '\0';
	filter_build_fail(builder, span, _("expected %s, not '%s%s'"), what, quoted,
	                  span.n > n ? "..." : "");
}

static uint16_t
build_too_long(struct filter_builder *builder)
{
	filter_build_fail(builder, builder->token, _("a filter has at most %d tests"),
	                  FILTER_TESTS_MAX);
	builder->result = -E2BIG;
	return FILTER_NO_NODE;
}

/* --- the tree ------------------------------------------------------------------------------- */

static uint16_t
build_node(struct filter_builder *builder, const struct filter_node *node)
{
	assert(builder->n_nodes < FILTER_NODES_MAX); /* fewer joins than tests */
	builder->nodes[builder->n_nodes] = *node;
	return (uint16_t)builder->n_nodes++;
}

uint16_t
filter_build_leaf(struct filter_builder *builder, const struct filter_test *test)
{
	const struct filter_node node = {
		.kind = FILTER_NODE_TEST,
		.part = test->part,
		.left = (uint16_t)builder->n_tests,
	};

	if (builder->n_tests == FILTER_TESTS_MAX)
		return build_too_long(builder);
	builder->tests[builder->n_tests++] = *test;
	return build_node(builder, &node);
}

uint16_t
filter_build_join(struct filter_builder *builder, enum filter_node_kind kind, uint16_t left,
                  uint16_t right)
{
	struct filter_node node = { .kind = (uint8_t)kind, .left = left, .right = right };
	uint8_t left_part, right_part;

	if (left == FILTER_NO_NODE || right == FILTER_NO_NODE)
		return FILTER_NO_NODE;
	left_part = builder->nodes[left].part;
	right_part = builder->nodes[right].part;
	if (right_part < left_part) {
		node.left = right;
		node.right = left;
	}
	node.part = right_part < left_part ? left_part : right_part;
	return build_node(builder, &node);
}

uint16_t
filter_build_not(struct filter_builder *builder, uint16_t node)
{
	if (node != FILTER_NO_NODE)
		builder->nodes[node].negated ^= 1;
	return node;
}

/* --- the program ---------------------------------------------------------------------------- */

/*
 * Adds a node's tests so that it goes on with `on_true` or `on_false`; returns its first. What
 * comes later is added first, so that its number is known. As deep as the tree, which has at most
 * a level a test.
 */
static uint16_t
build_emit(const struct filter_builder *builder, uint16_t number, uint16_t on_true,
           uint16_t on_false, struct filter *filter)
{
	const struct filter_node *node = &builder->nodes[number];
	uint16_t yes = node->negated ? on_false : on_true;
	uint16_t no = node->negated ? on_true : on_false;
	struct filter_test *test;
	uint16_t right;

	if (node->kind == FILTER_NODE_TEST) {
		test = &filter->tests[filter->n];
		*test = builder->tests[node->left];
		test->on_true = yes;
		test->on_false = no;
		filter->needs |= test->part;
		return filter->n++;
	}
	right = build_emit(builder, node->right, yes, no, filter);
	if (node->kind == FILTER_NODE_AND)
		return build_emit(builder, node->left, right, no, filter);
	return build_emit(builder, node->left, yes, right, filter);
}

void
filter_build_program(struct filter_builder *builder, struct filter *filter)
{
	filter->n = 0;
	filter->needs = 0;
	filter->begin = FILTER_ACCEPT;
	if (builder->root != FILTER_NO_NODE)
		filter->begin =
		    build_emit(builder, builder->root, FILTER_ACCEPT, FILTER_REJECT, filter);
}

int
filter_compile(struct filter *filter, const char *text, const struct report_labels *labels,
               struct filter_error *error)
{
	struct filter_builder builder = {
		.text = text,
		.labels = labels,
		.at = text,
		.root = FILTER_NO_NODE,
	};

	if (strnlen(text, FILTER_TEXT_MAX) == FILTER_TEXT_MAX) {
		builder.token = (struct filter_span){ text + FILTER_TEXT_MAX - 1, 1 };
		filter_build_fail(&builder, builder.token, _("a filter has at most %d bytes"),
		                  FILTER_TEXT_MAX - 1);
		builder.result = -E2BIG;
	} else if (filter_yyparse(&builder) == 0) {
		filter_build_program(&builder, filter);
	}
	if (error)
		*error = builder.error;
	return builder.result;
}
