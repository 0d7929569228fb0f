/* SPDX-License-Identifier: BSD-3-Clause */
/* Fills, compares and sorts samples; see top_sample.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top_sample.h"

int
top_sample_init(struct top_sample *sample)
{
	*sample = (struct top_sample){ 0 };
	mem_pool_init(&sample->pool, malloc, free, SIZE_MAX);
	sample->items = calloc(TOP_ITEMS_MAX, sizeof(sample->items[0]));
	sample->order = calloc(TOP_ITEMS_MAX, sizeof(sample->order[0]));
	sample->by_key = calloc(TOP_ITEMS_MAX, sizeof(sample->by_key[0]));
	if (sample->items && sample->order && sample->by_key)
		return 0;
	top_sample_fini(sample);
	return -ENOMEM;
}

void
top_sample_fini(struct top_sample *sample)
{
	free(sample->items);
	free(sample->order);
	free(sample->by_key);
	for (int i = 0; i < 2; i++)
		filter_grouper_destroy(sample->growth[i]);
	*sample = (struct top_sample){ 0 };
}

static int
top_sample_begin_growth(struct top_sample *sample, int of_servers, const char *by)
{
	struct filter_grouping grouping;

	if (filter_grouping_parse(&grouping, by, NULL) != 0)
		return -EINVAL;
	sample->growth[of_servers] =
	    filter_grouper_create(&grouping, (uintptr_t)sample, &sample->pool);
	return sample->growth[of_servers] ? 0 : -ENOMEM;
}

int
top_sample_begin(struct top_sample *sample, enum top_view view, const char *by,
                 const struct top_sample *before)
{
	int error = 0;

	memset(&sample->stats, 0, sizeof(sample->stats));
	sample->view = view;
	sample->n = 0;
	sample->full = 0;
	sample->before_us = before->stats.now_us;
	for (int i = 0; i < 2; i++)
		filter_grouper_destroy(sample->growth[i]);
	sample->growth[0] = sample->growth[1] = NULL;
	if (view == TOP_GROUPS)
		return top_sample_begin_growth(sample, 0, by);
	if (view == TOP_HOSTS)
		error = top_sample_begin_growth(sample, 0, "client");
	if (view == TOP_HOSTS && !error)
		error = top_sample_begin_growth(sample, 1, "server");
	return error;
}

/* --- lines ---------------------------------------------------------------------------------- */

static struct top_item *
top_sample_add(struct top_sample *sample)
{
	struct top_item *item;

	if (sample->n == TOP_ITEMS_MAX) {
		sample->full = 1;
		return NULL;
	}
	item = &sample->items[sample->n++];
	memset(item, 0, sizeof(*item));
	item->bits = item->rate = -1;
	return item;
}

void
top_sample_add_rows(struct top_sample *sample, struct top_flows *flows,
                    const struct report_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct top_growth growth = top_flows_see(flows, &rows[i], sample->before_us);
		struct top_item *item = top_sample_add(sample);

		if (!item)
			return;
		if (growth.known) {
			item->rate = (double)growth.packets;
			item->bits = 8 * (double)growth.bytes;
		}
		item->row = rows[i];
		item->group.count = 1;
		item->group.packets = rows[i].client.packets + rows[i].server.packets;
		item->group.bytes = rows[i].client.bytes + rows[i].server.bytes;
	}
}

/*
 * A group of hosts is known by its address only, whichever end it is; what found no group of its
 * own in the daemon is no host.
 */
void
top_sample_add_groups(struct top_sample *sample, const struct report_group *groups, size_t n,
                      int of_servers)
{
	for (size_t i = 0; i < n; i++) {
		struct top_item *item;

		if (sample->view == TOP_HOSTS && groups[i].other) {
			sample->full = 1;
			continue;
		}
		item = top_sample_add(sample);
		if (!item)
			return;
		item->group = groups[i];
		if (sample->view != TOP_HOSTS)
			continue;
		item->group.keys[0].kind = REPORT_GROUP_CLIENT;
		item->as_server = of_servers ? groups[i].count : 0;
	}
}

