/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TIME_WAIT, and when a client's ports toward one server and port run out.
 *
 * Overview. There are two passes over the connections. The first finds the rows of the answer: the
 * filter says which TIME_WAITs are of interest. The second counts all connections between the two,
 * whatever the filter says, for each of them holds a port. What is measured and what is assumed:
 *   - the rate is that of the last eighth of 2 x MSL; or, if that is less (a second at least), of
 *     those that came after the first connection;
 *   - 2 x MSL is what the daemon is configured with; the client's own may be less;
 *   - the range of ports is the narrowest of the usual ones that holds all ports seen, so a client
 *     seen little may be thought to have fewer than it has, never more;
 *   - ports that are held otherwise stay as many as they are.
 * The forecast lets those in TIME_WAIT leave it one sixty-fourth after the other, while new ones
 * come at that rate.
 *
 * Life, and who writes and reads: as for every digest (digest.h).
 *
 * Cost. Some 350 bytes a row.
 */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "mem_table.h"

#define TIMEWAIT_SLOTS      64 /* of 2 x MSL */
#define TIMEWAIT_RATE_SLOTS (TIMEWAIT_SLOTS / 8)
#define TIMEWAIT_LEAST_US   UINT64_C(1000000)

struct timewait_key {
	uint8_t client[16], server[16];
	uint16_t port;
	uint8_t ip_version;
	uint8_t reserved[5];
};

struct timewait_group {
	struct timewait_key key;
	struct digest_timewait sums;      /* only the counters, until it is settled */
	uint64_t opened_us;               /* the first of them */
	uint32_t entered[TIMEWAIT_SLOTS]; /* in TIME_WAIT, by how long */
};

struct timewait {
	struct digest_config config;
	int counting;    /* the second pass */
	uint64_t now_us; /* UTC: the latest row */
	struct mem_table groups;
	struct timewait_group other;
};

static const struct mem_table_shape timewait_shape = {
	.key_bytes = sizeof(struct timewait_key),
	.record_bytes = sizeof(struct timewait_group),
	.max = DIGEST_TIMEWAIT_MAX,
};

/* Whence hosts take the ports of their connections, the narrower ones first. */
static const struct {
	uint16_t low, high;
} timewait_ranges[] = {
	{ 49152, 65535 }, /* IANA's (RFC 6335 6): BSD, macOS, Solaris, Windows */
	{ 32768, 60999 }, /* Linux */
	{ 1024, 65535 },
	{ 0, 65535 },
};

static_assert(sizeof(struct timewait_key) == 40, "words");

/* --- the rows of connections ------------------------------------------------------------------ */

static struct timewait_key
timewait_key(const struct report_row *row)
{
	struct timewait_key key = { .port = row->server.port, .ip_version = row->ip_version };
	size_t bytes = row->ip_version == 6 ? 16 : 4;

	memcpy(key.client, row->client.addr, bytes);
	memcpy(key.server, row->server.addr, bytes);
	return key;
}

static unsigned
timewait_slot(uint64_t age_us, uint64_t wait_us)
{
	uint64_t slot = wait_us ? age_us / (wait_us / TIMEWAIT_SLOTS + 1) : 0;

	return slot < TIMEWAIT_SLOTS ? (unsigned)slot : TIMEWAIT_SLOTS - 1;
}

static void
timewait_port(struct digest_timewait *sums, uint16_t port)
{
	if (sums->port_low == 0 || port < sums->port_low)
		sums->port_low = port;
	if (port > sums->port_high)
		sums->port_high = port;
}

static void
timewait_count(struct timewait *timewait, struct timewait_group *group,
               const struct report_row *row)
{
	struct digest_timewait *sums = &group->sums;

	timewait_port(sums, row->client.port);
	if (group->opened_us == 0 || row->opened_us < group->opened_us)
		group->opened_us = row->opened_us;
	if (row->client.state == REPORT_TIME_WAIT) {
		sums->time_wait++;
		group->entered[timewait_slot(row->in_state_us, timewait->config.wait_us)]++;
	} else if (row->client.state != REPORT_CLOSED) {
		sums->held++;
	}
	sums->server_time_wait += row->server.state == REPORT_TIME_WAIT;
}

