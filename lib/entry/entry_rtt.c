/* SPDX-License-Identifier: BSD-3-Clause */
/* Timing slots and the smoothed round trip; see entry_rtt.h. */

#include "entry_rtt.h"
#include "base_atomic.h"
#include "tcp_duration.h"
#include "tcp_seq.h"

#define ENTRY_RTT_GAIN 8 /* RFC 6298 2.3: alpha is 1/8 */

/*
 * Smooths by one sample. Never 0, which means not known. Rounds to the nearest: otherwise small
 * steps would never lead upward.
 */
static unsigned
entry_rtt_smooth(unsigned packed, uint64_t sample_us)
{
	const unsigned digits = TCP_DURATION_RTT_DIGITS;
	int64_t old_us, next_us;
	unsigned below;

	if (packed == 0)
		return tcp_duration_pack(sample_us + !sample_us, digits);
	old_us = (int64_t)tcp_duration_unpack(packed, digits);
	next_us = old_us + ((int64_t)sample_us - old_us) / ENTRY_RTT_GAIN;
	below = tcp_duration_pack((uint64_t)next_us, digits);
	if ((uint64_t)next_us - tcp_duration_unpack(below, digits) >
	    tcp_duration_unpack(below + 1, digits) - (uint64_t)next_us)
		below++;
	return below + !below;
}

static void
entry_rtt_count(struct report_times *times, uint64_t sample_us)
{
	base_counter_add(&times->count[report_times_place(sample_us)], 1);
	base_counter_add(&times->sum_us, sample_us);
}

static void
entry_rtt_sample(struct entry_rtt *rtt, struct entry *e, unsigned dir, uint64_t sample_us,
                 bool opens)
{
	unsigned handshake =
	    tcp_duration_pack(sample_us + !sample_us, TCP_DURATION_TIME_DIGITS) & 0x7ff;
	unsigned server = dir != entry_client(e);
	struct entry_more *end = &e->more[dir];

	if (opens && end->handshake == 0) {
		end->handshake = handshake & 0x7ff;
		entry_rtt_count(&rtt->handshake[server], sample_us);
	}
	entry_rtt_count(&rtt->round_trip[server], sample_us);
	end->rtt = entry_rtt_smooth(end->rtt, sample_us) & 0xfff;
}

static bool
entry_rtt_is_mine(const struct entry_rtt_slot *slot, uint32_t number)
{
	return slot->owner == number + 1;
}

static void
entry_rtt_stop(struct entry_rtt_slot *slot, struct entry *e)
{
	slot->owner = 0;
	e->flags &= (uint16_t)~ENTRY_TIMED;
}

void
entry_rtt_answer(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                 const struct packet *pk, uint64_t now_us)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);

	if (!entry_rtt_is_mine(slot, number)) { /* another flow has taken it */
		e->flags &= (uint16_t)~ENTRY_TIMED;
		return;
	}
	if (slot->sender == dir || !(pk->tcp_flags & PACKET_TCP_ACK) ||
	    tcp_seq_lt(pk->ack, slot->seq))
		return;
	/* An ACK of what was not sent, or a RST, is no answer. Nor is one after so long. */
	if (now_us - slot->time_us <= ENTRY_RTT_MAX_US && !(pk->tcp_flags & PACKET_TCP_RST) &&
	    tcp_seq_leq(pk->ack, e->end[!dir].snd_nxt))
		entry_rtt_sample(rtt, e, dir, now_us - slot->time_us, slot->opens);
	entry_rtt_stop(slot, e);
}

void
entry_rtt_start(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                const struct packet *pk, uint64_t now_us)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);

	if (slot->owner != 0 && now_us - slot->time_us <= ENTRY_RTT_MAX_US &&
	    !(entry_rtt_is_mine(slot, number) && !(e->flags & ENTRY_TIMED)))
		return;
	*slot = (struct entry_rtt_slot){
		.owner = number + 1,
		.seq = e->end[dir].snd_nxt,
		.time_us = now_us & ENTRY_TIME_MAX,
		.sender = dir & 1,
		.opens = !!(pk->tcp_flags & PACKET_TCP_SYN),
	};
	e->flags |= ENTRY_TIMED;
}

void
entry_rtt_spoil(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);

	if (entry_rtt_is_mine(slot, number) && slot->sender == dir)
		entry_rtt_stop(slot, e);
}
