/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Expiry without lists: a hand goes round the cold slots and finds what is due.
 *
 * A packet writes only its time into its entry. `due` is a lower bound: a tick before which the
 * flow cannot be due. The hand compares `due` alone, eight cold slots in a cache line. Its owner
 * examines the entries that it returns: it removes them, or sets a later due. So a packet pays
 * nothing, and an idle table pays one comparison for each flow and turn. Worker alone.
 */
#ifndef FLOW_SWEEP_H
#define FLOW_SWEEP_H

#include "flow_table.h"

BASE_BEGIN_DECLS

/* A tick is a quarter of a second; 16 bits of them, compared modulo 2^16, go round in 4.5 hours. */
#define FLOW_TICK_US 250000
#define FLOW_TICK_FAR                                                                              \
	0x7000 /* the farthest a due may lie ahead: 2 hours; a later one waits twice */

/* The tick of a moment on the engine's clock. */
BASE_INLINE uint16_t
flow_tick(uint64_t time_us)
{
	return (uint16_t)(time_us / FLOW_TICK_US);
}

/* Says that the flow cannot be due before `deadline_us`. Worker. */
BASE_INLINE void
flow_sweep_set_due(struct flow_table *table, uint32_t number, uint64_t now_us, uint64_t deadline_us)
{
	uint64_t ahead = deadline_us > now_us ? (deadline_us - now_us) / FLOW_TICK_US + 1 : 0;

	if (ahead > FLOW_TICK_FAR)
		ahead = FLOW_TICK_FAR;
	table->cold[number].due = (uint16_t)(flow_tick(now_us) + ahead);
}

/* Puts off a free entry that the hand found, so that it finds it once in two hours. Worker. */
BASE_INLINE void
flow_sweep_put_off(struct flow_table *table, uint32_t number, uint64_t now_us)
{
	table->cold[number].due = (uint16_t)(flow_tick(now_us) + FLOW_TICK_FAR);
}

/*
 * Deadlines have moved nearer (new timers): for one whole turn the hand returns every flow. Worker.
 */
BASE_INLINE void
flow_sweep_force(struct flow_table *table)
{
	table->sweep_forced = table->used;
}

/*
 * Moves the hand over at most `budget` cold slots and puts the numbers of entries that are due into
 * numbers[0..max); it stops where that is full. Free entries are among them: the key says whether
 * an entry is free (flow_sweep_put_off). Returns how many. Worker, between bursts.
 */
unsigned flow_sweep(struct flow_table *table, uint64_t now_us, uint32_t budget, uint32_t *numbers,
                    unsigned max);

BASE_END_DECLS

#endif
