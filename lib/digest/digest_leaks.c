/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Leaks: half-closed connections by server, port and open end.
 *
 * There are three passes over the connections. The first finds the rows of the answer and the hosts
 * that matter to them. The second collects what all connections, wanted by the filter or not, show
 * of those hosts. The third judges each half-closed connection (digest_half.h) and counts it. The
 * verdict of a row is that of most of its connections; young ones and those in use do not count.
 *
 * Memory: some 1,400 bytes a row.
 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "digest_ages.h"
#include "digest_half.h"
#include "digest_tops.h"
#include "mem_table.h"

struct leaks_key {
	uint8_t addr[16];
	uint16_t port;
	uint8_t ip_version;
	uint8_t open_end; /* enum report_closer */
	uint8_t reserved[4];
};

struct leaks_group {
	struct leaks_key key;
	struct digest_leak sums; /* only the counters, until it is settled */
	struct digest_ages ages;
	struct digest_tops tops;
	uint64_t heard_at_us; /* UTC; of any host that is waited for */
};

enum leaks_pass { LEAKS_WHO, LEAKS_EVIDENCE, LEAKS_JUDGE };

struct leaks {
	struct digest_config config;
	enum leaks_pass pass;
	uint64_t now_us; /* UTC: the latest row */
	struct mem_table groups;
	struct mem_table hosts;
	struct leaks_group other;
	const struct digest_sample *before; /* during settle */
};

static const struct mem_table_shape leaks_shape = {
	.key_bytes = sizeof(struct leaks_key),
	.record_bytes = sizeof(struct leaks_group),
	.max = DIGEST_LEAKS_MAX,
};

static_assert(sizeof(struct leaks_key) == 24, "words");

/* --- the rows of connections ------------------------------------------------------------------ */

static struct leaks_key
leaks_key(const struct report_row *row, enum report_closer open_end)
{
	struct leaks_key key = { .port = row->server.port,
		                 .ip_version = row->ip_version,
		                 .open_end = (uint8_t)open_end };

	memcpy(key.addr, row->server.addr, row->ip_version == 6 ? 16 : 4);
	return key;
}

static void
leaks_who(struct leaks *leaks, const struct digest_half *half)
{
	const struct report_row *row = &half->full->row;
	const struct leaks_key key = leaks_key(row, half->open_end);

	mem_table_take(&leaks->groups, &key);
	digest_hosts_want(&leaks->hosts, half->open, row->ip_version);
	if (digest_half_is_owed(half))
		digest_hosts_want(&leaks->hosts, half->closed, row->ip_version);
}

static void
leaks_count(struct leaks_group *group, const struct digest_half *half, enum digest_verdict verdict)
{
	struct digest_leak *sums = &group->sums;

	sums->count++;
	sums->close_wait += half->open->state == REPORT_CLOSE_WAIT;
	sums->fin_wait_1 += half->closed->state == REPORT_FIN_WAIT_1;
	sums->fin_wait_2 += half->closed->state == REPORT_FIN_WAIT_2;
	sums->by_verdict[verdict]++;
	digest_ages_add(&group->ages, half->age_us);
	digest_tops_add(&group->tops, half->full->row.client.addr);
}

static void
leaks_judge(struct leaks *leaks, const struct digest_half *half)
{
	const struct report_row *row = &half->full->row;
	const struct leaks_key key = leaks_key(row, half->open_end);
	const struct digest_host *open =
	    digest_hosts_find(&leaks->hosts, half->open, row->ip_version);
	const struct digest_host *closed =
	    digest_hosts_find(&leaks->hosts, half->closed, row->ip_version);
	struct leaks_group *group = mem_table_find(&leaks->groups, &key);

	/* One that was not there in the first pass may have none. */
	if (!group)
		group = mem_table_take(&leaks->groups, &key);
	if (!group)
		group = &leaks->other;
	leaks_count(group, half, digest_half_judge(half, open, closed));
	if (open && open->heard_us > group->heard_at_us)
		group->heard_at_us = open->heard_us;
}

