/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of lib/trouble share, and nobody else. Worker. */
#ifndef TROUBLE_OWN_H
#define TROUBLE_OWN_H

#include "trouble.h"

BASE_BEGIN_DECLS

/* Two troubles in a row, of the client and of the server: that of end `end` of this connection. */
BASE_INLINE uint32_t
trouble_of(const struct entry *e, unsigned end, uint32_t client)
{
	return client + (end != entry_client(e));
}

/* Queues a trouble of the connection: `n` times, with what belongs to it. */
BASE_INLINE void
trouble_queue(struct troubles *troubles, const struct entry *e, uint64_t now_us, uint32_t trouble,
              uint32_t n, uint64_t amount, uint32_t whole)
{
	const struct endpoint_trouble what = { now_us, trouble, n, amount, whole };

	endpoint_trouble_add(&troubles->queue, &e->key, !entry_client(e), &what);
}

BASE_INLINE void
trouble_add(struct troubles *troubles, const struct trouble_moment *m, uint32_t trouble,
            uint64_t amount)
{
	trouble_queue(troubles, m->e, m->now_us, trouble, 1, amount, 0);
}

/* The flow's slot, or NULL: another flow has it. */
BASE_INLINE struct trouble_stall *
trouble_stall_of(struct troubles *troubles, uint32_t number)
{
	struct trouble_stall *stall = &troubles->stalls[number % TROUBLE_STALLS];

	return stall->owner == number + 1 ? stall : NULL;
}

/* Bytes of end `end` that the other has not acknowledged; 0: none, or it is not known. */
BASE_INLINE uint32_t
trouble_outstanding(const struct entry *e, unsigned end)
{
	const struct tcp_end *snd = &e->end[end], *rcv = &e->end[!end];

	if (!(snd->flags & TCP_END_SEQ) || !(rcv->flags & TCP_END_ACK) ||
	    tcp_seq_leq(snd->snd_nxt, rcv->rcv_nxt))
		return 0;
	return snd->snd_nxt - rcv->rcv_nxt;
}

/* A segment with bytes of `dir` passed before: is its sender stalled? trouble_stall.c. */
void trouble_repeated(struct troubles *troubles, const struct trouble_moment *m);

/* A SYN or SYN-ACK passed before. trouble_opening.c. */
void trouble_syn_repeated(struct troubles *troubles, const struct trouble_moment *m);

/* A RST, or what denies one. trouble_rst.c. */
void trouble_rst(struct troubles *troubles, const struct trouble_moment *m);
void trouble_rst_denied(struct troubles *troubles, const struct trouble_moment *m);

/*
 * How long nothing had passed before what end `dir` sends and has no answer to, in microseconds; 0:
 * it did not begin so, or it is not known. Asked once. trouble_stall.c.
 */
uint64_t trouble_idle(struct troubles *troubles, const struct trouble_moment *m, unsigned dir);

BASE_END_DECLS

#endif
