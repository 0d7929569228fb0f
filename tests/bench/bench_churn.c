/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Flows that come and go: new ones with as many expiring, whole TCP connections, a flood of SYNs.
 *
 * Timers are short and the clock is artificial, so that a table of the given size is in balance:
 * as many flows end each second as begin. Rates of the clock follow from the size of the table.
 */

#include <errno.h>
#include <stdlib.h>

#include "bench_drive.h"
#include "bench_groups.h"

#define CHURN_ROUNDS_MAX 99
#define CHURN_TIMER_US   500000
#define CHURN_SLOTS_MAX  65536 /* connections that are open at a time */
#define NS_PER_SEC       UINT64_C(1000000000)

struct churn {
	const struct bench *bench;
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_watch watch;
	uint32_t flows; /* size of the table */
	uint32_t next;  /* flow to be made */
	uint64_t drawn; /* random numbers */
	double cycles[CHURN_ROUNDS_MAX];
};

static int
churn_init(struct churn *churn, const struct bench *bench, const struct bench_options *options,
           const struct track_timers *timers)
{
	int error;

	*churn = (struct churn){ .bench = bench, .options = options };
	churn->flows = options->flows != 0 ? options->flows : bench->flows;
	if (bench_drive_room(churn->flows) == 0)
		return bench_fail(bench, -ENOMEM, "left out: too little memory is free");
	error = bench_drive_init(&churn->drive, options, churn->flows, timers);
	return error == 0 ? 0 : bench_fail(bench, error, "no memory");
}

static void
churn_print(struct churn *churn, double cycles)
{
	bench_json_begin(churn->bench->name);
	bench_json_number("flows", churn->flows, 0);
	bench_json_number("live", churn->drive.track->table->live, 0);
	bench_json_text("order", "random");
	bench_drive_figure(cycles);
}

static void
churn_print_end(const struct churn *churn)
{
	bench_json_number("rounds", churn->options->rounds, 0);
	bench_json_number("burst", churn->options->burst, 0);
	bench_json_number("preempted", (double)churn->watch.preempted, 0);
	bench_json_text("pages", bench_drive_pages(&churn->drive));
	bench_json_end();
}

/*
 * In balance: nothing was refused or evicted, and as many ended as began, but for those that
 * live.
 */
static int
churn_check(const struct churn *churn, uint64_t created)
{
	const struct track_counters *c = &churn->drive.track->counters;

	if (c->created != created || c->refused != 0 || c->evicted != 0)
		return bench_fail(churn->bench, -EPROTO, "flows were not created, or evicted");
	if (c->created - c->expired != churn->drive.track->table->live)
		return bench_fail(churn->bench, -EPROTO, "flows are missing");
	return bench_drive_check_tracked(&churn->drive, churn->bench);
}

/* --- new flows ------------------------------------------------------------------------------ */

static void
new_batches(struct churn *churn, unsigned udp, uint64_t packets, struct bench_watch *watch)
{
	for (uint64_t done = 0; done < packets; done += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			if (udp)
				bench_frame_udp(&churn->drive.frames, churn->next++, 0);
			else
				bench_frame_step(&churn->drive.frames, churn->next++, 0);
		}
		bench_drive_batch(&churn->drive, watch);
	}
}

static int
new_run(const struct bench *bench, const struct bench_options *options, unsigned udp)
{
	static struct churn churn;
	struct track_timers timers;
	int error;

	track_timers_init(&timers);
	timers.us[udp ? TRACK_CLASS_UDP_ONEWAY : TRACK_CLASS_SYN_SENT] = CHURN_TIMER_US;
	error = churn_init(&churn, bench, options, &timers);
	if (error != 0)
		return error;
	churn.drive.ns_per_packet = (uint32_t)(NS_PER_SEC * 4 / 3 / churn.flows);
	new_batches(&churn, udp, (uint64_t)churn.flows * 2, NULL);
	for (unsigned round = 0; round < options->rounds; round++) {
		new_batches(&churn, udp, options->packets, &churn.watch);
		churn.cycles[round] = bench_watch_lap(&churn.watch);
	}
	error = churn_check(&churn, churn.next);
	if (error == 0) {
		churn_print(&churn, bench_median(churn.cycles, options->rounds));
		churn_print_end(&churn);
	}
	bench_drive_fini(&churn.drive);
	return error;
}

