/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which CPUs the daemon's cores run on: the lists of section `cpus`, what the machine has, and the
 * choice that is made of both.
 */
#ifndef CONF_CPUS_H
#define CONF_CPUS_H

#include <sched.h>

#include "conf.h"

BASE_BEGIN_DECLS

/*
 * What a process may run on. `allowed` is wider than `usable`: isolated CPUs (isolcpus=) and those
 * that taskset has left out are there for whoever names them.
 */
struct conf_machine {
	cpu_set_t present; /* online */
	cpu_set_t allowed; /* by the cpuset of the control group */
	cpu_set_t usable;  /* this thread's own mask: what is chosen from */
};

/*
 * Reads a list as the kernel writes them: numbers and ranges with commas between, "2-5,8"; an empty
 * text is none. At most `max` of them (CONF_WORKERS_MAX), none twice. 0; or -EINVAL and `why`, of
 * CONF_WHY_MAX bytes. Any thread.
 */
int conf_cpus_parse(const char *text, unsigned max, struct conf_cpu_list *list, char *why);

/* The kernel's own list of any length, without its newline, into *set. 0 or -EINVAL. Any thread. */
int conf_cpus_parse_set(const char *text, cpu_set_t *set);

/* What this machine and this thread's process have. Any thread; it keeps its mask. */
void conf_cpus_read(struct conf_machine *machine);

/* A set as the kernel writes it, "0-3,8", cut to `size` bytes. */
void conf_cpus_format(const cpu_set_t *set, char *text, size_t size);

/* Where each core runs, and whether the configuration says so. */
struct conf_placed {
	unsigned n; /* control core, `workers` of them, receive core if there is one */
	unsigned cpu[CONF_WORKERS_MAX + 2]; /* in that order */
	bool named[CONF_WORKERS_MAX + 2];
	unsigned n_cpus; /* different ones among them: fewer than n if some share one */
};

/*
 * Cores that are named run where they are; the others on usable CPUs that nobody is named for, in
 * their order, round about if they are few. One worker has no receive core.
 */
void conf_cpus_place(const struct conf_cpus *cpus, unsigned workers, const cpu_set_t *usable,
                     struct conf_placed *placed);

BASE_END_DECLS

#endif
