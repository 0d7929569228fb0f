/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line: spanstat [OPTION...] [REPORT] [WORD...], options anywhere.
 *
 * Parsing says what is wrong by itself, one line on standard error. Strings point into argv.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "print_rows.h"

#define OPTIONS_SOCKET "/run/spanstat/spanstatd.sock"

enum exit_status {
	STATUS_DONE = 0,   /* an empty report too */
	STATUS_FAILED = 1, /* or nothing by that ID */
	STATUS_USAGE = 2,  /* the command line is wrong */
	STATUS_NO_DAEMON = 3,
	STATUS_BAD = 4, /* what is reported is bad: doctor; others with --fail */
};

struct cmd;

#define OPTIONS_LIST_MAX 6 /* as many as z/OS takes */

/* The arguments of an option that may be repeated. */
struct options_list {
	unsigned n;
	const char *values[OPTIONS_LIST_MAX];
};

/* --identity: what besides addresses and ports names a flow. */
enum options_identity {
	OPTIONS_BY_VLAN = 1 << 0,
	OPTIONS_BY_TUNNEL = 1 << 1,
};

struct options {
	const struct cmd *cmd;
	char **words; /* what follows the report's name */
	unsigned n_words;
	enum print_format format;
	int no_header;
	const char *output; /* NULL: standard output */
	const char *socket;
	const char **reads; /* capture files; allocated */
	unsigned n_reads;
	unsigned given;    /* enum options_group, or-ed: what is on the command line */
	uint64_t at_sec;   /* seconds after the last packet */
	uint64_t watch_us; /* --watch: the report again, so often; 0: once */
	int keep;
	unsigned identity;               /* enum options_identity, or-ed */
	const char *checksum;            /* --checksum; NULL: not given */
	int all;                         /* --all */
	const char *sort, *by;           /* NULL: not given */
	uint64_t limit;                  /* 0: none */
	struct options_list nets, ports; /* -I, -P */
	struct options_list names;       /* -E */
	int show_names;                  /* --names */
	const char *as, *dialect;        /* NULL: not given */
	const char *form;                /* --format; NULL: not given */
	int wide;                        /* -W */
	int verbose;                     /* --verbose */
	int fail;                        /* --fail */
	int spellings;                   /* --spellings */
	int diagram;                     /* --diagram */
	const char *config;              /* --config; NULL: not given */
};

/*
 * Fills *options from the command line. Returns -1 to go on, else the status to exit with: help and
 * version are printed here.
 */
int options_parse(struct options *options, int argc, char **argv);

/* Frees what parsing allocated. */
void options_fini(struct options *options);

/* Is one of the capture files standard input ("-")? */
bool options_reads_input(const struct options *options);

/* Refuses word `index` by its column, counted from the first word after the report's name. */
int options_refuse_word(const struct options *options, unsigned index, const char *why);

#endif
