/* SPDX-License-Identifier: BSD-3-Clause */
/* Stopwatch, medians, options and JSON of the benchmarks. */

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench.h"
#include "packet.h"

#define BENCH_ROUNDS        5
#define BENCH_PACKETS       (2u << 20)
#define BENCH_QUICK_PACKETS 8192
#define BENCH_CALIBRATE_SEC 0.1

static double bench_frequency;

/* --- options -------------------------------------------------------------------------------- */

static const struct option bench_long[] = {
	{ "flows", required_argument, NULL, 'f' },
	{ "burst", required_argument, NULL, 'b' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "cpu", required_argument, NULL, 'c' },
	{ "pages", required_argument, NULL, 'p' },
	{ "baseline", required_argument, NULL, 'B' },
	{ "quick", no_argument, NULL, 'q' },
	{ "packets", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

static const char *const bench_pages_names[] = {
	[MEM_PAGES_LAZY] = "lazy", [MEM_PAGES_THP] = "thp", [MEM_PAGES_HUGE] = "huge"
};

const char *
bench_pages_name(enum mem_pages pages)
{
	return bench_pages_names[pages];
}

static int
bench_pages_parse(const char *text, enum mem_pages *pages)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(bench_pages_names); i++) {
		if (strcmp(text, bench_pages_names[i]) == 0) {
			*pages = (enum mem_pages)i;
			return 1;
		}
	}
	return 0;
}

static int
bench_option_number(const char *text, uint32_t least, uint32_t most, uint32_t *value)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*value = (uint32_t)n;
	return end != text && *end == '\0' && n >= least && n <= most;
}

/* Takes one option; 0 when it is wrong. */
static int
bench_option_take(struct bench_options *options, int id)
{
	uint32_t number = 0;

	switch (id) {
	case 'f':
		return bench_option_number(optarg, 64, 1u << 30, &options->flows);
	case 'b':
		return bench_option_number(optarg, 1, PACKET_BURST_MAX, &options->burst);
	case 'r':
		return bench_option_number(optarg, 1, 99, &options->rounds);
	case 'n':
		return bench_option_number(optarg, 1, UINT32_MAX, &options->packets);
	case 'c':
		if (!bench_option_number(optarg, 0, CPU_SETSIZE - 1, &number))
			return 0;
		options->cpu = (int)number;
		return 1;
	case 'p':
		return bench_pages_parse(optarg, &options->pages);
	case 'B':
		options->baseline = optarg;
		return 1;
	case 'q':
		options->quick = 1;
		options->rounds = 1;
		options->packets = BENCH_QUICK_PACKETS;
		return 1;
	default:
		return 0;
	}
}

/* The last CPU that we may use: the first is where other work is likeliest to be. */
static int
bench_default_cpu(void)
{
	cpu_set_t set;
	int last = 0;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 0;
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			last = (int)cpu;
	return last;
}

void
bench_options_parse(struct bench_options *options, int *argc, char ***argv, const char *usage)
{
	int id;

	*options = (struct bench_options){
		.burst = 32,
		.rounds = BENCH_ROUNDS,
		.packets = BENCH_PACKETS,
		.cpu = bench_default_cpu(),
		.pages = MEM_PAGES_HUGE,
	};
	while ((id = getopt_long(*argc, *argv, "", bench_long, NULL)) != -1) {
		if (!bench_option_take(options, id)) {
			fputs(usage, stderr);
			exit(2);
		}
	}
	*argc -= optind;
	*argv += optind;
}

/* --- time ----------------------------------------------------------------------------------- */

static double
bench_now_sec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

void
bench_init(const struct bench_options *options)
{
	double begun, elapsed;
	uint64_t tsc;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)options->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	begun = bench_now_sec();
	tsc = base_cpu_cycles();
	do {
		elapsed = bench_now_sec() - begun;
	} while (elapsed < BENCH_CALIBRATE_SEC);
	bench_frequency = (double)(base_cpu_cycles() - tsc) / elapsed;
}

double
bench_hz(void)
{
	return bench_frequency;
}

static long
bench_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* Once all earlier instructions are done. */
static uint64_t
bench_cycles(void)
{
#ifdef __x86_64__
	unsigned cpu;

	return __builtin_ia32_rdtscp(&cpu);
#else
	__asm__ volatile("isb" ::: "memory");
	return base_cpu_cycles();
#endif
}

void
bench_watch_start(struct bench_watch *watch)
{
	watch->switches = bench_switches();
	watch->begun = bench_cycles();
}

void
bench_watch_stop(struct bench_watch *watch, uint64_t operations)
{
	uint64_t cycles = bench_cycles() - watch->begun;

	if (bench_switches() == watch->switches) {
		double each = (double)cycles / (double)operations;

		if (watch->least == 0 || each < watch->least)
			watch->least = each;
		watch->cycles += cycles;
		watch->operations += operations;
		return;
	}
	watch->disturbed_cycles += cycles;
	watch->disturbed_operations += operations;
	watch->preempted++;
}

double
bench_watch_lap(struct bench_watch *watch)
{
	double cycles = 0;

	if (watch->operations > 0)
		cycles = (double)watch->cycles / (double)watch->operations;
	else if (watch->disturbed_operations >
	         0) /* better a figure with a neighbour in it than none */
		cycles = (double)watch->disturbed_cycles / (double)watch->disturbed_operations;
	watch->cycles = watch->operations = 0;
	watch->disturbed_cycles = watch->disturbed_operations = 0;
	return cycles;
}

static int
bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_median(double *values, unsigned n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), bench_compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double
bench_mops(double cycles)
{
	return cycles > 0 ? bench_frequency / cycles / 1e6 : 0;
}

/* --- output --------------------------------------------------------------------------------- */

static int bench_json_first;

static void
bench_json_key(const char *key)
{
	printf("%s\"%s\":", bench_json_first ? "" : ",", key);
	bench_json_first = 0;
}

void
bench_json_begin(const char *name)
{
	printf("{");
	bench_json_first = 1;
	bench_json_text("name", name);
}

/* Values are our own words: nothing in them needs escaping. */
void
bench_json_text(const char *key, const char *value)
{
	bench_json_key(key);
	printf("\"%s\"", value);
}

void
bench_json_number(const char *key, double value, int decimals)
{
	bench_json_key(key);
	printf("%.*f", decimals, value);
}

void
bench_json_open(const char *key)
{
	bench_json_key(key);
	printf("{");
	bench_json_first = 1;
}

void
bench_json_close(void)
{
	printf("}");
	bench_json_first = 0;
}

void
bench_json_end(void)
{
	printf("}\n");
	fflush(stdout);
}

int
bench_fail(const struct bench *bench, int error, const char *why)
{
	fprintf(stderr, "bench: %s: %s (%s)\n", bench->name, why, strerror(-error));
	return error;
}
