/* SPDX-License-Identifier: BSD-3-Clause */
/* The watch over poll loops, and what a service manager hears of it; see beat.h. */

#include <inttypes.h>
#include <stdio.h>

#include "base_log.h"
#include "beat.h"
#include "notify.h"

#define BEAT_LOG_SEC    3 /* a loop whose CPU was taken for a moment is no news */
#define BEAT_STATUS_SEC 5
#define BEAT_NAME_MAX   24

static void
beat_name(const struct beat *beat, const struct engine *engine, char name[BEAT_NAME_MAX])
{
	if (beat->loop < engine->n_workers)
		snprintf(name, BEAT_NAME_MAX, "worker %u", beat->loop);
	else
		snprintf(name, BEAT_NAME_MAX, "the receive core");
}

static void
beat_on_behind(struct beat *beat, const struct engine *engine)
{
	char name[BEAT_NAME_MAX];

	beat->behind_sec++;
	beat_name(beat, engine, name);
	notify_send("STATUS=%s makes no turn, for %u s", name, beat->behind_sec);
	beat->status_sec = BEAT_STATUS_SEC;
	if (beat->behind_sec < BEAT_LOG_SEC || beat->is_logged)
		return;
	beat->is_logged = true;
	base_error("%s makes no turn any more: no packet of it is tracked, and the watchdog is "
	           "not fed",
	           name);
}

static void
beat_on_time(struct beat *beat, const struct engine *engine)
{
	char name[BEAT_NAME_MAX];

	beat_name(beat, engine, name);
	if (beat->is_logged)
		base_warning("%s goes on, after %u s", name, beat->behind_sec);
	beat->behind_sec = 0;
	beat->is_logged = false;
	notify_send("WATCHDOG=1");
}

static void
beat_status(struct beat *beat, const struct report_stats *stats)
{
	if (++beat->status_sec < BEAT_STATUS_SEC)
		return;
	beat->status_sec = 0;
	notify_send("STATUS=%" PRIu64 " flows live, %" PRIu64 " packets received, %" PRIu64
	            " dropped",
	            stats->flows_live, stats->received, stats->dropped_nic + stats->dropped_worker);
}

void
beat_turn(struct beat *beat, struct engine *engine, const struct report_stats *stats)
{
	int behind = engine->loop_behind != NULL ? engine->loop_behind(engine->ports_ctx) : -1;

	if (behind >= 0) {
		beat->loop = (unsigned)behind;
		beat_on_behind(beat, engine);
		return;
	}
	beat_on_time(beat, engine);
	beat_status(beat, stats);
	if (engine->loop_behind != NULL)
		poll_call(&engine->polls);
}
