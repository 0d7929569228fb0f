/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a report goes: standard output, or the file of -o, whole or not at all.
 *
 * Overview: a report for a regular file is written beside it, into a file of the same folder that
 * has no name where the file system can do that. When it is complete it is brought to the disk and
 * takes the old one's place by rename(), with its owner and mode; until then, and if anything
 * fails, the old one stands and nothing is left behind. A symbolic link stays, and what it names is
 * replaced. Devices, pipes and the process's own descriptors (/dev/stdout) are written as they are.
 *
 * Main thread; one output at a time, for a signal must find what to take away.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <limits.h>
#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

enum output_how {
	OUTPUT_WHOLE,  /* as said above */
	OUTPUT_NAMED,  /* the same as if no file could be without a name */
	OUTPUT_STREAM, /* for reports without an end: written as it comes, over what was there */
};

struct output {
	int fd;
	bool is_whole;         /* of output_how, what came of it */
	char target[PATH_MAX]; /* what is replaced, links followed */
	char beside[PATH_MAX]; /* the name that it has until then; "": none */
};

/* Opens it; NULL is standard output. 0 or -errno. */
int output_open(struct output *output, const char *path, enum output_how how);

/* The report is complete: it takes its place. Closes. 0 or -errno: then the old one stands. */
int output_commit(struct output *output);

/* It is not: the old one stands. Closes. */
void output_abandon(struct output *output);

BASE_END_DECLS

#endif
