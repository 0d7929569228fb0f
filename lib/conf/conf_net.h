/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A network in CIDR notation: `10.0.0.0/8`, `fe80::/10`, or a lone address.
 *
 * Pure functions on values, so any thread may call them. The layout is that of report_net, into
 * which the daemon copies its home list.
 */
#ifndef CONF_NET_H
#define CONF_NET_H

#include <stdbool.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define CONF_NET_TEXT_MAX 50 /* the longest IPv6 address, a slash, three digits, NUL */

struct conf_net {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes, the rest zero */
	uint8_t len;      /* leading bits that count: 0..32 or 0..128 */
	uint8_t version;  /* 4, 6 */
};

static_assert(sizeof(struct conf_net) == 18, "no padding: networks are compared with memcmp");

/*
 * Reads `text`; a lone address is the network of just itself. Cold. 0, or, with *net unchanged:
 * -EINVAL it is no address, or what follows the slash is no number;
 * -ERANGE the length is more bits than such an address has;
 * -EDOM   the address has bits set beyond the length: conf_net_mask() gives what was meant.
 */
int conf_net_parse(struct conf_net *net, const char *text);

/* As conf_net_parse, but bits beyond the length are cleared instead of refused. */
int conf_net_mask(struct conf_net *net, const char *text);

/* Writes `net` as ADDRESS/LENGTH into `text`. */
void conf_net_format(const struct conf_net *net, char text[CONF_NET_TEXT_MAX]);

BASE_END_DECLS

#endif
