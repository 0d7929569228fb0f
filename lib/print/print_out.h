/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where printers write: a block of fixed size in front of a descriptor.
 *
 * A printer reserves the most its row can take, writes there by plain stores and commits what it
 * used; the block goes to the descriptor when it is full or when the caller flushes. Nothing is
 * allocated, so a report of any length costs PRINT_OUT_BYTES.
 *
 * The style says how a person wants it printed (columns, names). It goes with the block, so each
 * printer gets both.
 *
 * The first failed write is kept in `error` and everything after it is dropped: printers need not
 * check, the caller asks once a batch. One thread at a time.
 */
#ifndef PRINT_OUT_H
#define PRINT_OUT_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define PRINT_OUT_BYTES (64 * 1024)
#define PRINT_PIECE_MAX 8192 /* most that may be reserved at once */

struct report_labels;
struct report_paths;
struct report_services;

/* What printers need besides their rows. All zero: no limit, no names. All is borrowed. */
struct print_style {
	unsigned columns;                       /* of the terminal; 0: there is no limit */
	const struct report_labels *labels;     /* what hosts are called; NULL: nothing */
	const struct report_paths *paths;       /* what the paths of rows mean; NULL: nothing */
	const struct report_services *services; /* of ports; NULL: text has numbers, no names */
	int verbose;                            /* text explains what it counts */
};

struct print_out {
	int fd;      /* borrowed */
	int error;   /* 0, or -errno of the first write that failed: -EPIPE, -ENOSPC, -EIO ... */
	size_t used; /* bytes of `block` not yet written */
	struct print_style style;
	char block[PRINT_OUT_BYTES];
};

/* With a style that is all zero; the caller may set it at any time. */
void print_out_init(struct print_out *out, int fd);

/* Writes what is held, all of it; waits where the descriptor is non-blocking. Returns `error`. */
int print_out_flush(struct print_out *out);

/* Room for `bytes`, at most PRINT_PIECE_MAX; never NULL. Follow with print_out_commit. */
char *print_out_reserve(struct print_out *out, size_t bytes);

/* What was reserved is used up to `end`. */
void print_out_commit(struct print_out *out, const char *end);

/* Takes back the last `bytes` of what the last commit has put there. */
void print_out_take_back(struct print_out *out, size_t bytes);

/* Any length. */
void print_out_put(struct print_out *out, const void *bytes, size_t length);
void print_out_puts(struct print_out *out, const char *text);

/* For titles and totals, not for rows. A result beyond PRINT_PIECE_MAX is cut. */
void print_out_printf(struct print_out *out, const char *format, ...) BASE_PRINTF(2, 3);

BASE_END_DECLS

#endif
