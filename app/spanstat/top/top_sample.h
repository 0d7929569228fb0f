/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What top knows: a sample of the daemon's counters and rows, and the rates between two samples.
 *
 * Overview. An item is a connection, a group of them, or a host. Hosts are put together here from
 * the groups by client and those by server. The rates of the whole are differences of counters.
 * Those of an item are not, for the sum of a group also falls when a connection is forgotten. So
 * each sample takes the connections that had a packet since the sample before. What each has more
 * than top_flows remembers is added up by the same groups.
 *
 * Life. A sample is begun, filled from frames as they come, and then finished. It stays where it
 * is.
 *
 * Who writes and who reads. The main thread. It calls nothing but malloc: no terminal, no socket.
 *
 * Cost. TOP_ITEMS_MAX items a sample, taken once, and 14 MB at most while rates are added up. Items
 * that find no room are left out, and `full` says so.
 */
#ifndef TOP_SAMPLE_H
#define TOP_SAMPLE_H

#include "filter_group.h"
#include "report_stats.h"
#include "top_flows.h"

#define TOP_ITEMS_MAX 8192

enum top_view { TOP_CONNECTIONS, TOP_GROUPS, TOP_HOSTS, TOP_VIEWS };

/* What items can be sorted by; each view has some of them (top_view_sorts). */
enum top_sort {
	TOP_SORT_BITS,
	TOP_SORT_RATE, /* packets a second */
	TOP_SORT_BYTES,
	TOP_SORT_PACKETS,
	TOP_SORT_COUNT,
	TOP_SORT_SERVER, /* hosts: connections of which it is the server */
	TOP_SORT_IDLE,
	TOP_SORT_AGE,
	TOP_SORTS
};

/* One item. What a view has no use for is zero. */
struct top_item {
	struct report_group group; /* keys and sums; of a connection only the sums */
	struct report_row row;     /* of a connection */
	uint64_t as_server;        /* hosts: of group.count, those of which it is the server */
	double bits, rate;         /* a second; below 0: not known */
};

struct top_sample {
	struct report_stats stats;
	enum top_view view;
	unsigned n;
	int full; /* there were more items than have room */
	struct top_item *items;
	unsigned *order; /* items[order[0..n)], as sorted */
	unsigned *by_key;
	uint64_t before_us;               /* report time of the sample before; 0: there was none */
	struct filter_grouper *growth[2]; /* groups, hosts: what came since; by server */
	struct mem_pool pool;             /* of growth; a sample stays where it is */
};

/* Rates of the whole, a second. Below 0: not known. */
struct top_rates {
	double packets, bits, created, ended, dropped;
};

/* 0 or -ENOMEM. */
int top_sample_init(struct top_sample *sample);
void top_sample_fini(struct top_sample *sample);

/*
 * Empties a sample, for what comes after `before`, which may be of another view or of none. `by` is
 * what groups are made by. 0 or -ENOMEM.
 */
int top_sample_begin(struct top_sample *sample, enum top_view view, const char *by,
                     const struct top_sample *before);

/* Adds what came in one frame: the items ... */
void top_sample_add_rows(struct top_sample *sample, struct top_flows *flows,
                         const struct report_row *rows, size_t n);
void top_sample_add_groups(struct top_sample *sample, const struct report_group *groups, size_t n,
                           int of_servers);
/* ... and the connections that had packets since the sample before; groups and hosts only. */
void top_sample_add_active(struct top_sample *sample, struct top_flows *flows,
                           const struct report_row *rows, size_t n);

/* The sample is complete: hosts are put together, sums become rates. */
void top_sample_finish(struct top_sample *sample, const struct top_sample *before);

/* The rates of the counters between two samples. */
void top_sample_rates(const struct top_sample *sample, const struct top_sample *before,
                      struct top_rates *rates);

/* Puts the items in order, the largest first unless `reverse`. */
void top_sample_sort(struct top_sample *sample, enum top_sort sort, int reverse);

#endif
