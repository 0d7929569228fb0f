/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hand that goes round a full table, for whoever has to find a few flows of some kind in it.
 *
 * Overview. It goes from block to block by a fixed step near the golden section of them, so that a
 * few hundred entries in a row are a fair sample of the table, whoever lies next to whom, and every
 * block gets its turn. What is inserted in place of an entry that it found lies behind it.
 *
 * A block is 32 entries side by side: one page, so that its address is translated once. Which of
 * its flows may be due soon is seen in its cold slots, and of the others nothing is read
 * (flow_sweep.h). Entries are fetched when they are found and returned some entries later, when
 * they have come.
 *
 * Life. All zero at first.
 *
 * Who writes and who reads. Worker, nobody else.
 *
 * Cost. Four lines of cold slots for 32 entries, and two lines for each that is returned; nobody
 * waits for them where most blocks have some.
 */
#ifndef FLOW_HAND_H
#define FLOW_HAND_H

#include "flow_sweep.h"

BASE_BEGIN_DECLS

#define FLOW_HAND_BLOCK 32        /* entries; bits of `found` */
#define FLOW_HAND_AHEAD 16        /* entries that are on their way; a power of two */
#define FLOW_HAND_ALL   INT16_MAX /* ticks: every entry, whenever it is due */

struct flow_hand {
	uint32_t block, blocks; /* where it is, and how many there are */
	uint32_t step;          /* to the next one */
	uint32_t found;         /* a bit for each entry of the block that is still to be fetched */
	uint32_t turn;          /* of ahead */
	uint32_t ahead[FLOW_HAND_AHEAD]; /* numbers + 1; 0: none */
};

/* Where it may go. */
struct flow_hand_reach {
	uint16_t tick;   /* now */
	int16_t within;  /* ticks from now: flows that cannot be due before are passed */
	uint32_t blocks; /* that it may still go on to */
};

/*
 * The next entry's number, or FLOW_NONE where its reach ends. It may be free by now, or its flow
 * another one. Worker, hot.
 */
uint32_t flow_hand_next(struct flow_hand *hand, const struct flow_table *table,
                        struct flow_hand_reach *reach);

BASE_END_DECLS

#endif
