/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who is served: the listener, the list of clients, the pause of those that rest; see ctl_server.h
 * for the promises and ctl_peer.h for how one client is served.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ctl_peer.h"

#define CTL_ACCEPT_BURST 512    /* some milliseconds, if all are turned away */
#define CTL_REST_USEC    5000   /* rows that come over time are asked for this often */
#define CTL_WANT_USEC    100000 /* the pause after accept failed for want of something */
#define CTL_TIMERS_MORE  128    /* of the server itself, and of others on the base */

static void server_accept(evutil_socket_t fd, short what, void *arg);
static void server_accept_pause(struct ctl_server *server, int error);

/* One more tick than is needed finds that nobody rests. */
static void
server_rest(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *arg)
{
	struct ctl_server *server = arg;
	struct ctl_peer *peer, *next;
	int any = 0;

	for (peer = LIST_FIRST(&server->peers); peer; peer = next) {
		next = LIST_NEXT(peer, link);
		any |= ctl_peer_rested(peer);
	}
	if (any)
		return;
	event_del(&server->rest_event);
	server->resting = 0;
}

/* One of each user has its turn. */
static void
server_round(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *arg)
{
	ctl_user_round(arg);
}

void
ctl_server_rest_start(struct ctl_server *server)
{
	const struct timeval pause = { .tv_usec = CTL_REST_USEC };

	if (server->resting)
		return;
	server->resting = 1;
	event_add(&server->rest_event, &pause);
}

/*
 * libevent wants memory when more timers run at a time than ever before. A round that could not be
 * begun for want of it would be the last one, so it gets all of it now. 0 or -ENOMEM.
 */
static int
server_reserve_timers(struct event_base *base)
{
	const struct timeval whenever = { .tv_sec = 3600 };
	struct event *timers = calloc(CTL_PEERS_MAX + CTL_TIMERS_MORE, sizeof(*timers));
	unsigned n = 0;

	if (timers == NULL)
		return -ENOMEM;
	for (; n < CTL_PEERS_MAX + CTL_TIMERS_MORE; n++) {
		event_assign(&timers[n], base, -1, 0, server_round, NULL);
		if (event_add(&timers[n], &whenever) != 0)
			break;
	}
	for (unsigned i = 0; i < n; i++)
		event_del(&timers[i]);
	free(timers);
	return n == CTL_PEERS_MAX + CTL_TIMERS_MORE ? 0 : -ENOMEM;
}

struct ctl_server *
ctl_server_create(struct event_base *base, const struct ctl_source *source,
                  const struct ctl_memory *memory)
{
	static const struct ctl_memory heap = { malloc, free };
	struct ctl_server *server;

	if (!memory)
		memory = &heap;
	server = server_reserve_timers(base) == 0 ? memory->alloc(sizeof(*server)) : NULL;
	if (!server) {
		errno = ENOMEM;
		return NULL;
	}
	memset(server, 0, sizeof(*server));
	server->base = base;
	server->source = *source;
	server->memory = *memory;
	ctl_listen_init(&server->listener);
	LIST_INIT(&server->peers);
	LIST_INIT(&server->users);
	ctl_access_init(&server->access);
	event_assign(&server->round_event, base, -1, 0, server_round, server);
	event_assign(&server->rest_event, base, -1, EV_PERSIST, server_rest, server);
	return server;
}

/* 0 or -ENOMEM. */
static int
server_accept_start(struct ctl_server *server)
{
	event_assign(&server->accept_event, server->base, server->listener.fd, EV_READ | EV_PERSIST,
	             server_accept, server);
	return event_add(&server->accept_event, NULL) != 0 ? -ENOMEM : 0;
}

static void
server_accept_resume(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *arg)
{
	int error = server_accept_start(arg);

	if (error != 0)
		server_accept_pause(arg, error);
}

/* The one in the queue cannot be taken and keeps the listener readable: ignore it for a moment. */
static void
server_accept_pause(struct ctl_server *server, int error)
{
	const struct timeval pause = { .tv_usec = CTL_WANT_USEC };

	if (server->source.waits != NULL)
		server->source.waits(server->source.ctx, error);
	event_del(&server->accept_event);
	event_assign(&server->accept_event, server->base, -1, 0, server_accept_resume, server);
	event_add(&server->accept_event, &pause);
}

/* A client with a place, which owns `fd`; or NULL, `text` says why, and `fd` is the caller's. */
static struct ctl_peer *
server_seat(struct ctl_server *server, int fd, const struct ctl_caller *caller, char *text)
{
	struct ctl_user *user = ctl_user_enter(server, caller->uid, text);
	struct ctl_peer *peer;

	if (!user)
		return NULL;
	peer = ctl_peer_create(server, fd, user, caller);
	if (peer)
		return peer;
	ctl_user_leave(server, user);
	snprintf(text, CTL_TEXT_MAX, CTL_NO_MEMORY);
	return NULL;
}

static void
server_welcome(struct ctl_server *server, int fd)
{
	struct ctl_caller caller;
	struct ctl_peer *peer;
	char text[CTL_TEXT_MAX];

	if (ctl_access_caller(fd, &caller)) {
		close(fd); /* nobody is served who is not known */
		return;
	}
	peer = server_seat(server, fd, &caller, text);
	if (peer && ctl_peer_arm(peer) == 0)
		return;
	ctl_user_turn_away(fd, peer ? CTL_NO_MEMORY : text);
	if (peer)
		ctl_peer_hang_up(peer);
	else
		close(fd);
}

static void
server_accept(evutil_socket_t fd, short what BASE_UNUSED, void *arg)
{
	struct ctl_server *server = arg;

	for (int i = 0; i < CTL_ACCEPT_BURST; i++) {
		int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (client >= 0) {
			server_welcome(server, client);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		           errno == ENOBUFS) {
			server_accept_pause(server, -errno);
			return;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			return;
		}
	}
}

void
ctl_server_set_access(struct ctl_server *server, const struct ctl_access *access)
{
	server->access = *access;
}

int
ctl_server_claim(struct ctl_server *server, const char *path)
{
	assert(server->listener.fd < 0);
	return ctl_listen_open(&server->listener, path, &server->access);
}

int
ctl_server_listen(struct ctl_server *server)
{
	int error = ctl_listen_start(&server->listener);

	return error ? error : server_accept_start(server);
}

int
ctl_server_attach(struct ctl_server *server, int fd, void (*gone)(void *ctx), void *ctx)
{
	const struct ctl_caller caller = { .attached = true };
	struct ctl_peer *peer;
	char text[CTL_TEXT_MAX];

	evutil_make_socket_nonblocking(fd);
	evutil_make_socket_closeonexec(fd);
	peer = server_seat(server, fd, &caller, text);
	if (!peer) {
		close(fd);
		return -EUSERS;
	}
	peer->patient = 1;
	if (ctl_peer_arm(peer) != 0) {
		ctl_peer_hang_up(peer);
		return -ENOMEM;
	}
	peer->gone = gone;
	peer->gone_ctx = ctx;
	return 0;
}

void
ctl_server_destroy(struct ctl_server *server)
{
	struct ctl_peer *peer;

	if (!server)
		return;
	while ((peer = LIST_FIRST(&server->peers))) {
		peer->gone = NULL;
		ctl_peer_hang_up(peer);
	}
	if (event_initialized(&server->accept_event))
		event_del(&server->accept_event);
	event_del(&server->rest_event);
	event_del(&server->round_event);
	ctl_listen_close(&server->listener);
	server->memory.release(server);
}

unsigned
ctl_server_clients(const struct ctl_server *server)
{
	return server->n_peers;
}
