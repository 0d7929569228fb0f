/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classes of flows by the states of their ends. Where the two ends differ the row below wins that
 * stands first: what one end still has to wait for is what the connection waits for.
 */

#include "track_timer.h"

#define TRACK_NEVER_US (UINT64_C(1) << 60)

#define SEC UINT64_C(1000000)

/* The class of a connection is that of the state, at either end, that comes first here. */
static const struct {
	enum tcp_state state;
	enum track_class class_;
} track_precedence[] = {
	{ TCPS_TIME_WAIT, TRACK_CLASS_TIME_WAIT },
	{ TCPS_CLOSING, TRACK_CLASS_CLOSING },
	{ TCPS_LAST_ACK, TRACK_CLASS_LAST_ACK },
	{ TCPS_FIN_WAIT_1, TRACK_CLASS_HALF_CLOSED },
	{ TCPS_FIN_WAIT_2, TRACK_CLASS_HALF_CLOSED },
	{ TCPS_CLOSE_WAIT, TRACK_CLASS_HALF_CLOSED },
	{ TCPS_SYN_RECEIVED, TRACK_CLASS_SYN_RECEIVED },
	{ TCPS_SYN_SENT, TRACK_CLASS_SYN_SENT },
	{ TCPS_ESTABLISHED, TRACK_CLASS_ESTABLISHED },
	{ TCPS_LISTEN, TRACK_CLASS_CLOSED },
	{ TCPS_CLOSED, TRACK_CLASS_CLOSED },
};

static_assert(BASE_COUNT_OF(track_precedence) == TCPS_N_STATES, "every state has its class");

void
track_timers_init(struct track_timers *timers)
{
	*timers = (struct track_timers){ {
	    [TRACK_CLASS_CLOSED] = 10 * SEC,
	    [TRACK_CLASS_SYN_SENT] = 120 * SEC,
	    [TRACK_CLASS_SYN_RECEIVED] = 60 * SEC,
	    [TRACK_CLASS_ESTABLISHED] = 86400 * SEC,
	    [TRACK_CLASS_HALF_CLOSED] = 21600 * SEC,
	    [TRACK_CLASS_CLOSING] = 60 * SEC,
	    [TRACK_CLASS_LAST_ACK] = 60 * SEC,
	    [TRACK_CLASS_TIME_WAIT] = 240 * SEC,
	    [TRACK_CLASS_MIDSTREAM] = 300 * SEC,
	    [TRACK_CLASS_UDP_ONEWAY] = 30 * SEC,
	    [TRACK_CLASS_UDP] = 180 * SEC,
	} };
}

void
track_timers_init_never(struct track_timers *timers)
{
	for (unsigned i = 0; i < TRACK_N_CLASSES; i++)
		timers->us[i] = TRACK_NEVER_US;
}

enum track_class
track_timer_class(const struct track_entry *e)
{
	unsigned a = e->end[0].state, b = e->end[1].state;
	unsigned i = 0;

	if (a == TRACK_STATE_UDP)
		return track_is_oneway(e) ? TRACK_CLASS_UDP_ONEWAY : TRACK_CLASS_UDP;
	if (e->flags & TRACK_DETACHED)
		return TRACK_CLASS_CLOSED;
	if (a == TCPS_ESTABLISHED && b == TCPS_ESTABLISHED)
		return (e->flags & TRACK_MIDSTREAM) && e->end[0].packets + e->end[1].packets == 1
		           ? TRACK_CLASS_MIDSTREAM
		           : TRACK_CLASS_ESTABLISHED;
	while (track_precedence[i].state != a && track_precedence[i].state != b)
		i++;
	return track_precedence[i].class_;
}

uint64_t
track_timer_deadline(const struct track_timers *timers, const struct track_entry *e)
{
	enum track_class class_ = track_timer_class(e);
	int over = class_ == TRACK_CLASS_CLOSED || class_ == TRACK_CLASS_TIME_WAIT;

	return (over ? e->since_us : e->last_us) + timers->us[class_];
}
