/* SPDX-License-Identifier: BSD-3-Clause */
/* Datagrams found by what their fragments share, and fragments that wait; see fragment.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base_atomic.h"
#include "base_hash.h"
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

/* Are the two so near in time that they are fragments of one datagram? */
static bool
fragment_is_near(uint64_t a_us, uint64_t b_us, unsigned version)
{
	return (a_us > b_us ? a_us - b_us : b_us - a_us) <= fragment_life_us(version);
}

/* The datagram of that name, while it is remembered, or NULL. */
static struct fragment_datagram *
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

/* A later fragment becomes a packet of its datagram's flow. */
static void
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

/* Is it the first piece of a TCP segment, with its header? */
static bool
fragment_is_cut_tcp(const struct packet *pk)
{
	return pk->verdict == PACKET_TRACKED && pk->fragment_tunnels == pk->tunnels &&
	       pk->proto == PACKET_PROTO_TCP;
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

/* --- fragments that wait --------------------------------------------------------------------- */

/* Takes one out that waited, with its flow if its first has come. It goes behind that one. */
static void
fragment_give(struct fragment_table *table, unsigned at, struct packet *to)
{
	struct fragment_waiting *waiting = &table->waiting[at];
	struct fragment_datagram *datagram;

	packet_copy(to, &waiting->packet);
	datagram = fragment_find(table, table->names[at], to->time_us);
	if (datagram != NULL) {
		fragment_follow(table, datagram, to);
		base_counter_add(&table->counters.waited, to->verdict == PACKET_TRACKED);
		if (to->time_us < datagram->time_us)
			to->time_us = datagram->time_us;
	} else {
		base_counter_add(&table->counters.orphans, 1);
	}
	table->names[at] = 0;
	table->n_waiting--;
	table->n_ready -= waiting->is_ready;
}

static void
fragment_put(struct fragment_table *table, unsigned at, const struct packet *pk, uint64_t name)
{
	struct fragment_waiting *waiting = &table->waiting[at];
	uint64_t end_us = pk->time_us + fragment_life_us(pk->version);

	table->names[at] = name;
	waiting->is_ready = false;
	waiting->packet.path = &waiting->path;
	packet_copy(&waiting->packet, pk);
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
	unsigned at = table->next;
	bool is_taken = table->names[at] != 0;

	table->next = (at + 1) % FRAGMENT_WAITING_MAX;
	if (is_taken)
		fragment_give(table, at, &oldest);
	fragment_put(table, at, pk, name);
	if (is_taken)
		packet_copy(pk, &oldest);
	return !is_taken;
}

void
fragment_expire(struct fragment_table *table, uint64_t now_us, bool all)
{
	uint64_t due_us = UINT64_MAX;

	if (table->n_waiting == table->n_ready || (!all && now_us <= table->due_us))
		return;
	for (unsigned at = 0; at < FRAGMENT_WAITING_MAX; at++) {
		struct fragment_waiting *waiting = &table->waiting[at];
		uint64_t end_us;

		if (table->names[at] == 0 || waiting->is_ready)
			continue;
		end_us = waiting->packet.time_us + fragment_life_us(waiting->packet.version);
		waiting->is_ready = all || end_us < now_us;
		table->n_ready += waiting->is_ready;
		if (!waiting->is_ready && due_us > end_us)
			due_us = end_us;
	}
	table->due_us = due_us;
}

/* Those that wait for this first one may go behind it. */
static void
fragment_wake(struct fragment_table *table, uint64_t name)
{
	if (table->n_waiting == table->n_ready)
		return;
	for (unsigned at = 0; at < FRAGMENT_WAITING_MAX; at++) {
		if (table->names[at] != name || table->waiting[at].is_ready)
			continue;
		table->waiting[at].is_ready = true;
		table->n_ready++;
	}
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

/*
 * Of the datagram whose piece came first of all that are ready, the foremost piece: a sender that
 * begins with the last one is no reason for holes in a stream.
 */
static unsigned
fragment_next_ready(const struct fragment_table *table)
{
	unsigned found = FRAGMENT_WAITING_MAX;

	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++) {
		unsigned at = (table->next + i) % FRAGMENT_WAITING_MAX;

		if (table->names[at] == 0 || !table->waiting[at].is_ready)
			continue;
		if (found == FRAGMENT_WAITING_MAX ||
		    (table->names[at] == table->names[found] &&
		     table->waiting[at].packet.piece < table->waiting[found].packet.piece))
			found = at;
	}
	assert(found < FRAGMENT_WAITING_MAX);
	return found;
}

unsigned
fragment_burst(struct fragment_table *table, struct packet *from, unsigned n, unsigned *taken,
               struct packet *to)
{
	unsigned kept = 0;

	while (kept < PACKET_BURST_MAX) {
		if (table->n_ready > 0) {
			fragment_give(table, fragment_next_ready(table), &to[kept++]);
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
