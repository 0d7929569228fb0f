/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an endpoint event costs, all included: the event queued, and its share of
 * hashing, fetching and entering when the queue is full.
 *
 * Three kinds of servers: one; as many as a large network has; and ever new ones at six million a
 * second, as a flood of SYNs to random addresses has them. No flow table is behind it and the
 * caches are the table of sockets' own: what a worker pays beside its flows is in new_syn,
 * syn_flood and connections.
 */

#include <errno.h>

#include "bench_drive.h"
#include "bench_groups.h"

#define SOCKETS_ROUNDS_MAX 99
#define SOCKETS_MANY       20000
#define SOCKETS_BATCH      4096
#define SOCKETS_PER_US     6

struct sockets_case {
	const char *name;
	enum endpoint_event_kind kind;
	enum endpoint_rank rank;
	uint32_t servers; /* 0: a new one each time */
};

static const struct sockets_case sockets_cases[] = {
	{ "one", ENDPOINT_EVENT_ACCEPTED, ENDPOINT_PROVEN, 1 },
	{ "many", ENDPOINT_EVENT_ACCEPTED, ENDPOINT_PROVEN, SOCKETS_MANY },
	{ "scan", ENDPOINT_EVENT_UNANSWERED, ENDPOINT_SILENT, 0 },
};

struct sockets {
	struct track *track;
	struct bench_watch watch;
	uint64_t noted; /* by the case under way */
};

/* Servers in an order that no prefetcher of the machine's knows. */
static uint32_t
sockets_server(const struct sockets_case *one, uint64_t number)
{
	uint32_t mixed = (uint32_t)(number * UINT64_C(2654435761));

	return one->servers != 0 ? mixed % one->servers : mixed;
}

static void
sockets_batch(struct sockets *sockets, const struct sockets_case *one)
{
	struct flow_key key = { .rest = UINT64_C(443) << 32 | PACKET_PROTO_TCP << 1 };
	uint64_t now_us;

	bench_watch_start(&sockets->watch);
	for (unsigned i = 0; i < SOCKETS_BATCH; i++) {
		key.b_addr[1] = sockets_server(one, sockets->noted++);
		sockets->track->now_us += sockets->noted % SOCKETS_PER_US == 0;
		now_us = sockets->track->now_us & ENTRY_TIME_MAX;
		*endpoint_event_add(&sockets->track->endpoint_events, &key, 1) =
		    (struct endpoint_event){ .time_us = now_us,
			                     .kind = (uint8_t)one->kind,
			                     .rank = (uint8_t)one->rank,
			                     .asked = 1,
			                     .span = { now_us, now_us } };
	}
	bench_watch_stop(&sockets->watch, SOCKETS_BATCH);
}

/* Median cycles an event. */
static double
sockets_case_run(struct sockets *sockets, const struct sockets_case *one,
                 const struct bench_options *options)
{
	static double cycles[SOCKETS_ROUNDS_MAX];

	sockets->noted = 0;
	for (int round = -1; round < (int)options->rounds; round++) {
		for (uint32_t done = 0; done < options->packets; done += SOCKETS_BATCH)
			sockets_batch(sockets, one);
		cycles[round < 0 ? 0 : round] = bench_watch_lap(&sockets->watch);
	}
	return bench_median(cycles, options->rounds);
}

static int
sockets_run(const struct bench *bench, const struct bench_options *options)
{
	static struct sockets sockets;
	struct track_config config;
	int error = 0;

	track_config_init(&config);
	config.capacity = FLOW_CAPACITY_MIN;
	config.pages = options->pages;
	sockets = (struct sockets){ .track = track_create(&config) };
	if (sockets.track == NULL)
		return bench_fail(bench, -errno, "no memory");
	bench_json_begin(bench->name);
	bench_json_open("cycles_per_note");
	for (unsigned i = 0; i < BASE_COUNT_OF(sockets_cases); i++)
		bench_json_number(sockets_cases[i].name,
		                  sockets_case_run(&sockets, &sockets_cases[i], options), 1);
	bench_json_close();
	bench_json_number("live", (double)sockets.track->endpoints.live, 0);
	bench_json_number("rounds", options->rounds, 0);
	bench_json_number("preempted", (double)sockets.watch.preempted, 0);
	bench_json_end();
	if (sockets.track->endpoints.live == 0)
		error = bench_fail(bench, -EPROTO, "nothing was entered");
	track_destroy(sockets.track);
	return error;
}

const struct bench bench_sockets[] = {
	{ "sockets", 0, sockets_run },
	{ NULL, 0, NULL },
};
