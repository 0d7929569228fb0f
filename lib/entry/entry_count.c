/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Counting, and carrying over into the upper part and the records of trouble.
 *
 * Packets, bytes and payload are numbers in two pieces, as digits are: what the lower piece has no
 * room for is one more in the upper one. A counter of trouble is in one place at a time, in the
 * end or in its record. Worker; entry_count_read and entry_count_copies: any.
 */

#include "entry_count.h"

#define COUNT_COPIES_MAX       (ENTRY_COPIES_MASK >> ENTRY_COPIES_SHIFT)
#define COUNT_PAYLOAD_HIGH_MAX 31

#define COUNT_MOST(bits) ((UINT64_C(1) << (bits)) - 1)

/* The sum, or the most that so many bits hold. */
static uint64_t
count_sum(uint64_t a, uint64_t b, unsigned bits)
{
	return a + b < COUNT_MOST(bits) ? a + b : COUNT_MOST(bits);
}

/* Adds to a bit-field of so many bits. */
#define COUNT_ADD(field, n, bits) ((field) = count_sum((field), (n), (bits)) & COUNT_MOST(bits))

/* --- packets, bytes, payload ---------------------------------------------------------------- */

static void
count_bytes(struct tcp_end *snd, struct entry_upper_end *upper, uint32_t bytes)
{
	uint64_t sum = (uint64_t)upper->bytes << TCP_END_BYTES_BITS | snd->bytes;

	sum = count_sum(sum, bytes, TCP_END_BYTES_BITS + ENTRY_UPPER_BYTES_BITS);
	upper->bytes = sum >> TCP_END_BYTES_BITS & COUNT_MOST(ENTRY_UPPER_BYTES_BITS);
	snd->bytes = sum & TCP_END_BYTES_MAX;
}

static void
count_one_packet(struct tcp_end *snd, struct entry_upper_end *upper)
{
	if (snd->packets < TCP_END_PACKETS_MAX) {
		snd->packets++;
	} else if (upper->packets < COUNT_MOST(ENTRY_UPPER_PACKETS_BITS)) {
		snd->packets = TCP_END_PACKETS_MAX + 1 - ENTRY_UPPER_PACKETS;
		upper->packets++;
	}
}

void
entry_count_overflow(const struct flow_table *table, struct entry *e, unsigned dir,
                     const struct packet *pk)
{
	struct entry_upper_end *upper = &entry_upper_open(table, e)->end[dir];

	count_bytes(&e->end[dir], upper, pk->ip_bytes);
	count_one_packet(&e->end[dir], upper);
}

/* The reverse of both: an upper part gives what the entry has not got. */
void
entry_count_take_back(const struct flow_table *table, struct entry *e, unsigned dir,
                      const struct packet *pk)
{
	struct tcp_end *snd = &e->end[dir];
	struct entry_upper_end *upper =
	    e->flags & ENTRY_UPPER ? &entry_upper_open(table, e)->end[dir] : NULL;
	uint64_t bytes = snd->bytes;

	if (bytes < pk->ip_bytes && upper != NULL) {
		bytes |= (uint64_t)upper->bytes << TCP_END_BYTES_BITS;
		upper->bytes = (bytes - pk->ip_bytes) >> TCP_END_BYTES_BITS &
		               COUNT_MOST(ENTRY_UPPER_BYTES_BITS);
	}
	snd->bytes = (bytes - pk->ip_bytes) & TCP_END_BYTES_MAX;
	if (snd->packets <= 2 && upper != NULL && upper->packets > 0) {
		upper->packets = (upper->packets - 1) & COUNT_MOST(ENTRY_UPPER_PACKETS_BITS);
		snd->packets = (uint16_t)(snd->packets + ENTRY_UPPER_PACKETS);
	}
	snd->packets = (uint16_t)(snd->packets - 1);
}

void
entry_count_payload_wrap(const struct flow_table *table, struct entry *e, unsigned dir)
{
	struct tcp_end *snd = &e->end[dir];

	if (snd->payload_high < COUNT_PAYLOAD_HIGH_MAX) {
		snd->payload_high++;
		return;
	}
	snd->payload_high = 0;
	COUNT_ADD(entry_upper_open(table, e)->end[dir].payload, 1, ENTRY_UPPER_PAYLOAD_BITS);
}

/* --- trouble -------------------------------------------------------------------------------- */

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

/*
 * Where an end counts a trouble: NULL where it is in the end, which has room for it; else in its
 * record. Returns false where it cannot be counted.
 */
static bool
count_place(struct entry_trouble_pool *pool, struct entry *e, unsigned end, bool has_room,
            struct entry_trouble **record)
{
	*record = NULL;
	if (has_room && !entry_trouble_has(e, end))
		return true;
	*record = entry_trouble_take(pool, e, end);
	return *record != NULL;
}

static void
count_retransmitted(struct entry_trouble_pool *pool, struct entry *e, unsigned end, uint32_t bytes)
{
	uint64_t sum = (uint64_t)e->more[end].retransmitted_bytes + bytes;
	struct entry_trouble *record;

	if (!count_place(pool, e, end,
	                 e->end[end].retransmitted < ENTRY_TROUBLE_RETRANSMITTED_MAX &&
	                     sum <= ENTRY_TROUBLE_RETRANSMITTED_BYTES_MAX,
	                 &record))
		return;
	if (record != NULL) {
		COUNT_ADD(record->retransmitted, 1, 32);
		COUNT_ADD(record->retransmitted_bytes, bytes, 48);
		return;
	}
	e->end[end].retransmitted++;
	e->more[end].retransmitted_bytes = sum & ENTRY_TROUBLE_RETRANSMITTED_BYTES_MAX;
}

