/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks kept and found; see digest_history.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest_history.h"
#include "mem_table.h"

void
digest_history_init(struct digest_history *looks, struct mem_pool *pool, uint64_t secret)
{
	*looks = (struct digest_history){ .pool = pool, .secret = secret };
}

static void
history_clear(struct digest_history *looks, struct digest_sample *look)
{
	mem_pool_release(looks->pool, look->counts, look->n * sizeof(look->counts[0]));
	*look = (struct digest_sample){ 0 };
}

void
digest_history_fini(struct digest_history *looks)
{
	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++)
		history_clear(looks, &looks->looks[i]);
}

uint64_t
digest_history_asking(const struct digest_history *looks, const char *text)
{
	uint64_t hash = looks->secret, word;

	for (size_t left = strlen(text) + 1; left > 0;) {
		size_t n = left < sizeof(word) ? left : sizeof(word);

		word = 0;
		memcpy(&word, text, n);
		hash = mem_table_hash(hash, &word, sizeof(word));
		text += n;
		left -= n;
	}
	return hash ? hash : 1;
}

/* Is `look` better to compare with than `best`? The newest that is old enough, else the oldest. */
static int
history_is_better(const struct digest_sample *look, const struct digest_sample *best,
                  uint64_t now_us)
{
	int old = now_us - look->at_us >= DIGEST_HISTORY_BACK_US;

	if (best == NULL)
		return 1;
	if (now_us - best->at_us >= DIGEST_HISTORY_BACK_US)
		return old && look->at_us > best->at_us;
	return look->at_us < best->at_us;
}

const struct digest_sample *
digest_history_find(const struct digest_history *looks, uint64_t asking, uint64_t now_us)
{
	const struct digest_sample *best = NULL;

	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++) {
		const struct digest_sample *look = &looks->looks[i];

		if (look->asking == asking && history_is_better(look, best, now_us))
			best = look;
	}
	return best;
}

static int
history_compare(const void *a, const void *b)
{
	const struct digest_history_count *x = a, *y = b;

	return x->name < y->name ? -1 : x->name > y->name;
}

int
digest_history_count(const struct digest_sample *look, uint64_t name, uint64_t *count)
{
	const struct digest_history_count key = { .name = name };
	const struct digest_history_count *found = NULL;

	if (look->n > 0)
		found = bsearch(&key, look->counts, look->n, sizeof(key), history_compare);
	*count = found ? found->count : 0;
	return found || look->is_whole ? 0 : -ENOENT;
}

/* The looks of an asking. */
struct history_own {
	struct digest_sample *oldest;
	uint64_t newest_us;
	unsigned n;
};

/* Marks them as used now. */
static struct history_own
history_touch(struct digest_history *looks, uint64_t asking, uint64_t now_us)
{
	struct history_own own = { 0 };

	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++) {
		struct digest_sample *look = &looks->looks[i];

		if (look->asking != asking)
			continue;
		look->used_us = now_us;
		own.n++;
		if (!own.oldest || look->at_us < own.oldest->at_us)
			own.oldest = look;
		if (look->at_us > own.newest_us)
			own.newest_us = look->at_us;
	}
	return own;
}

/* A free one, else the oldest of the asking that was not asked for the longest time. */
static struct digest_sample *
history_place(struct digest_history *looks)
{
	struct digest_sample *place = &looks->looks[0];

	for (unsigned i = 1; i < DIGEST_HISTORY_MAX; i++) {
		struct digest_sample *look = &looks->looks[i];

		if (look->used_us < place->used_us ||
		    (look->used_us == place->used_us && look->at_us < place->at_us))
			place = look;
	}
	return place;
}

static int
history_set(const struct digest_history *looks, struct digest_sample *look,
            struct digest_history_count *counts, uint32_t n)
{
	size_t bytes = n * sizeof(counts[0]);

	if (n == 0)
		return 0;
	look->counts = mem_pool_alloc(looks->pool, bytes);
	if (!look->counts)
		return -ENOMEM;
	qsort(counts, n, sizeof(counts[0]), history_compare);
	memcpy(look->counts, counts, bytes);
	look->n = n;
	return 0;
}

void
digest_history_keep(struct digest_history *looks, uint64_t asking, uint64_t now_us,
                    struct digest_history_count *counts, uint32_t n, int is_whole)
{
	const struct history_own own = history_touch(looks, asking, now_us);
	struct digest_sample *look;

	if (own.n > 0 && now_us - own.newest_us < DIGEST_HISTORY_APART_US)
		return;
	look = own.n < DIGEST_HISTORY_EACH ? history_place(looks) : own.oldest;
	history_clear(looks, look);
	if (history_set(looks, look, counts, n) != 0)
		return;
	look->asking = asking;
	look->at_us = look->used_us = now_us;
	look->is_whole = (uint32_t)is_whole;
}
