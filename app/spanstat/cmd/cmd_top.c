/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * top: the whole at a glance and the busiest of it, on the full screen, until q.
 *
 * One loop waits for keys, for the daemon's answers, for the time of the next sample and for
 * signals; none of them waits for another, so keys are obeyed while a long answer is coming.
 * top_keys knows what keys do, top_ask how to ask, top_sample what answers mean, top_text makes the
 * page of it, and top_screen draws that. When the daemon goes away, the page says so and top tries
 * to connect until it is back.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "away.h"
#include "base_clock.h"
#include "base_log.h"
#include "base_text.h"
#include "narrow.h"
#include "top_ask.h"
#include "top_screen.h"
#include "top_text.h"

#define TOP_RETRY_US  1000000
#define TOP_SILENT_US 3000000 /* after which the page says that no answer comes */

static const int top_end_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

struct top {
	const char *socket;
	struct top_settings settings;
	struct top_sample
	    samples[2]; /* [current] is on the screen, the other one is being filled */
	unsigned current;
	struct top_ask ask;
	struct top_flows flows;
	struct top_status status;
	struct top_page page;
	unsigned room;    /* items that the page has room for */
	uint64_t next_us; /* mono: the next sample */
	uint64_t away_us; /* UTC: since when there is no daemon; 0: there is one */
	int stale;        /* the settings have changed since the round began */
	int quit;
};

static struct top top; /* too large for the stack */
static volatile sig_atomic_t top_ended;

/* --- rounds ----------------------------------------------------------------------------------- */

static void
top_lost(struct top *t, int error)
{
	char clock[AWAY_CLOCK_MAX];

	top_ask_close(&t->ask);
	t->next_us = base_clock_mono_us() + TOP_RETRY_US;
	if (!t->away_us)
		t->away_us = base_clock_real_us();
	snprintf(t->status.trouble, sizeof(t->status.trouble),
	         _("the daemon is away since %s; waiting (%s): %.120s"),
	         away_clock(t->away_us, clock), strerror(-error), t->socket);
	/* Nothing is known of another daemon, nor of the same after a while. */
	t->status.rates = (struct top_rates){ -1, -1, -1, -1, -1 };
}

static void
top_begin(struct top *t)
{
	struct top_sample *current = &t->samples[t->current];
	int error;

	t->stale = 0;
	if (!t->ask.client) {
		error = top_ask_connect(&t->ask, t->socket);
		if (error) {
			top_lost(t, error);
			return;
		}
		memset(&current->stats, 0, sizeof(current->stats));
	}
	t->next_us = base_clock_mono_us() + t->settings.interval_us;
	error = top_ask_begin(&t->ask, &t->settings, &t->samples[!t->current], current);
	if (error)
		top_lost(t, error);
}

static void
top_show(struct top *t)
{
	struct top_sample *sample = &t->samples[!t->current], *before = &t->samples[t->current];

	t->away_us = 0;
	top_sample_finish(sample, before);
	top_sample_rates(sample, before, &t->status.rates);
	top_sample_sort(sample, t->settings.sort[sample->view], t->settings.reverse[sample->view]);
	memcpy(t->status.name, t->ask.info.name, sizeof(t->status.name));
	t->status.now_us = sample->stats.now_us;
	memcpy(t->status.trouble, t->ask.refused, sizeof(t->status.trouble));
	t->current = !t->current;
}

static void
top_turn(struct top *t)
{
	int result = top_ask_turn(&t->ask);

	if (result < 0)
		top_lost(t, result);
	else if (result == 1)
		top_show(t);
}

/* --- keys ------------------------------------------------------------------------------------- */

static void
top_press(struct top *t, int key)
{
	struct top_sample *sample = &t->samples[t->current];
	enum top_action action = top_keys_press(&t->settings, key, sample->n, t->room);

	if (action == TOP_QUIT)
		t->quit = 1;
	if (action == TOP_SORT && sample->view == t->settings.view)
		top_sample_sort(sample, t->settings.sort[sample->view],
		                t->settings.reverse[sample->view]);
	if (action == TOP_ASK || (action == TOP_SORT && !t->settings.paused))
		t->stale = 1;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void
top_draw(struct top *t)
{
	top_screen_size(&t->page.width, &t->page.height);
	t->room = top_page_make(&t->page, &t->settings, &t->status, &t->samples[t->current]);
	top_screen_draw(&t->page);
}

/* Drawn after each, for how far the next one scrolls depends on what the last one made of it. */
static void
top_press_all(struct top *t)
{
	int key;

	while (!t->quit && (key = top_screen_key()) != TOP_KEY_NONE) {
		if (key != TOP_KEY_RESIZE)
			top_press(t, key);
		top_draw(t);
	}
}

static void
top_on_end(int number)
{
	(void)number;
	top_ended = 1;
}

/* The signals are blocked but while ppoll waits, so that none comes between a test and a wait. */
static void
top_catch(sigset_t *open)
{
	const struct sigaction action = { .sa_handler = top_on_end };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH);
	for (unsigned i = 0; i < BASE_COUNT_OF(top_end_signals); i++) {
		sigaddset(&blocked, top_end_signals[i]);
		sigaction(top_end_signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, open);
}

/* How long to wait until the next sample begins. */
static uint64_t
top_wait_us(const struct top *t, uint64_t now_us)
{
	if (t->ask.sample)
		return TOP_RETRY_US;
	if (t->stale)
		return 0;
	if (t->settings.paused && t->ask.client)
		return TOP_QUIET_US;
	return t->next_us > now_us ? t->next_us - now_us : 0;
}

/* Waits. 0: go on; -1: the terminal is gone. */
static int
top_wait(struct top *t, const sigset_t *open)
{
	uint64_t us = top_wait_us(t, base_clock_mono_us());
	struct timespec timeout;
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = t->ask.client ? ctl_client_fd(t->ask.client) : -1, .events = POLLIN },
	};
	int n;

	us = us < TOP_QUIET_US ? us : TOP_QUIET_US;
	timeout.tv_sec = (time_t)(us / 1000000);
	timeout.tv_nsec = (long)(us % 1000000) * 1000;
	n = ppoll(fds, BASE_COUNT_OF(fds), &timeout, open);
	if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR)))
		return -1;
	top_press_all(t);
	if (n > 0 && fds[1].revents)
		top_turn(t);
	return 0;
}

