/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hand. Whole lines of eight sides are passed over with one comparison of vectors when none in
 * them is due, which is nearly always.
 */

#include "flow_sweep.h"

#define FLOW_SIDES_A_LINE 8

static int
flow_side_is_due(const struct flow_cold *side, uint16_t tick)
{
	return (int16_t)(tick - side->due) >= 0;
}

static int
flow_line_is_quiet(const struct flow_cold *sides, uint16_t tick)
{
	unsigned due = 0;

	for (unsigned i = 0; i < FLOW_SIDES_A_LINE; i++)
		due |= (unsigned)flow_side_is_due(&sides[i], tick);
	return due == 0;
}

/* May the hand pass the line that begins at `next` with one look? */
static int
flow_line_is_skipped(const struct flow_table *table, uint32_t next, uint32_t budget, uint16_t tick)
{
	return table->sweep_forced == 0 && next % FLOW_SIDES_A_LINE == 0 &&
	       budget >= FLOW_SIDES_A_LINE && next + FLOW_SIDES_A_LINE <= table->used &&
	       flow_line_is_quiet(&table->sides[next], tick);
}

static int
flow_side_is_shown(struct flow_table *table, uint32_t number, uint16_t tick)
{
	int due = flow_side_is_due(&table->sides[number], tick);

	if (table->sweep_forced > 0) {
		table->sweep_forced--;
		due = 1;
	}
	return due;
}

unsigned
flow_sweep(struct flow_table *table, uint64_t now_us, uint32_t budget, uint32_t *numbers,
           unsigned max)
{
	uint16_t tick = flow_tick(now_us);
	uint32_t next = table->sweep_next;
	unsigned found = 0;

	budget = base_min_u32(budget, table->used);
	while (budget > 0 && found < max) {
		if (next >= table->used)
			next = 0;
		if (flow_line_is_skipped(table, next, budget, tick)) {
			next += FLOW_SIDES_A_LINE;
			budget -= FLOW_SIDES_A_LINE;
			continue;
		}
		if (flow_side_is_shown(table, next, tick))
			numbers[found++] = next;
		next++;
		budget--;
	}
	table->sweep_next = next;
	return found;
}
