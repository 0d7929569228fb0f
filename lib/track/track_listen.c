/* SPDX-License-Identifier: BSD-3-Clause */
/* From what happens to a flow to notes on its sockets; see track_listen.h for the events. */

#include "track_listen.h"
#include "track_state.h"

/* --- TCP ------------------------------------------------------------------------------------ */

/* A SYN-ACK out of nowhere is anybody's to forge; one that answers a SYN is proof. */
static enum track_socket_rank
listen_rank(const struct track_entry *e)
{
	return e->end[0].flags & e->end[1].flags & TCP_END_SYN ? TRACK_SOCKET_PROVEN
	                                                       : TRACK_SOCKET_SHOWN;
}

/*
 * The client's SYNs of this connection: what it has sent so far, when this is the first time that
 * its opening is decided; one more when it was refused before and has asked again.
 */
static uint64_t
listen_syns(const struct track_entry *e)
{
	return e->flags & TRACK_ASKED ? 1 : e->end[track_client(e)].packets;
}

void
track_listen_answered(struct track *track, const struct track_entry *e, unsigned end)
{
	track_notes_add(track, e, end, TRACK_NOTE_ANSWERED, listen_rank(e), 0);
}

int
track_listen_is_known(struct track *track, const struct track_entry *e, unsigned end)
{
	const struct track_sockets *sockets = &track->sockets;
	struct flow_key key;
	uint32_t number;

	track_notes_apply(track);
	track_socket_key(&key, &e->key, end);
	number = track_sockets_find(sockets, &key, flow_hash(&track->table->secret, &key));
	return number != TRACK_SOCKET_NONE &&
	       (sockets->records[number].flags & TRACK_SOCKET_ANSWERED);
}

/*
 * The server is through with its part of the handshake, or the client shows that it is where the
 * mirror did not show the server. A SYN-ACK accepts nothing: in a simultaneous open, where one does
 * end the other's SYN_RECEIVED, there is no listener (RFC 9293 3.5).
 */
static int
listen_is_accepted(const struct track_entry *e, const struct packet *pk, unsigned dir,
                   enum tcp_state client_before, enum tcp_state server_before)
{
	unsigned client = track_client(e);

	if ((pk->tcp_flags & PACKET_TCP_SYN) || e->end[!client].state < TCPS_ESTABLISHED)
		return 0;
	return server_before == TCPS_SYN_RECEIVED ||
	       (server_before == TCPS_CLOSED && client_before == TCPS_SYN_SENT && dir == client);
}

/* A SYN-ACK that says nothing new. */
static int
listen_is_again(const struct track_entry *e, const struct packet *pk, unsigned dir, unsigned result)
{
	const unsigned syn_ack = PACKET_TCP_SYN | PACKET_TCP_ACK;

	return (pk->tcp_flags & syn_ack) == syn_ack && dir != track_client(e) &&
	       (result & TCP_RETRANSMISSION) && !(result & TCP_STATE_CHANGED);
}

/*
 * A RST of the server while the client waits is a refusal, also after a SYN-ACK: its queue was
 * full. The client's own gives up what was asked.
 */
void
track_listen_opening(struct track *track, struct track_entry *e, const struct packet *pk,
                     unsigned dir, enum tcp_state client_before, enum tcp_state server_before,
                     unsigned result)
{
	enum track_socket_rank rank = TRACK_SOCKET_SHOWN;
	enum track_note_kind kind;

	if (listen_is_again(e, pk, dir, result)) {
		track_notes_add(track, e, dir, TRACK_NOTE_AGAIN, rank, 0);
		return;
	}
	if (pk->tcp_flags & PACKET_TCP_RST) {
		if (!(result & TCP_RST_BELIEVED) || client_before != TCPS_SYN_SENT)
			return;
		kind = dir == track_client(e) ? TRACK_NOTE_ASKED : TRACK_NOTE_REFUSED;
	} else if (listen_is_accepted(e, pk, dir, client_before, server_before)) {
		kind = TRACK_NOTE_ACCEPTED;
		rank = listen_rank(e);
	} else {
		return;
	}
	track_notes_add(track, e, !track_client(e), kind, rank, listen_syns(e));
	e->flags |= TRACK_ASKED;
}

/* --- UDP ------------------------------------------------------------------------------------ */

void
track_listen_both_ways(struct track *track, const struct track_entry *e)
{
	unsigned client = track_client(e);

	track_notes_reserve(track);
	track_notes_add(track, e, !client, TRACK_NOTE_SERVES, TRACK_SOCKET_PROVEN, 1);
	track_notes_add(track, e, client, TRACK_NOTE_TALKS, TRACK_SOCKET_SILENT, 0);
}

void
track_listen_refused(struct track *track, const struct track_entry *e, unsigned end)
{
	track_notes_add(track, e, end, TRACK_NOTE_REFUSED, TRACK_SOCKET_SHOWN, 0);
}

static int
listen_was_refused(const struct track *track, const struct track_entry *e)
{
	uint32_t number = (uint32_t)(e - track_entry(track->table, 0));

	return track_side_icmp(flow_table_side(track->table, number)) == REPORT_ICMP_PORT;
}

/* Where the mirror showed a server's answers alone, nobody was asked. */
static void
listen_forget_udp(struct track *track, const struct track_entry *e)
{
	unsigned sender = e->end[0].packets == 0;
	enum track_note_kind kind = TRACK_NOTE_PEER;

	if (sender == track_client(e))
		kind = listen_was_refused(track, e) ? TRACK_NOTE_ASKED : TRACK_NOTE_UNANSWERED;
	track_notes_reserve(track);
	track_notes_add(track, e, !sender, kind, TRACK_SOCKET_SILENT, 1);
	track_notes_add(track, e, sender, TRACK_NOTE_TALKS, TRACK_SOCKET_SILENT, 0);
}

/* --- any ------------------------------------------------------------------------------------ */

/* A half-open connection was asked and answered; that it went no further is nobody's refusal. */
void
track_listen_forget(struct track *track, const struct track_entry *e)
{
	unsigned client = track_client(e);

	if (track_is_udp(e)) {
		if (track_is_oneway(e))
			listen_forget_udp(track, e);
		return;
	}
	if (e->end[client].state != TCPS_SYN_SENT)
		return;
	track_notes_add(track, e, !client,
	                e->end[!client].packets == 0 ? TRACK_NOTE_UNANSWERED : TRACK_NOTE_ASKED,
	                TRACK_SOCKET_SILENT, listen_syns(e));
}

void
track_listen_poll(struct track *track)
{
	const struct track_notes *notes = &track->notes;

	if (notes->n > 0 && notes->note[0].time_us + TRACK_NOTES_LATE_US <= track->now_us)
		track_notes_apply(track);
}
