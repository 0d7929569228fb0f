/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Notes on sockets, taken down while packets pass and entered in the table of sockets many at once.
 *
 * An event alone would wait for two lines of memory, one after the other. A note of it is written
 * to a line that is warm; when the queue is full or the oldest note is TRACK_NOTES_LATE_US old, all
 * are hashed together, their sets fetched, then their records, then they are entered. So the table
 * is a little behind the flows, by no more than that.
 *
 * Worker only. Cost: 60 to 70 cycles a note, all included, a new record with every note too.
 */
#ifndef TRACK_NOTES_H
#define TRACK_NOTES_H

#include "flow_burst.h"
#include "track_entry.h"
#include "track_socket.h"

BASE_BEGIN_DECLS

#define TRACK_NOTES_MAX     FLOW_BURST_MAX
#define TRACK_NOTES_LATE_US 10000

enum track_note_kind {
	TRACK_NOTE_ANSWERED,   /* TCP: sent a SYN-ACK */
	TRACK_NOTE_AGAIN,      /* TCP: sent it again */
	TRACK_NOTE_ACCEPTED,   /* TCP: the handshake is complete */
	TRACK_NOTE_REFUSED,    /* TCP: answered the SYN with RST */
	TRACK_NOTE_ASKED,      /* TCP: answered, and the handshake came to nothing */
	TRACK_NOTE_UNANSWERED, /* no answer of any kind */
	/* of two notes in a row, on both ends of a UDP flow: */
	TRACK_NOTE_SERVES, /* the first: answered the second */
	TRACK_NOTE_PEER,   /* the first: nothing but the peer of the second */
	TRACK_NOTE_TALKS,  /* the second: talks with the first, whatever the first's note is */
};

struct track_note {
	uint64_t time_us : 48;
	uint64_t kind : 8; /* enum track_note_kind */
	uint64_t rank : 8; /* enum track_socket_rank of the evidence */
	uint64_t asked;    /* SYNs or flows */
};

struct track_notes {
	uint32_t n;
	struct track_note note[TRACK_NOTES_MAX];
	struct flow_burst keys;
};

struct track;

/* Enters all notes in the table. Worker. */
void track_notes_apply(struct track *track);

/* Makes room for two notes, so that they stand in a row. Worker. */
void track_notes_reserve(struct track *track);

/* Takes down a note on one end of a flow, of this moment. Worker. */
void track_notes_add(struct track *track, const struct track_entry *e, unsigned end,
                     enum track_note_kind kind, enum track_socket_rank rank, uint64_t asked);

BASE_END_DECLS

#endif
