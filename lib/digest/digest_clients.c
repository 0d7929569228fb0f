/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Clients: one row for each address that opens connections, or is taken to have opened them.
 *
 * One pass. Memory: 216 bytes a row and eight for the index.
 */

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "mem_table.h"

struct clients_key {
	uint8_t addr[16];
	uint8_t ip_version;
	uint8_t reserved[7];
};

struct clients_group {
	struct clients_key key;
	struct digest_client sums;
	uint64_t payload; /* of both ends, to be sorted by */
};

struct clients {
	struct digest_config config;
	struct mem_table groups;
	struct clients_group other;
};

static const struct mem_table_shape clients_shape = {
	.key_bytes = sizeof(struct clients_key),
	.record_bytes = sizeof(struct clients_group),
	.max = DIGEST_CLIENTS_MAX,
};

static void
clients_count(struct clients_group *group, const struct report_row *row)
{
	struct digest_client *sums = &group->sums;
	unsigned state = base_min_u32(row->client.state, REPORT_STATES - 1);

	sums->idle_us =
	    sums->count == 0 || row->idle_us < sums->idle_us ? row->idle_us : sums->idle_us;
	sums->last_us = row->last_us > sums->last_us ? row->last_us : sums->last_us;
	sums->count++;
	sums->by_state[state]++;
	sums->packets_out += row->client.packets;
	sums->packets_in += row->server.packets;
	sums->bytes_out += row->client.bytes;
	sums->bytes_in += row->server.bytes;
	group->payload += row->client.payload + row->server.payload;
}

static void
clients_add(void *digest, const struct report_row *row, const struct report_full *full BASE_UNUSED,
            int matches)
{
	struct clients_key key = { .ip_version = row->ip_version };
	struct clients *clients = digest;
	struct clients_group *group;

	if (!matches)
		return;
	memcpy(key.addr, row->client.addr, row->ip_version == 6 ? 16 : 4);
	group = mem_table_take(&clients->groups, &key);
	clients_count(group ? group : &clients->other, row);
}

static int
clients_pass(void *digest BASE_UNUSED)
{
	return 0;
}

/* --- the rows of the answer ------------------------------------------------------------------- */

static uint64_t
clients_order_value(const struct filter_key_word *word, const struct clients_group *group)
{
	const struct digest_client *sums = &group->sums;

	if (word->kind == FILTER_KEY_COUNT)
		return sums->count;
	if (word->field == FILTER_FIELD_PACKETS)
		return sums->packets_out + sums->packets_in;
	if (word->field == FILTER_FIELD_BYTES)
		return sums->bytes_out + sums->bytes_in;
	return group->payload;
}

/* As asked for, then the one with the most connections first. */
static int
clients_compare(const void *a, const void *b, void *ctx)
{
	const struct filter_order *order = ctx;
	const struct clients_group *x = a, *y = b;

	for (unsigned i = 0; i < order->n; i++) {
		uint64_t p = clients_order_value(order->keys[i].word, x);
		uint64_t q = clients_order_value(order->keys[i].word, y);

		if (p != q)
			return (p < q) == !order->keys[i].descending ? -1 : 1;
	}
	if (x->sums.count != y->sums.count)
		return x->sums.count > y->sums.count ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

static void
clients_settle(void *digest, uint64_t now_us BASE_UNUSED)
{
	struct clients *clients = digest;
	struct mem_table *groups = &clients->groups;

	for (uint32_t i = 0; i < groups->n; i++) {
		struct clients_group *group = mem_table_at(groups, i);

		memcpy(group->sums.addr, group->key.addr, sizeof(group->sums.addr));
		group->sums.ip_version = group->key.ip_version;
	}
	if (groups->n > 0)
		qsort_r(groups->records, groups->n, groups->shape.record_bytes, clients_compare,
		        &clients->config.order);
}

static uint32_t
clients_rows(const void *digest)
{
	const struct clients *clients = digest;

	return clients->groups.n + (clients->other.sums.count > 0);
}

static void
clients_row(const void *digest, uint32_t i, void *row)
{
	const struct clients *clients = digest;
	const struct clients_group *group = &clients->other;

	if (i < clients->groups.n)
		group = mem_table_at(&clients->groups, i);
	memcpy(row, &group->sums, sizeof(group->sums));
}

/* --- life ----------------------------------------------------------------------------------- */

static void *
clients_create(const struct digest_config *config)
{
	struct clients *clients = mem_pool_alloc(config->pool, sizeof(*clients));

	if (!clients)
		return NULL;
	memset(clients, 0, sizeof(*clients));
	clients->config = *config;
	clients->other.sums.other = 1;
	mem_table_init(&clients->groups, config->pool, config->secret, &clients_shape);
	return clients;
}

static void
clients_destroy(void *digest)
{
	struct clients *clients = digest;

	if (!clients)
		return;
	mem_table_fini(&clients->groups);
	mem_pool_release(clients->config.pool, clients, sizeof(*clients));
}

const struct digest_kind digest_clients = {
	.row_bytes = sizeof(struct digest_client),
	.sorts = 1,
	.create = clients_create,
	.destroy = clients_destroy,
	.add = clients_add,
	.pass = clients_pass,
	.settle = clients_settle,
	.count = clients_rows,
	.row = clients_row,
};
