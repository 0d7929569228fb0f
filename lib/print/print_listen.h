/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `listen` as text, JSON and CSV. One thread an `out`. */
#ifndef PRINT_LISTEN_H
#define PRINT_LISTEN_H

#include "print_out.h"
#include "report_listen.h"

BASE_BEGIN_DECLS

/* One object and a newline. What is not known is absent. */
void print_listen_json(struct print_out *out, const struct report_listen *row);

/* The names of the columns, and one line. */
void print_listen_csv_header(struct print_out *out);
void print_listen_csv(struct print_out *out, const struct report_listen *row);

/* The columns' names, one line that fits 80 columns with IPv4, and the last line of a report cut
 * short. */
void print_listen_text_heading(struct print_out *out);
void print_listen_text(struct print_out *out, const struct report_listen *row);
void print_listen_text_cut(struct print_out *out, uint64_t rows);

BASE_END_DECLS

#endif
