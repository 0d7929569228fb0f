/* SPDX-License-Identifier: BSD-3-Clause */
/* Interrupts caught; see interrupt.h. */

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "interrupt.h"

static volatile sig_atomic_t interrupt_is_here;
static const struct ctl_client *volatile interrupt_client;

static void
interrupt_on_signal(int number)
{
	(void)number;
	interrupt_is_here = 1;
	if (interrupt_client)
		ctl_client_stop(interrupt_client);
}

void
interrupt_catch(void)
{
	/* Not SA_RESTART: a pause is to end. */
	const struct sigaction action = {
		.sa_handler = interrupt_on_signal,
		.sa_flags = (int)SA_RESETHAND,
	};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void
interrupt_on_passed(int number)
{
	(void)number;
}

void
interrupt_let_pass(void)
{
	const struct sigaction action = {
		.sa_handler = interrupt_on_passed,
		.sa_flags = (int)(SA_RESETHAND | SA_RESTART),
	};

	sigaction(SIGINT, &action, NULL);
}

void
interrupt_set_client(const struct ctl_client *client)
{
	interrupt_client = client;
	if (client && interrupt_is_here)
		ctl_client_stop(client);
}

bool
interrupt_came(void)
{
	return interrupt_is_here;
}

/* With the signals blocked outside ppoll, none is missed between the test and the sleep. */
void
interrupt_pause(uint64_t us)
{
	const struct timespec wait = {
		.tv_sec = (time_t)(us / 1000000),
		.tv_nsec = (long)(us % 1000000) * 1000,
	};
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	if (!interrupt_is_here)
		ppoll(NULL, 0, &wait, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
}
