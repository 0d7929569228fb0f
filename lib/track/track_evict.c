/* SPDX-License-Identifier: BSD-3-Clause */
/* Turns, ranks, rings, the hand, and the choice among them; see track_evict.h. Worker. */

#include "track_evict.h"

#define EVICT_NUMBER    UINT32_C(0xffffff) /* of a name, the rest is generation */
#define EVICT_BIT(rank) (UINT32_C(1) << (rank))
#define EVICT_STRANGERS (EVICT_BIT(TRACK_RANK_STRANGER) | EVICT_BIT(TRACK_RANK_YOUNG))
#define EVICT_ALL       (EVICT_BIT(TRACK_N_RANKS) - 1)
/* blocks more than the table has, after which every entry of a small one was returned */
#define EVICT_FLUSH ((FLOW_HAND_AHEAD + FLOW_HAND_BLOCK - 1) / FLOW_HAND_BLOCK)

static const struct {
	uint8_t rank, ring;
} evict_classes[TRACK_N_CLASSES] = {
	[TRACK_CLASS_CLOSED] = { TRACK_RANK_CLOSED, TRACK_RING_CLOSED },
	[TRACK_CLASS_SYN_SENT] = { TRACK_RANK_YOUNG, TRACK_RING_STRANGER },
	[TRACK_CLASS_SYN_RECEIVED] = { TRACK_RANK_YOUNG, TRACK_RING_STRANGER },
	[TRACK_CLASS_ESTABLISHED] = { TRACK_RANK_ESTABLISHED, TRACK_RING_NONE },
	[TRACK_CLASS_HALF_CLOSED] = { TRACK_RANK_HALF_CLOSED, TRACK_RING_NONE },
	[TRACK_CLASS_CLOSING] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_LAST_ACK] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_TIME_WAIT] = { TRACK_RANK_TIME_WAIT, TRACK_RING_TIME_WAIT },
	[TRACK_CLASS_MIDSTREAM] = { TRACK_RANK_STRANGER, TRACK_RING_STRANGER },
	[TRACK_CLASS_UDP_ONEWAY] = { TRACK_RANK_YOUNG, TRACK_RING_STRANGER },
	[TRACK_CLASS_UDP] = { TRACK_RANK_UDP, TRACK_RING_NONE },
};

/* --- turns ------------------------------------------------------------------------------------ */

#define EVICT_TURN_MIN_US 1000 /* what is opened at one moment is not idle at once */
#define EVICT_IDLE_PARTS  6    /* of half a turn, in eighths: newcomers are in use for at least */
#define EVICT_YOUNG_PARTS 1    /* and strangers are young */
#define EVICT_ANSWERS     128  /* flows opened, from which it is known whether they do */
#define EVICT_ANSWERED    16   /* strangers get answers, where one in so many does */

void
track_evict_end_part(struct track_turn *turn, uint64_t now_us)
{
	unsigned at = turn->parts++ % BASE_COUNT_OF(turn->time_us);

	turn->counted = turn->opened;
	turn->time_us[at] = now_us;
}

/* Room is wanted. */
static void
evict_press(struct track_evict *evict, uint64_t now_us)
{
	struct track_pressure *pressure = &evict->pressure;
	const struct track_turn *turn = &evict->turn;
	bool begins = pressure->last_us == 0 || now_us - pressure->last_us > TRACK_IDLE_US;

	pressure->last_us = now_us;
	if (!begins && turn->opened - pressure->opened < EVICT_ANSWERS)
		return;
	pressure->is_answered = !begins && (turn->answered - pressure->answered) * EVICT_ANSWERED >=
	                                       turn->opened - pressure->opened;
	pressure->opened = turn->opened;
	pressure->answered = turn->answered;
}

/*
 * Half a turn, or three quarters of the hand's last circuit if that is less: what was opened behind
 * the hand is older than that when it comes round. If it were not, the hand would pass it, and go
 * the faster the more it passed. But no less than `parts` eighths of half a turn.
 */
static uint64_t
evict_age_us(const struct track_hand *hand, uint64_t half_us, unsigned parts)
{
	uint64_t circuit_us = hand->circuit_us * 3 / 4, least_us = half_us * parts / 8;

	if (hand->circuit_us == 0 || circuit_us > half_us)
		return half_us;
	return circuit_us > least_us ? circuit_us : least_us;
}

