/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting, and carrying over into the wide record.
 *
 * A spill empties all of one end's counters at once, so that each of them has its whole room again.
 * Packets are left at two if there were two or more: whether an end has sent anything, and whether
 * a flow is more than its first packet, is read from the entry alone.
 */

#include "entry_count.h"

#define TRACK_PACKETS_LEFT 2

#define TALLY_BYTES_BITS   25
#define TALLY_PACKETS_BITS 15
#define TALLY_AGAIN_MAX    31
#define TALLY_FEW_MAX      7 /* out of order, gaps, zero windows */
#define TALLY_AGAIN_BYTES  ((1u << 17) - 1)
#define TALLY_COPIES_MAX   (ENTRY_COPIES_MASK >> ENTRY_COPIES_SHIFT)

/* The sum, or the most that so many bits hold. */
static uint64_t
tally_sum(uint64_t a, uint64_t b, unsigned bits)
{
	uint64_t most = (UINT64_C(1) << bits) - 1;

	return a + b < most ? a + b : most;
}

/* Adds to a bit-field of so many bits. */
#define TALLY_ADD(field, n, bits)                                                                  \
	((field) = tally_sum((field), (n), (bits)) & ((UINT64_C(1) << (bits)) - 1))

static unsigned
tally_copies(const struct entry *e)
{
	return (e->flags & ENTRY_COPIES_MASK) >> ENTRY_COPIES_SHIFT;
}

static void
tally_set_copies(struct entry *e, unsigned n)
{
	e->flags = (uint16_t)((e->flags & ~(unsigned)ENTRY_COPIES_MASK) | n << ENTRY_COPIES_SHIFT);
}

static void
tally_empty_packets(struct tcp_end *end, struct entry_overflow_end *wide)
{
	unsigned left = end->packets < TRACK_PACKETS_LEFT ? end->packets : TRACK_PACKETS_LEFT;

	TALLY_ADD(wide->packets, end->packets - left, 36);
	TALLY_ADD(wide->bytes, end->bytes, 48);
	end->packets = (uint16_t)left;
	end->bytes = 0;
}

static void
tally_empty_trouble(struct entry *e, struct tcp_end *end, struct entry_overflow_end *wide)
{
	TALLY_ADD(wide->again, end->again, 28);
	TALLY_ADD(wide->retransmitted_bytes, end->retransmitted_bytes, 48);
	TALLY_ADD(wide->out_of_order, end->out_of_order, 16);
	TALLY_ADD(wide->gaps, end->gaps, 11);
	TALLY_ADD(wide->zero_windows, end->zero_windows, 11);
	TALLY_ADD(wide->copies, tally_copies(e), 26);
	end->again = end->out_of_order = end->gaps = end->zero_windows = 0;
	end->retransmitted_bytes = 0;
	tally_set_copies(e, 0);
}

/* Makes room in all of one end's counters. Returns its wide half, or NULL: they stay as they are.
 */
static struct entry_overflow_end *
tally_spill(struct entry_overflow_pool *wides, struct entry *e, unsigned dir, int vital)
{
	struct entry_overflow *wide = entry_overflow_take(wides, e, vital);

	if (wide == NULL) {
		base_counter_add(&wides->refused, 1);
		return NULL;
	}
	tally_empty_packets(&e->end[dir], &wide->end[dir]);
	tally_empty_trouble(e, &e->end[dir], &wide->end[dir]);
	return &wide->end[dir];
}

void
entry_count_overflow(struct entry_overflow_pool *wides, struct entry *e, unsigned dir,
                     const struct packet *pk)
{
	struct tcp_end *snd = &e->end[dir];
	struct entry_overflow_end *wide = tally_spill(wides, e, dir, 1);

	if (wide != NULL) { /* straight into it: one packet of a hostile capture may be gigabytes */
		TALLY_ADD(wide->bytes, pk->ip_bytes, 48);
		snd->packets++;
		return;
	}
	TALLY_ADD(snd->bytes, pk->ip_bytes, TALLY_BYTES_BITS);
	TALLY_ADD(snd->packets, 1, TALLY_PACKETS_BITS);
}

void
entry_count_payload_wrap(struct entry_overflow_pool *wides, struct entry *e, unsigned dir)
{
	struct entry_overflow *wide = entry_overflow_take(wides, e, 1);

	if (wide == NULL)
		base_counter_add(&wides->refused, 1);
	else
		TALLY_ADD(wide->end[dir].payload, 1, 16);
}

