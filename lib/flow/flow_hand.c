/* SPDX-License-Identifier: BSD-3-Clause */
/* From block to block, and what is fetched meanwhile; see flow_hand.h. Worker. */

#include "flow_hand.h"

static uint32_t
hand_common_divisor(uint32_t a, uint32_t b)
{
	while (b != 0) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* A step without a divisor in common with the number of blocks comes to each of them. */
static void
hand_measure(struct flow_hand *hand, uint32_t used)
{
	uint32_t blocks = (used + FLOW_HAND_BLOCK - 1) / FLOW_HAND_BLOCK;
	uint32_t step;

	if (blocks == hand->blocks)
		return;
	step = (uint32_t)((uint64_t)blocks * 618 / 1000);
	while (step == 0 || hand_common_divisor(step, blocks) != 1)
		step++;
	*hand = (struct flow_hand){ .blocks = blocks, .step = step % blocks };
}

static uint32_t
hand_block_behind(const struct flow_hand *hand, uint32_t block)
{
	block += hand->step;
	return block < hand->blocks ? block : block - hand->blocks;
}

/* A bit for each entry of the block that may be due so soon. */
static uint32_t
hand_find(const struct flow_table *table, uint32_t first, const struct flow_hand_reach *reach)
{
	uint32_t n = base_min_u32(FLOW_HAND_BLOCK, table->used - first), found = 0;

	for (uint32_t i = 0; i < n; i++) {
		int16_t ahead = (int16_t)(table->cold[first + i].due - reach->tick);

		found |= (uint32_t)(ahead <= reach->within) << i;
	}
	return found;
}

static void
hand_fetch_cold(const struct flow_table *table, uint32_t block)
{
	const struct flow_cold *cold = &table->cold[(size_t)block * FLOW_HAND_BLOCK];

	for (unsigned i = 0; i < FLOW_HAND_BLOCK; i += BASE_CACHE_LINE / sizeof(*cold))
		__builtin_prefetch(&cold[i], 1);
}

static void
hand_go_on(struct flow_hand *hand, const struct flow_table *table, struct flow_hand_reach *reach)
{
	reach->blocks--;
	hand->block = hand_block_behind(hand, hand->block);
	hand_fetch_cold(table, hand_block_behind(hand, hand_block_behind(hand, hand->block)));
	hand->found = hand_find(table, hand->block * FLOW_HAND_BLOCK, reach);
}

/* Fetches the next one, and returns the one that was fetched FLOW_HAND_AHEAD ago: number + 1. */
static uint32_t
hand_exchange(struct flow_hand *hand, const struct flow_table *table)
{
	uint32_t number = hand->block * FLOW_HAND_BLOCK + (uint32_t)__builtin_ctz(hand->found);
	uint32_t *slot = &hand->ahead[hand->turn++ % FLOW_HAND_AHEAD], came = *slot;

	hand->found &= hand->found - 1;
	flow_table_prefetch_entry(table, number);
	*slot = number + 1;
	return came;
}

uint32_t
flow_hand_next(struct flow_hand *hand, const struct flow_table *table,
               struct flow_hand_reach *reach)
{
	uint32_t came = 0;

	hand_measure(hand, table->used);
	while (came == 0) {
		while (hand->found == 0 && reach->blocks > 0)
			hand_go_on(hand, table, reach);
		if (hand->found == 0)
			return FLOW_NONE;
		came = hand_exchange(hand, table);
	}
	return came - 1;
}
