/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of spanstatd, over the configuration file, over the defaults.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "account.h"
#include "capture_merge.h"
#include "conf.h"
#include "conf_mistake.h"
#include "plan.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2 };

struct options {
	struct conf conf;       /* defaults, file, command line, in that order */
	struct account account; /* whom the configuration names; not of a private daemon */
	int argc;               /* kept so that a SIGHUP can lay them over a new file */
	char **argv;
	const char *config_path; /* NULL: no file */
	const char *reads[CAPTURE_FILES_MAX];
	unsigned n_reads;
	int check;       /* check the configuration, start nothing */
	int flows_given; /* on the command line: then the size of capture files does not count */
	struct plan_ask plan; /* --plan: print it, start nothing */
	/* a private daemon, for `spanstat -r` */
	int private_fd; /* connected socket of the only client, or -1 */
	int stepwise;   /* reads its files while it is asked for events, not before */
	int keep;
	uint64_t at_us; /* how far the clock goes on after the last packet */
};

/*
 * Reads them; what is wrong is said on standard error. 0: go on; else *status is how to exit
 * (--help and --version among them).
 */
int options_parse(struct options *options, int argc, char **argv, int *status);

/* Is one of the capture files standard input ("-")? */
bool options_reads_input(const struct options *options);

/*
 * Reads the configuration file anew under the same command line. 0; or -EINVAL, and `report` got
 * every mistake.
 */
int
options_reload(const struct options *options, struct conf *conf, conf_report_fn *report, void *arg);

#endif
