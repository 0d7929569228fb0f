/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cores that poll, and what else may run there: the scheduler's threads, threads pinned by hand,
 * interrupts. A check of doctor_checks.h.
 *
 * Without a list of CPUs in the configuration nobody knows which cores will poll, so then only the
 * isolated ones are compared with that.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_text.h"
#include "conf_cpus.h"
#include "doctor_checks.h"
#include "doctor_file.h"

#define ISOLATION_TEXT_MAX   1024
#define ISOLATION_STATUS_MAX 4096
#define ISOLATION_SHOWN      4 /* names in a text; the others are counted */

/* Names of what was found, the first of them written out. */
struct isolation_names {
	char text[ISOLATION_TEXT_MAX / 2];
	unsigned n;
};

static void
isolation_add_name(struct isolation_names *names, const char *name, const char *number)
{
	size_t used = strlen(names->text);

	if (names->n++ < ISOLATION_SHOWN && used < sizeof(names->text))
		snprintf(names->text + used, sizeof(names->text) - used, "%s%.32s (%.16s)",
		         used ? ", " : "", name, number);
}

static void
isolation_polling(const struct conf_cpus *cpus, cpu_set_t *set)
{
	CPU_ZERO(set);
	for (unsigned i = 0; i < cpus->workers.count; i++)
		CPU_SET(cpus->workers.cpu[i], set);
	for (unsigned i = 0; i < cpus->receive.count; i++)
		CPU_SET(cpus->receive.cpu[i], set);
}

static bool
isolation_meets(const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t both;

	CPU_AND(&both, a, b);
	return CPU_COUNT(&both) > 0;
}

/* --- threads --------------------------------------------------------------------------------- */

/* Kernel threads have no memory of their own; they are where the kernel needs them. */
static void
isolation_look_at_thread(const struct doctor_machine *machine, const char *process,
                         const char *thread, const cpu_set_t *polling,
                         struct isolation_names *names)
{
	char status[ISOLATION_STATUS_MAX], name[64], list[ISOLATION_TEXT_MAX];
	const char *found;
	cpu_set_t allowed;

	if (!doctor_read(machine, status, sizeof(status), "/proc/%s/task/%s/status", process,
	                 thread))
		return;
	if (!doctor_field(status, "VmSize") || !(found = doctor_field(status, "Cpus_allowed_list")))
		return;
	snprintf(list, sizeof(list), "%.*s", (int)strcspn(found, "\n"), found);
	found = doctor_field(status, "Name");
	if (!found || conf_cpus_parse_set(list, &allowed) != 0 ||
	    !isolation_meets(&allowed, polling))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(found, "\n"), found);
	isolation_add_name(names, name, thread);
}

/* spanstatd's own threads are where they should be. */
static void
isolation_look_at_process(const struct doctor_machine *machine, const char *process,
                          const cpu_set_t *polling, struct isolation_names *names)
{
	char name[64];
	struct dirent **threads;
	int n;

	if (!doctor_read(machine, name, sizeof(name), "/proc/%s/comm", process) ||
	    !strcmp(name, "spanstatd"))
		return;
	n = doctor_list(machine, &threads, "/proc/%s/task", process);
	for (int i = 0; i < n; i++)
		isolation_look_at_thread(machine, process, threads[i]->d_name, polling, names);
	doctor_list_free(threads, n);
}

static void
isolation_threads(struct doctor *doctor, const cpu_set_t *polling, const char *text)
{
	struct isolation_names names = { "", 0 };
	struct dirent **processes;
	int n = doctor_list(doctor->machine, &processes, "/proc");

	for (int i = 0; i < n; i++)
		if (strspn(processes[i]->d_name, "0123456789") == strlen(processes[i]->d_name))
			isolation_look_at_process(doctor->machine, processes[i]->d_name, polling,
			                          &names);
	doctor_list_free(processes, n);
	if (names.n == 0) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("no other thread may run on CPUs %s"),
		           text);
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, "",
	           _("%u other threads may run on the isolated CPUs %s: %s"), names.n, text,
	           names.text);
	doctor_mend(doctor, "taskset -acp CPUS PID # of each, to the other CPUs");
}

/* --- interrupts ------------------------------------------------------------------------------ */

