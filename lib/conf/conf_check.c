/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules over several keys, one function each; see conf_check.h. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf_change.h"
#include "conf_check.h"
#include "conf_value.h"

#define CHECK_CPUS_TEXT 128

struct conf_checking {
	const struct conf *conf;
	const struct conf_machine *machine;
	const struct conf_lines *lines;
	struct conf_mistakes mistakes; /* those that have a line */
	conf_report_fn *report;        /* gets the others */
	void *arg;
	unsigned n;
};

static const struct conf_key *
check_key(const void *field, const struct conf_checking *c)
{
	size_t offset = (size_t)((const char *)field - (const char *)c->conf);

	for (unsigned i = 0; i < conf_key_count; i++)
		if (conf_keys[i].offset == offset)
			return &conf_keys[i];
	assert(false && "a field that is a key's");
	return NULL;
}

/* Where the file sets it last; 0: nowhere. */
static uint32_t
check_line(const struct conf_checking *c, const void *field)
{
	return c->lines->line[check_key(field, c) - conf_keys];
}

/*
 * A mistake between two values, which are fields of the configuration: the one that the file sets
 * last is to blame. `other` may be the same.
 */
static void BASE_PRINTF(4, 5) check_say(struct conf_checking *c, const void *field,
                                        const void *other, const char *format, ...)
{
	uint32_t first = check_line(c, field), second = check_line(c, other);
	uint32_t line = first > second ? first : second;
	char name[CONF_KEY_NAME_MAX], why[CONF_WHY_MAX], message[sizeof(name) + 2 + sizeof(why)];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	conf_key_name(check_key(field, c), name);
	c->n++;
	if (line != 0) {
		conf_mistake_add(&c->mistakes, line, "%s: %s", name, why);
		return;
	}
	snprintf(message, sizeof(message), "%s: %s", name, why);
	c->report(c->arg, message);
}

/* --- the table of flows --------------------------------------------------------------------- */

static void
check_flows(struct conf_checking *c)
{
	const struct conf *conf = c->conf;

	if ((conf->flows + conf->workers - 1) / conf->workers > CONF_FLOWS_WORKER)
		check_say(c, &conf->flows, &conf->workers,
		          "%u flows need more workers than %u: each keeps at most %u", conf->flows,
		          conf->workers, CONF_FLOWS_WORKER);
}

/* --- sources -------------------------------------------------------------------------------- */

/* Bytes of a device's name: what stands before its arguments. */
static size_t
check_device(const char *vdev)
{
	return strcspn(vdev, ",");
}

/* BB:DD.F and 0000:BB:DD.F are one address. */
static const char *
check_address(const char *pci)
{
	return strncmp(pci, "0000:", 5) == 0 ? pci + 5 : pci;
}

/* A value that is there word for word was refused when it was read. */
static void
check_pci(struct conf_checking *c, const struct conf_list *list)
{
	for (unsigned i = 0; i < list->count; i++)
		for (unsigned j = 0; j < i; j++)
			if (!strcasecmp(check_address(list->item[i]), check_address(list->item[j])))
				check_say(c, list, list, "'%s' is '%s', which is named too",
				          list->item[i], list->item[j]);
}

static void
check_vdev(struct conf_checking *c, const struct conf_list *list)
{
	for (unsigned i = 0; i < list->count; i++) {
		const char *vdev = list->item[i];
		size_t n = check_device(vdev);

		for (unsigned j = 0; j < i; j++)
			if (n == check_device(list->item[j]) && !memcmp(vdev, list->item[j], n))
				check_say(c, list, list, "two devices have the name '%.*s'",
				          n > 64 ? 64 : (int)n, vdev);
	}
}

static void
check_sources(struct conf_checking *c)
{
	const struct conf_sources *sources = &c->conf->sources;
	unsigned n = sources->interface.count + sources->pci.count + sources->vdev.count;

	check_pci(c, &sources->pci);
	check_vdev(c, &sources->vdev);
	if (n > CONF_SOURCES_MAX)
		check_say(c, &sources->interface, &sources->vdev,
		          "all sources together are %u, more than %u", n, CONF_SOURCES_MAX);
}

