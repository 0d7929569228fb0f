/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How long a flow is kept in each of its classes, and when it is due.
 *
 * The class of a flow follows from the states of both its ends. Its deadline follows from the class
 * and from the time of its last packet (if it may be idle) or of its last change of state (if it is
 * over). Nothing is stored, so new timers take effect on every flow at once. Pure functions;
 * worker.
 */
#ifndef TRACK_TIMER_H
#define TRACK_TIMER_H

#include "entry.h"

BASE_BEGIN_DECLS

enum track_class {
	TRACK_CLASS_CLOSED,
	TRACK_CLASS_SYN_SENT,
	TRACK_CLASS_SYN_RECEIVED,
	TRACK_CLASS_ESTABLISHED,
	TRACK_CLASS_HALF_CLOSED,
	TRACK_CLASS_CLOSING,
	TRACK_CLASS_LAST_ACK,
	TRACK_CLASS_TIME_WAIT,
	TRACK_CLASS_MIDSTREAM, /* one direction, and no opening */
	TRACK_CLASS_UDP_ONEWAY,
	TRACK_CLASS_UDP,
	TRACK_N_CLASSES
};

struct track_timers {
	uint64_t us[TRACK_N_CLASSES];
};

/* The defaults, as in config/spanstatd.conf. Any. */
void track_timers_init(struct track_timers *timers);

/* Timers that never run out, so that every flow of a capture is kept. Any. */
void track_timers_init_never(struct track_timers *timers);

/* The class of a flow. Worker. */
enum track_class track_timer_class(const struct entry *e);

/*
 * The moment from which a flow of that class is due, on the engine's clock. The time of a flow that
 * is over counts from its end, whatever packets come later. Worker, hot.
 */
BASE_INLINE uint64_t
track_timer_deadline(const struct track_timers *timers, const struct entry *e,
                     enum track_class class_)
{
	bool over = class_ == TRACK_CLASS_CLOSED || class_ == TRACK_CLASS_TIME_WAIT;

	return (over ? e->since_us : e->last_us) + timers->us[class_];
}

BASE_END_DECLS

#endif
