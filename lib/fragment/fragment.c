/* SPDX-License-Identifier: BSD-3-Clause */
/* Datagrams found by what their fragments share, and fragments that wait; see fragment.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base_atomic.h"
#include "fragment.h"

#define FRAGMENT_US      UINT64_C(30000000)
#define FRAGMENT_IPV6_US UINT64_C(60000000)
#define FRAGMENT_UNIT    8 /* bytes that a piece counts */

struct fragment_table *
fragment_table_create(void)
{
	struct fragment_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	if (getrandom(&table->secret, sizeof(table->secret), 0) == sizeof(table->secret))
		return table;
	free(table);
	errno = EIO;
	return NULL;
}

void
fragment_table_destroy(struct fragment_table *table)
{
	free(table);
}

uint64_t
fragment_table_need(void)
{
	return sizeof(struct fragment_table);
}

/* --- datagrams ------------------------------------------------------------------------------- */

static uint64_t
fragment_mix(uint64_t x, uint64_t with)
{
	x = (x ^ with) * UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 32;
}

/* The ends of the datagram that is in fragments: the packet's own, or those of a tunnel around it. */
static void
fragment_ends(const struct packet *pk, const uint64_t **src, const uint64_t **dst)
{
	bool is_outer = pk->fragment_tunnels < pk->tunnels && pk->path != NULL;
	const struct packet_tunnel *level = is_outer ? &pk->path->level[pk->fragment_tunnels] : NULL;

	*src = is_outer ? level->src : pk->src;
	*dst = is_outer ? level->dst : pk->dst;
}

/*
 * What the fragments of one datagram have in common (RFC 791, RFC 8200 4.5), and the tunnels around
 * them. Never 0.
 */
static uint64_t
fragment_name(const struct fragment_table *table, const struct packet *pk)
{
	const uint64_t *src, *dst;
	uint64_t x = table->secret;

	fragment_ends(pk, &src, &dst);
	x = fragment_mix(x, src[0]);
	x = fragment_mix(x, src[1]);
	x = fragment_mix(x, dst[0]);
	x = fragment_mix(x, dst[1]);
	x = fragment_mix(x, (uint64_t)pk->fragment_id << 8 | pk->fragment_proto);
	for (unsigned i = 0; i < pk->fragment_tunnels && pk->path != NULL; i++)
		x = fragment_mix(x, (uint64_t)pk->path->level[i].id << 8 | pk->path->level[i].kind);
	x = fragment_mix(x, table->secret);
	return x | 1;
}

static uint64_t
fragment_life_us(unsigned version)
{
	return version == 6 ? FRAGMENT_IPV6_US : FRAGMENT_US;
}

static struct fragment_datagram *
fragment_set(struct fragment_table *table, uint64_t name)
{
	return table->datagrams[name >> (64 - FRAGMENT_SET_BITS)];
}

/* The datagram of that name, while it is remembered, or NULL. */
static struct fragment_datagram *
fragment_find(struct fragment_table *table, uint64_t name, uint64_t now_us)
{
	struct fragment_datagram *set = fragment_set(table, name);

	for (unsigned way = 0; way < FRAGMENT_WAYS; way++)
		if (set[way].name == name &&
		    (int64_t)(now_us - set[way].time_us) <=
		        (int64_t)fragment_life_us(set[way].version))
			return &set[way];
	return NULL;
}

/* The oldest of the set gives way. */
static struct fragment_datagram *
fragment_take(struct fragment_table *table, uint64_t name)
{
	struct fragment_datagram *set = fragment_set(table, name), *oldest = &set[0];

	for (unsigned way = 0; way < FRAGMENT_WAYS; way++) {
		if (set[way].name == name || set[way].name == 0)
			return &set[way];
		if (set[way].time_us < oldest->time_us)
			oldest = &set[way];
	}
	return oldest;
}

/* --- fragments that wait --------------------------------------------------------------------- */

static void
fragment_make_ready(struct fragment_table *table, struct fragment_waiting *waiting)
{
	waiting->is_ready = true;
	table->n_ready++;
}

