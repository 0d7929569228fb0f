/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cases: what speaks of trouble at one server socket, or between it and one network of clients.
 *
 * Overview. A socket in whose connections all is well has no case. The first trouble opens one, of
 * 512 bytes: what it is of, and a run for each kind of trouble that there is. A run says since
 * when, how often and out of how many, until REPORT_RUN_QUIET_US have passed without that trouble;
 * the next one begins a new run. report_case.h has the kinds; endpoint_trouble.h brings them here.
 *
 *	cases     ENDPOINT_CASES, in sets of ENDPOINT_CASE_WAYS; they never move while they live
 *
 * Life. The memory is fixed. Where a set is full, the case with the least trouble lately gives way:
 * who makes many sockets or networks have one trouble each replaces those of his own kind, and the
 * busiest stay.
 *
 * Who writes and who reads. One worker writes. The control core reads whole cases by number through
 * their sequence counts (snapshot_case.h).
 *
 * Cost. Nothing for who has no trouble. 4 MB a worker.
 */
#ifndef ENDPOINT_CASE_H
#define ENDPOINT_CASE_H

#include "base_atomic.h"
#include "domain.h"
#include "flow_key.h"
#include "mem_region.h"
#include "report_case.h"

BASE_BEGIN_DECLS

#define ENDPOINT_CASES          8192
#define ENDPOINT_CASE_WAYS      4
#define ENDPOINT_CASE_RUNS      11
#define ENDPOINT_CASE_TICK      16 /* microseconds to ticks of a run: 66 ms */
#define ENDPOINT_CASE_BITS_IPV4 24 /* of the network of a client */
#define ENDPOINT_CASE_BITS_IPV6 64

/* Times are ticks of the engine's clock. Each counter stays at its most. */
struct endpoint_run {
	uint32_t trouble; /* enum report_trouble */
	uint32_t total, count;
	uint32_t begun; /* what the whole was when the run began; of segments: nothing */
	uint32_t of;    /* how much was added to the whole since */
	uint32_t since, last;
	uint32_t amount, amount_least; /* as report_run; times in units of 16 us */
	uint32_t amount_sum;
};

/* Worker: writes. Control: reads a copy taken through seq. */
struct endpoint_case {
	uint64_t server[2], client[2]; /* as flow_key has addresses; the client's network */
	uint64_t name; /* flow_key.rest: the server's port in 63..48, bit 32: it has a client */
	uint32_t seq;
	uint32_t opened; /* tick */
	uint32_t last;   /* tick */
	uint32_t n_runs; /* 0: the case is free */
	struct endpoint_run runs[ENDPOINT_CASE_RUNS];
	uint32_t spare[4];
};

static_assert(sizeof(struct endpoint_case) == 8 * BASE_CACHE_LINE, "whole lines");

struct endpoint_case_table {
	/* set at creation; worker and control: read */
	struct endpoint_case *cases; /* ENDPOINT_CASES */
	struct mem_region region;
	struct domain_table *domains; /* in which endpoints live; NULL: they are in no tunnels */

	/* worker: writes; control: reads */
	uint64_t live;
	uint64_t replaced; /* cases that gave way to others */
};

/* A trouble, as it is added to a case. */
struct endpoint_trouble {
	uint64_t now_us;  /* the engine's clock */
	uint32_t trouble; /* enum report_trouble */
	uint32_t n;       /* how many at once; 0: the amount of one has grown, which counts later */
	uint64_t amount;  /* as report_run.amount, times in microseconds */
	uint32_t
	    whole; /* CONNECTIONS: accepted by the socket until now; else segments to be added */
};

/* Zeroed memory of the given kind and NUMA node. 0 or -errno. Control, cold. */
int endpoint_case_table_init(struct endpoint_case_table *table, enum mem_pages pages, int node);
void endpoint_case_table_fini(struct endpoint_case_table *table);
uint64_t endpoint_case_table_need(void); /* bytes of one that is not made yet. Any */

/*
 * The key of a case from that of a flow and which of its ends is the server: with the client's
 * network, or without. Any.
 */
void endpoint_case_key(struct flow_key *key, const struct flow_key *flow, unsigned server,
                       bool with_client);

/* Adds a trouble to the case of that key, whose hash is endpoint_hash's. Worker. */
void endpoint_case_add(struct endpoint_case_table *table, const struct flow_key *key, uint64_t hash,
                       const struct endpoint_trouble *trouble);

/* Fetches what endpoint_case_add will search. Worker. */
void endpoint_case_prefetch(const struct endpoint_case_table *table, uint64_t hash);

/* A whole copy of one case, by its number. Returns false where it is free. Control. */
bool endpoint_case_copy(const struct endpoint_case_table *table, uint32_t number,
                        struct endpoint_case *copy);

/* Is the amount of that trouble a time? Any. */
bool endpoint_case_is_timed(unsigned trouble);

BASE_INLINE bool
endpoint_case_has_client(const struct endpoint_case *of)
{
	return of->name >> 32 & 1;
}

BASE_END_DECLS

#endif
