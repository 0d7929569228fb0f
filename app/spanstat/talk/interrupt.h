/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SIGINT and SIGTERM as the ordinary end of what goes on for ever: events, --watch, a capture that
 * comes through a pipe.
 *
 * The first one ends the conversation under way, or the pause between two; what has come is still
 * printed. The second one has the signal's default action. Main thread; one client at a time.
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "ctl_client.h"

/* From now on interrupts are caught. */
void interrupt_catch(void);

/*
 * The first SIGINT from now on is meant for others: who writes into the pipe that is read. It ends
 * there, and so does the reading here.
 */
void interrupt_let_pass(void);

/* The conversation that an interrupt is to end; NULL: none. */
void interrupt_set_client(const struct ctl_client *client);

/* Has one come? */
bool interrupt_came(void);

/* Waits so many microseconds, or until one comes. */
void interrupt_pause(uint64_t us);

#endif
