/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory: hugepages by node, their mounts, how much there is for what is meant; see
 * doctor_checks.h.
 *
 * What spanstatd will take is worked out here again, roughly, for this library knows neither its
 * tables nor DPDK; doctor_memory_test.cc compares it with what they say.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_text.h"
#include "conf_cpus.h"
#include "doctor_checks.h"
#include "doctor_file.h"
#include "doctor_memory.h"

#define MEMORY_MB            (UINT64_C(1) << 20)
#define MEMORY_EAL_BYTES     (64 * MEMORY_MB)
#define MEMORY_PORT_BYTES    (64 * MEMORY_MB) /* mbufs in descriptors and bursts */
#define MEMORY_RING_BYTES    (32 * MEMORY_MB) /* mbufs in a hand-over ring */
#define MEMORY_REPORTS_BYTES (128 * MEMORY_MB)
#define MEMORY_FLOW_BYTES    172
#define MEMORY_SOCKET_BYTES  328
#define MEMORY_WORKER_BYTES  (17 * MEMORY_MB) /* networks, cases, recent packets, round trips */

#define MEMORY_NODES   "/sys/devices/system/node"
#define MEMORY_TEXT    8192
#define MEMORY_MOUNTS  65536
#define MEMORY_MAPS    262144
#define MEMORY_PAGE_KB 2048

uint64_t
doctor_memory_tables(uint64_t flows, unsigned workers, uint64_t sockets)
{
	return flows * MEMORY_FLOW_BYTES +
	       workers * (sockets * MEMORY_SOCKET_BYTES + MEMORY_WORKER_BYTES);
}

static uint64_t
memory_need(const struct doctor_setup *setup)
{
	const struct conf *conf = &setup->conf;
	uint64_t ports = setup->n_ports > 0 ? setup->n_ports : 1;
	uint64_t rings = conf->workers > 1 ? conf->workers : 0;

	return MEMORY_EAL_BYTES + ports * (MEMORY_PORT_BYTES + rings * MEMORY_RING_BYTES) +
	       doctor_memory_tables(conf->flows, conf->workers, conf->listeners);
}

static uint64_t
memory_mb(uint64_t bytes)
{
	return (bytes + MEMORY_MB - 1) / MEMORY_MB;
}

/* --- a daemon that runs ----------------------------------------------------------------------- */

/* What it has taken is there for the one that is meant, which will run in its place. */
struct memory_taken {
	uint64_t huge_bytes, ordinary_bytes;
	uint64_t node_bytes[DOCTOR_NODES_MAX]; /* of huge_bytes; at most, where that is hidden */
};

/* Bytes of a line "NAME:  N kB". */
static uint64_t
memory_field(const char *text, const char *name)
{
	const char *value = doctor_field(text, name);

	return value ? strtoull(value, NULL, 10) * 1024 : 0;
}

/*
 * Adds the hugepages of a line of numa_maps: "7f.. bind:1 file=.. huge N1=16
 * kernelpagesize_kB=2048".
 */
static void
memory_add_map(struct memory_taken *taken, const char *line, size_t length)
{
	const char *size = memmem(line, length, "kernelpagesize_kB=", 18);
	const char *end = line + length;
	unsigned node, pages;

	if (memmem(line, length, " huge ", 6) == NULL || size == NULL)
		return;
	for (; line; line = memchr(line + 1, ' ', (size_t)(end - line - 1)))
		if (sscanf(line, " N%u=%u", &node, &pages) == 2 && node < DOCTOR_NODES_MAX)
			taken->node_bytes[node] +=
			    (uint64_t)pages * strtoull(size + 18, NULL, 10) * 1024;
}

/* Of which nodes its hugepages are. Where nobody says: of any, and a node gives what it has. */
static void
memory_add_nodes(struct memory_taken *taken, const struct doctor *doctor, const char *process,
                 uint64_t huge_bytes)
{
	static char maps[MEMORY_MAPS];

	if (!doctor_read(doctor->machine, maps, sizeof(maps), "/proc/%s/numa_maps", process)) {
		for (unsigned node = 0; node < DOCTOR_NODES_MAX; node++)
			taken->node_bytes[node] += huge_bytes;
		return;
	}
	for (const char *line = maps; *line != '\0'; line += *line == '\n') {
		size_t length = strcspn(line, "\n");

		memory_add_map(taken, line, length);
		line += length;
	}
}

