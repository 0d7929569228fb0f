/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's table of endpoints: who answered, who was asked in vain, who talks with many.
 *
 * Overview. Flows end and are forgotten. What they showed of the endpoints at their ends is kept
 * here: a record of one cache line for each address, port, protocol and identity domain.
 * track_endpoint.h has the events that fill it; reports read it through snapshot_endpoint.h.
 *
 *	sets      one line each: eight tags, eight ranks, and when each was last seen. A search and
 *	          the choice of what to replace read this line and no other
 *	records   one line each, eight for a set; they never move while they live
 *	more      four lines each, of TCP sockets that were connected to more than once
 *	          (endpoint_more.h); what the first showed has room in the record
 *
 * Life. The memory is fixed. Where a set is full, the record of the least rank gives way, and of
 * those the one that was not seen for longest. But nothing below ENDPOINT_PROVEN ever replaces a
 * record of that rank: a scan or a flood replaces its own, a full turn a second at most. With the
 * flow table's secret in the hash nobody outside can choose endpoints that meet in one set.
 *
 * Who writes and who reads. One worker writes. The control core reads whole records by number
 * through their sequence counts (endpoint_copy.h), and never reads the sets.
 *
 * Cost. A take touches two lines. A caller with many fetches the sets first, then the records.
 */
#ifndef ENDPOINT_TABLE_H
#define ENDPOINT_TABLE_H

#include "base_atomic.h"
#include "domain.h"
#include "endpoint_more.h"
#include "flow_hash.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define ENDPOINT_WAYS         8
#define ENDPOINT_CAPACITY     65536 /* unless configured */
#define ENDPOINT_CAPACITY_MIN 64
#define ENDPOINT_CAPACITY_MAX (1u << 24)
#define ENDPOINT_NONE         UINT32_MAX
#define ENDPOINT_TICK_SHIFT   20 /* microseconds to ticks of endpoint_set.seen: 1.05 s */

/*
 * How much a record is worth keeping: by evidence that the packets of a stranger alone cannot make.
 */
enum endpoint_rank {
	ENDPOINT_FREE,
	ENDPOINT_SILENT, /* asked and never answered; or talks with one peer */
	ENDPOINT_SHOWN,  /* refused, talks with many, or answered a SYN that was not seen */
	ENDPOINT_PROVEN, /* answered what was asked of it */
};

enum endpoint_flag {
	ENDPOINT_ANSWERED = 1 << 0,   /* TCP: sent a SYN-ACK; UDP: a flow toward it was answered */
	ENDPOINT_ONE_PEER = 1 << 1,   /* UDP: talked with `peer` ... */
	ENDPOINT_MANY_PEERS = 1 << 2, /* ... and with another: it is not connected */
	ENDPOINT_MORE = 1 << 3,       /* TCP: its `more` is in use */
};

/* When an endpoint was seen, on the engine's clock. */
struct endpoint_span {
	uint64_t first_us, last_us;
};

/* Worker: writes. Control: reads a copy taken through seq. */
struct endpoint {
	uint64_t addr[2]; /* as flow_key has it */
	uint64_t name; /* flow_key.rest of the end alone: port in 63..48; 0: the record is free */
	uint64_t first_us : 48;
	uint64_t accepted_hi : 8;
	uint64_t
	    first_place : 5; /* TCP: handshake of its first connection, plus one; 0: not known */
	uint64_t first_cause : 3; /* the same: enum report_end_cause */
	uint64_t last_us : 48;    /* of what is counted below: when the last of it was seen */
	uint64_t flags : 8;       /* enum endpoint_flag */
	uint64_t asked_hi : 8;
	uint32_t seq;
	uint32_t accepted_lo; /* TCP: handshakes completed; UDP: flows answered */
	uint32_t asked_lo;    /* TCP: SYNs; UDP: flows */
	uint32_t refused;     /* these three stay at UINT32_MAX */
	uint32_t unanswered;
	union {
		uint32_t syn_ack_retransmitted; /* TCP */
		uint32_t peer;                  /* UDP: hash of the first peer */
	};
};

struct endpoint_set {
	uint16_t tag[ENDPOINT_WAYS];  /* 0: free */
	uint8_t rank[ENDPOINT_WAYS];  /* enum endpoint_rank */
	uint32_t seen[ENDPOINT_WAYS]; /* tick */
	uint32_t reserved[2];
};

static_assert(ENDPOINT_WAYS == 8, "a vector of tags");
static_assert(sizeof(struct endpoint) == BASE_CACHE_LINE, "one line");
static_assert(sizeof(struct endpoint_set) == BASE_CACHE_LINE, "one line");

