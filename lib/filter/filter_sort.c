/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys, the heap and the incremental quicksort; see filter_sort.h. */

#include <errno.h>
#include <string.h>

#include "base_bytes.h"
#include "filter_sort.h"

#define SORT_WORDS_MAX  (3 * FILTER_KEYS_MAX + 1) /* a socket takes three */
#define SORT_CHUNK_ROWS 1024
#define SORT_FEW        12 /* keys that are sorted by insertion */
#define SORT_STACK      96
#define SORT_SLOT_MASK  UINT64_C(0xffffffff)

struct filter_sorter {
	struct filter_order order;
	struct mem_pool *pool;
	size_t row_bytes;
	uint64_t limit, added;
	unsigned words; /* of a key, its last included: arrival << 32 | slot of the row */
	uint64_t *keys;
	uint32_t n, room; /* keys */
	uint8_t **chunks;
	uint32_t n_chunks, chunks_room;
	/* Giving back: keys[0..next) are gone, keys[next..sorted) are in order, ... */
	int giving;
	uint32_t next, sorted;
	uint64_t random;
	uint32_t stack[SORT_STACK]; /* ... and the key at each of these is where it belongs */
	unsigned depth;
};

/* --- keys ----------------------------------------------------------------------------------- */

/* Version, address and port: nineteen bytes as three numbers. */
static unsigned
sort_put_socket(uint64_t *to, const struct report_row *row, const struct report_end *end)
{
	uint8_t bytes[24] = { row->ip_version };

	memcpy(bytes + 1, end->addr, 16);
	bytes[17] = (uint8_t)(end->port >> 8);
	bytes[18] = (uint8_t)end->port;
	for (unsigned i = 0; i < 3; i++)
		to[i] = __builtin_bswap64(base_raw64(bytes + 8 * i));
	return 3;
}

/* As `sockets` lists them: version, address, 0 for a listening one, protocol, port. */
static unsigned
sort_put_bound(uint64_t *to, const struct report_row *row, const struct report_end *end)
{
	sort_put_socket(to, row, end);
	to[2] = (to[2] & UINT64_C(0xff00000000000000)) |
	        (uint64_t) !(row->lines & REPORT_LINE_SOCKET) << 48 | (uint64_t)row->proto << 40 |
	        (uint64_t)end->port << 24;
	return 3;
}

/* The end of the row that `who` means; of a line, the local end is the one whose line it is. */
static const struct report_end *
sort_end(const struct report_row *row, unsigned who)
{
	int server_is_local =
	    (row->lines & (REPORT_LINE_CLIENT | REPORT_LINE_SERVER)) == REPORT_LINE_SERVER;

	if (who == FILTER_LOCAL)
		return server_is_local ? &row->server : &row->client;
	if (who == FILTER_PEER)
		return server_is_local ? &row->client : &row->server;
	return who == FILTER_SERVER ? &row->server : &row->client;
}

static uint64_t
sort_state(const struct report_row *row, unsigned who)
{
	if (who == FILTER_EITHER)
		return (uint64_t)row->client.state << 8 | row->server.state;
	return who == FILTER_SERVER ? row->server.state : row->client.state;
}

static unsigned
sort_put_word(uint64_t *to, const struct filter_key_word *word, const struct report_row *row,
              const struct report_full *full)
{
	const struct report_end *end = sort_end(row, word->who);

	switch ((enum filter_key_kind)word->kind) {
	case FILTER_KEY_SOCKET:
		return sort_put_socket(to, row, end);
	case FILTER_KEY_BOUND:
		return sort_put_bound(to, row, end);
	case FILTER_KEY_STATE:
		*to = sort_state(row, word->who);
		break;
	case FILTER_KEY_OPENED:
		*to = row->opened_us;
		break;
	case FILTER_KEY_LAST:
		*to = row->last_us;
		break;
	case FILTER_KEY_FIELD:
		*to = filter_field_get((enum filter_field)word->field, row, full, end);
		break;
	case FILTER_KEY_COUNT:
		*to = 0;
	}
	return 1;
}

static unsigned
sort_key_words(const struct filter_order *order)
{
	unsigned n = 1;

	for (unsigned i = 0; i < order->n; i++)
		n += order->keys[i].word->kind == FILTER_KEY_SOCKET ||
		             order->keys[i].word->kind == FILTER_KEY_BOUND
		         ? 3
		         : 1;
	return n;
}

/* The key of a row, but for its slot. */
static void
sort_make_key(const struct filter_sorter *sorter, const void *from, uint64_t *key)
{
	const struct report_row *row = from;
	const struct report_full *full = sorter->row_bytes == sizeof(*full) ? from : NULL;

	for (unsigned i = 0; i < sorter->order.n; i++) {
		unsigned n = sort_put_word(key, sorter->order.keys[i].word, row, full);

		for (unsigned k = 0; k < n && sorter->order.keys[i].descending; k++)
			key[k] = ~key[k];
		key += n;
	}
	*key = sorter->added << 32;
}

static uint64_t *
sort_key(const struct filter_sorter *sorter, uint32_t at)
{
	return sorter->keys + (size_t)at * sorter->words;
}

