/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Options are one table, options_table.c. Those that set a key of the configuration go to conf_set
 * under the key's own name, so ranges and messages are the same in the file as on the command line.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_log.h"
#include "conf_check.h"
#include "conf_file.h"
#include "conf_key.h"
#include "flow_table.h"
#include "options.h"
#include "options_table.h"

#define OPTIONS_DEFAULT_CONFIG "/etc/spanstat/spanstatd.conf"

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

/*
 * Lays the options that are keys over conf. The sources of a command line replace those of a file.
 */
static int
options_lay_over(struct conf *conf, int argc, char **argv)
{
	struct option names[OPTIONS_ROWS + 1];
	int replaced = 0, value;

	options_table_long(names);
	optind = 0;
	opterr = 0;
	while ((value = getopt_long(argc, argv, OPTIONS_LETTERS, names, NULL)) != -1) {
		const struct options_row *row = options_row_find(value);
		const char *key = row != NULL ? row->key : NULL;

		if (row != NULL && row->is_source && !replaced) {
			conf->sources = (struct conf_sources){ .wait = conf->sources.wait };
			replaced = 1;
		}
		if (key != NULL && conf_set(conf, key, optarg != NULL ? optarg : "true",
		                            options_mistake_option, (void *)key) != 0)
			return -EINVAL;
		optind += row != NULL ? row->more : 0;
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

int
options_parse_read(struct options *options, const char *text)
{
	if (options->n_reads == CAPTURE_FILES_MAX) {
		base_error("more than %d files to read", CAPTURE_FILES_MAX);
		return -EINVAL;
	}
	if (strcmp(text, "-") == 0 && options_reads_input(options)) {
		base_error("standard input can be read once only: \"--read -\" is given twice");
		return -EINVAL;
	}
	options->reads[options->n_reads++] = text;
	return 0;
}

int
options_parse_plan(struct options *options, const char *text)
{
	const char *flows = optind < options->argc ? options->argv[optind] : NULL;

	return plan_parse(&options->plan, text, flows);
}

int
options_parse_private(struct options *options, const char *text)
{
	uint64_t number;

	if (options_number("private", text, &number) != 0)
		return -EINVAL;
	options->private_fd = (int)number;
	base_log_init("spanstat"); /* it speaks in the name of its parent */
	return 0;
}

int
options_parse_at(struct options *options, const char *text)
{
	uint64_t number;

	if (options_number("at", text, &number) != 0)
		return -EINVAL;
	options->at_us = number * 1000000;
	return 0;
}

void
options_print_version(void)
{
	fputs("spanstatd " SPANSTAT_VERSION "\n", stdout);
}

/* The rest of what an option does, besides its key. 1: go on; 0: *status says how to exit. */
static int
options_take(struct options *options, const struct options_row *row, int *status)
{
	char *field = (char *)options + row->at;

	switch (row->kind) {
	case OPTIONS_KEY:
		break;
	case OPTIONS_SET:
		*(int *)(void *)field = 1;
		break;
	case OPTIONS_TEXT:
		*(const char **)(void *)field = optarg;
		break;
	case OPTIONS_PARSED:
		return row->parse(options, optarg) == 0;
	case OPTIONS_INSTEAD:
		row->print();
		*status = STATUS_DONE;
		return 0;
	}
	return 1;
}

/* First pass: everything but the keys. 1: go on; 0: *status says how to exit. */
static int
options_scan(struct options *options, int argc, char **argv, int *status)
{
	static char name[] = "spanstatd";
	struct option names[OPTIONS_ROWS + 1];
	int value;

	options_table_long(names);
	argv[0] = name; /* what getopt's messages begin with */
	*status = STATUS_USAGE;
	while ((value = getopt_long(argc, argv, OPTIONS_LETTERS, names, NULL)) != -1) {
		const struct options_row *row = options_row_find(value);

		if (row == NULL) /* getopt has said it */
			return 0;
		if (!options_take(options, row, status))
			return 0;
		optind += row->more;
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

/* File and command line, and then what they say together. */
static int
options_load(const struct options *options, struct conf *conf, conf_report_fn *report, void *arg)
{
	struct conf_lines lines = { 0 };
	struct conf_machine machine;

	static_assert(CONF_FLOWS_WORKER <= FLOW_CAPACITY_MAX, "a table has that many");
	conf_init(conf);
	if (options->config_path != NULL &&
	    conf_load(options->config_path, conf, &lines, report, arg) != 0)
		return -EINVAL;
	if (options_lay_over(conf, options->argc, options->argv) != 0)
		return -EINVAL;
	conf_cpus_read(&machine);
	return conf_check(conf, &machine, options->config_path, &lines, report, arg) == 0 ? 0
	                                                                                  : -EINVAL;
}

/* How to exit. */
static int
options_print_plan(const struct options *options)
{
	struct plan plan;
	int error = plan_make(&plan, &options->plan, &options->conf);

	if (error != 0)
		return error == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	plan_print(stdout, &plan, &options->plan, &options->conf);
	return STATUS_DONE;
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
	if (options_load(options, &options->conf,
	                 options->check ? options_mistake_checked : options_mistake, NULL) != 0)
		return -EINVAL;
	if (options->check) {
		*status = STATUS_DONE;
		return -EINVAL;
	}
	if (options->plan.rate.packets_sec != 0) {
		*status = options_print_plan(options);
		return -EINVAL;
	}
	return options_check_sources(options);
}

bool
options_reads_input(const struct options *options)
{
	for (unsigned i = 0; i < options->n_reads; i++)
		if (strcmp(options->reads[i], "-") == 0)
			return true;
	return false;
}

int
options_reload(const struct options *options, struct conf *conf, conf_report_fn *report, void *arg)
{
	return options_load(options, conf, report, arg);
}
