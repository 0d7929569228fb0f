/* SPDX-License-Identifier: BSD-3-Clause */
/* Two digests asked in the background, and their sums; see export_walk.h. */

#include <errno.h>
#include <string.h>

#include "base_log.h"
#include "export_walk.h"

/* --- leaks ---------------------------------------------------------------------------------- */

/* Keeps the servers that have most, in order. */
static void
walk_add_server(struct export_walk *walk, const struct digest_leak *leak)
{
	struct export_found *next = &walk->next;
	uint32_t at = next->n_top;

	while (at > 0 && next->top[at - 1].count < leak->count)
		at--;
	if (at == walk->top)
		return;
	if (next->n_top < walk->top)
		next->n_top++;
	memmove(&next->top[at + 1], &next->top[at], (next->n_top - at - 1) * sizeof(next->top[0]));
	next->top[at] = (struct export_server){
		.port = leak->port,
		.ip_version = leak->ip_version,
		.open_end = leak->open_end,
		.count = leak->count,
	};
	memcpy(next->top[at].addr, leak->addr, sizeof(leak->addr));
}

/* Adds to what has the server's name, if it has one. */
static void
walk_add_named(struct export_walk *walk, const struct digest_leak *leak, unsigned end)
{
	const struct report_labels *labels = walk->source->labels;
	const char *label = NULL;
	uint32_t i = 0;

	if (labels)
		label = report_label_find(labels, leak->addr, leak->ip_version);
	if (!label)
		return;
	while (i < walk->next.n_named && strcmp(walk->next.named[i].label, label) != 0)
		i++;
	/* No more names than there are: a reload in the middle of a walk may bring others. */
	if (i == REPORT_LABELS_MAX)
		return;
	if (i == walk->next.n_named)
		strcpy(walk->next.named[walk->next.n_named++].label, label);
	walk->next.named[i].count[end] += leak->count;
}

static void
walk_add_leaks(struct export_walk *walk, const void *rows, unsigned n)
{
	const struct digest_leak *leak = rows;

	for (unsigned i = 0; i < n; i++, leak++) {
		unsigned end = base_min_u32(leak->open_end, REPORT_CLOSER_SERVER);

		for (unsigned v = 0; v < DIGEST_VERDICTS; v++)
			walk->next.leaks[end][v] += leak->by_verdict[v];
		if (leak->other)
			continue;
		walk_add_server(walk, leak);
		walk_add_named(walk, leak, end);
	}
}

/* --- ports ---------------------------------------------------------------------------------- */

static void
walk_add_timewait(struct export_walk *walk, const void *rows, unsigned n)
{
	const struct digest_timewait *row = rows;

	for (unsigned i = 0; i < n; i++, row++) {
		if (row->other)
			continue;
		walk->next.ports_none += row->runs_out_us == 0;
		walk->next.ports_soon += row->runs_out_us <= EXPORT_SOON_US;
	}
}

/* --- the queries ---------------------------------------------------------------------------- */

/*
 * Of all of TCP. The growth that `leaks` shows is kept by the text of its filter. Nobody writes
 * this one, so a user sees the growth since he asked, and not since the last walk.
 */
#define WALK_FILTER "proto tcp and not proto udp"

static const struct {
	enum report_request report;
	const char *filter;
	size_t row_bytes;
	void (*add)(struct export_walk *walk, const void *rows, unsigned n);
} walk_steps[] = {
	{ REPORT_ASK_LEAKS, WALK_FILTER, sizeof(struct digest_leak), walk_add_leaks },
	{ REPORT_ASK_TIMEWAIT, WALK_FILTER, sizeof(struct digest_timewait), walk_add_timewait },
};

static unsigned
walk_room(void *ctx)
{
	const struct export_walk *walk = ctx;

	return (unsigned)(sizeof(walk->scratch) / walk_steps[walk->step].row_bytes);
}

static void
walk_rows(void *ctx, const void *rows, unsigned n)
{
	struct export_walk *walk = ctx;

	walk_steps[walk->step].add(walk, rows, n);
}

static void
walk_end(void *ctx, int status, const char *why BASE_UNUSED)
{
	struct export_walk *walk = ctx;

	walk->broken |= status != 0;
}

static void
walk_open(struct export_walk *walk)
{
	const struct query_request request = {
		.report = walk_steps[walk->step].report,
		.filter = walk_steps[walk->step].filter,
		.sort = "",
		.by = "",
		.uid = EXPORT_UID,
	};
	char text[QUERY_TEXT_MAX];
	int error;

	walk->query = query_open(walk->source, walk->pool, &request, &error, text);
	if (walk->query)
		return;
	base_debug("metrics: %s", error == -EINVAL ? text : strerror(-error));
	walk->broken = true;
	walk->step++;
}

static void
walk_begin(struct export_walk *walk, uint64_t now_us)
{
	memset(&walk->next, 0, sizeof(walk->next));
	walk->begun_us = now_us;
	walk->step = 0;
	walk->broken = false;
}

/* What was found takes the place of what was known, if it is whole. */
static uint64_t
walk_finish(struct export_walk *walk, uint64_t now_us)
{
	uint64_t took_us = now_us - walk->begun_us;

	walk->next.walks = walk->found.walks + !walk->broken;
	walk->next.failed = walk->found.failed + walk->broken;
	walk->next.ended_us = now_us;
	walk->next.took_us = took_us;
	if (!walk->broken)
		walk->found = walk->next;
	else
		walk->found.failed = walk->next.failed;
	walk->step = UINT32_MAX;
	return took_us < EXPORT_WALK_EVERY_US ? EXPORT_WALK_EVERY_US - took_us
	                                      : EXPORT_WALK_PAUSE_US;
}

uint64_t
export_walk_turn(struct export_walk *walk, uint64_t now_us)
{
	const struct query_sink sink = { walk, walk_room, walk_rows, walk_end };

	if (walk->step == UINT32_MAX)
		walk_begin(walk, now_us);
	if (!walk->query)
		walk_open(walk);
	if (walk->query && query_turn(walk->query, &sink, &walk->scratch, walk_room(walk),
	                              walk_steps[walk->step].row_bytes) == 0) {
		query_close(walk->query);
		walk->query = NULL;
		walk->step++;
	}
	return walk->step < BASE_COUNT_OF(walk_steps) ? EXPORT_WALK_PAUSE_US
	                                              : walk_finish(walk, now_us);
}

void
export_walk_init(struct export_walk *walk, const struct query_source *source,
                 struct query_pool *pool, unsigned top)
{
	assert(top <= EXPORT_TOP_MAX);
	memset(walk, 0, sizeof(*walk));
	walk->source = source;
	walk->pool = pool;
	walk->top = top;
	walk->step = UINT32_MAX;
}

void
export_walk_fini(struct export_walk *walk)
{
	query_close(walk->query);
	walk->query = NULL;
}