static struct memory_taken
memory_taken(const struct doctor *doctor)
{
	struct memory_taken taken = { 0 };
	char comm[64], status[MEMORY_TEXT];
	struct dirent **processes;
	int n = doctor_list(doctor->machine, &processes, "/proc");

	for (int i = 0; i < n; i++) {
		const char *process = processes[i]->d_name;

		if (strspn(process, "0123456789") != strlen(process) ||
		    !doctor_read(doctor->machine, comm, sizeof(comm), "/proc/%s/comm", process) ||
		    strcmp(comm, "spanstatd") != 0 ||
		    !doctor_read(doctor->machine, status, sizeof(status), "/proc/%s/status",
		                 process))
			continue;
		memory_add_nodes(&taken, doctor, process, memory_field(status, "HugetlbPages"));
		taken.huge_bytes += memory_field(status, "HugetlbPages");
		taken.ordinary_bytes += memory_field(status, "VmRSS");
	}
	doctor_list_free(processes, n);
	return taken;
}

/* --- nodes ----------------------------------------------------------------------------------- */

/* Where tables and packets are wanted, a bit a node: those of named workers, else of the ports. */
static uint64_t
memory_wanted_nodes(const struct doctor *doctor)
{
	const struct doctor_setup *setup = doctor->setup;
	const struct conf_cpu_list *workers = &setup->conf.cpus.workers;
	uint64_t nodes = 0;

	for (unsigned i = 0; i < workers->count; i++) {
		int node = doctor_cpu_node(doctor, workers->cpu[i]);

		if (node >= 0 && node < DOCTOR_NODES_MAX)
			nodes |= UINT64_C(1) << node;
	}
	for (unsigned i = 0; workers->count == 0 && i < setup->n_ports; i++) {
		int node = doctor_port_node(doctor, &setup->ports[i]);

		if (node >= 0 && node < DOCTOR_NODES_MAX)
			nodes |= UINT64_C(1) << node;
	}
	return nodes ? nodes : 1;
}

/* EAL's own lies with the control core; the first node stands for one that is chosen later. */
static unsigned
memory_control_node(const struct doctor *doctor)
{
	const struct conf_cpu_list *control = &doctor->setup->conf.cpus.control;
	int node = control->count > 0 ? doctor_cpu_node(doctor, control->cpu[0]) : 0;

	return node >= 0 && node < DOCTOR_NODES_MAX ? (unsigned)node : 0;
}

void
doctor_memory_folder(int node, char folder[DOCTOR_FOLDER_MAX])
{
	if (node < 0)
		snprintf(folder, DOCTOR_FOLDER_MAX, "/sys/kernel/mm/hugepages");
	else
		snprintf(folder, DOCTOR_FOLDER_MAX, MEMORY_NODES "/node%d/hugepages", node);
}

bool
doctor_memory_huge(const struct doctor_machine *machine, int node, unsigned page_kb,
                   struct doctor_huge *to)
{
	char folder[DOCTOR_FOLDER_MAX];
	struct dirent **sizes;
	int n;

	*to = (struct doctor_huge){ 0, 0 };
	doctor_memory_folder(node, folder);
	n = doctor_list(machine, &sizes, "%s", folder);
	for (int i = 0; i < n; i++) {
		const char *name = sizes[i]->d_name;
		long long all, free;
		unsigned kb;

		if (sscanf(name, "hugepages-%ukB", &kb) != 1 || (page_kb != 0 && kb != page_kb) ||
		    !doctor_read_number(machine, &all, "%s/%s/nr_hugepages", folder, name) ||
		    !doctor_read_number(machine, &free, "%s/%s/free_hugepages", folder, name))
			continue;
		to->all_bytes += (uint64_t)all * kb * 1024;
		to->free_bytes += (uint64_t)free * kb * 1024;
	}
	doctor_list_free(sizes, n);
	return doctor_has(machine, "%s", folder);
}

unsigned
doctor_memory_page_kb(const struct doctor_machine *machine)
{
	char info[MEMORY_TEXT];

	if (!doctor_read(machine, info, sizeof(info), "/proc/meminfo"))
		return 0;
	return (unsigned)(memory_field(info, "Hugepagesize") / 1024);
}

/* Of its pages at most `taken` bytes count as free, though they are in use. */
static void
memory_node(struct doctor *doctor, int node, uint64_t wants, uint64_t taken)
{
	char folder[DOCTOR_FOLDER_MAX], of[32] = "";
	struct doctor_huge huge;
	uint64_t free;

	doctor_memory_folder(node, folder);
	doctor_memory_huge(doctor->machine, node, 0, &huge);
	free = huge.all_bytes - huge.free_bytes;
	free = huge.free_bytes + (taken < free ? taken : free);
	if (node >= 0)
		snprintf(of, sizeof(of), "node%d", node);
	if (free >= wants) {
		doctor_add(doctor, REPORT_FINDING_OK, of,
		           _("%llu MB of hugepages, of which %llu are free and %llu are wanted"),
		           (unsigned long long)(huge.all_bytes / MEMORY_MB),
		           (unsigned long long)(free / MEMORY_MB),
		           (unsigned long long)memory_mb(wants));
		return;
	}
	doctor_add(doctor, REPORT_FINDING_ADVICE, of,
	           _("%llu MB of hugepages are free and about %llu are wanted: ordinary memory is "
	             "taken, at about four fifths of the speed"),
	           (unsigned long long)(free / MEMORY_MB), (unsigned long long)memory_mb(wants));
	doctor_mend(
	    doctor, "echo %llu > %s/hugepages-2048kB/nr_hugepages",
	    (unsigned long long)((huge.all_bytes + wants - free) / 1024 / MEMORY_PAGE_KB + 1),
	    folder);
}