/* --- ports of tunnels ----------------------------------------------------------------------- */

static void
check_ports_pair(struct conf_checking *c, const struct conf_ports *a, const struct conf_ports *b)
{
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned j = 0; j < b->count; j++)
			if (a->port[i] == b->port[j])
				check_say(c, b, a, "port %u is one of %s too", b->port[j],
				          check_key(a, c)->name);
}

static void
check_ports(struct conf_checking *c)
{
	const struct conf_ports *ports = c->conf->decode.ports, *last = ports;
	unsigned n = 0;

	for (unsigned i = 0; i < LAYER_N_PORT_KINDS; i++) {
		n += ports[i].count;
		if (check_line(c, &ports[i]) > check_line(c, last))
			last = &ports[i];
		for (unsigned j = 0; j < i; j++)
			check_ports_pair(c, &ports[j], &ports[i]);
	}
	if (n > LAYER_PORTS_MAX)
		check_say(c, last, last,
		          "all kinds of tunnels together have %u ports, more than %u", n,
		          LAYER_PORTS_MAX);
}

/* --- CPUs ----------------------------------------------------------------------------------- */

static void
check_cpus_pair(struct conf_checking *c, const struct conf_cpu_list *a,
                const struct conf_cpu_list *b)
{
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned j = 0; j < b->count; j++)
			if (a->cpu[i] == b->cpu[j])
				check_say(c, b, a, "CPU %u is named by cpus.%s too", b->cpu[j],
				          check_key(a, c)->name);
}

static void
check_cpus_machine(struct conf_checking *c, const struct conf_cpu_list *list)
{
	const struct conf_machine *machine = c->machine;
	char text[CHECK_CPUS_TEXT];

	for (unsigned i = 0; i < list->count; i++) {
		if (!CPU_ISSET(list->cpu[i], &machine->present)) {
			conf_cpus_format(&machine->present, text, sizeof(text));
			check_say(c, list, list, "CPU %u is not there: this machine has %s",
			          list->cpu[i], text);
		} else if (!CPU_ISSET(list->cpu[i], &machine->allowed)) {
			conf_cpus_format(&machine->allowed, text, sizeof(text));
			check_say(c, list, list, "CPU %u is outside this process's cpuset, %s",
			          list->cpu[i], text);
		}
	}
}

static void
check_cpus(struct conf_checking *c)
{
	const struct conf_cpus *cpus = &c->conf->cpus;

	check_cpus_pair(c, &cpus->control, &cpus->receive);
	check_cpus_pair(c, &cpus->control, &cpus->workers);
	check_cpus_pair(c, &cpus->receive, &cpus->workers);
	check_cpus_machine(c, &cpus->control);
	check_cpus_machine(c, &cpus->receive);
	check_cpus_machine(c, &cpus->workers);
	if (cpus->workers.count != 0 && cpus->workers.count != c->conf->workers)
		check_say(c, &cpus->workers, &c->conf->workers,
		          "names %u CPUs, and workers is %u: one for each", cpus->workers.count,
		          c->conf->workers);
}

/* --- all ------------------------------------------------------------------------------------ */

unsigned
conf_check(const struct conf *conf, const struct conf_machine *machine, const char *path,
           const struct conf_lines *lines, conf_report_fn *report, void *arg)
{
	static void (*const rules[])(struct conf_checking *) = { check_flows, check_sources,
		                                                 check_ports, check_cpus };
	struct conf_checking c = {
		.conf = conf, .machine = machine, .lines = lines, .report = report, .arg = arg
	};

	conf_mistakes_init(&c.mistakes);
	for (unsigned i = 0; i < BASE_COUNT_OF(rules); i++)
		rules[i](&c);
	conf_mistakes_report(&c.mistakes, path, report, arg);
	conf_mistakes_fini(&c.mistakes);
	return c.n;
}