struct endpoint_table {
	/* set at creation; worker and control: read */
	struct endpoint *records;
	struct endpoint_set *sets;
	struct endpoint_more *more;
	uint32_t n_sets; /* a power of two */
	struct mem_region region;
	struct domain_table *domains; /* in which endpoints live; NULL: they are in no tunnels */

	/* worker alone: silent records that may still replace others in this tick */
	uint32_t tick;
	uint32_t silent_left;

	/* worker: writes; control: reads */
	uint64_t live;
	uint64_t replaced;    /* records that gave way to others */
	uint64_t passed_over; /* endpoints that got no record: there was none for their rank */
};

/*
 * Memory for `capacity` records, a power of two, zeroed, of the given kind and NUMA node. 0,
 * -EINVAL or as mem_region_init. Control, cold.
 */
int endpoint_table_init(struct endpoint_table *table, uint32_t capacity, enum mem_pages pages,
                        int node);
void endpoint_table_fini(struct endpoint_table *table);

/* The capacity for at least n records, n at least 2: the next power of two. Any. */
BASE_INLINE uint32_t
endpoint_table_round(uint32_t n)
{
	return 1u << (32 - __builtin_clz(n - 1));
}

/* Bytes of memory that such a table takes. Any. */
uint64_t endpoint_table_need(uint32_t capacity);

/*
 * The number of the record of an endpoint, or ENDPOINT_NONE. `key` is as endpoint_key makes it.
 * Worker.
 */
uint32_t
endpoint_table_find(const struct endpoint_table *table, const struct flow_key *key, uint64_t hash);

/*
 * The same, and makes the record if there is none. Its write is left open: the caller changes what
 * it will and calls base_seq_write_end. From now on the record has at least `rank` and was seen in
 * `span` too. ENDPOINT_NONE: there is no room for one of that rank. Worker.
 */
uint32_t endpoint_table_take(struct endpoint_table *table, const struct flow_key *key,
                             uint64_t hash, enum endpoint_rank rank, struct endpoint_span span);

/*
 * What more is kept of the record `number`, whose write is open; brought into use, with what the
 * record has of the first connection. Worker.
 */
struct endpoint_more *endpoint_table_more(struct endpoint_table *table, uint32_t number);

/* Fetches the record that endpoint_table_take will find or replace. Worker. */
void endpoint_table_prefetch_record(const struct endpoint_table *table, uint64_t hash);

/* Raises the rank of a record. Worker. */
void endpoint_table_raise(struct endpoint_table *table, uint32_t number, enum endpoint_rank rank);

BASE_INLINE uint32_t
endpoint_table_capacity(const struct endpoint_table *table)
{
	return table->n_sets * ENDPOINT_WAYS;
}

/* Makes a key, as flow_hash takes it, of one end of a flow: the other end is left out. Any. */
BASE_INLINE void
endpoint_key(struct flow_key *key, const struct flow_key *flow, unsigned b)
{
	const uint64_t *addr = b ? flow->b_addr : flow->a_addr;

	*key = (struct flow_key){ { addr[0], addr[1] }, { 0, 0 }, 0 };
	key->rest = (uint64_t)flow_key_port(flow, b) << 48 | (flow->rest & UINT32_MAX);
}

/*
 * The hash by which an endpoint is found, from the keyed hash of its key, in which no domain is. So
 * many networks may each have a socket of one address and port. `network` is domain_network's, and
 * multiplied with the hash, which nobody knows: who chooses networks chooses no set by it. Any.
 */
BASE_INLINE uint64_t
endpoint_hash(uint64_t hash, uint32_t network)
{
	uint64_t x = hash * (2 * (uint64_t)network + 1);

	return network != 0 ? x ^ x >> 32 : hash;
}

BASE_INLINE uint32_t
endpoint_set_of(const struct endpoint_table *table, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & (table->n_sets - 1);
}

/*
 * Fetches the first of the two lines. When it has come, endpoint_table_prefetch_record fetches the
 * other. Worker.
 */
BASE_INLINE void
endpoint_table_prefetch_set(const struct endpoint_table *table, uint64_t hash)
{
	__builtin_prefetch(&table->sets[endpoint_set_of(table, hash)], 1);
}

BASE_INLINE uint64_t
endpoint_accepted(const struct endpoint *record)
{
	return (uint64_t)record->accepted_hi << 32 | record->accepted_lo;
}

BASE_INLINE uint64_t
endpoint_asked(const struct endpoint *record)
{
	return (uint64_t)record->asked_hi << 32 | record->asked_lo;
}

BASE_END_DECLS

#endif