struct track_moment
track_evict_moment(const struct track_evict *evict, uint64_t now_us)
{
	const struct track_turn *turn = &evict->turn;
	unsigned oldest = turn->parts % BASE_COUNT_OF(turn->time_us);
	struct track_moment moment = { now_us, UINT64_MAX, TRACK_IDLE_US, 0, TRACK_RANK_YOUNG };
	uint64_t half_us;

	if (turn->parts < TRACK_TURN_PARTS)
		return moment; /* not so many as the table has places */
	if (turn->parts == TRACK_TURN_PARTS)
		oldest = 0; /* it began with the first part */
	moment.turn_us = turn->time_us[oldest];
	half_us = (now_us - moment.turn_us + EVICT_TURN_MIN_US) / 2;
	if (half_us < TRACK_IDLE_US) {
		moment.idle_us = evict_age_us(&evict->all, half_us, EVICT_IDLE_PARTS);
		moment.young_us = evict_age_us(&evict->strangers, half_us, EVICT_YOUNG_PARTS);
	}
	if (evict->pressure.is_answered)
		moment.young = TRACK_RANK_PROMISING;
	return moment;
}

/* --- ranks ------------------------------------------------------------------------------------ */

/* Of what is missed when it is gone: is it in use, or idle since it came with all the others? */
static enum track_rank
evict_rank_of_missed(const struct entry *e, enum track_rank rank, const struct track_moment *moment)
{
	uint64_t idle_us = moment->now_us - e->last_us;
	bool is_new;

	if (idle_us >= TRACK_IDLE_US)
		return rank == TRACK_RANK_ESTABLISHED && (e->flags & ENTRY_MIDSTREAM)
		           ? TRACK_RANK_MIDSTREAM
		           : rank;
	is_new = entry_opened_us(e) >= moment->turn_us;
	if (idle_us < moment->idle_us)
		return is_new && idle_us >= moment->idle_us / 2 ? TRACK_RANK_RECENT
		                                                : TRACK_RANK_IN_USE;
	return is_new ? TRACK_RANK_NEWCOMER : TRACK_RANK_LATELY;
}

static enum track_rank
evict_rank_in_class(const struct track_timers *timers, const struct entry *e,
                    enum track_class class_, const struct track_moment *moment)
{
	enum track_rank rank = (enum track_rank)evict_classes[class_].rank;

	if (rank == TRACK_RANK_YOUNG)
		return entry_opened_us(e) + moment->young_us > moment->now_us ? moment->young
		                                                              : TRACK_RANK_STRANGER;
	if (rank > TRACK_RANK_YOUNG)
		return evict_rank_of_missed(e, rank, moment);
	if (class_ == TRACK_CLASS_TIME_WAIT &&
	    track_timer_deadline(timers, e, class_) <= moment->now_us)
		return TRACK_RANK_TIME_WAIT_DUE;
	return rank;
}

enum track_rank
track_evict_rank(const struct track_timers *timers, const struct entry *e,
                 const struct track_moment *moment)
{
	return evict_rank_in_class(timers, e, track_timer_class(e), moment);
}

/* --- a choice --------------------------------------------------------------------------------- */

/* For whom, and what was found. */
struct evict_choice {
	struct track_evict *evict;
	const struct flow_table *table;
	const struct track_timers *timers;
	struct track_moment moment;
	uint32_t *numbers;
	unsigned n, max;
	/* the best that the hand has met and not taken, the very best in front */
	unsigned n_best;
	struct evict_met {
		uint32_t number;
		enum track_rank rank;
		uint64_t last_us;
	} best[TRACK_EVICT_MAX];
};

/* Takes it, unless it is taken already: a ring may name a flow twice. */
static void
evict_take(struct evict_choice *choice, uint32_t number)
{
	for (unsigned i = 0; i < choice->n; i++)
		if (choice->numbers[i] == number)
			return;
	choice->numbers[choice->n++] = number;
}

/* --- rings ------------------------------------------------------------------------------------ */

