/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests made of words and values; see filter_build.h.
 *
 * A comparison becomes a range of numbers. A word about either end becomes a test on each, joined
 * by `or`. An address with a port becomes two tests, joined by `and`. A label becomes the network
 * that it names.
 */

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "base_text.h"
#include "filter_build.h"
#include "filter_value.h"
#include "packet_tunnel.h"
#include "report_label.h"
#include "report_names.h"

#define TEST_VLAN_MAX 4095
#define TEST_VNI_MAX  16777215

/* --- values ----------------------------------------------------------------------------------- */

/* The number of a word of report_names, from 1 on; 0: it is none. */
static unsigned
value_name_number(struct filter_span value, const char *(*name)(unsigned), unsigned end)
{
	for (unsigned i = 1; i < end; i++)
		if (filter_span_is(value, name(i)))
			return i;
	return 0;
}

static uint32_t
value_flag_bit(struct filter_span value)
{
	for (unsigned bit = 0; bit < REPORT_FLAGS; bit++)
		if (filter_span_is(value, report_flag_name(bit)))
			return UINT32_C(1) << bit;
	return 0;
}

static_assert(PACKET_N_TUNNELS < 32, "a mask of kinds");

/* The kinds of tunnel that a word names; 0: none. */
static uint32_t
value_tunnels(struct filter_span value)
{
	if (filter_span_is(value, "any"))
		return (UINT32_C(1) << PACKET_N_TUNNELS) - 1;
	for (int kind = 0; kind < PACKET_N_TUNNELS; kind++)
		if (filter_span_is(value, packet_tunnel_name((enum packet_tunnel_kind)kind)))
			return UINT32_C(1) << kind;
	return 0;
}

/* The number that a word stands for; 0: it is none. */
static uint64_t
value_name(unsigned kind, struct filter_span value)
{
	if (kind == FILTER_VALUE_CLOSER)
		return value_name_number(value, report_closer_name, REPORT_CLOSER_SERVER + 1);
	if (kind == FILTER_VALUE_CAUSE)
		return value_name_number(value, report_end_cause_name, REPORT_END_CAUSES);
	if (filter_span_is(value, "tcp"))
		return IPPROTO_TCP;
	return filter_span_is(value, "udp") ? IPPROTO_UDP : 0;
}

/* Reads a number of any kind. *most is *least, but a duration stands for its whole second. */
static int
value_number(unsigned kind, struct filter_span value, uint64_t *least, uint64_t *most)
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
		error = filter_value_number(value, TEST_VLAN_MAX, least);
		break;
	case FILTER_VALUE_VNI:
		error = filter_value_number(value, TEST_VNI_MAX, least);
		break;
	case FILTER_VALUE_WORKER:
		error = filter_value_number(value, UINT8_MAX, least);
		break;
	case FILTER_VALUE_ID:
		error = filter_value_id(value, least);
		break;
	default:
		*least = value_name(kind, value);
		error = *least == 0 ? -EINVAL : 0;
	}
	*most = *least + (kind == FILTER_VALUE_DURATION ? 999999 : 0);
	return error;
}

static int
value_address(unsigned kind, struct filter_span value, struct filter_socket *socket)
{
	return kind == FILTER_VALUE_NET ? filter_value_net(value, socket)
	                                : filter_value_socket(value, socket);
}

/* --- tests ------------------------------------------------------------------------------------ */

/* One test, or the same on both ends joined by `or`. */
static uint16_t
test_of_ends(struct filter_builder *builder, struct filter_test *test, unsigned who)
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

/* The text has the numbers from `least` to `most`. Sets the range that the comparison wants. */
static void
test_compare(struct filter_test *test, enum filter_cmp cmp, uint64_t least, uint64_t most)
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