static int
new_run_syn(const struct bench *bench, const struct bench_options *options)
{
	return new_run(bench, options, 0);
}

static int
new_run_udp(const struct bench *bench, const struct bench_options *options)
{
	return new_run(bench, options, 1);
}

/* --- whole connections ---------------------------------------------------------------------- */

struct churn_slot {
	uint32_t flow;
	unsigned step;
};

/* A random one of the open connections moves a step; where one is over another begins. */
static void
whole_batches(struct churn *churn, struct churn_slot *slots, uint32_t n_slots, uint64_t packets,
              struct bench_watch *watch)
{
	for (uint64_t done = 0; done < packets; done += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i++) {
			struct churn_slot *slot = &slots[bench_mix(churn->drawn++) % n_slots];

			if (slot->step == BENCH_STEPS)
				*slot = (struct churn_slot){ churn->next++, 0 };
			bench_frame_step(&churn->drive.frames, slot->flow, slot->step++);
		}
		bench_drive_batch(&churn->drive, watch);
	}
}

static int
whole_measure(struct churn *churn, struct churn_slot *slots, uint32_t n_slots)
{
	const struct bench_options *options = churn->options;
	const struct track_counters *c = &churn->drive.track->counters;
	double cycles;
	int error;

	whole_batches(churn, slots, n_slots, (uint64_t)churn->flows * BENCH_STEPS * 2, NULL);
	for (unsigned round = 0; round < options->rounds; round++) {
		whole_batches(churn, slots, n_slots, options->packets, &churn->watch);
		churn->cycles[round] = bench_watch_lap(&churn->watch);
	}
	error = churn_check(churn, churn->next);
	if (error == 0 && (c->gaps != 0 || c->retransmissions != 0))
		error = bench_fail(churn->bench, -EPROTO, "segments were not in order");
	if (error != 0)
		return error;
	cycles = bench_median(churn->cycles, options->rounds);
	churn_print(churn, cycles);
	bench_json_number("mconnections_per_sec", bench_mops(cycles) / BENCH_STEPS, 3);
	bench_json_number("open_at_a_time", n_slots, 0);
	churn_print_end(churn);
	return 0;
}

static int
whole_run(const struct bench *bench, const struct bench_options *options)
{
	static struct churn_slot slots[CHURN_SLOTS_MAX];
	static struct churn churn;
	struct track_timers timers;
	uint32_t n_slots;
	int error;

	track_timers_init(&timers);
	timers.us[TRACK_CLASS_TIME_WAIT] = CHURN_TIMER_US;
	error = churn_init(&churn, bench, options, &timers);
	if (error != 0)
		return error;
	n_slots = base_min_u32(CHURN_SLOTS_MAX, churn.flows / 8);
	for (uint32_t i = 0; i < n_slots; i++)
		slots[i] = (struct churn_slot){ 0, BENCH_STEPS };
	/* three connections in four entries each second, which live half a second and a sweep */
	churn.drive.ns_per_packet = (uint32_t)(NS_PER_SEC * 4 / 3 / churn.flows / BENCH_STEPS);
	error = whole_measure(&churn, slots, n_slots);
	bench_drive_fini(&churn.drive);
	return error;
}

/* --- flood ---------------------------------------------------------------------------------- */

/*
 * Half the table are open connections. Every other packet is one of theirs, every other a new
 * SYN. Once with timers that keep room in the table, once with the table full.
 */
struct flood {
	struct churn churn;
	struct bench_talk talk;
	struct bench_order order;
	uint64_t syns;
};

static void
flood_batches(struct flood *flood, uint64_t packets, struct bench_watch *watch)
{
	struct churn *churn = &flood->churn;

	for (uint64_t done = 0; done < packets; done += BENCH_BATCH) {
		for (unsigned i = 0; i < BENCH_BATCH; i += 2) {
			bench_frame_talk(&churn->drive.frames, &flood->talk,
			                 bench_order_next(&flood->order));
			bench_frame_step(&churn->drive.frames, churn->next++, 0);
		}
		flood->syns += BENCH_BATCH / 2;
		bench_drive_batch(&churn->drive, watch);
	}
}

