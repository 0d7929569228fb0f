/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals kept in mind; see signals.h. */

#include <signal.h>
#include <stddef.h>

#include "signals.h"

static volatile sig_atomic_t signals_end_came, signals_reload_came;

static void
signals_on_end(int number)
{
	signals_end_came = number;
}

static void
signals_on_reload(int number)
{
	(void)number;
	signals_reload_came = 1;
}

/* Not SA_RESTART: what waits is to stop waiting. */
void
signals_catch(void)
{
	const struct sigaction end = { .sa_handler = signals_on_end,
		                       .sa_flags = (int)SA_RESETHAND };
	const struct sigaction reload = { .sa_handler = signals_on_reload, .sa_flags = SA_RESTART };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGHUP, &reload, NULL);
}

int
signals_end(void)
{
	return signals_end_came;
}

void
signals_set_end(int number)
{
	signals_end_came = number;
}

bool
signals_reload(void)
{
	return signals_reload_came;
}
