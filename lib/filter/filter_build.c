/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests made of words and values, the tree of them, and the program; see filter_build.h.
 *
 * A comparison becomes a range of numbers, perhaps negated. A word about either end becomes a test
 * on each, joined by `or`; an address with a port two tests joined by `and`. A join puts first the
 * side that reads the cheaper parts of a row. Negation stays a mark on a node until the program is
 * made, where it exchanges the targets.
 */

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "filter_build.h"
#include "filter_value.h"
#include "report_label.h"
#include "report_names.h"

#define FILTER_SHOWN_MAX 24 /* bytes of a wrong word that a message repeats */
#define FILTER_VLAN_MAX  4095
#define FILTER_VNI_MAX   16777215

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
	char shown[FILTER_SHOWN_MAX + 1];
	size_t n = base_min_u32((uint32_t)span.n, FILTER_SHOWN_MAX);

	if (span.n == 0) {
		filter_build_fail(builder, span, _("expected %s; the filter ends here"), what);
		return;
	}
	for (size_t i = 0; i < n; i++)
		shown[i] = span.at[i] >= ' ' && span.at[i] <= '~' ? span.at[i] : '?';
	shown[n] = '\0';
	filter_build_fail(builder, span, _("expected %s, not '%s%s'"), what, shown,
	                  span.n > n ? "..." : "");
}

static uint16_t
filter_build_too_long(struct filter_builder *builder)
{
	filter_build_fail(builder, builder->token, _("a filter has at most %d tests"),
	                  FILTER_TESTS_MAX);
	builder->result = -E2BIG;
	return FILTER_NO_NODE;
}

/* --- the tree ------------------------------------------------------------------------------- */

static uint16_t
filter_build_node(struct filter_builder *builder, const struct filter_node *node)
{
	assert(builder->n_nodes < FILTER_NODES_MAX); /* fewer joins than tests */
	builder->nodes[builder->n_nodes] = *node;
	return (uint16_t)builder->n_nodes++;
}

static uint16_t
filter_build_leaf(struct filter_builder *builder, const struct filter_test *test)
{
	const struct filter_node node = {
		.kind = FILTER_NODE_TEST,
		.part = test->part,
		.left = (uint16_t)builder->n_tests,
	};

	if (builder->n_tests == FILTER_TESTS_MAX)
		return filter_build_too_long(builder);
	builder->tests[builder->n_tests++] = *test;
	return filter_build_node(builder, &node);
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
	return filter_build_node(builder, &node);
}

uint16_t
filter_build_not(struct filter_builder *builder, uint16_t node)
{
	if (node != FILTER_NO_NODE)
		builder->nodes[node].negated ^= 1;
	return node;
}

/* --- tests ---------------------------------------------------------------------------------- */

/* One test, or the same on both ends joined by `or`. */
static uint16_t
filter_build_ends(struct filter_builder *builder, struct filter_test *test, unsigned who)
{
	uint16_t client;

	if (who != FILTER_EITHER) {
		test->who = (uint8_t)who;
		return filter_build_leaf(builder, test);
	}
	test->who = FILTER_CLIENT;
	client = filter_build_leaf(builder, test);
	test->who = FILTER_SERVER;
	return filter_build_join(builder, FILTER_NODE_OR, client, filter_build_leaf(builder, test));
}

/* The numbers from `least` to `most` are what stands in the text; which are wanted of all? */
static void
filter_compare(struct filter_test *test, enum filter_cmp cmp, uint64_t least, uint64_t most)
{
	switch (cmp) {
	case FILTER_CMP_LT:
		test->range.least = least > 0 ? 0 : 1;
		test->range.most = least > 0 ? least - 1 : 0;
		break;
	case FILTER_CMP_LE:
		test->range.most = least;
		break;
	case FILTER_CMP_GT:
		test->range.least = least < UINT64_MAX ? least + 1 : 1;
		test->range.most = least < UINT64_MAX ? UINT64_MAX : 0;
		break;
	case FILTER_CMP_GE:
		test->range.least = least;
		test->range.most = UINT64_MAX;
		break;
	default:
		test->range.least = least;
		test->range.most = most;
	}
}

