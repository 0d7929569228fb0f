/* SPDX-License-Identifier: BSD-3-Clause */
/* Datagrams found by what their fragments share, and who follows them; see fragment.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_atomic.h"
#include "base_hash.h"
#include "fragment_own.h"

#define FRAGMENT_UNIT 8 /* bytes that a piece counts */

struct fragment_table *
fragment_table_create(void)
{
	struct fragment_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		return NULL;
	table->due_us = UINT64_MAX;
	if (base_hash_draw(&table->secret) == 0)
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

/* --- datagrams ------------------------------------------------------------------------------- */

/* The ends of the datagram that is in fragments: the packet's own, or those of a tunnel. */
static void
fragment_ends(const struct packet *pk, const uint64_t **src, const uint64_t **dst)
{
	bool is_outer = pk->fragment_tunnels < pk->tunnels && pk->path != NULL;
	const struct packet_tunnel *level =
	    is_outer ? &pk->path->level[pk->fragment_tunnels] : NULL;

	*src = is_outer ? level->src : pk->src;
	*dst = is_outer ? level->dst : pk->dst;
}

/* A hash of what the fragments of one datagram have in common by RFC 791 and RFC 8200 4.5. */
static uint64_t
fragment_hash_datagram(const struct packet *pk, uint64_t secret)
{
	const uint64_t *src, *dst;
	uint64_t x = secret;

	fragment_ends(pk, &src, &dst);
	x = base_hash_add(x, secret, src[0]);
	x = base_hash_add(x, secret, src[1]);
	x = base_hash_add(x, secret, dst[0]);
	x = base_hash_add(x, secret, dst[1]);
	return base_hash_add(x, secret, (uint64_t)pk->fragment_id << 8 | pk->fragment_proto);
}

uint32_t
fragment_number(const struct packet *pk, uint64_t secret)
{
	return (uint32_t)base_hash_end(fragment_hash_datagram(pk, secret));
}

/*
 * The same, and the tunnels around the datagram, in which others may use the same addresses. Not
 * its VLAN: the first one of a tunnel's datagram says that of the frame inside. Never 0.
 */
static uint64_t
fragment_name(const struct fragment_table *table, const struct packet *pk)
{
	uint64_t x = fragment_hash_datagram(pk, table->secret);

	for (unsigned i = 0; i < pk->fragment_tunnels && pk->path != NULL; i++)
		x = base_hash_add(x, table->secret,
		                  (uint64_t)pk->path->level[i].id << 8 | pk->path->level[i].kind);
	return base_hash_end(x) | 1;
}

static struct fragment_datagram *
fragment_set(struct fragment_table *table, uint64_t name)
{
	return table->datagrams[fragment_set_number(name)];
}

/* Are the two so near in time that they are fragments of one datagram? */
static bool
fragment_is_near(uint64_t a_us, uint64_t b_us, unsigned version)
{
	return (a_us > b_us ? a_us - b_us : b_us - a_us) <= fragment_life_us(version);
}

struct fragment_datagram *
fragment_find(struct fragment_table *table, uint64_t name, uint64_t now_us)
{
	struct fragment_datagram *set = fragment_set(table, name);

	for (unsigned way = 0; way < FRAGMENT_WAYS; way++)
		if (set[way].name == name &&
		    fragment_is_near(now_us, set[way].time_us, set[way].version))
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

/* --- first and later ------------------------------------------------------------------------- */

static bool
fragment_is_noted(const struct fragment_datagram *datagram, const struct packet *pk)
{
	for (unsigned i = 0; i < datagram->n_pieces; i++)
		if (datagram->pieces[i].from == pk->piece &&
		    datagram->pieces[i].bytes == (uint16_t)pk->payload_bytes)
			return true;
	return false;
}

/*
 * Has the very same piece come, of those up to the end of what has come? Then this one is a copy,
 * or was sent twice. Pieces as large as the first one are known without being noted.
 */
static bool
fragment_is_known(const struct fragment_datagram *datagram, const struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT, size = datagram->first_bytes;

	if (size != 0 && pk->payload_bytes == size && from % size == 0)
		return true;
	return fragment_is_noted(datagram, pk);
}

/* Copies are not noted: they would push out the last piece, which is seldom as large as others. */
static void
fragment_note_piece(struct fragment_datagram *datagram, const struct packet *pk)
{
	if (pk->piece * (uint32_t)FRAGMENT_UNIT < datagram->end || fragment_is_noted(datagram, pk))
		return;
	for (unsigned i = FRAGMENT_PIECES - 1; i > 0; i--)
		datagram->pieces[i] = datagram->pieces[i - 1];
	datagram->pieces[0] = (struct fragment_piece){ pk->piece, (uint16_t)pk->payload_bytes };
	if (datagram->n_pieces < FRAGMENT_PIECES)
		datagram->n_pieces++;
}

/* Does it lie over a part of one of the last pieces that came? */
static bool
fragment_meets_piece(const struct fragment_datagram *datagram, const struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT;

	for (unsigned i = 0; i < datagram->n_pieces; i++) {
		uint32_t other = datagram->pieces[i].from * (uint32_t)FRAGMENT_UNIT;

		if (from < other + datagram->pieces[i].bytes && other < from + pk->payload_bytes)
			return true;
	}
	return false;
}

/*
 * Does it begin where the header was, or inside what has come, or reach into it? The order of
 * pieces may be any.
 */
static bool
fragment_overlaps(const struct fragment_datagram *datagram, const struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT;

	if (from < datagram->stream_offset)
		return true;
	return (from < datagram->end || fragment_meets_piece(datagram, pk)) &&
	       !fragment_is_known(datagram, pk);
}

/* What has come without a hole ends behind this piece, and behind those that came before it. */
static void
fragment_grow(struct fragment_datagram *datagram, const struct packet *pk)
{
	if (pk->piece * (uint32_t)FRAGMENT_UNIT != datagram->end)
		return;
	datagram->end += pk->payload_bytes;
	for (unsigned i = 0; i < datagram->n_pieces * datagram->n_pieces; i++) {
		struct fragment_piece other = datagram->pieces[i % datagram->n_pieces];

		if (other.from * (uint32_t)FRAGMENT_UNIT == datagram->end)
			datagram->end += other.bytes;
	}
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

void
fragment_follow(struct fragment_table *table, struct fragment_datagram *datagram, struct packet *pk)
{
	uint32_t from = pk->piece * (uint32_t)FRAGMENT_UNIT;

	if (!datagram->has_flow) {
		base_counter_add(
		    datagram->inside ? &table->counters.inner : &table->counters.others, 1);
		return;
	}
	if (fragment_overlaps(datagram, pk)) {
		base_counter_add(&table->counters.overlaps, 1);
		return;
	}
	fragment_note_piece(datagram, pk);
	fragment_grow(datagram, pk);
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

/* What a first fragment says. Of one without a flow, that it came. */
static struct fragment_datagram
fragment_read(uint64_t name, const struct packet *pk)
{
	bool inside = pk->fragment_tunnels < pk->tunnels, is_tcp = fragment_is_cut_tcp(pk);
	uint32_t header = is_tcp ? pk->stream_offset : 0;
	uint32_t end = (is_tcp ? header : FRAGMENT_UNIT) + pk->payload_bytes;
	struct fragment_datagram datagram = { .name = name,
		                              .time_us = pk->time_us,
		                              .inside = inside,
		                              .version = (uint8_t)pk->version };

	if (pk->verdict != PACKET_TRACKED)
		return datagram;
	datagram.has_flow = !inside;
	datagram.proto = pk->proto;
	datagram.src_port = pk->src_port;
	datagram.dst_port = pk->dst_port;
	datagram.checksum = pk->checksum;
	datagram.stream_offset = header;
	datagram.end = end;
	datagram.first_bytes = end <= UINT16_MAX ? (uint16_t)end : 0;
	if (pk->proto != PACKET_PROTO_TCP)
		return datagram;
	datagram.seq = pk->seq + !!(pk->tcp_flags & PACKET_TCP_SYN);
	datagram.ack = pk->ack;
	datagram.window = pk->window;
	datagram.flags = (uint8_t)pk->tcp_flags;
	return datagram;
}

/* Is it the first fragment that is remembered, shown once more by the mirror? */
static bool
fragment_is_same(const struct fragment_datagram *known, const struct fragment_datagram *other)
{
	return known->checksum == other->checksum && known->src_port == other->src_port &&
	       known->dst_port == other->dst_port && known->proto == other->proto &&
	       known->seq == other->seq;
}

static struct fragment_datagram *
fragment_first(struct fragment_table *table, const struct packet *pk, uint64_t name)
{
	struct fragment_datagram *known = fragment_find(table, name, pk->time_us);
	struct fragment_datagram datagram = fragment_read(name, pk);

	if (known != NULL && fragment_is_same(known, &datagram))
		return known;
	if (known != NULL)
		base_counter_add(&table->counters.reused, 1);
	known = fragment_take(table, name);
	*known = datagram;
	return known;
}

struct fragment_datagram *
fragment_datagram_of(struct fragment_table *table, const struct packet *pk, uint64_t *name)
{
	*name = fragment_name(table, pk);
	return pk->fragment == PACKET_FRAGMENT_FIRST ? fragment_first(table, pk, *name)
	                                             : fragment_find(table, *name, pk->time_us);
}
