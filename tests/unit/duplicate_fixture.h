// SPDX-License-Identifier: BSD-3-Clause
/* Packets and copies of them, for the tests of lib/duplicate. */
#ifndef DUPLICATE_FIXTURE_H
#define DUPLICATE_FIXTURE_H

#include "engine.h"

using support::Engine;
using support::MS;
using support::SEC;
using support::Talk;

/* Times are remembered in ticks of 16 us, so the window is one tick longer or less. */
constexpr uint64_t TICK = UINT64_C(1) << DUPLICATE_TICK_SHIFT;

/* Sends a packet, then `copy` of it `later_us`; returns the second's verdict. */
inline packet_verdict
copy_of(Engine &engine, const packet &pk, packet copy, uint64_t later_us)
{
	EXPECT_EQ(engine.send(pk), PACKET_TRACKED);
	copy.time_us = pk.time_us;
	engine.now_us += later_us;
	return engine.send(copy);
}

/* The `which`-th of marks that differ and meet in one set. */
inline uint64_t
fingerprint_in_set(uint64_t set, uint64_t which)
{
	return set << (64 - DUPLICATE_SET_BITS) | which;
}

inline bool
is_copy(struct duplicate_memory *memory, const packet *pk, uint64_t fingerprint, uint32_t window_us)
{
	return duplicate_examine(memory, duplicate_set_of(memory, pk, fingerprint), pk,
	                         fingerprint, window_us) != DUPLICATE_ORIGINAL;
}

#endif
