/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The numbers of a row that filters compare, sorts order by and groups are made of.
 *
 * One list for all three, so that a word means the same in each. Counters are the sums of both
 * ends. Inline: filter_match calls it for each row. Any thread.
 */
#ifndef FILTER_FIELD_H
#define FILTER_FIELD_H

#include "filter.h"

BASE_BEGIN_DECLS

enum filter_field {
	FILTER_FIELD_PROTO,
	FILTER_FIELD_PORT, /* of one end */
	FILTER_FIELD_END_CAUSE,
	FILTER_FIELD_CLOSED_BY,
	FILTER_FIELD_AGE,
	FILTER_FIELD_IDLE,
	FILTER_FIELD_IN_STATE,
	FILTER_FIELD_ID,
	FILTER_FIELD_VLAN,
	FILTER_FIELD_VNI,
	FILTER_FIELD_WORKER,
	FILTER_FIELD_PACKETS,
	FILTER_FIELD_BYTES,
	FILTER_FIELD_PAYLOAD,
	FILTER_FIELD_RETRANSMITTED,
	FILTER_FIELDS
};

/* The part of the row that a field lies in. */
enum filter_part filter_field_part(enum filter_field field);

/* `row` lies in `full` if that is not NULL; `end` is the end whose port is meant. Times: us. */
BASE_INLINE uint64_t
filter_field_get(enum filter_field field, const struct report_row *row,
                 const struct report_full *full, const struct report_end *end)
{
	switch (field) {
	case FILTER_FIELD_PROTO:
		return row->proto;
	case FILTER_FIELD_PORT:
		return end->port;
	case FILTER_FIELD_END_CAUSE:
		return row->end_cause;
	case FILTER_FIELD_CLOSED_BY:
		return row->closed_by;
	case FILTER_FIELD_AGE:
		return row->last_us + row->idle_us - row->opened_us;
	case FILTER_FIELD_IDLE:
		return row->idle_us;
	case FILTER_FIELD_IN_STATE:
		return row->in_state_us;
	case FILTER_FIELD_ID:
		return row->id;
	case FILTER_FIELD_VLAN:
		return row->vlan;
	case FILTER_FIELD_VNI:
		return row->vni;
	case FILTER_FIELD_WORKER:
		return row->worker;
	case FILTER_FIELD_PACKETS:
		return row->client.packets + row->server.packets;
	case FILTER_FIELD_BYTES:
		return row->client.bytes + row->server.bytes;
	case FILTER_FIELD_PAYLOAD:
		return row->client.payload + row->server.payload;
	case FILTER_FIELD_RETRANSMITTED:
		return full ? full->client.retransmitted + full->server.retransmitted : 0;
	case FILTER_FIELDS:
		break;
	}
	return 0;
}

BASE_END_DECLS

#endif
