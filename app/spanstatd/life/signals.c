/* SPDX-License-Identifier: BSD-3-Clause */
/* Signals kept in mind; see signals.h. */

#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

#include "signals.h"

#define SIGNALS_PATIENCE_SEC 5

static volatile sig_atomic_t signals_end_came, signals_reload_came, signals_waited_sec;

/* In a handler: write and _exit are what it may call. As for any signal that ends it, status 0. */
static void
signals_give_up(void)
{
	static const char line[] = "spanstatd: ended by a signal, in a step that does not end: its "
				   "socket stays behind\n";
	ssize_t written = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)written;
	_exit(0);
}

/* SIGALRM in a second; alarm(2) is no system call of every machine, so none that a filter names. */
static void
signals_wake(void)
{
	const struct itimerval second = { .it_value.tv_sec = 1 };

	setitimer(ITIMER_REAL, &second, NULL);
}

/* Once more in a second: what was about to wait in the kernel when the signal came waits now. */
static void
signals_on_end(int number)
{
	signals_end_came = number;
	signals_wake();
}

static void
signals_on_alarm(int number)
{
	(void)number;
	if (++signals_waited_sec >= SIGNALS_PATIENCE_SEC)
		signals_give_up();
	signals_wake();
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

/* The second of each stays libevent's until its loop is destroyed, so it is taken away here. */
void
signals_limit(void)
{
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signals_wake();
}

bool
signals_reload(void)
{
	return signals_reload_came;
}
