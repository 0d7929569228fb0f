/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The conversation with the daemon, or with the reader of capture files: the same for every report.
 *
 * What differs is behind cmd_verb. One conversation a process, one thread.
 */
#ifndef ASK_H
#define ASK_H

#include "cmd.h"
#include "ctl_client.h"
#include "dialect_print.h"
#include "options.h"
#include "output.h"
#include "print_out.h"
#include "report_group.h"
#include "report_label.h"

/* One report under way. */
struct ask {
	const struct options *options;
	const struct cmd *cmd;       /* the options', or what parsing has made of it */
	struct ctl_info info;        /* its strings end within */
	struct ctl_ask request;      /* all zero: the whole report */
	struct report_group columns; /* --by: only its keys */
	struct dialect_view view;    /* of reports that take --as and --dialect */
	struct dialect_printer printer;
	uint64_t rows;                          /* printed */
	bool is_bad;                            /* what was printed says that something is bad */
	struct report_paths paths;              /* the same of the tunnels that rows name */
	struct report_labels labels;            /* those that came with the answer */
	const struct report_services *services; /* --names; else NULL */
	struct output output;                   /* where `out` goes */
	struct print_out out;
	uint64_t
	    away_us; /* UTC: since when there is no daemon, or there was none before this one */
};

/* The title line of a text report, unless it is not wanted. */
void ask_title(struct ask *ask);

/* Holds the conversation and prints the report. Returns the status to exit with. */
int ask_run(struct ask *ask);

#endif
