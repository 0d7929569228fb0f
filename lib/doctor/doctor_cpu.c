/* SPDX-License-Identifier: BSD-3-Clause */
/* Processors: what they can do, which are meant, their nodes, the clock; see doctor_checks.h. */

#include <stdio.h>
#include <string.h>

#include "base_text.h"
#include "conf_cpus.h"
#include "doctor_checks.h"
#include "doctor_file.h"

#define CPU_INFO_MAX  16384 /* the first processor of /proc/cpuinfo; the others are like it */
#define CPU_FLAGS_MAX 8192
#define CPU_LIST_MAX  256

#define CPU_CLOCK "/sys/devices/system/clocksource/clocksource0"

/*
 * What the compiler was allowed to use, by the kernel's words: x86-64-v3, or what `march` says. Of
 * arm64 nothing but what all processors for servers have.
 */
static const char *const cpu_needed[] = {
#ifdef __AVX2__
	"avx",   "avx2",   "bmi1",   "bmi2",   "f16c", "fma", "abm", "movbe", "xsave",
#endif
#ifdef __SSE4_2__
	"ssse3", "sse4_1", "sse4_2", "popcnt",
#endif
	NULL,
};

/* --- flags ----------------------------------------------------------------------------------- */

static bool
cpu_has_flag(const char *flags, const char *flag)
{
	size_t n = strlen(flag);

	for (const char *p = flags; (p = strstr(p, flag)); p += n)
		if ((p == flags || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

static void
cpu_missing(const char *flags, char *missing, size_t size)
{
	size_t n = 0;

	missing[0] = '\0';
	for (unsigned i = 0; cpu_needed[i] != NULL; i++)
		if (!cpu_has_flag(flags, cpu_needed[i]) && n < size)
			n += (size_t)snprintf(missing + n, size - n, " %s", cpu_needed[i]);
}

void
doctor_check_cpu(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	char info[CPU_INFO_MAX], flags[CPU_FLAGS_MAX], missing[CPU_LIST_MAX];
	const char *found;

	doctor_read(doctor->machine, info, sizeof(info), "/proc/cpuinfo");
	found = doctor_field(info, "flags");
	if (found == NULL) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("no x86, so nothing is asked of it"));
		return;
	}
	snprintf(flags, sizeof(flags), "%.*s", (int)strcspn(found, "\n"), found);
	cpu_missing(flags, missing, sizeof(missing));
	if (missing[0]) {
		doctor_add(doctor, REPORT_FINDING_MUST, "",
		           _("it lacks what these programs are built for (x86-64-v3):%s"), missing);
		doctor_mend(doctor, "scripts/build build -Dmarch=x86-64-v2");
	} else if (cpu_has_flag(flags, "avx512f") && cpu_has_flag(flags, "avx512vl")) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("x86-64-v3 and AVX-512"));
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, "",
		           _("x86-64-v3; without AVX-512 flows are hashed by AVX2"));
	}
}

/* --- the clock ------------------------------------------------------------------------------- */

void
doctor_check_clock(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	static const char *const quick[] = { "tsc", "kvm-clock", "hyperv_clocksource_tsc_page",
		                             "arch_sys_counter" };
	const struct doctor_machine *machine = doctor->machine;
	char source[64], others[CPU_LIST_MAX];

	if (!doctor_read(machine, source, sizeof(source), CPU_CLOCK "/current_clocksource")) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("the kernel does not say which"));
		return;
	}
	for (unsigned i = 0; i < BASE_COUNT_OF(quick); i++) {
		if (!strcmp(source, quick[i])) {
			doctor_add(doctor, REPORT_FINDING_OK, "", "%s", source);
			return;
		}
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, "",
	           _("%s: each turn of a worker asks the kernel for the time, which costs more "
	             "than its packets"),
	           source);
	doctor_read(machine, others, sizeof(others), CPU_CLOCK "/available_clocksource");
	if (cpu_has_flag(others, "tsc"))
		doctor_mend(doctor, "echo tsc > " CPU_CLOCK "/current_clocksource");
	else
		doctor_mend(doctor, "tsc=reliable # on the kernel's command line");
}

/* --- cores ----------------------------------------------------------------------------------- */

int
doctor_cpu_node(const struct doctor *doctor, unsigned cpu)
{
	struct dirent **names;
	int n = doctor_list(doctor->machine, &names, "/sys/devices/system/cpu/cpu%u", cpu);
	int node = -1;

	for (int i = 0; i < n; i++)
		if (sscanf(names[i]->d_name, "node%d", &node) == 1)
			break;
	doctor_list_free(names, n);
	return node;
}

/* Do two workers share the parts of one core? */
static bool
cpu_finds_siblings(struct doctor *doctor, const struct conf_cpu_list *workers)
{
	cpu_set_t siblings;

	for (unsigned i = 0; i < workers->count; i++) {
		if (!doctor_read_cpus(doctor->machine, &siblings,
		                      "/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list",
		                      workers->cpu[i]))
			continue;
		for (unsigned j = i + 1; j < workers->count; j++) {
			if (!CPU_ISSET(workers->cpu[j], &siblings))
				continue;
			doctor_add(doctor, REPORT_FINDING_ADVICE, "",
			           _("CPUs %u and %u are two threads of one core: each worker has "
			             "about half of it"),
			           workers->cpu[i], workers->cpu[j]);
			doctor_mend(doctor, "cat /sys/devices/system/cpu/cpu*/topology/"
			                    "thread_siblings_list # cpus { workers = ... }");
			return true;
		}
	}
	return false;
}

static bool
cpu_finds_absent(struct doctor *doctor, const struct conf_cpu_list *list, const cpu_set_t *online)
{
	char text[CPU_LIST_MAX];

	for (unsigned i = 0; i < list->count; i++) {
		if (CPU_ISSET(list->cpu[i], online))
			continue;
		conf_cpus_format(online, text, sizeof(text));
		doctor_add(doctor, REPORT_FINDING_MUST, "",
		           _("CPU %u is named and not there: this machine has %s"), list->cpu[i],
		           text);
		doctor_mend(doctor, "cpus { workers = \"%s\" } # in %s", text, doctor->setup->file);
		return true;
	}
	return false;
}

void
doctor_check_cores(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	const struct conf *conf = &doctor->setup->conf;
	unsigned loops = conf->workers + (conf->workers > 1), n_cpus;
	cpu_set_t online;

	if (!doctor_read_cpus(doctor->machine, &online, "/sys/devices/system/cpu/online"))
		return;
	n_cpus = (unsigned)CPU_COUNT(&online);
	if (cpu_finds_absent(doctor, &conf->cpus.control, &online) ||
	    cpu_finds_absent(doctor, &conf->cpus.receive, &online) ||
	    cpu_finds_absent(doctor, &conf->cpus.workers, &online) ||
	    cpu_finds_siblings(doctor, &conf->cpus.workers))
		return;
	if (loops >= n_cpus) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("%u poll loops at most and the control core share %u CPUs, so some "
		             "take turns: fewer workers do better"),
		           loops, n_cpus);
		doctor_mend(doctor, "workers = %u # in %s", n_cpus > 3 ? n_cpus - 2 : 1,
		            doctor->setup->file[0] ? doctor->setup->file : "spanstatd.conf");
		return;
	}
	doctor_add(doctor, REPORT_FINDING_OK, "",
	           _("workers: %u; CPUs: %u, of which named for workers: %u"), conf->workers,
	           n_cpus, conf->cpus.workers.count);
}
