/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Room in a full table: the flow that is least missed gives way.
 *
 * Overview. What a stranger can make for one packet is missed least. The ranks, lowest first:
 *
 *	CLOSED           it is over
 *	TIME_WAIT_DUE    it is over, and its time too
 *	STRANGER         an unanswered or half-open SYN, one-way UDP; and all of which one
 *	                 direction and no opening was seen, in any state and however young
 *	TIME_WAIT
 *	YOUNG            strangers that may still be answered; not the last kind of them
 *	NEWCOMER         what came in the last turn and is idle since
 *	MIDSTREAM ...    idle, then UDP, ESTABLISHED, and half-closed connections last
 *	LATELY           in use within a minute, but idle for half a turn
 *	RECENT           what came in the last turn and is idle for a quarter of it
 *	PROMISING        what is YOUNG while strangers do get answers
 *	IN_USE           never a victim
 *
 * A turn is the time in which as many flows are opened as the table has places. In use is who had a
 * packet within a minute; of what came in the last turn, within half of that turn, if that is
 * less. No stranger is young for longer than that either. So a flood has no more than half a turn
 * for each of its flows, and a real connection has that for its answer. Where a flood is never
 * answered its own strangers go first, however young; where it is, what it leaves behind does.
 *
 *	rings      keep the newest of a rank, and give the oldest of those
 *	two hands  go round the table (flow_hand.h), one after strangers, one after all; what is
 *	           opened in a victim's place lies behind the hand that found it: so victims are
 *	           the oldest of their rank, with no list to be kept
 *
 * Where a rank is rare a hand would be slow and the ring has all of it; where it is not the hand
 * finds one soon. The one that is after strangers passes flows that have hours to live.
 *
 * A hand that passes what is too young comes round the sooner, and meets it too young again. So
 * where nobody else gives way, half a turn is no more than three quarters of the hand's last
 * circuit. Still it comes to stretches of the table that were filled at one time and where nothing
 * is old enough yet: there the idlest of those that it meets go, if they are RECENT.
 *
 * Life. All zero at first. What a ring says is checked when it is used, so nothing has to be taken
 * out of it when a flow changes its class or ends.
 *
 * Who writes and who reads. Worker, nobody else.
 *
 * Cost. Constant for each victim from a ring; up to TRACK_EVICT_ONE_IN entries, mostly in the order
 * of memory, for one of the hand's, and a bounded number of entries in one burst. Some victims are
 * taken at once, so that a flood waits for memory once for all of them: a few entries of a thousand
 * are then free a little early.
 */
#ifndef TRACK_EVICT_H
#define TRACK_EVICT_H

#include "flow_hand.h"
#include "track_timer.h"

BASE_BEGIN_DECLS

#define TRACK_EVICT_RING         4096     /* candidates remembered in each ring */
#define TRACK_EVICT_EXAMINED_MAX 2048     /* entries that the hand may examine in one burst */
#define TRACK_EVICT_ONE_IN       16       /* entries that a victim of the hand may cost */
#define TRACK_EVICT_SAMPLE       1024     /* entries from which it is known which ranks are rare */
#define TRACK_EVICT_MAX          16       /* victims at once, and at most one in 1024 entries */
#define TRACK_IDLE_US            60000000 /* a flow with a packet within a minute is in use */
#define TRACK_TURN_PARTS         8        /* of which the time is taken */

enum track_rank {
	TRACK_RANK_CLOSED,
	TRACK_RANK_TIME_WAIT_DUE,
	TRACK_RANK_STRANGER,
	TRACK_RANK_TIME_WAIT,
	TRACK_RANK_YOUNG,
	TRACK_RANK_NEWCOMER,
	TRACK_RANK_MIDSTREAM,
	TRACK_RANK_UDP,
	TRACK_RANK_ESTABLISHED,
	TRACK_RANK_HALF_CLOSED,
	TRACK_RANK_LATELY,
	TRACK_RANK_RECENT,
	TRACK_RANK_PROMISING,
	TRACK_RANK_IN_USE,
	TRACK_N_RANKS
};

