/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting, and carrying over into the overflow record.
 *
 * A spill empties all counters of one end at once, so each of them has its whole room back. Two
 * packets stay if there were two or more: whether an end has sent anything, and whether a flow is
 * more than its first packet, is read from the entry alone. Worker; entry_count_read and
 * entry_count_copies: any.
 */

#include "entry_count.h"

#define COUNT_PACKETS_LEFT 2

#define COUNT_BYTES_BITS              25
#define COUNT_PACKETS_BITS            15
#define COUNT_RETRANSMITTED_MAX       31
#define COUNT_FEW_MAX                 7 /* out of order, gaps */
#define COUNT_ZERO_WINDOWS_MAX        3
#define COUNT_RETRANSMITTED_BYTES_MAX ((1u << 16) - 1)
#define COUNT_COPIES_MAX              (ENTRY_COPIES_MASK >> ENTRY_COPIES_SHIFT)

/* The sum, or the most that so many bits hold. */
static uint64_t
count_sum(uint64_t a, uint64_t b, unsigned bits)
{
	uint64_t most = (UINT64_C(1) << bits) - 1;

	return a + b < most ? a + b : most;
}

/* Adds to a bit-field of so many bits. */
#define COUNT_ADD(field, n, bits)                                                                  \
	((field) = count_sum((field), (n), (bits)) & ((UINT64_C(1) << (bits)) - 1))

static unsigned
count_copies(const struct entry *e)
{
	return (e->flags & ENTRY_COPIES_MASK) >> ENTRY_COPIES_SHIFT;
}

static void
count_set_copies(struct entry *e, unsigned n)
{
	e->flags = (uint16_t)((e->flags & ~(unsigned)ENTRY_COPIES_MASK) | n << ENTRY_COPIES_SHIFT);
}

static void
count_empty_packets(struct tcp_end *end, struct entry_overflow_end *record)
{
	unsigned left = end->packets < COUNT_PACKETS_LEFT ? end->packets : COUNT_PACKETS_LEFT;

	COUNT_ADD(record->packets, end->packets - left, 36);
	COUNT_ADD(record->bytes, end->bytes, 48);
	end->packets = (uint16_t)left;
	end->bytes = 0;
}

static void
count_empty_trouble(struct entry *e, struct tcp_end *end, struct entry_overflow_end *record)
{
	COUNT_ADD(record->retransmitted, end->retransmitted, 28);
	COUNT_ADD(record->retransmitted_bytes, end->retransmitted_bytes, 48);
	COUNT_ADD(record->out_of_order, end->out_of_order, 16);
	COUNT_ADD(record->gaps, end->gaps, 11);
	COUNT_ADD(record->zero_windows, end->zero_windows, 11);
	COUNT_ADD(record->copies, count_copies(e), 26);
	end->retransmitted = end->out_of_order = end->gaps = end->zero_windows = 0;
	end->retransmitted_bytes = 0;
	count_set_copies(e, 0);
}

/*
 * Makes room in all counters of one end. Returns its half of the overflow record, or NULL: then the
 * counters stay as they are.
 */
static struct entry_overflow_end *
count_spill(struct entry_overflow_pool *pool, struct entry *e, unsigned dir, bool vital)
{
	struct entry_overflow *record = entry_overflow_take(pool, e, vital);

	if (record == NULL) {
		base_counter_add(&pool->refused, 1);
		return NULL;
	}
	count_empty_packets(&e->end[dir], &record->end[dir]);
	count_empty_trouble(e, &e->end[dir], &record->end[dir]);
	return &record->end[dir];
}

void
entry_count_overflow(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                     const struct packet *pk)
{
	struct tcp_end *snd = &e->end[dir];
	struct entry_overflow_end *record = count_spill(pool, e, dir, true);

	/* Straight into the record: one packet of a hostile capture may be gigabytes. */
	if (record != NULL) {
		COUNT_ADD(record->bytes, pk->ip_bytes, 48);
		snd->packets++;
		return;
	}
	COUNT_ADD(snd->bytes, pk->ip_bytes, COUNT_BYTES_BITS);
	COUNT_ADD(snd->packets, 1, COUNT_PACKETS_BITS);
}

/* What the entry does not have any more is in the record, unless a counter stands still. */
void
entry_count_take_back(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                      const struct packet *pk)
{
	uint32_t number = entry_overflow_number(e);
	struct tcp_end *snd = &e->end[dir];
	struct entry_overflow_end *record;
	uint64_t bytes = snd->bytes < pk->ip_bytes ? snd->bytes : pk->ip_bytes;

	snd->bytes = (snd->bytes - bytes) & TCP_END_BYTES_MAX;
	if (number == ENTRY_OVERFLOW_NONE) {
		snd->packets = (uint16_t)(snd->packets - 1);
		return;
	}
	record = &entry_overflow_record(pool, number)->end[dir];
	record->bytes = (record->bytes - (pk->ip_bytes - bytes)) & ((UINT64_C(1) << 48) - 1);
	if (snd->packets > COUNT_PACKETS_LEFT)
		snd->packets = (uint16_t)(snd->packets - 1);
	else
		record->packets = (record->packets - 1) & ((UINT64_C(1) << 36) - 1);
}

