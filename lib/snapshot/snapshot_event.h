/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How listeners read the ring of events of a worker (track_emit.h).
 *
 * There are any number of listeners, all on the control thread, each with its own place. Nothing
 * here makes the worker wait.
 */
#ifndef SNAPSHOT_EVENT_H
#define SNAPSHOT_EVENT_H

#include "report_row.h"
#include "snapshot.h"
#include "track_emit.h"

BASE_BEGIN_DECLS

/*
 * Turns listening on or off. 0 or -ENOMEM. Events of the very moment of the change may or may not
 * be written. Control, cold.
 */
int snapshot_event_listen(struct track *track, int on);

/* Where a listener begins: with what happens from now on. Listening must be on. Control. */
uint64_t snapshot_event_begin(const struct track *track);

/*
 * Reads the record at *next and moves *next on. False when it is not written yet. Records that were
 * written over before they could be read are added to *lost. Control.
 */
bool snapshot_event_read(const struct track *track, uint64_t *next, struct track_event *event,
                         uint64_t *lost);

/*
 * Makes a row of what was known of a flow when an event of this worker was written. The clock says
 * what UTC that was. Any.
 */
void snapshot_event_row(const struct track *track, const struct snapshot_clock *clock,
                        const struct track_event *event, struct report_full *full);

BASE_END_DECLS

#endif
