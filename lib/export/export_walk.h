/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What metrics show and only a walk over all flows can find: leaks, and ports that run out.
 *
 * Overview. Two queries, `leaks` and `timewait`, are asked one after the other, every
 * EXPORT_WALK_EVERY_US. Their rows are added up here, and a scrape reads the sums of the last walk
 * that came to its end, with its age. So a scrape walks nothing.
 *
 * Life. export_walk_init, export_walk_turn whenever the time has come that it returned,
 * export_walk_fini.
 *
 * Who writes and who reads. Control thread only.
 *
 * Cost. A turn is one of query_turn, some milliseconds at most, and between two there is a pause in
 * which the loop has others to serve. Memory: that of a `leaks` of an ordinary user.
 */
#ifndef EXPORT_WALK_H
#define EXPORT_WALK_H

#include "digest_row.h"
#include "query_pool.h"
#include "query_sink.h"

BASE_BEGIN_DECLS

#define EXPORT_WALK_EVERY_US UINT64_C(30000000)
#define EXPORT_WALK_PAUSE_US UINT64_C(5000)
#define EXPORT_TOP_MAX       1000
#define EXPORT_SOON_US       (UINT64_C(3600) * 1000000) /* ports that run out within this */
/* The user by whom memory and turns are counted: nobody's number. */
#define EXPORT_UID (UINT32_MAX - 1)

/* A server with leaked connections. */
struct export_server {
	uint8_t addr[16];
	uint16_t port;
	uint8_t ip_version;
	uint8_t open_end; /* enum report_closer */
	uint64_t count;
};

/* Servers that the configuration gives one name, together. */
struct export_named {
	char label[REPORT_LABEL_MAX];
	uint64_t count[REPORT_CLOSER_SERVER + 1]; /* leaked connections, by open end */
};

/* The sums of a walk. */
struct export_found {
	uint64_t walks;    /* that have come to their end; 0: the sums are not known yet */
	uint64_t failed;   /* that have not, for want of memory */
	uint64_t ended_us; /* when the last one did, on a clock that nobody sets */
	uint64_t took_us;
	uint64_t leaks[REPORT_CLOSER_SERVER + 1][DIGEST_VERDICTS]; /* half closed, by open end */
	uint64_t ports_soon; /* clients and servers between which ports run out within an hour */
	uint64_t ports_none; /* those between which there are none left */
	uint32_t n_top;      /* most connections first */
	struct export_server top[EXPORT_TOP_MAX];
	uint32_t n_named;
	struct export_named named[REPORT_LABELS_MAX]; /* those with leaked connections */
};

struct export_walk {
	const struct query_source *source;
	struct query_pool *pool;
	unsigned top; /* servers in export_found.top at most */
	uint64_t begun_us;
	unsigned step;       /* which of the queries; those behind the last: it is at its end */
	struct query *query; /* NULL: none is under way */
	bool broken;         /* one of them could not be asked to its end */
	struct export_found next, found;
	union {
		struct digest_leak leaks[64];
		struct digest_timewait timewait[64];
	} scratch;
};

/* Source and pool are borrowed. `top`: EXPORT_TOP_MAX at most. */
void export_walk_init(struct export_walk *walk, const struct query_source *source,
                      struct query_pool *pool, unsigned top);
void export_walk_fini(struct export_walk *walk);

/*
 * One bounded turn, at `now_us` of a clock that nobody sets. Returns after how many microseconds
 * there is to be another one.
 */
uint64_t export_walk_turn(struct export_walk *walk, uint64_t now_us);

BASE_END_DECLS

#endif
