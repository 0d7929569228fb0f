/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists of CPUs, and the choice among them; see conf_cpus.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf_cpus.h"
#include "conf_value.h"

#define CPUS_ONLINE   "/sys/devices/system/cpu/online"
#define CPUS_TEXT_MAX 4096

#define CPUS_WHY(why, ...) (snprintf(why, CONF_WHY_MAX, __VA_ARGS__), -EINVAL)

/* --- lists ---------------------------------------------------------------------------------- */

/* The number or range at *text, which is moved behind it. */
static int
cpus_range(const char **text, unsigned *first, unsigned *last)
{
	size_t n = strcspn(*text, ","), dash = strcspn(*text, "-,");
	uint64_t low, high;

	if (base_parse_number(*text, dash, CPU_SETSIZE - 1, &low) != 0)
		return -EINVAL;
	high = low;
	if (dash < n && base_parse_number(*text + dash + 1, n - dash - 1, CPU_SETSIZE - 1, &high))
		return -EINVAL;
	*first = (unsigned)low;
	*last = (unsigned)high;
	*text += n;
	return low <= high ? 0 : -EINVAL;
}

int
conf_cpus_parse(const char *text, unsigned max, struct conf_cpu_list *list, char *why)
{
	const char *at = text;
	cpu_set_t seen;

	assert(max <= CONF_WORKERS_MAX);
	CPU_ZERO(&seen);
	memset(list, 0, sizeof(*list));
	while (*at != '\0') {
		unsigned first, last;

		if (cpus_range(&at, &first, &last) != 0 || (*at == ',' && at[1] == '\0'))
			return CPUS_WHY(why, "'%.64s' is not a list of CPUs, as 2-5,8", text);
		at += *at == ',';
		for (unsigned cpu = first; cpu <= last; cpu++) {
			if (CPU_ISSET(cpu, &seen))
				return CPUS_WHY(why, "CPU %u is named twice", cpu);
			if (list->count == max)
				return CPUS_WHY(why, "names more CPUs than %u", max);
			CPU_SET(cpu, &seen);
			list->cpu[list->count++] = (uint16_t)cpu;
		}
	}
	return 0;
}

int
conf_cpus_parse_set(const char *text, cpu_set_t *set)
{
	const char *at = text;

	CPU_ZERO(set);
	while (*at != '\0') {
		unsigned first, last;

		if (cpus_range(&at, &first, &last) != 0)
			return -EINVAL;
		for (unsigned cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, set);
		at += *at == ',';
	}
	return 0;
}

void
conf_cpus_format(const cpu_set_t *set, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (unsigned cpu = 0; cpu < CPU_SETSIZE && n < size; cpu++) {
		unsigned first = cpu;

		if (!CPU_ISSET(cpu, set))
			continue;
		while (cpu + 1 < CPU_SETSIZE && CPU_ISSET(cpu + 1, set))
			cpu++;
		n += (size_t)snprintf(text + n, size - n, "%s%u", n > 0 ? "," : "", first);
		if (cpu > first && n < size)
			n += (size_t)snprintf(text + n, size - n, "-%u", cpu);
	}
}

/* --- the machine ---------------------------------------------------------------------------- */

/* The kernel's list of a file; false: there is none that can be read. */
static bool
cpus_read_file(const char *path, cpu_set_t *set)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[CPUS_TEXT_MAX];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n - (text[n - 1] == '\n')] = '\0';
	return conf_cpus_parse_set(text, set) == 0;
}

/*
 * The kernel cuts a mask to what the cpuset allows: a mask of all CPUs comes back as that. Then the
 * old one is put back.
 */
static void
cpus_read_allowed(const cpu_set_t *usable, cpu_set_t *allowed)
{
	memset(allowed, 0xff, sizeof(*allowed));
	if (sched_setaffinity(0, sizeof(*allowed), allowed) != 0 ||
	    sched_getaffinity(0, sizeof(*allowed), allowed) != 0)
		*allowed = *usable;
	sched_setaffinity(0, sizeof(*usable), usable);
}

void
conf_cpus_read(struct conf_machine *machine)
{
	CPU_ZERO(&machine->usable);
	if (sched_getaffinity(0, sizeof(machine->usable), &machine->usable) != 0)
		CPU_SET(0, &machine->usable);
	cpus_read_allowed(&machine->usable, &machine->allowed);
	if (!cpus_read_file(CPUS_ONLINE, &machine->present))
		machine->present = machine->allowed;
}

/* --- the choice ----------------------------------------------------------------------------- */

static void
cpus_name(const struct conf_cpu_list *list, struct conf_placed *placed, unsigned first,
          unsigned count, cpu_set_t *named)
{
	for (unsigned i = 0; i < list->count && i < count; i++) {
		placed->cpu[first + i] = list->cpu[i];
		placed->named[first + i] = true;
		CPU_SET(list->cpu[i], named);
	}
}

/* Those of `usable` that nobody is named for; all of them where that is none. Returns how many. */
static unsigned
cpus_free(const cpu_set_t *usable, const cpu_set_t *named, unsigned *cpu)
{
	cpu_set_t taken, rest;
	unsigned n = 0;

	CPU_AND(&taken, usable, named);
	CPU_XOR(&rest, usable, &taken);
	if (CPU_COUNT(&rest) == 0)
		rest = *usable;
	for (unsigned i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &rest))
			cpu[n++] = i;
	return n;
}

void
conf_cpus_place(const struct conf_cpus *cpus, unsigned workers, const cpu_set_t *usable,
                struct conf_placed *placed)
{
	unsigned receive = workers > 1, n_free, taken = 0;
	unsigned free_cpu[CPU_SETSIZE];
	cpu_set_t named, used;

	assert(workers <= CONF_WORKERS_MAX);
	memset(placed, 0, sizeof(*placed));
	placed->n = 1 + workers + receive;
	CPU_ZERO(&named);
	cpus_name(&cpus->control, placed, 0, 1, &named);
	cpus_name(&cpus->workers, placed, 1, workers, &named);
	cpus_name(&cpus->receive, placed, 1 + workers, receive, &named);
	n_free = cpus_free(usable, &named, free_cpu);
	used = named;
	for (unsigned i = 0; i < placed->n; i++) {
		if (!placed->named[i] && n_free > 0)
			placed->cpu[i] = free_cpu[taken++ % n_free];
		CPU_SET(placed->cpu[i], &used);
	}
	placed->n_cpus = (unsigned)CPU_COUNT(&used);
}