/* Counted under its groups with what it has got since, in the place of what it has. */
void
top_sample_add_active(struct top_sample *sample, struct top_flows *flows,
                      const struct report_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct top_growth growth = top_flows_see(flows, &rows[i], sample->before_us);
		struct report_row row = rows[i];

		if (!growth.known)
			continue;
		row.server.packets = row.server.bytes = 0;
		row.client.packets = growth.packets;
		row.client.bytes = growth.bytes;
		for (int of_servers = 0; of_servers < 2; of_servers++)
			if (sample->growth[of_servers])
				filter_grouper_add(sample->growth[of_servers], &row);
	}
}

/* --- by key --------------------------------------------------------------------------------- */

/* What names a line: a connection's number, or what a group has in common. */
static int
top_item_compare(const struct top_item *x, const struct top_item *y)
{
	if (x->row.id != y->row.id)
		return x->row.id < y->row.id ? -1 : 1;
	if (x->group.other != y->group.other)
		return x->group.other < y->group.other ? -1 : 1;
	return memcmp(x->group.keys, y->group.keys, sizeof(x->group.keys));
}

static int
top_compare_keys(const void *x, const void *y, void *items)
{
	const struct top_item *item = items;

	return top_item_compare(&item[*(const unsigned *)x], &item[*(const unsigned *)y]);
}

static void
top_sample_index(struct top_sample *sample)
{
	for (unsigned i = 0; i < sample->n; i++)
		sample->by_key[i] = sample->order[i] = i;
	qsort_r(sample->by_key, sample->n, sizeof(sample->by_key[0]), top_compare_keys,
	        sample->items);
}

static struct top_item *
top_sample_find(const struct top_sample *sample, const struct top_item *like)
{
	unsigned low = 0, high = sample->n;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		struct top_item *item = &sample->items[sample->by_key[middle]];
		int order = top_item_compare(item, like);

		if (order == 0)
			return item;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void
top_item_join(struct top_item *to, const struct top_item *from)
{
	to->group.count += from->group.count;
	to->group.packets += from->group.packets;
	to->group.bytes += from->group.bytes;
	to->group.payload += from->group.payload;
	to->as_server += from->as_server;
}

static int
top_compare_items(const void *x, const void *y)
{
	return top_item_compare(x, y);
}

/* A host that is client here and server there has two lines: they become one. */
static void
top_sample_join_hosts(struct top_sample *sample)
{
	unsigned n = 0;

	qsort(sample->items, sample->n, sizeof(sample->items[0]), top_compare_items);
	for (unsigned i = 0; i < sample->n; i++) {
		if (n > 0 && top_item_compare(&sample->items[n - 1], &sample->items[i]) == 0)
			top_item_join(&sample->items[n - 1], &sample->items[i]);
		else
			sample->items[n++] = sample->items[i];
	}
	sample->n = n;
}

/* --- rates ---------------------------------------------------------------------------------- */

static double
top_seconds(const struct top_sample *sample, const struct top_sample *before)
{
	if (sample->stats.uptime_us <= before->stats.uptime_us || before->stats.uptime_us == 0)
		return 0;
	return (double)(sample->stats.uptime_us - before->stats.uptime_us) / 1e6;
}

/* A counter that has become less is another daemon's. */
static double
top_rate(uint64_t now, uint64_t before, double seconds)
{
	return seconds <= 0 || now < before ? -1 : (double)(now - before) / seconds;
}

/* Adds up under the lines what came under their groups; a line without any had nothing. */
static void
top_sample_take_growth(struct top_sample *sample, const struct filter_grouper *growth)
{
	for (uint32_t i = 0; i < filter_grouper_count(growth); i++) {
		struct top_item like = { .group = *filter_grouper_at(growth, i) };
		struct top_item *item;

		if (sample->view == TOP_HOSTS)
			like.group.keys[0].kind = REPORT_GROUP_CLIENT;
		item = top_sample_find(sample, &like);
		if (!item)
			continue;
		item->rate += (double)like.group.packets;
		item->bits += 8 * (double)like.group.bytes;
	}
}

static void
top_sample_sum_growth(struct top_sample *sample)
{
	static const struct filter_order by_count;

	for (unsigned i = 0; i < sample->n; i++)
		sample->items[i].rate = sample->items[i].bits = 0;
	for (int of_servers = 0; of_servers < 2; of_servers++) {
		if (!sample->growth[of_servers])
			continue;
		filter_grouper_sort(sample->growth[of_servers], &by_count);
		top_sample_take_growth(sample, sample->growth[of_servers]);
	}
}

void
top_sample_finish(struct top_sample *sample, const struct top_sample *before)
{
	double seconds = top_seconds(sample, before);

	if (sample->view == TOP_HOSTS)
		top_sample_join_hosts(sample);
	top_sample_index(sample);
	if (sample->view != TOP_CONNECTIONS)
		top_sample_sum_growth(sample);
	for (unsigned i = 0; i < sample->n; i++) {
		struct top_item *item = &sample->items[i];

		item->rate = seconds > 0 && item->rate >= 0 ? item->rate / seconds : -1;
		item->bits = seconds > 0 && item->bits >= 0 ? item->bits / seconds : -1;
	}
}

static uint64_t
top_port_bytes(const struct report_stats *stats)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < stats->n_ports && i < REPORT_PORTS_MAX; i++)
		bytes += stats->ports[i].bytes;
	return bytes;
}

