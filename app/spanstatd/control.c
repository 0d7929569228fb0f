/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The answers to ctl_server's questions, and what signals do.
 *
 * A report walks the workers one after the other; its cursor is (worker, entry number). Orders go
 * to the worker that owns the flow. SIGTERM and SIGINT end the loop, SIGHUP reads the configuration
 * again: the timers, home list, names and log level follow it, the rest needs a restart.
 */

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "base_log.h"
#include "conf_key.h"
#include "control.h"
#include "ctl_server.h"
#include "digest_query.h"
#include "events.h"
#include "mem_arena.h"
#include "query.h"
#include "snapshot.h"
#include "snapshot_endpoint.h"

static_assert(CONF_NAME_MAX == sizeof(((struct ctl_info *)0)->name), "names are copied whole");

#define CONTROL_EXAMINED_MAX 65536 /* entries looked at before other clients have their turn */
#define CONTROL_SOCKETS_MAX  4096  /* records of sockets, each also looked for in other workers' */

struct control {
	struct engine *engine;
	struct options *options;
	struct event_base *base;
	struct ctl_server *server;
	struct event *signals[3];
	struct event *settings_timer; /* new settings on their way to the workers */
	struct track_settings settings;
	unsigned settings_next; /* worker to be told next */
	struct query_source query_source;
	struct mem_pool query_pool;
	struct digest_pool digest_pool;
	struct events events;
	uint8_t abandoned[CONF_WORKERS_MAX]; /* 1: nobody waits for the answer in its box */
};

/* --- questions ------------------------------------------------------------------------------ */

static struct snapshot_clock
control_clock(const struct engine *engine, const struct track *track)
{
	struct snapshot_clock clock = { .to_real_us = engine_to_real_us(engine) };

	clock.now_us = engine->has_own_clock ? snapshot_now_us(track) : base_clock_mono_us();
	return clock;
}

/* The cursor is (worker, entry number). */
static int
control_fetch(void *ctx, struct ctl_cursor *cursor, const struct snapshot_ask *ask, void *rows,
              unsigned max)
{
	const struct engine *engine = ((struct control *)ctx)->engine;
	uint64_t *worker = &cursor->words[0], *entry = &cursor->words[1];
	uint32_t next = (uint32_t)*entry;
	struct snapshot_clock clock;
	unsigned n;

	if (*worker >= engine->n_workers)
		return 0;
	clock = control_clock(engine, engine->tracks[*worker]);
	n = snapshot_matching(engine->tracks[*worker], &clock, ask, &next, CONTROL_EXAMINED_MAX,
	                      rows, max);
	*entry = next;
	if (next == UINT32_MAX) {
		*entry = 0;
		++*worker;
	}
	return n > 0 ? (int)n : -EAGAIN;
}

/* The cursor is (worker, record number). */
static int
control_sockets(const struct engine *engine, struct ctl_cursor *cursor, unsigned what,
                struct report_listen *rows, unsigned max)
{
	uint64_t *worker = &cursor->words[0], *record = &cursor->words[1];
	uint32_t next = (uint32_t)*record;
	struct snapshot_endpoint_view view = { engine->tracks, engine->n_workers, (unsigned)*worker,
		                               what == CTL_LISTEN_ALL };
	struct snapshot_clock clock;
	unsigned n;

	if (*worker >= engine->n_workers)
		return 0;
	clock = control_clock(engine, engine->tracks[*worker]);
	n = snapshot_endpoint_rows(&view, &clock, &next, CONTROL_SOCKETS_MAX, rows, max);
	*record = next;
	if (next == UINT32_MAX) {
		*record = 0;
		++*worker;
	}
	return n > 0 ? (int)n : -EAGAIN;
}

/* For queries that list sockets and flows together. */
static int
control_listening(void *ctx, struct ctl_cursor *cursor, struct report_listen *rows, unsigned max)
{
	return control_sockets(((struct control *)ctx)->engine, cursor, CTL_LISTEN, rows, max);
}

static int
control_rows(void *ctx, struct ctl_cursor *cursor, unsigned what, void *rows, unsigned max)
{
	const struct snapshot_ask ask = {
		.what = what == CTL_CONN ? SNAPSHOT_ACTIVE : SNAPSHOT_ALL,
		.full = what == CTL_ALL,
	};

	if (what == CTL_EVENTS)
		return events_rows(cursor->query, rows, max);
	if (what == CTL_LISTEN || what == CTL_LISTEN_ALL)
		return control_sockets(((struct control *)ctx)->engine, cursor, what, rows, max);
	if (digest_query_answers(what))
		return digest_query_rows(cursor->query, cursor, rows, max);
	if (cursor->query)
		return query_rows(cursor->query, cursor, rows, max);
	return control_fetch(ctx, cursor, &ask, rows, max);
}

/* How long TIME_WAIT lasts: 2 x MSL. */
static uint64_t
control_wait_us(const struct control *control)
{
	return control->options->conf.timers.time_wait_sec * UINT64_C(1000000);
}

