/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of the engine and the steps in a flow's life, for lib/track and lib/snapshot alone.
 *
 * Worker: writes all of it, but for the order box, which the two cores hand to each other, and
 * `events`, which the control core sets.
 */
#ifndef TRACK_STATE_H
#define TRACK_STATE_H

#include "duplicate.h"
#include "endpoint_event.h"
#include "endpoint_table.h"
#include "entry_count.h"
#include "entry_doubt.h"
#include "entry_rtt.h"
#include "entry_syn.h"
#include "flow_sweep.h"
#include "track.h"
#include "track_domain.h"
#include "track_emit.h"
#include "track_endpoint.h"
#include "track_evict.h"
#include "track_profile.h"
#include "track_role.h"
#include "trouble.h"

BASE_BEGIN_DECLS

/*
 * One order at a time from the control core to the worker. `turn` says whose turn it is. Control
 * writes the rest while it is TRACK_ORDER_FREE and then gives it away. The worker answers and gives
 * it back.
 */
enum track_order_kind { TRACK_ORDER_DROP, TRACK_ORDER_SETTINGS };
enum track_order_turn { TRACK_ORDER_FREE, TRACK_ORDER_GIVEN, TRACK_ORDER_DONE };

struct track_order {
	BASE_ALIGNED(BASE_CACHE_LINE) uint32_t turn; /* enum track_order_turn */
	uint32_t kind;                               /* enum track_order_kind */
	uint32_t number, generation;                 /* of the flow to drop */
	int32_t answer;
	struct track_settings settings;
};

#define TRACK_SILENT_US 10000000 /* a connection that was silent for so long may be forgotten */

/* Twice a burst: a backlog shrinks though every packet opens a flow. */
#define TRACK_DUE_MAX (2 * FLOW_BURST_MAX)

/* Flows whose time may have run out, until they are examined together (track.c). Worker alone. */
struct track_due {
	unsigned n;
	uint64_t since_us; /* when the first was found */
	uint32_t number[TRACK_DUE_MAX];
};

/* A burst under way (track_burst.c). Worker alone. */
struct track_burst_state {
	struct packet *packets;
	unsigned n;         /* packets; 0: no burst */
	unsigned m;         /* those with a flow: the arrays below hold them */
	unsigned n_further; /* in further[] */
	unsigned hop;       /* buckets that these are past their home */
	bool has_tunnels;   /* some of the packets are in one */
	bool has_domains;   /* some of the keys are of a domain */
	struct flow_burst keys;
	uint64_t hash[PACKET_BURST_MAX];
	uint64_t fingerprint[PACKET_BURST_MAX];  /* that a copy would have */
	duplicate_set *recent[PACKET_BURST_MAX]; /* where it would be remembered */
	uint32_t candidate[PACKET_BURST_MAX];    /* number of the entry, probably, or FLOW_NONE */
	uint8_t which[PACKET_BURST_MAX];         /* of packets[] */
	uint8_t dir[PACKET_BURST_MAX];           /* end that sent */
	uint8_t further[PACKET_BURST_MAX];       /* those that go past their home bucket */
};

struct track {
	/* worker: reads, each packet */
	struct flow_table *table;
	struct track_settings settings; /* worker: writes; control: reads duplicate_window_us */
	uint64_t quiet_us; /* no flow can be due, nor long idle, that had a packet within this */
	int keep;
	uint32_t worker;
	struct track_profile *profile;    /* NULL: nobody measures */
	uint64_t id_first, id_stride;     /* IDs are id_first + generation x id_stride + number */
	struct track_events *events;      /* control: writes; NULL: nobody listens */
	struct track_events *events_ring; /* control alone: the ring, in use or not */
	struct report_paths *paths; /* control alone: numbers of tunnels in rows; may be NULL */

	/* worker: writes; control: reads the clock and the counters */
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t now_us;
	uint64_t swept_us;
	struct track_counters counters;

	/* worker alone */
	uint64_t blind_us, blind_until_us; /* how long nobody polled, and when that ended */
	unsigned turn;                     /* which of the bursts waits to be moved */
	struct track_burst_state bursts[2];
	struct packet inlet[2][PACKET_BURST_MAX];
	struct track_due due;
	struct duplicate_memory duplicates;
	struct track_evict evict;
	struct entry_trouble_pool trouble;
	struct entry_rtt rtt;
	struct entry_doubts doubts;
	struct entry_syns syns;
	struct endpoint_events endpoint_events;
	struct troubles troubles;
	struct track_said said;
	struct domain_table domains;
	struct track_aliases aliases;
	struct packet_path inlet_paths[2][PACKET_BURST_MAX]; /* of the packets in inlet */

	struct endpoint_table endpoints;  /* endpoint_table.h says who writes what */
	struct endpoint_case_table cases; /* endpoint_case.h does */

	struct track_order order;
};

/* The engine's clock goes on to that time, and never back. Worker, hot. */
BASE_INLINE void
track_set_clock(struct track *track, uint64_t now_us)
{
	if (now_us > track->now_us)
		base_store_u64(&track->now_us, now_us);
}

/* The two states under which a flow is counted. */
struct track_pair {
	uint8_t client, server;
};

BASE_INLINE struct track_pair
track_pair(const struct entry *e)
{
	unsigned client = entry_client(e);

	return (struct track_pair){ (uint8_t)e->end[client].state, (uint8_t)e->end[!client].state };
}

BASE_INLINE void
track_count_in(struct track *track, struct track_pair pair)
{
	base_counter_add(&track->counters.client_state[pair.client], 1);
	base_counter_add(&track->counters.server_state[pair.server], 1);
}