/* What a node is to have. */
static void
memory_wanted_node(struct doctor *doctor, unsigned node, uint64_t wanted,
                   const struct memory_taken *taken)
{
	unsigned share = (unsigned)__builtin_popcountll(wanted);
	uint64_t wants = 0;

	if (wanted >> node & 1)
		wants = (memory_need(doctor->setup) - MEMORY_EAL_BYTES) / share;
	if (node == memory_control_node(doctor))
		wants += MEMORY_EAL_BYTES;
	memory_node(doctor, (int)node, wants, taken->node_bytes[node]);
}

void
doctor_check_hugepages(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	const struct memory_taken taken = memory_taken(doctor);
	uint64_t wanted = memory_wanted_nodes(doctor);
	struct doctor_huge huge;
	unsigned seen = 0;

	if (doctor->setup->conf.no_huge) {
		doctor_add(doctor, REPORT_FINDING_OK, "", _("none are wanted: no-huge"));
		return;
	}
	for (unsigned node = 0; node < DOCTOR_NODES_MAX; node++) {
		if (!doctor_memory_huge(doctor->machine, (int)node, 0, &huge))
			continue;
		memory_wanted_node(doctor, node, wanted, &taken);
		seen++;
	}
	if (seen == 0) /* a kernel without nodes */
		memory_node(doctor, -1, memory_need(doctor->setup), taken.huge_bytes);
}

/* --- the whole ------------------------------------------------------------------------------- */

/* hugetlbfs is what others need; how spanstatd takes its pages they have no files. */
void
doctor_check_mounts(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	static char mounts[MEMORY_MOUNTS];
	char place[256];
	unsigned n = 0;

	doctor_read(doctor->machine, mounts, sizeof(mounts), "/proc/self/mounts");
	for (const char *line = mounts; line; line = strchr(line, '\n')) {
		char type[64];

		line += *line == '\n';
		if (sscanf(line, "%*s %255s %63s", place, type) != 2 || strcmp(type, "hugetlbfs"))
			continue;
		n++;
		doctor_add(doctor, REPORT_FINDING_OK, "", _("hugepages are mounted at %s"), place);
	}
	if (n == 0)
		doctor_add(doctor, REPORT_FINDING_OK, "",
		           _("no hugetlbfs, and none is needed: its pages have no files"));
}

void
doctor_check_memory(struct doctor *doctor, const struct doctor_port *port BASE_UNUSED)
{
	const struct conf *conf = &doctor->setup->conf;
	uint64_t need = memory_need(doctor->setup) + MEMORY_REPORTS_BYTES, room, other, flows = 0;
	struct memory_taken taken = memory_taken(doctor);
	char info[MEMORY_TEXT];

	if (!doctor_read(doctor->machine, info, sizeof(info), "/proc/meminfo"))
		return;
	room = memory_field(info, "MemAvailable") + taken.ordinary_bytes;
	if (!conf->no_huge)
		room += taken.huge_bytes + memory_field(info, "HugePages_Free") / 1024 *
		                               memory_field(info, "Hugepagesize");
	if (room >= need) {
		doctor_add(doctor, REPORT_FINDING_OK, "",
		           _("%llu MB are there, %u flows need about %llu"),
		           (unsigned long long)(room / MEMORY_MB), conf->flows,
		           (unsigned long long)memory_mb(need));
		return;
	}
	other = need - (uint64_t)conf->flows * MEMORY_FLOW_BYTES;
	if (room > other)
		flows = (room - other) / MEMORY_FLOW_BYTES;
	doctor_add(doctor, REPORT_FINDING_MUST, "",
	           _("%llu MB are there and %u flows need about %llu: spanstatd does not start"),
	           (unsigned long long)(room / MEMORY_MB), conf->flows,
	           (unsigned long long)memory_mb(need));
	doctor_mend(doctor, "flows = %llu # in %s", (unsigned long long)flows,
	            doctor->setup->file[0] ? doctor->setup->file : "spanstatd.conf");
}
