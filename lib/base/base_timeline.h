/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engine's clock and UTC, where packets bring their time: pieces in which they differ by a
 * constant.
 *
 * Overview. The engine's clock has 48 bits of microseconds, nearly nine years, and never goes back.
 * The times of captures go back where two files were put one behind the other, and may lie a
 * century apart. So each such jump begins a new piece: the engine's clock stands still where UTC
 * goes back, and where so much time passes that there is no room for it, passes by a silence after
 * which every timer has run out. What was written under an earlier piece keeps its UTC.
 *
 * Life. Begun with the time of the first packet. A piece is never changed, but for the last one
 * when there is room for no more.
 *
 * Who writes and who reads. One thread takes times; any other may ask for UTC meanwhile.
 *
 * Cost. A comparison or two for each packet; a binary search for each time in a row.
 */
#ifndef BASE_TIMELINE_H
#define BASE_TIMELINE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define BASE_TIMELINE_MAX 1024

/* Where the engine's clock begins: some days after its zero, for there are times before. */
#define BASE_TIMELINE_ZERO_US (UINT64_C(1) << 40)

/* UTC that goes back by less is packets out of order: the clock waits for it. */
#define BASE_TIMELINE_BACK_US (5 * UINT64_C(1000000))

/* The most of a silence when room is short: longer than any timer may be configured. */
#define BASE_TIMELINE_SILENCE_US (31 * 86400 * UINT64_C(1000000))

struct base_timeline_piece {
	uint64_t from_us;   /* on the engine's clock */
	int64_t to_real_us; /* what to add to get UTC */
};

struct base_timeline {
	uint32_t n; /* writer: writes, after the piece */
	uint64_t now_us;
	struct base_timeline_piece pieces[BASE_TIMELINE_MAX];
};

/* Begins with that moment of UTC. Before any thread reads. */
void base_timeline_begin(struct base_timeline *timeline, uint64_t real_us);

/* The engine's time of a moment of UTC, a packet's. Writer. */
uint64_t base_timeline_take(struct base_timeline *timeline, uint64_t real_us);

/* UTC of a moment on the engine's clock. Any thread. */
uint64_t base_timeline_real(const struct base_timeline *timeline, uint64_t us);

BASE_END_DECLS

#endif
