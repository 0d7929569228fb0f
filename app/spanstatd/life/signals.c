/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals kept in mind; see signals.h. */

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "signals.h"

static volatile sig_atomic_t signals_end_came, signals_reload_came;

/* Once more in a second: what was about to wait in the kernel when the signal came waits now. */
static void
signals_on_end(int number)
{
	signals_end_came = number;
	alarm(1);
}

static void
signals_on_alarm(int number)
{
	(void)number;
	alarm(1);
}

static void
signals_on_interrupt(int number)
{
	(void)number;
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
	const struct sigaction again = { .sa_handler = signals_on_alarm };
	const struct sigaction interrupt = { .sa_handler = signals_on_interrupt };

	sigaction(SIGALRM, &again, NULL);
	sigaction(SIGUSR1, &interrupt, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGHUP, &reload, NULL);
}

void
signals_interrupt(pthread_t thread)
{
	pthread_kill(thread, SIGUSR1);
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