/* The oldest that is not ready has to go on, whatever it is. */
static void
fragment_push_oldest(struct fragment_table *table)
{
	struct fragment_waiting *oldest = NULL;

	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++) {
		struct fragment_waiting *waiting = &table->waiting[i];

		if (waiting->name != 0 && !waiting->is_ready &&
		    (oldest == NULL || waiting->packet.time_us < oldest->packet.time_us))
			oldest = waiting;
	}
	if (oldest != NULL)
		fragment_make_ready(table, oldest);
}

/* Keeps a packet until its first comes. False: there is no room. */
static bool
fragment_wait(struct fragment_table *table, const struct packet *pk, uint64_t name)
{
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++) {
		struct fragment_waiting *waiting = &table->waiting[i];

		if (waiting->name != 0)
			continue;
		waiting->name = name;
		waiting->is_ready = false;
		waiting->packet.path = &waiting->path;
		packet_copy(&waiting->packet, pk);
		table->n_waiting++;
		if (table->n_waiting == FRAGMENT_WAITING_MAX)
			fragment_push_oldest(table);
		return true;
	}
	return false;
}

void
fragment_expire(struct fragment_table *table, uint64_t now_us, bool all)
{
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX && table->n_waiting > table->n_ready; i++) {
		struct fragment_waiting *waiting = &table->waiting[i];
		uint64_t life_us = fragment_life_us(waiting->packet.version);

		if (waiting->name != 0 && !waiting->is_ready &&
		    (all || waiting->packet.time_us + life_us < now_us))
			fragment_make_ready(table, waiting);
	}
}

/* --- first and later ------------------------------------------------------------------------- */

/* Has the very same piece come? Then this one is a copy, or was sent twice. */
static bool
fragment_is_known(const struct fragment_datagram *datagram, const struct packet *pk)
{
	for (unsigned i = 0; i < datagram->n_pieces; i++)
		if (datagram->pieces[i].from == pk->piece &&
		    datagram->pieces[i].bytes == (uint16_t)pk->payload_bytes)
			return true;
	return false;
}

static void
fragment_note_piece(struct fragment_datagram *datagram, const struct packet *pk)
{
	for (unsigned i = FRAGMENT_PIECES - 1; i > 0; i--)
		datagram->pieces[i] = datagram->pieces[i - 1];
	datagram->pieces[0] = (struct fragment_piece){ pk->piece, (uint16_t)pk->payload_bytes };
	if (datagram->n_pieces < FRAGMENT_PIECES)
		datagram->n_pieces++;
}

/* Does it begin where the header was, or inside what has come? The order of pieces may be any. */
static bool
fragment_overlaps(const struct fragment_datagram *datagram, const struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT;

	return from < datagram->stream_offset ||
	       (from < datagram->end && !fragment_is_known(datagram, pk));
}

/* The flags that the datagram's segment has: its FIN comes with the last fragment. */
static uint16_t
fragment_flags(const struct fragment_datagram *datagram, const struct packet *pk)
{
	uint16_t flags = datagram->flags & (PACKET_TCP_ACK | PACKET_TCP_PSH);

	if (pk->fragment == PACKET_FRAGMENT_LAST)
		flags |= datagram->flags & PACKET_TCP_FIN;
	return flags;
}

/* A later fragment becomes a packet of its datagram's flow. */
static void
fragment_follow(struct fragment_table *table, struct fragment_datagram *datagram, struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT;

	if (datagram->inside) {
		base_counter_add(&table->counters.inner, 1);
		return;
	}
	if (fragment_overlaps(datagram, pk)) {
		base_counter_add(&table->counters.overlaps, 1);
		return;
	}
	if (from == datagram->end)
		datagram->end += pk->payload_bytes;
	fragment_note_piece(datagram, pk);
	pk->proto = datagram->proto;
	pk->src_port = datagram->src_port;
	pk->dst_port = datagram->dst_port;
	pk->seq = datagram->seq + (from - datagram->stream_offset);
	pk->ack = datagram->ack;
	pk->window = datagram->window;
	pk->tcp_flags = fragment_flags(datagram, pk);
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	pk->checksum = (uint16_t)(datagram->checksum ^ pk->piece); /* copies have the same */
	pk->payload_mix = pk->piece;
	pk->verdict = PACKET_TRACKED;
	base_counter_add(&table->counters.followed, 1);
}

