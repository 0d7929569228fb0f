/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns to gather, and memory by user; see query_share.h. */

#include <errno.h>
#include <string.h>

#include "mem_arena.h"
#include "query_share.h"

#define SHARE_NEVER UINT64_MAX

void
query_shares_init(struct query_shares *shares, size_t max)
{
	memset(shares, 0, sizeof(*shares));
	mem_pool_init(&shares->memory, mem_arena_alloc, mem_arena_free, max);
	mem_pool_init_within(&shares->ordinary, &shares->memory, max / 4 * 3);
	LIST_INIT(&shares->users);
}

static struct query_user *
share_user(struct query_shares *shares, uint32_t uid)
{
	size_t max = shares->memory.max;
	struct query_user *user;

	LIST_FOREACH(user, &shares->users, link)
	if (user->uid == uid)
		return user;
	user = mem_arena_alloc(sizeof(*user));
	if (!user)
		return NULL;
	*user = (struct query_user){ .uid = uid };
	TAILQ_INIT(&user->waiting);
	if (uid == QUERY_ROOT)
		mem_pool_init_within(&user->memory, &shares->memory, max);
	else
		mem_pool_init_within(&user->memory, &shares->ordinary, max / 2);
	LIST_INSERT_HEAD(&shares->users, user, link);
	return user;
}

static void
share_wait(struct query_share *share)
{
	TAILQ_INSERT_TAIL(&share->user->waiting, share, link);
	share->waits = true;
}

static void
share_wait_no_more(struct query_share *share)
{
	if (share->waits)
		TAILQ_REMOVE(&share->user->waiting, share, link);
	share->waits = false;
}

int
query_share_join(struct query_share *share, struct query_shares *shares, uint32_t uid)
{
	struct query_user *user = share_user(shares, uid);

	*share = (struct query_share){ .shares = shares, .user = user, .ended = SHARE_NEVER };
	if (!user)
		return -ENOMEM;
	user->n_shares++;
	mem_pool_init_within(&share->memory, &user->memory, SIZE_MAX);
	return 0;
}

void
query_share_leave(struct query_share *share)
{
	struct query_user *user = share->user;

	if (!user)
		return;
	assert(share->memory.bytes == 0);
	share_wait_no_more(share);
	query_share_gathered(share);
	share->shares->ended++;
	share->user = NULL;
	if (--user->n_shares > 0)
		return;
	LIST_REMOVE(user, link);
	mem_arena_free(user);
}

/* One that found no memory waits for another one's end; those behind it need not. */
static bool
share_may_begin(const struct query_share *share)
{
	return share->ended == SHARE_NEVER || share->ended != share->shares->ended;
}

bool
query_share_begin(struct query_share *share)
{
	struct query_user *user = share->user;
	struct query_share *first;

	if (user->gathers == share)
		return true;
	if (!share->waits)
		share_wait(share);
	if (user->gathers)
		return false;
	TAILQ_FOREACH(first, &user->waiting, link)
	if (share_may_begin(first))
		break;
	if (first != share)
		return false;
	share_wait_no_more(share);
	share->memory.full = NULL;
	user->gathers = share;
	return true;
}

void
query_share_gathered(struct query_share *share)
{
	if (share->user->gathers == share)
		share->user->gathers = NULL;
}

bool
query_share_yield(struct query_share *share)
{
	const struct mem_pool *full = share->memory.full;

	share->memory.full = NULL;
	if (!full || full->bytes == share->memory.bytes)
		return false;
	query_share_gathered(share);
	share->ended = share->shares->ended;
	share_wait(share);
	return true;
}

size_t
query_share_max(const struct query_share *share)
{
	return share->user->memory.max;
}
