/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core: lib/query's source is wired to the workers and lib/ctl's server to lib/query,
 * and signals do what they do.
 *
 * SIGTERM and SIGINT end the loop. SIGHUP reads the configuration anew: the timers, home list,
 * names and log level follow it, the rest needs a restart. Until the loop runs, life/signals.h has
 * the signals.
 */

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base_clock.h"
#include "base_log.h"
#include "beat.h"
#include "condition.h"
#include "conf_key.h"
#include "control.h"
#include "ctl_server.h"
#include "life.h"
#include "mem_arena.h"
#include "metrics.h"
#include "notify.h"
#include "query_live.h"
#include "query_pool.h"
#include "rights.h"
#include "signals.h"
#include "snapshot.h"

static_assert(CONF_NAME_MAX == sizeof(((struct ctl_info *)0)->name), "names are copied whole");

struct control {
	struct engine *engine;
	struct options *options;
	struct event_base *base;
	struct ctl_server *server;
	struct event *signals[3];
	struct event *settings_timer; /* new settings on their way to the workers */
	struct track_settings settings;
	unsigned settings_next; /* worker to be told next */
	struct query_live live;
	struct query_source source;
	struct query_pool pool;
	struct report_labels labels; /* the configuration's names */
	uint64_t waits_us;           /* when it was last said that a client waits; 0: never */
	struct event *second;        /* comes once a second: what lasts is looked after */
	struct condition_table conditions;
	struct beat beat;
	struct report_stats stats; /* of the last second */
	struct metrics *metrics;   /* NULL: nobody is served */
};

/* --- what the workers' tables do not know --------------------------------------------------- */

static struct snapshot_clock
control_clock(void *ctx, const struct track *track)
{
	const struct engine *engine = ((struct control *)ctx)->engine;

	return engine_clock(engine, track);
}

static uint64_t
control_report_time(const struct engine *engine)
{
	const struct snapshot_clock clock = engine_clock(engine, engine->tracks[0]);

	return snapshot_real_us(&clock, clock.now_us);
}

static void
control_fragments(const struct fragment_counters *from, struct report_fragments *to)
{
	to->followed += base_load_u64(&from->followed);
	to->inner += base_load_u64(&from->inner);
	to->others += base_load_u64(&from->others);
	to->waited += base_load_u64(&from->waited);
	to->orphans += base_load_u64(&from->orphans);
	to->reused += base_load_u64(&from->reused);
	to->overlaps += base_load_u64(&from->overlaps);
}

static void
control_stats(void *ctx, struct report_stats *stats)
{
	const struct engine *engine = ((struct control *)ctx)->engine;

	for (unsigned i = 0; i < engine->n_workers; i++) {
		const struct engine_worker *from = &engine->workers[i];
		struct report_worker *to = &stats->workers[i];

		to->lcore = from->lcore;
		to->numa_node = from->numa_node;
		to->dropped = base_load_u64(&from->handover.dropped);
		to->handed = base_load_u64(&from->handover.handed);
		to->stray = base_load_u64(&from->on.handed) + base_load_u64(&from->on.dropped);
		to->busy_cycles = base_load_u64(&from->busy_cycles);
		to->idle_cycles = base_load_u64(&from->idle_cycles);
		stats->dropped_worker += to->dropped;
		control_fragments(&engine->fragments[i]->counters, &stats->fragments);
		stats->wrong_checksums += base_load_u64(&from->wrong_checksums);
	}
	engine->ports(engine->ports_ctx, stats);
	for (unsigned i = 0; i < stats->n_ports; i++)
		stats->dropped_nic += stats->ports[i].missed;
	stats->memory_control_bytes = mem_arena_bytes();
	stats->now_us = control_report_time(engine);
	stats->uptime_us = base_clock_mono_us() - engine->started_us;
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
control_use_names(struct control *control, const struct conf_names *names)
{
	struct report_label labels[CONF_NAMES_MAX];

	memcpy(labels, names->item, names->count * sizeof(labels[0]));
	report_labels_use(&control->labels, labels, names->count);
}

static const struct report_label *
control_labels(void *ctx, unsigned *n)
{
	const struct report_labels *labels = &((struct control *)ctx)->labels;

	*n = labels->n;
	return labels->label;
}

/* How long TIME_WAIT lasts: 2 x MSL. */
static uint64_t
control_time_wait_us(const struct control *control)
{
	return control->options->conf.timers.time_wait_sec * UINT64_C(1000000);
}

/* --- questions ------------------------------------------------------------------------------ */

static struct query *
control_open(void *ctx, const struct query_request *request, int *error, char *text)
{
	struct control *control = ctx;

	return query_open(&control->source, &control->pool, request, error, text);
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

	(void)what;
	signals_set_end((int)signal);
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
		if (query_live_settings(&control->live, control->settings_next,
		                        &control->settings) != 0) {
			event_add(control->settings_timer, &soon);
			return;
		}
		control->settings_next++;
	}
}

