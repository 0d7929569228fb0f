/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fragments that wait for their first, and the burst in which they go on; see fragment.h.
 *
 *	no first yet -> fragment_wait -> a list for each set of datagrams
 *	its first comes -> fragment_wake -> ready[], by piece -> fragment_give -> behind the first
 *	too old -> fragment_expire -> ready[], by age -> fragment_give -> an orphan
 *
 * No step looks at those that wait for others' firsts: who sends many would have each of them
 * looked at for each packet. All that are ready go on before another packet is taken, so nobody
 * comes to wait while some are ready.
 */

#include <assert.h>
#include <string.h>

#include "base_atomic.h"
#include "fragment_own.h"

/* --- ready ----------------------------------------------------------------------------------- */

/*
 * A number by which pieces of a datagram are in order: the foremost first, and of two that are the
 * same that which came first. A sender that begins with the last one is no reason for holes in a
 * stream.
 */
static uint32_t
fragment_order(const struct fragment_table *table, const struct fragment_waiting *waiting)
{
	unsigned at = (unsigned)(waiting - table->waiting);
	unsigned age = (at - table->next) % FRAGMENT_WAITING_MAX;

	return (uint32_t)waiting->packet.piece << 16 | age << 8 | at;
}

static void
fragment_insert_ready(struct fragment_table *table, unsigned index, uint32_t order)
{
	uint32_t *ready = &table->ready[table->ready_from];

	assert(table->ready_from + table->n_ready < FRAGMENT_WAITING_MAX);
	memmove(&ready[index + 1], &ready[index], (table->n_ready - index) * sizeof(*ready));
	ready[index] = order;
	table->n_ready++;
}

/* Those that wait for this first one go behind it. */
static void
fragment_wake(struct fragment_table *table, uint64_t name)
{
	struct fragment_waiting *waiting;

	LIST_FOREACH(waiting, &table->waiting_of[fragment_set_number(name)], link)
	{
		unsigned low = 0, high = table->n_ready;
		uint32_t order;

		if (waiting->name != name)
			continue;
		order = fragment_order(table, waiting);
		while (low < high) {
			unsigned middle = (low + high) / 2;

			if (table->ready[middle] < order)
				low = middle + 1;
			else
				high = middle;
		}
		waiting->is_ready = true;
		fragment_insert_ready(table, low, order);
	}
}

void
fragment_expire(struct fragment_table *table, uint64_t now_us, bool all)
{
	uint64_t due_us = UINT64_MAX;

	if (table->n_waiting == table->n_ready || (!all && now_us <= table->due_us))
		return;
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++) {
		unsigned at = (table->next + i) % FRAGMENT_WAITING_MAX;
		struct fragment_waiting *waiting = &table->waiting[at];
		uint64_t end_us = waiting->packet.time_us;

		if (waiting->name == 0 || waiting->is_ready)
			continue;
		end_us += fragment_life_us(waiting->packet.version);
		waiting->is_ready = all || end_us < now_us;
		if (waiting->is_ready)
			fragment_insert_ready(table, table->n_ready, at);
		else if (due_us > end_us)
			due_us = end_us;
	}
	table->due_us = due_us;
}

/* --- waiting --------------------------------------------------------------------------------- */

/* Takes one out that waited, with its flow if its first has come. It goes behind that one. */
static void
fragment_give(struct fragment_table *table, struct fragment_waiting *waiting, struct packet *to)
{
	struct fragment_datagram *datagram;

	packet_copy(to, &waiting->packet);
	datagram = fragment_find(table, waiting->name, to->time_us);
	if (datagram != NULL) {
		fragment_follow(table, datagram, to);
		base_counter_add(&table->counters.waited, to->verdict == PACKET_TRACKED);
		if (to->time_us < datagram->time_us)
			to->time_us = datagram->time_us;
	} else {
		base_counter_add(&table->counters.orphans, 1);
	}
	LIST_REMOVE(waiting, link);
	waiting->name = 0;
	table->n_waiting--;
}

static void
fragment_give_ready(struct fragment_table *table, struct packet *to)
{
	unsigned at = table->ready[table->ready_from++] % FRAGMENT_WAITING_MAX;

	if (--table->n_ready == 0)
		table->ready_from = 0;
	fragment_give(table, &table->waiting[at], to);
}

static void
fragment_put(struct fragment_table *table, struct fragment_waiting *waiting,
             const struct packet *pk, uint64_t name)
{
	uint64_t end_us = pk->time_us + fragment_life_us(pk->version);

	waiting->name = name;
	waiting->is_ready = false;
	waiting->packet.path = &waiting->path;
	packet_copy(&waiting->packet, pk);
	LIST_INSERT_HEAD(&table->waiting_of[fragment_set_number(name)], waiting, link);
	table->n_waiting++;
	if (table->due_us > end_us)
		table->due_us = end_us;
}

/*
 * Keeps a packet until its first comes. False: all places are taken, and *pk is now the oldest one,
 * which has to go on.
 */
static bool
fragment_wait(struct fragment_table *table, struct packet *pk, uint64_t name)
{
	struct packet_path path;
	struct packet oldest = { .path = &path };
	struct fragment_waiting *waiting = &table->waiting[table->next];
	bool is_taken = waiting->name != 0;

	assert(table->n_ready == 0);
	table->next = (table->next + 1) % FRAGMENT_WAITING_MAX;
	if (is_taken)
		fragment_give(table, waiting, &oldest);
	fragment_put(table, waiting, pk, name);
	if (is_taken)
		packet_copy(pk, &oldest);
	return !is_taken;
}

/* --- a burst --------------------------------------------------------------------------------- */

/* Has the packet to wait for its first? If not, it is what it is going to be. */
static bool
fragment_has_to_wait(struct fragment_table *table, struct packet *pk)
{
	struct fragment_datagram *datagram;
	uint64_t name;

	if (!fragment_has_datagram(pk))
		return false;
	datagram = fragment_datagram_of(table, pk, &name);
	if (pk->fragment == PACKET_FRAGMENT_FIRST) {
		if (fragment_is_cut_tcp(pk))
			pk->tcp_flags &= (uint16_t)~PACKET_TCP_FIN;
		fragment_wake(table, name);
		return false;
	}
	if (datagram == NULL)
		return fragment_wait(table, pk, name);
	fragment_follow(table, datagram, pk);
	return false;
}

unsigned
fragment_burst(struct fragment_table *table, struct packet *from, unsigned n, unsigned *taken,
               struct packet *to)
{
	unsigned kept = 0;

	while (kept < PACKET_BURST_MAX) {
		if (table->n_ready > 0) {
			fragment_give_ready(table, &to[kept++]);
			continue;
		}
		if (*taken == n)
			break;
		if (!fragment_has_to_wait(table, &from[*taken]))
			packet_copy(&to[kept++], &from[*taken]);
		(*taken)++;
	}
	return kept;
}
