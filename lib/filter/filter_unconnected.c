/* SPDX-License-Identifier: BSD-3-Clause */
/* The set; see filter_unconnected.h. */

#include <string.h>

#include "base_bytes.h"
#include "filter_unconnected.h"

#define ALONE_PROBES 16 /* slots looked at, one after the other */

static_assert((FILTER_UNCONNECTED_SLOTS & (FILTER_UNCONNECTED_SLOTS - 1)) == 0,
              "a mask finds the slot");

static uint32_t
alone_slot(const struct filter_unconnected *alone, const uint8_t *addr, uint16_t port)
{
	uint64_t hash = alone->seed ^ base_raw64(addr);

	hash = (hash ^ hash >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ base_raw64(addr + 8) ^ port) * UINT64_C(0xd6e8feb86659fd93);
	return (uint32_t)(hash >> 32) & (FILTER_UNCONNECTED_SLOTS - 1);
}

/* Where it is, or the free slot where it would be; FILTER_UNCONNECTED_SLOTS: neither. */
static uint32_t
alone_find(const struct filter_unconnected *alone, unsigned version, const uint8_t *addr,
           uint16_t port)
{
	uint32_t at = alone_slot(alone, addr, port);

	for (unsigned i = 0; i < ALONE_PROBES; i++, at = (at + 1) & (FILTER_UNCONNECTED_SLOTS - 1))
		if (alone->slots[at].version == 0 ||
		    (alone->slots[at].version == version && alone->slots[at].port == port &&
		     memcmp(alone->slots[at].addr, addr, 16) == 0))
			return at;
	return FILTER_UNCONNECTED_SLOTS;
}

void
filter_unconnected_init(struct filter_unconnected *alone, uint64_t seed)
{
	memset(alone, 0, sizeof(*alone));
	alone->seed = seed;
}

void
filter_unconnected_add(struct filter_unconnected *alone, unsigned version, const uint8_t *addr,
                       uint16_t port)
{
	uint32_t at = alone_find(alone, version, addr, port);

	if (at == FILTER_UNCONNECTED_SLOTS)
		return;
	memcpy(alone->slots[at].addr, addr, 16);
	alone->slots[at].port = port;
	alone->slots[at].version = (uint16_t)version;
}

int
filter_unconnected_has(const struct filter_unconnected *alone, unsigned version,
                       const uint8_t *addr, uint16_t port)
{
	uint32_t at = alone_find(alone, version, addr, port);

	return at != FILTER_UNCONNECTED_SLOTS && alone->slots[at].version != 0;
}
