/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Floods of strangers into a full table: what becomes of known and of new connections, how fast it
 * goes, and how long the table takes to be as before.
 *
 * Overview. A seventh of the table are known connections that talk all the time; up to 2,000 real
 * ones are opened while the flood lasts, are answered within up to 0.45 of the time in which the
 * table turns over, and talk from then on. The strangers fill the table five times more. A line for
 * each kind of flood and each rate; the rate is in tables a minute, on the artificial clock.
 *
 * Cost. A packet of a stranger is an event; known and real connections have their turns at fixed
 * numbers of strangers.
 */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "decode.h"
#include "entry.h"
#include "flow_burst.h"
#include "track_key.h"

#define FLOODS_TURNS     5
#define FLOODS_REAL      2000  /* or a sixteenth of the table */
#define FLOODS_WHOLE     0.999 /* of the real ones, at least */
#define FLOODS_ANSWERS   4     /* waiting times of real connections */
#define FLOODS_STEPS_MAX BENCH_STEPS
#define FLOODS_PERIOD_S  10 /* within which each connection talks, at the most */
#define FLOODS_QUIET_S   600

/* --- kinds ------------------------------------------------------------------------------------ */

struct flood_step {
	uint8_t dir, flags;
};

/* What one stranger sends; flags 0: UDP. */
struct flood_kind {
	const char *name;
	uint8_t n; /* packets; 0: all of bench_frame_step */
	struct flood_step step[3];
};

#define FLOOD_SYN PACKET_TCP_SYN
#define FLOOD_ACK PACKET_TCP_ACK
#define FLOOD_FIN PACKET_TCP_FIN
#define FLOOD_RST PACKET_TCP_RST

static const struct flood_kind flood_kinds[] = {
	{ "syn", 1, { { 0, FLOOD_SYN } } },
	{ "half_open", 2, { { 0, FLOOD_SYN }, { 1, FLOOD_SYN | FLOOD_ACK } } },
	{ "ack", 1, { { 0, FLOOD_ACK } } },
	{ "fin_ack", 1, { { 0, FLOOD_FIN | FLOOD_ACK } } },
	{ "syn_ack", 1, { { 1, FLOOD_SYN | FLOOD_ACK } } },
	{ "rst", 1, { { 0, FLOOD_RST } } },
	{ "syn_rst", 2, { { 0, FLOOD_SYN }, { 1, FLOOD_RST | FLOOD_ACK } } },
	{ "udp", 1, { { 0, 0 } } },
	{ "udp_both", 2, { { 0, 0 }, { 1, 0 } } },
	{ "ack_both", 2, { { 0, FLOOD_ACK }, { 1, FLOOD_ACK } } },
	{ "silent", 3, { { 0, FLOOD_SYN }, { 1, FLOOD_SYN | FLOOD_ACK }, { 0, FLOOD_ACK } } },
	{ "whole", 0, { { 0, 0 } } },
};

#define FLOOD_KINDS BASE_COUNT_OF(flood_kinds)

/* --- a run ------------------------------------------------------------------------------------ */

struct floods_case {
	unsigned kind;  /* FLOOD_KINDS: one after the other of them all */
	uint32_t flows; /* in the table */
	uint32_t known; /* of them */
	double per_sec; /* strangers */
};

struct floods {
	struct bench_drive drive;
	struct bench_watch watch;
	struct floods_case what;
	uint32_t real;          /* connections that are opened meanwhile */
	struct bench_talk talk; /* by flow: known ones, then real ones */
	uint32_t *talkers;      /* flows that talk by turns */
	uint32_t n_talkers, next_talker;
	uint32_t opened;                   /* real ones */
	uint32_t answered[FLOODS_ANSWERS]; /* of each waiting time, in the order of opening */
	uint64_t strangers, total;         /* so far, and in all */
	uint32_t turn;                     /* strangers in one */
	double talk_due;
	uint64_t bytes_before;
};

static void
floods_frames(struct floods *f, unsigned n)
{
	if (f->drive.frames.n + n > BENCH_BATCH)
		bench_drive_batch(&f->drive, &f->watch);
}

static void
floods_stranger(struct floods *f)
{
	const unsigned which =
	    f->what.kind < FLOOD_KINDS ? f->what.kind : (unsigned)(f->strangers % FLOOD_KINDS);
	const struct flood_kind *kind = &flood_kinds[which];
	uint32_t flow = f->what.known + f->real + (uint32_t)f->strangers;

	floods_frames(f, FLOODS_STEPS_MAX);
	for (unsigned i = 0; kind->n == 0 && i < BENCH_STEPS; i++)
		bench_frame_step(&f->drive.frames, flow, i);
	for (unsigned i = 0; i < kind->n; i++) {
		const struct flood_step *step = &kind->step[i];

		if (step->flags == 0)
			bench_frame_udp(&f->drive.frames, flow, step->dir);
		else
			bench_frame_tcp(&f->drive.frames, flow, step->dir, step->flags,
			                !(step->flags & FLOOD_SYN), 1, 0);
	}
	f->strangers++;
}

