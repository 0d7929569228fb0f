/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Classes of flows by the states of their ends. Where the two ends differ, the one wins whose place
 * below comes first: the connection waits for what one end still has to wait for. Worker.
 */

#include "track_timer.h"

#define TRACK_NEVER_US (UINT64_C(1) << 60)

#define SEC UINT64_C(1000000)

/* By state: its class, and its place in the order in which one end's class wins. */
static const struct {
	uint8_t class_, place;
} track_class_of[TCPS_N_STATES] = {
	[TCPS_TIME_WAIT] = { TRACK_CLASS_TIME_WAIT, 0 },
	[TCPS_CLOSING] = { TRACK_CLASS_CLOSING, 1 },
	[TCPS_LAST_ACK] = { TRACK_CLASS_LAST_ACK, 2 },
	[TCPS_FIN_WAIT_1] = { TRACK_CLASS_HALF_CLOSED, 3 },
	[TCPS_FIN_WAIT_2] = { TRACK_CLASS_HALF_CLOSED, 4 },
	[TCPS_CLOSE_WAIT] = { TRACK_CLASS_HALF_CLOSED, 5 },
	[TCPS_SYN_RECEIVED] = { TRACK_CLASS_SYN_RECEIVED, 6 },
	[TCPS_SYN_SENT] = { TRACK_CLASS_SYN_SENT, 7 },
	[TCPS_ESTABLISHED] = { TRACK_CLASS_ESTABLISHED, 8 },
	[TCPS_LISTEN] = { TRACK_CLASS_CLOSED, 9 },
	[TCPS_CLOSED] = { TRACK_CLASS_CLOSED, 10 },
};

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

/* Without a branch on the states: no predictor knows in which state the next connection is. */
enum track_class
track_timer_class(const struct entry *e)
{
	unsigned a = e->end[0].state, b = e->end[1].state;
	enum track_class class_;
	unsigned first;

	if (a == ENTRY_STATE_UDP)
		return entry_is_oneway(e) ? TRACK_CLASS_UDP_ONEWAY : TRACK_CLASS_UDP;
	if (e->flags & ENTRY_DETACHED)
		return TRACK_CLASS_CLOSED;
	first = track_class_of[a].place <= track_class_of[b].place ? a : b;
	class_ = (enum track_class)track_class_of[first].class_;
	if ((e->flags & ENTRY_MIDSTREAM) && entry_is_oneway(e) &&
	    (class_ == TRACK_CLASS_ESTABLISHED || class_ == TRACK_CLASS_HALF_CLOSED))
		return TRACK_CLASS_MIDSTREAM;
	return class_;
}
