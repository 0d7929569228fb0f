/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ring of events of a worker (track_emit.h), read by listeners.
 *
 * Any number of listeners, all on the control thread, each with a place of its own. Nothing here
 * makes the worker wait.
 */
#ifndef SNAPSHOT_EVENT_H
#define SNAPSHOT_EVENT_H

#include "report_row.h"
#include "track_emit.h"

BASE_BEGIN_DECLS

/*
 * Somebody listens from now on, or nobody does. 0 or -ENOMEM. Events of the very moment at which it
 * is turned on or off may or may not be written. Control; cold.
 */
int snapshot_event_listen(struct track *track, int on);

/* Where a listener begins: with what happens from now on. Listening is on. Control. */
uint64_t snapshot_event_begin(const struct track *track);

/*
 * The record at *next, and moves *next on. 1, or 0 when it is not written yet. Records that were
 * written over before they could be read are added to *lost. Control.
 */
int snapshot_event_read(const struct track *track, uint64_t *next, struct track_event *event,
                        uint64_t *lost);

/* What was known of a flow when an event of this worker was written. Any. */
void snapshot_event_row(const struct track *track, int64_t to_real_us,
                        const struct track_event *event, struct report_full *full);

BASE_END_DECLS

#endif
