/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rates of packets: as people write them, and as cores were measured to take them. Constants and
 * pure functions; any thread; cold.
 */
#ifndef PLAN_RATE_H
#define PLAN_RATE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Ethernet: the shortest frame, with its CRC, and what the wire has between two. */
#define PLAN_FRAME_MIN 64
#define PLAN_FRAME_MAX 16384
#define PLAN_FRAME_GAP 20

struct plan_rate {
	uint64_t packets_sec;
	uint64_t bits_sec;    /* 0: written as packets */
	uint32_t frame_bytes; /* with CRC; of bits only */
};

/*
 * Packets (10M, 14.88Mpps, 250k) or bits of the wire (25Gbit, 10Gbit@512: frames of 512 bytes, else
 * of 64, the most packets that fit). 0; or -EINVAL, and *why says what is wrong.
 */
int plan_rate_parse(const char *text, struct plan_rate *rate, const char **why);

/* What one core took, on the machine of docs/performance.md, and what it took it of. */
struct plan_measured {
	uint32_t flows_max; /* in the table of one worker */
	uint32_t packets_sec;
	const char *how; /* which row of that page */
};

/* A plan counts on this part of what was measured: bursts, slower cores, `busy` below 70 %. */
#define PLAN_MARGIN_PERCENT 50

/* Of a worker with so many flows. NULL: no table has as many. */
const struct plan_measured *plan_rate_worker(uint64_t flows);

extern const struct plan_measured plan_rate_receiver; /* flows_max means nothing */

/* Of a kernel interface, which copies each packet; docs/operation.md, the margin in it. */
#define PLAN_RATE_INTERFACE 1000000

/* Packets a second to count on. */
uint32_t plan_rate_counted(const struct plan_measured *measured);

BASE_END_DECLS

#endif
