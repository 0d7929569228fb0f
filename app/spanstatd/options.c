/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options are one table: those that set a key of the configuration go to conf_set under the key's
 * own name, so ranges and messages are the same in the file and on the command line.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "conf_file.h"
#include "conf_key.h"
#include "flow_table.h"
#include "options.h"

#define OPTIONS_DEFAULT_CONFIG "/etc/spanstat/spanstatd.conf"

enum option_id {
	OPTION_INTERFACE = 256,
	OPTION_PCI,
	OPTION_VDEV,
	OPTION_READ,
	OPTION_CONFIG,
	OPTION_WORKERS,
	OPTION_FLOWS,
	OPTION_SOCKET,
	OPTION_EAL,
	OPTION_NO_HUGE,
	OPTION_CHECK,
	OPTION_PRIVATE,
	OPTION_STEPWISE,
	OPTION_AT,
	OPTION_KEEP,
	OPTION_VERSION = 'V',
	OPTION_HELP = 'h',
};

static const struct option options_long[] = {
	{ "interface", required_argument, NULL, OPTION_INTERFACE },
	{ "pci", required_argument, NULL, OPTION_PCI },
	{ "vdev", required_argument, NULL, OPTION_VDEV },
	{ "read", required_argument, NULL, OPTION_READ },
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "workers", required_argument, NULL, OPTION_WORKERS },
	{ "flows", required_argument, NULL, OPTION_FLOWS },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "eal", required_argument, NULL, OPTION_EAL },
	{ "no-huge", no_argument, NULL, OPTION_NO_HUGE },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "private", required_argument, NULL, OPTION_PRIVATE },
	{ "stepwise", no_argument, NULL, OPTION_STEPWISE },
	{ "at", required_argument, NULL, OPTION_AT },
	{ "keep", no_argument, NULL, OPTION_KEEP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

/* Options that are keys of the configuration. */
static const struct {
	enum option_id id;
	const char *key;
} options_keys[] = {
	{ OPTION_INTERFACE, "sources.interface" },
	{ OPTION_PCI, "sources.pci" },
	{ OPTION_VDEV, "sources.vdev" },
	{ OPTION_WORKERS, "workers" },
	{ OPTION_FLOWS, "flows" },
	{ OPTION_SOCKET, "socket" },
	{ OPTION_EAL, "eal" },
	{ OPTION_NO_HUGE, "no-huge" },
};

static const char options_help[] =
    "usage: spanstatd [options]\n"
    "\n"
    "Where packets come from; each may be repeated:\n"
    "  --interface IF   a kernel network interface, promiscuous\n"
    "  --pci ADDR       a NIC bound to vfio-pci\n"
    "  --vdev ARGS      a DPDK virtual device, with its arguments\n"
    "  --read FILE      a capture file; time is the packets' own\n"
    "\n"
    "  --config FILE    configuration; the command line beats it\n"
    "  --workers N      worker cores\n"
    "  --flows N        table capacity, all workers together\n"
    "  --socket PATH    where spanstat asks\n"
    "  --eal \"ARGS\"     passed to DPDK untouched\n"
    "  --no-huge        ordinary memory instead of hugepages\n"
    "  --check          print every mistake of the configuration and exit: 0 or 2\n"
    "  --version, --help\n";

/* --check prints mistakes as they are: FILE:LINE: what is wrong, for editors to follow. */
static void
options_mistake_checked(void *arg, const char *text)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

static void
options_mistake(void *arg, const char *text)
{
	(void)arg;
	base_error("%s", text);
}

/* `text` begins with the key, whose last word is the option's name. */
static void
options_mistake_option(void *arg, const char *text)
{
	const char *key = arg, *dot = strchr(key, '.');

	base_error("--%s", dot != NULL ? text + (dot + 1 - key) : text);
}

/* The key that an option sets, or NULL. */
static const char *
options_key(int id)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(options_keys); i++)
		if ((int)options_keys[i].id == id)
			return options_keys[i].key;
	return NULL;
}

static int
options_is_source(int id)
{
	return id == OPTION_INTERFACE || id == OPTION_PCI || id == OPTION_VDEV || id == OPTION_READ;
}

/*
 * Lays the options that are keys over conf. The sources of a command line replace those of a file.
 */
static int
options_lay_over(struct conf *conf, int argc, char **argv)
{
	int replaced = 0, id;

	optind = 0;
	opterr = 0;
	while ((id = getopt_long(argc, argv, "hV", options_long, NULL)) != -1) {
		const char *key = options_key(id);

		if (options_is_source(id) && !replaced) {
			memset(&conf->sources, 0, sizeof(conf->sources));
			replaced = 1;
		}
		if (key != NULL && conf_set(conf, key, optarg != NULL ? optarg : "true",
		                            options_mistake_option, (void *)key) != 0)
			return -EINVAL;
	}
	return 0;
}

