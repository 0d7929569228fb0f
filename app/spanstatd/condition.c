/* SPDX-License-Identifier: BSD-3-Clause */
/* Which counters should stand still, and what is said of them; see condition.h. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "condition.h"

#define CONDITION_SEC      UINT64_C(1000000)
#define CONDITION_QUIET_US (10 * CONDITION_SEC) /* still for so long: it is over */
#define CONDITION_AGAIN_US (60 * CONDITION_SEC) /* back so soon: it has to be still for as long */
#define CONDITION_LINE_US  (60 * CONDITION_SEC) /* between two lines while it lasts */

/* What a counter belongs to: how many of them there are, and what number i is called. */
struct condition_owner {
	unsigned (*count)(const struct report_stats *stats);
	void (*name)(const struct report_stats *stats, unsigned i, char *name, size_t size);
};

static unsigned
condition_ports(const struct report_stats *stats)
{
	return base_min_u32(stats->n_ports, REPORT_PORTS_MAX);
}

static void
condition_port_name(const struct report_stats *stats, unsigned i, char *name, size_t size)
{
	snprintf(name, size, "port %.*s: ", REPORT_NAME_MAX, stats->ports[i].name);
}

static unsigned
condition_workers(const struct report_stats *stats)
{
	return base_min_u32(stats->n_workers, REPORT_WORKERS_MAX);
}

static void
condition_worker_name(const struct report_stats *stats BASE_UNUSED, unsigned i, char *name,
                      size_t size)
{
	snprintf(name, size, "worker %u: ", i);
}

static unsigned
condition_one(const struct report_stats *stats BASE_UNUSED)
{
	return 1;
}

static void
condition_no_name(const struct report_stats *stats BASE_UNUSED, unsigned i BASE_UNUSED, char *name,
                  size_t size BASE_UNUSED)
{
	*name = '\0';
}

static const struct condition_owner condition_port = { condition_ports, condition_port_name };
static const struct condition_owner condition_worker = { condition_workers, condition_worker_name };
static const struct condition_owner condition_all = { condition_one, condition_no_name };

struct condition_kind {
	const struct condition_owner *owner;
	size_t offset, stride; /* of counter 0 in struct report_stats; from one to the next */
	const char *what;      /* after the owner's name, before the counts */
};

#define ALL(field)    &condition_all, offsetof(struct report_stats, field), 0
#define PORT(field)   &condition_port, OF(ports, field), sizeof(struct report_port)
#define WORKER(field) &condition_worker, OF(workers, field), sizeof(struct report_worker)
#define OF(of, field) offsetof(struct report_stats, of[0].field)

static const struct condition_kind condition_kinds[] = {
	{ PORT(missed), "packets lost before they were received" },
	{ PORT(no_buffer), "packets that found no buffer: the workers keep too many" },
	{ PORT(stalled_sec), "seconds in which packets arrived and none was received" },
	{ WORKER(dropped), "packets lost, for its ring was full" },
	{ ALL(flows_evicted), "connections forgotten for room" },
	{ ALL(flows_refused), "connections refused, for the table is full" },
	{ ALL(events_lost), "events lost, for who listens does not keep up" },
};
static_assert(BASE_COUNT_OF(condition_kinds) == CONDITION_KINDS, "a condition for each kind");

static uint64_t
condition_counter(const struct condition_kind *kind, const struct report_stats *stats, unsigned i)
{
	uint64_t count;

	memcpy(&count, (const char *)stats + kind->offset + i * kind->stride, sizeof(count));
	return count;
}

/* A turn that is being made of one condition. */
struct condition_step {
	struct condition_table *table;
	struct condition *condition;
	uint64_t now_us;
	const char *name, *what;
};

static uint64_t
condition_seconds(uint64_t from_us, uint64_t to_us)
{
	return (to_us - from_us + CONDITION_SEC / 2) / CONDITION_SEC;
}

static void
condition_log(const struct condition_step *step, enum base_log_level level, const char *counts)
{
	char text[CONDITION_TEXT_MAX];

	snprintf(text, sizeof(text), "%s%s: %s", step->name, step->what, counts);
	step->table->log(step->table->ctx, level, text);
	step->condition->logged = step->condition->count;
	step->condition->logged_us = step->now_us;
}

static void
condition_begin(const struct condition_step *step, uint64_t before)
{
	struct condition *condition = step->condition;
	char counts[96];

	condition->lasts = true;
	condition->is_back =
	    condition->ended_us > 0 && step->now_us - condition->ended_us < CONDITION_AGAIN_US;
	condition->first = before;
	condition->begun_us = step->now_us;
	snprintf(counts, sizeof(counts), "%" PRIu64 ", %" PRIu64 " since the start",
	         condition->count - before, condition->count);
	condition_log(step, BASE_LOG_WARNING, counts);
}

static void
condition_last(const struct condition_step *step)
{
	const struct condition *condition = step->condition;
	char counts[96];

	if (step->now_us - condition->logged_us < CONDITION_LINE_US ||
	    condition->count == condition->logged)
		return;
	snprintf(counts, sizeof(counts),
	         "%" PRIu64 " in %" PRIu64 " s, %" PRIu64 " in the %" PRIu64 " s that it lasts",
	         condition->count - condition->logged,
	         condition_seconds(condition->logged_us, step->now_us),
	         condition->count - condition->first,
	         condition_seconds(condition->begun_us, step->now_us));
	condition_log(step, BASE_LOG_WARNING, counts);
}

static void
condition_end(const struct condition_step *step)
{
	struct condition *condition = step->condition;
	char counts[96];

	condition->lasts = false;
	condition->ended_us = step->now_us;
	snprintf(counts, sizeof(counts), "over, %" PRIu64 " in %" PRIu64 " s",
	         condition->count - condition->first,
	         condition_seconds(condition->begun_us, condition->grown_us) + 1);
	condition_log(step, BASE_LOG_INFO, counts);
}

/* A counter that goes back begins anew: what it counted until now stays counted. */
static void
condition_step(const struct condition_step *step, uint64_t count)
{
	struct condition *condition = step->condition;
	uint64_t before = condition->count;
	uint64_t quiet_us = condition->is_back ? CONDITION_AGAIN_US : CONDITION_QUIET_US;

	condition->count = count;
	if (count < before)
		condition->first = condition->logged = count;
	if (count > before)
		condition->grown_us = step->now_us;
	if (count > before && !condition->lasts)
		condition_begin(step, before);
	else if (condition->lasts && step->now_us - condition->grown_us >= quiet_us)
		condition_end(step);
	else if (condition->lasts)
		condition_last(step);
}

void
condition_init(struct condition_table *table, condition_log_fn log, void *ctx)
{
	memset(table, 0, sizeof(*table));
	table->log = log;
	table->ctx = ctx;
}

void
condition_turn(struct condition_table *table, const struct report_stats *stats, uint64_t now_us)
{
	for (unsigned k = 0; k < CONDITION_KINDS; k++) {
		const struct condition_kind *kind = &condition_kinds[k];
		char name[REPORT_NAME_MAX + 16];
		struct condition_step step = {
			.table = table, .now_us = now_us, .name = name, .what = kind->what
		};

		for (unsigned i = 0; i < kind->owner->count(stats); i++) {
			kind->owner->name(stats, i, name, sizeof(name));
			step.condition = &table->condition[k][i];
			condition_step(&step, condition_counter(kind, stats, i));
		}
	}
}
