/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A worker's table of sockets: who answered, who was asked in vain, who talks with many.
 *
 * Flows end and are forgotten; what they showed of the sockets at their ends is kept here, a record
 * of one cache line for each address, port, protocol and identity domain. The events that fill it
 * are in track_listen.h; reports read it through track_listen_rows.h.
 *
 *	sets      one line each: eight tags, eight ranks and when each was last seen. A search and
 *	          the choice of whom to replace read this line and no other
 *	records   one line each, eight a set; they never move while they live
 *
 * The memory is fixed. Where a set is full the record of the least rank gives way, and of those the
 * one that was not seen for longest; but nothing below TRACK_SOCKET_PROVEN ever replaces what is of
 * that rank: a scan or a flood goes round among its own, a full turn a second at most. With the
 * flow table's secret in the hash nobody outside can choose sockets that meet in one set.
 *
 * Concurrency: one worker writes; the control core reads whole records by number through their
 * sequence counts and never looks at the sets. Cost: a take touches two lines; a caller with many
 * fetches the sets first, then the records.
 */
#ifndef TRACK_SOCKET_H
#define TRACK_SOCKET_H

#include "base_atomic.h"
#include "flow_hash.h"
#include "mem_region.h"

BASE_BEGIN_DECLS

#define TRACK_SOCKET_WAYS         8
#define TRACK_SOCKET_CAPACITY     65536 /* unless configured */
#define TRACK_SOCKET_CAPACITY_MIN 64
#define TRACK_SOCKET_CAPACITY_MAX (1u << 24)
#define TRACK_SOCKET_NONE         UINT32_MAX
#define TRACK_SOCKET_TICK_SHIFT   20 /* microseconds to ticks of track_socket_set.seen: 1.05 s */

/* How much a record is worth keeping: evidence that a stranger's packets alone cannot make. */
enum track_socket_rank {
	TRACK_SOCKET_FREE,
	TRACK_SOCKET_SILENT, /* asked and never answered; or talks with one peer */
	TRACK_SOCKET_SHOWN,  /* refused, talks with many, or answered a SYN that was not seen */
	TRACK_SOCKET_PROVEN, /* answered what was asked of it */
};

enum track_socket_flag {
	TRACK_SOCKET_ANSWERED =
	    1 << 0, /* TCP: sent a SYN-ACK; UDP: a flow toward it was answered */
	TRACK_SOCKET_ONE_PEER = 1 << 1,   /* UDP: talked with `peer` ... */
	TRACK_SOCKET_MANY_PEERS = 1 << 2, /* ... and with another: it is not connected */
};

/* Worker: writes. Control: reads a copy taken through seq. */
struct track_socket {
	uint64_t addr[2]; /* as flow_key has it */
	uint64_t name; /* flow_key.rest of the end alone: port in 63..48; 0: the record is free */
	uint64_t first_us : 48;
	uint64_t accepted_hi : 16;
	uint64_t last_us : 48; /* when something below last changed */
	uint64_t flags : 8;    /* enum track_socket_flag */
	uint64_t asked_hi : 8;
	uint32_t seq;
	uint32_t accepted_lo; /* TCP: handshakes completed; UDP: flows answered */
	uint32_t asked_lo;    /* TCP: SYNs; UDP: flows */
	uint32_t refused;     /* these three stay at UINT32_MAX */
	uint32_t unanswered;
	union {
		uint32_t syn_ack_again; /* TCP */
		uint32_t peer;          /* UDP: hash of the first peer */
	};
};

struct track_socket_set {
	uint16_t tag[TRACK_SOCKET_WAYS];  /* 0: free */
	uint8_t rank[TRACK_SOCKET_WAYS];  /* enum track_socket_rank */
	uint32_t seen[TRACK_SOCKET_WAYS]; /* tick */
	uint32_t reserved[2];
};

static_assert(TRACK_SOCKET_WAYS == 8, "a vector of tags");
static_assert(sizeof(struct track_socket) == BASE_CACHE_LINE, "one line");
static_assert(sizeof(struct track_socket_set) == BASE_CACHE_LINE, "one line");

