/* SPDX-License-Identifier: BSD-3-Clause */
/* Timing slots and the smoothed round trip; see entry_rtt.h. */

#include "entry_rtt.h"
#include "base_atomic.h"
#include "tcp_duration.h"
#include "tcp_seq.h"

#define IDLE_SEC_MAX   0x1fff /* 13 bits: two hours and a quarter */
#define ENTRY_RTT_GAIN 8      /* RFC 6298 2.3: alpha is 1/8 */

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

/* The timed segment is answered now. Returns whether there is news. */
static bool
entry_rtt_answered(struct entry_rtt *rtt, struct entry *e, unsigned dir,
                   const struct entry_rtt_slot *slot, uint64_t now_us)
{
	uint64_t took_us = now_us - slot->time_us;
	bool is_sample = took_us <= ENTRY_RTT_MAX_US && !slot->repeated;

	if (is_sample)
		entry_rtt_sample(rtt, e, dir, took_us, slot->opens);
	if (BASE_UNLIKELY(slot->idle_sec != 0)) {
		rtt->news = (struct entry_rtt_news){ 0, (uint64_t)slot->idle_sec * 1000000 };
		return true;
	}
	if (!is_sample || ++rtt->samples % ENTRY_RTT_SHARE != 0)
		return false;
	rtt->news = (struct entry_rtt_news){ took_us, 0 };
	return true;
}

bool
entry_rtt_take_answer(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                      const struct packet *pk, uint64_t now_us)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);
	bool has_news = false;

	if (!entry_rtt_is_mine(slot, number)) { /* another flow has taken it */
		e->flags &= (uint16_t)~ENTRY_TIMED;
		return false;
	}
	/* An ACK of what was not sent, or a RST, is no answer. Nor is one after so long. */
	if ((pk->tcp_flags & PACKET_TCP_RST) && slot->idle_sec != 0)
		return false; /* who sees that RST asks for the slot (entry_rtt_idle) */
	if (!(pk->tcp_flags & PACKET_TCP_RST) && tcp_seq_leq(pk->ack, e->end[!dir].snd_nxt))
		has_news = entry_rtt_answered(rtt, e, dir, slot, now_us);
	entry_rtt_stop(slot, e);
	return has_news;
}

static bool
entry_rtt_is_taken(const struct entry_rtt_slot *slot, uint64_t now_us)
{
	uint64_t since_us = now_us - slot->time_us;

	return slot->owner != 0 && (since_us <= ENTRY_RTT_MAX_US ||
	                            (slot->idle_sec != 0 && since_us <= ENTRY_RTT_IDLE_US));
}

void
entry_rtt_start(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                const struct packet *pk, uint64_t now_us)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);

	if (entry_rtt_is_taken(slot, now_us) &&
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

	if (!entry_rtt_is_mine(slot, number) || slot->sender != dir)
		return;
	if (slot->idle_sec != 0)
		slot->repeated = 1;
	else
		entry_rtt_stop(slot, e);
}

/* --- after a silence ------------------------------------------------------------------------ */

/* A keep-alive, or bytes. An ACK of its own asks for nothing. */
static bool
entry_rtt_asks(const struct entry *e, unsigned dir, const struct packet *pk)
{
	const unsigned not_asking = PACKET_TCP_SYN | PACKET_TCP_FIN | PACKET_TCP_RST;

	if (!(pk->tcp_flags & PACKET_TCP_ACK) || (pk->tcp_flags & not_asking))
		return false;
	return pk->payload_bytes > 0 || pk->seq + 1 == e->end[dir].snd_nxt;
}

void
entry_rtt_start_idle(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir,
                     const struct packet *pk, uint64_t idle_us, uint64_t now_us)
{
	uint64_t idle_sec = idle_us / 1000000;

	if (!entry_rtt_asks(e, dir, pk))
		return;
	*entry_rtt_slot(rtt, number) = (struct entry_rtt_slot){
		.owner = number + 1,
		.seq = pk->seq + pk->payload_bytes,
		.time_us = now_us & ENTRY_TIME_MAX,
		.sender = dir & 1,
		.idle_sec = (idle_sec < IDLE_SEC_MAX ? idle_sec : IDLE_SEC_MAX) & 0x1fff,
	};
	e->flags |= ENTRY_TIMED;
}

uint64_t
entry_rtt_idle(struct entry_rtt *rtt, struct entry *e, uint32_t number, unsigned dir)
{
	struct entry_rtt_slot *slot = entry_rtt_slot(rtt, number);
	uint64_t idle_us = (uint64_t)slot->idle_sec * 1000000;

	if (!entry_rtt_is_mine(slot, number) || slot->sender != dir || idle_us == 0)
		return 0;
	entry_rtt_stop(slot, e);
	return idle_us;
}
