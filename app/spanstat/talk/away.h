/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When nobody answers: what to say of it, and how to wait until somebody does.
 */
#ifndef AWAY_H
#define AWAY_H

#include "ctl_client.h"

/*
 * Says why there is nobody to talk to, `error` (errno) of ctl_client_connect, and what helps: how
 * to start a daemon where there is none, who may ask where we may not. Returns the status to exit
 * with.
 */
int away_refuse(const char *socket, int error);

/* Says that the daemon has gone and is waited for. since_us: UTC. */
void away_say(const char *socket, uint64_t since_us);

/*
 * Tries to connect, more and more slowly, once a second in the end, until a daemon answers; NULL:
 * an interrupt came first. `mute`: the last one that answered was of no use, so the first attempt
 * is not made at once.
 */
struct ctl_client *away_wait(const char *socket, bool mute);

/* "08:15:02", the local time of day. */
#define AWAY_CLOCK_MAX 16
const char *away_clock(uint64_t time_us, char clock[AWAY_CLOCK_MAX]);

#endif
