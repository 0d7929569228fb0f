/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slots of flows in doubt: how a flow finds its slot, and when one takes it from another.
 *
 * There is no list of free slots, and slots have no age. A flow gives its slot up when nothing is
 * left in it. It loses the slot when another flow of the same slot has something to remember. A
 * lost claim costs its flow a few segments more until it is believed, and nothing else
 * (tcp_doubt.c).
 *
 * Worker alone. Cost: constant.
 */

#include "entry_doubt.h"

static_assert((ENTRY_DOUBT_SLOTS & (ENTRY_DOUBT_SLOTS - 1)) == 0, "a mask chooses the slot");

void
entry_doubt_change(struct entry_doubts *doubts, uint32_t number, const struct tcp_doubt *doubt)
{
	uint32_t slot = entry_doubt_slot(number);

	if (doubt != &doubts->none) {
		doubts->owner[slot] = 0;
		return;
	}
	tcp_doubt_take(&doubts->doubt[slot], &doubts->none);
	doubts->owner[slot] = number + 1;
}