/* Which flow: its number, and of the number's generation what there is room for. */
static uint32_t
evict_name(const struct flow_table *table, uint32_t number)
{
	static_assert(FLOW_CAPACITY_MAX < 1u << 24, "eight bits are left");
	return number | flow_table_cold(table, number)->generation << 24;
}

void
track_evict_remember(struct track_evict *evict, const struct flow_table *table,
                     enum track_class class_, uint32_t number)
{
	unsigned which = evict_classes[class_].ring;
	struct track_evict_ring *ring;

	if (which == TRACK_RING_NONE)
		return;
	ring = &evict->ring[which];
	ring->name[ring->head++ % TRACK_EVICT_RING] = evict_name(table, number);
	if (ring->head - ring->tail > TRACK_EVICT_RING)
		ring->tail = ring->head - TRACK_EVICT_RING;
}

/* Fetches the entries of the next candidates together. */
static void
evict_fetch(const struct track_evict_ring *ring, const struct evict_choice *choice)
{
	unsigned n = base_min_u32(ring->head - ring->tail, choice->max);

	for (unsigned i = 0; i < n; i++) {
		uint32_t name = ring->name[(ring->tail + i) % TRACK_EVICT_RING];

		flow_table_prefetch_entry(choice->table, name & EVICT_NUMBER);
		__builtin_prefetch(flow_table_cold(choice->table, name & EVICT_NUMBER), 1);
	}
}

/* The rank of the flow of that name; one that is gone is in use, as far as a ring is concerned. */
static enum track_rank
evict_rank_of(const struct evict_choice *choice, uint32_t name)
{
	const struct entry *e = entry_at(choice->table, name & EVICT_NUMBER);

	if (e->key.rest == 0 || evict_name(choice->table, name & EVICT_NUMBER) != name)
		return TRACK_RANK_IN_USE;
	return track_evict_rank(choice->timers, e, &choice->moment);
}

/*
 * Takes the oldest candidates of a ring up to a rank. One of a rank in `stay` is still too good,
 * and so are those behind it, which are younger. Of any other rank it is remembered no more.
 */
static void
evict_from_ring(struct evict_choice *choice, enum track_ring which, enum track_rank rank,
                uint32_t stay)
{
	struct track_evict_ring *ring = &choice->evict->ring[which];

	evict_fetch(ring, choice);
	for (; choice->n < choice->max && ring->tail != ring->head; ring->tail++) {
		uint32_t name = ring->name[ring->tail % TRACK_EVICT_RING];
		enum track_rank has = evict_rank_of(choice, name);

		if (has <= rank)
			evict_take(choice, name & EVICT_NUMBER);
		else if (stay >> has & 1)
			return;
	}
}

/* --- the hand --------------------------------------------------------------------------------- */

#define EVICT_OTHERS 16 /* one of so many victims may be any */

/* A sample is whole: which of these ranks were met less often than once in TRACK_EVICT_ONE_IN? */
static void
evict_end_sample(struct track_evict *evict, struct track_sample *sample, uint32_t ranks)
{
	evict->rare &= ~ranks;
	for (unsigned rank = 0; rank < TRACK_N_RANKS; rank++)
		if (sample->met[rank] * TRACK_EVICT_ONE_IN < sample->passed)
			evict->rare |= ranks & EVICT_BIT(rank);
	*sample = (struct track_sample){ 0 };
}

/* Maybe it has been at every block once more. */
static void
evict_pass(struct track_hand *hand, uint32_t blocks, uint64_t now_us)
{
	hand->sample.passed += blocks * FLOW_HAND_BLOCK;
	hand->passed += blocks;
	if (hand->passed < hand->at.blocks)
		return;
	hand->circuit_us = now_us - hand->began_us;
	if (hand->victims > hand->waited + hand->victims / EVICT_OTHERS)
		hand->circuit_us = 0; /* there are others than those to give way */
	hand->began_us = now_us;
	hand->passed = hand->victims = hand->waited = 0;
}

static bool
evict_is_rare(const struct track_evict *evict, enum track_rank rank)
{
	return evict->rare & EVICT_BIT(rank);
}

