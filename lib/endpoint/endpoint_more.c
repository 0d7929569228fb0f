/* SPDX-License-Identifier: BSD-3-Clause */
/* Histograms and what is usual; see endpoint_more.h. Worker. */

#include "endpoint_more.h"

#define MORE_LOG_ONE     256 /* one doubling */
#define MORE_SLOW        (2 * MORE_LOG_ONE)
#define MORE_SLOW_MIN_US 20000 /* nobody waits for less */
#define MORE_EVERY       15    /* ticks between two samples: a second */

void
endpoint_more_time(uint32_t *places, uint64_t *sum_us, uint64_t us)
{
	uint32_t *place = &places[report_times_place(us)];

	*place += *place != UINT32_MAX;
	*sum_us += us;
}

void
endpoint_more_first(struct endpoint_more *more, unsigned place, unsigned cause)
{
	if (place != 0) {
		more->handshake[place - 1] = 1;
		more->handshake_sum_us = UINT64_C(1) << (place - 1 + REPORT_TIMES_FIRST);
	}
	if (cause != REPORT_END_NONE)
		more->ended[cause] = 1;
}

/* The logarithm, linear between two powers of two: a twelfth of a doubling off at most. */
static uint32_t
more_log(uint64_t us)
{
	uint32_t cut = us < UINT32_MAX ? (uint32_t)us + (us == 0) : UINT32_MAX;
	uint32_t power = 31u - (uint32_t)__builtin_clz(cut);

	return power * MORE_LOG_ONE + (uint32_t)((((uint64_t)cut << 8) >> power) - MORE_LOG_ONE);
}

/* From what is slow it learns slowly, also of a socket that is not known for long. */
static void
more_learn(struct endpoint_usual *usual, uint32_t log, uint32_t tick, bool is_slow)
{
	int32_t off = (int32_t)log - usual->log, step;

	if (usual->n != 0 && tick - usual->at < MORE_EVERY)
		return;
	if (usual->n < ENDPOINT_USUAL_MAX)
		usual->n++;
	step = off / (is_slow ? ENDPOINT_USUAL_MAX : usual->n);
	if (step == 0 && off != 0)
		step = off > 0 ? 1 : -1;
	usual->log = (uint16_t)(usual->log + step);
	usual->at = tick;
}

bool
endpoint_more_is_slow(struct endpoint_usual *usual, uint64_t us, uint32_t tick)
{
	uint32_t log = more_log(us);
	bool is_slow = usual->n >= ENDPOINT_USUAL_MIN && us >= MORE_SLOW_MIN_US &&
	               log >= usual->log + (uint32_t)MORE_SLOW;

	more_learn(usual, log, tick, is_slow);
	return is_slow;
}

uint64_t
endpoint_more_usual_us(const struct endpoint_usual *usual)
{
	uint32_t power = usual->log / MORE_LOG_ONE, rest = usual->log % MORE_LOG_ONE;

	if (usual->n < ENDPOINT_USUAL_MIN)
		return 0;
	return ((uint64_t)(MORE_LOG_ONE + rest) << power) >> 8;
}
