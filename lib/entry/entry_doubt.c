/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slots of flows in doubt: who finds his own, and who takes another's.
 *
 * There is no list of free slots and no age: a slot is given up when its owner has nothing left in
 * it, and lost when another flow of the same slot has something. A lost note costs its flow a few
 * segments more until it is believed, and nothing else (tcp_doubt.c).
 *
 * Worker alone. Cost: constant.
 */

#include <string.h>

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
	doubts->doubt[slot] = doubts->none;
	doubts->owner[slot] = number + 1;
	memset(&doubts->none, 0, sizeof(doubts->none));
}
