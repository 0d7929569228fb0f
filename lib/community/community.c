/* SPDX-License-Identifier: BSD-3-Clause */
/* The Community ID of a connection; see community.h. */

#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <string.h>

#include "base_bytes.h"
#include "community.h"
#include "report_row.h"

/* The seed, two addresses, protocol and padding, two ports. */
#define COMMUNITY_BYTES_MAX (2 + 2 * 16 + 2 + 2 * 2)

static_assert(COMMUNITY_BYTES_MAX + 9 <= SHA1_BLOCK_SIZE, "one block, its end and its length too");

static_assert(2 + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE) == COMMUNITY_MAX,
              "the length in the header");

/* Does `a` stand before `b`: by address, and by port where that is the same? */
static bool
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
	bool in_order = community_is_first(&row->client, &row->server, addr_bytes);
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

/*
 * SHA-1 of a tuple that has room in one block (FIPS 180-4, 5.1.1): the library's step alone. Its
 * init, update and digest, made for texts of any length, take as long once more.
 */
static void
community_digest(uint8_t digest[SHA1_DIGEST_SIZE], const struct report_row *row)
{
	uint32_t state[] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint8_t block[SHA1_BLOCK_SIZE] = { 0 };
	uint8_t *end = community_tuple(block, row);

	*end = 0x80;
	block[SHA1_BLOCK_SIZE - 2] = (uint8_t)((end - block) * 8 >> 8);
	block[SHA1_BLOCK_SIZE - 1] = (uint8_t)((end - block) * 8);
	nettle_sha1_compress(state, block);
	for (unsigned i = 0; i < BASE_COUNT_OF(state); i++)
		base_put_be32(&digest[4 * i], state[i]);
}

char *
community_format(char *to, const struct report_row *row)
{
	uint8_t digest[SHA1_DIGEST_SIZE];

	community_digest(digest, row);
	*to++ = '1';
	*to++ = ':';
	base64_encode_raw(to, sizeof(digest), digest);
	return to + BASE64_ENCODE_RAW_LENGTH(SHA1_DIGEST_SIZE);
}
