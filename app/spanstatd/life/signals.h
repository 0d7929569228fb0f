/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The three signals of the daemon until its loop runs: SIGTERM and SIGINT that come while it starts
 * end it between two steps, in order, and a SIGHUP is obeyed when the loop runs.
 *
 * A step that takes too long, for a driver hangs, ends the process five seconds after the signal; a
 * second SIGTERM or SIGINT has its default action and does so at once. Then nothing is tidied up:
 * socket and lock stay behind, and the next start replaces them.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <pthread.h>
#include <stdbool.h>

/*
 * From now on they are kept in mind. What waits in the kernel gets EINTR of SIGTERM and SIGINT, and
 * once a second from then on. Main thread, before any other runs.
 */
void signals_catch(void);

/* Lets a thread that waits in the kernel get EINTR. Control. */
void signals_interrupt(pthread_t thread);

/* Which one is to end the daemon; 0: none has come. Control. */
int signals_end(void);

/* One has come while the loop runs: signals_end says it from now on. Control. */
void signals_set_end(int number);

/*
 * One has ended the loop, and what is left to do has five seconds, whatever hangs: signals have
 * their default actions from now on. Control.
 */
void signals_limit(void);

/* Has a SIGHUP come before the loop ran? Control. */
bool signals_reload(void);

#endif