void
entry_count_payload_wrap(struct entry_overflow_pool *pool, struct entry *e, unsigned dir)
{
	struct entry_overflow *record = entry_overflow_take(pool, e, true);

	if (record == NULL)
		base_counter_add(&pool->refused, 1);
	else
		COUNT_ADD(record->end[dir].payload, 1, 16);
}

/* --- trouble -------------------------------------------------------------------------------- */

static void
count_retransmitted(struct entry_overflow_pool *pool, struct entry *e, unsigned dir, uint32_t bytes)
{
	struct tcp_end *end = &e->end[dir];

	if (bytes > UINT16_MAX)
		bytes = UINT16_MAX; /* no segment is longer; a capture may say so */
	if (end->retransmitted == COUNT_RETRANSMITTED_MAX ||
	    end->retransmitted_bytes + bytes > COUNT_RETRANSMITTED_BYTES_MAX)
		if (count_spill(pool, e, dir, false) == NULL)
			return;
	end->retransmitted++;
	end->retransmitted_bytes =
	    (end->retransmitted_bytes + bytes) & COUNT_RETRANSMITTED_BYTES_MAX;
}

static void
count_gap(struct entry_overflow_pool *pool, struct entry *e, unsigned dir)
{
	if (e->end[dir].gaps < COUNT_FEW_MAX || count_spill(pool, e, dir, false) != NULL)
		e->end[dir].gaps++;
}

static void
count_zero_window(struct entry_overflow_pool *pool, struct entry *e, unsigned dir)
{
	if (e->end[dir].zero_windows < COUNT_ZERO_WINDOWS_MAX ||
	    count_spill(pool, e, dir, false) != NULL)
		e->end[dir].zero_windows++;
}

static void
count_out_of_order(struct entry_overflow_pool *pool, struct entry *e, unsigned dir)
{
	if (e->end[dir].out_of_order < COUNT_FEW_MAX || count_spill(pool, e, dir, false) != NULL)
		e->end[dir].out_of_order++;
}

void
entry_count_segment(struct entry_overflow_pool *pool, struct entry *e, unsigned dir,
                    unsigned result, uint32_t old_bytes)
{
	if (result & TCP_RETRANSMISSION)
		count_retransmitted(pool, e, dir, old_bytes);
	if (result & TCP_OUT_OF_ORDER)
		count_out_of_order(pool, e, dir);
	if (result & TCP_GAP)
		count_gap(pool, e, dir);
	if (result & TCP_GAP_PEER)
		count_gap(pool, e, !dir);
	if (result & TCP_WINDOW_CLOSED)
		count_zero_window(pool, e, dir);
}

void
entry_count_copy(struct entry_overflow_pool *pool, struct entry *e, unsigned dir)
{
	if (count_copies(e) < COUNT_COPIES_MAX || count_spill(pool, e, dir, false) != NULL)
		count_set_copies(e, count_copies(e) + 1);
}

void
entry_count_mss(struct entry_overflow_pool *pool, struct entry *e, unsigned dir, uint16_t mss)
{
	uint32_t number = entry_overflow_number(e);

	if (number == ENTRY_OVERFLOW_NONE)
		e->end[dir].aside = mss;
	else
		entry_overflow_record(pool, number)->end[dir].mss = mss;
}

/* --- as they are read ----------------------------------------------------------------------- */

static void
count_read_overflow(struct entry_counts *sums, const struct entry_overflow_end *record)
{
	sums->packets += record->packets;
	sums->bytes += record->bytes;
	sums->payload += (uint64_t)record->payload << 32;
	sums->retransmitted += record->retransmitted;
	sums->retransmitted_bytes += record->retransmitted_bytes;
	sums->out_of_order += record->out_of_order;
	sums->gaps += record->gaps;
	sums->zero_windows += record->zero_windows;
	sums->mss = record->mss;
}

void
entry_count_read(const struct entry *e, const struct entry_overflow *record, unsigned end,
                 struct entry_counts *sums)
{
	const struct tcp_end *from = &e->end[end];

	*sums = (struct entry_counts){
		.packets = from->packets,
		.bytes = from->bytes,
		.payload = from->payload,
		.retransmitted = from->retransmitted,
		.retransmitted_bytes = from->retransmitted_bytes,
		.out_of_order = from->out_of_order,
		.gaps = from->gaps,
		.zero_windows = from->zero_windows,
		.mss = from->aside,
	};
	if (record != NULL)
		count_read_overflow(sums, &record->end[end]);
}

uint64_t
entry_count_copies(const struct entry *e, const struct entry_overflow *record)
{
	uint64_t sum = count_copies(e);

	return record != NULL ? sum + record->end[0].copies + record->end[1].copies : sum;
}
