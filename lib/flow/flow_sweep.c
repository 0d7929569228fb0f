/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hand. One comparison of vectors passes a whole line of eight cold slots when none of them is
 * due, which is nearly always so. Worker.
 */

#include "flow_sweep.h"

#define FLOW_COLD_A_LINE 8

static bool
flow_cold_is_due(const struct flow_cold *cold, uint16_t tick)
{
	return (int16_t)(tick - cold->due) >= 0;
}

static bool
flow_line_is_quiet(const struct flow_cold *cold, uint16_t tick)
{
	unsigned due = 0;

	for (unsigned i = 0; i < FLOW_COLD_A_LINE; i++)
		due |= (unsigned)flow_cold_is_due(&cold[i], tick);
	return due == 0;
}

/* May the hand pass the line that begins at `next` with one comparison? */
static bool
flow_line_is_skipped(const struct flow_table *table, uint32_t next, uint32_t budget, uint16_t tick)
{
	return table->sweep_forced == 0 && next % FLOW_COLD_A_LINE == 0 &&
	       budget >= FLOW_COLD_A_LINE && next + FLOW_COLD_A_LINE <= table->used &&
	       flow_line_is_quiet(&table->cold[next], tick);
}

static bool
flow_cold_is_shown(struct flow_table *table, uint32_t number, uint16_t tick)
{
	bool due = flow_cold_is_due(&table->cold[number], tick);

	if (table->sweep_forced > 0) {
		table->sweep_forced--;
		due = true;
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
			next += FLOW_COLD_A_LINE;
			budget -= FLOW_COLD_A_LINE;
			continue;
		}
		if (flow_cold_is_shown(table, next, tick))
			numbers[found++] = next;
		next++;
		budget--;
	}
	table->sweep_next = next;
	return found;
}
