/* SPDX-License-Identifier: BSD-3-Clause */
/* The set; see filter_unconnected.h. */

#include <string.h>

#include "filter_unconnected.h"

struct unconnected_key {
	uint8_t addr[16];
	uint16_t port, version;
	uint8_t reserved[4];
};

static struct unconnected_key
unconnected_key(unsigned version, const uint8_t *addr, uint16_t port)
{
	struct unconnected_key key = { .port = port, .version = (uint16_t)version };

	memcpy(key.addr, addr, sizeof(key.addr));
	return key;
}

void
filter_unconnected_init(struct filter_unconnected *unconnected, struct mem_pool *pool,
                        uint64_t secret)
{
	static const struct mem_table_shape shape = {
		.key_bytes = sizeof(struct unconnected_key),
		.record_bytes = sizeof(struct unconnected_key),
		.max = FILTER_UNCONNECTED_MAX,
	};

	mem_table_init(&unconnected->sockets, pool, secret, &shape);
}

void
filter_unconnected_fini(struct filter_unconnected *unconnected)
{
	mem_table_fini(&unconnected->sockets);
}

void
filter_unconnected_add(struct filter_unconnected *unconnected, unsigned version,
                       const uint8_t *addr, uint16_t port)
{
	const struct unconnected_key key = unconnected_key(version, addr, port);

	mem_table_take(&unconnected->sockets, &key);
}

bool
filter_unconnected_has(const struct filter_unconnected *unconnected, unsigned version,
                       const uint8_t *addr, uint16_t port)
{
	const struct unconnected_key key = unconnected_key(version, addr, port);

	return mem_table_find(&unconnected->sockets, &key) != NULL;
}
