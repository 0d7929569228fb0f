/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the log says of a healthy life: with what it starts, where it listens, that it is ready,
 * what a reload changed, and how it ended. A line each, at level info.
 *
 * Control. The daemon behind `spanstat -r` says none of it.
 */
#ifndef LIFE_H
#define LIFE_H

#include "conf.h"
#include "options.h"
#include "report_stats.h"

/* Version and configuration: the first line. */
void life_begin(const struct options *options);

/* There is no socket: why (errno), and what helps. */
void life_no_socket(const char *path, int error);

/* All workers run. */
void life_ready(const struct conf *conf, unsigned workers);

/*
 * A SIGHUP: the file read again under the same command line. 0: *fresh is to be taken over; else
 * the old one stays. Either way the log says why, and which keys are another now or need a restart.
 */
int life_reload(const struct options *options, struct conf *fresh);

/* The end, by that signal, and the totals. */
void life_end(int number, const struct report_stats *stats);

/* The same, when a signal came before the daemon was ready. */
void life_end_early(int number);

#endif
