/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The baseline: DPDK's rte_hash looked up in bulk, and one line of each packet's value written.
 *
 * Keys are the usual IPv4 five-tuple in 16 bytes, hashed with CRC32; the table has room for a
 * quarter more. No packet is parsed and no connection moved: that is all left to be done. A
 * program of its own since rte_hash needs EAL; memory is hugepages, or EAL's ordinary memory
 * where it must be.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_hash.h>
#include <rte_malloc.h>

#include "bench.h"
#include "bench_frame.h"

#define HASH_ROUNDS_MAX 99
#define HASH_FLOWS      (1u << 20)
#define HASH_BULK       32
#define HASH_ZIPF       (4u << 20)

struct hash_key {
	uint32_t src, dst;
	uint16_t src_port, dst_port;
	uint32_t proto;
};

struct hash_value {
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t packets;
};

struct hash {
	uint32_t flows;
	struct rte_hash *table;
	struct hash_value *values;
	struct bench_order order;
	struct bench_watch watch;
	struct hash_key keys[BENCH_BATCH];
	uint64_t missed;
};

static const char hash_usage[] =
    "usage: bench_hash [--flows N] [--rounds N] [--packets N] [--cpu N] [--quick]\n"
    "                  [--pages huge|thp] [random|zipf]\n";

static int
hash_start_eal(const struct bench_options *options, uint32_t flows)
{
	static char lcores[16], prefix[32], megabytes[16];
	/* a key's slot, a bucket's entry, twice that where it rounds up, and lines of values */
	unsigned long long bytes = (256ull << 20) + (unsigned long long)flows * 256;
	char *argv[16] = { (char *)"bench_hash",
		           (char *)"-l",
		           lcores,
		           (char *)"--no-pci",
		           (char *)"--no-telemetry",
		           (char *)"--log-level=*:critical",
		           (char *)"--file-prefix",
		           prefix };
	int argc = 8;

	snprintf(lcores, sizeof(lcores), "%d", options->cpu);
	snprintf(prefix, sizeof(prefix), "spanstat-bench");
	snprintf(megabytes, sizeof(megabytes), "%llu", bytes >> 20);
	if (options->pages == MEM_PAGES_HUGE) {
		argv[argc++] = (char *)"--in-memory";
	} else {
		argv[argc++] = (char *)"--no-huge";
		argv[argc++] = (char *)"-m";
		argv[argc++] = megabytes;
	}
	return rte_eal_init(argc, argv) < 0 ? -ENOMEM : 0;
}

static struct hash_key
hash_key(uint32_t flow)
{
	uint64_t mixed = bench_mix(flow);

	return (struct hash_key){ 10u << 24 | flow, 0xac100000 | (mixed & 0xfffff),
		                  (uint16_t)(mixed >> 20), 443, PACKET_PROTO_TCP };
}

static int
hash_fill(struct hash *hash)
{
	const struct rte_hash_parameters parameters = {
		.name = "baseline",
		.entries = hash->flows + hash->flows / 4,
		.key_len = sizeof(struct hash_key),
	};

	hash->table = rte_hash_create(&parameters);
	hash->values = rte_zmalloc(NULL, parameters.entries * sizeof(struct hash_value), 64);
	if (hash->table == NULL || hash->values == NULL)
		return -ENOMEM;
	for (uint32_t flow = 0; flow < hash->flows; flow++) {
		struct hash_key key = hash_key(flow);

		if (rte_hash_add_key(hash->table, &key) < 0)
			return -ENOSPC;
	}
	return 0;
}

static void
hash_bulk(struct hash *hash, const struct hash_key *keys)
{
	const void *pointers[HASH_BULK];
	int32_t at[HASH_BULK];

	for (unsigned i = 0; i < HASH_BULK; i++)
		pointers[i] = &keys[i];
	rte_hash_lookup_bulk(hash->table, pointers, HASH_BULK, at);
	for (unsigned i = 0; i < HASH_BULK; i++)
		if (at[i] >= 0)
			__builtin_prefetch(&hash->values[at[i]], 1);
	for (unsigned i = 0; i < HASH_BULK; i++) {
		if (at[i] >= 0)
			hash->values[at[i]].packets++;
		else
			hash->missed++;
	}
}

static double
hash_round(struct hash *hash, uint32_t packets)
{
	for (uint32_t done = 0; done < packets; done += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++)
			hash->keys[i] = hash_key(bench_order_next(&hash->order));
		bench_watch_start(&hash->watch);
		for (unsigned i = 0; i < BENCH_BATCH; i += HASH_BULK)
			hash_bulk(hash, &hash->keys[i]);
		bench_watch_stop(&hash->watch, BENCH_BATCH);
	}
	return bench_watch_lap(&hash->watch);
}

static void
hash_run(struct hash *hash, const struct bench_options *options, const char *order)
{
	double cycles[HASH_ROUNDS_MAX], median;

	hash_round(hash, options->packets);
	for (unsigned round = 0; round < options->rounds; round++)
		cycles[round] = hash_round(hash, options->packets);
	median = bench_median(cycles, options->rounds);
	bench_json_begin("rte_hash");
	bench_json_number("flows", hash->flows, 0);
	bench_json_text("order", order);
	bench_json_number("mpps", bench_mops(median), 2);
	bench_json_number("cycles_per_packet", median, 1);
	bench_json_number("rounds", options->rounds, 0);
	bench_json_number("preempted", (double)hash->watch.preempted, 0);
	bench_json_text("pages", options->pages == MEM_PAGES_HUGE ? "huge" : "small");
	bench_json_end();
}

int
main(int argc, char **argv)
{
	static struct hash hash;
	struct bench_options options;
	const char *order;
	int error;

	bench_options_parse(&options, &argc, &argv, hash_usage);
	order = argc > 0 ? argv[0] : "random";
	hash.flows = options.flows != 0 ? options.flows : HASH_FLOWS;
	bench_init(&options);
	error = hash_start_eal(&options, hash.flows);
	if (error == 0)
		error = strcmp(order, "zipf") == 0
		            ? bench_order_zipf(&hash.order, hash.flows, HASH_ZIPF)
		            : bench_order_random(&hash.order, hash.flows);
	if (error == 0)
		error = hash_fill(&hash);
	if (error == 0)
		hash_run(&hash, &options, order);
	if (error == 0 && hash.missed > 0)
		error = -EPROTO;
	if (error != 0)
		fprintf(stderr, "bench_hash: %s\n", strerror(-error));
	bench_order_fini(&hash.order);
	rte_eal_cleanup();
	return error != 0;
}
