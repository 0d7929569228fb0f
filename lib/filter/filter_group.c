/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys of groups, the hash over them, their order; see filter_group.h. */

#include <stdlib.h>
#include <string.h>

#include "base_bytes.h"
#include "filter_group.h"

#define GROUP_FIRST_ROOM 256
#define GROUP_NONE       UINT32_MAX

/* Twice as many places as groups. */
#define GROUP_PLACES(room) (2 * (room))

struct filter_grouper {
	struct filter_grouping grouping;
	struct filter_memory memory;
	struct filter_order order;
	uint64_t secret;
	struct report_group *groups;
	uint32_t *places; /* numbers of groups, or GROUP_NONE */
	uint32_t n, room; /* groups; room is a power of two, or 0 */
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

static uint16_t
group_state(const struct report_row *row, unsigned who)
{
	if (who == FILTER_EITHER)
		return (uint16_t)(row->client.state << 8 | row->server.state);
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
			keys[i].value = (uint16_t)filter_field_get((enum filter_field)word->field,
			                                           row, NULL, end);
	}
}

static size_t
group_key_bytes(const struct filter_grouper *grouper)
{
	return grouper->grouping.n * sizeof(struct report_group_key);
}

/* A keyed product of each word with what came before, both halves kept. */
static uint64_t
group_hash(const struct filter_grouper *grouper, const struct report_group_key *keys)
{
	const uint8_t *bytes = (const uint8_t *)keys;
	uint64_t hash = grouper->secret;

	for (size_t i = 0; i < group_key_bytes(grouper); i += 8) {
		uint64_t word = base_raw64(bytes + i) ^ grouper->secret;
		unsigned __int128 product =
		    (unsigned __int128)(hash ^ UINT64_C(0x9e3779b97f4a7c15)) * (word | 1);

		hash = (uint64_t)product ^ (uint64_t)(product >> 64) ^ word;
	}
	return hash ^ hash >> 32;
}

/* --- groups --------------------------------------------------------------------------------- */

/* The place of the keys' group, or the free one where it belongs. There is always a free one. */
static uint32_t
group_place(const struct filter_grouper *grouper, const struct report_group_key *keys)
{
	uint32_t mask = GROUP_PLACES(grouper->room) - 1;
	uint32_t at = (uint32_t)group_hash(grouper, keys) & mask;

	while (grouper->places[at] != GROUP_NONE &&
	       memcmp(grouper->groups[grouper->places[at]].keys, keys, group_key_bytes(grouper)))
		at = (at + 1) & mask;
	return at;
}

static void
group_release(const struct filter_grouper *grouper, void *block, size_t bytes)
{
	if (block)
		grouper->memory.release(grouper->memory.ctx, block, bytes);
}

static int
group_grow(struct filter_grouper *grouper)
{
	uint32_t room = grouper->room ? 2 * grouper->room : GROUP_FIRST_ROOM;
	size_t places_bytes = GROUP_PLACES(room) * sizeof(grouper->places[0]);
	size_t old_places_bytes = GROUP_PLACES(grouper->room) * sizeof(grouper->places[0]);
	size_t old_bytes = grouper->room * sizeof(grouper->groups[0]);
	struct report_group *groups;
	uint32_t *places;

	if (room > FILTER_GROUPS_MAX)
		return 0;
	places = grouper->memory.alloc(grouper->memory.ctx, places_bytes);
	if (!places)
		return 0;
	groups = filter_memory_grow(&grouper->memory, grouper->groups, old_bytes, old_bytes,
	                            room * sizeof(groups[0]));
	if (!groups) {
		group_release(grouper, places, places_bytes);
		return 0;
	}
	memset(places, 0xff, places_bytes);
	group_release(grouper, grouper->places, old_places_bytes);
	grouper->groups = groups;
	grouper->places = places;
	grouper->room = room;
	for (uint32_t i = 0; i < grouper->n; i++)
		places[group_place(grouper, groups[i].keys)] = i;
	return 1;
}

static void
group_count(struct report_group *group, const struct report_row *row)
{
	group->count++;
	group->packets += row->client.packets + row->server.packets;
	group->bytes += row->client.bytes + row->server.bytes;
	group->payload += row->client.payload + row->server.payload;
}

static struct report_group *
group_new(struct filter_grouper *grouper, const struct report_group_key *keys, uint32_t place)
{
	struct report_group *group = &grouper->groups[grouper->n];

	memset(group, 0, sizeof(*group));
	group->n_keys = (uint8_t)grouper->grouping.n;
	memcpy(group->keys, keys, group_key_bytes(grouper));
	grouper->places[place] = grouper->n++;
	return group;
}

void
filter_grouper_add(struct filter_grouper *grouper, const struct report_row *row)
{
	struct report_group_key keys[FILTER_KEYS_MAX] = { 0 };
	struct report_group *group = NULL;
	uint32_t place = 0;

	group_set_keys(grouper, row, keys);
	if (grouper->room != 0) {
		place = group_place(grouper, keys);
		if (grouper->places[place] != GROUP_NONE)
			group = &grouper->groups[grouper->places[place]];
	}
	if (!group && grouper->n < grouper->room)
		group = group_new(grouper, keys, place);
	if (!group && group_grow(grouper))
		group = group_new(grouper, keys, group_place(grouper, keys));
	group_count(group ? group : &grouper->other, row);
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
	if (grouper->n > 0)
		qsort_r(grouper->groups, grouper->n, sizeof(grouper->groups[0]), group_compare,
		        grouper);
}

uint32_t
filter_grouper_count(const struct filter_grouper *grouper)
{
	return grouper->n + (grouper->other.count != 0);
}

const struct report_group *
filter_grouper_at(const struct filter_grouper *grouper, uint32_t at)
{
	assert(at < filter_grouper_count(grouper));
	return at < grouper->n ? &grouper->groups[at] : &grouper->other;
}

/* --- life ----------------------------------------------------------------------------------- */

struct filter_grouper *
filter_grouper_create(const struct filter_grouping *grouping, uint64_t secret,
                      const struct filter_memory *memory)
{
	struct filter_grouper *grouper = memory->alloc(memory->ctx, sizeof(*grouper));

	if (!grouper)
		return NULL;
	memset(grouper, 0, sizeof(*grouper));
	grouper->grouping = *grouping;
	grouper->memory = *memory;
	grouper->secret = secret;
	grouper->other.other = 1;
	grouper->other.n_keys = (uint8_t)grouping->n;
	for (unsigned i = 0; i < grouping->n; i++)
		grouper->other.keys[i].kind = grouping->keys[i].word->groups;
	return grouper;
}

void
filter_grouper_destroy(struct filter_grouper *grouper)
{
	struct filter_memory memory;

	if (!grouper)
		return;
	memory = grouper->memory;
	group_release(grouper, grouper->groups, grouper->room * sizeof(grouper->groups[0]));
	group_release(grouper, grouper->places,
	              GROUP_PLACES(grouper->room) * sizeof(grouper->places[0]));
	memory.release(memory.ctx, grouper, sizeof(*grouper));
}
