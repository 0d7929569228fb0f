/* SPDX-License-Identifier: BSD-3-Clause */
/* The home list as text, JSON and CSV. Any thread; write errors are kept in `out`. */
#ifndef PRINT_HOME_H
#define PRINT_HOME_H

#include "print_out.h"
#include "report_home.h"

BASE_BEGIN_DECLS

/* `n` networks in the order given, one a line. Any thread; write errors are kept in `out`. */
void print_home_text(struct print_out *out, const struct report_net *nets, unsigned n);
void print_home_json(struct print_out *out, const struct report_net *nets, unsigned n);
void
print_home_csv(struct print_out *out, const struct report_net *nets, unsigned n, int with_header);

BASE_END_DECLS

#endif