/* Has its tuple gone over to another connection? Then the port is that one's. */
static bool
timewait_is_over(const struct report_row *row)
{
	return row->proto != IPPROTO_TCP || row->replaced || row->end_cause == REPORT_END_DROPPED;
}

static bool
timewait_is_waiting(const struct report_row *row)
{
	return row->client.state == REPORT_TIME_WAIT || row->server.state == REPORT_TIME_WAIT;
}

static void
timewait_add(void *digest, const struct report_row *row, const struct report_full *full BASE_UNUSED,
             int matches)
{
	struct timewait *timewait = digest;
	struct timewait_key key;
	struct timewait_group *group;

	if (row->last_us + row->idle_us > timewait->now_us)
		timewait->now_us = row->last_us + row->idle_us;
	if (timewait_is_over(row))
		return;
	key = timewait_key(row);
	if (!timewait->counting) {
		if (matches && timewait_is_waiting(row))
			mem_table_take(&timewait->groups, &key);
		return;
	}
	group = mem_table_find(&timewait->groups, &key);
	if (!group && matches && timewait->groups.refused && timewait_is_waiting(row))
		group = &timewait->other;
	if (group)
		timewait_count(timewait, group, row);
}

static int
timewait_pass(void *digest)
{
	struct timewait *timewait = digest;

	if (timewait->counting || timewait->groups.n + timewait->groups.refused == 0)
		return 0;
	timewait->counting = 1;
	return 1;
}

/* --- the rows of the answer ------------------------------------------------------------------- */

static void
timewait_set_range(struct digest_timewait *sums)
{
	unsigned i = 0;

	while (sums->port_low < timewait_ranges[i].low || sums->port_high > timewait_ranges[i].high)
		i++;
	sums->range_low = timewait_ranges[i].low;
	sums->range_high = timewait_ranges[i].high;
}

static void
timewait_set_rate(const struct timewait *timewait, struct timewait_group *group)
{
	struct digest_timewait *sums = &group->sums;
	uint64_t observed_us = timewait->now_us - group->opened_us;

	for (unsigned i = 0; i < TIMEWAIT_RATE_SLOTS; i++)
		sums->entered += group->entered[i];
	sums->window_us = timewait->config.wait_us * TIMEWAIT_RATE_SLOTS / TIMEWAIT_SLOTS;
	if (sums->window_us > observed_us) {
		sums->window_us = observed_us;
		sums->entered -= sums->entered > 0; /* with the first one the time begins */
	}
	if (sums->window_us < TIMEWAIT_LEAST_US)
		sums->window_us = TIMEWAIT_LEAST_US;
}

/* Those in TIME_WAIT now that still are after `slots` more. */
static uint64_t
timewait_left(const struct timewait_group *group, unsigned slots)
{
	uint64_t left = 0;

	for (unsigned i = 0; i + slots < TIMEWAIT_SLOTS; i++)
		left += group->entered[i];
	return left;
}

static void
timewait_set_future(struct timewait_group *group)
{
	struct digest_timewait *sums = &group->sums;
	uint64_t ports = (uint64_t)sums->range_high - sums->range_low + 1;
	double rate = (double)sums->entered / (double)sums->window_us;

	sums->steady = sums->held + (uint64_t)(rate * (double)sums->wait_us + 0.5);
	sums->runs_out_us = DIGEST_NEVER;
	for (unsigned slots = 0; slots <= TIMEWAIT_SLOTS; slots++) {
		uint64_t after_us = sums->wait_us * slots / TIMEWAIT_SLOTS;
		double used =
		    (double)(sums->held + timewait_left(group, slots)) + rate * (double)after_us;

		if (used >= (double)ports) {
			sums->runs_out_us = after_us;
			return;
		}
	}
}

