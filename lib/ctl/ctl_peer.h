/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One client as the server sees it, and the server itself. Only ctl_server.c and ctl_peer.c include
 * this.
 *
 * Overview. A peer is in one of three states:
 *
 *	PEER_IDLE     waits for a whole request in `in`
 *	PEER_ROWS     has a report half sent; each turn adds one slice, if it fits, and sends. While
 *	              it rests its turn comes with the server's next rest tick
 *	PEER_CLOSING  sends what is left in `out`, then the server hangs up
 *
 * A peer with no report and nothing to send is woken only by what it sends. One in PEER_ROWS is
 * also woken when the socket takes more; that paces its query. Whatever wakes it, it waits
 * for a turn (ctl_user.h), and all that costs time is done in turns.
 *
 * Life. From accept until the server hangs up.
 *
 * Who writes and who reads. The thread of the server's loop, nobody else.
 *
 * Cost. A block with both buffers. `out` is filled at its end, sent from its front, and starts anew
 * when it is empty. There is no other queue, so a client can hold up no more than its block.
 */
#ifndef CTL_PEER_H
#define CTL_PEER_H

#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "ctl_audit.h"
#include "ctl_listen.h"
#include "ctl_server.h"
#include "ctl_user.h"
#include "query_sink.h"

BASE_BEGIN_DECLS

#define CTL_OUT_BYTES   (256 * 1024)
#define CTL_IN_BYTES    (sizeof(struct ctl_header) + CTL_REQUEST_MAX)
#define CTL_PATHS_SENT  4096 /* a power of two */
#define CTL_FRAME_BYTES (sizeof(struct ctl_header) + CTL_PAYLOAD_MAX)
#define CTL_END_BYTES   (sizeof(struct ctl_header) + sizeof(struct ctl_end))

/* Whatever one request answers in one go fits in an empty buffer, with all that is about it. */
static_assert(3 * CTL_FRAME_BYTES + CTL_END_BYTES <= CTL_OUT_BYTES, "an answer fits");

enum ctl_stage { PEER_IDLE, PEER_ROWS, PEER_CLOSING };

struct ctl_peer {
	LIST_ENTRY(ctl_peer) link;
	TAILQ_ENTRY(ctl_peer) waiting_link;
	bool queued; /* waits for a turn */
	struct ctl_server *server;
	struct ctl_user *user;
	struct ctl_caller caller;
	struct ctl_audit audit; /* of the change under way */
	struct event event;
	short interest;   /* what `event` is armed for: the socket ... */
	int patience_sec; /* ... and silence; both 0: not armed */
	int fd;
	enum ctl_stage stage;
	int eof;     /* sends no more requests; may still be reading */
	int patient; /* attached: never hung up on for silence */

	struct query *query; /* PEER_ROWS */
	unsigned report;     /* whose rows are sent */
	uint64_t rows_sent;
	int rests;   /* its query has nothing yet; cleared by the tick */
	int endless; /* has rested: the next request ends the report */

	void (*gone)(void *ctx);
	void *gone_ctx;

	size_t in_used;
	size_t out_from, out_to; /* not yet sent */
	uint8_t in[CTL_IN_BYTES];
	uint32_t paths_sent[CTL_PATHS_SENT]; /* of this report: numbers, by their low bits */
	uint8_t out[CTL_OUT_BYTES];
};

struct ctl_server {
	struct event_base *base;
	struct ctl_source source;
	struct ctl_memory memory;
	struct ctl_listener listener;
	struct event accept_event;
	struct event rest_event;
	struct event round_event;
	int resting;
	struct ctl_access access;
	struct ctl_refusals refusals;
	unsigned n_peers;
	LIST_HEAD(, ctl_peer) peers;
	LIST_HEAD(, ctl_user) users;
	/* Where answers are put together: they go into a client's block only whole. */
	uint8_t rows[CTL_PAYLOAD_MAX] BASE_ALIGNED(8);
};

/*
 * The peer owns `fd` and a place of that user. NULL: no memory, and they stay the caller's. Not
 * armed yet.
 */
struct ctl_peer *ctl_peer_create(struct ctl_server *server, int fd, struct ctl_user *user,
                                 const struct ctl_caller *caller);

/* Waits for what its stage waits for. 0 or -ENOMEM: nothing would ever wake it, so hang up. */
int ctl_peer_arm(struct ctl_peer *peer);

/* One bounded turn: at most one request, one slice, what the socket takes. May free the peer. */
void ctl_peer_turn(struct ctl_peer *peer);

/* Closes its socket and frees it. */
void ctl_peer_hang_up(struct ctl_peer *peer);

/* The pause of one that rests is over. True: it did rest, and waits for a turn. */
bool ctl_peer_rested(struct ctl_peer *peer);

/* ctl_server.c: a peer rests; tick until nobody does. */
void ctl_server_rest_start(struct ctl_server *server);

BASE_END_DECLS

#endif
