/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether every poll loop comes round, once a second; the manager's watchdog is fed only then.
 *
 * The loops have a number that they compare in each turn (poll.h). It is moved, and a second later
 * each has obeyed, or it has made no turn since. That costs them nothing. A loop that is behind is
 * logged when it has been so for some seconds, and when it goes on. Who reads capture files is not
 * watched, for it may wait for a pipe.
 *
 * Control core, cold.
 */
#ifndef BEAT_H
#define BEAT_H

#include "engine.h"

struct beat {
	unsigned behind_sec; /* seconds that a loop has been behind; 0: all come round */
	unsigned loop;       /* that loop */
	bool is_logged;      /* that it is behind */
	unsigned status_sec; /* since the last status */
};

/* One turn a second. stats: now. */
void beat_turn(struct beat *beat, struct engine *engine, const struct report_stats *stats);

#endif
