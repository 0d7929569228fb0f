/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reports whose lines lib/digest has made and lib/tell prints: leaks, timewait, clients.
 *
 * They differ in their lines and in nothing else, so a table of printers is all that each has of
 * its own; the functions here are what its struct cmd points to. They take a filter, --limit, -I
 * and -P.
 */
#ifndef LINES_H
#define LINES_H

#include "cmd.h"
#include "print_out.h"

struct lines {
	enum ctl_type type; /* of the frames */
	size_t bytes;       /* of a line */
	int sorts;          /* takes --sort too: count, packets, bytes, payload */
	void (*heading)(struct print_out *out);
	void (*csv_header)(struct print_out *out);
	/* One line. */
	void (*text)(struct print_out *out, const void *line);
	void (*json)(struct print_out *out, const void *line);
	void (*csv)(struct print_out *out, const void *line);
};

/* For struct cmd's pointers of the same names. */
int lines_parse(struct ask *ask);
void lines_begin(struct ask *ask);
void lines_part(struct ask *ask, const struct ctl_frame *frame);
void lines_cut(struct ask *ask);

#endif
