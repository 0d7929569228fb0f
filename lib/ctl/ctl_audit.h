/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lines of the log that say who changed what: one for each change, whatever came of it, and for
 * refusals one each until there are many.
 *
 * Control thread only; each line reads /etc/passwd for the user's name, and asks no server for it.
 */
#ifndef CTL_AUDIT_H
#define CTL_AUDIT_H

#include "ctl_access.h"
#include "query.h"

BASE_BEGIN_DECLS

#define CTL_AUDIT_WHAT_BYTES    320
#define CTL_AUDIT_REFUSALS      10       /* lines about refusals ... */
#define CTL_AUDIT_REFUSALS_USEC 60000000 /* ... in so long a time */

/* A change under way. */
struct ctl_audit {
	bool open;
	char what[CTL_AUDIT_WHAT_BYTES]; /* that is changed; what is longer is cut and says so */
};

/* How many refusals were logged of late. */
struct ctl_refusals {
	uint64_t begun_us; /* any clock that goes on; 0: never */
	unsigned logged;
	uint64_t passed_over; /* not logged */
};

/* A change begins. */
void ctl_audit_begin(struct ctl_audit *audit, const struct query_request *request);

/* It is over, if one was under way: `n` connections forgotten; status: 0 or -errno. */
void
ctl_audit_end(struct ctl_audit *audit, const struct ctl_caller *caller, uint64_t n, int status);

/* A change was refused, with that sentence. */
void ctl_audit_refused(struct ctl_refusals *refusals, const struct ctl_caller *caller,
                       const char *text, uint64_t now_us);

BASE_END_DECLS

#endif
