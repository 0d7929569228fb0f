/* SPDX-License-Identifier: BSD-3-Clause */
/* Notes taken down, and what each kind does to a record; see track_notes.h. */

#include "track_notes.h"
#include "track_state.h"

/* --- counters of a record, its write open --------------------------------------------------- */

static void
note_add_asked(struct track_socket *socket, uint64_t n)
{
	uint64_t asked = track_socket_asked(socket) + n;

	socket->asked_lo = (uint32_t)asked;
	socket->asked_hi = asked >> 32 & 0xff;
}

static void
note_add_accepted(struct track_socket *socket)
{
	uint64_t accepted = track_socket_accepted(socket) + 1;

	socket->accepted_lo = (uint32_t)accepted;
	socket->accepted_hi = accepted >> 32 & 0xffff;
}

/* One that does not wrap. */
static uint32_t
note_one_more(uint32_t n)
{
	return n == UINT32_MAX ? n : n + 1;
}

static void
note_set_flags(struct track_socket *socket, unsigned flags)
{
	socket->flags = (socket->flags | flags) & 0xff;
}

/* The UDP socket talks with another whose hash is `peer`. */
static void
note_peer(struct track_sockets *sockets, struct track_socket *socket, uint64_t peer)
{
	uint32_t mark = (uint32_t)peer;

	if (!(socket->flags & TRACK_SOCKET_ONE_PEER)) {
		socket->peer = mark;
		note_set_flags(socket, TRACK_SOCKET_ONE_PEER);
	} else if (socket->peer != mark && !(socket->flags & TRACK_SOCKET_MANY_PEERS)) {
		note_set_flags(socket, TRACK_SOCKET_MANY_PEERS);
		track_sockets_raise(sockets, (uint32_t)(socket - sockets->records),
		                    TRACK_SOCKET_SHOWN);
	}
}

/* --- notes entered -------------------------------------------------------------------------- */

/* `hash` points to the note's own; those of the notes beside it stand beside it. */
static void
note_enter(struct track_sockets *sockets, struct track_socket *socket,
           const struct track_note *note, const uint64_t *hash)
{
	switch ((enum track_note_kind)note->kind) {
	case TRACK_NOTE_AGAIN:
		socket->syn_ack_again = note_one_more(socket->syn_ack_again);
		break;
	case TRACK_NOTE_SERVES:
		note_peer(sockets, socket, hash[1]);
		__attribute__((fallthrough));
	case TRACK_NOTE_ACCEPTED:
		note_add_accepted(socket);
		__attribute__((fallthrough));
	case TRACK_NOTE_ANSWERED:
		note_set_flags(socket, TRACK_SOCKET_ANSWERED);
		break;
	case TRACK_NOTE_REFUSED:
		socket->refused = note_one_more(socket->refused);
		break;
	case TRACK_NOTE_UNANSWERED:
		socket->unanswered = note_one_more(socket->unanswered);
		break;
	case TRACK_NOTE_TALKS:
		note_peer(sockets, socket, hash[-1]);
		break;
	case TRACK_NOTE_ASKED:
	case TRACK_NOTE_PEER:
		break;
	}
	note_add_asked(socket, note->asked);
}

void
track_notes_apply(struct track *track)
{
	struct track_sockets *sockets = &track->sockets;
	struct track_notes *notes = &track->notes;
	uint64_t hash[TRACK_NOTES_MAX];

	if (notes->n == 0)
		return;
	flow_hash_burst(&track->table->secret, &notes->keys, notes->n, hash);
	for (unsigned i = 0; i < notes->n; i++)
		track_sockets_prefetch_set(sockets, hash[i]);
	for (unsigned i = 0; i < notes->n; i++)
		track_sockets_prefetch_record(sockets, hash[i]);
	for (unsigned i = 0; i < notes->n; i++) {
		const struct track_note *note = &notes->note[i];
		struct flow_key key;
		uint32_t number;

		if (note->kind == TRACK_NOTE_PEER)
			continue;
		key = flow_burst_get(&notes->keys, i);
		number = track_sockets_take(sockets, &key, hash[i],
		                            (enum track_socket_rank)note->rank, note->time_us);
		if (number == TRACK_SOCKET_NONE)
			continue;
		note_enter(sockets, &sockets->records[number], note, &hash[i]);
		base_seq_write_end(&sockets->records[number].seq);
	}
	notes->n = 0;
}

/* --- notes taken down ----------------------------------------------------------------------- */

void
track_notes_reserve(struct track *track)
{
	if (track->notes.n > TRACK_NOTES_MAX - 2)
		track_notes_apply(track);
}

void
track_notes_add(struct track *track, const struct track_entry *e, unsigned end,
                enum track_note_kind kind, enum track_socket_rank rank, uint64_t asked)
{
	struct track_notes *notes = &track->notes;
	struct flow_key key;

	if (notes->n == TRACK_NOTES_MAX)
		track_notes_apply(track);
	track_socket_key(&key, &e->key, end);
	flow_burst_set(&notes->keys, notes->n, &key);
	notes->note[notes->n++] = (struct track_note){
		.time_us = track->now_us & TRACK_TIME_MAX,
		.kind = (uint8_t)kind,
		.rank = (uint8_t)rank,
		.asked = asked,
	};
}
