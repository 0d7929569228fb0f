/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The clients of a server by their users: how many each may have, and whose turn it is.
 *
 * Overview. No user has more than a quarter of the places, and the last of them are root's. One who
 * finds none is turned away with the reason. A client that has something to do waits for a turn
 * among those of its user; in each round one of each user has his, root first. So what a
 * client waits for grows with the users who ask, not with the clients that one of them has.
 *
 * Life. A user is there as long as he has clients.
 *
 * Who writes and who reads. The thread of the server's loop.
 *
 * Cost. A block a user; users are found by going through them, and there are as many as clients at
 * most. A round costs one poll of the loop.
 */
#ifndef CTL_USER_H
#define CTL_USER_H

#include <sys/queue.h>

#include "ctl_access.h"
#include "ctl_server.h"

BASE_BEGIN_DECLS

#define CTL_USER_PEERS_MAX (CTL_PEERS_MAX / 4)
#define CTL_ROOT_PEERS     16 /* places that are kept for root */
#define CTL_NO_MEMORY      "no memory for one more client"

struct ctl_peer;

struct ctl_user {
	LIST_ENTRY(ctl_user) link;
	uint32_t uid;
	unsigned n_peers;
	TAILQ_HEAD(ctl_waiting, ctl_peer) waiting; /* those that wait for their turn */
};

/*
 * A place for one more client of that user. NULL, and `text`, of CTL_TEXT_MAX bytes, says why there
 * is none.
 */
struct ctl_user *ctl_user_enter(struct ctl_server *server, uint32_t uid, char *text);
void ctl_user_leave(struct ctl_server *server, struct ctl_user *user);

/* The peer has something to do: it waits for a turn. */
void ctl_user_queue(struct ctl_peer *peer);

/* It has nothing to do any more. */
void ctl_user_unqueue(struct ctl_peer *peer);

/* A round: one peer of each user has its turn. Calls ctl_peer_turn. */
void ctl_user_round(struct ctl_server *server);

/* Sends the one answer that a client gets which finds no place. Its socket is left open. */
void ctl_user_turn_away(int fd, const char *text);

BASE_END_DECLS

#endif
