/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows, and what is made of them; see options_table.h. */

#include <stdio.h>
#include <string.h>

#include "conf_key.h"
#include "options_table.h"

/* clang-format off */
const struct options_row options_table[] = {
	{ "interface", OPTION_INTERFACE, "IF", "sources.interface", 1,
	  "a kernel network interface, promiscuous" },
	{ "pci", OPTION_PCI, "ADDR", "sources.pci", 1, "a NIC bound to vfio-pci" },
	{ "vdev", OPTION_VDEV, "ARGS", "sources.vdev", 1,
	  "a DPDK virtual device, with its arguments" },
	{ "read", OPTION_READ, "FILE", NULL, 1, "a capture file; time is the packets' own" },
	{ "config", OPTION_CONFIG, "FILE", NULL, 0,
	  "configuration; the command line beats it" },
	{ "workers", OPTION_WORKERS, "N", "workers", 0, "worker cores" },
	{ "flows", OPTION_FLOWS, "N", "flows", 0, "table capacity, all workers together" },
	{ "socket", OPTION_SOCKET, "PATH", "socket", 0, "where spanstat asks" },
	{ "eal", OPTION_EAL, "\"ARGS\"", "eal", 0, "passed to DPDK untouched" },
	{ "no-huge", OPTION_NO_HUGE, NULL, "no-huge", 0,
	  "ordinary memory instead of hugepages" },
	{ "check", OPTION_CHECK, NULL, NULL, 0,
	  "print every mistake of the configuration and exit: 0 or 2" },
	{ "version", OPTION_VERSION, NULL, NULL, 0, "the version" },
	{ "help", OPTION_HELP, NULL, NULL, 0, "this help" },
	/* For spanstat -r, which starts a daemon of its own; and for the build. */
	{ "private", OPTION_PRIVATE, "FD", NULL, 0, NULL },
	{ "stepwise", OPTION_STEPWISE, NULL, NULL, 0, NULL },
	{ "at", OPTION_AT, "SECONDS", NULL, 0, NULL },
	{ "keep", OPTION_KEEP, NULL, NULL, 0, NULL },
	{ "describe", OPTION_DESCRIBE, NULL, NULL, 0, NULL },
	{ 0 },
};
/* clang-format on */

static_assert(BASE_COUNT_OF(options_table) <= OPTIONS_ROWS_MAX, "getopt's table holds them");

#define OPTIONS_HELP_COLUMN 18

const struct options_row *
options_row_find(int id)
{
	for (const struct options_row *row = options_table; row->name; row++)
		if (row->id == id)
			return row;
	return NULL;
}

static int
options_row_letter(const struct options_row *row)
{
	return row->id < OPTION_INTERFACE ? row->id : 0;
}

void
options_table_long(struct option options[OPTIONS_ROWS_MAX + 1])
{
	for (const struct options_row *row = options_table; row->name; row++)
		*options++ = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument : no_argument,
			.val = row->id,
		};
	*options = (struct option){ 0 };
}

/* --- help ----------------------------------------------------------------------------------- */

static void
options_help_row(const struct options_row *row)
{
	char text[64];
	int n = 0;

	if (options_row_letter(row))
		n = snprintf(text, sizeof(text), "-%c, ", row->id);
	snprintf(text + n, sizeof(text) - (size_t)n, "--%s%s%s", row->name,
	         row->argument ? " " : "", row->argument ? row->argument : "");
	printf("  %-*s %s\n", OPTIONS_HELP_COLUMN - 1, text, row->help);
}

static void
options_help_rows(int sources)
{
	for (const struct options_row *row = options_table; row->name; row++)
		if (row->help && row->is_source == sources)
			options_help_row(row);
}

void
options_table_help(void)
{
	fputs("usage: spanstatd [options]\n"
	      "\n"
	      "Where packets come from; each may be repeated:\n",
	      stdout);
	options_help_rows(1);
	putchar('\n');
	options_help_rows(0);
	fputs("\n"
	      "exit status: 0 ended when told to, 1 failed, 2 wrong usage or configuration\n"
	      "\n"
	      "more: man spanstatd, man spanstatd.conf\n",
	      stdout);
}

/* --- for programs --------------------------------------------------------------------------- */

static const char *const options_kinds[CONF_KINDS] = {
	[CONF_KIND_TEXT] = "text",     [CONF_KIND_PATH] = "path",
	[CONF_KIND_NUMBER] = "number", [CONF_KIND_BOOL] = "bool",
	[CONF_KIND_CHOICE] = "choice", [CONF_KIND_INTERFACE] = "interfaces",
	[CONF_KIND_PCI] = "addresses", [CONF_KIND_VDEV] = "devices",
	[CONF_KIND_NETS] = "networks", [CONF_KIND_NAMES] = "names",
};

static void
options_describe_row(const struct options_row *row)
{
	char letter[] = { '-', '\0' };

	if (options_row_letter(row))
		letter[0] = (char)row->id;
	printf("option\t%s\t%s\t%s\t%s\t%s\t%s\n", row->name, letter,
	       row->argument ? row->argument : "-", row->key ? row->key : "-",
	       row->is_source ? "source" : "setting", row->help);
}

static void
options_describe_key(const struct conf_key *key)
{
	printf("key\t%s\t%s\t%s\t%s\t%u\t%u\t%s\t%s\t", key->section[0] ? key->section : "-",
	       key->name, options_kinds[key->kind], key->def[0] ? key->def : "-", key->min,
	       key->max, key->unit[0] ? key->unit + strspn(key->unit, " ") : "-",
	       conf_key_reloads(key) ? "reload" : "restart");
	if (!key->choices)
		putchar('-');
	for (unsigned i = 0; key->choices && key->choices[i]; i++)
		printf("%s%s", i ? "," : "", key->choices[i]);
	putchar('\n');
}

void
options_table_describe(void)
{
	printf("program\tspanstatd\t%s\n", SPANSTAT_VERSION);
	for (const struct options_row *row = options_table; row->name; row++)
		if (row->help)
			options_describe_row(row);
	for (unsigned i = 0; i < conf_key_count; i++)
		options_describe_key(&conf_keys[i]);
}