/* Counts a connection of the same server and port that both ends have closed. */
static void
leaks_closed(struct leaks *leaks, const struct report_row *row)
{
	for (int open_end = REPORT_CLOSER_CLIENT; open_end <= REPORT_CLOSER_SERVER; open_end++) {
		const struct leaks_key key = leaks_key(row, (enum report_closer)open_end);
		struct leaks_group *group = mem_table_find(&leaks->groups, &key);

		if (group)
			group->sums.closed++;
	}
}

static void
leaks_add(void *digest, const struct report_row *row, const struct report_full *full, int matches)
{
	struct leaks *leaks = digest;
	struct digest_half half;
	int is_half = matches && digest_half_read(&half, full);

	if (digest_row_now_us(row) > leaks->now_us)
		leaks->now_us = digest_row_now_us(row);
	if (leaks->pass == LEAKS_EVIDENCE)
		digest_hosts_see(&leaks->hosts, full);
	else if (leaks->pass == LEAKS_WHO && is_half)
		leaks_who(leaks, &half);
	else if (leaks->pass == LEAKS_JUDGE && is_half)
		leaks_judge(leaks, &half);
	else if (leaks->pass == LEAKS_JUDGE && row->end_cause == REPORT_END_FIN &&
	         row->proto == IPPROTO_TCP)
		leaks_closed(leaks, row);
}

static int
leaks_pass(void *digest)
{
	struct leaks *leaks = digest;

	if (leaks->pass == LEAKS_JUDGE || leaks->groups.n + leaks->groups.refused == 0)
		return 0;
	leaks->pass++;
	return 1;
}

/* --- the rows of the answer ------------------------------------------------------------------- */

/* That of most; those in use or young only where there are no others. */
static enum digest_verdict
leaks_verdict(const struct digest_leak *sums)
{
	enum digest_verdict most = DIGEST_NOT_CLOSING;

	for (int v = DIGEST_NOT_CLOSING; v < DIGEST_VERDICTS; v++)
		if (sums->by_verdict[v] > sums->by_verdict[most])
			most = (enum digest_verdict)v;
	if (sums->by_verdict[most] > 0)
		return most;
	return sums->by_verdict[DIGEST_IN_USE] > 0 ? DIGEST_IN_USE : DIGEST_YOUNG;
}

static uint64_t
leaks_name(const struct leaks *leaks, const struct leaks_group *group)
{
	return mem_table_hash(leaks->config.history->secret, &group->key, sizeof(group->key));
}

static void
leaks_set_growth(const struct leaks *leaks, struct leaks_group *group, uint64_t now_us)
{
	struct digest_leak *sums = &group->sums;
	uint64_t before;

	if (digest_history_count(leaks->before, leaks_name(leaks, group), &before) != 0)
		return;
	sums->has_growth = 1;
	sums->growth = (int64_t)(sums->count - before);
	sums->growth_us = now_us - leaks->before->at_us;
}

static void
leaks_finish(const struct leaks *leaks, struct leaks_group *group, uint64_t now_us)
{
	struct digest_leak *sums = &group->sums;

	memcpy(sums->addr, group->key.addr, sizeof(sums->addr));
	sums->port = group->key.port;
	sums->ip_version = group->key.ip_version;
	sums->open_end = group->key.open_end;
	sums->verdict = (uint8_t)leaks_verdict(sums);
	sums->oldest_us = group->ages.oldest_us;
	sums->median_us = digest_ages_median_us(&group->ages);
	sums->heard_us = DIGEST_NEVER;
	if (group->heard_at_us != 0)
		sums->heard_us = leaks->now_us - group->heard_at_us;
	sums->n_tops = (uint8_t)digest_tops_get(&group->tops, sums->tops);
	if (leaks->before && !sums->other)
		leaks_set_growth(leaks, group, now_us);
}