/* Of a lower rank, or of the same and idle for longer. */
static bool
evict_is_better(const struct evict_met *a, const struct evict_met *b)
{
	return a->rank < b->rank || (a->rank == b->rank && a->last_us < b->last_us);
}

static void
evict_note(struct evict_choice *choice, struct evict_met met)
{
	unsigned at = choice->n_best;

	if (met.rank == TRACK_RANK_IN_USE)
		return;
	if (at == choice->max && !evict_is_better(&met, &choice->best[--at]))
		return;
	for (; at > 0 && evict_is_better(&met, &choice->best[at - 1]); at--)
		choice->best[at] = choice->best[at - 1];
	choice->best[at] = met;
	choice->n_best += choice->n_best < choice->max;
}

static void
evict_examine(struct evict_choice *choice, struct track_hand *hand, uint32_t number,
              enum track_rank most)
{
	const struct entry *e = entry_at(choice->table, number);
	enum track_class class_;
	enum track_rank rank;

	if (e->key.rest == 0)
		return;
	class_ = track_timer_class(e);
	rank = evict_rank_in_class(choice->timers, e, class_, &choice->moment);
	hand->sample.met[rank]++;
	if (rank <= most) {
		evict_take(choice, number);
		hand->waited += evict_classes[class_].rank == TRACK_RANK_YOUNG;
	} else {
		evict_note(choice, (struct evict_met){ number, rank, e->last_us });
	}
}

/* For a stranger's rank the hand need not examine flows that have hours to live. */
static int16_t
evict_reach_ticks(const struct evict_choice *choice, bool is_stranger)
{
	static const uint8_t classes[] = { TRACK_CLASS_SYN_SENT, TRACK_CLASS_SYN_RECEIVED,
		                           TRACK_CLASS_MIDSTREAM, TRACK_CLASS_UDP_ONEWAY };
	uint64_t us = 0;

	for (unsigned i = 0; is_stranger && i < BASE_COUNT_OF(classes); i++)
		if (us < choice->timers->us[classes[i]])
			us = choice->timers->us[classes[i]];
	if (!is_stranger || us / FLOW_TICK_US >= FLOW_TICK_FAR)
		return FLOW_HAND_ALL;
	return (int16_t)(us / FLOW_TICK_US + 1);
}

/* Moves the hand on by at most n entries and lines of cold slots, and takes those up to a rank. */
static void
evict_by_hand(struct evict_choice *choice, enum track_rank most, uint32_t n)
{
	struct track_evict *evict = choice->evict;
	bool is_stranger = most == TRACK_RANK_STRANGER || most == TRACK_RANK_YOUNG;
	struct track_hand *hand = is_stranger ? &evict->strangers : &evict->all;
	uint32_t used = choice->table->used;
	struct flow_hand_reach reach = {
		.tick = flow_tick(choice->moment.now_us),
		.within = evict_reach_ticks(choice, is_stranger),
	};

	n = base_min_u32(n, evict->may_examine);
	evict->may_examine -= n;
	reach.blocks = base_min_u32(n, used / FLOW_HAND_BLOCK + EVICT_FLUSH);
	while (n > 0 && choice->n < choice->max) {
		uint32_t blocks = reach.blocks;
		uint32_t number = flow_hand_next(&hand->at, choice->table, &reach);

		blocks -= reach.blocks;
		evict_pass(hand, blocks, choice->moment.now_us);
		n -= base_min_u32(n, blocks + 1);
		if (number == FLOW_NONE)
			break;
		evict_examine(choice, hand, number, most);
	}
	evict->may_examine += n;
	if (hand->sample.passed >= base_min_u32(TRACK_EVICT_SAMPLE, used))
		evict_end_sample(evict, &hand->sample, is_stranger ? EVICT_STRANGERS : EVICT_ALL);
}

/* --- in which order --------------------------------------------------------------------------- */

/* In place of a ring: the hand, and the best that it has met. */
enum { EVICT_HAND = TRACK_N_RINGS, EVICT_BEST };

