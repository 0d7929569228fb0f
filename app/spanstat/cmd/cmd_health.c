/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * health: is the mirror good? Two samples of the counters, a second apart, are judged.
 *
 * Of a capture file there is nothing that goes on: one sample. The clock is asked of this machine's
 * kernel, for that is the daemon's too: the socket does not leave it.
 */

#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "ask.h"
#include "digest_health.h"
#include "print_health.h"

/* One report a process: too large for the stack. */
static struct report_stats health_samples[2];
static struct digest_check health_checks[DIGEST_CHECKS_MAX];

static void
health_part(struct ask *ask, const void *rows, size_t n)
{
	if (n > 0 && ask->rows < BASE_COUNT_OF(health_samples))
		memcpy(&health_samples[ask->rows++], rows, sizeof(health_samples[0]));
}

static bool
health_repeats(struct ask *ask)
{
	const struct timespec apart = { .tv_sec = 1 };

	if (ask->options->n_reads || ask->rows != 1)
		return false;
	nanosleep(&apart, NULL);
	return true;
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
	const struct report_stats *first = ask->rows > 1 ? &health_samples[0] : NULL;
	struct print_health_row row = { health_checks, 0, !ask->options->no_header };
	struct digest_clock clock;

	if (ask->rows == 0)
		return;
	health_read_clock(ask, &clock);
	row.n = digest_health(first, &health_samples[ask->rows - 1], &clock, health_checks);
	for (unsigned i = 0; i < row.n; i++)
		ask->is_bad |= health_checks[i].grade == DIGEST_CRITICAL;
	cmd_rows_begin(ask);
	print_row(&ask->out, &print_health, ask->options->format, &row);
}

const struct cmd_verb cmd_health = {
	.part = health_part,
	.repeats = health_repeats,
	.done = health_done,
};