static int
flood_init(struct flood *flood, const struct bench *bench, const struct bench_options *options,
           const struct track_timers *timers)
{
	uint32_t known;
	int error;

	*flood = (struct flood){ 0 };
	error = churn_init(&flood->churn, bench, options, timers);
	if (error != 0)
		return error;
	known = flood->churn.flows / 2;
	if (bench_talk_init(&flood->talk, known) != 0 ||
	    bench_order_random(&flood->order, known) != 0)
		return bench_fail(bench, -ENOMEM, "no memory");
	bench_drive_open(&flood->churn.drive, 0, known);
	flood->churn.next = known;
	return 0;
}

static void
flood_fini(struct flood *flood)
{
	bench_order_fini(&flood->order);
	bench_talk_fini(&flood->talk);
	bench_drive_fini(&flood->churn.drive);
}

/*
 * Not one connection was lost, and not one of its packets: that would have made a flow
 * midstream.
 */
static int
flood_check(const struct flood *flood)
{
	const struct bench_drive *drive = &flood->churn.drive;
	const struct track_counters *c = &drive->track->counters;

	if (bench_drive_check_tracked(drive, flood->churn.bench) != 0)
		return -EPROTO;
	if (c->client_state[REPORT_ESTABLISHED] != flood->talk.flows ||
	    c->created != flood->talk.flows + flood->syns)
		return bench_fail(flood->churn.bench, -EPROTO, "connections were lost");
	if (drive->track->table->live + TRACK_EVICT_MAX < flood->churn.flows)
		return bench_fail(flood->churn.bench, -EPROTO, "the table is not full");
	return 0;
}

static void
flood_rounds(struct flood *room, struct flood *full)
{
	const struct bench_options *options = full->churn.options;

	flood_batches(room, (uint64_t)room->churn.flows * 2, NULL);
	flood_batches(full, (uint64_t)full->churn.flows * 2, NULL);
	for (unsigned round = 0; round < options->rounds; round++) {
		flood_batches(room, options->packets, &room->churn.watch);
		flood_batches(full, options->packets, &full->churn.watch);
		room->churn.cycles[round] = bench_watch_lap(&room->churn.watch);
		full->churn.cycles[round] = bench_watch_lap(&full->churn.watch);
	}
}

static int
flood_print(struct flood *room, struct flood *full)
{
	const struct track_counters *c = &full->churn.drive.track->counters;
	unsigned rounds = full->churn.options->rounds;
	double with_room = bench_median(room->churn.cycles, rounds);
	double cycles = bench_median(full->churn.cycles, rounds);

	churn_print(&full->churn, cycles);
	bench_json_number("baseline_mpps", bench_mops(with_room), 2);
	bench_json_number("slowdown", cycles / with_room - 1, 3);
	bench_json_number("known", full->talk.flows, 0);
	bench_json_number("known_lost", 0, 0); /* flood_check saw to it */
	bench_json_number("evicted", (double)c->evicted, 0);
	bench_json_number("refused", (double)c->refused, 0);
	churn_print_end(&full->churn);
	return 0;
}

static int
flood_run(const struct bench *bench, const struct bench_options *options)
{
	static struct flood room, full;
	struct track_timers timers;
	int error;

	track_timers_init(&timers);
	error = flood_init(&full, bench, options, &timers);
	timers.us[TRACK_CLASS_SYN_SENT] = CHURN_TIMER_US / 5;
	if (error == 0)
		error = flood_init(&room, bench, options, &timers);
	if (error != 0)
		return error;
	/* 0.4 of the table in new flows each second, which live a tenth and at most two sweeps */
	room.churn.drive.ns_per_packet = (uint32_t)(NS_PER_SEC * 5 / 4 / room.churn.flows);
	flood_rounds(&room, &full);
	error = flood_check(&full);
	if (error == 0)
		error = flood_print(&room, &full);
	flood_fini(&room);
	flood_fini(&full);
	return error;
}

const struct bench bench_churn[] = {
	{ "new_syn", 8000000, new_run_syn },
	{ "new_udp", 8000000, new_run_udp },
	{ "connections", 2000000, whole_run },
	{ "syn_flood", 1u << 20, flood_run },
	{ NULL, 0, NULL },
};
