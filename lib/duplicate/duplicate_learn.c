/* SPDX-License-Identifier: BSD-3-Clause */
/* Samples watched and their answers; see duplicate_learn.h. Worker. */

#include <string.h>

#include "base_atomic.h"
#include "base_bytes.h"
#include "duplicate_learn.h"

/* Copies vary: one comes at most after twice the delay that was learned, and this of the window. */
#define LEARN_MARGIN 8

/* The delay follows a shorter one slowly, for a mirror is now and then late. */
#define LEARN_DELAY_GAIN 64

/* Packets for which a mirror that hardly copies is watched after the last answer. */
#define LEARN_ATTENTION 0xffff

static void
learn_answer(struct duplicate_learned *learned, bool copied)
{
	learned->copies = (uint8_t)(learned->copies << 1 | copied);
	if (learned->answered < DUPLICATE_WATCHED)
		learned->answered++;
	learned->idle = learned->answered == DUPLICATE_WATCHED && learned->copies == 0;
	learned->attention = LEARN_ATTENTION;
}

/*
 * Most of the last eight, or of as many as there are; at least two, for a network may double a
 * packet, too.
 */
static bool
learn_is_copying(const struct duplicate_learned *learned)
{
	unsigned copies = (unsigned)__builtin_popcount(learned->copies);

	return copies > 1 && 2 * copies > learned->answered;
}

/*
 * A burst is one sample, but at the beginning: the mirror of a few connections is to be known, too.
 */
static bool
learn_is_burst(const struct duplicate_learned *learned, uint64_t record, uint32_t window)
{
	return learned->answered == DUPLICATE_WATCHED &&
	       duplicate_age(record, learned->watched_last) < window / DUPLICATE_WATCHED;
}

/* Those whose copy did not come leave their places. */
void
duplicate_learn_original(struct duplicate_learned *learned, uint64_t record, uint32_t window)
{
	uint64_t *place = NULL;

	if (learned->idle || learn_is_burst(learned, record, window))
		return;
	for (unsigned i = 0; i < DUPLICATE_WATCHED; i++) {
		uint64_t *watched = &learned->watched[i];

		if (*watched != 0 && duplicate_age(record, *watched) > window) {
			learn_answer(learned, false);
			*watched = 0;
		}
		if (*watched == 0)
			place = watched;
	}
	if (place != NULL && !learned->idle)
		*place = learned->watched_last = record;
}

/* While nothing is watched the first copy is an answer, and begins the watch. */
void
duplicate_learn_copy(struct duplicate_learned *learned, uint64_t record, uint32_t age)
{
	uint32_t age_us = age << DUPLICATE_TICK_SHIFT, delay_us = learned->delay_us;

	delay_us = age_us > delay_us ? age_us : delay_us - (delay_us - age_us) / LEARN_DELAY_GAIN;
	base_store_u32(&learned->delay_us, delay_us);
	if (learned->idle)
		learn_answer(learned, true);
	for (unsigned i = 0; i < DUPLICATE_WATCHED; i++) {
		if (learned->watched[i] == 0 || !duplicate_is_alike(learned->watched[i], record))
			continue;
		learned->watched[i] = 0;
		learn_answer(learned, true);
	}
}

void
duplicate_learn_wait(struct duplicate_learned *learned)
{
	if (learned->idle || learn_is_copying(learned) || --learned->attention != 0)
		return;
	learned->copies = 0;
	learned->answered = DUPLICATE_WATCHED;
	learned->idle = true;
	memset(learned->watched, 0, sizeof(learned->watched));
}

uint32_t
duplicate_learn_reach(const struct duplicate_learned *learned, uint32_t window_us)
{
	if (!learn_is_copying(learned))
		return 0;
	return duplicate_ticks(
	    base_min_u32(2 * learned->delay_us + window_us / LEARN_MARGIN, window_us));
}