/* A test of a number. The value stands for all from `least` to `most`. */
static uint16_t
test_range(struct filter_builder *builder, const struct filter_word *word, enum filter_cmp cmp,
           uint64_t least, uint64_t most)
{
	struct filter_test test = {
		.kind = FILTER_RANGE,
		.field = word->field,
		.part = (uint8_t)filter_field_part((enum filter_field)word->field),
	};

	test_compare(&test, cmp, least, most);
	if (word->field == FILTER_FIELD_VLAN && test.range.most >= REPORT_NO_VLAN)
		test.range.most = REPORT_NO_VLAN - 1;
	return test_of_ends(builder, &test, word->who);
}

/* A test that never holds: a name that is nobody's. */
static uint16_t
test_never(struct filter_builder *builder)
{
	const struct filter_test test = {
		.kind = FILTER_RANGE,
		.field = FILTER_FIELD_PROTO,
		.part = FILTER_PART_KEY,
		.range = { 1, 0 },
	};

	return filter_build_leaf(builder, &test);
}

/* Of any tunnel: the number of the network that it carries. */
static uint16_t
test_vni(struct filter_builder *builder, enum filter_cmp cmp, uint64_t least, uint64_t most)
{
	struct filter_test test = { .kind = FILTER_VNI, .part = FILTER_PART_ORIGIN };

	test_compare(&test, cmp, least, most);
	return filter_build_leaf(builder, &test);
}

/* Of any tunnel: its kind, or one of its ends. */
static uint16_t
test_tunnel(struct filter_builder *builder, uint32_t kinds)
{
	const struct filter_test test = { .kind = FILTER_TUNNELS,
		                          .part = FILTER_PART_ORIGIN,
		                          .mask = kinds };

	return filter_build_leaf(builder, &test);
}

static uint16_t
test_outer(struct filter_builder *builder, const struct filter_socket *socket)
{
	struct filter_test test = { .kind = FILTER_OUTER, .part = FILTER_PART_ORIGIN };

	memcpy(test.net.addr, socket->addr, sizeof(test.net.addr));
	memcpy(test.net.mask, socket->mask, sizeof(test.net.mask));
	test.net.version = socket->version;
	return filter_build_leaf(builder, &test);
}

static uint16_t
test_net(struct filter_builder *builder, const struct filter_word *word,
         const struct filter_socket *socket)
{
	struct filter_test test = { .kind = FILTER_NET, .part = FILTER_PART_KEY };

	memcpy(test.net.addr, socket->addr, sizeof(test.net.addr));
	memcpy(test.net.mask, socket->mask, sizeof(test.net.mask));
	test.net.version = socket->version;
	return test_of_ends(builder, &test, word->who);
}

/* The net of a label, at one end. */
static uint16_t
test_label_net(struct filter_builder *builder, const struct report_label *label, unsigned who)
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

/* The label names the end: its network has the end, and no smaller one of another name has. */
static uint16_t
test_label(struct filter_builder *builder, const struct report_label *label, unsigned who,
           struct filter_span pattern)
{
	uint16_t node = test_label_net(builder, label, who), inner;
	const struct report_labels *labels = builder->labels;

	for (unsigned i = 0; i < labels->n && node != FILTER_NO_NODE; i++) {
		const struct report_label *other = &labels->label[i];

		if (other->len == label->len || !report_label_within(other, label) ||
		    report_label_matches(pattern.at, pattern.n, other->label))
			continue;
		inner = filter_build_not(builder, test_label_net(builder, other, who));
		node = filter_build_join(builder, FILTER_NODE_AND, node, inner);
	}
	return node;
}

/*
 * Labels become the networks that they name now, so a filter needs no table when it is matched.
 * Without labels, as in the command that only checks a filter, a name matches nothing.
 */
static uint16_t
test_labels(struct filter_builder *builder, unsigned who, struct filter_span pattern)
{
	uint16_t node = test_never(builder);
	const struct report_labels *labels = builder->labels;

	for (unsigned i = 0; labels && i < labels->n && node != FILTER_NO_NODE; i++)
		if (report_label_matches(pattern.at, pattern.n, labels->label[i].label))
			node =
			    filter_build_join(builder, FILTER_NODE_OR, node,
			                      test_label(builder, &labels->label[i], who, pattern));
	return node;
}

