/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Something that happened to a connection: the rows of `events`.
 *
 * The daemon makes them from what a worker wrote at that moment; they cross the control socket as
 * they are; print_event.c prints them. An event is the connection's whole row as it was then, and
 * what happened to it. For programs it has the row's own keys and columns, with those of the event
 * in front. No pointer and no padding that is not zero.
 */
#ifndef REPORT_EVENT_H
#define REPORT_EVENT_H

#include "report_row.h"

BASE_BEGIN_DECLS

enum report_event_kind {
	REPORT_EVENT_OPENED, /* first seen */
	REPORT_EVENT_STATE,  /* an end, or both, has come to another state */
	REPORT_EVENT_ENDED,  /* forgotten: a connection's last event; row.end_cause says why */
	REPORT_EVENT_LOST,   /* `lost` events passed unseen before the next one; no row */
	REPORT_EVENT_KINDS
};

struct report_event {
	struct report_row row;
	uint64_t time_us;               /* UTC */
	uint64_t lost;                  /* LOST */
	uint8_t kind;                   /* enum report_event_kind */
	uint8_t was_client, was_server; /* STATE: enum report_state before; 0xff: the same */
	uint8_t reserved[5];
};

#define REPORT_EVENT_SAME 0xff

static_assert(sizeof(struct report_event) == sizeof(struct report_row) + 24, "no padding");

BASE_END_DECLS

#endif
