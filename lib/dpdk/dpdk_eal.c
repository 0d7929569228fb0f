/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * EAL's command line, made here and nowhere else.
 *
 * With hugepages: --in-memory, so that nothing is left behind in a mount. Without: --no-huge with
 * the memory that will be needed, and --no-shconf, so that nothing is left behind in /run/dpdk; EAL
 * refuses --in-memory together with --no-huge. EAL's folder there is removed at once. The process
 * has its own file prefix, so that several daemons and testpmd can run at the same time.
 *
 * At the end there is no rte_eal_cleanup: it unmaps memory in which EAL's interrupt thread may
 * still search for the handle of a device just closed (seen as a crash with memif). The process
 * gives back all of it.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base_log.h"
#include "dpdk_eal.h"
#include "dpdk_output.h"
#include "dpdk_port.h"

#define DPDK_PREFIX   "spanstat-"
#define DPDK_ARGS_MAX 128
#define DPDK_TEXT_MAX 4096

struct dpdk_args {
	char *argv[DPDK_ARGS_MAX + 1];
	int argc;
	char text[DPDK_TEXT_MAX];
	size_t used;
};

static void
dpdk_arg(struct dpdk_args *args, const char *text)
{
	size_t size = strlen(text) + 1;

	if (args->argc == DPDK_ARGS_MAX || args->used + size > DPDK_TEXT_MAX)
		return;
	args->argv[args->argc++] = memcpy(args->text + args->used, text, size);
	args->used += size;
}

/* --lcores '0@0,1@1': lcore to CPU. */
static void
dpdk_args_lcores(struct dpdk_args *args, const struct dpdk_eal_config *config)
{
	char map[DPDK_LCORES_MAX * 12] = "";
	size_t n = 0;

	for (unsigned i = 0; i < config->n_lcores; i++)
		n += (size_t)snprintf(map + n, sizeof(map) - n, "%s%u@%d", i ? "," : "", i,
		                      config->cpu[i]);
	dpdk_arg(args, "--lcores");
	dpdk_arg(args, map);
}

static unsigned long long
dpdk_megabytes(uint64_t bytes)
{
	return (bytes + (1u << 20) - 1) >> 20;
}

void
dpdk_eal_want(struct dpdk_eal_config *config, int node, uint64_t bytes)
{
	config->memory_bytes += bytes;
	if (node < 0 || node >= DPDK_NODES_MAX)
		return;
	config->node_bytes[node] += bytes;
	if (config->n_nodes <= (unsigned)node)
		config->n_nodes = (unsigned)node + 1;
}

/*
 * Hugepages of each node are taken at the start: EAL then says that there are too few, where it
 * would panic later. What the user says of them himself stands.
 */
static void
dpdk_args_nodes(struct dpdk_args *args, const struct dpdk_eal_config *config, const char *extra)
{
	char list[DPDK_NODES_MAX * 12] = "";
	size_t n = 0;

	if (config->n_nodes == 0 || strstr(extra, "-m") != NULL)
		return;
	for (unsigned i = 0; i < config->n_nodes; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%llu", i ? "," : "",
		                      dpdk_megabytes(config->node_bytes[i]));
	dpdk_arg(args, "--socket-mem");
	dpdk_arg(args, list);
}

static void
dpdk_args_memory(struct dpdk_args *args, const struct dpdk_eal_config *config, const char *extra)
{
	char megabytes[24];

	if (!config->no_huge) {
		dpdk_arg(args, "--in-memory");
		dpdk_args_nodes(args, config, extra);
		return;
	}
	snprintf(megabytes, sizeof(megabytes), "%llu", dpdk_megabytes(config->memory_bytes));
	dpdk_arg(args, "--no-huge");
	dpdk_arg(args, "--no-shconf");
	dpdk_arg(args, "-m");
	dpdk_arg(args, megabytes);
}

