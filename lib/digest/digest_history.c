/* SPDX-License-Identifier: BSD-3-Clause */
/* Samples kept and found; see digest_history.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "digest_history.h"
#include "mem_table.h"

void
digest_history_init(struct digest_history *history, struct mem_pool *pool, uint64_t secret)
{
	*history = (struct digest_history){ .pool = pool, .secret = secret };
}

static void
history_clear(struct digest_history *history, struct digest_sample *sample)
{
	mem_pool_release(history->pool, sample->counts, sample->n * sizeof(sample->counts[0]));
	*sample = (struct digest_sample){ 0 };
}

void
digest_history_fini(struct digest_history *history)
{
	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++)
		history_clear(history, &history->samples[i]);
}

uint64_t
digest_history_asking(const struct digest_history *history, const char *text)
{
	uint64_t hash = history->secret, word;

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

/*
 * Is `sample` better to compare with than `best`? The newest that is old enough, else the oldest.
 */
static bool
history_is_better(const struct digest_sample *sample, const struct digest_sample *best,
                  uint64_t now_us)
{
	int old = now_us - sample->at_us >= DIGEST_HISTORY_BACK_US;

	if (best == NULL)
		return true;
	if (now_us - best->at_us >= DIGEST_HISTORY_BACK_US)
		return old && sample->at_us > best->at_us;
	return sample->at_us < best->at_us;
}

const struct digest_sample *
digest_history_find(const struct digest_history *history, uint64_t asking, uint64_t now_us)
{
	const struct digest_sample *best = NULL;

	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++) {
		const struct digest_sample *sample = &history->samples[i];

		if (sample->asking == asking && history_is_better(sample, best, now_us))
			best = sample;
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
digest_history_count(const struct digest_sample *sample, uint64_t name, uint64_t *count)
{
	const struct digest_history_count key = { .name = name };
	const struct digest_history_count *found = NULL;

	if (sample->n > 0)
		found = bsearch(&key, sample->counts, sample->n, sizeof(key), history_compare);
	*count = found ? found->count : 0;
	return found || sample->is_whole ? 0 : -ENOENT;
}

/* The samples of an asking. */
struct history_own {
	struct digest_sample *oldest;
	uint64_t newest_us;
	unsigned n;
};

/* Their asking is asked now. */
static struct history_own
history_touch(struct digest_history *history, uint64_t asking, uint64_t now_us)
{
	struct history_own own = { 0 };

	for (unsigned i = 0; i < DIGEST_HISTORY_MAX; i++) {
		struct digest_sample *sample = &history->samples[i];

		if (sample->asking != asking)
			continue;
		sample->used_us = now_us;
		own.n++;
		if (!own.oldest || sample->at_us < own.oldest->at_us)
			own.oldest = sample;
		if (sample->at_us > own.newest_us)
			own.newest_us = sample->at_us;
	}
	return own;
}

/* A free one, else the oldest of the asking that was not asked for the longest time. */
static struct digest_sample *
history_place(struct digest_history *history)
{
	struct digest_sample *place = &history->samples[0];

	for (unsigned i = 1; i < DIGEST_HISTORY_MAX; i++) {
		struct digest_sample *sample = &history->samples[i];

		if (sample->used_us < place->used_us ||
		    (sample->used_us == place->used_us && sample->at_us < place->at_us))
			place = sample;
	}
	return place;
}

static int
history_set(const struct digest_history *history, struct digest_sample *sample,
            struct digest_history_count *counts, uint32_t n)
{
	size_t bytes = n * sizeof(counts[0]);

	if (n == 0)
		return 0;
	sample->counts = mem_pool_alloc(history->pool, bytes);
	if (!sample->counts)
		return -ENOMEM;
	qsort(counts, n, sizeof(counts[0]), history_compare);
	memcpy(sample->counts, counts, bytes);
	sample->n = n;
	return 0;
}

void
digest_history_keep(struct digest_history *history, uint64_t asking, uint64_t now_us,
                    struct digest_history_count *counts, uint32_t n, int is_whole)
{
	const struct history_own own = history_touch(history, asking, now_us);
	struct digest_sample *sample;

	if (own.n > 0 && now_us - own.newest_us < DIGEST_HISTORY_APART_US)
		return;
	sample = own.n < DIGEST_HISTORY_EACH ? history_place(history) : own.oldest;
	history_clear(history, sample);
	if (history_set(history, sample, counts, n) != 0)
		return;
	sample->asking = asking;
	sample->at_us = sample->used_us = now_us;
	sample->is_whole = (uint32_t)is_whole;
}
