/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of groups, their sums, their order; see filter_group.h. */

#include <stdlib.h>
#include <string.h>

#include "filter_group.h"
#include "mem_table.h"

#define GROUP_FIRST_ROOM 256

struct filter_grouper {
	struct filter_grouping grouping;
	struct filter_order order;
	struct mem_pool *pool;
	struct mem_table groups; /* of struct report_group */
	struct report_group other;
};

/* --- keys ----------------------------------------------------------------------------------- */

static void
group_set_addr(struct report_group_key *key, const struct report_row *row,
               const struct report_end *end, const uint8_t lens[2])
{
	unsigned len = lens[row->ip_version == 6];

	key->ip_version = row->ip_version;
	key->len = (uint8_t)len;
	memcpy(key->addr, end->addr, len / 8);
	if (len % 8 != 0)
		key->addr[len / 8] = (uint8_t)(end->addr[len / 8] & (0xff00 >> len % 8));
}

static uint32_t
group_state(const struct report_row *row, unsigned who)
{
	if (who == FILTER_EITHER)
		return (uint32_t)(row->client.state << 8 | row->server.state);
	return who == FILTER_SERVER ? row->server.state : row->client.state;
}

static void
group_set_keys(const struct filter_grouper *grouper, const struct report_row *row,
               struct report_group_key *keys)
{
	for (unsigned i = 0; i < grouper->grouping.n; i++) {
		const struct filter_key_word *word = grouper->grouping.keys[i].word;
		const struct report_end *end =
		    word->who == FILTER_SERVER ? &row->server : &row->client;

		keys[i].kind = word->groups;
		if (word->kind == FILTER_KEY_SOCKET)
			group_set_addr(&keys[i], row, end, grouper->grouping.keys[i].len);
		else if (word->kind == FILTER_KEY_STATE)
			keys[i].value = group_state(row, word->who);
		else
			keys[i].value = (uint32_t)filter_field_get((enum filter_field)word->field,
			                                           row, NULL, end);
	}
}

/* --- groups --------------------------------------------------------------------------------- */

static void
group_count(struct report_group *group, const struct report_row *row)
{
	group->count++;
	group->packets += row->client.packets + row->server.packets;
	group->bytes += row->client.bytes + row->server.bytes;
	group->payload += row->client.payload + row->server.payload;
}

void
filter_grouper_add(struct filter_grouper *grouper, const struct report_row *row)
{
	struct report_group_key keys[FILTER_KEYS_MAX] = { 0 };
	struct report_group *group;

	group_set_keys(grouper, row, keys);
	group = mem_table_take(&grouper->groups, keys);
	if (!group)
		group = &grouper->other;
	group->n_keys = (uint8_t)grouper->grouping.n;
	group_count(group, row);
}

/* --- order ---------------------------------------------------------------------------------- */

static uint64_t
group_order_value(const struct filter_key_word *word, const struct report_group *group)
{
	if (word->kind == FILTER_KEY_COUNT)
		return group->count;
	if (word->field == FILTER_FIELD_PACKETS)
		return group->packets;
	return word->field == FILTER_FIELD_BYTES ? group->bytes : group->payload;
}

static int
group_compare(const void *a, const void *b, void *ctx)
{
	const struct filter_grouper *grouper = ctx;
	const struct report_group *x = a, *y = b;

	for (unsigned i = 0; i < grouper->order.n; i++) {
		const struct filter_key_word *word = grouper->order.keys[i].word;
		uint64_t p = group_order_value(word, x), q = group_order_value(word, y);

		if (p != q)
			return (p < q) == !grouper->order.keys[i].descending ? -1 : 1;
	}
	if (grouper->order.n == 0 && x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return memcmp(x->keys, y->keys, sizeof(x->keys));
}

void
filter_grouper_sort(struct filter_grouper *grouper, const struct filter_order *order)
{
	grouper->order = *order;
	if (grouper->groups.n > 0)
		qsort_r(grouper->groups.records, grouper->groups.n, sizeof(struct report_group),
		        group_compare, grouper);
}

uint32_t
filter_grouper_count(const struct filter_grouper *grouper)
{
	return grouper->groups.n + (grouper->other.count != 0);
}

const struct report_group *
filter_grouper_at(const struct filter_grouper *grouper, uint32_t at)
{
	assert(at < filter_grouper_count(grouper));
	return at < grouper->groups.n ? mem_table_at(&grouper->groups, at) : &grouper->other;
}

/* --- life ----------------------------------------------------------------------------------- */

struct filter_grouper *
filter_grouper_create(const struct filter_grouping *grouping, uint64_t secret,
                      struct mem_pool *pool)
{
	const struct mem_table_shape shape = {
		.key_bytes = grouping->n * sizeof(struct report_group_key),
		.key_at = offsetof(struct report_group, keys),
		.record_bytes = sizeof(struct report_group),
		.first = GROUP_FIRST_ROOM,
		.max = FILTER_GROUPS_MAX,
	};
	struct filter_grouper *grouper = mem_pool_alloc(pool, sizeof(*grouper));

	if (!grouper)
		return NULL;
	memset(grouper, 0, sizeof(*grouper));
	grouper->grouping = *grouping;
	grouper->pool = pool;
	mem_table_init(&grouper->groups, pool, secret, &shape);
	grouper->other.other = 1;
	grouper->other.n_keys = (uint8_t)grouping->n;
	for (unsigned i = 0; i < grouping->n; i++)
		grouper->other.keys[i].kind = grouping->keys[i].word->groups;
	return grouper;
}

void
filter_grouper_destroy(struct filter_grouper *grouper)
{
	if (!grouper)
		return;
	mem_table_fini(&grouper->groups);
	mem_pool_release(grouper->pool, grouper, sizeof(*grouper));
}
