/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What more is kept of a TCP socket than its record has room for: how its connections ended, how
 * long handshakes and round trips to it took, its first refusal, its RSTs.
 *
 * Overview. Four lines beside each record of the table of endpoints. They mean nothing until
 * ENDPOINT_MORE says that they are in use, so sockets that were asked only, or answered once, never
 * touch them: who makes a million sockets pays for none.
 *
 * What is usual of a time is a slow mean of its logarithm, which takes one sample a second at most:
 * a server that has become slow stays so for minutes, however busy it is.
 *
 * Who writes and who reads. Worker: writes, inside the record's open write. Control: reads a copy
 * (endpoint_copy.h).
 *
 * Cost. 256 bytes a socket; a handshake or an end touches two lines.
 */
#ifndef ENDPOINT_MORE_H
#define ENDPOINT_MORE_H

#include "report_metrics.h"

BASE_BEGIN_DECLS

/* A time that is usual. Its logarithm to base 2 of microseconds, in 1/256. */
struct endpoint_usual {
	uint16_t log;
	uint16_t n;  /* samples, until ENDPOINT_USUAL_MAX */
	uint32_t at; /* tick of the last one (ENDPOINT_CASE_TICK) */
};

#define ENDPOINT_USUAL_MAX 512 /* samples over which the mean goes: nine minutes and more */
#define ENDPOINT_USUAL_MIN 16  /* before so many nothing is usual */

/* Ticks are those of endpoint_case.h. Counters stay at their most. */
struct endpoint_more {
	uint32_t ended[REPORT_END_CAUSES]; /* accepted connections, by cause; by FINs: the others */
	uint32_t accepted_at;              /* tick of the last one */
	uint64_t handshake_sum_us, round_trip_sum_us;
	struct endpoint_usual handshake_usual, round_trip_usual;
	uint32_t handshake[REPORT_TIMES_BOUNDS + 1]; /* from the tap to the socket and back */
	uint32_t round_trip[REPORT_TIMES_BOUNDS + 1];
	uint32_t deaf;       /* connections that it did not take though their ACK passed */
	uint32_t resets[2];  /* RSTs in open connections: of clients, its own */
	uint32_t refused_at; /* tick of the first refusal that is known; 0: none */
	uint32_t spare[8];
};

static_assert(sizeof(struct endpoint_more) == 4 * BASE_CACHE_LINE, "four lines");

/*
 * Begins with the first connection: the place of its handshake plus one, 0 if that is not known,
 * and how it ended. Worker.
 */
void endpoint_more_first(struct endpoint_more *more, unsigned place, unsigned cause);

/* Adds a time to a histogram of a socket. Worker. */
void endpoint_more_time(uint32_t *places, uint64_t *sum_us, uint64_t us);

/*
 * Is `us` slow, four times what is usual and no trifle? Learns from it too, at that tick. Worker.
 */
bool endpoint_more_is_slow(struct endpoint_usual *usual, uint64_t us, uint32_t tick);

/* What is usual, in microseconds; 0: not known yet. Any. */
uint64_t endpoint_more_usual_us(const struct endpoint_usual *usual);

BASE_END_DECLS

#endif
