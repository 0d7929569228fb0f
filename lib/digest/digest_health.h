/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is the mirror good? Counters of the daemon judged, one row for each check.
 *
 * Every check is a count in a total (lost of sent, duplicates of received, flows of places) with
 * two bounds. Where there are two samples some time apart, both what happened since the daemon
 * started and what happens now are judged; what has been critical and is good now is a warning and
 * no more. Pure; any thread.
 */
#ifndef DIGEST_HEALTH_H
#define DIGEST_HEALTH_H

#include "report_stats.h"

BASE_BEGIN_DECLS

enum digest_grade { DIGEST_OK, DIGEST_WARNING, DIGEST_CRITICAL, DIGEST_GRADES };

/* This machine's clock, as the kernel reports it. */
struct digest_clock {
	int is_known;
	int is_synchronized;
	uint64_t error_us; /* at most */
};

struct digest_check {
	const char *word;             /* for programs: "port-loss" */
	const char *name;             /* for people, to be translated */
	char of[REPORT_NAME_MAX + 1]; /* which port or worker; empty: of all */
	enum digest_grade grade;
	uint64_t count, total;         /* since the daemon started, or at this moment */
	uint64_t now_count, now_total; /* between the samples */
	uint64_t now_us;               /* how long that was; 0: there is no such figure */
	const char *advice; /* consequence and remedy, to be translated; NULL: all is well */
};

#define DIGEST_CHECKS_MAX (6 * REPORT_PORTS_MAX + 4 * REPORT_WORKERS_MAX + 16)

/*
 * Fills checks[0..DIGEST_CHECKS_MAX) from the counters of `last` and, unless it is NULL, of
 * `first`, which were read before. Returns how many.
 */
unsigned digest_health(const struct report_stats *first, const struct report_stats *last,
                       const struct digest_clock *clock, struct digest_check *checks);

BASE_END_DECLS

#endif
