/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What metrics count of connections beyond the counters of `stats`: how openings went, why
 * connections ended, how long handshakes and round trips took.
 *
 * Each worker counts its own (lib/track, lib/entry); snapshot_metrics adds them up. Counts go up
 * only, since the start. Plain values; any thread.
 */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include "base_compiler.h"
#include "report_row.h"

BASE_BEGIN_DECLS

/*
 * X(symbol, name): what became of a SYN. SUCCESS: the server accepted. REFUSED: it sent a RST.
 * RESET: the client gave up by a RST. TIMED_OUT: no answer, or no end of the handshake, until the
 * timer ran out. UNREACHABLE: the same, and an ICMP error came about it.
 */
#define REPORT_OUTCOME_LIST(X)                                                                     \
	X(SUCCESS, "success")                                                                      \
	X(REFUSED, "refused")                                                                      \
	X(RESET, "reset")                                                                          \
	X(TIMED_OUT, "timed_out")                                                                  \
	X(UNREACHABLE, "unreachable")

enum report_outcome {
#define X(symbol, name) REPORT_OUTCOME_##symbol,
	REPORT_OUTCOME_LIST(X)
#undef X
	    REPORT_OUTCOMES
};

/*
 * Times by powers of two: place i counts what took at most 2^(i + REPORT_TIMES_FIRST) microseconds
 * and more than the place before it; the last one what took longer than any: 64 us to 4.2 s.
 */
#define REPORT_TIMES_FIRST  6
#define REPORT_TIMES_BOUNDS 17

struct report_times {
	uint64_t count[REPORT_TIMES_BOUNDS + 1];
	uint64_t sum_us;
};

/* The place of a time. Any, hot. */
BASE_INLINE unsigned
report_times_place(uint64_t us)
{
	uint64_t below = (us - (us != 0)) | ((1u << REPORT_TIMES_FIRST) - 1);

	return base_min_u32(64u - (unsigned)__builtin_clzll(below) - REPORT_TIMES_FIRST,
	                    REPORT_TIMES_BOUNDS);
}

/*
 * The time that half of them took at most, in microseconds: within its place as if they were spread
 * evenly. 0: there are none. Any.
 */
uint64_t report_times_median_us(const struct report_times *times);

struct report_metrics {
	uint64_t outcomes[REPORT_OUTCOMES]; /* openings of TCP */
	uint64_t ended[REPORT_END_CAUSES];  /* connections of TCP that are forgotten, by cause */
	struct report_times handshake[2];   /* from the tap and back: to the client, the server */
	struct report_times round_trip[2];  /* the same; every sample, the handshake's too */
};

BASE_END_DECLS

#endif