/* A test of a number: the value's last one is `most`, where it stands for several. */
static uint16_t
filter_build_range(struct filter_builder *builder, const struct filter_word *word,
                   enum filter_cmp cmp, uint64_t least, uint64_t most)
{
	struct filter_test test = {
		.kind = FILTER_RANGE,
		.field = word->field,
		.part = (uint8_t)filter_field_part((enum filter_field)word->field),
	};

	filter_compare(&test, cmp, least, most);
	if (word->field == FILTER_FIELD_VLAN && test.range.most >= REPORT_NO_VLAN)
		test.range.most = REPORT_NO_VLAN - 1;
	return filter_build_ends(builder, &test, word->who);
}

/* Nothing has a VNI yet; a comparison with one is a range without numbers. */
static uint16_t
filter_build_never(struct filter_builder *builder)
{
	const struct filter_test test = {
		.kind = FILTER_RANGE,
		.field = FILTER_FIELD_PROTO,
		.part = FILTER_PART_KEY,
		.range = { 1, 0 },
	};

	return filter_build_leaf(builder, &test);
}

static uint16_t
filter_build_net(struct filter_builder *builder, const struct filter_word *word,
                 const struct filter_socket *socket)
{
	struct filter_test test = { .kind = FILTER_NET, .part = FILTER_PART_KEY };

	memcpy(test.net.addr, socket->addr, sizeof(test.net.addr));
	memcpy(test.net.mask, socket->mask, sizeof(test.net.mask));
	test.net.version = socket->version;
	return filter_build_ends(builder, &test, word->who);
}

/* The net of a label, at one end. */
static uint16_t
filter_build_label_net(struct filter_builder *builder, const struct report_label *label,
                       unsigned who)
{
	struct filter_test test = {
		.kind = FILTER_NET,
		.who = (uint8_t)who,
		.part = FILTER_PART_KEY,
	};
	uint8_t mask[16] = { 0 };

	memset(mask, 0xff, label->len / 8);
	if (label->len % 8 != 0)
		mask[label->len / 8] = (uint8_t)(0xff00 >> label->len % 8);
	memcpy(test.net.addr, label->addr, sizeof(test.net.addr));
	memcpy(test.net.mask, mask, sizeof(test.net.mask));
	test.net.version = label->version;
	return filter_build_leaf(builder, &test);
}

/* The label names the end: it is in its net, and in none within that which is called otherwise. */
static uint16_t
filter_build_label(struct filter_builder *builder, const struct report_label *label, unsigned who,
                   struct filter_span pattern)
{
	uint16_t node = filter_build_label_net(builder, label, who), inner;
	const struct report_labels *labels = builder->labels;

	for (unsigned i = 0; i < labels->n && node != FILTER_NO_NODE; i++) {
		const struct report_label *other = &labels->label[i];

		if (other->len == label->len || !report_label_within(other, label) ||
		    report_label_matches(pattern.at, pattern.n, other->label))
			continue;
		inner = filter_build_not(builder, filter_build_label_net(builder, other, who));
		node = filter_build_join(builder, FILTER_NODE_AND, node, inner);
	}
	return node;
}

/*
 * Labels become the networks that they name now, so a filter needs no table when it is matched.
 * Where there are none, as in the command that checks a filter, a name matches nothing.
 */
static uint16_t
filter_build_labels(struct filter_builder *builder, unsigned who, struct filter_span pattern)
{
	uint16_t node = filter_build_never(builder);
	const struct report_labels *labels = builder->labels;

	for (unsigned i = 0; labels && i < labels->n && node != FILTER_NO_NODE; i++)
		if (report_label_matches(pattern.at, pattern.n, labels->label[i].label))
			node = filter_build_join(
			    builder, FILTER_NODE_OR, node,
			    filter_build_label(builder, &labels->label[i], who, pattern));
	return node;
}

