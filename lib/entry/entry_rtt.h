/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Round trips, from the tap to an end and back.
 *
 * Overview. A segment that passes toward an end is timed until that end acknowledges it. The SYN
 * gives the way to the server, the SYN-ACK the way to the client; later, data gives both. The sum
 * of both ends' times is the round trip that the hosts themselves see. A connection has one segment
 * timed at once, and never one that was sent twice (Karn's rule; RFC 6298 section 3). Samples are
 * smoothed by an eighth (RFC 6298 section 2). The first few segments of an end are candidates, and
 * then one in ENTRY_RTT_EVERY: a mean does not need more.
 *
 * A segment that follows a long silence is timed too, whatever it is, and the slot knows how long
 * the silence was: whether the way is still open shows in what becomes of that segment.
 *
 * Life. What is being timed has a slot in a small table, which many connections share. A segment
 * that finds the slot taken is not timed. A slot that is never answered is free after
 * ENTRY_RTT_MAX_US, and one that follows a silence after ENTRY_RTT_IDLE_US.
 *
 * Who writes and who reads. Worker; the control core reads how many took how long. The results are
 * in the entry's ends.
 *
 * Cost. A packet of a connection that is not timed reads a flag and a counter. Segments that are
 * timed, or wait for an answer, touch a slot.
 */
#ifndef ENTRY_RTT_H
#define ENTRY_RTT_H

#include "entry.h"
#include "packet.h"
#include "report_metrics.h"
#include "tcp_seq.h"

BASE_BEGIN_DECLS

#define ENTRY_RTT_SLOTS   8192
#define ENTRY_RTT_MAX_US  4000000
#define ENTRY_RTT_EVERY   8
#define ENTRY_RTT_SHARE   16
#define ENTRY_RTT_IDLE_US 30000000

struct entry_rtt_slot {
	uint32_t owner; /* number of the entry + 1; 0: free */
	uint32_t seq;   /* what the ACK must reach */
	uint64_t time_us : 48;
	uint64_t sender : 1;    /* end whose segment it is */
	uint64_t opens : 1;     /* it is a SYN or SYN-ACK */
	uint64_t idle_sec : 13; /* it came after a silence of so many seconds; 0: it did not */
	uint64_t repeated : 1;  /* the same: and it was sent once more since */
};

/* What an answer says beside the round trip, which the end has. Microseconds; 0: nothing. */
struct entry_rtt_news {
	uint64_t took_us; /* one in ENTRY_RTT_SHARE round trips, whatever connection it is of */
	uint64_t idle_us; /* after so long a silence the other end still answers */
};

/* Worker: writes, each count by itself; control: reads the counts. Of the client, the server. */
struct entry_rtt {
	struct report_times handshake[2], round_trip[2];
	uint32_t samples;           /* worker alone */
	struct entry_rtt_news news; /* the same: where entry_rtt_answer said that there are some */
	struct entry_rtt_slot slot[ENTRY_RTT_SLOTS];
};

BASE_INLINE struct entry_rtt_slot *
entry_rtt_slot(struct entry_rtt *rtt, uint32_t number)
{
	return &rtt->slot[number % ENTRY_RTT_SLOTS];
}

/*
 * Fetches the slot that the functions below touch, for a caller with something else to do first.
 * Worker.
 */
BASE_INLINE void
entry_rtt_prefetch(struct entry_rtt *rtt, uint32_t number)
{
	__builtin_prefetch(entry_rtt_slot(rtt, number), 1);
}

/* May the next segment of this end be timed? Worker, hot. */
BASE_INLINE bool
entry_rtt_is_candidate(const struct tcp_end *end)
{
	return end->packets < ENTRY_RTT_EVERY || end->packets % ENTRY_RTT_EVERY == 0;
}

/* The rest of entry_rtt_answer: it is answered, or another flow has taken its slot. Worker. */
bool entry_rtt_take_answer(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                           const struct packet *pk, uint64_t now_us);

/*
 * A segment from end `dir` has been applied: it may be the ACK that is waited for. Only for
 * connections with ENTRY_TIMED. Returns whether there is something in rtt->news. Worker.
 */
BASE_INLINE bool
entry_rtt_answer(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                 const struct packet *pk, uint64_t now_us)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);

	if (slot->owner == number + 1 &&
	    (slot->sender == dir || !(pk->tcp_flags & PACKET_TCP_ACK) ||
	     tcp_seq_lt(pk->ack, slot->seq)))
		return false;
	return entry_rtt_take_answer(rtt, e, number, dir, pk, now_us);
}

/* Times the segment, all of it new, that has moved the numbers of end `dir` to snd_nxt. Worker. */
void entry_rtt_start(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                     const struct packet *pk, uint64_t now_us);

/*
 * A segment of end `dir` comes after `idle_us` without packets; it has not been applied. If it asks
 * for an answer it is timed, whatever was timed before. Worker.
 */
void entry_rtt_start_idle(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                          const struct packet *pk, uint64_t idle_us, uint64_t now_us);

/*
 * The silence, in microseconds, after which end `dir` has sent what is not answered; 0: there was
 * none, or it is not known any more. It is asked for once. Worker.
 */
uint64_t entry_rtt_idle(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir);

/* End `dir` has retransmitted: what is timed of it may be answered twice. Worker. */
void entry_rtt_spoil(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir);

BASE_END_DECLS

#endif
