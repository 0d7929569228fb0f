/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reports, a table row each; one cmd_<report>.c knows how one of them is asked for and printed.
 *
 * ask.c has the conversation with the daemon and calls `begin` when it has said who it is, then
 * `part` for each frame of the answer. A report that prints nothing leaves both out.
 */
#ifndef CMD_H
#define CMD_H

#include "ctl_client.h"
#include "dialect_print.h"
#include "options.h"
#include "print_out.h"

struct ask;
struct lines;

struct cmd {
	const char *name;
	int letter; /* z/OS's; 0: none */
	enum ctl_type request;
	enum ctl_type request_all; /* with --all; 0: there is no such thing */
	const char *help;
	int needs_daemon; /* makes no sense over a capture file */
	int narrows;      /* takes --sort, --limit, --by, -I, -P and -E */
	int views;        /* takes --as, --dialect and --format */
	int explains;     /* takes --verbose */
	int once;         /* changes something: is not repeated by --watch */
	int endless;      /* goes on until interrupted; over files while they are read */
	unsigned refuses; /* enum options_takers as bits: what else it goes without */
	/*
	 * Puts what the words say into the request. NULL: takes no words. Returns -1, or a status.
	 */
	int (*parse)(struct ask *ask);
	/* Instead of a conversation that prints. Returns the status to exit with. */
	int (*run)(struct ask *ask);
	void (*begin)(struct ask *ask);
	void (*part)(struct ask *ask, const struct ctl_frame *frame);
	/* The answer ended before its end. */
	void (*cut)(struct ask *ask);
	/* It is complete. */
	void (*done)(struct ask *ask);
	/* The same, but 1: it is asked for once more; 0: it is complete. NULL: always 0. */
	int (*again)(struct ask *ask);
	/* No daemon answers: prints what can be said all the same. NULL: that is an error. */
	void (*without)(struct ask *ask);
	const struct lines *lines; /* for lines.h; else NULL */
};

/* One report under way. */
struct ask {
	const struct options *options;
	const struct cmd *cmd; /* the options', or what parsing has made of it */
	struct ctl_info info;  /* its strings end within */
	struct ctl_drop drop;
	struct ctl_ask narrow;
	struct report_group columns; /* --by: its keys alone */
	struct dialect_view view;    /* of reports that take --as and --dialect */
	struct dialect_printer printer;
	const void *payload; /* what goes with the request; NULL: nothing */
	size_t payload_bytes;
	uint64_t rows; /* printed */
	struct print_out out;
};

extern const struct cmd cmd_conn, cmd_allconn, cmd_all, cmd_listen, cmd_stats, cmd_home, cmd_drop;
extern const struct cmd cmd_byteinfo, cmd_sockets;
extern const struct cmd cmd_clients, cmd_leaks, cmd_timewait, cmd_health, cmd_states;
extern const struct cmd cmd_events, cmd_top;

/* What others become: with --by, conn and allconn with --as or --dialect, drop with a filter. */
extern const struct cmd cmd_group, cmd_drop_matching;
extern const struct cmd cmd_conn_lines, cmd_allconn_lines;

/* All of them, in the order in which help lists them; ends with NULL. */
extern const struct cmd *const cmd_table[];

/* The title line of a text report, unless it is not wanted. */
void ask_title(struct ask *ask);

/* Says that there is no daemon, and why. Returns the status. */
int ask_refuse_no_daemon(const char *socket, int error);

/* Holds the conversation and prints the report. Returns the status to exit with. */
int ask_run(struct ask *ask);

#endif