/* Strangers between the opening of a real connection and its answer. */
static uint64_t
floods_wait(const struct floods *f, unsigned which)
{
	static const double share[FLOODS_ANSWERS] = { 0.01, 0.15, 0.3, 0.45 };
	double most = 3 * f->what.per_sec, wait = share[which] * f->turn;

	return (uint64_t)(wait < most ? wait : most);
}

/* Real ones are opened evenly from the end of the first turn to one before the last. */
static uint64_t
floods_opens_at(const struct floods *f, uint32_t real)
{
	return f->turn + (uint64_t)real * (FLOODS_TURNS - 2) * f->turn / f->real;
}

static void
floods_real(struct floods *f)
{
	while (f->opened < f->real && floods_opens_at(f, f->opened) <= f->strangers) {
		floods_frames(f, 1);
		bench_frame_step(&f->drive.frames, f->what.known + f->opened++, 0);
	}
	for (unsigned which = 0; which < FLOODS_ANSWERS; which++) {
		uint32_t real = f->answered[which] * FLOODS_ANSWERS + which;

		if (real >= f->opened ||
		    floods_opens_at(f, real) + floods_wait(f, which) > f->strangers)
			continue;
		floods_frames(f, 2);
		bench_frame_step(&f->drive.frames, f->what.known + real, 1);
		bench_frame_step(&f->drive.frames, f->what.known + real, 2);
		f->answered[which]++;
		f->talkers[f->n_talkers++] = f->what.known + real;
	}
}

static void
floods_talk(struct floods *f)
{
	double period = f->turn / 4.0, most = FLOODS_PERIOD_S * f->what.per_sec;

	f->talk_due += f->n_talkers / (period < most ? period : most);
	for (; f->talk_due >= 1; f->talk_due--) {
		floods_frames(f, 1);
		bench_frame_talk(&f->drive.frames, &f->talk, f->talkers[f->next_talker]);
		f->next_talker = (f->next_talker + 1) % f->n_talkers;
	}
}

/* Nanoseconds of the artificial clock a packet; frames that are no stranger's take time, too. */
static void
floods_set_clock(struct floods *f)
{
	const struct bench_frames *frames = &f->drive.frames;
	uint64_t strangers = f->strangers, serial = frames->serial;

	while (f->strangers - strangers < BENCH_BATCH / FLOODS_STEPS_MAX / 2) {
		floods_stranger(f);
		floods_talk(f);
	}
	f->drive.ns_per_packet =
	    (uint32_t)(1e9 / f->what.per_sec * (double)(f->strangers - strangers) /
	               (double)(frames->serial - serial));
}

static int
floods_init(struct floods *f, const struct floods_case *what, const struct bench_options *options)
{
	int error;

	*f = (struct floods){ .what = *what, .turn = what->flows };
	f->real = base_min_u32(FLOODS_REAL, what->flows / 16);
	f->total = (uint64_t)FLOODS_TURNS * f->turn;
	f->talkers = malloc((what->known + f->real) * sizeof(*f->talkers));
	if (f->talkers == NULL || bench_talk_init(&f->talk, what->known + f->real) != 0)
		return -ENOMEM;
	error = bench_drive_init(&f->drive, options, what->flows, NULL);
	if (error != 0)
		return error;
	bench_drive_open(&f->drive, 0, what->known);
	for (f->n_talkers = 0; f->n_talkers < what->known; f->n_talkers++)
		f->talkers[f->n_talkers] = f->n_talkers;
	floods_set_clock(f);
	f->bytes_before = mallinfo2().uordblks;
	return 0;
}

static void
floods_fini(struct floods *f)
{
	bench_drive_fini(&f->drive);
	bench_talk_fini(&f->talk);
	free(f->talkers);
}

/* --- what became of them ---------------------------------------------------------------------- */

/* Open at both ends, its opening seen, and not a packet missed. */
static bool
floods_is_whole(const struct floods *f, uint32_t number, uint32_t flow)
{
	const struct entry *e;

	if (number == FLOW_NONE)
		return false;
	e = entry_at(f->drive.track->table, number);
	return e->end[0].state == TCPS_ESTABLISHED && e->end[1].state == TCPS_ESTABLISHED &&
	       !(e->flags & (ENTRY_MIDSTREAM | ENTRY_GAP)) &&
	       e->end[0].packets + e->end[1].packets == BENCH_STEPS_OPENING + f->talk.visits[flow];
}