static void
count_out_of_order(struct entry_trouble_pool *pool, struct entry *e, unsigned end)
{
	bool has_room = e->end[end].out_of_order < ENTRY_TROUBLE_OUT_OF_ORDER_MAX;
	struct entry_trouble *record;

	if (!count_place(pool, e, end, has_room, &record))
		return;
	if (record != NULL)
		COUNT_ADD(record->out_of_order, 1, 32);
	else
		e->end[end].out_of_order++;
}

static void
count_gap(struct entry_trouble_pool *pool, struct entry *e, unsigned end)
{
	struct entry_trouble *record;

	if (!count_place(pool, e, end, e->end[end].gaps < ENTRY_TROUBLE_GAPS_MAX, &record))
		return;
	if (record != NULL)
		COUNT_ADD(record->gaps, 1, 28);
	else
		e->end[end].gaps++;
}

/* What has no counter in the end. */
static void
count_lost(struct entry_trouble_pool *pool, struct entry *e, unsigned end, unsigned result)
{
	struct entry_trouble *record = entry_trouble_take(pool, e, end);

	if (record == NULL)
		return;
	if (result & TCP_LOST)
		COUNT_ADD(record->lost, 1, 32);
	if (result & TCP_NEEDLESS)
		COUNT_ADD(record->needless, 1, 32);
}

uint64_t
entry_count_window(struct entry_trouble_pool *pool, struct entry *e, unsigned dir, unsigned result,
                   uint64_t now_us)
{
	struct entry_trouble *record = entry_trouble_take(pool, e, dir);
	uint64_t closed_us;

	if (record == NULL)
		return 0;
	if (record->closed_at_us == 0) {
		if (result & TCP_WINDOW_CLOSED) {
			COUNT_ADD(record->zero_windows, 1, 16);
			record->closed_at_us = now_us & ENTRY_TIME_MAX;
		}
		return 0;
	}
	closed_us = now_us - record->closed_at_us;
	if (!(result & TCP_WINDOW_OPENED))
		return closed_us;
	COUNT_ADD(record->closed_us, closed_us, 48);
	record->closed_at_us = 0;
	return closed_us;
}

void
entry_count_segment(struct entry_trouble_pool *pool, struct entry *e, unsigned dir, unsigned result,
                    uint32_t old_bytes)
{
	if (result & TCP_RETRANSMISSION)
		count_retransmitted(pool, e, dir, old_bytes);
	if (result & TCP_OUT_OF_ORDER)
		count_out_of_order(pool, e, dir);
	if (result & TCP_GAP)
		count_gap(pool, e, dir);
	if (result & TCP_GAP_PEER)
		count_gap(pool, e, !dir);
	if (result & (TCP_LOST | TCP_NEEDLESS))
		count_lost(pool, e, dir, result);
}

void
entry_count_copy(struct entry_trouble_pool *pool, struct entry *e, unsigned dir)
{
	struct entry_trouble *record;

	if (count_copies(e) < COUNT_COPIES_MAX) {
		count_set_copies(e, count_copies(e) + 1);
		return;
	}
	record = entry_trouble_take(pool, e, dir);
	if (record != NULL)
		COUNT_ADD(record->copies, 1, 36);
}

/* --- as they are read ----------------------------------------------------------------------- */

static void
count_read_upper(struct entry_counts *sums, const struct entry_upper_end *upper)
{
	sums->packets += (uint64_t)upper->packets * ENTRY_UPPER_PACKETS;
	sums->bytes += (uint64_t)upper->bytes << TCP_END_BYTES_BITS;
	sums->payload += (uint64_t)upper->payload * (COUNT_PAYLOAD_HIGH_MAX + 1) << 32;
}

static void
count_read_trouble(struct entry_counts *sums, const struct entry *e, unsigned end,
                   const struct entry_trouble *record)
{
	if (!entry_trouble_has(e, end)) {
		sums->retransmitted = e->end[end].retransmitted;
		sums->retransmitted_bytes = e->more[end].retransmitted_bytes;
		sums->out_of_order = e->end[end].out_of_order;
		sums->gaps = e->end[end].gaps;
	} else if (record != NULL) {
		sums->retransmitted = record->retransmitted;
		sums->retransmitted_bytes = record->retransmitted_bytes;
		sums->out_of_order = record->out_of_order;
		sums->gaps = record->gaps;
		sums->zero_windows = record->zero_windows;
		sums->lost = record->lost;
		sums->needless = record->needless;
		sums->closed_us = record->closed_us;
		sums->closed_at_us = record->closed_at_us;
	}
}

void
entry_count_read(const struct entry *e, const struct entry_upper *upper,
                 const struct entry_trouble *trouble, unsigned end, struct entry_counts *sums)
{
	const struct tcp_end *from = &e->end[end];

	*sums = (struct entry_counts){
		.packets = from->packets,
		.bytes = from->bytes,
		.payload = (uint64_t)from->payload_high << 32 | from->payload,
		.mss = e->more[end].mss,
	};
	if (upper != NULL)
		count_read_upper(sums, &upper->end[end]);
	count_read_trouble(sums, e, end, trouble != NULL ? &trouble[end] : NULL);
}

uint64_t
entry_count_copies(const struct entry *e, const struct entry_trouble *trouble)
{
	uint64_t sum = count_copies(e);

	for (unsigned end = 0; end < 2; end++)
		if (trouble != NULL && entry_trouble_has(e, end))
			sum += trouble[end].copies;
	return sum;
}
