/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A plan as people read it: comments, and lines of a configuration. Each part of a machine has its
 * function, and each begins with what it takes and ends with where that comes from.
 */

#include <inttypes.h>

#include "plan.h"

#define PLAN_RING_MB 128 /* dpdk_port.c: what af_packet maps for one interface */

static double
plan_print_millions(uint64_t number)
{
	return (double)number / 1e6;
}

static bool
plan_print_has_receiver(const struct plan *plan)
{
	return plan->workers > 1;
}

static void
plan_print_title(FILE *out, const struct plan *plan, const struct plan_ask *ask)
{
	fprintf(out, "# A plan for ");
	if (ask->rate.bits_sec != 0)
		fprintf(out, "%g Gbit/s in frames of %u bytes: ", (double)ask->rate.bits_sec / 1e9,
		        ask->rate.frame_bytes);
	fprintf(out, "%.2f million packets a second\n# and %" PRIu64 " flows, from %u port%s\n",
	        plan_print_millions(ask->rate.packets_sec), ask->flows, plan->ports,
	        plan->ports == 1 ? "" : "s");
}

/* The core that stands between ports and workers, and when it does not. */
static void
plan_print_receiver(FILE *out, const struct plan *plan, const struct plan_ask *ask)
{
	uint32_t counted = plan_rate_counted(&plan_rate_receiver);

	if (!plan_print_has_receiver(plan))
		return;
	if (plan->may_spread)
		fprintf(out,
		        "#   1 receive core, unless the NIC has symmetric RSS and a queue for each "
		        "worker\n");
	else
		fprintf(out, "#   1 receive core, for %s\n",
		        plan->ports > 1 ? "directions may come by two ports"
		                        : "the port has one queue");
	if (ask->rate.packets_sec > counted)
		fprintf(out,
		        "#     which takes %.2f million packets a second at most, %u %% of the "
		        "%.2f measured\n#     (%s):\n#     at this rate it must be one NIC with "
		        "symmetric RSS\n",
		        plan_print_millions(counted), PLAN_MARGIN_PERCENT,
		        plan_print_millions(plan_rate_receiver.packets_sec),
		        plan_rate_receiver.how);
}

static void
plan_print_cores(FILE *out, const struct plan *plan, const struct plan_ask *ask)
{
	const struct plan_measured *measured = plan->measured;

	fprintf(out, "#\n# Cores: %u\n#   1 control core\n",
	        1 + plan->workers + plan_print_has_receiver(plan));
	fprintf(out,
	        "#   %u worker%s, each for %.2f million packets a second: %u %% of the %.2f "
	        "measured\n#     (docs/performance.md, %s)\n",
	        plan->workers, plan->workers == 1 ? "" : "s",
	        plan_print_millions(plan_rate_counted(measured)), PLAN_MARGIN_PERCENT,
	        plan_print_millions(measured->packets_sec), measured->how);
	plan_print_receiver(out, plan, ask);
	if (plan->interfaces > 0 &&
	    ask->rate.packets_sec > (uint64_t)plan->interfaces * PLAN_RATE_INTERFACE)
		fprintf(out,
		        "#   a kernel interface takes about %.0f million packets a second: bind "
		        "the NIC to vfio-pci\n",
		        plan_print_millions(PLAN_RATE_INTERFACE));
}

static void
plan_print_memory(FILE *out, const struct plan *plan, const struct conf *conf)
{
	const char *kind = conf->no_huge ? "ordinary memory" : "hugepages";

	fprintf(out, "#\n# Memory\n#   %6llu MB  %s: tables of flows and sockets\n",
	        memory_mb(plan->need.tables_bytes), kind);
	fprintf(out, "#   %6llu MB  %s: packets and rings\n", memory_mb(plan->need.packets_bytes),
	        kind);
	fprintf(out, "#   %6llu MB  ordinary memory: reports, events, other programs\n",
	        memory_mb(plan->need.control_bytes));
	fprintf(out,
	        "#   %6u MB  ordinary memory at most: sorts and groups, while somebody asks "
	        "(query-memory)\n",
	        conf->query_memory_mb);
	if (plan->interfaces > 0)
		fprintf(out, "#   %6u MB  the kernel's: rings of interfaces, locked\n",
		        plan->interfaces * PLAN_RING_MB);
}

