/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where printers write: a block of fixed size in front of a descriptor.
 *
 * A printer reserves the most its row can take, writes there by plain stores and commits what it
 * used; the block goes to the descriptor when it is full or when the caller flushes. Nothing is
 * allocated, so a report of any length costs REPORT_OUT_BYTES.
 *
 * The first failed write is kept in `error` and everything after it is swallowed: printers need not
 * look, the caller asks once a batch. One thread at a time.
 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_OUT_BYTES (64 * 1024)
#define REPORT_PIECE_MAX 4096 /* most that may be reserved at once */

struct report_out {
	int fd;      /* borrowed */
	int error;   /* 0, or -errno of the first write that failed: -EPIPE, -ENOSPC, -EIO ... */
	size_t used; /* bytes of `block` not yet written */
	char block[REPORT_OUT_BYTES];
};

void report_out_init(struct report_out *out, int fd);

/* Writes what is held, all of it; waits where the descriptor is non-blocking. Returns `error`. */
int report_out_flush(struct report_out *out);

/* Room for `bytes`, at most REPORT_PIECE_MAX; never NULL. Follow with report_out_commit. */
char *report_out_reserve(struct report_out *out, size_t bytes);

/* What was reserved is used up to `end`. */
void report_out_commit(struct report_out *out, const char *end);

/* Takes back the last `bytes` of what the last commit has put there. */
void report_out_take_back(struct report_out *out, size_t bytes);

/* Any length. */
void report_out_put(struct report_out *out, const void *bytes, size_t length);
void report_out_puts(struct report_out *out, const char *text);

/* For titles and totals, not for rows. A result beyond REPORT_PIECE_MAX is cut. */
void report_out_printf(struct report_out *out, const char *format, ...) BASE_PRINTF(2, 3);

BASE_END_DECLS

#endif