struct track_sockets {
	/* set at creation; worker and control: read */
	struct track_socket *records;
	struct track_socket_set *sets;
	uint32_t n_sets; /* a power of two */
	struct mem_region region;

	/* worker alone: silent records that may yet replace others in this tick */
	uint32_t tick;
	uint32_t silent_left;

	/* worker: writes; control: reads */
	uint64_t live;
	uint64_t replaced;    /* records that gave way to others */
	uint64_t passed_over; /* sockets that got no record: none was to be had for their rank */
};

/*
 * Memory for `capacity` records, a power of two, zeroed, of the given kind and NUMA node. 0,
 * -EINVAL or as mem_region_init. Control, cold.
 */
int track_sockets_init(struct track_sockets *sockets, uint32_t capacity, enum mem_pages pages,
                       int node);
void track_sockets_fini(struct track_sockets *sockets);

/* The capacity for at least n records, n at least 2: the next power of two. Any. */
BASE_INLINE uint32_t
track_sockets_round(uint32_t n)
{
	return 1u << (32 - __builtin_clz(n - 1));
}

/* Bytes of memory that such a table takes. Any. */
uint64_t track_sockets_need(uint32_t capacity);

/* The record of a socket, or TRACK_SOCKET_NONE. `key` is as track_socket_key makes it. Worker. */
uint32_t
track_sockets_find(const struct track_sockets *sockets, const struct flow_key *key, uint64_t hash);

/*
 * The same, made anew if it is not there, with its write left open: the caller changes what it will
 * and calls base_seq_write_end. The record has at least `rank` from now on and is the last seen of
 * its set. TRACK_SOCKET_NONE: there is no room for one of that rank. Worker.
 */
uint32_t track_sockets_take(struct track_sockets *sockets, const struct flow_key *key,
                            uint64_t hash, enum track_socket_rank rank, uint64_t now_us);

/* Fetches the record that take will find or replace. Worker. */
void track_sockets_prefetch_record(const struct track_sockets *sockets, uint64_t hash);

/* Raises the rank of a record. Worker. */
void
track_sockets_raise(struct track_sockets *sockets, uint32_t number, enum track_socket_rank rank);

/* A whole copy of one record, by its number below the capacity. Any thread. */
void
track_sockets_copy(const struct track_sockets *sockets, uint32_t number, struct track_socket *copy);

/* The same by what names it: 1, or 0 when it is not there. Control; searches without the sets. */
int track_sockets_copy_of(const struct track_sockets *sockets, const struct flow_key *key,
                          uint64_t hash, struct track_socket *copy);

BASE_INLINE uint32_t
track_sockets_capacity(const struct track_sockets *sockets)
{
	return sockets->n_sets * TRACK_SOCKET_WAYS;
}

/* One end of a flow as a key that flow_hash takes: the other end is left out. */
BASE_INLINE void
track_socket_key(struct flow_key *key, const struct flow_key *flow, unsigned b)
{
	const uint64_t *addr = b ? flow->b_addr : flow->a_addr;

	*key = (struct flow_key){ { addr[0], addr[1] }, { 0, 0 }, 0 };
	key->rest = (uint64_t)flow_key_port(flow, b) << 48 | (flow->rest & UINT32_MAX);
}

BASE_INLINE uint32_t
track_socket_set_of(const struct track_sockets *sockets, uint64_t hash)
{
	return (uint32_t)(hash >> 32) & (sockets->n_sets - 1);
}

/* The first of the two lines; when it has come, track_sockets_prefetch_record fetches the other. */
BASE_INLINE void
track_sockets_prefetch_set(const struct track_sockets *sockets, uint64_t hash)
{
	__builtin_prefetch(&sockets->sets[track_socket_set_of(sockets, hash)], 1);
}

BASE_INLINE uint64_t
track_socket_accepted(const struct track_socket *socket)
{
	return (uint64_t)socket->accepted_hi << 32 | socket->accepted_lo;
}

BASE_INLINE uint64_t
track_socket_asked(const struct track_socket *socket)
{
	return (uint64_t)socket->asked_hi << 32 | socket->asked_lo;
}

BASE_END_DECLS

#endif
