/* SPDX-License-Identifier: BSD-3-Clause */
/* Looks kept and found; see digest_looks.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest_looks.h"
#include "digest_table.h"

void
digest_looks_init(struct digest_looks *looks, const struct filter_memory *memory, uint64_t secret)
{
	*looks = (struct digest_looks){ .memory = *memory, .secret = secret };
}

static void
looks_clear(struct digest_looks *looks, struct digest_look *look)
{
	if (look->counts)
		looks->memory.release(looks->memory.ctx, look->counts,
		                      look->n * sizeof(look->counts[0]));
	*look = (struct digest_look){ 0 };
}

void
digest_looks_fini(struct digest_looks *looks)
{
	for (unsigned i = 0; i < DIGEST_LOOKS_MAX; i++)
		looks_clear(looks, &looks->looks[i]);
}

uint64_t
digest_looks_asking(const struct digest_looks *looks, const char *text)
{
	uint64_t hash = looks->secret, word;

	for (size_t left = strlen(text) + 1; left > 0;) {
		size_t n = left < sizeof(word) ? left : sizeof(word);

		word = 0;
		memcpy(&word, text, n);
		hash = digest_hash(hash, &word, sizeof(word));
		text += n;
		left -= n;
	}
	return hash ? hash : 1;
}

/* Is `look` better to compare with than `best`? The newest that is old enough, else the oldest. */
static int
looks_is_better(const struct digest_look *look, const struct digest_look *best, uint64_t now_us)
{
	int old = now_us - look->at_us >= DIGEST_LOOKS_BACK_US;

	if (best == NULL)
		return 1;
	if (now_us - best->at_us >= DIGEST_LOOKS_BACK_US)
		return old && look->at_us > best->at_us;
	return look->at_us < best->at_us;
}

const struct digest_look *
digest_looks_find(const struct digest_looks *looks, uint64_t asking, uint64_t now_us)
{
	const struct digest_look *best = NULL;

	for (unsigned i = 0; i < DIGEST_LOOKS_MAX; i++) {
		const struct digest_look *look = &looks->looks[i];

		if (look->asking == asking && looks_is_better(look, best, now_us))
			best = look;
	}
	return best;
}

static int
looks_compare(const void *a, const void *b)
{
	const struct digest_looks_count *x = a, *y = b;

	return x->name < y->name ? -1 : x->name > y->name;
}

int
digest_looks_count(const struct digest_look *look, uint64_t name, uint64_t *count)
{
	const struct digest_looks_count key = { .name = name };
	const struct digest_looks_count *found = NULL;

	if (look->n > 0)
		found = bsearch(&key, look->counts, look->n, sizeof(key), looks_compare);
	*count = found ? found->count : 0;
	return found || look->is_whole ? 0 : -ENOENT;
}

/* The looks of an asking. */
struct looks_own {
	struct digest_look *oldest;
	uint64_t newest_us;
	unsigned n;
};

/* Marks them as used now. */
static struct looks_own
looks_touch(struct digest_looks *looks, uint64_t asking, uint64_t now_us)
{
	struct looks_own own = { 0 };

	for (unsigned i = 0; i < DIGEST_LOOKS_MAX; i++) {
		struct digest_look *look = &looks->looks[i];

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
static struct digest_look *
looks_place(struct digest_looks *looks)
{
	struct digest_look *place = &looks->looks[0];

	for (unsigned i = 1; i < DIGEST_LOOKS_MAX; i++) {
		struct digest_look *look = &looks->looks[i];

		if (look->used_us < place->used_us ||
		    (look->used_us == place->used_us && look->at_us < place->at_us))
			place = look;
	}
	return place;
}

static int
looks_set(const struct digest_looks *looks, struct digest_look *look,
          struct digest_looks_count *counts, uint32_t n)
{
	size_t bytes = n * sizeof(counts[0]);

	if (n == 0)
		return 0;
	look->counts = looks->memory.alloc(looks->memory.ctx, bytes);
	if (!look->counts)
		return -ENOMEM;
	qsort(counts, n, sizeof(counts[0]), looks_compare);
	memcpy(look->counts, counts, bytes);
	look->n = n;
	return 0;
}

void
digest_looks_keep(struct digest_looks *looks, uint64_t asking, uint64_t now_us,
                  struct digest_looks_count *counts, uint32_t n, int is_whole)
{
	const struct looks_own own = looks_touch(looks, asking, now_us);
	struct digest_look *look;

	if (own.n > 0 && now_us - own.newest_us < DIGEST_LOOKS_APART_US)
		return;
	look = own.n < DIGEST_LOOKS_EACH ? looks_place(looks) : own.oldest;
	looks_clear(looks, look);
	if (looks_set(looks, look, counts, n) != 0)
		return;
	look->asking = asking;
	look->at_us = look->used_us = now_us;
	look->is_whole = (uint32_t)is_whole;
}
