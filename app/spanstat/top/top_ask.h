/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How top asks: a few requests one after the other, once an interval, over one connection.
 *
 *	STATS                        the counters of the whole
 *	CONN                         connections: the first TOP_ITEMS_MAX in the daemon's order
 *	GROUP, GROUP                 groups; hosts: by client, then by server
 *	ALLCONN                      groups and hosts: those with packets since the sample before
 *
 * Nothing here waits: the caller waits for the socket and gives a turn to each frame. A sample is
 * filled while the one before it is shown.
 */
#ifndef TOP_ASK_H
#define TOP_ASK_H

#include "ctl_client.h"
#include "report_label.h"
#include "top_keys.h"
#include "top_sample.h"

#define TOP_REQUESTS_MAX 4
#define TOP_ACTIVE_MAX   (TOP_FLOWS_SLOTS / 2)

struct top_request {
	enum report_request report;
	int of_servers; /* GROUP of hosts */
	int active;     /* rows that count for rates alone */
	struct ctl_ask ask;
};

struct top_ask {
	struct ctl_client *client; /* NULL: there is no daemon */
	struct top_sample *sample; /* being filled; NULL: nothing is asked now */
	struct top_flows *flows;
	struct ctl_info info;
	struct report_labels labels; /* those that came with the last answer */
	uint64_t begun_us, frame_us; /* mono: of this round, of its last frame */
	int stays;                   /* the answer to top_ask_stay comes before all others */
	unsigned n, at;
	char refused[CTL_TEXT_MAX]; /* what the daemon said to a request of the round */
	struct top_request requests[TOP_REQUESTS_MAX];
};

/* 0 or -errno, as ctl_client_connect. What was remembered of another daemon is forgotten. */
int top_ask_connect(struct top_ask *ask, const char *path);

/* Begins a round that fills `sample`, after `before`. 0 or -errno: the daemon is gone. */
int top_ask_begin(struct top_ask *ask, const struct top_settings *settings,
                  struct top_sample *sample, const struct top_sample *before);

/*
 * A daemon hangs up on who says nothing for a minute. Between two rounds: says something, if it is
 * time for it. 0 or -errno: the daemon is gone.
 */
#define TOP_QUIET_US 20000000
int top_ask_stay(struct top_ask *ask);

/* The socket is readable. 1: the round is complete; 0: it is not; -errno: the daemon is gone. */
int top_ask_turn(struct top_ask *ask);

void top_ask_close(struct top_ask *ask);

#endif