static void
timewait_finish(const struct timewait *timewait, struct timewait_group *group)
{
	struct digest_timewait *sums = &group->sums;

	memcpy(sums->client, group->key.client, sizeof(sums->client));
	memcpy(sums->server, group->key.server, sizeof(sums->server));
	sums->port = group->key.port;
	sums->ip_version = group->key.ip_version;
	sums->wait_us = timewait->config.wait_us;
	timewait_set_range(sums);
	timewait_set_rate(timewait, group);
	timewait_set_future(group);
}

static int
timewait_compare(const void *a, const void *b)
{
	const struct timewait_group *x = a, *y = b;
	const struct digest_timewait *p = &x->sums, *q = &y->sums;

	if (p->time_wait != q->time_wait)
		return p->time_wait > q->time_wait ? -1 : 1;
	if (p->server_time_wait != q->server_time_wait)
		return p->server_time_wait > q->server_time_wait ? -1 : 1;
	return memcmp(&x->key, &y->key, sizeof(x->key));
}

/* The row of all others has no one range of ports, so it has no forecast. */
static void
timewait_finish_other(struct timewait *timewait)
{
	struct digest_timewait *sums = &timewait->other.sums;

	sums->wait_us = timewait->config.wait_us;
	sums->runs_out_us = DIGEST_NEVER;
}

static void
timewait_settle(void *digest, uint64_t now_us BASE_UNUSED)
{
	struct timewait *timewait = digest;
	struct mem_table *groups = &timewait->groups;

	for (uint32_t i = 0; i < groups->n; i++)
		timewait_finish(timewait, mem_table_at(groups, i));
	timewait_finish_other(timewait);
	if (groups->n > 0)
		qsort(groups->records, groups->n, groups->shape.record_bytes, timewait_compare);
	/* Those that were seen waiting in the first pass, and were gone in the second, are last. */
	while (groups->n > 0) {
		const struct timewait_group *last = mem_table_at(groups, groups->n - 1);

		if (last->sums.time_wait + last->sums.server_time_wait > 0)
			break;
		groups->n--;
	}
}

static uint32_t
timewait_rows(const void *digest)
{
	const struct timewait *timewait = digest;
	const struct digest_timewait *other = &timewait->other.sums;

	return timewait->groups.n + (other->time_wait + other->server_time_wait > 0);
}

static void
timewait_row(const void *digest, uint32_t i, void *row)
{
	const struct timewait *timewait = digest;
	const struct timewait_group *group = &timewait->other;

	if (i < timewait->groups.n)
		group = mem_table_at(&timewait->groups, i);
	memcpy(row, &group->sums, sizeof(group->sums));
}

/* --- life ----------------------------------------------------------------------------------- */

static void *
timewait_create(const struct digest_config *config)
{
	struct timewait *timewait = mem_pool_alloc(config->pool, sizeof(*timewait));

	if (!timewait)
		return NULL;
	memset(timewait, 0, sizeof(*timewait));
	timewait->config = *config;
	timewait->other.sums.other = 1;
	mem_table_init(&timewait->groups, config->pool, config->secret, &timewait_shape);
	return timewait;
}

static void
timewait_destroy(void *digest)
{
	struct timewait *timewait = digest;

	if (!timewait)
		return;
	mem_table_fini(&timewait->groups);
	mem_pool_release(timewait->config.pool, timewait, sizeof(*timewait));
}

const struct digest_kind digest_timewait = {
	.row_bytes = sizeof(struct digest_timewait),
	.create = timewait_create,
	.destroy = timewait_destroy,
	.add = timewait_add,
	.pass = timewait_pass,
	.settle = timewait_settle,
	.count = timewait_rows,
	.row = timewait_row,
};
