/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A question and its rows.
 *
 * Overview. A query_request says which report of the table (report_table.h), of which connections,
 * in which order, how many. query_open turns it into a struct query over a source (query_source.h):
 * the table that workers fill now, or that a capture file has filled. query_rows gives the rows a
 * slice at a time; query_turn (query_sink.h) pushes them into whoever wants rows. The control
 * socket asks in this way, and so does everything else that wants rows.
 *
 * Life. Opened, asked for rows until there are no more or an error ends it, closed. Each call is
 * one bounded turn of some milliseconds: a table of ten million flows is searched in many.
 *
 * Who writes and who reads. Control thread only. It waits for no worker.
 *
 * Cost. Rows that stream need no memory but the query's own block, some 140 KB. What sorts, groups
 * and digests take together is bounded by the pool; they wait for each other (query_share.h).
 * Memory is the control core's arena.
 */
#ifndef QUERY_H
#define QUERY_H

#include "query_source.h"
#include "report_table.h"

BASE_BEGIN_DECLS

#define QUERY_TEXT_MAX 256 /* bytes of a message, its NUL included */

/*
 * A row for each local end that has a socket, as netstat has lines: report_row.lines says which
 * ends of the row are meant. Sorted, each row is one line.
 */
enum query_lines {
	QUERY_LINES = 1 << 0,
	QUERY_LINES_CLOSED = 1 << 1,  /* ends in CLOSED too, though they have no socket any more */
	QUERY_LINES_SERVED = 1 << 2,  /* UDP flows give a line at the end that is served from too */
	QUERY_LINES_SOCKETS = 1 << 3, /* listening and unconnected sockets before all others */
};

/* Texts are borrowed while query_open runs; an empty one asks for nothing. None is NULL. */
struct query_request {
	enum report_request report;
	enum report_request of; /* GROUP: whose connections are grouped */
	const char *filter;     /* the filter language */
	const char *sort;       /* FIELD[,FIELD...] */
	const char *by;         /* GROUP: the same */
	uint64_t limit;         /* 0: none */
	uint64_t id;            /* DROP: of the connection */
	unsigned lines;         /* enum query_lines, or-ed; 0: connections as the tap sees them */
	uint32_t uid;           /* who asks: memory and turns are shared out by user */
	unsigned as_version;    /* with lines, 4, 6: those of the host `as`; 0: of home */
	uint8_t as[16];         /* network order */
};

struct query_ops;

/* What every kind of query begins with. Read by who asks; written by the kind. */
struct query {
	const struct query_ops *ops;
	const struct query_source *source;
	struct query_cursor cursor; /* the source's place */
	bool cut;                   /* rows are left out at the end, though nothing is wrong */
	bool endless;               /* it has no end of its own: the next request ends it */
	const char *why;            /* with an error of query_rows: says it better; else NULL */
};

struct query_pool;

/* A kind of query. The table of reports names one for each report: query_NAME. */
struct query_ops {
	/* NULL, and *error and `text`. */
	struct query *(*open)(const struct query_source *source, struct query_pool *pool,
	                      const struct query_request *request, int *error, char *text);
	int (*rows)(struct query *query, void *rows, unsigned max);
	void (*close)(struct query *query);
};

/*
 * Begins. Source and pool are borrowed until the query is closed. NULL, and *error is -errno, and
 * `text`, of QUERY_TEXT_MAX bytes, says why: -EINVAL: it was asked wrongly.
 */
struct query *query_open(const struct query_source *source, struct query_pool *pool,
                         const struct query_request *request, int *error, char *text);

/*
 * The next rows, of the report's row type, into rows[0..max), which is zeroed. Returns how many; 0:
 * there are no more; -EAGAIN: none in this turn, call it at once; -EINPROGRESS: none has come
 * yet, call it after a pause of some milliseconds; else -errno: it has ended.
 */
int query_rows(struct query *query, void *rows, unsigned max);

/* NULL is allowed. */
void query_close(struct query *query);

/* Bytes of one row of that report's answer; 0: there is no such report. Any. */
size_t query_row_bytes(unsigned report);

BASE_END_DECLS

#endif
