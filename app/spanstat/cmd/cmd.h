/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The table of reports as the command uses it, and how each is asked for and printed.
 *
 * A row of report_table.h names a verb: what the command does for it, beside the conversation with
 * the daemon (ask.h), which is the same for all. Most reports are rows that are printed as they
 * come (cmd_rows.c); a verb that is more than that has a file of its own.
 */
#ifndef CMD_H
#define CMD_H

#include "print_rows.h"

struct ask;

/* NULL: there is no such thing to do. */
struct cmd_verb {
	/* Puts what the command line says into the request. Returns -1 to go on, or a status. */
	int (*parse)(struct ask *ask);
	/* Instead of a conversation that prints. Returns the status to exit with. */
	int (*run)(struct ask *ask);
	/* The daemon has said who it is. */
	void (*begin)(struct ask *ask);
	/* The same, of one that answers after it was away (ask->away_us): instead of begin. */
	void (*back)(struct ask *ask);
	/* n rows of the report's type have come. */
	void (*part)(struct ask *ask, const void *rows, size_t n);
	/* The answer ended before its end. */
	void (*cut)(struct ask *ask);
	/* It is complete. */
	void (*done)(struct ask *ask);
	/* The same. True: the report is asked for once more. */
	bool (*repeats)(struct ask *ask);
	/* No daemon is asked: `without` prints all there is. */
	bool asks_nobody;
	/* No daemon answers: prints what can be said all the same. */
	void (*without)(struct ask *ask);
};

struct cmd {
	const char *name;
	int letter; /* z/OS's; 0: none */
	enum report_request report;
	size_t row_bytes;
	const struct print_rows *rows;
	const struct cmd_verb *verb;
	unsigned takes; /* enum report_takes, or-ed */
	const char *help;
};

/* By enum report_request; [1, REPORT_NAMED) are those that have a name, in the order of help. */
extern const struct cmd cmd_table[REPORT_REQUESTS];

#define CMD_DECLARE(id, name, letter, row, source, digest, printer, verb, ...)                     \
	extern const struct cmd_verb cmd_##verb;
REPORT_TABLE(CMD_DECLARE)
REPORT_VARIANTS(CMD_DECLARE)
#undef CMD_DECLARE

/* cmd_rows.c: title, heading and rows as they come; verbs that differ in one thing use the rest. */
int cmd_rows_parse(struct ask *ask);
void cmd_rows_begin(struct ask *ask);
void cmd_rows_part(struct ask *ask, const void *rows, size_t n);
void cmd_rows_cut(struct ask *ask);

#endif
