/* SPDX-License-Identifier: BSD-3-Clause */
/* The Community ID of a connection; see report_community.h. */

#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

#include "report_community.h"
#include "report_row.h"

/* The seed, two addresses, protocol and padding, two ports. */
#define COMMUNITY_BYTES_MAX (2 + 2 * 16 + 2 + 2 * 2)

static_assert(2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) == REPORT_COMMUNITY_MAX,
              "the length that the header tells");

/* Does `a` stand before `b`: by address, and by port where that is the same? */
static int
community_is_first(const struct report_end *a, const struct report_end *b, size_t addr_bytes)
{
	int order = memcmp(a->addr, b->addr, addr_bytes);

	return order < 0 || (order == 0 && a->port < b->port);
}

static uint8_t *
community_u16(uint8_t *p, uint16_t value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

/* What is hashed, in network order. Returns its end. */
static uint8_t *
community_tuple(uint8_t *p, const struct report_row *row)
{
	size_t addr_bytes = row->ip_version == 4 ? 4 : 16;
	int in_order = community_is_first(&row->client, &row->server, addr_bytes);
	const struct report_end *first = in_order ? &row->client : &row->server;
	const struct report_end *second = in_order ? &row->server : &row->client;

	p = community_u16(p, 0); /* the seed */
	memcpy(p, first->addr, addr_bytes);
	memcpy(p + addr_bytes, second->addr, addr_bytes);
	p += 2 * addr_bytes;
	*p++ = row->proto;
	*p++ = 0;
	return community_u16(community_u16(p, first->port), second->port);
}

char *
report_community_format(char *to, const struct report_row *row)
{
	uint8_t tuple[COMMUNITY_BYTES_MAX], digest[SHA1_DIGEST_SIZE];
	size_t n = (size_t)(community_tuple(tuple, row) - tuple);
	struct sha1_ctx sha1;

	sha1_init(&sha1);
	sha1_update(&sha1, n, tuple);
	sha1_digest(&sha1, sizeof(digest), digest);
	*to++ = '1';
	*to++ = ':';
	base64_encode_raw(to, sizeof(digest), digest);
	return to + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE);
}
