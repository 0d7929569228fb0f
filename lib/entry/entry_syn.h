/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The last SYN of each end, as a packet: its identification and its time.
 *
 * Overview. By its numbers a SYN that a host sends once more is the same as one that the mirror
 * shows once more, late. As packets they differ: a host gives each a new identification, or, where
 * packets have none, waits for a second (RFC 6298). enum tcp_syn_bit is what the rules want to know
 * of it. A SYN with another ISN on a live connection may be the first packet of another one, which
 * is known when it is answered. Until then it is kept whole.
 *
 * Life. All flows of a worker share the slots; the slot of a flow follows from its number, and the
 * flow that opened last has it. Where a slot is lost, only the time decides, and a connection
 * begins with its SYN-ACK.
 *
 * Who writes and who reads. Worker, nobody else.
 *
 * Cost. Half a line for each SYN and SYN-ACK.
 */
#ifndef ENTRY_SYN_H
#define ENTRY_SYN_H

#include "entry.h"
#include "packet.h"
#include "tcp_segment.h"

BASE_BEGIN_DECLS

#define ENTRY_SYN_SLOTS    8192u
#define ENTRY_SYN_WAITING  256u
#define ENTRY_SYN_AGAIN_US 500000 /* no host sends its SYN once more within this */

/* By end: a, b. Times are cut to 32 bits: it is enough that minutes differ. */
struct entry_syn {
	uint32_t owner : 30; /* number of the flow plus one; 0: nobody's */
	uint32_t known : 2;  /* of these ends */
	uint16_t id[2];
	uint32_t at_us[2];
};

static_assert(sizeof(struct entry_syn) == 16, "four in a line");

/* A SYN that waits for an answer, as it passed first. Times are those of the engine's clock. */
struct entry_syn_waiting {
	uint16_t times; /* that it has passed */
	uint8_t dir;
	uint64_t before_us;   /* of the flow's last packet before it */
	uint64_t latest_us;   /* of its own last */
	struct packet packet; /* without its bytes */
};

/* The owner of a waiting SYN is asked for often, the SYN seldom: so owners are apart, and small. */
struct entry_syns {
	struct entry_syn slot[ENTRY_SYN_SLOTS];
	uint32_t waiting_owner[ENTRY_SYN_WAITING]; /* as in a slot */
	struct entry_syn_waiting waiting[ENTRY_SYN_WAITING];
};

/* A new flow has this number: forgets what is kept of the flow that had it before. Worker. */
void entry_syn_open(struct entry_syns *syns, uint32_t number);

/* The same, and its first packet is a SYN of end `dir`, with this identification. Worker. */
void entry_syn_open_by(struct entry_syns *syns, uint32_t number, unsigned dir, uint16_t id,
                       uint64_t now_us);

/* The moment of a SYN: now, the flow's last change of state, and the time in which copies come. */
struct entry_syn_time {
	uint64_t now_us, since_us;
	uint32_t window_us; /* 0: copies are not searched for */
};

/*
 * A SYN or SYN-ACK, by its identification, of end `dir` of the flow `number`. Remembers it, and
 * returns enum tcp_syn_bit. Worker.
 */
unsigned entry_syn_see(struct entry_syns *syns, uint32_t number, unsigned dir, uint16_t id,
                       const struct entry_syn_time *time);

/*
 * Keeps a SYN of end `dir`, which came at `now_us`, whole until it is answered. The flow's last
 * packet before it was at `before_us`. Worker.
 */
void entry_syn_wait(struct entry_syns *syns, uint32_t number, unsigned dir, const struct packet *pk,
                    uint64_t now_us, uint64_t before_us);

/*
 * The SYN that a SYN-ACK of end `dir` answers, if it is kept. It is no longer kept then, but stays
 * as it is until another one waits. NULL: there is none. Worker.
 */
const struct entry_syn_waiting *
entry_syn_answered(struct entry_syns *syns, uint32_t number, unsigned dir, const struct packet *pk);

BASE_END_DECLS

#endif
