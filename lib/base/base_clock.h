/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clocks of the programs. Only app/ and lib/dpdk read one; all else gets the time as a
 * parameter.
 *
 * All values are microseconds. `mono` never steps: while packets come from a port, the engine's
 * timers run on it. `real` is what a person reads. The time in a report is `mono` plus the
 * difference of the two at the moment of asking. Neither enters the kernel (vDSO), so a worker may
 * read one once a burst. Any thread.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

uint64_t base_clock_mono_us(void);
uint64_t base_clock_real_us(void);

BASE_END_DECLS

#endif
