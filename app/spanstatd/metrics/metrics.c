/* SPDX-License-Identifier: BSD-3-Clause */
/* What a scrape is given, and the walks behind it; see metrics.h. */

#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base_clock.h"
#include "base_log.h"
#include "conf_address.h"
#include "ctl_server.h"
#include "export_http.h"
#include "export_metrics.h"
#include "export_walk.h"
#include "metrics.h"
#include "snapshot_metrics.h"

#define METRICS_FIRST_SEC 2  /* the first walk: when there is something to find */
#define METRICS_APART_SEC 10 /* health: what happens now is what happened since so long at least */

struct metrics {
	struct metrics_owner owner;
	struct export_http *http;
	struct export_walk walk;
	struct event *turn; /* of the walk */
	unsigned seconds;   /* since `apart` was filled */
	unsigned n_apart;
	struct report_stats apart[2]; /* samples: the newer one, the older one */
	struct report_stats stats;    /* of this scrape, as the next two */
	struct report_metrics counts;
	struct digest_check checks[DIGEST_CHECKS_MAX];
};

/* --- answers -------------------------------------------------------------------------------- */

/* The counters now, and the checks of them. Returns how many. */
static unsigned
metrics_judge(struct metrics *metrics)
{
	const struct query_source *source = metrics->owner.source;
	const struct digest_clock unknown = { 0 };
	const struct report_stats *first =
	    metrics->n_apart > 0 ? &metrics->apart[metrics->n_apart - 1] : NULL;

	memset(&metrics->stats, 0, sizeof(metrics->stats));
	source->stats(source->ctx, &metrics->stats);
	return digest_health(first, &metrics->stats, &unknown, metrics->checks);
}

static uint64_t
metrics_cpu_us(void)
{
	struct timespec used = { 0 };

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
}

static void
metrics_answer(void *ctx, struct evbuffer *out)
{
	struct metrics *metrics = ctx;
	const struct engine *engine = metrics->owner.engine;
	struct export_known known = {
		.name = metrics->owner.conf->name,
		.version = SPANSTAT_VERSION,
		.stats = &metrics->stats,
		.metrics = &metrics->counts,
		.checks = metrics->checks,
		.n_checks = metrics_judge(metrics),
		.found = &metrics->walk.found,
		.cpu_us = metrics_cpu_us(),
		.scrapes = export_http_scrapes(metrics->http),
		.clients = ctl_server_clients(metrics->owner.server),
		.connections = export_http_connections(metrics->http),
		.now_us = base_clock_mono_us(),
	};

	memset(&metrics->counts, 0, sizeof(metrics->counts));
	for (unsigned i = 0; i < engine->n_workers; i++)
		snapshot_metrics(engine->tracks[i], &metrics->counts);
	export_metrics_write(out, &known);
}

/* The checks that are bad, by the words of `health --json`. */
static bool
metrics_is_healthy(void *ctx, struct evbuffer *out)
{
	struct metrics *metrics = ctx;
	unsigned n = metrics_judge(metrics);
	bool healthy = true;

	for (unsigned i = 0; i < n; i++) {
		const struct digest_check *check = &metrics->checks[i];

		if (check->grade != DIGEST_CRITICAL)
			continue;
		healthy = false;
		evbuffer_add_printf(out, "%s%s%s\n", check->word, check->of[0] ? " " : "",
		                    check->of);
	}
	if (healthy)
		evbuffer_add_printf(out, "ok\n");
	return healthy;
}

void
metrics_see(struct metrics *metrics, const struct report_stats *stats)
{
	if (metrics == NULL || metrics->seconds++ % METRICS_APART_SEC != 0)
		return;
	metrics->apart[1] = metrics->apart[0];
	metrics->apart[0] = *stats;
	metrics->n_apart = base_min_u32(metrics->n_apart + 1, 2);
}

/* --- walks ---------------------------------------------------------------------------------- */

static void
metrics_on_turn(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	struct metrics *metrics = ctx;
	uint64_t pause_us = export_walk_turn(&metrics->walk, base_clock_mono_us());
	const struct timeval pause = { .tv_sec = (time_t)(pause_us / 1000000),
		                       .tv_usec = (suseconds_t)(pause_us % 1000000) };

	event_add(metrics->turn, &pause);
}

/* --- life ----------------------------------------------------------------------------------- */

/* The socket of an address that was checked when it was read. Its descriptor, or -errno. */
static int
metrics_listen(const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct conf_address address;

	if (conf_address_parse(text, &address) != 0)
		return -EINVAL;
	memcpy(&four.sin_addr, address.host.addr, sizeof(four.sin_addr));
	memcpy(&six.sin6_addr, address.host.addr, sizeof(six.sin6_addr));
	four.sin_port = six.sin6_port = htons(address.port);
	if (address.host.version == 4)
		return export_http_listen((const struct sockaddr *)&four, sizeof(four));
	return export_http_listen((const struct sockaddr *)&six, sizeof(six));
}

static int
metrics_serve(struct metrics *metrics, int fd)
{
	const struct export_http_answers answers = { metrics, metrics_answer, metrics_is_healthy };
	const struct metrics_owner *owner = &metrics->owner;
	const struct timeval first = { .tv_sec = METRICS_FIRST_SEC };

	export_walk_init(&metrics->walk, owner->source, owner->pool, owner->conf->metrics.top);
	metrics->http = export_http_create(owner->base, fd, &answers);
	metrics->turn = evtimer_new(owner->base, metrics_on_turn, metrics);
	if (metrics->http == NULL || metrics->turn == NULL)
		return -ENOMEM;
	return event_add(metrics->turn, &first) != 0 ? -ENOMEM : 0;
}

int
metrics_open(const struct metrics_owner *owner, struct metrics **metrics)
{
	const char *listen = owner->conf->metrics.listen;
	int fd, error;

	*metrics = NULL;
	if (listen[0] == '\0')
		return 0;
	fd = metrics_listen(listen);
	if (fd < 0) {
		base_error("metrics.listen = \"%s\": %s", listen, strerror(-fd));
		return fd;
	}
	*metrics = calloc(1, sizeof(**metrics));
	if (*metrics == NULL) {
		close(fd);
		return -ENOMEM;
	}
	(*metrics)->owner = *owner;
	error = metrics_serve(*metrics, fd);
	if (error == 0)
		base_info("metrics at http://%s/metrics", listen);
	return error;
}

void
metrics_close(struct metrics *metrics)
{
	if (metrics == NULL)
		return;
	export_http_destroy(metrics->http);
	export_walk_fini(&metrics->walk);
	if (metrics->turn != NULL)
		event_free(metrics->turn);
	free(metrics);
}
