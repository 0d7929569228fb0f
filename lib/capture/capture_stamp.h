/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is the time that a capture gives a packet to be believed?
 *
 * Overview. A capture may hold packets of a device without a clock, or one bad stamp. A stamp near
 * the clock, which is the latest that was believed, moves it. One that is far is judged by those
 * after it, for a file can be read ahead:
 *
 *	far ahead    believed unless a later one goes on from the clock: then it takes several that
 *	             agree with it, and a minute between. At the end of the file, alone, it may be
 *	             a day ahead, or twice the longest silence before it
 *	far behind   believed if the next goes on from there and none goes on from the clock
 *	the first    not believed if it is ahead of most on its day, or more agree on another
 *
 * What is not believed gets the time of its neighbours. Far is more than five seconds: half of the
 * shortest timer, and far more than ports are out of order. A day is the longest timer that is set
 * by itself: a lone stamp beyond it would end every connection on the word of one packet.
 *
 * Life and threads. One for each file; pure functions.
 */
#ifndef CAPTURE_STAMP_H
#define CAPTURE_STAMP_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define CAPTURE_STAMPS_MAX   8 /* judged at once: one, and those after it */
#define CAPTURE_STAMP_FAR_US (5 * UINT64_C(1000000))

struct capture_clock {
	bool runs;           /* a stamp was believed, or replaced */
	uint64_t now_us;     /* the latest that was believed, UTC */
	uint64_t silence_us; /* the longest that was believed */
};

/* Is the stamp near, and to be believed as it stands? Most are. */
BASE_INLINE bool
capture_stamp_is_near(const struct capture_clock *clock, uint64_t stamp_us)
{
	return clock->runs && stamp_us + CAPTURE_STAMP_FAR_US >= clock->now_us &&
	       stamp_us <= clock->now_us + CAPTURE_STAMP_FAR_US;
}

/* Takes a near one. */
BASE_INLINE void
capture_stamp_take(struct capture_clock *clock, uint64_t stamp_us)
{
	clock->now_us = stamp_us > clock->now_us ? stamp_us : clock->now_us;
}

/*
 * Judges stamps_us[0], which is not near, by the n - 1 that follow it: fewer than
 * CAPTURE_STAMPS_MAX in all only at the end of the file. True: it is believed. False: it is not,
 * and the packet's time is clock->now_us.
 */
bool capture_stamp_judge(struct capture_clock *clock, const uint64_t *stamps_us, unsigned n);

BASE_END_DECLS

#endif
