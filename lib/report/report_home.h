/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The home list: which networks count as local. What `spanstat home` prints.
 *
 * The daemon copies its configuration's networks into this shape, so that neither the socket nor
 * the printers know how a configuration looks. No padding: it crosses the socket as it is.
 */
#ifndef REPORT_HOME_H
#define REPORT_HOME_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_NETS_MAX 256

struct report_out;

struct report_net {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes */
	uint8_t len;      /* leading bits that count */
	uint8_t version;  /* 4, 6 */
};

static_assert(sizeof(struct report_net) == 18, "no padding crosses the socket");

/* `n` networks in the order given, one a line. Any thread; write errors are kept in `out`. */
void report_home_text(struct report_out *out, const struct report_net *nets, unsigned n);
void report_home_json(struct report_out *out, const struct report_net *nets, unsigned n);
void
report_home_csv(struct report_out *out, const struct report_net *nets, unsigned n, int with_header);

BASE_END_DECLS

#endif
