/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clocks of the programs. Nothing below app/ and dpdk/ reads one: time comes in as a parameter.
 *
 * All are microseconds. `mono` never steps, so the engine's timers live on it when packets come
 * from a port; `real` is what a person reads, and report time is mono plus the difference of the
 * two at the moment of asking. Neither enters the kernel (vDSO): one read a burst is allowed to a
 * worker.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

uint64_t base_clock_mono_us(void);
uint64_t base_clock_real_us(void);

BASE_END_DECLS

#endif
