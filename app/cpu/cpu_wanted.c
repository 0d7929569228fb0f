/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of cpu_wanted.h. Compiled as the rest of the program is, so it has what the compiler
 * was allowed to use, whatever `march` says; for that reason it must have no function.
 */

#include "cpu_wanted.h"

#define CPU_EXTENDED 0x80000001u

const struct cpu_feature cpu_wanted[] = {
	{ "ssse3", 1, 1, 9, CPU_PLAIN }, /* DPDK wants these four in any case */
	{ "sse4_1", 1, 1, 19, CPU_PLAIN },
	{ "sse4_2", 1, 1, 20, CPU_PLAIN },
	{ "popcnt", 1, 1, 23, CPU_PLAIN },
#ifdef __MOVBE__
	{ "movbe", 1, 1, 22, CPU_PLAIN },
#endif
#ifdef __LZCNT__
	{ "abm", CPU_EXTENDED, 1, 5, CPU_PLAIN },
#endif
#ifdef __BMI__
	{ "bmi1", 7, 0, 3, CPU_PLAIN },
#endif
#ifdef __BMI2__
	{ "bmi2", 7, 0, 8, CPU_PLAIN },
#endif
#ifdef __AVX__
	{ "avx", 1, 1, 28, CPU_YMM },
#endif
#ifdef __F16C__
	{ "f16c", 1, 1, 29, CPU_YMM },
#endif
#ifdef __FMA__
	{ "fma", 1, 1, 12, CPU_YMM },
#endif
#ifdef __AVX2__
	{ "avx2", 7, 0, 5, CPU_YMM },
#endif
#ifdef __AVX512F__
	{ "avx512f", 7, 0, 16, CPU_ZMM },
#endif
#ifdef __AVX512DQ__
	{ "avx512dq", 7, 0, 17, CPU_ZMM },
#endif
#ifdef __AVX512CD__
	{ "avx512cd", 7, 0, 28, CPU_ZMM },
#endif
#ifdef __AVX512BW__
	{ "avx512bw", 7, 0, 30, CPU_ZMM },
#endif
#ifdef __AVX512VL__
	{ "avx512vl", 7, 0, 31, CPU_ZMM },
#endif
};

const unsigned cpu_n_wanted = sizeof(cpu_wanted) / sizeof(cpu_wanted[0]);
