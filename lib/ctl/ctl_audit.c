/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines of the log; see ctl_audit.h. */

#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base_log.h"
#include "ctl_audit.h"

#define AUDIT_NAME_MAX  64
#define AUDIT_ENTRY_MAX 1024 /* bytes of a line of /etc/passwd */
#define AUDIT_CUT       "..."

/* "user NAME (uid N, pid N)", or without the name where the file does not have it. */
static void
audit_who(const struct ctl_caller *caller, char *who, size_t size)
{
	char entry[AUDIT_ENTRY_MAX];
	struct passwd user, *found = NULL;
	FILE *file = fopen("/etc/passwd", "re");

	/* What is not to be read as a line is as good as the end. */
	while (file && fgetpwent_r(file, &user, entry, sizeof(entry), &found) == 0 &&
	       user.pw_uid != caller->uid)
		found = NULL;
	if (found)
		snprintf(who, size, "user %.*s (uid %u, pid %d)", AUDIT_NAME_MAX, user.pw_name,
		         (unsigned)caller->uid, (int)caller->pid);
	else
		snprintf(who, size, "uid %u, pid %d", (unsigned)caller->uid, (int)caller->pid);
	if (file)
		fclose(file);
}

void
ctl_audit_begin(struct ctl_audit *audit, const struct query_request *request)
{
	size_t size = sizeof(audit->what);
	int n;

	audit->open = true;
	if (request->report == REPORT_ASK_DROP)
		n = snprintf(audit->what, size, "id %08" PRIX64, request->id);
	else
		n = snprintf(audit->what, size, "all that match: %s", request->filter);
	if (n >= (int)size)
		memcpy(audit->what + size - sizeof(AUDIT_CUT), AUDIT_CUT, sizeof(AUDIT_CUT));
}

/* What became of it, in the words of connections and clients. */
static const char *
audit_outcome(int status)
{
	switch (status) {
	case 0:
		return "";
	case -ENOENT:
		return ": no such connection";
	case -ECONNRESET:
		return ": the client left";
	default:
		return ": it failed";
	}
}

void
ctl_audit_end(struct ctl_audit *audit, const struct ctl_caller *caller, uint64_t n, int status)
{
	char who[AUDIT_NAME_MAX + 64];

	if (!audit->open)
		return;
	audit->open = false;
	audit_who(caller, who, sizeof(who));
	base_info("drop by %s: %" PRIu64 " forgotten, %s%s", who, n, audit->what,
	          audit_outcome(status));
}

/* True: this one is logged. */
static bool
audit_counts(struct ctl_refusals *refusals, uint64_t now_us)
{
	if (refusals->begun_us == 0 || now_us - refusals->begun_us > CTL_AUDIT_REFUSALS_USEC) {
		refusals->begun_us = now_us;
		refusals->logged = 0;
	}
	if (refusals->logged < CTL_AUDIT_REFUSALS) {
		refusals->logged++;
		return true;
	}
	refusals->passed_over++;
	return false;
}

void
ctl_audit_refused(struct ctl_refusals *refusals, const struct ctl_caller *caller, const char *text,
                  uint64_t now_us)
{
	char who[AUDIT_NAME_MAX + 64], more[64] = "";

	if (!audit_counts(refusals, now_us))
		return;
	audit_who(caller, who, sizeof(who));
	if (refusals->passed_over > 0)
		snprintf(more, sizeof(more), "; %" PRIu64 " more were refused before",
		         refusals->passed_over);
	refusals->passed_over = 0;
	base_warning("refused to %s: %s%s", who, text, more);
}
