/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The server of metrics; see export_http.h.
 *
 * evhttp neither counts its connections nor bounds them. So each gets its buffers from here, and a
 * reference to them is kept: evhttp takes its callbacks away when it is done with a connection, and
 * what has none is let go. Where all places are taken the socket is not accepted from.
 */

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "base_clock.h"
#include "export_http.h"
#include "mem_arena.h"

#define HTTP_BACKLOG  64
#define HTTP_SWEEP_US 100000

struct http_connection {
	struct bufferevent *buffers; /* NULL: the place is free */
	uint64_t since_us;
};

struct export_http {
	struct export_http_answers answers;
	struct evhttp *evhttp;
	struct evconnlistener *listener; /* evhttp's, once it has it */
	struct event *sweep;             /* comes while there are connections */
	struct http_connection connections[EXPORT_HTTP_CONNECTIONS];
	unsigned n;
	uint64_t scrapes;
};

/* --- the socket ----------------------------------------------------------------------------- */

int
export_http_listen(const struct sockaddr *address, socklen_t bytes)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const int on = 1;
	int error;

	if (fd < 0)
		return -errno;
	/* The addresses of IPv4 are another daemon's, if that says so. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (address->sa_family != AF_INET6 ||
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
	    bind(fd, address, bytes) == 0 && listen(fd, HTTP_BACKLOG) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

/* --- connections ---------------------------------------------------------------------------- */

/* Has evhttp let go of it? */
static bool
http_is_over(struct bufferevent *buffers)
{
	bufferevent_data_cb read = NULL, write = NULL;
	bufferevent_event_cb event = NULL;
	void *ctx = NULL;

	bufferevent_getcb(buffers, &read, &write, &event, &ctx);
	return !read && !write && !event;
}

static void
http_sweep(struct export_http *http, uint64_t now_us)
{
	for (unsigned i = 0; i < EXPORT_HTTP_CONNECTIONS; i++) {
		struct http_connection *connection = &http->connections[i];

		if (!connection->buffers)
			continue;
		if (http_is_over(connection->buffers)) {
			bufferevent_decref(connection->buffers);
			connection->buffers = NULL;
			http->n--;
		} else if (now_us - connection->since_us > EXPORT_HTTP_LIFE_US) {
			/* evhttp finds the end of the stream, and closes it. */
			shutdown(bufferevent_getfd(connection->buffers), SHUT_RDWR);
		}
	}
	if (http->n < EXPORT_HTTP_CONNECTIONS)
		evconnlistener_enable(http->listener);
}

static void
http_on_sweep(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	const struct timeval soon = { .tv_usec = HTTP_SWEEP_US };
	struct export_http *http = ctx;

	http_sweep(http, base_clock_mono_us());
	if (http->n > 0)
		event_add(http->sweep, &soon);
}

/*
 * evhttp has accepted a connection and asks for its buffers. NULL would make it take its own, which
 * nobody counts; without memory it finds none either.
 */
static struct bufferevent *
http_on_connection(struct event_base *base, void *ctx)
{
	const struct timeval soon = { .tv_usec = HTTP_SWEEP_US };
	struct bufferevent *buffers = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
	struct export_http *http = ctx;
	unsigned i = 0;

	if (!buffers)
		return NULL;
	while (http->connections[i].buffers)
		i++;
	assert(i < EXPORT_HTTP_CONNECTIONS);
	bufferevent_incref(buffers);
	http->connections[i] = (struct http_connection){ buffers, base_clock_mono_us() };
	if (++http->n == EXPORT_HTTP_CONNECTIONS)
		evconnlistener_disable(http->listener);
	if (!evtimer_pending(http->sweep, NULL))
		event_add(http->sweep, &soon);
	return buffers;
}

/* --- answers -------------------------------------------------------------------------------- */

static void
http_answer(struct evhttp_request *request, int status, const char *reason, const char *type,
            struct evbuffer *body)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "Content-Type", type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	evhttp_send_reply(request, status, reason, body);
}

static void
http_on_metrics(struct evhttp_request *request, void *ctx)
{
	struct export_http *http = ctx;
	struct evbuffer *body = evbuffer_new();

	if (!body) {
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
		return;
	}
	http->answers.metrics(http->answers.ctx, body);
	http->scrapes++;
	http_answer(request, HTTP_OK, "OK", "text/plain; version=0.0.4; charset=utf-8", body);
	evbuffer_free(body);
}

static void
http_on_healthz(struct evhttp_request *request, void *ctx)
{
	struct export_http *http = ctx;
	struct evbuffer *body = evbuffer_new();
	bool healthy;

	if (!body) {
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
		return;
	}
	healthy = http->answers.healthy(http->answers.ctx, body);
	http_answer(request, healthy ? HTTP_OK : HTTP_SERVUNAVAIL,
	            healthy ? "OK" : "Service Unavailable", "text/plain; charset=utf-8", body);
	evbuffer_free(body);
}

/* --- life ----------------------------------------------------------------------------------- */

static int
http_set_up(struct export_http *http, struct event_base *base)
{
	http->evhttp = evhttp_new(base);
	http->sweep = evtimer_new(base, http_on_sweep, http);
	if (!http->evhttp || !http->sweep ||
	    evhttp_set_cb(http->evhttp, "/metrics", http_on_metrics, http) != 0 ||
	    evhttp_set_cb(http->evhttp, "/healthz", http_on_healthz, http) != 0)
		return -ENOMEM;
	evhttp_set_allowed_methods(http->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
	evhttp_set_max_headers_size(http->evhttp, EXPORT_HTTP_HEADERS_BYTES);
	evhttp_set_max_body_size(http->evhttp, EXPORT_HTTP_BODY_BYTES);
	evhttp_set_timeout(http->evhttp, EXPORT_HTTP_IDLE_SEC);
	evhttp_set_bevcb(http->evhttp, http_on_connection, http);
	return evhttp_bind_listener(http->evhttp, http->listener) ? 0 : -ENOMEM;
}

struct export_http *
export_http_create(struct event_base *base, int fd, const struct export_http_answers *answers)
{
	struct export_http *http = mem_arena_alloc(sizeof(*http));

	if (!http) {
		close(fd);
		return NULL;
	}
	memset(http, 0, sizeof(*http));
	http->answers = *answers;
	http->listener = evconnlistener_new(base, NULL, NULL,
	                                    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	if (!http->listener)
		close(fd);
	else if (http_set_up(http, base) == 0)
		return http;
	else
		evconnlistener_free(http->listener);
	export_http_destroy(http);
	return NULL;
}

void
export_http_destroy(struct export_http *http)
{
	if (!http)
		return;
	if (http->evhttp)
		evhttp_free(http->evhttp);
	for (unsigned i = 0; i < EXPORT_HTTP_CONNECTIONS; i++)
		if (http->connections[i].buffers)
			bufferevent_decref(http->connections[i].buffers);
	if (http->sweep)
		event_free(http->sweep);
	mem_arena_free(http);
}

unsigned
export_http_connections(const struct export_http *http)
{
	return http->n;
}

uint64_t
export_http_scrapes(const struct export_http *http)
{
	return http->scrapes;
}
