/* SPDX-License-Identifier: BSD-3-Clause */
/* From a request to the kind of query that answers it; see query.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "digest_row.h"
#include "query_kinds.h"
#include "report_event.h"
#include "report_finding.h"
#include "report_group.h"

struct query_report {
	const struct query_ops *ops;
	size_t row_bytes;
	unsigned takes;
};

#define QUERY_REPORT(id, name, letter, row, source, digest, printer, verb, takes, ...)             \
	[REPORT_ASK_##id] = { &query_##source, sizeof(row), takes },

static const struct query_report query_reports[REPORT_REQUESTS] = { REPORT_TABLE(
    QUERY_REPORT) REPORT_VARIANTS(QUERY_REPORT) };

int
query_refuse(char *text, const char *what, const char *why)
{
	snprintf(text, QUERY_TEXT_MAX, "%s%s", what, why);
	return -EINVAL;
}

bool
query_is_active(enum report_request report)
{
	return query_reports[report].ops == &query_active;
}

size_t
query_row_bytes(unsigned report)
{
	return report < REPORT_REQUESTS ? query_reports[report].row_bytes : 0;
}

struct query *
query_open(const struct query_source *source, struct query_pool *pool,
           const struct query_request *request, int *error, char *text)
{
	const struct query_report *report = &query_reports[request->report];
	struct query *query;

	if (!(report->takes & REPORT_WORDS) && request->filter[0]) {
		*error = query_refuse(text, "", "this report takes no filter");
		return NULL;
	}
	query = report->ops->open(source, pool, request, error, text);
	if (query) {
		query->ops = report->ops;
		query->source = source;
	}
	return query;
}

int
query_rows(struct query *query, void *rows, unsigned max)
{
	return query->ops->rows(query, rows, max);
}

void
query_close(struct query *query)
{
	if (query)
		query->ops->close(query);
}
