/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What goes wrong in connections: from what a segment did to the troubles of sockets and paths.
 *
 * Overview. lib/tcp says of a rare segment what it did: bytes that passed before, bytes that fill a
 * hole, a window that closed, a RST. Here that becomes a trouble of the server's socket, with what
 * the entry knows beside it: which end, how much of it is unacknowledged, whether anything came
 * back, whether it came after a long silence. Each is proof of something by itself, or in numbers;
 * what causes it is judged by who reads the cases (lib/problem).
 *
 *	trouble.c           losses before and behind the tap, the mirror's, closed windows
 *	trouble_opening.c   SYNs in vain, refused, not taken
 *	trouble_rst.c       RSTs in open connections, and forged ones
 *	trouble_stall.c     the same bytes again and again; what met a long silence
 *
 * Life. What a stalled connection repeats has a slot in a small table that all flows of a worker
 * share, as in entry_doubt.h. Where the slot is lost, a stall counts anew. The TTLs of hosts are
 * kept alike: where those of a host are lost, nothing is said of its RSTs.
 *
 * Who writes and who reads. Worker only.
 *
 * Cost. Nothing for ordinary segments, half a line for a SYN. A trouble costs what
 * endpoint_trouble.h says.
 */
#ifndef TROUBLE_H
#define TROUBLE_H

#include "endpoint_trouble.h"
#include "entry_rtt.h"
#include "entry_upper.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

#define TROUBLE_STALLS 4096u
#define TROUBLE_HOSTS  16384u
#define TROUBLE_TTLS   4

/* What one end of a connection sends again and again. */
struct trouble_stall {
	uint32_t owner;  /* number of the flow plus one; 0: nobody's */
	uint32_t seq;    /* of the segment */
	uint32_t heard;  /* packets of the other end when it was first sent again */
	uint16_t length; /* bytes of the segment */
	uint8_t dir;
	uint8_t repeats;
	uint32_t counted[2]; /* packets of both ends when they were last counted out of */
};

/*
 * The TTLs that a host's SYNs and SYN-ACKs had, the newest first; 0: none. Several hosts may stand
 * behind one address.
 */
struct trouble_host {
	uint32_t tag; /* what its address and network are known by */
	uint8_t ttl[TROUBLE_TTLS];
};

struct troubles {
	struct endpoint_troubles queue;
	struct entry_rtt *rtt;
	struct trouble_stall stalls[TROUBLE_STALLS];
	struct trouble_host hosts[TROUBLE_HOSTS];
};

/* A segment, when it has been applied and is not counted yet among its end's packets. */
struct trouble_moment {
	uint64_t now_us;
	struct entry *e; /* its write is open */
	uint32_t number;
	const struct packet *pk;
	unsigned dir;
	unsigned result;    /* enum tcp_result */
	uint8_t was[2];     /* the states of a and b before */
	uint8_t was_rst[2]; /* 1: this end's RST had been believed before */
	uint64_t closed_us; /* for how long its sender's window is closed, or was until now */
};

/* Everything is borrowed. Control. */
void trouble_init(struct troubles *troubles, struct endpoint_case_table *cases,
                  struct endpoint_events *events, struct entry_rtt *rtt);

/*
 * A segment did what results below say, or came while its sender's window is closed: one that
 * trouble_is_any says yes to. Worker.
 */
void trouble_segment(struct troubles *troubles, const struct trouble_moment *m);

/* Can there be trouble in it? Worker. */
BASE_INLINE bool
trouble_is_any(unsigned result)
{
	return result & (TCP_RETRANSMISSION | TCP_LOST | TCP_GAP | TCP_GAP_PEER |
	                 TCP_WINDOW_CLOSED | TCP_WINDOW_OPENED | TCP_RST_BELIEVED |
	                 TCP_RST_IGNORED | TCP_RST_LATE | TCP_RST_DENIED);
}

/* An ICMP error about a packet of end `dir` of the flow came at `now_us`. Worker. */
void trouble_icmp(struct troubles *troubles, const struct entry *e, unsigned dir, unsigned icmp,
                  uint64_t now_us);

/* The socket of end `server` refused a SYN. Worker. */
void
trouble_refused(struct troubles *troubles, const struct entry *e, unsigned server, uint64_t now_us);

/* An end answered what was sent to it after `idle_us` without packets. Worker. */
void trouble_survived(struct troubles *troubles, const struct entry *e, uint64_t idle_us,
                      uint64_t now_us);

/* The place of a host, and what it is known by there. Worker. */
BASE_INLINE struct trouble_host *
trouble_host(struct troubles *troubles, const struct entry *e, unsigned end, uint32_t *tag)
{
	const uint64_t *addr = end ? e->key.b_addr : e->key.a_addr;
	uint64_t host = addr[0] + addr[1] + (e->key.rest & FLOW_KEY_DOMAIN) + 1;

	host *= UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio: any odd one does */
	*tag = (uint32_t)(host >> 16);
	return &troubles->hosts[(host >> 48) % TROUBLE_HOSTS];
}

/* The rest of trouble_learn_ttl: the host has another TTL. Worker. */
void trouble_learn_another(struct trouble_host *host, uint8_t ttl);

/* End `dir` sends a part of a handshake: remembers the TTL of its host. Worker. */
BASE_INLINE void
trouble_learn_ttl(struct troubles *troubles, const struct entry *e, unsigned dir,
                  const struct packet *pk)
{
	uint32_t tag;
	struct trouble_host *host = trouble_host(troubles, e, dir, &tag);

	if (host->tag != tag)
		*host = (struct trouble_host){ .tag = tag, .ttl = { pk->ttl } };
	else if (host->ttl[0] != pk->ttl)
		trouble_learn_another(host, pk->ttl);
}

BASE_END_DECLS

#endif