static uint16_t
filter_build_names(struct filter_builder *builder, unsigned who, struct filter_span pattern)
{
	uint16_t client;

	if (who != FILTER_EITHER)
		return filter_build_labels(builder, who, pattern);
	client = filter_build_labels(builder, FILTER_CLIENT, pattern);
	return filter_build_join(builder, FILTER_NODE_OR, client,
	                         filter_build_labels(builder, FILTER_SERVER, pattern));
}

static uint16_t
filter_build_socket(struct filter_builder *builder, const struct filter_word *word,
                    const struct filter_socket *socket)
{
	uint16_t net, port;

	if (socket->version == 0)
		return filter_build_range(builder, word, FILTER_CMP_EQ,
		                          socket->has_port ? socket->port : 0,
		                          socket->has_port ? socket->port : UINT16_MAX);
	net = filter_build_net(builder, word, socket);
	if (!socket->has_port)
		return net;
	port = filter_build_range(builder, word, FILTER_CMP_EQ, socket->port, socket->port);
	return filter_build_join(builder, FILTER_NODE_AND, net, port);
}

static uint16_t
filter_build_mask(struct filter_builder *builder, enum filter_kind kind, unsigned who,
                  uint32_t mask)
{
	const struct filter_test test = {
		.kind = (uint8_t)kind,
		.who = (uint8_t)who,
		.part = FILTER_PART_STATES,
		.mask = mask,
	};

	return filter_build_leaf(builder, &test);
}

uint16_t
filter_build_more_states(struct filter_builder *builder, uint16_t node, struct filter_span value)
{
	uint32_t states = filter_states_find(value);

	if (states == 0) {
		filter_build_expected(builder, value,
		                      _(filter_value_kind(FILTER_VALUE_STATE)->expected));
		return FILTER_NO_NODE;
	}
	builder->tests[builder->nodes[node].left].mask |= states;
	return node;
}

/* --- words ---------------------------------------------------------------------------------- */

/* The number of a word of report_names, from 1 on; 0: it is none. */
static unsigned
filter_name_number(struct filter_span value, const char *(*name)(unsigned), unsigned end)
{
	for (unsigned i = 1; i < end; i++)
		if (filter_span_is(value, name(i)))
			return i;
	return 0;
}

static uint32_t
filter_flag_bit(struct filter_span value)
{
	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++)
		if (filter_span_is(value, report_flag_name(bit)))
			return UINT32_C(1) << bit;
	return 0;
}

/* The number that a word stands for; 0: it is none. */
static uint64_t
filter_value_name(unsigned kind, struct filter_span value)
{
	if (kind == FILTER_VALUE_CLOSER)
		return filter_name_number(value, report_closer_name, REPORT_CLOSER_SERVER + 1);
	if (kind == FILTER_VALUE_CAUSE)
		return filter_name_number(value, report_end_cause_name, REPORT_END_CAUSES);
	if (filter_span_is(value, "tcp"))
		return IPPROTO_TCP;
	return filter_span_is(value, "udp") ? IPPROTO_UDP : 0;
}

/* Reads a number of any kind; *most is *least but where a second has a million of them. */
static int
filter_value_any(unsigned kind, struct filter_span value, uint64_t *least, uint64_t *most)
{
	int error = 0;

	switch (kind) {
	case FILTER_VALUE_PORT:
		error = filter_value_port(value, least);
		break;
	case FILTER_VALUE_DURATION:
		error = filter_value_duration(value, least);
		break;
	case FILTER_VALUE_COUNT:
		error = filter_value_count(value, least);
		break;
	case FILTER_VALUE_VLAN:
		error = filter_value_number(value, FILTER_VLAN_MAX, least);
		break;
	case FILTER_VALUE_VNI:
		error = filter_value_number(value, FILTER_VNI_MAX, least);
		break;
	case FILTER_VALUE_WORKER:
		error = filter_value_number(value, UINT8_MAX, least);
		break;
	case FILTER_VALUE_ID:
		error = filter_value_id(value, least);
		break;
	default:
		*least = filter_value_name(kind, value);
		error = *least == 0 ? -EINVAL : 0;
	}
	*most = *least + (kind == FILTER_VALUE_DURATION ? 999999 : 0);
	return error;
}