static int
options_number(const char *name, const char *text, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (errno == 0 && end != text && *end == '\0' && text[0] != '-')
		return 0;
	base_error("--%s: \"%s\" is not a number", name, text);
	return -EINVAL;
}

/* The options that are not keys. Returns 0, or -EINVAL told. */
static int
options_take(struct options *options, int id)
{
	uint64_t number = 0;

	switch (id) {
	case OPTION_READ:
		if (options->n_reads == CAPTURE_FILES_MAX) {
			base_error("more than %d files to read", CAPTURE_FILES_MAX);
			return -EINVAL;
		}
		options->reads[options->n_reads++] = optarg;
		return 0;
	case OPTION_CONFIG:
		options->config_path = optarg;
		return 0;
	case OPTION_FLOWS:
		options->flows_given = 1;
		return 0;
	case OPTION_CHECK:
		options->check = 1;
		return 0;
	case OPTION_KEEP:
		options->keep = 1;
		return 0;
	case OPTION_STEPWISE:
		options->stepwise = 1;
		return 0;
	case OPTION_PRIVATE:
		if (options_number("private", optarg, &number) != 0)
			return -EINVAL;
		options->private_fd = (int)number;
		base_log_init("spanstat"); /* it speaks in the name of its parent */
		return 0;
	case OPTION_AT:
		if (options_number("at", optarg, &number) != 0)
			return -EINVAL;
		options->at_us = number * 1000000;
		return 0;
	default:
		return 0;
	}
}

/* First pass: everything but the keys. 1: go on; 0: *status says how to exit. */
static int
options_scan(struct options *options, int argc, char **argv, int *status)
{
	static char name[] = "spanstatd";
	int id;

	argv[0] = name; /* what getopt's messages begin with */
	*status = STATUS_USAGE;
	while ((id = getopt_long(argc, argv, "hV", options_long, NULL)) != -1) {
		if (id == OPTION_HELP || id == OPTION_VERSION) {
			fputs(id == OPTION_HELP ? options_help : "spanstatd " SPANSTAT_VERSION "\n",
			      stdout);
			*status = STATUS_DONE;
			return 0;
		}
		if (id == '?') /* getopt has told */
			return 0;
		if (options_take(options, id) != 0)
			return 0;
	}
	if (optind == argc)
		return 1;
	base_error("\"%s\" is not an option; see spanstatd --help", argv[optind]);
	return 0;
}

static int
options_check_sources(const struct options *options)
{
	const struct conf_sources *s = &options->conf.sources;
	unsigned ports = s->interface.count + s->pci.count + s->vdev.count;

	if (ports == 0 && options->n_reads == 0) {
		base_error("nothing to look at: give --interface, --pci, --vdev or --read");
		return -EINVAL;
	}
	if (ports != 0 && options->n_reads != 0) {
		base_error("--read does not go with a port: the two have different clocks");
		return -EINVAL;
	}
	return 0;
}

/* What a worker's table can number; the file and the command line each say a part of it. */
static int
options_check_flows(const struct conf *conf)
{
	if ((conf->flows + conf->workers - 1) / conf->workers <= FLOW_CAPACITY_MAX)
		return 0;
	base_error("%u flows need more workers than %u: each keeps at most %u", conf->flows,
	           conf->workers, FLOW_CAPACITY_MAX);
	return -EINVAL;
}

static int
options_load(const struct options *options, struct conf *conf)
{
	conf_init(conf);
	if (options->config_path != NULL &&
	    conf_load(options->config_path, conf,
	              options->check ? options_mistake_checked : options_mistake, NULL) != 0)
		return -EINVAL;
	return options_lay_over(conf, options->argc, options->argv);
}

int
options_parse(struct options *options, int argc, char **argv, int *status)
{
	memset(options, 0, sizeof(*options));
	options->private_fd = -1;
	options->argc = argc;
	options->argv = argv;
	if (!options_scan(options, argc, argv, status))
		return -EINVAL;
	if (options->check && options->config_path == NULL)
		options->config_path = OPTIONS_DEFAULT_CONFIG;
	*status = STATUS_USAGE;
	if (options_load(options, &options->conf) != 0 || options_check_flows(&options->conf) != 0)
		return -EINVAL;
	if (options->check) {
		*status = STATUS_DONE;
		return -EINVAL;
	}
	return options_check_sources(options);
}

int
options_reload(const struct options *options, struct conf *conf)
{
	return options_load(options, conf);
}