BASE_INLINE void
track_count_out(struct track *track, struct track_pair pair)
{
	base_counter_add(&track->counters.client_state[pair.client], (uint64_t)-1);
	base_counter_add(&track->counters.server_state[pair.server], (uint64_t)-1);
}

BASE_INLINE void
track_count_move(struct track *track, unsigned from, unsigned to)
{
	base_counter_add(&track->counters.moves[from][to], 1);
}

/* Takes new settings and does what follows from them. Control before the start, then worker. */
void track_set_settings(struct track *track, const struct track_settings *settings);

/*
 * Opens a flow by its first packet, which came at `at_us`. Returns its number, or FLOW_NONE when no
 * room could be made. Worker.
 */
uint32_t track_open(struct track *track, const struct packet *pk, const struct flow_key *key,
                    uint64_t hash, unsigned dir, uint64_t at_us);

/* What a segment of end `dir` shows by its answer is news of its server's socket too. Worker. */
void track_share_news(struct track *track, const struct entry *e, unsigned dir);

/* The connection is timed, and a segment of end `dir` may answer. In its open write. Worker. */
BASE_INLINE void
track_answer_timed(struct track *track, struct entry *e, uint32_t number, unsigned dir,
                   const struct packet *pk)
{
	if (BASE_UNLIKELY(entry_rtt_answer(&track->rtt, e, number, dir, pk, track->now_us)))
		track_share_news(track, e, dir);
}

/*
 * A segment of end `dir` has shown that another connection has begun on the tuple of the flow
 * `number`. That flow is detached, and one is opened: by this segment, or by the SYN that it
 * answers, if that is kept. *number is then the new flow's; FLOW_NONE: there is no room. Returns
 * whether the segment has still to move it. Worker. track_reuse.c.
 */
bool track_reuse(struct track *track, uint32_t *number, const struct packet *pk, uint64_t hash,
                 unsigned dir);

/*
 * Moves a known connection by any segment, inside its open write; track_move.h has the short way of
 * ordinary ones. Returns 0 or one of two results by which nothing was moved or counted:
 * TCP_NEW_CONNECTION, the segment belongs to another connection of the same tuple, and TCP_COPY.
 * Worker.
 */
unsigned track_move_slowly(struct track *track, struct entry *e, uint32_t number,
                           const struct packet *pk, unsigned dir);

/* The mirror has shown a packet of a known flow, from end `dir`, twice. Worker. */
void track_duplicate(struct track *track, uint32_t number, unsigned dir);

/*
 * An ICMP error about a packet that `dir` sent, of the flow `number` or of none (FLOW_NONE). It is
 * kept on the flow and counted, nothing else. Worker. track_icmp.c.
 */
void track_icmp(struct track *track, uint32_t number, const struct packet *pk, unsigned dir);

/*
 * The ends whose bit is set in `changed` enter a state now. The entry holds the time of the later
 * change of the two ends; each end holds how much longer it has had its state. Worker.
 */
void track_set_since(struct entry *e, unsigned changed, uint64_t now_us);

/*
 * A flow may be of another class now: sets when it is due, and remembers it if it is cheap to lose.
 * Worker.
 */
BASE_INLINE void
track_follow_class(struct track *track, const struct entry *e, uint32_t number)
{
	enum track_class class_ = track_timer_class(e);

	flow_sweep_set_due(track->table, number, track->now_us,
	                   track_timer_deadline(&track->settings.timers, e, class_));
	track_evict_remember(&track->evict, track->table, class_, number);
	if (class_ == TRACK_CLASS_ESTABLISHED)
		track_evict_answered(&track->evict);
}

/*
 * The moment from which a flow is due. The time in which nobody polled is no silence of its hosts.
 * Worker.
 */
BASE_INLINE uint64_t
track_deadline(const struct track *track, const struct entry *e)
{
	enum track_class class_ = track_timer_class(e);
	uint64_t deadline = track_timer_deadline(&track->settings.timers, e, class_);

	if (e->last_us >= track->blind_until_us || class_ == TRACK_CLASS_CLOSED ||
	    class_ == TRACK_CLASS_TIME_WAIT)
		return deadline;
	return deadline + track->blind_us;
}

/* Forgets a flow. The caller counts why, and emits the event. Worker. */
void track_forget(struct track *track, uint32_t number, enum report_end_cause cause);

/* Forgets many flows, no number twice, and emits their events. The caller counts why. Worker. */
void track_forget_many(struct track *track, const uint32_t *numbers, unsigned n,
                       enum report_end_cause cause);

/* Takes the control core's order, if there is one. Worker. track_order.c. */
void track_order_poll(struct track *track);

/*
 * Does anybody listen (track_emit.h)? If so, the three functions below write a record: a flow is
 * there; a segment of `dir` that it has not counted yet has moved it on, or may have, from the
 * states `was` (a's, and b's << 8); it is about to be forgotten or replaced. Worker.
 */
BASE_INLINE bool
track_has_listener(const struct track *track)
{
	return __atomic_load_n(&track->events, __ATOMIC_ACQUIRE) != NULL;
}

BASE_INLINE void
track_emit_opened(struct track *track, uint32_t number)
{
	if (BASE_UNLIKELY(track_has_listener(track)))
		track_emit_write_opened(track, number);
}

BASE_INLINE void
track_emit_state(struct track *track, uint32_t number, const struct packet *pk, unsigned dir,
                 int was)
{
	if (BASE_UNLIKELY(track_has_listener(track)))
		track_emit_write_state(track, number, pk, dir, was);
}

BASE_INLINE void
track_emit_ended(struct track *track, uint32_t number, enum report_end_cause cause)
{
	if (BASE_UNLIKELY(track_has_listener(track)))
		track_emit_write_ended(track, number, cause);
}

BASE_END_DECLS

#endif
