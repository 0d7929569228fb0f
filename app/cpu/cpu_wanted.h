/* SPDX-License-Identifier: BSD-3-Clause */
/* What a CPU must have so that this build runs on it; a table without code, see cpu_check.c. */
#ifndef CPU_WANTED_H
#define CPU_WANTED_H

#include <stdbool.h>
#include <stdint.h>

/* Registers that the kernel has to keep besides. */
enum cpu_registers { CPU_PLAIN, CPU_YMM, CPU_ZMM };

/* Where the CPU says it. */
struct cpu_feature {
	const char *name;  /* as /proc/cpuinfo has it */
	uint32_t leaf;     /* of CPUID, its first subleaf */
	uint8_t is_in_ecx; /* 1: a bit of ECX; 0: of EBX */
	uint8_t bit;
	uint8_t registers; /* enum cpu_registers */
};

extern const struct cpu_feature cpu_wanted[];
extern const unsigned cpu_n_wanted;

#endif
