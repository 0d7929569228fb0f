/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Later fragments find the flow of their datagram.
 *
 * Overview. Only the first fragment of a datagram has ports. A small memory keeps, for each
 * datagram under way, what the first one said; a later fragment then becomes a packet of that flow:
 * a piece of UDP, or the next bytes of a TCP segment. Nothing is put together again, and no port is
 * guessed. A later fragment that comes first is kept until the first comes, and then goes behind
 * it.
 *
 *	packets of a burst -> fragment_burst -> the same, without those that wait, and behind each
 *	                                        first those that waited for it
 *
 * A datagram that carries a tunnel is one packet of the flow inside, and that packet is counted
 * whole when the first fragment comes: the later ones stay PACKET_FRAGMENT. So do those of a
 * datagram whose first has no flow (ESP, or a first too short for its ports), and those of ICMP,
 * which are not followed at all.
 *
 * Life. A datagram is remembered for 30 s (RFC 791's timers and hosts' say 15 to 120), in IPv6 for
 * 60 (RFC 8200 4.5), or until four others of its set have come. A fragment waits as long for its
 * first, or until so many others as there is room for have come to wait; then it goes on as the
 * orphan that it is. The same times hold between the two: a first that comes later than that is
 * another datagram's.
 *
 * Who writes and who reads. One core: a worker, or the receive core, which wants to know the worker
 * of each packet. Counters: control reads.
 *
 * Cost. Nothing for a burst without fragments. A fragment that waits costs two copies and its
 * place in the order of its datagram's pieces; it costs others nothing. 256 KB for datagrams,
 * 128 KB for fragments that wait.
 */
#ifndef FRAGMENT_H
#define FRAGMENT_H

#include <sys/queue.h>

#include "packet.h"

BASE_BEGIN_DECLS

#define FRAGMENT_SET_BITS    10
#define FRAGMENT_WAYS        4
#define FRAGMENT_WAITING_MAX 256
#define FRAGMENT_PIECES      3

/* Worker: writes. Control: reads. */
struct fragment_counters {
	uint64_t followed; /* later fragments that found their flow */
	uint64_t inner;    /* those of datagrams whose tunnel was read: counted with the first */
	uint64_t waited;   /* those of `followed` that came before their first */
	uint64_t others;   /* those of datagrams whose first has no flow */
	uint64_t orphans;  /* later ones without a first */
	uint64_t reused;   /* first fragments of a datagram that had one: its id was used again */
	uint64_t overlaps; /* fragments that begin inside what was there, or rewrite a header */
};

/* A later fragment that has come: what comes again is a copy, and no overlap. */
struct fragment_piece {
	uint16_t from, bytes; /* in units of 8; in bytes */
};

/* What the first fragment of a datagram said. */
struct fragment_datagram {
	uint64_t name; /* what its fragments have in common, hashed with a secret; 0: free */
	uint64_t time_us;
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint32_t stream_offset; /* TCP: bytes before the stream, from which pieces are counted */
	uint32_t end;           /* bytes of the datagram that were seen from its beginning on */
	uint16_t window;
	uint16_t checksum;
	uint8_t proto;
	uint8_t flags; /* of TCP; a FIN goes with the last fragment */
	bool inside;   /* a tunnel, whose packet was counted whole */
	bool has_flow; /* later ones are the flow's, or the tunnel's */
	uint8_t version : 4;
	uint8_t n_pieces : 4; /* below, the newest in front */
	uint8_t to;           /* the owner's to use: the worker that gets its fragments */
	uint16_t first_bytes; /* of the first one: most senders cut the rest into as large ones */
	struct fragment_piece pieces[FRAGMENT_PIECES];
};

static_assert(sizeof(struct fragment_datagram) <= BASE_CACHE_LINE, "at most a line");
static_assert(FRAGMENT_WAITING_MAX == 1 << 8, "a place is a byte of ready[]");

/* A later fragment that came before its first. */
struct fragment_waiting {
	LIST_ENTRY(fragment_waiting) link; /* of those whose datagrams share a set */
	uint64_t name;                     /* of its datagram; 0: the place is free */
	struct packet packet;
	struct packet_path path;
	bool is_ready; /* its first has come, or will not come any more */
};

struct fragment_table {
	struct fragment_datagram datagrams[1 << FRAGMENT_SET_BITS][FRAGMENT_WAYS];
	LIST_HEAD(, fragment_waiting) waiting_of[1 << FRAGMENT_SET_BITS]; /* the newest in front */
	struct fragment_waiting waiting[FRAGMENT_WAITING_MAX];
	uint32_t ready[FRAGMENT_WAITING_MAX]; /* their places, in the low byte, as they go on */
	uint64_t secret;
	uint64_t due_us; /* until then nobody has waited for too long */
	unsigned next;   /* the place of the next that has to wait: who is there is the oldest */
	unsigned n_waiting, n_ready, ready_from;
	struct fragment_counters counters;
};

/* A table in memory of the process. NULL and errno. Control, cold. */
struct fragment_table *fragment_table_create(void);
void fragment_table_destroy(struct fragment_table *table);

/*
 * Takes packets, which were decoded, from from[*taken] on, until there are PACKET_BURST_MAX in to[]
 * or n are taken, and gives the later fragments among them their flows. Those that have to wait are
 * left out, and those that need not any more come at once behind their first. Returns how many
 * there are in to[], whose places keep their own room for a path. To be called again while not all
 * are taken or more are ready. Worker.
 */
unsigned fragment_burst(struct fragment_table *table, struct packet *from, unsigned n,
                        unsigned *taken, struct packet *to);

/*
 * Is it a fragment whose datagram is looked after? Not ICMP's: what quotes another packet no longer
 * says between whom it went. Any.
 */
BASE_INLINE bool
fragment_has_datagram(const struct packet *pk)
{
	if (pk->fragment == PACKET_FRAGMENT_NOT || pk->fragment_proto == PACKET_PROTO_ICMP ||
	    pk->fragment_proto == PACKET_PROTO_ICMP6)
		return false;
	return pk->fragment == PACKET_FRAGMENT_FIRST || pk->verdict == PACKET_FRAGMENT;
}

/*
 * The same number for all fragments of a datagram: cores that share the work, and the secret, agree
 * by it. Any.
 */
uint32_t fragment_number(const struct packet *pk, uint64_t secret);

/*
 * For who hands packets on and keeps them by himself. `pk` is a fragment, decoded. A first one is
 * remembered, and a later one found: returns its datagram, whose `to` is the caller's. NULL: a
 * later one whose first has not come. *name names the datagram either way. Receive core or worker.
 */
struct fragment_datagram *
fragment_datagram_of(struct fragment_table *table, const struct packet *pk, uint64_t *name);

/* Is there anything for fragment_burst to give, though no packet came? Worker. */
BASE_INLINE bool
fragment_is_ready(const struct fragment_table *table)
{
	return table->n_ready > 0;
}

/* Those that wait for longer than they may by `now_us`, or all of them, need not any more. */
void fragment_expire(struct fragment_table *table, uint64_t now_us, bool all);

BASE_END_DECLS

#endif