static void
plan_print_hugepages(FILE *out, const struct plan *plan, const struct conf *conf)
{
	unsigned long long n = memory_hugepages(&plan->need);

	if (conf->no_huge) {
		fprintf(out, "#\n# Hugepages: none (no-huge), at about four fifths of the speed\n");
		return;
	}
	fprintf(out,
	        "#\n# Hugepages: %llu of 2 MB, on the NUMA node of the NIC; one of\n"
	        "#   kernel: hugepages=%llu\n"
	        "#   /etc/sysctl.d/50-spanstat.conf: vm.nr_hugepages = %llu\n"
	        "#   now: sysctl -w vm.nr_hugepages=%llu\n"
	        "#   of node 0: echo %llu > /sys/devices/system/node/node0/hugepages/"
	        "hugepages-2048kB/nr_hugepages\n"
	        "# No pages of 1 GB: each part of a table would take whole ones.\n",
	        n, n, n, n, n);
}

/* CPUs from `first` on, as the kernel and the configuration write them. */
static void
plan_print_cpus(FILE *out, const char *before, unsigned first, unsigned last)
{
	fprintf(out, "%s%u", before, first);
	if (last > first)
		fprintf(out, "-%u", last);
}

/* CPUs from 0 on: control core, receive core, workers. */
static void
plan_print_conf(FILE *out, const struct plan *plan, const struct plan_ask *ask)
{
	unsigned first = 1 + plan_print_has_receiver(plan), last = first + plan->workers - 1;

	fprintf(out, "#\n# Kernel, so that nothing else runs where packets are polled:");
	plan_print_cpus(out, "\n#   isolcpus=", 1, last);
	plan_print_cpus(out, " nohz_full=", 1, last);
	plan_print_cpus(out, " rcu_nocbs=", 1, last);
	fprintf(out,
	        "\n# Take CPUs of the NIC's node, and one thread of each core, in place of these: "
	        "lscpu --extended\n\nworkers = %u\nflows = %" PRIu64 "\ncpus {\n\tcontrol = 0\n",
	        plan->workers, ask->flows);
	if (plan_print_has_receiver(plan))
		fprintf(out, "\treceive = 1\n");
	plan_print_cpus(out, "\tworkers = \"", first, last);
	fprintf(out, "\"\n}\n");
}

/* In quotes, as a configuration reads it. */
static void
plan_print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++)
		fprintf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	fputc('"', out);
}

static void
plan_print_list(FILE *out, const char *key, const struct conf_list *list)
{
	if (list->count == 0)
		return;
	fprintf(out, "\t%s = { ", key);
	for (unsigned i = 0; i < list->count; i++) {
		if (i > 0)
			fprintf(out, ", ");
		plan_print_quoted(out, list->item[i]);
	}
	fprintf(out, " }\n");
}

/* What was given with it. */
static void
plan_print_sources(FILE *out, const struct conf *conf)
{
	const struct conf_sources *sources = &conf->sources;

	if (conf->no_huge)
		fprintf(out, "no-huge = true\n");
	if (sources->interface.count + sources->pci.count + sources->vdev.count == 0)
		return;
	fprintf(out, "sources {\n");
	plan_print_list(out, "interface", &sources->interface);
	plan_print_list(out, "pci", &sources->pci);
	plan_print_list(out, "vdev", &sources->vdev);
	fprintf(out, "}\n");
}

void
plan_print(FILE *out, const struct plan *plan, const struct plan_ask *ask, const struct conf *conf)
{
	plan_print_title(out, plan, ask);
	plan_print_cores(out, plan, ask);
	plan_print_memory(out, plan, conf);
	plan_print_hugepages(out, plan, conf);
	plan_print_conf(out, plan, ask);
	plan_print_sources(out, conf);
}
