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

const struct digest_look *
digest_looks_find(const struct digest_looks *looks, uint64_t asking)
{
	for (unsigned i = 0; i < DIGEST_LOOKS_MAX; i++)
		if (looks->looks[i].asking == asking)
			return &looks->looks[i];
	return NULL;
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

/* The asking's own place, else a free one, else that of the one not asked for the longest. */
static struct digest_look *
looks_place(struct digest_looks *looks, uint64_t asking)
{
	struct digest_look *place = &looks->looks[0];

	for (unsigned i = 0; i < DIGEST_LOOKS_MAX; i++) {
		struct digest_look *look = &looks->looks[i];

		if (look->asking == asking)
			return look;
		if (look->used_us < place->used_us)
			place = look;
	}
	return place;
}

void
digest_looks_keep(struct digest_looks *looks, uint64_t asking, uint64_t now_us,
                  struct digest_looks_count *counts, uint32_t n, int is_whole)
{
	struct digest_look *look = looks_place(looks, asking);
	size_t bytes = n * sizeof(counts[0]);

	if (look->asking == asking && now_us - look->at_us < DIGEST_LOOKS_APART_US) {
		look->used_us = now_us;
		return;
	}
	looks_clear(looks, look);
	if (n > 0) {
		look->counts = looks->memory.alloc(looks->memory.ctx, bytes);
		if (!look->counts)
			return;
		qsort(counts, n, sizeof(counts[0]), looks_compare);
		memcpy(look->counts, counts, bytes);
	}
	look->asking = asking;
	look->at_us = look->used_us = now_us;
	look->n = n;
	look->is_whole = (uint32_t)is_whole;
}
