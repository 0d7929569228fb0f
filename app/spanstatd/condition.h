/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What goes wrong for a while, in the log: a line when it begins, at most one a minute while it
 * lasts, one when it ends, each with counts.
 *
 * A row of `condition_kinds`, condition.c, names a counter of struct report_stats that should stand
 * still. The condition begins when the counter grows and ends when it has stood still for ten
 * seconds; for a minute, if it had come back within a minute. So one that comes and goes does not
 * fill the log. Time and log come in as parameters. Control core, cold.
 */
#ifndef CONDITION_H
#define CONDITION_H

#include "base_log.h"
#include "report_stats.h"

BASE_BEGIN_DECLS

#define CONDITION_KINDS    7
#define CONDITION_OF_MAX   64 /* ports, or workers, of one kind */
#define CONDITION_TEXT_MAX 256

static_assert(CONDITION_OF_MAX >= REPORT_WORKERS_MAX && CONDITION_OF_MAX >= REPORT_PORTS_MAX,
              "each port and each worker has its condition");

struct condition {
	uint64_t count;              /* of the counter, at the last turn */
	uint64_t first, logged;      /* before it began; at the last line */
	uint64_t begun_us, grown_us; /* when it began; when the counter last grew */
	uint64_t logged_us, ended_us;
	bool lasts, is_back; /* it came back soon after its last end */
};

/* Takes a line without its end. */
typedef void (*condition_log_fn)(void *ctx, enum base_log_level level, const char *text);

struct condition_table {
	condition_log_fn log;
	void *ctx;
	struct condition condition[CONDITION_KINDS][CONDITION_OF_MAX];
};

/* In place. Counters begin at zero: what was counted before the first turn is news. Control. */
void condition_init(struct condition_table *table, condition_log_fn log, void *ctx);

/*
 * One turn, about once a second: compares the counters with those of the turn before. now_us never
 * goes back. Control.
 */
void
condition_turn(struct condition_table *table, const struct report_stats *stats, uint64_t now_us);

BASE_END_DECLS

#endif
