/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A connection or UDP flow in its table entry: what the tracker makes of the 84 bytes of
 * flow_entry.
 *
 * The second line is what packets write: the time of the last one, the two ends. The first has what
 * stays as it is, or changes now and then: the key, what is known of the ends besides. Times are on
 * the engine's clock (48 bits of microseconds: nine years from its start). They are the moments at
 * which something happened, never deadlines, so that ages can always be shown. `opened` is written
 * once, and cut in three to fill the words.
 *
 * Worker: writes. Control: reads a copy that was taken through seq (snapshot_copy.h).
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "flow_table.h"
#include "report_row.h"
#include "tcp_end.h"

#define ENTRY_TIME_MAX ((UINT64_C(1) << 48) - 1)

/* The state of both ends of a UDP flow; follows TCP's eleven. */
#define ENTRY_STATE_UDP REPORT_UDP

enum entry_flag {
	ENTRY_CLIENT_B = 1 << 0,  /* the greater endpoint is the client */
	ENTRY_MIDSTREAM = 1 << 1, /* its opening was not seen */
	ENTRY_GAP = 1 << 2,       /* segments were missed */
	ENTRY_ROLE_GUESSED = 1 << 3,
	ENTRY_DETACHED =
	    1 << 4,           /* not in the index any more: only shown, until the timer of CLOSED */
	ENTRY_ASKED = 1 << 5, /* its opening is counted in the table of endpoints */
	ENTRY_TIMED = 1 << 6, /* one of its segments is being timed (entry_rtt.h) */
	ENTRY_UPPER = 1 << 7, /* its upper part is in use (entry_upper.h) */
	ENTRY_END_CAUSE_SHIFT = 8, /* enum report_end_cause, three bits */
	ENTRY_END_CAUSE_MASK = 7 << 8,
	ENTRY_COPIES_SHIFT = 11, /* copies that the mirror made, five bits */
	ENTRY_COPIES_MASK = 31 << 11,
};

/* What ordinary packets do not touch of an end. */
struct entry_more {
	uint64_t rtt : 12; /* smoothed, tap to this end and back: a tcp_duration; 0: not known */
	uint64_t handshake : 11; /* the same of the handshake */
	uint64_t held : 11;      /* tcp_duration: its state is older than the other end's by this */
	uint64_t retransmitted_bytes : 14; /* of the stream, that had passed before */
	uint64_t mss : 16;                 /* of its SYN */
};

struct entry {
	struct flow_key key;
	uint64_t since_us : 48; /* when either end last changed its state; see entry_more.held */
	uint64_t opened_lo : 16;
	struct entry_more more[2];
	uint32_t seq;
	uint16_t flags; /* enum entry_flag */
	uint16_t opened_hi;
	uint64_t last_us : 48; /* of its last packet */
	uint64_t opened_mid : 16;
	struct tcp_end end[2]; /* a, b */
};

static_assert(sizeof(struct entry) == sizeof(struct flow_entry), "it lies over one");
static_assert(offsetof(struct entry, seq) == offsetof(struct flow_entry, seq), "shared");
static_assert(offsetof(struct entry, seq) == BASE_CACHE_LINE, "both ends in one line, with it");
static_assert((int)TCPS_TIME_WAIT == (int)REPORT_TIME_WAIT && (int)TCPS_N_STATES == (int)REPORT_UDP,
              "one numbering of states");

/* The entry of a number below flow_table_used. Worker; control only reads its seq and copies it. */
BASE_INLINE struct entry *
entry_at(const struct flow_table *table, uint32_t number)
{
	return (struct entry *)flow_table_entry(table, number);
}

/* The end that is the client: 0 or 1. */
BASE_INLINE unsigned
entry_client(const struct entry *e)
{
	return e->flags & ENTRY_CLIENT_B;
}

BASE_INLINE bool
entry_is_udp(const struct entry *e)
{
	return e->end[0].state == ENTRY_STATE_UDP;
}

/* Has one of the two ends sent nothing? What a socket sends to itself goes both ways. */
BASE_INLINE bool
entry_is_oneway(const struct entry *e)
{
	return (e->end[0].packets == 0 || e->end[1].packets == 0) && !flow_key_is_self(&e->key);
}

/* The end to which end `dir` sends: the other one, but of a socket connected to itself the same. */
BASE_INLINE struct tcp_end *
entry_receiver(struct entry *e, unsigned dir)
{
	return &e->end[flow_key_is_self(&e->key) ? dir : !dir];
}

BASE_INLINE uint64_t
entry_opened_us(const struct entry *e)
{
	return (uint64_t)e->opened_hi << 32 | (uint64_t)e->opened_mid << 16 | e->opened_lo;
}

BASE_INLINE void
entry_set_opened_us(struct entry *e, uint64_t us)
{
	e->opened_hi = (uint16_t)(us >> 32);
	e->opened_mid = us >> 16 & 0xffff;
	e->opened_lo = us & 0xffff;
}

/* flow_cold.user: the number of its path (domain.h), VLAN and tunnels of its first packet. */
BASE_INLINE uint16_t
entry_cold_path(const struct flow_cold *cold)
{
	return cold->user;
}

BASE_INLINE void
entry_cold_set_path(struct flow_cold *cold, uint16_t path)
{
	cold->user = path;
}

BASE_INLINE enum report_end_cause
entry_end_cause(const struct entry *e)
{
	return (enum report_end_cause)((e->flags & ENTRY_END_CAUSE_MASK) >> ENTRY_END_CAUSE_SHIFT);
}

BASE_INLINE void
entry_set_end_cause(struct entry *e, enum report_end_cause cause)
{
	e->flags = (uint16_t)((e->flags & ~(unsigned)ENTRY_END_CAUSE_MASK) |
	                      (unsigned)cause << ENTRY_END_CAUSE_SHIFT);
}

#endif
