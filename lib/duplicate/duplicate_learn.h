/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is learned of the mirror from packets with evidence: does it copy, and how late?
 *
 * Overview. Samples answer, so that neither a burst of originals nor a burst of their copies tips
 * it: a packet with evidence is watched until its copy comes, or until the window is over. Up to
 * eight are watched in a window's time, and the last eight answers are kept. When all of them say
 * that there was no copy, nothing is watched until a copy is seen. It is learned for each worker
 * and not for each port: what a worker has learned decides of packets without evidence alone, and
 * only of those that come again within the time that copies take.
 *
 * Life. All zero at first; part of the memory of recent packets (duplicate.h), whose records it
 * compares. Ages and windows are in ticks.
 *
 * Who writes and who reads. One worker; the control core reads the delay.
 *
 * Cost. Nothing while nothing is copied; then eight records are compared for each packet with
 * evidence.
 */
#ifndef DUPLICATE_LEARN_H
#define DUPLICATE_LEARN_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * A record is one word: the low 43 bits of the fingerprint above 21 bits of time in ticks of 16 us.
 * They go round in half a minute, and a record that is older passes for a new one for two seconds
 * of it. With the bits that choose the set, two different packets are taken for one about once in
 * two days of ten million a second.
 */
#define DUPLICATE_TICK_SHIFT 4
#define DUPLICATE_TIME_BITS  21
#define DUPLICATE_TIME_MASK  ((UINT64_C(1) << DUPLICATE_TIME_BITS) - 1)

#define DUPLICATE_WATCHED 8

struct duplicate_learned {
	uint64_t watched[DUPLICATE_WATCHED]; /* records whose copies are waited for; 0: a place */
	uint64_t watched_last;
	uint32_t delay_us;  /* that copies take; 0: none was seen. Control: reads */
	uint16_t attention; /* packets after which a mirror that hardly copies is left alone */
	uint8_t copies;     /* the last eight answers, newest in bit 0: set if there was a copy */
	uint8_t answered;   /* how many there are */
	bool idle;          /* nothing is watched: nothing was copied lately */
};

/* Have both records the same fingerprint? Any. */
BASE_INLINE bool
duplicate_is_alike(uint64_t record, uint64_t other)
{
	return (record ^ other) >> DUPLICATE_TIME_BITS == 0;
}

/* How far apart two records are. Ports are not quite in order: the copy may be first. Any. */
BASE_INLINE uint32_t
duplicate_age(uint64_t record, uint64_t other)
{
	uint32_t age = (uint32_t)((record - other) & DUPLICATE_TIME_MASK);

	return age <= DUPLICATE_TIME_MASK / 2 ? age : (uint32_t)DUPLICATE_TIME_MASK + 1 - age;
}

/* A span in ticks; times that are no farther apart are within it. Any. */
BASE_INLINE uint32_t
duplicate_ticks(uint32_t us)
{
	return (us >> DUPLICATE_TICK_SHIFT) + 1;
}

/* The packet of that record, which has evidence, was copied after `age`. Worker. */
void duplicate_learn_copy(struct duplicate_learned *learned, uint64_t record, uint32_t age);

/* A packet with evidence that is no copy. Worker. */
void duplicate_learn_original(struct duplicate_learned *learned, uint64_t record, uint32_t window);

/* Any packet that is no copy: nothing is waited for for ever. Worker. */
void duplicate_learn_wait(struct duplicate_learned *learned);

/*
 * For so long a packet like an earlier one may be its copy though it has no evidence; 0: this
 * mirror does not copy. Worker.
 */
uint32_t duplicate_learn_reach(const struct duplicate_learned *learned, uint32_t window_us);

BASE_END_DECLS

#endif
