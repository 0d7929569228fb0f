/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ends a program on a CPU that lacks what it is built for, with a line that says so.
 *
 * Without this the first instruction that the CPU does not know ends it, before it has read its
 * options. This file is compiled for any x86-64, and what it does comes before all constructors, of
 * this program and of its libraries. So no buffer of stdio and no catalogue of messages is there
 * yet. Linked into both programs as it is; nobody calls it.
 */

#include <cpuid.h>
#include <string.h>
#include <unistd.h>

#include "cpu_wanted.h"

#define CPU_STATUS_FAILED 1 /* of both programs */
#define CPU_LINE_MAX      512

/* Bits of XCR0: the kernel keeps these registers. */
#define CPU_XCR0_YMM 0x06u
#define CPU_XCR0_ZMM 0xe6u

struct cpu_line {
	char text[CPU_LINE_MAX];
	size_t used;
};

static void
cpu_say(struct cpu_line *line, const char *text)
{
	size_t n = strlen(text);

	if (n > sizeof(line->text) - line->used)
		n = sizeof(line->text) - line->used;
	memcpy(line->text + line->used, text, n);
	line->used += n;
}

/* What the kernel keeps of a thread's registers; 0: it does not say. */
static unsigned
cpu_kept(void)
{
	unsigned eax, ebx, ecx, edx;

	if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE))
		return 0;
	__asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
	return eax;
}

static bool
cpu_has(const struct cpu_feature *feature)
{
	static const unsigned kept[] = {
		[CPU_PLAIN] = 0, [CPU_YMM] = CPU_XCR0_YMM, [CPU_ZMM] = CPU_XCR0_ZMM
	};
	unsigned eax, ebx = 0, ecx = 0, edx;
	unsigned need = kept[feature->registers];

	if (!__get_cpuid_count(feature->leaf, 0, &eax, &ebx, &ecx, &edx))
		return false;
	if (!((feature->is_in_ecx ? ecx : ebx) >> feature->bit & 1))
		return false;
	return (cpu_kept() & need) == need;
}

static void
cpu_refuse(const char *program, const char *missing)
{
	const char *slash = strrchr(program, '/');
	struct cpu_line line = { .used = 0 };
	ssize_t written;

	cpu_say(&line, slash != NULL ? slash + 1 : program);
	cpu_say(&line, ": this CPU lacks what this program is built for (" CPU_MARCH "):");
	cpu_say(&line, missing);
	cpu_say(&line, "; build it for this CPU: scripts/build build -Dmarch=x86-64-v2\n");
	written = write(STDERR_FILENO, line.text, line.used);
	(void)written; /* it ends either way */
	_exit(CPU_STATUS_FAILED);
}

static void
cpu_check(int argc, char **argv, char **environment)
{
	struct cpu_line missing = { .used = 0 };

	(void)environment;
	for (unsigned i = 0; i < cpu_n_wanted; i++) {
		if (cpu_has(&cpu_wanted[i]))
			continue;
		cpu_say(&missing, " ");
		cpu_say(&missing, cpu_wanted[i].name);
	}
	if (missing.used == 0)
		return;
	missing.text[missing.used < CPU_LINE_MAX ? missing.used : CPU_LINE_MAX - 1] = '\0';
	cpu_refuse(argc > 0 ? argv[0] : "spanstat", missing.text);
}

typedef void cpu_first_function(int argc, char **argv, char **environment);

/* The loader calls those of this section before it initialises any library. */
static cpu_first_function *const cpu_first __attribute__((section(".preinit_array"), used)) =
    cpu_check;