/* Keeps these counts for the next time, unless there is no memory for them. */
static void
leaks_keep(struct leaks *leaks, uint64_t now_us)
{
	struct mem_pool *pool = leaks->config.pool;
	size_t bytes = (leaks->groups.n + 1) * sizeof(struct digest_history_count);
	struct digest_history_count *counts = mem_pool_alloc(pool, bytes);

	if (!counts)
		return;
	for (uint32_t i = 0; i < leaks->groups.n; i++) {
		const struct leaks_group *group = mem_table_at(&leaks->groups, i);

		counts[i] =
		    (struct digest_history_count){ leaks_name(leaks, group), group->sums.count };
	}
	digest_history_keep(leaks->config.history, leaks->config.asking, now_us, counts,
	                    leaks->groups.n, leaks->groups.refused == 0);
	mem_pool_release(pool, counts, bytes);
}

static int
leaks_compare(const void *a, const void *b)
{
	const struct leaks_group *x = a, *y = b;

	if (x->sums.count != y->sums.count)
		return x->sums.count > y->sums.count ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* Rows of the first pass whose connections have all gone since are last: they are left out. */
static void
leaks_trim(struct leaks *leaks)
{
	struct mem_table *groups = &leaks->groups;

	while (groups->n > 0) {
		const struct leaks_group *last = mem_table_at(groups, groups->n - 1);

		if (last->sums.count > 0)
			break;
		groups->n--;
	}
}

static void
leaks_settle(void *digest, uint64_t now_us)
{
	struct leaks *leaks = digest;
	struct mem_table *groups = &leaks->groups;

	if (leaks->config.history)
		leaks->before =
		    digest_history_find(leaks->config.history, leaks->config.asking, now_us);
	for (uint32_t i = 0; i < groups->n; i++)
		leaks_finish(leaks, mem_table_at(groups, i), now_us);
	leaks_finish(leaks, &leaks->other, now_us);
	leaks->before = NULL;
	if (groups->n > 0)
		qsort(groups->records, groups->n, groups->shape.record_bytes, leaks_compare);
	leaks_trim(leaks);
	if (leaks->config.history)
		leaks_keep(leaks, now_us);
}

static uint32_t
leaks_rows(const void *digest)
{
	const struct leaks *leaks = digest;

	return leaks->groups.n + (leaks->other.sums.count > 0);
}

static void
leaks_row(const void *digest, uint32_t i, void *row)
{
	const struct leaks *leaks = digest;
	const struct leaks_group *group = &leaks->other;

	if (i < leaks->groups.n)
		group = mem_table_at(&leaks->groups, i);
	memcpy(row, &group->sums, sizeof(group->sums));
}

/* --- life ----------------------------------------------------------------------------------- */

static void *
leaks_create(const struct digest_config *config)
{
	struct leaks *leaks = mem_pool_alloc(config->pool, sizeof(*leaks));

	if (!leaks)
		return NULL;
	memset(leaks, 0, sizeof(*leaks));
	leaks->config = *config;
	leaks->other.sums.other = 1;
	mem_table_init(&leaks->groups, config->pool, config->secret, &leaks_shape);
	digest_hosts_init(&leaks->hosts, config->pool, config->secret);
	return leaks;
}

static void
leaks_destroy(void *digest)
{
	struct leaks *leaks = digest;

	if (!leaks)
		return;
	mem_table_fini(&leaks->groups);
	mem_table_fini(&leaks->hosts);
	mem_pool_release(leaks->config.pool, leaks, sizeof(*leaks));
}

const struct digest_kind digest_leaks = {
	.row_bytes = sizeof(struct digest_leak),
	.full = 1,
	.create = leaks_create,
	.destroy = leaks_destroy,
	.add = leaks_add,
	.pass = leaks_pass,
	.settle = leaks_settle,
	.count = leaks_rows,
	.row = leaks_row,
};
