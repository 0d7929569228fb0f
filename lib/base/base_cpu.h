/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What C has no words for and every processor has: a counter of cycles, and a pause.
 *
 * All else that differs between x86-64 and arm64 is a faster way beside a plain one: the hash in
 * vectors (flow_hash_avx2.c, flow_hash_avx512.c), tags that are compared at once (flow_index.h,
 * endpoint_table.c). A processor of another kind needs the two functions here and no more.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include "base_compiler.h"

/*
 * Counts at a constant rate, which the processor chooses: on x86-64 the time stamp counter, near
 * the nominal frequency; on arm64 the virtual counter (CNTVCT_EL0), some 25 MHz to 1 GHz. What is
 * made of it are shares and differences on one core. It does not wait for earlier instructions and
 * does not enter the kernel. Any thread, hot.
 */
BASE_INLINE uint64_t
base_cpu_cycles(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t count;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(count));
	return count;
#else
#error "processors of this kind are not known here"
#endif
}

/* For loops that wait for another core: leaves the core's other thread more room. Any thread. */
BASE_INLINE void
base_cpu_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#endif
}

#endif