static uint64_t
top_ended(const struct report_stats *s)
{
	return s->flows_expired + s->flows_evicted + s->flows_dropped;
}

void
top_sample_rates(const struct top_sample *sample, const struct top_sample *before,
                 struct top_rates *rates)
{
	const struct report_stats *now = &sample->stats, *was = &before->stats;
	double seconds = top_seconds(sample, before);

	rates->packets = top_rate(now->received, was->received, seconds);
	rates->bits = top_rate(8 * top_port_bytes(now), 8 * top_port_bytes(was), seconds);
	rates->created = top_rate(now->flows_created, was->flows_created, seconds);
	rates->ended = top_rate(top_ended(now), top_ended(was), seconds);
	rates->dropped = top_rate(now->dropped_nic + now->dropped_worker,
	                          was->dropped_nic + was->dropped_worker, seconds);
}

/* --- in order ------------------------------------------------------------------------------- */

static double
top_item_value(const struct top_item *item, enum top_sort sort)
{
	switch (sort) {
	case TOP_SORT_BITS:
		return item->bits;
	case TOP_SORT_RATE:
		return item->rate;
	case TOP_SORT_BYTES:
		return (double)item->group.bytes;
	case TOP_SORT_PACKETS:
		return (double)item->group.packets;
	case TOP_SORT_COUNT:
		return (double)item->group.count;
	case TOP_SORT_SERVER:
		return (double)item->as_server;
	case TOP_SORT_IDLE:
		return (double)item->row.idle_us;
	case TOP_SORT_AGE:
		return -(double)item->row.opened_us; /* the oldest first */
	default:
		return 0;
	}
}

struct top_sorting {
	const struct top_item *items;
	enum top_sort sort;
	int reverse;
};

/* Equals stand by what names them, so that they do not change places from sample to sample. */
static int
top_compare_values(const void *x, const void *y, void *ctx)
{
	const struct top_sorting *sorting = ctx;
	const struct top_item *one = &sorting->items[*(const unsigned *)x];
	const struct top_item *other = &sorting->items[*(const unsigned *)y];
	double a = top_item_value(one, sorting->sort), b = top_item_value(other, sorting->sort);

	if (a > b)
		return sorting->reverse ? 1 : -1;
	if (a < b)
		return sorting->reverse ? -1 : 1;
	return top_item_compare(one, other);
}

void
top_sample_sort(struct top_sample *sample, enum top_sort sort, int reverse)
{
	struct top_sorting sorting = { sample->items, sort, reverse };

	qsort_r(sample->order, sample->n, sizeof(sample->order[0]), top_compare_values, &sorting);
}