/* Who is asked for victims up to which rank, one after the other until one is found. */
static const struct {
	uint8_t from; /* enum track_ring, or one of the two above */
	uint8_t rank;
	uint32_t stay; /* ranks that stay in the ring */
} evict_order[] = {
	{ TRACK_RING_CLOSED, TRACK_RANK_CLOSED, 0 },
	{ TRACK_RING_TIME_WAIT, TRACK_RANK_TIME_WAIT_DUE, EVICT_BIT(TRACK_RANK_TIME_WAIT) },
	{ EVICT_HAND, TRACK_RANK_STRANGER, 0 },
	{ TRACK_RING_STRANGER, TRACK_RANK_STRANGER,
	  EVICT_BIT(TRACK_RANK_YOUNG) | EVICT_BIT(TRACK_RANK_PROMISING) },
	{ TRACK_RING_TIME_WAIT, TRACK_RANK_TIME_WAIT, 0 },
	{ EVICT_HAND, TRACK_RANK_YOUNG, 0 },
	{ TRACK_RING_STRANGER, TRACK_RANK_YOUNG, EVICT_BIT(TRACK_RANK_PROMISING) },
	{ EVICT_HAND, TRACK_RANK_NEWCOMER, 0 },
	{ EVICT_HAND, TRACK_RANK_MIDSTREAM, 0 },
	{ EVICT_HAND, TRACK_RANK_UDP, 0 },
	{ EVICT_HAND, TRACK_RANK_ESTABLISHED, 0 },
	{ EVICT_BEST, TRACK_RANK_RECENT, 0 },
	{ TRACK_RING_STRANGER, TRACK_RANK_PROMISING, 0 },
};

/*
 * How many entries the hand may examine for a rank. Of a rare one it takes what it meets on its
 * way, which has to go on, so that it is known what is rare.
 */
static uint32_t
evict_share(const struct evict_choice *choice, enum track_rank rank)
{
	uint32_t whole = choice->max * TRACK_EVICT_ONE_IN;
	bool is_in_ring = rank == TRACK_RANK_STRANGER || rank == TRACK_RANK_YOUNG;

	if (is_in_ring && choice->table->capacity <= TRACK_EVICT_RING)
		return 0; /* all of them are */
	if (!evict_is_rare(choice->evict, rank))
		return whole > TRACK_EVICT_SAMPLE / 4 ? whole : TRACK_EVICT_SAMPLE / 4;
	return rank == TRACK_RANK_STRANGER ? choice->max : 0;
}

static bool
evict_has_best(const struct evict_choice *choice, enum track_rank most)
{
	return choice->n > 0 || (choice->n_best > 0 && choice->best[0].rank <= most);
}

/* Of ranks that are all rare: the lowest that the hand meets, and of those the idlest. */
static void
evict_best(struct evict_choice *choice, enum track_rank most)
{
	while (!evict_has_best(choice, most) && choice->evict->may_examine > 0)
		evict_by_hand(choice, TRACK_RANK_CLOSED, TRACK_EVICT_SAMPLE / 4);
	if (choice->n > 0 || !evict_has_best(choice, most))
		return;
	for (unsigned i = 0; i < choice->n_best && choice->best[i].rank == choice->best[0].rank;
	     i++)
		evict_take(choice, choice->best[i].number);
}

static void
evict_ask(struct evict_choice *choice, unsigned i)
{
	enum track_rank rank = (enum track_rank)evict_order[i].rank;

	if (evict_order[i].from == EVICT_HAND)
		evict_by_hand(choice, rank, evict_share(choice, rank));
	else if (evict_order[i].from == EVICT_BEST)
		evict_best(choice, rank);
	else
		evict_from_ring(choice, (enum track_ring)evict_order[i].from, rank,
		                evict_order[i].stay);
}

unsigned
track_evict_choose(struct track_evict *evict, const struct flow_table *table,
                   const struct track_timers *timers, uint64_t now_us, uint32_t *numbers,
                   unsigned max)
{
	struct evict_choice choice;

	evict_press(evict, now_us);
	choice = (struct evict_choice){
		.evict = evict,
		.table = table,
		.timers = timers,
		.moment = track_evict_moment(evict, now_us),
		.numbers = numbers,
		.max = max,
	};

	for (unsigned i = 0; i < BASE_COUNT_OF(evict_order) && choice.n == 0; i++)
		evict_ask(&choice, i);
	evict->strangers.victims += choice.n;
	return choice.n;
}