static uint16_t
test_names(struct filter_builder *builder, unsigned who, struct filter_span pattern)
{
	uint16_t client;

	if (who != FILTER_EITHER)
		return test_labels(builder, who, pattern);
	client = test_labels(builder, FILTER_CLIENT, pattern);
	return filter_build_join(builder, FILTER_NODE_OR, client,
	                         test_labels(builder, FILTER_SERVER, pattern));
}

static uint16_t
test_socket(struct filter_builder *builder, const struct filter_word *word,
            const struct filter_socket *socket)
{
	uint16_t net, port;

	if (socket->version == 0)
		return test_range(builder, word, FILTER_CMP_EQ, socket->has_port ? socket->port : 0,
		                  socket->has_port ? socket->port : UINT16_MAX);
	net = test_net(builder, word, socket);
	if (!socket->has_port)
		return net;
	port = test_range(builder, word, FILTER_CMP_EQ, socket->port, socket->port);
	return filter_build_join(builder, FILTER_NODE_AND, net, port);
}

static uint16_t
test_mask(struct filter_builder *builder, enum filter_kind kind, unsigned who, uint32_t mask)
{
	const struct filter_test test = {
		.kind = (uint8_t)kind,
		.who = (uint8_t)who,
		.part = FILTER_PART_STATES,
		.mask = mask,
	};

	return filter_build_leaf(builder, &test);
}

/* --- what the grammar calls ------------------------------------------------------------------- */

/* The test of a word and its value, without what `!=` does to it. */
static uint16_t
test_value(struct filter_builder *builder, const struct filter_word *word, enum filter_cmp cmp,
           struct filter_span value)
{
	uint64_t least = 0, most = 0;
	struct filter_socket socket;
	uint32_t mask = 0;

	switch (word->value) {
	case FILTER_VALUE_STATE:
		if ((mask = filter_states_find(value)) != 0)
			return test_mask(builder, FILTER_STATES, word->who, mask);
		break;
	case FILTER_VALUE_FLAG:
		if ((mask = value_flag_bit(value)) != 0)
			return test_mask(builder, FILTER_FLAGS, word->who, mask);
		break;
	case FILTER_VALUE_LABEL:
		if (filter_value_label(value) == 0)
			return test_names(builder, word->who, value);
		break;
	case FILTER_VALUE_TUNNEL:
		if ((mask = value_tunnels(value)) != 0)
			return test_tunnel(builder, mask);
		break;
	case FILTER_VALUE_OUTER:
		if (filter_value_net(value, &socket) == 0 && socket.version != 0)
			return test_outer(builder, &socket);
		break;
	case FILTER_VALUE_SOCKET:
	case FILTER_VALUE_NET:
		if (value_address(word->value, value, &socket) == 0)
			return test_socket(builder, word, &socket);
		break;
	default:
		if (value_number(word->value, value, &least, &most) != 0)
			break;
		if (word->value == FILTER_VALUE_VNI)
			return test_vni(builder, cmp, least, most);
		return test_range(builder, word, cmp, least, most);
	}
	filter_build_expected(builder, value, _(filter_value_kind(word->value)->expected));
	return FILTER_NO_NODE;
}

/* 0: this comparison may stand after this word; -EINVAL: it may not, and the error is set. */
static int
test_check(struct filter_builder *builder, const struct filter_word *word, enum filter_cmp cmp,
           struct filter_span value)
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
filter_test_make(struct filter_builder *builder, const struct filter_word *word,
                 enum filter_cmp cmp, struct filter_span value)
{
	uint16_t node;

	if (test_check(builder, word, cmp, value) != 0)
		return FILTER_NO_NODE;
	node = test_value(builder, word, cmp, value);
	return cmp == FILTER_CMP_NE ? filter_build_not(builder, node) : node;
}

uint16_t
filter_test_add_states(struct filter_builder *builder, uint16_t node, struct filter_span value)
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
