/* SPDX-License-Identifier: BSD-3-Clause */
/* Timing slots and the smoothed round trip; see track_rtt.h. */

#include "track_rtt.h"
#include "tcp_seq.h"
#include "track_coarse.h"

#define TRACK_RTT_GAIN 8 /* RFC 6298 2.3: alpha is 1/8 */

/* At least 1: 0 is "not known". To the nearest: else small steps would never lead upward. */
static unsigned
track_rtt_smooth(unsigned coarse, uint64_t sample_us)
{
	const unsigned digits = TRACK_COARSE_RTT_DIGITS;
	int64_t old_us, next_us;
	unsigned below;

	if (coarse == 0)
		return track_coarse_put(sample_us + !sample_us, digits);
	old_us = (int64_t)track_coarse_get(coarse, digits);
	next_us = old_us + ((int64_t)sample_us - old_us) / TRACK_RTT_GAIN;
	below = track_coarse_put((uint64_t)next_us, digits);
	if ((uint64_t)next_us - track_coarse_get(below, digits) >
	    track_coarse_get(below + 1, digits) - (uint64_t)next_us)
		below++;
	return below + !below;
}

static void
track_rtt_sample(struct tcp_end *end, uint64_t sample_us, int opens)
{
	unsigned handshake =
	    track_coarse_put(sample_us + !sample_us, TRACK_COARSE_TIME_DIGITS) & 0x7ff;

	if (opens && end->handshake == 0)
		end->handshake = handshake & 0x7ff;
	end->rtt = track_rtt_smooth(end->rtt, sample_us) & 0xfff;
}

static int
track_rtt_is_mine(const struct track_rtt_slot *slot, uint32_t number)
{
	return slot->owner == number + 1;
}

static void
track_rtt_stop(struct track_rtt_slot *slot, struct track_entry *e)
{
	slot->owner = 0;
	e->flags &= (uint16_t)~TRACK_TIMED;
}

void
track_rtt_answer(struct track_rtt *rtt, struct track_entry *e, uint32_t number, unsigned dir,
                 const struct packet *pk, uint64_t now_us)
{
	struct track_rtt_slot *slot = track_rtt_slot(rtt, number);

	if (!track_rtt_is_mine(slot, number)) { /* another has it since */
		e->flags &= (uint16_t)~TRACK_TIMED;
		return;
	}
	if (slot->sender == dir || !(pk->tcp_flags & PACKET_TCP_ACK) ||
	    tcp_seq_lt(pk->ack, slot->seq))
		return;
	/* An ACK of what it has not got, or a RST, is no answer; nor is one after so long. */
	if (now_us - slot->time_us <= TRACK_RTT_MAX_US && !(pk->tcp_flags & PACKET_TCP_RST) &&
	    tcp_seq_leq(pk->ack, e->end[!dir].snd_nxt))
		track_rtt_sample(&e->end[dir], now_us - slot->time_us, slot->opens);
	track_rtt_stop(slot, e);
}

void
track_rtt_start(struct track_rtt *rtt, struct track_entry *e, uint32_t number, unsigned dir,
                const struct packet *pk, uint64_t now_us)
{
	struct track_rtt_slot *slot = track_rtt_slot(rtt, number);

	if (slot->owner != 0 && now_us - slot->time_us <= TRACK_RTT_MAX_US &&
	    !(track_rtt_is_mine(slot, number) && !(e->flags & TRACK_TIMED)))
		return;
	*slot = (struct track_rtt_slot){
		.owner = number + 1,
		.seq = e->end[dir].snd_nxt,
		.time_us = now_us & TRACK_TIME_MAX,
		.sender = dir & 1,
		.opens = !!(pk->tcp_flags & PACKET_TCP_SYN),
	};
	e->flags |= TRACK_TIMED;
}

void
track_rtt_spoil(struct track_rtt *rtt, struct track_entry *e, uint32_t number, unsigned dir)
{
	struct track_rtt_slot *slot = track_rtt_slot(rtt, number);

	if (track_rtt_is_mine(slot, number) && slot->sender == dir)
		track_rtt_stop(slot, e);
}
