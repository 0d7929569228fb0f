/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The home list: which networks count as local. What `spanstat home` prints.
 *
 * The daemon copies its configuration's networks into this shape, so that the socket and
 * the printers need not know the configuration. No padding: it crosses the socket as it is.
 */
#ifndef REPORT_HOME_H
#define REPORT_HOME_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define REPORT_NETS_MAX 256

struct report_net {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes */
	uint8_t len;      /* leading bits that count */
	uint8_t version;  /* 4, 6 */
};

static_assert(sizeof(struct report_net) == 18, "no padding crosses the socket");

BASE_END_DECLS

#endif