/* The name of what asked for it: a folder beside its files. False: nobody did. */
static bool
isolation_irq_name(const struct doctor_machine *machine, const char *irq, char *name, size_t size)
{
	struct dirent **files;
	int n = doctor_list(machine, &files, "/proc/irq/%s", irq);
	bool found = false;

	for (int i = 0; i < n && !found; i++) {
		found = files[i]->d_type == DT_DIR;
		if (found)
			snprintf(name, size, "%.63s", files[i]->d_name);
	}
	doctor_list_free(files, n);
	return found;
}

static bool
isolation_irq_cpus(const struct doctor_machine *machine, const char *irq, cpu_set_t *cpus)
{
	if (doctor_read_cpus(machine, cpus, "/proc/irq/%s/effective_affinity_list", irq) &&
	    CPU_COUNT(cpus) > 0)
		return true;
	return doctor_read_cpus(machine, cpus, "/proc/irq/%s/smp_affinity_list", irq);
}

static void
isolation_irqs(struct doctor *doctor, const cpu_set_t *polling, const char *text)
{
	const struct doctor_machine *machine = doctor->machine;
	struct isolation_names names = { "", 0 };
	struct dirent **irqs;
	int n = doctor_list(machine, &irqs, "/proc/irq");
	char name[64], first[32] = "";
	cpu_set_t cpus;

	for (int i = 0; i < n; i++) {
		const char *irq = irqs[i]->d_name;

		if (!isolation_irq_name(machine, irq, name, sizeof(name)) ||
		    !isolation_irq_cpus(machine, irq, &cpus) || !isolation_meets(&cpus, polling))
			continue;
		if (names.n == 0)
			snprintf(first, sizeof(first), "%.16s", irq);
		isolation_add_name(&names, name, irq);
	}
	doctor_list_free(irqs, n);
	if (names.n == 0) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("no interrupt is served on CPUs %s"),
		           text);
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, "", _("%u interrupts are served on CPUs %s: %s"),
	           names.n, text, names.text);
	doctor_mend(doctor,
	            "echo 0 > /proc/irq/%s/smp_affinity_list # and so the others; irqbalance "
	            "keeps away from isolated CPUs",
	            first);
}

/* --- isolated -------------------------------------------------------------------------------- */

/* No CPU is named: will the isolated ones be used? */
static void
isolation_unnamed(struct doctor *doctor, const cpu_set_t *isolated)
{
	char text[ISOLATION_TEXT_MAX];

	if (CPU_COUNT(isolated) == 0) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("no CPU is named for the workers and none is isolated: other threads "
		             "take turns with them, and packets are lost meanwhile"));
		doctor_mend(doctor, "cpus { workers = \"1\" } # and isolcpus=1 nohz_full=1 "
		                    "rcu_nocbs=1 on the kernel's command line");
		return;
	}
	conf_cpus_format(isolated, text, sizeof(text));
	doctor_add(doctor, REPORT_FINDING_ADVICE, "",
	           _("CPUs %s are isolated and not named, so spanstatd does not use them"), text);
	doctor_mend(doctor, "cpus { workers = \"%.200s\" }", text);
}

void
doctor_check_isolation(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	cpu_set_t isolated, polling, rest;
	char text[ISOLATION_TEXT_MAX / 4], more[ISOLATION_TEXT_MAX / 16];

	doctor_read_cpus(doctor->machine, &isolated, "/sys/devices/system/cpu/isolated");
	isolation_polling(&doctor->setup->conf.cpus, &polling);
	if (CPU_COUNT(&polling) == 0) {
		isolation_unnamed(doctor, &isolated);
		return;
	}
	conf_cpus_format(&polling, text, sizeof(text));
	CPU_AND(&rest, &polling, &isolated);
	CPU_XOR(&rest, &rest, &polling);
	conf_cpus_format(&rest, more, sizeof(more));
	if (more[0]) {
		doctor_add(doctor, REPORT_FINDING_ADVICE, "",
		           _("CPUs %s are named and not isolated: other threads take turns with "
		             "the workers there"),
		           more);
		doctor_mend(doctor,
		            "isolcpus=%s nohz_full=%s rcu_nocbs=%s # on the kernel's command "
		            "line",
		            more, more, more);
	} else {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("CPUs %s are isolated"), text);
		isolation_threads(doctor, &polling, text);
	}
	isolation_irqs(doctor, &polling, text);
}
