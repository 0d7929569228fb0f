/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips, from the tap to an end and back.
 *
 * A segment that passes toward an end is timed until that end acknowledges it: the SYN gives the
 * way to the server, the SYN-ACK the way to the client, data both ways later. The sum of both ends'
 * times is the round trip that the hosts themselves see. One segment a connection is timed at once,
 * and none that was sent twice (Karn's rule; RFC 6298 section 3); samples are smoothed by an eighth
 * (RFC 6298 section 2).
 *
 * Of the segments of one end the first few are candidates and then one in ENTRY_RTT_EVERY: a mean
 * does not need more. What is being timed stands in a small table of the worker's, one slot for
 * many connections; who comes while it is taken is timed another time. A slot that is never
 * answered is free again after ENTRY_RTT_MAX_US.
 *
 * Cost: a packet of a connection that is not timed looks at a flag and a counter; those that are
 * timed, or wait for an answer, touch a slot. Worker.
 */
#ifndef ENTRY_RTT_H
#define ENTRY_RTT_H

#include "entry.h"
#include "packet.h"

BASE_BEGIN_DECLS

#define ENTRY_RTT_SLOTS  8192
#define ENTRY_RTT_MAX_US 4000000
#define ENTRY_RTT_EVERY  8

struct entry_rtt_slot {
	uint32_t owner; /* number of the entry + 1; 0: free */
	uint32_t seq;   /* what the ACK must reach */
	uint64_t time_us : 48;
	uint64_t sender : 1; /* end whose segment it is */
	uint64_t opens : 1;  /* it is a SYN or SYN-ACK */
};

struct entry_rtt {
	struct entry_rtt_slot slot[ENTRY_RTT_SLOTS];
};

BASE_INLINE struct entry_rtt_slot *
entry_rtt_slot(struct entry_rtt *rtt, uint32_t number)
{
	return &rtt->slot[number % ENTRY_RTT_SLOTS];
}

/* Fetches what the three below touch, for whoever has something else to do first. */
BASE_INLINE void
entry_rtt_prefetch(struct entry_rtt *rtt, uint32_t number)
{
	__builtin_prefetch(entry_rtt_slot(rtt, number), 1);
}

/* May the next segment of this end be timed? */
BASE_INLINE int
entry_rtt_is_candidate(const struct tcp_end *end)
{
	return end->packets < ENTRY_RTT_EVERY || end->packets % ENTRY_RTT_EVERY == 0;
}

/*
 * The segment from end `dir`, after it was applied, may be the ACK that is waited for. Only for
 * connections with ENTRY_TIMED.
 */
void entry_rtt_answer(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                      const struct packet *pk, uint64_t now_us);

/* Times the segment, all new, that has moved the numbers of end `dir` to snd_nxt. */
void entry_rtt_start(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                     const struct packet *pk, uint64_t now_us);

/* Something of end `dir` was sent again: what is timed of it may be answered twice. */
void entry_rtt_spoil(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir);

BASE_END_DECLS

#endif
