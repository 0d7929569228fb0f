/* SPDX-License-Identifier: BSD-3-Clause */
/* The two clocks, read through the vDSO. */

#include <time.h>

#include "base_clock.h"

static uint64_t
base_clock_read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t
base_clock_mono_us(void)
{
	return base_clock_read_us(CLOCK_MONOTONIC);
}

uint64_t
base_clock_real_us(void)
{
	return base_clock_read_us(CLOCK_REALTIME);
}
