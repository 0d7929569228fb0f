/* SPDX-License-Identifier: BSD-3-Clause */
/* Rounds of requests; see top_ask.h. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "top_ask.h"

#define TOP_FRAME_MS 2000 /* for the rest of a frame that has begun to come */

int
top_ask_connect(struct top_ask *ask, const char *path)
{
	ask->client = ctl_client_connect(path);
	if (!ask->client)
		return -errno;
	ctl_client_set_timeout(ask->client, TOP_FRAME_MS);
	ask->sample = NULL;
	ask->begun_us = 0;
	ask->stays = 0;
	ask->frame_us = base_clock_mono_us();
	memset(ask->flows, 0, sizeof(*ask->flows));
	return 0;
}

void
top_ask_close(struct top_ask *ask)
{
	ctl_client_close(ask->client);
	ask->client = NULL;
	ask->sample = NULL;
}

/* --- the requests of a round ------------------------------------------------------------------ */

static struct top_request *
top_ask_add(struct top_ask *ask, enum report_request report, const char *filter, const char *order,
            uint64_t limit)
{
	struct top_request *request = &ask->requests[ask->n++];

	memset(request, 0, sizeof(*request));
	request->report = report;
	snprintf(request->ask.filter, sizeof(request->ask.filter), "%s", filter);
	snprintf(request->ask.sort, sizeof(request->ask.sort), "%s", order);
	request->ask.limit = limit;
	return request;
}

static void
top_ask_add_group(struct top_ask *ask, const struct top_settings *settings, const char *by,
                  int of_servers, uint64_t limit)
{
	struct top_request *request =
	    top_ask_add(ask, REPORT_ASK_GROUP, settings->filter, top_keys_order(settings), limit);

	snprintf(request->ask.by, sizeof(request->ask.by), "%s", by);
	request->ask.of = REPORT_ASK_ALLCONN;
	request->of_servers = of_servers;
}

/* A second more than has passed: what came while the last round was under way is not missed. */
static void
top_ask_add_active(struct top_ask *ask, const struct top_settings *settings, uint64_t since_us)
{
	struct top_request *request =
	    top_ask_add(ask, REPORT_ASK_ALLCONN, "", "-last", TOP_ACTIVE_MAX);
	int all = settings->filter[strspn(settings->filter, " \t")] == '\0';

	request->active = 1;
	snprintf(request->ask.filter, sizeof(request->ask.filter), "%s%.*s%sidle <= %" PRIu64 "s",
	         all ? "" : "(", TOP_FILTER_MAX, all ? "" : settings->filter, all ? "" : ") and ",
	         since_us / 1000000 + 2);
}

static void
top_ask_plan(struct top_ask *ask, const struct top_settings *settings, uint64_t since_us)
{
	ask->n = ask->at = 0;
	top_ask_add(ask, REPORT_ASK_STATS, "", "", 0);
	if (settings->view == TOP_CONNECTIONS) {
		top_ask_add(ask, REPORT_ASK_CONN, settings->filter, top_keys_order(settings),
		            TOP_ITEMS_MAX);
		return;
	}
	if (settings->view == TOP_GROUPS) {
		top_ask_add_group(ask, settings, settings->by, 0, TOP_ITEMS_MAX);
	} else {
		top_ask_add_group(ask, settings, "client", 0, TOP_ITEMS_MAX / 2);
		top_ask_add_group(ask, settings, "server", 1, TOP_ITEMS_MAX / 2);
	}
	top_ask_add_active(ask, settings, since_us);
}

static int
top_ask_send(struct top_ask *ask)
{
	const struct top_request *request = &ask->requests[ask->at];
	return ctl_client_ask(ask->client, request->report, &request->ask);
}

int
top_ask_begin(struct top_ask *ask, const struct top_settings *settings, struct top_sample *sample,
              const struct top_sample *before)
{
	uint64_t now_us = base_clock_mono_us();
	uint64_t since_us = ask->begun_us ? now_us - ask->begun_us : settings->interval_us;
	int error = top_sample_begin(sample, settings->view, settings->by, before);

	if (error)
		return error;
	ask->sample = sample;
	ask->begun_us = ask->frame_us = now_us;
	ask->refused[0] = '\0';
	top_ask_plan(ask, settings, since_us);
	return top_ask_send(ask);
}

int
top_ask_stay(struct top_ask *ask)
{
	if (ask->sample || ask->stays || base_clock_mono_us() - ask->frame_us < TOP_QUIET_US)
		return 0;
	ask->frame_us = base_clock_mono_us();
	ask->stays = 1;
	return ctl_client_ask(ask->client, REPORT_ASK_HOME, NULL);
}

/* --- what comes ------------------------------------------------------------------------------- */

static void
top_ask_take_rows(struct top_ask *ask, const struct top_request *request,
                  const struct ctl_frame *frame)
{
	size_t n = frame->length / ctl_frame_row_bytes(frame->report);
	struct top_sample *sample = ask->sample;

	if (request->report == REPORT_ASK_STATS)
		memcpy(&sample->stats, frame->payload, sizeof(sample->stats));
	else if (request->report == REPORT_ASK_GROUP)
		top_sample_add_groups(sample, frame->payload, n, request->of_servers);
	else if (request->active)
		top_sample_add_active(sample, ask->flows, frame->payload, n);
	else
		top_sample_add_rows(sample, ask->flows, frame->payload, n);
}

static void
top_ask_take(struct top_ask *ask, const struct ctl_frame *frame)
{
	const struct top_request *request = &ask->requests[ask->at];

	if (frame->type == CTL_INFO) {
		memcpy(&ask->info, frame->payload, sizeof(ask->info));
		report_labels_begin(&ask->labels);
	} else if (frame->type == CTL_LABELS) {
		report_labels_receive(&ask->labels, frame->payload,
		                      frame->length / sizeof(struct report_label));
	} else if (frame->type == CTL_ROWS && frame->report == request->report) {
		top_ask_take_rows(ask, request, frame);
	}
}

/* The end of one answer: the next request, or the end of the round. */
static int
top_ask_next(struct top_ask *ask, const struct ctl_frame *frame)
{
	struct ctl_end end;

	memcpy(&end, frame->payload, sizeof(end));
	if (end.status)
		memcpy(ask->refused, end.text, sizeof(ask->refused));
	if (end.cut && !ask->requests[ask->at].active)
		ask->sample->full = 1;
	if (++ask->at < ask->n)
		return top_ask_send(ask);
	ask->sample = NULL;
	return 1;
}

int
top_ask_turn(struct top_ask *ask)
{
	struct ctl_frame frame;
	int error = ctl_client_next(ask->client, &frame);

	if (error)
		return error;
	ask->frame_us = base_clock_mono_us();
	if (ask->stays) {
		ask->stays = frame.type != CTL_END;
		return 0;
	}
	if (!ask->sample)
		return -EPROTO; /* nothing was asked */
	if (frame.type == CTL_END)
		return top_ask_next(ask, &frame);
	top_ask_take(ask, &frame);
	return 0;
}
