/* SPDX-License-Identifier: BSD-3-Clause */
/* What each connection had; see top_flows.h. */

#include "top_flows.h"

static_assert((TOP_FLOWS_SLOTS & (TOP_FLOWS_SLOTS - 1)) == 0, "a power of two");

/* Ids of one worker lie close together, those of several a constant apart: any bits may repeat. */
static struct top_flow *
top_flows_slot(struct top_flows *flows, uint64_t id)
{
	uint64_t mixed = id * UINT64_C(0x9e3779b97f4a7c15);

	return &flows->slots[mixed >> 40 & (TOP_FLOWS_SLOTS - 1)];
}

struct top_growth
top_flows_see(struct top_flows *flows, const struct report_row *row, uint64_t before_us)
{
	struct top_flow *slot = top_flows_slot(flows, row->id);
	struct top_flow now = { .id = row->id };
	struct top_growth growth = { 0 };

	now.packets = row->client.packets + row->server.packets;
	now.bytes = row->client.bytes + row->server.bytes;
	if (slot->id == row->id && now.packets >= slot->packets && now.bytes >= slot->bytes)
		growth =
		    (struct top_growth){ 1, now.packets - slot->packets, now.bytes - slot->bytes };
	else if (slot->id != row->id && before_us != 0 && row->opened_us >= before_us)
		growth = (struct top_growth){ 1, now.packets, now.bytes };
	*slot = now;
	return growth;
}
