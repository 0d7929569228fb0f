/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A network: an address and how many of its leading bits count.
 *
 * Pure functions on values, so any thread may call them; base_parse.h reads one from text. A few
 * instructions each but for base_net_format, which is cold.
 */
#ifndef BASE_NET_H
#define BASE_NET_H

#include <stdbool.h>
#include <string.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define BASE_NET_TEXT_MAX 50 /* the longest IPv6 address, a slash, three digits, NUL */

struct base_net {
	uint8_t addr[16]; /* network order; IPv4 in the first four bytes, the rest zero */
	uint8_t len;      /* leading bits that count: 0..32 or 0..128 */
	uint8_t version;  /* 4, 6 */
};

static_assert(sizeof(struct base_net) == 18, "no padding: networks are compared with memcmp");

/* Bits that an address of IP version 4 or 6 has. */
BASE_INLINE unsigned
base_net_bits(unsigned version)
{
	return version == 4 ? 32 : 128;
}

/* Clears what lies beyond the first `len` bits, 0..128. Were there bits set? */
BASE_INLINE bool
base_net_mask(uint8_t addr[16], unsigned len)
{
	unsigned whole = len / 8;
	uint8_t was[16];

	memcpy(was, addr, sizeof(was));
	if (whole < sizeof(was)) {
		addr[whole] = (uint8_t)(addr[whole] & 0xff00 >> len % 8);
		memset(addr + whole + 1, 0, sizeof(was) - 1 - whole);
	}
	return memcmp(was, addr, sizeof(was)) != 0;
}

/*
 * Do two addresses of one IP version agree in their first `len` bits? No byte beyond those bits is
 * read, so 4 bytes do for IPv4.
 */
BASE_INLINE bool
base_net_agree(const uint8_t *a, const uint8_t *b, unsigned len)
{
	unsigned whole = len / 8, rest = len % 8;

	return memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0);
}

/* Writes `net` as ADDRESS/LENGTH into `text`. */
void base_net_format(const struct base_net *net, char text[BASE_NET_TEXT_MAX]);

BASE_END_DECLS

#endif
