/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * health: is the mirror good? Two looks at the counters, a second apart, are judged.
 *
 * Of a capture file there is nothing that goes on: one look. The clock is asked of this machine's
 * kernel, for that is the daemon's too: the socket does not leave it.
 */

#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "base_text.h"
#include "cmd.h"
#include "digest_health.h"
#include "print_health.h"

/* One report a process: too large for the stack. */
static struct report_stats health_looks[2];
static unsigned health_n_looks;
static struct digest_check health_checks[DIGEST_CHECKS_MAX];

static void
health_part(struct ask *ask, const struct ctl_frame *frame)
{
	(void)ask;
	if (frame->type == CTL_COUNTERS && health_n_looks < BASE_COUNT_OF(health_looks))
		memcpy(&health_looks[health_n_looks++], frame->payload, sizeof(health_looks[0]));
}

static int
health_again(struct ask *ask)
{
	const struct timespec apart = { .tv_sec = 1 };

	if (ask->options->n_reads || health_n_looks != 1)
		return 0;
	nanosleep(&apart, NULL);
	return 1;
}

static void
health_read_clock(const struct ask *ask, struct digest_clock *clock)
{
	struct timex timex = { 0 };
	int state = adjtimex(&timex);

	*clock = (struct digest_clock){ 0 };
	if (ask->options->n_reads || state < 0)
		return;
	clock->is_known = 1;
	clock->is_synchronized = state != TIME_ERROR;
	clock->error_us = timex.maxerror > 0 ? (uint64_t)timex.maxerror : 0;
}

static void
health_done(struct ask *ask)
{
	const struct report_stats *first = health_n_looks > 1 ? &health_looks[0] : NULL;
	struct digest_clock clock;
	unsigned n;

	if (health_n_looks == 0)
		return;
	health_read_clock(ask, &clock);
	n = digest_health(first, &health_looks[health_n_looks - 1], &clock, health_checks);
	ask_title(ask);
	if (ask->options->format == FORMAT_JSON)
		print_health_json(&ask->out, health_checks, n);
	else if (ask->options->format == FORMAT_CSV)
		print_health_csv(&ask->out, health_checks, n, !ask->options->no_header);
	else
		print_health_text(&ask->out, health_checks, n, !ask->options->no_header);
}

const struct cmd cmd_health = {
	.name = "health",
	.request = CTL_STATS,
	.help = N_("is the mirror good: losses, copies, gaps, one-way flows, table, clock"),
	.part = health_part,
	.again = health_again,
	.done = health_done,
};