/* Of the ranks that are remembered as they come to be so. */
enum track_ring {
	TRACK_RING_CLOSED,
	TRACK_RING_STRANGER,  /* young or not */
	TRACK_RING_TIME_WAIT, /* due or not, in the order in which they are due */
	TRACK_N_RINGS,
	TRACK_RING_NONE = TRACK_N_RINGS
};

/* The flows opened of late. A part of a turn is over when an eighth of the table was opened. */
struct track_turn {
	uint32_t opened, answered; /* so far: flows, and those that stopped being strangers */
	uint32_t counted;          /* of `opened`, in parts that are over */
	uint32_t parts;            /* that are over */
	uint64_t time_us[TRACK_TURN_PARTS + 1]; /* when each of the last ones ended */
};

/* While room is wanted: do strangers get answers? */
struct track_pressure {
	uint64_t last_us;          /* when room was wanted last; 0: never yet */
	uint32_t opened, answered; /* of track_turn, when this sample began */
	bool is_answered;          /* in the last one they did; after a quiet minute: no */
};

/* A moment, as ranks are judged. */
struct track_moment {
	uint64_t now_us;
	uint64_t turn_us;      /* the last turn began */
	uint64_t idle_us;      /* is who came in it, after so long; at most a minute */
	uint64_t young_us;     /* a stranger is for so long; 0: turns take minutes, and none is */
	enum track_rank young; /* YOUNG or PROMISING */
};

/* A hand, and what is known of its way. */
struct track_hand {
	struct flow_hand at;
	uint32_t passed;     /* blocks, in this circuit */
	uint64_t began_us;   /* this circuit */
	uint64_t circuit_us; /* the last one took so long; 0: it does not count */
	/* Of the one after strangers, in this circuit: */
	uint32_t victims; /* of whatever rank, whoever found them */
	uint32_t waited;  /* those of them that it found, and that had waited for an answer */
	struct track_sample {
		uint32_t passed; /* entries so far */
		uint32_t met[TRACK_N_RANKS];
	} sample;
};

struct track_evict {
	struct track_evict_ring {
		uint32_t head, tail; /* numbers put and taken so far */
		uint32_t name[TRACK_EVICT_RING];
	} ring[TRACK_N_RINGS];
	struct track_turn turn;
	struct track_pressure pressure;
	struct track_hand strangers, all; /* after whom they are */
	uint32_t may_examine;             /* entries, and lines of cold slots, in this burst */
	uint32_t rare;                    /* a bit for each rank: in the last sample it was */
};

/* This moment. Worker. */
struct track_moment track_evict_moment(const struct track_evict *evict, uint64_t now_us);

/* The rank of a flow at that moment. Worker. */
enum track_rank track_evict_rank(const struct track_timers *timers, const struct entry *e,
                                 const struct track_moment *moment);

/* A part of a turn is over. Worker. */
void track_evict_end_part(struct track_turn *turn, uint64_t now_us);

/* A flow was opened. Worker, hot. */
BASE_INLINE void
track_evict_opened(struct track_evict *evict, uint32_t capacity, uint64_t now_us)
{
	struct track_turn *turn = &evict->turn;

	if (BASE_UNLIKELY(++turn->opened - turn->counted >= capacity / TRACK_TURN_PARTS))
		track_evict_end_part(turn, now_us);
}

/* A flow is no stranger any more: both ends have shown that they are there. Worker, hot. */
BASE_INLINE void
track_evict_answered(struct track_evict *evict)
{
	evict->turn.answered++;
}

/* Remembers a flow that is now of this class, if the class has a ring. Worker, hot. */
void track_evict_remember(struct track_evict *evict, const struct flow_table *table,
                          enum track_class class_, uint32_t number);

/*
 * Chooses the flows that are least missed, each once: at most `max`. Returns how many; 0: there is
 * no victim. Worker.
 */
unsigned track_evict_choose(struct track_evict *evict, const struct flow_table *table,
                            const struct track_timers *timers, uint64_t now_us, uint32_t *numbers,
                            unsigned max);

BASE_END_DECLS

#endif
