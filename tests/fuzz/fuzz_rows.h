/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows and what goes with them as a daemon might send them, made of an input's bytes: for the
 * targets that print. One thread.
 */
#ifndef FUZZ_ROWS_H
#define FUZZ_ROWS_H

#include "fuzz_data.h"
#include "print_rows.h"

/* The row of each report and its printer, from the table of reports. */
struct fuzz_report {
	size_t row_bytes;
	const struct print_rows *rows;
};

extern const struct fuzz_report fuzz_reports[REPORT_REQUESTS];

/*
 * Fills `bytes` at `to`: a short one byte by byte, a long one by places and what stands there, the
 * rest zero. The first byte of the input says whether all is noise at first.
 */
void fuzz_rows_fill(struct fuzz_data *data, void *to, size_t bytes);

/* Labels, paths and services that an output may know, by the bits of a byte. Valid until it is
 * called again. */
struct print_style fuzz_rows_style(struct fuzz_data *data);

#endif
