/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers in network byte order at any alignment.
 *
 * Every read of the wire goes through these. None of them checks a length: the caller has done so.
 * Pure, any thread, hot.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <string.h>

#include "base_compiler.h"

BASE_INLINE uint16_t
base_be16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap16(v);
}

BASE_INLINE uint32_t
base_be32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return __builtin_bswap32(v);
}

/* Eight bytes as they lie, for keys that are only compared and hashed. */
BASE_INLINE uint64_t
base_raw64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

BASE_INLINE uint32_t
base_raw32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

BASE_INLINE void
base_put_be32(uint8_t *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

#endif
