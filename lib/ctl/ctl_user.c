/* SPDX-License-Identifier: BSD-3-Clause */
/* Places and turns; see ctl_user.h. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl_peer.h"

#define USER_ROOT 0

static struct ctl_user *
user_find(const struct ctl_server *server, uint32_t uid)
{
	struct ctl_user *user;

	LIST_FOREACH(user, &server->users, link)
	if (user->uid == uid)
		return user;
	return NULL;
}

/* Root is the first in the list. */
static struct ctl_user *
user_create(struct ctl_server *server, uint32_t uid)
{
	struct ctl_user *first = LIST_FIRST(&server->users);
	struct ctl_user *user = server->memory.alloc(sizeof(*user));

	if (!user)
		return NULL;
	*user = (struct ctl_user){ .uid = uid };
	TAILQ_INIT(&user->waiting);
	if (first && first->uid == USER_ROOT)
		LIST_INSERT_AFTER(first, user, link);
	else
		LIST_INSERT_HEAD(&server->users, user, link);
	return user;
}

struct ctl_user *
ctl_user_enter(struct ctl_server *server, uint32_t uid, char *text)
{
	unsigned max = uid == USER_ROOT ? CTL_PEERS_MAX : CTL_PEERS_MAX - CTL_ROOT_PEERS;
	struct ctl_user *user = user_find(server, uid);

	if (user && user->n_peers >= CTL_USER_PEERS_MAX) {
		snprintf(text, CTL_TEXT_MAX,
		         "%u clients of user %u are being served, and no user may have more",
		         user->n_peers, (unsigned)uid);
		return NULL;
	}
	if (server->n_peers >= max) {
		snprintf(text, CTL_TEXT_MAX, "%u clients are being served, try again later",
		         server->n_peers);
		return NULL;
	}
	if (!user)
		user = user_create(server, uid);
	if (!user) {
		snprintf(text, CTL_TEXT_MAX, CTL_NO_MEMORY);
		return NULL;
	}
	user->n_peers++;
	return user;
}

void
ctl_user_leave(struct ctl_server *server, struct ctl_user *user)
{
	if (--user->n_peers > 0)
		return;
	LIST_REMOVE(user, link);
	server->memory.release(user);
}

/* At once, but behind what the loop finds when it polls. */
static void
user_round_soon(struct ctl_server *server)
{
	static const struct timeval at_once = { 0 };

	if (!event_pending(&server->round_event, EV_TIMEOUT, NULL))
		event_add(&server->round_event, &at_once);
}

void
ctl_user_queue(struct ctl_peer *peer)
{
	if (peer->queued)
		return;
	TAILQ_INSERT_TAIL(&peer->user->waiting, peer, waiting_link);
	peer->queued = true;
	user_round_soon(peer->server);
}

void
ctl_user_unqueue(struct ctl_peer *peer)
{
	if (peer->queued)
		TAILQ_REMOVE(&peer->user->waiting, peer, waiting_link);
	peer->queued = false;
}

/* A turn may end the peer and its user, and nobody else. */
void
ctl_user_round(struct ctl_server *server)
{
	struct ctl_user *user, *next;

	for (user = LIST_FIRST(&server->users); user; user = next) {
		struct ctl_peer *peer = TAILQ_FIRST(&user->waiting);

		next = LIST_NEXT(user, link);
		if (!peer)
			continue;
		ctl_user_unqueue(peer);
		ctl_peer_turn(peer);
	}
	LIST_FOREACH(user, &server->users, link)
	if (!TAILQ_EMPTY(&user->waiting))
		user_round_soon(server);
}

/* Fits into the buffer of a new socket: it is sent whole, or the client is gone. */
void
ctl_user_turn_away(int fd, const char *text)
{
	uint8_t frame[CTL_END_BYTES];
	struct ctl_end end = { .status = -EUSERS };
	size_t used = ctl_frame_pack(frame, CTL_END, 0, sizeof(end));

	snprintf(end.text, sizeof(end.text), "%s", text);
	memcpy(frame + used, &end, sizeof(end));
	(void)!send(fd, frame, sizeof(frame), MSG_NOSIGNAL | MSG_DONTWAIT);
}
