/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * HTTP for scrapers: GET and HEAD of /metrics and /healthz, over libevent's evhttp.
 *
 * Overview. A listening socket is opened while there are rights, and served later by the control
 * core's loop. What is answered comes from two functions of the caller.
 *
 * Life. export_http_listen, export_http_create, export_http_destroy.
 *
 * Who writes and who reads. Control thread only.
 *
 * Cost. Strangers may reach the socket, so all is bounded: EXPORT_HTTP_CONNECTIONS at a time, whose
 * further ones wait in the kernel's queue; EXPORT_HTTP_HEADERS_BYTES of headers, and no body to
 * speak of; EXPORT_HTTP_IDLE_SEC without a byte; EXPORT_HTTP_LIFE_US altogether, after which a
 * connection is closed, whatever it does. A scraper opens another one then.
 */
#ifndef EXPORT_HTTP_H
#define EXPORT_HTTP_H

#include <sys/socket.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define EXPORT_HTTP_CONNECTIONS   32
#define EXPORT_HTTP_HEADERS_BYTES 8192
#define EXPORT_HTTP_BODY_BYTES    1024
#define EXPORT_HTTP_IDLE_SEC      10
#define EXPORT_HTTP_LIFE_US       UINT64_C(60000000)

struct event_base;
struct evbuffer;
struct export_http;

struct export_http_answers {
	void *ctx;
	/* Writes the metrics. */
	void (*metrics)(void *ctx, struct evbuffer *out);
	/* Is all well? Writes what is not, a line each. */
	bool (*healthy)(void *ctx, struct evbuffer *out);
};

/* A listening socket at that address. Its descriptor, or -errno. */
int export_http_listen(const struct sockaddr *address, socklen_t bytes);

/* Serves it. The socket is the server's from now on, also where it fails: NULL, no memory. */
struct export_http *
export_http_create(struct event_base *base, int fd, const struct export_http_answers *answers);

/* NULL is allowed. Whatever is under way is closed. */
void export_http_destroy(struct export_http *http);

/* Connections now; scrapes of /metrics that were answered. */
unsigned export_http_connections(const struct export_http *http);
uint64_t export_http_scrapes(const struct export_http *http);

BASE_END_DECLS

#endif
