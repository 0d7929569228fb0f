/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A query's share of the memory that all queries have together, and its turn to gather.
 *
 * Overview. What sorts, groups and digests is gathered before its first row is given. Such queries
 * share one bound (query_pool.h), and wait for each other where it is reached:
 *
 *	WAITS     holds nothing; the query says -EINPROGRESS
 *	GATHERS   takes memory; one query of a user at a time
 *	GIVES     holds what it has gathered until its client has read it
 *
 * One that finds no memory while it gathers gives all of its own back and waits; it begins anew
 * when another one has ended. So nobody holds memory while it waits for more, and there is no
 * circle of waiting: whoever holds memory goes on by itself. Where no other query holds any of what
 * is missing, waiting would not help, and the report is refused.
 *
 * Ordinary users have three quarters of the bound together, and each of them at most half; root may
 * have all. So root finds memory whatever others hold.
 *
 * Life. query_share_join, any number of begin and yield, query_share_leave.
 *
 * Who writes and who reads. Control thread only.
 *
 * Cost. A block for each user who asks now; begin reads the list of those of one user who wait.
 */
#ifndef QUERY_SHARE_H
#define QUERY_SHARE_H

#include <sys/queue.h>

#include "mem_pool.h"

BASE_BEGIN_DECLS

#define QUERY_ROOT 0 /* the user whose memory is kept */

struct query_share;

/* One who asks; while there is a share of his. */
struct query_user {
	LIST_ENTRY(query_user) link;
	uint32_t uid;
	unsigned n_shares;
	struct query_share *gathers;       /* the one that gathers; NULL: none */
	TAILQ_HEAD(, query_share) waiting; /* in the order in which they came */
	struct mem_pool memory;            /* of all his shares */
};

/* Of all queries of a control core. */
struct query_shares {
	struct mem_pool memory;   /* all */
	struct mem_pool ordinary; /* all but root's; in `memory` */
	LIST_HEAD(, query_user) users;
	uint64_t ended; /* shares that have left, each with what it held */
};

struct query_share {
	struct query_shares *shares;
	struct query_user *user; /* NULL: it has not joined */
	TAILQ_ENTRY(query_share) link;
	bool waits;             /* is in the user's list */
	uint64_t ended;         /* so many had when it found no memory; UINT64_MAX: it has */
	struct mem_pool memory; /* from which it takes; in the user's */
};

/* `max`: bytes that all may have together. */
void query_shares_init(struct query_shares *shares, size_t max);

/*
 * A share of user `uid`. What is small may be taken at once, without a turn. 0 or -ENOMEM; then it
 * need not leave, but may.
 */
int query_share_join(struct query_share *share, struct query_shares *shares, uint32_t uid);

/* All of its memory has been given back. A zeroed share is allowed. */
void query_share_leave(struct query_share *share);

/* Is it its turn? True: it gathers from now on, or does already. */
bool query_share_begin(struct query_share *share);

/* It has gathered and gives: another one of the user may gather. */
void query_share_gathered(struct query_share *share);

/* Was it refused memory since query_share_begin? */
BASE_INLINE bool
query_share_is_full(const struct query_share *share)
{
	return share->memory.full != NULL;
}

/*
 * It was refused. True: others hold some of what it needs. The caller gives all memory back before
 * anything else, and waits. False: nobody does, and the share is no longer full.
 */
bool query_share_yield(struct query_share *share);

/* Bytes that it can have at most, when nobody else has any. */
size_t query_share_max(const struct query_share *share);

BASE_END_DECLS

#endif