static int
filter_value_address(unsigned kind, struct filter_span value, struct filter_socket *socket)
{
	return kind == FILTER_VALUE_NET ? filter_value_net(value, socket)
	                                : filter_value_socket(value, socket);
}

/* The test of a word and its value, without what `!=` does to it. */
static uint16_t
filter_build_value(struct filter_builder *builder, const struct filter_word *word,
                   enum filter_cmp cmp, struct filter_span value)
{
	uint64_t least = 0, most = 0;
	struct filter_socket socket;
	uint32_t mask = 0;

	switch (word->value) {
	case FILTER_VALUE_STATE:
		if ((mask = filter_states_find(value)) != 0)
			return filter_build_mask(builder, FILTER_STATES, word->who, mask);
		break;
	case FILTER_VALUE_FLAG:
		if ((mask = filter_flag_bit(value)) != 0)
			return filter_build_mask(builder, FILTER_FLAGS, word->who, mask);
		break;
	case FILTER_VALUE_LABEL:
		if (filter_value_label(value) == 0)
			return filter_build_names(builder, word->who, value);
		break;
	case FILTER_VALUE_SOCKET:
	case FILTER_VALUE_NET:
		if (filter_value_address(word->value, value, &socket) == 0)
			return filter_build_socket(builder, word, &socket);
		break;
	default:
		if (filter_value_any(word->value, value, &least, &most) != 0)
			break;
		if (word->value == FILTER_VALUE_VNI)
			return filter_build_never(builder);
		return filter_build_range(builder, word, cmp, least, most);
	}
	filter_build_expected(builder, value, _(filter_value_kind(word->value)->expected));
	return FILTER_NO_NODE;
}

/* May this comparison stand after this word? */
static int
filter_build_check(struct filter_builder *builder, const struct filter_word *word,
                   enum filter_cmp cmp, struct filter_span value)
{
	unsigned compares = filter_value_kind(word->value)->compares;

	if (cmp == FILTER_CMP_NONE && compares == FILTER_COMPARES_MUST) {
		filter_build_expected(builder, value, _("a comparison: = != < > <= or >="));
		return -EINVAL;
	}
	if (cmp > FILTER_CMP_NE && compares == FILTER_COMPARES_EQUAL) {
		filter_build_fail(builder, value,
		                  _("expected = or != before this: %s has no order"), word->name);
		return -EINVAL;
	}
	return 0;
}

uint16_t
filter_build_test(struct filter_builder *builder, const struct filter_word *word,
                  enum filter_cmp cmp, struct filter_span value)
{
	uint16_t node;

	if (filter_build_check(builder, word, cmp, value) != 0)
		return FILTER_NO_NODE;
	node = filter_build_value(builder, word, cmp, value);
	return cmp == FILTER_CMP_NE ? filter_build_not(builder, node) : node;
}

/* --- the program ---------------------------------------------------------------------------- */

/*
 * Adds a node's tests so that it goes on with `on_true` or `on_false`; returns its first. What
 * comes later is added first, so that its number is known. As deep as the tree, which has at most
 * a level a test.
 */
static uint16_t
filter_emit(const struct filter_builder *builder, uint16_t number, uint16_t on_true,
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
	right = filter_emit(builder, node->right, yes, no, filter);
	if (node->kind == FILTER_NODE_AND)
		return filter_emit(builder, node->left, right, no, filter);
	return filter_emit(builder, node->left, yes, right, filter);
}

void
filter_build_program(struct filter_builder *builder, struct filter *filter)
{
	filter->n = 0;
	filter->needs = 0;
	filter->begin = FILTER_ACCEPT;
	if (builder->root != FILTER_NO_NODE)
		filter->begin =
		    filter_emit(builder, builder->root, FILTER_ACCEPT, FILTER_REJECT, filter);
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