/* `now_us` may be of a moment before the question. */
static void
top_say_silence(struct top *t, uint64_t now_us)
{
	if (t->ask.sample && now_us >= t->ask.frame_us + TOP_SILENT_US)
		snprintf(t->status.trouble, sizeof(t->status.trouble),
		         _("the daemon has not answered for %u s"),
		         (unsigned)((now_us - t->ask.frame_us) / 1000000));
}

/* What is due: the next sample, or a sign of life to the daemon. */
static void
top_do(struct top *t, uint64_t now_us)
{
	int error;

	if (top_wait_us(t, now_us) == 0) {
		top_begin(t);
		return;
	}
	error = t->ask.client ? top_ask_stay(&t->ask) : 0;
	if (error)
		top_lost(t, error);
}

static void
top_loop(struct top *t, const sigset_t *open)
{
	while (!t->quit && !top_ended) {
		uint64_t now_us = base_clock_mono_us();

		top_do(t, now_us);
		top_say_silence(t, now_us);
		top_draw(t);
		if (top_wait(t, open) != 0)
			break;
	}
}

/* --- the report ------------------------------------------------------------------------------- */

static int
top_parse(struct ask *ask)
{
	int status;

	if (ask->options->sort || ask->options->limit) {
		base_error(_("top is sorted by keys: --sort and --limit do not go with it"));
		return STATUS_USAGE;
	}
	if (ask->options->format != PRINT_TEXT || ask->options->output) {
		base_error(_("top draws on the terminal: --json, --csv and -o do not go with it"));
		return STATUS_USAGE;
	}
	status = narrow_parse(ask);
	ask->cmd = ask->options->cmd;
	if (status >= 0 || strlen(ask->request.filter) < TOP_FILTER_MAX)
		return status;
	base_error(_("the filter of top may have %d bytes"), TOP_FILTER_MAX - 1);
	return STATUS_USAGE;
}

static int
top_prepare(struct top *t, const struct ask *ask)
{
	t->socket = ask->options->socket;
	top_settings_init(&t->settings);
	memcpy(t->settings.filter, ask->request.filter, sizeof(t->settings.filter));
	t->settings.wide = ask->options->wide;
	t->settings.style =
	    (struct print_style){ .labels = &t->ask.labels, .services = ask->services };
	if (ask->options->watch_us)
		t->settings.interval_us = ask->options->watch_us;
	if (ask->request.by[0]) {
		memcpy(t->settings.by, ask->request.by, sizeof(t->settings.by));
		t->settings.view = TOP_GROUPS;
	}
	t->status.rates = (struct top_rates){ -1, -1, -1, -1, -1 };
	t->ask.flows = &t->flows;
	if (top_sample_init(&t->samples[0]) == 0 && top_sample_init(&t->samples[1]) == 0)
		return -1;
	base_error("%s", strerror(ENOMEM));
	return STATUS_FAILED;
}

/* Before the screen is taken: a missing daemon gets the message of any other report. */
static int
top_open(struct top *t)
{
	int error;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		base_error(_("top draws on a terminal; elsewhere, --watch repeats any report"));
		return STATUS_USAGE;
	}
	error = top_ask_connect(&t->ask, t->socket);
	if (error)
		return away_refuse(t->socket, -error);
	if (top_screen_open() == 0)
		return -1;
	base_error(_("this terminal, '%s', cannot be drawn on"),
	           getenv("TERM") ? getenv("TERM") : "");
	return STATUS_FAILED;
}

static int
top_run(struct ask *ask)
{
	int status = top_prepare(&top, ask);
	sigset_t open;

	if (status < 0)
		status = top_open(&top);
	if (status < 0) {
		top_catch(&open);
		top_loop(&top, &open);
		top_screen_close();
		status = STATUS_DONE;
	}
	top_ask_close(&top.ask);
	top_sample_fini(&top.samples[0]);
	top_sample_fini(&top.samples[1]);
	return status;
}

const struct cmd_verb cmd_top = {
	.parse = top_parse,
	.run = top_run,
};
