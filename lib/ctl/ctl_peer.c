/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests taken, answers put together, sockets watched; see ctl_peer.h for the stages. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base_clock.h"
#include "ctl_peer.h"

#define CTL_IDLE_SEC  60        /* silence between requests */
#define CTL_STALL_SEC (15 * 60) /* nothing read of a report */

static void peer_event(evutil_socket_t fd, short what, void *arg);
static void
peer_put_end(struct ctl_peer *peer, int status, const char *format, ...) BASE_PRINTF(3, 4);

/*
 * What goes out.
 */

static size_t
peer_room(const struct ctl_peer *peer)
{
	return sizeof(peer->out) - peer->out_to;
}

static void
peer_put(struct ctl_peer *peer, enum ctl_type type, const void *payload, size_t length)
{
	unsigned report = type == CTL_ROWS ? peer->report : 0;

	assert(peer_room(peer) >= sizeof(struct ctl_header) + length);
	peer->out_to += ctl_frame_pack(peer->out + peer->out_to, type, report, length);
	memcpy(peer->out + peer->out_to, payload, length);
	peer->out_to += length;
}

static void
peer_put_info(struct ctl_peer *peer)
{
	const struct ctl_source *source = &peer->server->source;
	struct ctl_info info = { 0 };

	source->info(source->ctx, &info);
	peer_put(peer, CTL_INFO, &info, sizeof(info));
}

static void
peer_put_labels(struct ctl_peer *peer)
{
	const struct ctl_source *source = &peer->server->source;
	const struct report_label *labels = NULL;
	unsigned n = 0;

	if (source->labels)
		labels = source->labels(source->ctx, &n);
	if (n > 0)
		peer_put(peer, CTL_LABELS, labels, n * sizeof(labels[0]));
}

static void
peer_close_report(struct ctl_peer *peer)
{
	query_close(peer->query);
	peer->query = NULL;
}

/* Connections that a change has forgotten: one that was named gives no row. */
static uint64_t
peer_forgotten(const struct ctl_peer *peer, int status)
{
	return peer->rows_sent + (peer->report == REPORT_ASK_DROP && status == 0);
}

/* The answer is complete; `format` is NULL when there is nothing to say. */
static void
peer_put_end(struct ctl_peer *peer, int status, const char *format, ...)
{
	struct ctl_end end = { .status = status, .rows = peer->rows_sent };
	va_list args;

	end.cut = peer->query && (status ? peer->report != REPORT_ASK_DROP : peer->query->cut);
	if (format) {
		va_start(args, format);
		vsnprintf(end.text, sizeof(end.text), format, args);
		va_end(args);
	}
	peer_put(peer, CTL_END, &end, sizeof(end));
	ctl_audit_end(&peer->audit, &peer->caller, peer_forgotten(peer, status), status);
	peer_close_report(peer);
	peer->rests = peer->endless = 0;
	peer->stage = PEER_IDLE;
}

static void
peer_refuse(struct ctl_peer *peer, int status, const struct ctl_header *header)
{
	if (status == -EPROTONOSUPPORT)
		peer_put_end(peer, status, "spanstatd speaks protocol %d, was asked in protocol %u",
		             CTL_VERSION, (unsigned)header->version);
	else
		peer_put_end(peer, status, "this is no request that spanstatd knows");
	peer->stage = PEER_CLOSING;
}

/*
 * Requests.
 */

/* May its rows name paths? */
static bool
peer_has_paths(const struct ctl_peer *peer)
{
	const struct report_paths *paths = peer->server->source.paths;

	return paths != NULL && paths->last != REPORT_PATH_NONE &&
	       ctl_frame_path_at(peer->report) != SIZE_MAX;
}

/* A frame of rows, one of what they name, and the one that ends the report fit, or none does. */
static unsigned
peer_rows_room(void *ctx)
{
	struct ctl_peer *peer = ctx;

	if (peer_room(peer) < 2 * CTL_FRAME_BYTES + CTL_END_BYTES)
		return 0;
	return peer_has_paths(peer) ? CTL_PATH_ROWS : ctl_frame_rows_max(peer->report);
}

