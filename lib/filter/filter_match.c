/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program run over a row. The hot file of the library: no allocation, and no call out of it but
 * for the tunnels around a connection.
 *
 * A comparison of any kind has become a range, an address a masked compare of two words, a state a
 * bit in a mask, and negation has become exchanged targets, so that seven kinds of test are all.
 */

#include <errno.h>

#include "base_bytes.h"
#include "filter_field.h"
#include "packet_tunnel.h"
#include "report_path.h"

/* What a test reads: the ends in the order of enum filter_who. */
struct match_view {
	const struct filter_subject *subject;
	const struct report_end *ends[4];
};

static const uint8_t match_part_of[FILTER_FIELDS] = {
	[FILTER_FIELD_PROTO] = FILTER_PART_KEY,
	[FILTER_FIELD_PORT] = FILTER_PART_KEY,
	[FILTER_FIELD_END_CAUSE] = FILTER_PART_STATES,
	[FILTER_FIELD_CLOSED_BY] = FILTER_PART_STATES,
	[FILTER_FIELD_AGE] = FILTER_PART_TIMES,
	[FILTER_FIELD_IDLE] = FILTER_PART_TIMES,
	[FILTER_FIELD_IN_STATE] = FILTER_PART_TIMES,
	[FILTER_FIELD_ID] = FILTER_PART_ORIGIN,
	[FILTER_FIELD_VLAN] = FILTER_PART_ORIGIN,
	[FILTER_FIELD_VNI] = FILTER_PART_ORIGIN,
	[FILTER_FIELD_WORKER] = FILTER_PART_ORIGIN,
	[FILTER_FIELD_PACKETS] = FILTER_PART_COUNTERS,
	[FILTER_FIELD_BYTES] = FILTER_PART_COUNTERS,
	[FILTER_FIELD_PAYLOAD] = FILTER_PART_COUNTERS,
	[FILTER_FIELD_RETRANSMITTED] = FILTER_PART_MORE,
};

enum filter_part
filter_field_part(enum filter_field field)
{
	assert(field < FILTER_FIELDS);
	return (enum filter_part)match_part_of[field];
}

static bool
match_range(const struct filter_test *test, const struct match_view *view)
{
	const struct filter_subject *subject = view->subject;
	uint64_t value = filter_field_get((enum filter_field)test->field, subject->row,
	                                  subject->full, view->ends[test->who]);

	return value >= test->range.least && value <= test->range.most;
}

static bool
match_net(const struct filter_test *test, const struct match_view *view)
{
	const uint8_t *addr = view->ends[test->who]->addr;

	return view->subject->row->ip_version == test->net.version &&
	       (((base_raw64(addr) ^ test->net.addr[0]) & test->net.mask[0]) |
	        ((base_raw64(addr + 8) ^ test->net.addr[1]) & test->net.mask[1])) == 0;
}

static uint32_t
match_state_bit(unsigned state)
{
	return UINT32_C(1) << (state & 31);
}

static bool
match_states(const struct filter_test *test, const struct match_view *view)
{
	const struct report_row *row = view->subject->row;
	uint32_t states;

	if (test->who == FILTER_EITHER && view->subject->one_end)
		states = match_state_bit(view->ends[FILTER_LOCAL]->state);
	else if (test->who == FILTER_EITHER)
		states = match_state_bit(row->client.state) | match_state_bit(row->server.state);
	else
		states = match_state_bit(view->ends[test->who]->state);
	return (states & test->mask) != 0;
}

static bool
match_outer_end(const struct filter_test *test, const uint8_t addr[16])
{
	return (((base_raw64(addr) ^ test->net.addr[0]) & test->net.mask[0]) |
	        ((base_raw64(addr + 8) ^ test->net.addr[1]) & test->net.mask[1])) == 0;
}

static bool
match_step(const struct filter_test *test, const struct report_step *step)
{
	if (test->kind == FILTER_TUNNELS)
		return (test->mask >> (step->kind & 31) & 1) != 0;
	if (test->kind == FILTER_OUTER)
		return step->version == test->net.version &&
		       (match_outer_end(test, step->src) || match_outer_end(test, step->dst));
	return step->has_id && step->kind < PACKET_N_TUNNELS &&
	       packet_tunnel_names_network((enum packet_tunnel_kind)step->kind) &&
	       step->id >= test->range.least && step->id <= test->range.most;
}

/* Is it so of any tunnel around the connection? */
static bool
match_path(const struct filter_test *test, const struct filter_subject *subject)
{
	struct report_path path[2];

	if (subject->row->path == REPORT_PATH_NONE)
		return false;
	report_paths_read(subject->paths, subject->row->path, &path[0], &path[1]);
	for (unsigned way = 0; way < 2; way++)
		for (unsigned i = 0; i < path[way].n; i++)
			if (match_step(test, path[way].step[i]))
				return true;
	return false;
}

static bool
match_holds(const struct filter_test *test, const struct match_view *view)
{
	switch ((enum filter_kind)test->kind) {
	case FILTER_RANGE:
		return match_range(test, view);
	case FILTER_NET:
		return match_net(test, view);
	case FILTER_STATES:
		return match_states(test, view);
	case FILTER_FLAGS:
		return (view->subject->row->flags & test->mask) != 0;
	case FILTER_TUNNELS:
	case FILTER_VNI:
	case FILTER_OUTER:
		return match_path(test, view->subject);
	}
	return false;
}

int
filter_match(const struct filter *filter, const struct filter_subject *subject)
{
	const struct report_row *row = subject->row;
	unsigned swapped = subject->local == FILTER_LOCAL_SERVER;
	const struct match_view view = {
		.subject = subject,
		.ends = { [FILTER_CLIENT] = &row->client,
		          [FILTER_SERVER] = &row->server,
		          [FILTER_LOCAL] = swapped ? &row->server : &row->client,
		          [FILTER_PEER] = swapped ? &row->client : &row->server },
	};
	unsigned at = filter->begin;

	while (at < FILTER_TESTS_MAX) {
		const struct filter_test *test = &filter->tests[at];

		if (!(test->part & subject->parts))
			return -EAGAIN;
		at = match_holds(test, &view) ? test->on_true : test->on_false;
	}
	return at == FILTER_ACCEPT;
}

static bool
match_leads_to_reject(const uint8_t *may_reject, unsigned target)
{
	return target == FILTER_REJECT || (target < FILTER_TESTS_MAX && may_reject[target]);
}

/* Jumps go to lower numbers, so what lies behind a test is known before it. */
bool
filter_may_reject(const struct filter *filter, unsigned parts)
{
	uint8_t may_reject[FILTER_TESTS_MAX];

	for (unsigned i = 0; i < filter->n; i++) {
		const struct filter_test *test = &filter->tests[i];

		may_reject[i] =
		    (test->part & parts) && (match_leads_to_reject(may_reject, test->on_true) ||
		                             match_leads_to_reject(may_reject, test->on_false));
	}
	return match_leads_to_reject(may_reject, filter->begin);
}