static bool
sort_before(const struct filter_sorter *sorter, const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < sorter->words; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static void
sort_copy(const struct filter_sorter *sorter, uint64_t *to, const uint64_t *from)
{
	for (unsigned i = 0; i < sorter->words; i++)
		to[i] = from[i];
}

static void
sort_swap(const struct filter_sorter *sorter, uint32_t a, uint32_t b)
{
	uint64_t *x = sort_key(sorter, a), *y = sort_key(sorter, b);

	for (unsigned i = 0; i < sorter->words; i++) {
		uint64_t word = x[i];

		x[i] = y[i];
		y[i] = word;
	}
}

/* --- rows ----------------------------------------------------------------------------------- */

static void *
sort_row(const struct filter_sorter *sorter, uint64_t slot)
{
	return sorter->chunks[slot / SORT_CHUNK_ROWS] + slot % SORT_CHUNK_ROWS * sorter->row_bytes;
}

static int
sort_add_chunk(struct filter_sorter *sorter)
{
	size_t bytes = sorter->chunks_room * sizeof(sorter->chunks[0]);
	uint32_t room = sorter->chunks_room ? 2 * sorter->chunks_room : 16;
	uint8_t *chunk, **chunks;

	if (sorter->n_chunks == sorter->chunks_room) {
		chunks = mem_pool_grow(sorter->pool, sorter->chunks, bytes, bytes,
		                       room * sizeof(sorter->chunks[0]));
		if (!chunks)
			return -ENOMEM;
		sorter->chunks = chunks;
		sorter->chunks_room = room;
	}
	chunk = mem_pool_alloc(sorter->pool, SORT_CHUNK_ROWS * sorter->row_bytes);
	if (!chunk)
		return -ENOMEM;
	sorter->chunks[sorter->n_chunks++] = chunk;
	return 0;
}

static int
sort_grow_keys(struct filter_sorter *sorter)
{
	size_t key_bytes = sorter->words * sizeof(uint64_t);
	uint32_t room = sorter->room ? 2 * sorter->room : SORT_CHUNK_ROWS;
	uint64_t *keys;

	if (room <= sorter->room)
		return -ENOMEM;
	keys = mem_pool_grow(sorter->pool, sorter->keys, sorter->room * key_bytes,
	                     sorter->n * key_bytes, room * key_bytes);
	if (!keys)
		return -ENOMEM;
	sorter->keys = keys;
	sorter->room = room;
	return 0;
}

/* --- the heap of a limit: the key that comes last is at the top ----------------------------- */

static void
sort_heap_up(const struct filter_sorter *sorter, uint32_t at)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / 2;

		if (!sort_before(sorter, sort_key(sorter, parent), sort_key(sorter, at)))
			return;
		sort_swap(sorter, parent, at);
		at = parent;
	}
}

static void
sort_heap_down(const struct filter_sorter *sorter)
{
	uint32_t at = 0;

	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= sorter->n)
			return;
		if (child + 1 < sorter->n &&
		    sort_before(sorter, sort_key(sorter, child), sort_key(sorter, child + 1)))
			child++;
		if (!sort_before(sorter, sort_key(sorter, at), sort_key(sorter, child)))
			return;
		sort_swap(sorter, at, child);
		at = child;
	}
}

/* The row takes the place of the one that comes last, if it comes before it. */
static void
sort_replace(struct filter_sorter *sorter, uint64_t *key, const void *row)
{
	uint64_t *top = sort_key(sorter, 0);

	if (!sort_before(sorter, key, top))
		return;
	key[sorter->words - 1] |= top[sorter->words - 1] & SORT_SLOT_MASK;
	memcpy(sort_row(sorter, key[sorter->words - 1] & SORT_SLOT_MASK), row, sorter->row_bytes);
	sort_copy(sorter, top, key);
	sort_heap_down(sorter);
}

int
filter_sorter_add(struct filter_sorter *sorter, const void *row)
{
	uint64_t key[SORT_WORDS_MAX];

	assert(!sorter->giving);
	sort_make_key(sorter, row, key);
	sorter->added++;
	if (sorter->limit != 0 && sorter->n == sorter->limit) {
		sort_replace(sorter, key, row);
		return 0;
	}
	if (sorter->n == sorter->room && sort_grow_keys(sorter) != 0)
		return -ENOMEM;
	if (sorter->n == sorter->n_chunks * SORT_CHUNK_ROWS && sort_add_chunk(sorter) != 0)
		return -ENOMEM;
	key[sorter->words - 1] |= sorter->n;
	memcpy(sort_row(sorter, sorter->n), row, sorter->row_bytes);
	sort_copy(sorter, sort_key(sorter, sorter->n++), key);
	if (sorter->limit != 0)
		sort_heap_up(sorter, sorter->n - 1);
	return 0;
}

/* --- giving back ---------------------------------------------------------------------------- */

static void
sort_insertion(const struct filter_sorter *sorter, uint32_t from, uint32_t end)
{
	for (uint32_t i = from + 1; i < end; i++)
		for (uint32_t k = i; k > from; k--) {
			if (!sort_before(sorter, sort_key(sorter, k), sort_key(sorter, k - 1)))
				break;
			sort_swap(sorter, k, k - 1);
		}
}