/* How many flows first to last - 1 are whole. */
static uint32_t
floods_count_whole(struct floods *f, uint32_t first, uint32_t last)
{
	const struct flow_table *table = f->drive.track->table;
	uint32_t whole = 0;

	for (uint32_t flow = first; flow < last; flow++) {
		struct packet pk = { .data = f->drive.frames.bytes,
			             .data_len = BENCH_FRAME_BYTES,
			             .wire_len = BENCH_FRAME_BYTES,
			             .link = PACKET_LINK_ETHERNET };
		struct flow_burst keys;
		uint8_t which, dir;
		uint64_t hash;
		bool has_tunnels;
		struct flow_key key;

		f->drive.frames.n = 0;
		bench_frame_step(&f->drive.frames, flow, 0);
		decode_burst(&f->drive.layers, &pk, 1);
		track_key_burst(&pk, 1, &keys, &which, &dir, &has_tunnels);
		flow_hash_burst(&table->secret, &keys, 1, &hash);
		key = flow_burst_get(&keys, 0);
		whole += floods_is_whole(f, flow_table_find(table, &key, hash), flow);
	}
	f->drive.frames.n = 0;
	return whole;
}

/* Seconds until no more is in the table than what was known and real; or FLOODS_QUIET_S. */
static unsigned
floods_settle(struct floods *f)
{
	const uint32_t before = f->what.known + f->real;
	unsigned sec = 0;

	for (; sec < FLOODS_QUIET_S && f->drive.track->table->live > before; sec++)
		bench_drive_pass(&f->drive, 1000000, 1000);
	return sec;
}

/* 0 where nothing of what was promised was lost. */
static int
floods_print(struct floods *f, const struct bench *bench, double cycles)
{
	const struct track_counters *c = &f->drive.track->counters;
	uint32_t known = floods_count_whole(f, 0, f->what.known);
	uint32_t real = floods_count_whole(f, f->what.known, f->what.known + f->real);

	bench_json_begin(bench->name);
	bench_json_text("flood",
	                f->what.kind < FLOOD_KINDS ? flood_kinds[f->what.kind].name : "all");
	bench_json_number("flows", f->what.flows, 0);
	bench_json_number("strangers_per_sec", f->what.per_sec, 0);
	bench_json_number("tables_per_minute", f->what.per_sec * 60 / f->what.flows, 1);
	bench_drive_figure(cycles);
	bench_json_number("known", f->what.known, 0);
	bench_json_number("known_lost", f->what.known - known, 0);
	bench_json_number("real", f->real, 0);
	bench_json_number("real_whole", (double)real / f->real, 4);
	bench_json_number("evicted", (double)c->evicted, 0);
	bench_json_number("refused", (double)c->refused, 0);
	bench_json_number("memory_grown", (double)(mallinfo2().uordblks - f->bytes_before), 0);
	bench_json_number("settle_sec", floods_settle(f), 0);
	bench_json_number("preempted", (double)f->watch.preempted, 0);
	bench_json_text("pages", bench_drive_pages(&f->drive));
	bench_json_end();
	if (known == f->what.known && real >= f->real * FLOODS_WHOLE && c->refused == 0)
		return 0;
	return bench_fail(bench, -EPROTO, "connections were lost, or refused");
}

static int
floods_run_one(const struct bench *bench, const struct bench_options *options,
               const struct floods_case *what)
{
	static struct floods f;
	double cycles;
	int error = floods_init(&f, what, options);

	if (error != 0)
		return bench_fail(bench, error, "no memory");
	while (f.strangers < f.total) {
		floods_stranger(&f);
		floods_real(&f);
		floods_talk(&f);
	}
	bench_drive_batch(&f.drive, &f.watch);
	cycles = bench_watch_lap(&f.watch);
	error = floods_print(&f, bench, cycles);
	floods_fini(&f);
	return error;
}

/* Every kind and all at once, at three rates; then two that were seen to fill a table. */
static int
floods_run(const struct bench *bench, const struct bench_options *options)
{
	static const double rates[] = { 1, 8, 100 };
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	int error = 0;

	for (unsigned kind = 0; kind <= FLOOD_KINDS; kind++) {
		for (unsigned i = 0; i < BASE_COUNT_OF(rates); i++) {
			const struct floods_case what = { kind, flows, flows / 7,
				                          rates[i] * flows / 60 };

			error |= floods_run_one(bench, options, &what);
		}
	}
	return error;
}

static int
floods_run_seen(const struct bench *bench, const struct bench_options *options)
{
	static const struct floods_case seen[] = {
		{ 2, 32768, 5000, 8700 },
		{ 3, 32768, 5000, 8700 },
		{ 11, 3000000, 5000, 1000000 },
	};
	int error = 0;

	for (unsigned i = 0; !options->quick && i < BASE_COUNT_OF(seen); i++)
		error |= floods_run_one(bench, options, &seen[i]);
	return error;
}

const struct bench bench_floods[] = {
	{ "floods", 1u << 18, floods_run },
	{ "floods_seen", 0, floods_run_seen },
	{ NULL, 0, NULL },
};