static void
control_reload(struct control *control)
{
	struct conf *conf = &control->options->conf;
	struct conf fresh;

	if (life_reload(control->options, &fresh) != 0) {
		rights_check_reload(control->options);
		return;
	}
	conf_reload(conf, &fresh);
	control_use_names(control, &conf->names);
	base_log_set_level((enum base_log_level)conf->log_level);
	engine_settings(conf, &control->settings);
	control->source.time_wait_us = control_time_wait_us(control);
	control->settings_next = 0;
	event_active(control->settings_timer, EV_TIMEOUT, 0);
}

static void
control_on_reload(evutil_socket_t signal, short what, void *ctx)
{
	(void)signal;
	(void)what;
	notify_reloading();
	control_reload(ctx);
	notify_send("READY=1");
}

static int
control_make_signals(struct control *control)
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
		if (control->signals[i] == NULL)
			return -ENOMEM;
	}
	control->settings_timer = evtimer_new(control->base, control_on_settings, control);
	return control->settings_timer == NULL ? -ENOMEM : 0;
}

/* --- once a second ---------------------------------------------------------------------------- */

static void
control_log(void *ctx BASE_UNUSED, enum base_log_level level, const char *text)
{
	base_log(level, "%s", text);
}

static void
control_on_second(evutil_socket_t fd BASE_UNUSED, short what BASE_UNUSED, void *ctx)
{
	struct control *control = ctx;

	memset(&control->stats, 0, sizeof(control->stats));
	control->source.stats(control->source.ctx, &control->stats);
	condition_turn(&control->conditions, &control->stats, base_clock_mono_us());
	beat_turn(&control->beat, control->engine, &control->stats);
	metrics_see(control->metrics, &control->stats);
}

static int
control_add_second(struct control *control)
{
	const struct timeval second = { .tv_sec = 1 };

	condition_init(&control->conditions, control_log, NULL);
	control->second = event_new(control->base, -1, EV_PERSIST, control_on_second, control);
	return control->second == NULL ? -ENOMEM : event_add(control->second, &second);
}

/* --- life ----------------------------------------------------------------------------------- */

#define CONTROL_SAYS_AGAIN_US 60000000

/* It is tried again ten times a second, which is too often for a log. */
static void
control_waits(void *ctx, int error)
{
	struct control *control = ctx;
	uint64_t now_us = base_clock_mono_us();

	if (control->waits_us != 0 && now_us - control->waits_us < CONTROL_SAYS_AGAIN_US)
		return;
	control->waits_us = now_us;
	base_warning("a client has to wait: %s%s", strerror(-error),
	             error == -EMFILE ? "; LimitNOFILE= or ulimit -n allows more" : "");
}

