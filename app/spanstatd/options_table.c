/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows, and what is made of them; see options_table.h. */

#include <stdio.h>
#include <string.h>

#include "conf_key.h"
#include "options.h"
#include "options_table.h"

#define AT(field) offsetof(struct options, field)

/* clang-format off */
const struct options_row options_table[OPTIONS_ROWS] = {
	{ "interface", 0, "IF", "sources.interface", 1, OPTIONS_KEY, 0, NULL, NULL,
	  "a kernel network interface, promiscuous" },
	{ "pci", 0, "ADDR", "sources.pci", 1, OPTIONS_KEY, 0, NULL, NULL,
	  "a NIC bound to vfio-pci" },
	{ "vdev", 0, "ARGS", "sources.vdev", 1, OPTIONS_KEY, 0, NULL, NULL,
	  "a DPDK virtual device, with its arguments" },
	{ "read", 0, "FILE", NULL, 1, OPTIONS_PARSED, 0, options_parse_read, NULL,
	  "a capture file, or - for standard input; time is the packets' own" },
	{ "wait", 0, NULL, "sources.wait", 0, OPTIONS_KEY, 0, NULL, NULL,
	  "wait for a source that is not there yet" },
	{ "config", 0, "FILE", NULL, 0, OPTIONS_TEXT, AT(config_path), NULL, NULL,
	  "configuration; the command line beats it" },
	{ "workers", 0, "N", "workers", 0, OPTIONS_KEY, 0, NULL, NULL, "worker cores" },
	{ "flows", 0, "N", "flows", 0, OPTIONS_SET, AT(flows_given), NULL, NULL,
	  "table capacity, all workers together" },
	{ "socket", 0, "PATH", "socket", 0, OPTIONS_KEY, 0, NULL, NULL, "where spanstat asks" },
	{ "eal", 0, "\"ARGS\"", "eal", 0, OPTIONS_KEY, 0, NULL, NULL,
	  "more arguments for DPDK" },
	{ "checksum", 0, "MODE", "decode.checksum", 0, OPTIONS_KEY, 0, NULL, NULL,
	  "wrong checksums of packets: ignore, count or verify" },
	{ "no-huge", 0, NULL, "no-huge", 0, OPTIONS_KEY, 0, NULL, NULL,
	  "ordinary memory instead of hugepages" },
	{ "check", 0, NULL, NULL, 0, OPTIONS_SET, AT(check), NULL, NULL,
	  "print every mistake of the configuration and exit: 0 or 2" },
	{ "plan", 0, "RATE FLOWS", NULL, 0, OPTIONS_PARSED, 0, options_parse_plan, NULL,
	  "print what a machine needs for a rate (10M, 25Gbit@512) and flows (10M)", 1 },
	{ "version", 'V', NULL, NULL, 0, OPTIONS_INSTEAD, 0, NULL, options_print_version,
	  "the version" },
	{ "help", 'h', NULL, NULL, 0, OPTIONS_INSTEAD, 0, NULL, options_table_help, "this help" },
	/* For spanstat -r, which starts a daemon of its own; and for the build. */
	{ "private", 0, "FD", NULL, 0, OPTIONS_PARSED, 0, options_parse_private, NULL, NULL },
	{ "stepwise", 0, NULL, NULL, 0, OPTIONS_SET, AT(stepwise), NULL, NULL, NULL },
	{ "at", 0, "SECONDS", NULL, 0, OPTIONS_PARSED, 0, options_parse_at, NULL, NULL },
	{ "identity-vlan", 0, "BOOL", "identity.vlan", 0, OPTIONS_KEY, 0, NULL, NULL, NULL },
	{ "identity-tunnel", 0, "BOOL", "identity.tunnel", 0, OPTIONS_KEY, 0, NULL, NULL, NULL },
	{ "keep", 0, NULL, NULL, 0, OPTIONS_SET, AT(keep), NULL, NULL, NULL },
	{ "describe", 0, NULL, NULL, 0, OPTIONS_INSTEAD, 0, NULL, options_table_describe, NULL },
};
/* clang-format on */

#define OPTIONS_HELP_COLUMN 19

/* What getopt gives for a row without a letter is no letter. */
#define OPTIONS_VALUE_MIN 256

static int
options_row_value(unsigned i)
{
	int letter = options_table[i].letter;

	return letter ? letter : OPTIONS_VALUE_MIN + (int)i;
}

const struct options_row *
options_row_find(int value)
{
	for (unsigned i = 0; i < OPTIONS_ROWS; i++)
		if (options_row_value(i) == value)
			return &options_table[i];
	return NULL;
}

void
options_table_long(struct option options[OPTIONS_ROWS + 1])
{
	for (unsigned i = 0; i < OPTIONS_ROWS; i++)
		*options++ = (struct option){
			.name = options_table[i].name,
			.has_arg = options_table[i].argument ? required_argument : no_argument,
			.val = options_row_value(i),
		};
	*options = (struct option){ 0 };
}

/* --- help ----------------------------------------------------------------------------------- */

static void
options_help_row(const struct options_row *row)
{
	char text[64];
	int n = 0;

	if (row->letter)
		n = snprintf(text, sizeof(text), "-%c, ", row->letter);
	snprintf(text + n, sizeof(text) - (size_t)n, "--%s%s%s", row->name,
	         row->argument ? " " : "", row->argument ? row->argument : "");
	printf("  %-*s %s\n", OPTIONS_HELP_COLUMN - 1, text, row->help);
}

static void
options_help_rows(int sources)
{
	for (unsigned i = 0; i < OPTIONS_ROWS; i++)
		if (options_table[i].help && options_table[i].is_source == sources)
			options_help_row(&options_table[i]);
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
	[CONF_KIND_PORTS] = "ports",   [CONF_KIND_EAL] = "text",
	[CONF_KIND_CPUS] = "cpus",     [CONF_KIND_ADDRESS] = "address",
};

static void
options_describe_row(const struct options_row *row)
{
	char letter[] = { '-', '\0' };

	if (row->letter)
		letter[0] = (char)row->letter;
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
	for (unsigned i = 0; i < OPTIONS_ROWS; i++)
		if (options_table[i].help)
			options_describe_row(&options_table[i]);
	for (unsigned i = 0; i < conf_key_count; i++)
		options_describe_key(&conf_keys[i]);
}