/* Without a list EAL would take every NIC whose driver lets it, other daemons' too. */
static void
dpdk_args_pci(struct dpdk_args *args, const struct dpdk_eal_config *config)
{
	char device[DPDK_NAME_MAX];

	if (config->n_pci == 0)
		dpdk_arg(args, "--no-pci");
	for (unsigned i = 0; i < config->n_pci; i++) {
		dpdk_pci_name(config->pci[i], device);
		dpdk_arg(args, "--allow");
		dpdk_arg(args, device);
	}
}

static void
dpdk_args_extra(struct dpdk_args *args, const char *extra)
{
	char *copy = strdup(extra), *rest = copy, *word;

	while (copy != NULL && (word = strsep(&rest, " \t")) != NULL)
		if (*word != '\0')
			dpdk_arg(args, word);
	free(copy);
}

/* Each line of what EAL wrote. */
static void
dpdk_eal_say(char *text, enum base_log_level level)
{
	char *line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (*line != '\0')
			base_log(level, "eal: %s",
			         strncmp(line, "EAL: ", 5) == 0 ? line + 5 : line);
}

/* Is it the folder of a process that is no more? */
static bool
dpdk_eal_is_left(const char *name)
{
	int pid;

	if (sscanf(name, DPDK_PREFIX "%d", &pid) != 1 || pid <= 0)
		return false;
	return kill(pid, 0) != 0 && errno == ESRCH;
}

/*
 * EAL makes a folder of its file prefix, ours or the user's, and puts nothing into it with these
 * arguments. It goes at once, so that nothing is left behind however this process ends; and so do
 * those of our prefix of processes that ended between the two. One that has something in it stays.
 */
static void
dpdk_eal_remove_folders(void)
{
	char path[PATH_MAX];
	const char *slash = strrchr(rte_eal_get_runtime_dir(), '/');
	const struct dirent *entry;
	DIR *folder;

	if (slash == NULL)
		return;
	rmdir(rte_eal_get_runtime_dir());
	snprintf(path, sizeof(path), "%.*s", (int)(slash - rte_eal_get_runtime_dir()),
	         rte_eal_get_runtime_dir());
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		if (dpdk_eal_is_left(entry->d_name))
			unlinkat(dirfd(folder), entry->d_name, AT_REMOVEDIR);
	if (folder != NULL)
		closedir(folder);
}

int
dpdk_eal_init(const struct dpdk_eal_config *config, char *why)
{
	static struct dpdk_args args; /* EAL, one a process, keeps pointers into them */
	const char *extra = config->extra != NULL ? config->extra : "";
	char prefix[32], *text;
	int error = 0;

	why[0] = '\0';
	snprintf(prefix, sizeof(prefix), DPDK_PREFIX "%d", (int)getpid());
	dpdk_arg(&args, "spanstatd");
	dpdk_args_lcores(&args, config);
	dpdk_arg(&args, "--file-prefix");
	dpdk_arg(&args, prefix);
	dpdk_arg(&args, "--no-telemetry");
	dpdk_args_memory(&args, config, extra);
	dpdk_args_pci(&args, config);
	if (!config->verbose)
		dpdk_arg(&args, "--log-level=*:error");
	dpdk_args_extra(&args, extra);
	opterr = 1; /* so that getopt names what EAL does not know */
	dpdk_output_take();
	if (rte_eal_init(args.argc, args.argv) < 0)
		error = -(rte_errno ? rte_errno : EINVAL);
	text = dpdk_output_give_back();
	if (text != NULL && error != 0)
		dpdk_output_reason(text, extra, why, DPDK_EAL_WHY_MAX);
	else if (text != NULL)
		dpdk_eal_say(text, *extra != '\0' ? BASE_LOG_INFO : BASE_LOG_DEBUG);
	free(text);
	/* What it says from here on is about ports, which say it themselves. */
	if (!config->verbose && strstr(extra, "--log-level") == NULL)
		rte_log_set_global_level(RTE_LOG_CRIT);
	dpdk_eal_remove_folders();
	return error;
}

int
dpdk_eal_launch(unsigned lcore, int (*fn)(void *), void *arg)
{
	return rte_eal_remote_launch(fn, arg, lcore);
}

void
dpdk_eal_wait(unsigned lcore)
{
	rte_eal_wait_lcore(lcore);
}