static int
control_init(struct control *control)
{
	const struct ctl_memory memory = { mem_arena_alloc, mem_arena_free };
	const struct ctl_source source = {
		.ctx = control,
		.open = control_open,
		.info = control_info,
		.labels = control_labels,
		.waits = control_waits,
		.paths = &control->engine->paths,
	};

	control->base = event_base_new();
	if (control->base == NULL || control_make_signals(control) != 0)
		return -ENOMEM;
	control->server = ctl_server_create(control->base, &source, &memory);
	return control->server == NULL ? -ENOMEM : 0;
}

static void
control_init_source(struct control *control)
{
	const struct query_live_owner owner = {
		.ctx = control,
		.clock = control_clock,
		.stats = control_stats,
		.home = control_home,
		.polls = control->options->private_fd >= 0,
	};

	query_live_init(&control->live, &owner, control->engine->tracks, control->engine->n_workers,
	                &control->source);
	control->source.time_wait_us = control_time_wait_us(control);
	control->source.labels = &control->labels;
	control->source.paths = &control->engine->paths;
}

struct control *
control_create(struct engine *engine, struct options *options)
{
	size_t memory = (size_t)options->conf.query_memory_mb << 20;
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
	control->options = options;
	control_use_names(control, &options->conf.names);
	control_init_source(control);
	if (query_pool_init(&control->pool, memory) == 0 && control_init(control) == 0)
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
	metrics_close(control->metrics);
	ctl_server_destroy(control->server);
	for (unsigned i = 0; i < BASE_COUNT_OF(control->signals); i++)
		if (control->signals[i] != NULL)
			event_free(control->signals[i]);
	if (control->settings_timer != NULL)
		event_free(control->settings_timer);
	if (control->second != NULL)
		event_free(control->second);
	if (control->base != NULL)
		event_base_free(control->base);
	query_pool_fini(&control->pool);
	free(control);
}

struct event_base *
control_base(struct control *control)
{
	return control->base;
}

static int
control_open_metrics(struct control *control)
{
	const struct metrics_owner owner = {
		.base = control->base,
		.conf = &control->options->conf,
		.engine = control->engine,
		.source = &control->source,
		.pool = &control->pool,
		.server = control->server,
	};

	return metrics_open(&owner, &control->metrics);
}

int
control_claim(struct control *control)
{
	const char *path = control->options->conf.socket;
	const struct account *account = &control->options->account;
	int error;

	ctl_server_set_access(control->server, &account->access);
	error = ctl_server_claim(control->server, path);
	if (error == -EPERM && account->group[0] != '\0')
		base_error("%s: cannot be given to group %s: only root and its members can do that",
		           path, account->group);
	else if (error != 0)
		life_no_socket(path, -error);
	return error;
}

int
control_listen(struct control *control)
{
	int error = ctl_server_listen(control->server);

	if (error != 0)
		life_no_socket(control->options->conf.socket, -error);
	else
		error = control_open_metrics(control);
	return error != 0 ? error : control_add_second(control);
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
	control->live.rings.step = step;
	control->live.rings.step_ctx = ctx;
}

/* From here on the loop has the signals; what came before it is obeyed first. */
static int
control_take_signals(struct control *control)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(control->signals); i++)
		if (event_add(control->signals[i], NULL) != 0)
			return -ENOMEM;
	if (signals_reload())
		control_on_reload(SIGHUP, EV_SIGNAL, control);
	return signals_end() != 0 ? -EINTR : 0;
}

void
control_run(struct control *control)
{
	control->live.rings.n = control->engine->n_workers; /* all of them are there now */
	if (control_take_signals(control) == 0)
		event_base_dispatch(control->base);
	notify_send("STOPPING=1");
}

void
control_say_end(struct control *control)
{
	struct report_stats *stats = calloc(1, sizeof(*stats));

	if (stats == NULL)
		return;
	control->source.stats(control->source.ctx, stats);
	life_end(signals_end(), stats);
	free(stats);
}