static int
control_open(void *ctx, struct ctl_cursor *cursor, unsigned what, const struct ctl_ask *ask,
             char *text)
{
	struct control *control = ctx;
	int error;

	if (what == CTL_EVENTS) {
		cursor->query = events_open(&control->events, ask, &error, text);
		return error;
	}
	if (digest_query_answers(what)) {
		cursor->query =
		    digest_query_open(&control->query_source, &control->digest_pool, what,
		                      control_wait_us(control), ask, &error, text);
		return error;
	}
	cursor->query =
	    query_open(&control->query_source, &control->query_pool, what, ask, &error, text);
	return error;
}

static void
control_close(void *ctx, struct ctl_cursor *cursor)
{
	(void)ctx;
	if (cursor->what == CTL_EVENTS)
		events_close(cursor->query);
	else if (digest_query_answers(cursor->what))
		digest_query_close(cursor->query);
	else
		query_close(cursor->query);
}

static uint64_t
control_report_time(const struct engine *engine)
{
	if (engine->has_own_clock)
		return snapshot_now_us(engine->tracks[0]) + (uint64_t)engine_to_real_us(engine);
	return base_clock_real_us();
}

static void
control_stats(void *ctx, struct report_stats *stats)
{
	const struct engine *engine = ((struct control *)ctx)->engine;

	stats->n_workers = engine->n_workers;
	for (unsigned i = 0; i < engine->n_workers; i++) {
		const struct engine_worker *from = &engine->workers[i];
		struct report_worker *to = &stats->workers[i];

		snapshot_stats(engine->tracks[i], stats);
		to->lcore = from->lcore;
		to->numa_node = from->numa_node;
		to->dropped = base_load_u64(&from->handover.dropped);
		to->handed = base_load_u64(&from->handover.handed);
		to->stray = base_load_u64(&from->stray);
		to->busy_cycles = base_load_u64(&from->busy_cycles);
		to->idle_cycles = base_load_u64(&from->idle_cycles);
		stats->dropped_worker += to->dropped;
	}
	engine->ports(engine->ports_ctx, stats);
	for (unsigned i = 0; i < stats->n_ports; i++)
		stats->dropped_nic += stats->ports[i].missed;
	stats->memory_control_bytes = mem_arena_bytes();
	stats->now_us = control_report_time(engine);
	stats->uptime_us = base_clock_real_us() - engine->started_us;
}

static unsigned
control_home(void *ctx, struct report_net *nets, unsigned max)
{
	const struct conf_home *home = &((struct control *)ctx)->options->conf.home;
	unsigned n = base_min_u32(home->count, max);

	for (unsigned i = 0; i < n; i++) {
		memcpy(nets[i].addr, home->net[i].addr, sizeof(nets[i].addr));
		nets[i].len = home->net[i].len;
		nets[i].version = home->net[i].version;
	}
	return n;
}

static_assert(CONF_LABEL_MAX == REPORT_LABEL_MAX && CONF_NAMES_MAX == REPORT_LABELS_MAX &&
                  sizeof(struct conf_label) == sizeof(struct report_label),
              "labels are copied as they are");
static_assert(offsetof(struct conf_label, label) == offsetof(struct report_label, label),
              "and lie in the same way");

/* The configuration's names are those in force from now on. Filters keep what they had. */
static void
control_use_names(const struct conf_names *names)
{
	struct report_label labels[CONF_NAMES_MAX];

	memcpy(labels, names->item, names->count * sizeof(labels[0]));
	report_labels_use(labels, names->count);
}

static const struct report_label *
control_labels(void *ctx, unsigned *n)
{
	(void)ctx;
	return report_labels(n);
}

static int
control_drop_done(void *ctx, uint64_t token)
{
	struct control *control = ctx;
	struct track *track = control->engine->tracks[token];

	if (control->options->private_fd >= 0)
		track_poll(track, 0); /* its worker is this thread */
	return snapshot_answer(track);
}

static void
control_abandon(void *ctx, uint64_t token)
{
	((struct control *)ctx)->abandoned[token] = 1;
}

/* Empties the box of a worker whose answer nobody waits for, so that it takes orders again. */
static void
control_collect(struct control *control, unsigned worker)
{
	if (control->abandoned[worker] && control_drop_done(control, worker) != -EINPROGRESS)
		control->abandoned[worker] = 0;
}

static int
control_drop(void *ctx, uint64_t id, uint64_t *token)
{
	struct engine *engine = ((struct control *)ctx)->engine;

	for (unsigned i = 0; i < engine->n_workers; i++) {
		int error;

		if (!snapshot_owns(engine->tracks[i], id))
			continue;
		control_collect(ctx, i);
		error = snapshot_order_drop(engine->tracks[i], id);
		*token = i;
		return error == 0 ? -EINPROGRESS : error;
	}
	return -ENOENT;
}

static void
control_info(void *ctx, struct ctl_info *info)
{
	const struct control *control = ctx;

	memcpy(info->name, control->options->conf.name, sizeof(info->name));
	strncpy(info->version, SPANSTAT_VERSION, sizeof(info->version) - 1);
	info->now_us = control_report_time(control->engine);
}

/* --- signals -------------------------------------------------------------------------------- */