/* One of keys[from..end), by a generator that is good enough for a choice (Knuth's MMIX). */
static uint32_t
sort_draw(struct filter_sorter *sorter, uint32_t from, uint32_t end)
{
	sorter->random =
	    sorter->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return from + (uint32_t)((sorter->random >> 32) * (end - from) >> 32);
}

/*
 * Moves the median of three keys to the front: drawn ones, for rows come in patterns (two lines of
 * each connection, hosts in turn), and the first, middle and last of some cut next to nothing off.
 */
static void
sort_choose_pivot(struct filter_sorter *sorter, uint32_t from, uint32_t end)
{
	uint32_t a = sort_draw(sorter, from, end), b = sort_draw(sorter, from, end);
	uint32_t c = sort_draw(sorter, from, end), middle;
	const uint64_t *x = sort_key(sorter, a), *y = sort_key(sorter, b), *z = sort_key(sorter, c);

	if (sort_before(sorter, x, y))
		middle = sort_before(sorter, y, z) ? b : sort_before(sorter, x, z) ? c : a;
	else
		middle = sort_before(sorter, x, z) ? a : sort_before(sorter, y, z) ? c : b;
	if (middle != from)
		sort_swap(sorter, from, middle);
}

/* Cuts keys[from..end) at one of them; returns where that one now is. No two keys are equal. */
static uint32_t
sort_partition(struct filter_sorter *sorter, uint32_t from, uint32_t end)
{
	uint64_t pivot[SORT_WORDS_MAX];
	uint32_t low = from + 1, high = end - 1;

	sort_choose_pivot(sorter, from, end);
	sort_copy(sorter, pivot, sort_key(sorter, from));
	for (;;) {
		while (low <= high && sort_before(sorter, sort_key(sorter, low), pivot))
			low++;
		while (low <= high && sort_before(sorter, pivot, sort_key(sorter, high)))
			high--;
		if (low >= high)
			break;
		sort_swap(sorter, low++, high--);
	}
	sort_swap(sorter, from, low - 1);
	return low - 1;
}

/* To forget an older place costs nothing but time: what is below it is cut once more. */
static void
sort_push(struct filter_sorter *sorter, uint32_t at)
{
	if (sorter->depth == SORT_STACK) {
		memmove(sorter->stack + 1, sorter->stack + 2,
		        (SORT_STACK - 2) * sizeof(sorter->stack[0]));
		sorter->depth--;
	}
	sorter->stack[sorter->depth++] = at;
}

/* Sorts on until keys[next] is the next. */
static void
sort_advance(struct filter_sorter *sorter)
{
	while (sorter->sorted <= sorter->next) {
		uint32_t end = sorter->stack[sorter->depth - 1];

		if (end == sorter->next) {
			sorter->depth--;
			sorter->sorted = end + 1;
		} else if (end - sorter->next <= SORT_FEW) {
			sort_insertion(sorter, sorter->next, end);
			sorter->sorted = end;
		} else {
			sort_push(sorter, sort_partition(sorter, sorter->next, end));
		}
	}
}

const void *
filter_sorter_next(struct filter_sorter *sorter)
{
	const uint64_t *key;

	if (!sorter->giving) {
		sorter->giving = 1;
		sort_push(sorter, sorter->n);
	}
	if (sorter->next == sorter->n)
		return NULL;
	sort_advance(sorter);
	key = sort_key(sorter, sorter->next++);
	return sort_row(sorter, key[sorter->words - 1] & SORT_SLOT_MASK);
}

uint64_t
filter_sorter_cut(const struct filter_sorter *sorter)
{
	return sorter->added - sorter->n;
}

/* --- life ----------------------------------------------------------------------------------- */

struct filter_sorter *
filter_sorter_create(const struct filter_order *order, size_t row_bytes, uint64_t limit,
                     uint64_t seed, struct mem_pool *pool)
{
	struct filter_sorter *sorter = mem_pool_alloc(pool, sizeof(*sorter));

	assert(row_bytes == sizeof(struct report_row) || row_bytes == sizeof(struct report_full));
	if (!sorter)
		return NULL;
	memset(sorter, 0, sizeof(*sorter));
	sorter->order = *order;
	sorter->pool = pool;
	sorter->row_bytes = row_bytes;
	sorter->limit = limit;
	sorter->random = seed;
	sorter->words = sort_key_words(order);
	return sorter;
}

void
filter_sorter_destroy(struct filter_sorter *sorter)
{
	struct mem_pool *pool;

	if (!sorter)
		return;
	pool = sorter->pool;
	for (uint32_t i = 0; i < sorter->n_chunks; i++)
		mem_pool_release(pool, sorter->chunks[i], SORT_CHUNK_ROWS * sorter->row_bytes);
	mem_pool_release(pool, sorter->chunks, sorter->chunks_room * sizeof(sorter->chunks[0]));
	mem_pool_release(pool, sorter->keys,
	                 (size_t)sorter->room * sorter->words * sizeof(uint64_t));
	mem_pool_release(pool, sorter, sizeof(*sorter));
}