static void
fragment_remember(struct fragment_datagram *datagram, uint64_t name, const struct packet *pk)
{
	bool is_tcp = pk->proto == PACKET_PROTO_TCP;
	uint32_t header = is_tcp ? pk->stream_offset : 0;

	*datagram = (struct fragment_datagram){
		.name = name,
		.time_us = pk->time_us,
		.src_port = pk->src_port,
		.dst_port = pk->dst_port,
		.seq = pk->seq + !!(is_tcp && (pk->tcp_flags & PACKET_TCP_SYN)),
		.ack = pk->ack,
		.stream_offset = header,
		.end = is_tcp ? header + pk->payload_bytes : FRAGMENT_UNIT + pk->payload_bytes,
		.window = pk->window,
		.checksum = pk->checksum,
		.proto = pk->proto,
		.flags = (uint8_t)pk->tcp_flags,
		.inside = pk->fragment_tunnels < pk->tunnels,
		.version = pk->version,
	};
}

/* Is it the first fragment that is remembered, shown once more by the mirror? */
static bool
fragment_is_same(const struct fragment_datagram *known, const struct packet *pk)
{
	return known->checksum == pk->checksum && known->src_port == pk->src_port &&
	       known->dst_port == pk->dst_port && known->proto == pk->proto &&
	       (pk->proto != PACKET_PROTO_TCP ||
	        known->seq == pk->seq + !!(pk->tcp_flags & PACKET_TCP_SYN));
}

static struct fragment_datagram *
fragment_first(struct fragment_table *table, const struct packet *pk, uint64_t name)
{
	struct fragment_datagram *datagram = fragment_find(table, name, pk->time_us);

	if (datagram != NULL && fragment_is_same(datagram, pk))
		return datagram;
	if (datagram != NULL)
		base_counter_add(&table->counters.reused, 1);
	datagram = fragment_take(table, name);
	fragment_remember(datagram, name, pk);
	return datagram;
}

struct fragment_datagram *
fragment_datagram_of(struct fragment_table *table, const struct packet *pk, uint64_t *name)
{
	*name = fragment_name(table, pk);
	return pk->fragment == PACKET_FRAGMENT_FIRST ? fragment_first(table, pk, *name)
	                                             : fragment_find(table, *name, pk->time_us);
}

struct fragment_datagram *
fragment_datagram_named(struct fragment_table *table, uint64_t name, uint64_t now_us)
{
	return fragment_find(table, name, now_us);
}

/* Those that wait for this first one may go behind it. */
static void
fragment_wake(struct fragment_table *table, uint64_t name)
{
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX && table->n_waiting > table->n_ready; i++)
		if (table->waiting[i].name == name && !table->waiting[i].is_ready)
			fragment_make_ready(table, &table->waiting[i]);
}

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
		if (pk->proto == PACKET_PROTO_TCP)
			pk->tcp_flags &= (uint16_t)~PACKET_TCP_FIN;
		fragment_wake(table, name);
		return false;
	}
	if (datagram != NULL) {
		fragment_follow(table, datagram, pk);
		return false;
	}
	if (fragment_wait(table, pk, name))
		return true;
	base_counter_add(&table->counters.orphans, 1);
	return false;
}

/* One that waited, with its flow if the first has come. */
static void
fragment_give(struct fragment_table *table, struct fragment_waiting *waiting, struct packet *to)
{
	struct fragment_datagram *datagram;

	packet_copy(to, &waiting->packet);
	datagram = fragment_find(table, waiting->name, to->time_us);
	if (datagram != NULL) {
		fragment_follow(table, datagram, to);
		base_counter_add(&table->counters.waited, to->verdict == PACKET_TRACKED);
	} else {
		base_counter_add(&table->counters.orphans, 1);
	}
	waiting->name = 0;
	table->n_waiting--;
	table->n_ready--;
}

unsigned
fragment_burst(struct fragment_table *table, struct packet *packets, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++) {
		if (fragment_has_to_wait(table, &packets[i]))
			continue;
		if (kept != i)
			packet_copy(&packets[kept], &packets[i]);
		kept++;
	}
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX && table->n_ready > 0; i++)
		if (table->waiting[i].is_ready && table->waiting[i].name != 0 &&
		    kept < PACKET_BURST_MAX)
			fragment_give(table, &table->waiting[i], &packets[kept++]);
	return kept;
}