static void
control_on_end(evutil_socket_t signal, short what, void *ctx)
{
	struct control *control = ctx;

	(void)signal;
	(void)what;
	event_base_loopbreak(control->base);
}

/* One worker after the other takes the settings; each when its order box is free. */
static void
control_on_settings(evutil_socket_t fd, short what, void *ctx)
{
	const struct timeval soon = { .tv_usec = 1000 };
	struct control *control = ctx;
	struct engine *engine = control->engine;

	(void)fd;
	(void)what;
	while (control->settings_next < engine->n_workers) {
		struct track *track = engine->tracks[control->settings_next];

		control_collect(control, control->settings_next);
		if (snapshot_order_settings(track, &control->settings) != 0) {
			event_add(control->settings_timer, &soon);
			return;
		}
		control->settings_next++;
	}
}

static void
control_on_reload(evutil_socket_t signal, short what, void *ctx)
{
	struct control *control = ctx;
	struct conf *conf = &control->options->conf;
	struct conf fresh;

	(void)signal;
	(void)what;
	if (options_reload(control->options, &fresh) != 0) {
		base_warning("the configuration has mistakes; going on with the old one");
		return;
	}
	conf_reload(conf, &fresh);
	control_use_names(&conf->names);
	base_log_set_level((enum base_log_level)conf->log_level);
	engine_settings(conf, &control->settings);
	control->settings_next = 0;
	event_active(control->settings_timer, EV_TIMEOUT, 0);
	base_info("the configuration was read again");
}

static int
control_add_signals(struct control *control)
{
	const struct {
		int number;
		event_callback_fn callback;
	} signals[] = { { SIGTERM, control_on_end },
		        { SIGINT, control_on_end },
		        { SIGHUP, control_on_reload } };

	for (unsigned i = 0; i < BASE_COUNT_OF(signals); i++) {
		control->signals[i] =
		    evsignal_new(control->base, signals[i].number, signals[i].callback, control);
		if (control->signals[i] == NULL || event_add(control->signals[i], NULL) != 0)
			return -ENOMEM;
	}
	control->settings_timer = evtimer_new(control->base, control_on_settings, control);
	return control->settings_timer == NULL ? -ENOMEM : 0;
}

/* --- life ----------------------------------------------------------------------------------- */

static int
control_init(struct control *control)
{
	const struct ctl_memory memory = { mem_arena_alloc, mem_arena_free };
	const struct ctl_source source = {
		.ctx = control,
		.open = control_open,
		.close = control_close,
		.rows = control_rows,
		.stats = control_stats,
		.home = control_home,
		.drop = control_drop,
		.drop_done = control_drop_done,
		.info = control_info,
		.labels = control_labels,
	};

	control->base = event_base_new();
	if (control->base == NULL || control_add_signals(control) != 0)
		return -ENOMEM;
	control->server = ctl_server_create(control->base, &source, &memory);
	return control->server == NULL ? -ENOMEM : 0;
}

struct control *
control_create(struct engine *engine, struct options *options)
{
	struct control *control;

	if (mem_arena_init() != 0) {
		errno = ENOMEM;
		return NULL;
	}
	event_set_mem_functions(mem_arena_alloc, mem_arena_realloc, mem_arena_free);
	control = calloc(1, sizeof(*control));
	if (control == NULL)
		return NULL;
	control->engine = engine;
	control->events.engine = engine;
	control->options = options;
	control_use_names(&options->conf.names);
	control->query_source =
	    (struct query_source){ control,           control_fetch,   control_drop,
		                   control_drop_done, control_abandon, control_home,
		                   control_listening };
	mem_pool_init(&control->query_pool, mem_arena_alloc, mem_arena_free, QUERY_POOL_BYTES);
	if (digest_pool_init(&control->digest_pool) == 0 && control_init(control) == 0)
		return control;
	control_destroy(control);
	errno = ENOMEM;
	return NULL;
}

void
control_destroy(struct control *control)
{
	if (control == NULL)
		return;
	ctl_server_destroy(control->server);
	for (unsigned i = 0; i < BASE_COUNT_OF(control->signals); i++)
		if (control->signals[i] != NULL)
			event_free(control->signals[i]);
	if (control->settings_timer != NULL)
		event_free(control->settings_timer);
	if (control->base != NULL)
		event_base_free(control->base);
	digest_pool_fini(&control->digest_pool);
	free(control);
}

int
control_listen(struct control *control)
{
	const char *path = control->options->conf.socket;
	int error = ctl_server_listen(control->server, path);

	if (error == -EADDRINUSE)
		base_error("%s: another spanstatd answers here; end it, or give --socket", path);
	else if (error != 0)
		base_error("%s: %s", path, strerror(-error));
	return error;
}

static void
control_on_gone(void *ctx)
{
	event_base_loopbreak(((struct control *)ctx)->base);
}

int
control_attach(struct control *control, int fd)
{
	return ctl_server_attach(control->server, fd, control_on_gone, control);
}

void
control_set_step(struct control *control, int (*step)(void *ctx), void *ctx)
{
	control->events.step = step;
	control->events.step_ctx = ctx;
}

void
control_run(struct control *control)
{
	event_base_dispatch(control->base);
}