/* --- trouble -------------------------------------------------------------------------------- */

static void
tally_again(struct entry_overflow_pool *wides, struct entry *e, unsigned dir, uint32_t bytes)
{
	struct tcp_end *end = &e->end[dir];

	if (bytes > UINT16_MAX)
		bytes = UINT16_MAX; /* no segment is longer; a capture may say so */
	if (end->again == TALLY_AGAIN_MAX || end->retransmitted_bytes + bytes > TALLY_AGAIN_BYTES)
		if (tally_spill(wides, e, dir, 0) == NULL)
			return;
	end->again++;
	end->retransmitted_bytes = (end->retransmitted_bytes + bytes) & TALLY_AGAIN_BYTES;
}

static void
tally_gap(struct entry_overflow_pool *wides, struct entry *e, unsigned dir)
{
	if (e->end[dir].gaps < TALLY_FEW_MAX || tally_spill(wides, e, dir, 0) != NULL)
		e->end[dir].gaps++;
}

static void
tally_zero_window(struct entry_overflow_pool *wides, struct entry *e, unsigned dir)
{
	if (e->end[dir].zero_windows < TALLY_FEW_MAX || tally_spill(wides, e, dir, 0) != NULL)
		e->end[dir].zero_windows++;
}

static void
tally_out_of_order(struct entry_overflow_pool *wides, struct entry *e, unsigned dir)
{
	if (e->end[dir].out_of_order < TALLY_FEW_MAX || tally_spill(wides, e, dir, 0) != NULL)
		e->end[dir].out_of_order++;
}

void
entry_count_segment(struct entry_overflow_pool *wides, struct entry *e, unsigned dir,
                    unsigned result, uint32_t old_bytes)
{
	if (result & TCP_RETRANSMISSION)
		tally_again(wides, e, dir, old_bytes);
	if (result & TCP_OUT_OF_ORDER)
		tally_out_of_order(wides, e, dir);
	if (result & TCP_GAP)
		tally_gap(wides, e, dir);
	if (result & TCP_GAP_PEER)
		tally_gap(wides, e, !dir);
	if (result & TCP_WINDOW_CLOSED)
		tally_zero_window(wides, e, dir);
}

void
entry_count_copy(struct entry_overflow_pool *wides, struct entry *e, unsigned dir)
{
	if (tally_copies(e) < TALLY_COPIES_MAX || tally_spill(wides, e, dir, 0) != NULL)
		tally_set_copies(e, tally_copies(e) + 1);
}

void
entry_count_mss(struct entry_overflow_pool *wides, struct entry *e, unsigned dir, uint16_t mss)
{
	uint32_t number = entry_overflow_number(e);

	if (number == ENTRY_OVERFLOW_NONE)
		e->end[dir].aside = mss;
	else
		entry_overflow_record(wides, number)->end[dir].mss = mss;
}

/* --- as they are read ----------------------------------------------------------------------- */

static void
tally_read_wide(struct entry_counts *sums, const struct entry_overflow_end *wide)
{
	sums->packets += wide->packets;
	sums->bytes += wide->bytes;
	sums->payload += (uint64_t)wide->payload << 32;
	sums->again += wide->again;
	sums->retransmitted_bytes += wide->retransmitted_bytes;
	sums->out_of_order += wide->out_of_order;
	sums->gaps += wide->gaps;
	sums->zero_windows += wide->zero_windows;
	sums->mss = wide->mss;
}

void
entry_count_read(const struct entry *e, const struct entry_overflow *wide, unsigned end,
                 struct entry_counts *sums)
{
	const struct tcp_end *from = &e->end[end];

	*sums = (struct entry_counts){
		.packets = from->packets,
		.bytes = from->bytes,
		.payload = from->payload,
		.again = from->again,
		.retransmitted_bytes = from->retransmitted_bytes,
		.out_of_order = from->out_of_order,
		.gaps = from->gaps,
		.zero_windows = from->zero_windows,
		.mss = from->aside,
	};
	if (wide != NULL)
		tally_read_wide(sums, &wide->end[end]);
}

uint64_t
entry_count_copies(const struct entry *e, const struct entry_overflow *wide)
{
	uint64_t sum = tally_copies(e);

	return wide != NULL ? sum + wide->end[0].copies + wide->end[1].copies : sum;
}