#define PEER_STEPS_MAX (CTL_PAYLOAD_MAX / sizeof(struct report_step))
#define PEER_PATH_MAX  (2 * REPORT_TUNNELS_MAX + 1) /* a path, and its other direction */

/* Adds the steps of a path that were not sent yet, those outside first. */
static unsigned
peer_path_steps(struct ctl_peer *peer, uint32_t number, struct report_step *steps, unsigned n)
{
	const struct report_paths *paths = peer->server->source.paths;
	const struct report_step *step = report_paths_step(paths, number);
	uint32_t *sent = &peer->paths_sent[number % CTL_PATHS_SENT];

	if (step == NULL || *sent == number)
		return n;
	*sent = number;
	n = peer_path_steps(peer, step->outside, steps, n);
	if (step->kind == REPORT_STEP_JOIN)
		n = peer_path_steps(peer, step->id, steps, n);
	steps[n] = *step;
	return n + 1;
}

/* What the rows name comes before them. */
static void
peer_put_paths(struct ctl_peer *peer, const uint8_t *rows, unsigned count)
{
	struct report_step steps[PEER_STEPS_MAX];
	size_t at = ctl_frame_path_at(peer->report), bytes = ctl_frame_row_bytes(peer->report);
	unsigned n = 0;

	/* More rows than peer_rows_room allows come where the first path came among them. */
	for (unsigned i = 0; i < count && n + PEER_PATH_MAX <= PEER_STEPS_MAX; i++) {
		uint32_t number;

		memcpy(&number, rows + i * bytes + at, sizeof(number));
		n = peer_path_steps(peer, number, steps, n);
	}
	if (n > 0)
		peer_put(peer, CTL_PATHS, steps, n * sizeof(steps[0]));
}

static void
peer_take_rows(void *ctx, const void *rows, unsigned n)
{
	struct ctl_peer *peer = ctx;

	if (peer_has_paths(peer))
		peer_put_paths(peer, rows, n);
	peer_put(peer, CTL_ROWS, rows, n * ctl_frame_row_bytes(peer->report));
	peer->rows_sent += n;
}

/* An order names in its own words what came of it; a report was cut short. */
static void
peer_end_rows(void *ctx, int status, const char *why)
{
	struct ctl_peer *peer = ctx;

	if (status == 0)
		peer_put_end(peer, 0, NULL);
	else if (peer->report == REPORT_ASK_DROP)
		peer_put_end(peer, status, "%s", why ? why : strerror(-status));
	else
		peer_put_end(peer, status, "the report was cut short: %s",
		             why ? why : strerror(-status));
}

/* One slice, if it fits. */
static void
peer_turn_rows(struct ctl_peer *peer)
{
	const struct query_sink sink = { peer, peer_rows_room, peer_take_rows, peer_end_rows };
	struct ctl_server *server = peer->server;
	int result;

	if (peer->rests)
		return;
	result = query_turn(peer->query, &sink, server->rows, ctl_frame_rows_max(peer->report),
	                    ctl_frame_row_bytes(peer->report));
	if (result == -EINPROGRESS) {
		peer->rests = 1;
		peer->endless = peer->query->endless;
		ctl_server_rest_start(server);
	}
}

