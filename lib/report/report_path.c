/* SPDX-License-Identifier: BSD-3-Clause */
/* Steps by number, and found by what they say; see report_path.h. */

#include <string.h>
#include <sys/mman.h>

#include "base_hash.h"
#include "report_path.h"

#define PATHS_MASK (REPORT_PATHS_MAX - 1)
#define PATHS_STEP (sizeof(struct report_step) + 2 * sizeof(uint32_t))

#define PATHS_WORDS (sizeof(struct report_step) / sizeof(uint64_t))

static_assert(PATHS_WORDS * sizeof(uint64_t) == sizeof(struct report_step), "whole words");

/* Pages are given when they are touched. */
static bool
paths_begin(struct report_paths *paths)
{
	void *memory;

	if (paths->steps != NULL)
		return true;
	if (base_hash_draw(&paths->secret) != 0)
		return false;
	memory = mmap(NULL, REPORT_PATHS_MAX * PATHS_STEP, PROT_READ | PROT_WRITE,
	              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	paths->steps = memory;
	paths->buckets = (uint32_t *)(void *)(paths->steps + REPORT_PATHS_MAX);
	paths->next = paths->buckets + REPORT_PATHS_MAX;
	return true;
}

void
report_paths_free(struct report_paths *paths)
{
	if (paths->steps != NULL)
		munmap(paths->steps, REPORT_PATHS_MAX * PATHS_STEP);
	memset(paths, 0, sizeof(*paths));
}

/* All of a step but its own number. */
static bool
paths_equal(const struct report_step *x, const struct report_step *y)
{
	return memcmp(x, y, offsetof(struct report_step, number)) == 0;
}

static uint32_t
paths_bucket(const struct report_paths *paths, const struct report_step *step)
{
	uint64_t words[PATHS_WORDS] = { 0 }, x = paths->secret;

	memcpy(words, step, offsetof(struct report_step, number));
	for (unsigned i = 0; i < PATHS_WORDS; i++)
		x = base_hash_add(x, paths->secret, words[i]);
	return (uint32_t)base_hash_end(x) & PATHS_MASK;
}

const struct report_step *
report_paths_step(const struct report_paths *paths, uint32_t number)
{
	const struct report_step *step;

	if (paths == NULL || paths->steps == NULL || number == REPORT_PATH_NONE)
		return NULL;
	step = &paths->steps[number & PATHS_MASK];
	return step->number == number ? step : NULL;
}

uint32_t
report_paths_add(struct report_paths *paths, const struct report_step *step)
{
	const struct report_step *known;
	struct report_step *made;
	uint32_t bucket, number;

	if (!paths_begin(paths) ||
	    (step->outside != REPORT_PATH_NONE && !report_paths_step(paths, step->outside)))
		return REPORT_PATH_NONE;
	bucket = paths_bucket(paths, step);
	/* A bucket's numbers fall; where one means nothing any more, neither do those behind it. */
	for (number = paths->buckets[bucket]; (known = report_paths_step(paths, number)) != NULL;
	     number = paths->next[number & PATHS_MASK])
		if (paths_equal(known, step))
			return number;
	if (++paths->last == REPORT_PATH_NONE)
		paths->last++;
	number = paths->last;
	made = &paths->steps[number & PATHS_MASK];
	*made = *step;
	made->number = number;
	paths->next[number & PATHS_MASK] = paths->buckets[bucket];
	paths->buckets[bucket] = number;
	return number;
}

void
report_paths_receive(struct report_paths *paths, const struct report_step *steps, size_t n)
{
	if (!paths_begin(paths))
		return;
	for (size_t i = 0; i < n; i++)
		if (steps[i].number != REPORT_PATH_NONE)
			paths->steps[steps[i].number & PATHS_MASK] = steps[i];
}

static void
paths_read_steps(const struct report_paths *paths, uint32_t number, struct report_path *path)
{
	const struct report_step *inner[REPORT_TUNNELS_MAX], *step;
	unsigned n = 0;

	path->n = 0;
	while (number != REPORT_PATH_NONE && n < REPORT_TUNNELS_MAX) {
		step = report_paths_step(paths, number);
		if (step == NULL || step->kind == REPORT_STEP_JOIN)
			return;
		inner[n++] = step;
		number = step->outside;
	}
	if (number != REPORT_PATH_NONE) /* too deep, or a ring: what came over a socket may lie */
		return;
	for (unsigned i = 0; i < n; i++)
		path->step[i] = inner[n - 1 - i];
	path->n = n;
}

void
report_paths_read(const struct report_paths *paths, uint32_t number, struct report_path *path,
                  struct report_path *back)
{
	const struct report_step *step = report_paths_step(paths, number);
	bool is_join = step != NULL && step->kind == REPORT_STEP_JOIN;

	paths_read_steps(paths, is_join ? step->outside : number, path);
	if (back != NULL)
		paths_read_steps(paths, is_join ? step->id : REPORT_PATH_NONE, back);
}