#define PEER_TAKES(id, name, letter, row, source, digest, printer, verb, takes, ...)               \
	[REPORT_ASK_##id] = (takes),

static const unsigned peer_takes[REPORT_REQUESTS] = { REPORT_TABLE(PEER_TAKES)
	                                                  REPORT_VARIANTS(PEER_TAKES) };

/* A change begins, if it is one and the client may; else 0 is returned and the answer is given. */
static int
peer_allow(struct ctl_peer *peer, const struct query_request *request)
{
	struct ctl_server *server = peer->server;
	char text[CTL_REFUSAL_BYTES];

	if (!(peer_takes[peer->report] & REPORT_CHANGES))
		return 1;
	if (!ctl_access_may_change(&server->access, peer->fd, &peer->caller)) {
		ctl_access_refuse(&server->access, "drop", text);
		ctl_audit_refused(&server->refusals, &peer->caller, text, base_clock_mono_us());
		peer_put_end(peer, -EPERM, "%s", text);
		return 0;
	}
	if (!peer->caller.attached)
		ctl_audit_begin(&peer->audit, request);
	return 1;
}

static void
peer_begin(struct ctl_peer *peer, const struct ctl_header *header, const void *payload)
{
	const struct ctl_source *source = &peer->server->source;
	struct query_request request;
	char text[CTL_TEXT_MAX] = "";
	struct ctl_ask ask;
	int error = 0;

	peer->rows_sent = 0;
	peer->report = header->report;
	memset(peer->paths_sent, 0, sizeof(peer->paths_sent));
	peer_put_labels(peer);
	peer_put_info(peer);
	if (header->length > 0)
		memcpy(&ask, payload, sizeof(ask));
	ctl_frame_request(&request, header->report, header->length > 0 ? &ask : NULL);
	request.uid = peer->caller.uid;
	if (!peer_allow(peer, &request))
		return;
	peer->query = source->open(source->ctx, &request, &error, text);
	if (peer->query)
		peer->stage = PEER_ROWS;
	else
		peer_put_end(peer, error, "%s", text);
}

/* True when `in` begins with a whole request, or with something that will never be one. */
static bool
peer_has_request(const struct ctl_peer *peer)
{
	struct ctl_header header;
	int error = ctl_frame_unpack(peer->in, peer->in_used, &header);

	if (error)
		return error != -EAGAIN;
	if (header.type != CTL_ASK)
		return true;
	return peer->in_used >= sizeof(header) + header.length;
}

/* Takes the request at the front of `in`, if it is whole and everything before it is sent. */
static void
peer_turn_idle(struct ctl_peer *peer)
{
	struct ctl_header header;
	size_t whole;
	int error;

	if (peer->out_to || !peer_has_request(peer))
		return;
	error = ctl_frame_unpack(peer->in, peer->in_used, &header);
	if (!error && header.type != CTL_ASK)
		error = -EPROTO;
	if (error) {
		peer_refuse(peer, error, &header);
		return;
	}
	whole = sizeof(header) + header.length;
	peer_begin(peer, &header, peer->in + sizeof(header));
	peer->in_used -= whole;
	memmove(peer->in, peer->in + whole, peer->in_used);
}

/*
 * Peers and their sockets.
 */

static void
peer_disarm(struct ctl_peer *peer)
{
	if (peer->interest || peer->patience_sec)
		event_del(&peer->event);
	peer->interest = 0;
	peer->patience_sec = 0;
}

void
ctl_peer_hang_up(struct ctl_peer *peer)
{
	struct ctl_server *server = peer->server;
	void (*gone)(void *) = peer->gone;
	void *gone_ctx = peer->gone_ctx;

	peer_disarm(peer);
	ctl_user_unqueue(peer);
	ctl_audit_end(&peer->audit, &peer->caller, peer->rows_sent, -ECONNRESET);
	peer_close_report(peer);
	close(peer->fd);
	LIST_REMOVE(peer, link);
	server->n_peers--;
	ctl_user_leave(server, peer->user);
	server->memory.release(peer);
	if (gone)
		gone(gone_ctx);
}

/* 0; or -errno: the peer is gone. */
static int
peer_receive(struct ctl_peer *peer)
{
	ssize_t n;

	if (peer->eof || peer->in_used == sizeof(peer->in))
		return 0;
	n = recv(peer->fd, peer->in + peer->in_used, sizeof(peer->in) - peer->in_used, 0);
	if (n > 0)
		peer->in_used += (size_t)n;
	else if (n == 0)
		peer->eof = 1;
	else if (errno != EAGAIN && errno != EINTR)
		return -errno;
	return 0;
}

static int
peer_send(struct ctl_peer *peer)
{
	while (peer->out_from < peer->out_to) {
		ssize_t n = send(peer->fd, peer->out + peer->out_from,
		                 peer->out_to - peer->out_from, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		peer->out_from += (size_t)n;
	}
	peer->out_from = peer->out_to = 0;
	return 0;
}

/* Half a request is nothing when no more will come. */
static bool
peer_is_finished(const struct ctl_peer *peer)
{
	if (peer->out_to)
		return false;
	if (peer->stage == PEER_CLOSING)
		return true;
	return peer->eof && peer->stage == PEER_IDLE && !peer_has_request(peer);
}

static short
peer_wanted(const struct ctl_peer *peer)
{
	short wanted = 0;

	if (!peer->eof && peer->stage != PEER_CLOSING && peer->in_used < sizeof(peer->in))
		wanted |= EV_READ;
	/* Also for a request that waits in `in` behind the answer that was just sent. */
	if (peer->out_to || (peer->stage == PEER_ROWS && !peer->rests) ||
	    (peer->stage == PEER_IDLE && peer_has_request(peer)))
		wanted |= EV_WRITE;
	return wanted;
}

/* Seconds of silence until something is done about it; 0: for ever. */
static int
peer_patience_sec(const struct ctl_peer *peer, short wanted)
{
	if (peer->patient || (peer->rests && !(wanted & EV_WRITE)))
		return 0;
	return wanted & EV_WRITE ? CTL_STALL_SEC : CTL_IDLE_SEC;
}

/* libevent counts the time anew whenever the event comes, so silence is all it measures. */
int
ctl_peer_arm(struct ctl_peer *peer)
{
	short wanted = peer_wanted(peer);
	struct timeval patience = { .tv_sec = peer_patience_sec(peer, wanted) };

	if (wanted == peer->interest && patience.tv_sec == peer->patience_sec)
		return 0;
	peer_disarm(peer);
	if (!wanted && !patience.tv_sec)
		return 0;
	event_assign(&peer->event, peer->server->base, peer->fd, (short)(wanted | EV_PERSIST),
	             peer_event, peer);
	if (event_add(&peer->event, patience.tv_sec ? &patience : NULL) != 0)
		return -ENOMEM;
	peer->interest = wanted;
	peer->patience_sec = (int)patience.tv_sec;
	return 0;
}

/*
 * A report without an end is over when the next request comes, or when none will: then nothing else
 * would be left by which the client's end could be noticed while the report rests.
 */
static bool
peer_wants_end(const struct ctl_peer *peer)
{
	return peer->stage == PEER_ROWS && peer->endless && (peer->eof || peer_has_request(peer));
}

void
ctl_peer_turn(struct ctl_peer *peer)
{
	if (peer_wants_end(peer))
		peer_put_end(peer, 0, NULL);
	if (peer->stage == PEER_IDLE)
		peer_turn_idle(peer);
	if (peer->stage == PEER_ROWS)
		peer_turn_rows(peer);
	if (peer_send(peer) || peer_is_finished(peer) || ctl_peer_arm(peer))
		ctl_peer_hang_up(peer);
}

static void
peer_event(evutil_socket_t fd, short what, void *arg)
{
	struct ctl_peer *peer = arg;

	assert(fd == peer->fd);
	if (what & EV_TIMEOUT)
		ctl_peer_hang_up(peer);
	else if ((what & EV_READ) && peer_receive(peer))
		ctl_peer_hang_up(peer);
	else
		ctl_user_queue(peer);
}

bool
ctl_peer_rested(struct ctl_peer *peer)
{
	if (peer->stage != PEER_ROWS || !peer->rests)
		return false;
	peer->rests = 0;
	ctl_user_queue(peer);
	return true;
}

struct ctl_peer *
ctl_peer_create(struct ctl_server *server, int fd, struct ctl_user *user,
                const struct ctl_caller *caller)
{
	struct ctl_peer *peer = server->memory.alloc(sizeof(*peer));

	if (!peer)
		return NULL;
	memset(peer, 0, offsetof(struct ctl_peer, in));
	peer->server = server;
	peer->user = user;
	peer->caller = *caller;
	peer->fd = fd;
	LIST_INSERT_HEAD(&server->peers, peer, link);
	server->n_peers++;
	return peer;
}
