/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a level of a tunnel costs, and what a fragment does.
 *
 * The packets are those of bench_known.c, with none to three levels of one kind of tunnel around
 * them, or UDP whole and in two fragments. Each way has flows of its own, so few that their entries
 * stay in the core's cache: what is measured are the layers, and what a network and a path cost the
 * engine. All ways take turns, so what disturbs one disturbs all.
 *
 * `cycles_per_packet` is the worker's turn from the frame's bytes to updated state, `decode` that
 * part of it which decode_burst takes, timed apart. A fragment is a packet.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_drive.h"
#include "bench_groups.h"
#include "decode.h"
#include "fragment.h"

#define LAYERS_ETHER       14
#define LAYERS_IP          20
#define LAYERS_UDP         8
#define LAYERS_STRIDE      256
#define LAYERS_ROUNDS_MAX  99
#define LAYERS_FIRST_PIECE 16 /* of the bytes behind IP: a multiple of 8 */

/* A kind of tunnel: what stands between the outer IP header and what it carries. */
struct layers_kind {
	const char *name;
	bool has_frames; /* it carries Ethernet; else IP */
	uint16_t port;   /* of UDP; 0: GRE */
	uint8_t size;
	uint8_t length_at; /* where the header says how much is behind it; 0: nowhere */
	uint8_t header[16];
};

static const struct layers_kind layers_vxlan = { "vxlan", true, 4789,
	                                         8,       0,    { 0x08, 0, 0, 0, 0, 0, 7, 0 } };
static const struct layers_kind layers_geneve = {
	"geneve", true, 6081, 8, 0, { 0, 0, 0x65, 0x58, 0, 0, 7, 0 }
};
static const struct layers_kind layers_erspan = {
	"erspan", true, 0, 16, 0, { 0x10, 0, 0x88, 0xbe, 0, 0, 0, 0, 0x10, 0, 0, 7 }
};
static const struct layers_kind layers_gre = { "gre", false, 0,
	                                       8,     0,     { 0x20, 0, 0x08, 0, 0, 0, 0, 7 } };
static const struct layers_kind layers_gtp = { "gtp", false, 2152,
	                                       8,     2,     { 0x30, 0xff, 0, 0, 0, 0, 0, 7 } };

/* The ways in which packets come. */
static const struct {
	const struct layers_kind *kind; /* NULL: no tunnel */
	unsigned levels;
	unsigned pieces; /* fragments of a datagram of UDP; 0: TCP */
} layers_ways[] = {
	{ NULL, 0, 0 },           { &layers_vxlan, 1, 0 },  { &layers_vxlan, 2, 0 },
	{ &layers_vxlan, 3, 0 },  { &layers_erspan, 1, 0 }, { &layers_erspan, 2, 0 },
	{ &layers_erspan, 3, 0 }, { &layers_gre, 1, 0 },    { &layers_gre, 2, 0 },
	{ &layers_gre, 3, 0 },    { &layers_geneve, 1, 0 }, { &layers_geneve, 2, 0 },
	{ &layers_geneve, 3, 0 }, { &layers_gtp, 1, 0 },    { &layers_gtp, 2, 0 },
	{ &layers_gtp, 3, 0 },    { NULL, 0, 1 },           { NULL, 0, 2 },
};

#define LAYERS_WAYS BASE_COUNT_OF(layers_ways)

/* Cycles of one way. */
struct layers_figures {
	double all[LAYERS_ROUNDS_MAX], decode[LAYERS_ROUNDS_MAX];
};

struct layers {
	const struct bench *bench;
	const struct bench_options *options;
	struct bench_drive drive;
	struct bench_talk talk;   /* of the flows of all ways */
	struct bench_order order; /* of the flows of one */
	struct fragment_table *fragments;
	uint8_t *bytes; /* BENCH_BATCH frames, a stride apart */
	uint16_t lengths[BENCH_BATCH];
	unsigned n;
	struct bench_watch watch, decode_watch;
	struct layers_figures figures[LAYERS_WAYS];
};

/* --- frames --------------------------------------------------------------------------------- */

static void
layers_put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Ethernet and IPv4 from one end of the tunnel to the other. Returns what is behind them. */
static uint8_t *
layers_put_outer(uint8_t *p, uint8_t proto, size_t length)
{
	static const uint8_t begin[LAYERS_ETHER + LAYERS_IP] = {
		0x02, 0, 0, 0, 0, 4,  0x02, 0, 0, 0,   0, 3, 0x08, 0,   0x45, 0, 0,
		0,    0, 1, 0, 0, 63, 0,    0, 0, 192, 0, 2, 1,    192, 0,    2, 2,
	};

	memcpy(p, begin, sizeof(begin));
	layers_put16(p + LAYERS_ETHER + 2, LAYERS_IP + length);
	p[LAYERS_ETHER + 9] = proto;
	return p + sizeof(begin);
}

/* Puts one level around the frame of n bytes. Returns its new length. */
static size_t
layers_wrap(uint8_t *frame, size_t n, const struct layers_kind *kind)
{
	size_t skip = kind->has_frames ? 0 : LAYERS_ETHER, udp = kind->port != 0 ? LAYERS_UDP : 0;
	size_t inside = n - skip, length = udp + kind->size + inside;
	uint8_t *p = frame + LAYERS_ETHER + LAYERS_IP + udp;

	memmove(p + kind->size, frame + skip, inside);
	memcpy(p, kind->header, kind->size);
	if (kind->length_at != 0)
		layers_put16(p + kind->length_at, inside);
	p = layers_put_outer(frame, kind->port != 0 ? PACKET_PROTO_UDP : 47, length);
	if (kind->port != 0) {
		layers_put16(p, 50000);
		layers_put16(p + 2, kind->port);
		layers_put16(p + 4, length);
		layers_put16(p + 6, 0);
	}
	return LAYERS_ETHER + LAYERS_IP + length;
}

/* Cuts the datagram at `frame`: its first piece, or what is behind that. Returns the length. */
static size_t
layers_cut(uint8_t *frame, unsigned piece)
{
	uint8_t *ip = frame + LAYERS_ETHER, *behind = ip + LAYERS_IP;
	size_t total = (size_t)ip[2] << 8 | ip[3], rest = total - LAYERS_IP - LAYERS_FIRST_PIECE;

	layers_put16(ip + 6, piece == 0 ? 0x2000 : LAYERS_FIRST_PIECE / 8);
	if (piece != 0)
		memmove(behind, behind + LAYERS_FIRST_PIECE, rest);
	layers_put16(ip + 2, LAYERS_IP + (piece == 0 ? LAYERS_FIRST_PIECE : rest));
	return BENCH_FRAME_BYTES; /* with Ethernet's padding */
}

/* The frame that was made last becomes one of this way, or several. */
static void
layers_take(struct layers *layers, unsigned way)
{
	const uint8_t *made = layers->drive.frames.bytes;
	size_t n = LAYERS_ETHER + ((size_t)made[LAYERS_ETHER + 2] << 8 | made[LAYERS_ETHER + 3]);
	unsigned pieces = layers_ways[way].pieces > 1 ? layers_ways[way].pieces : 1;

	layers->drive.frames.n = 0;
	for (unsigned piece = 0; piece < pieces; piece++) {
		uint8_t *frame = layers->bytes + (size_t)layers->n * LAYERS_STRIDE;
		size_t length = n < BENCH_FRAME_BYTES ? BENCH_FRAME_BYTES : n;

		memcpy(frame, made, length);
		if (layers_ways[way].levels > 0)
			length = n; /* padding stays outside of tunnels */
		for (unsigned level = 0; level < layers_ways[way].levels; level++)
			length = layers_wrap(frame, length, layers_ways[way].kind);
		if (pieces > 1)
			length = layers_cut(frame, piece);
		layers->lengths[layers->n++] = (uint16_t)length;
	}
}

/* --- the worker's turn ---------------------------------------------------------------------- */

static void
layers_receive(const struct layers *layers, struct packet *packets, unsigned at, unsigned n)
{
	uint64_t now_us = layers->drive.now_ns / 1000;

	for (unsigned i = 0; i < n; i++) {
		packets[i].data = layers->bytes + (size_t)(at + i) * LAYERS_STRIDE;
		packets[i].data_len = packets[i].wire_len = layers->lengths[at + i];
		packets[i].time_us = now_us;
		packets[i].link = PACKET_LINK_ETHERNET;
	}
}

/* As the daemon's worker does it. */
static void
layers_push_fragments(struct layers *layers, unsigned n)
{
	struct track *track = layers->drive.track;
	struct packet came[PACKET_BURST_MAX];
	struct packet_path paths[PACKET_BURST_MAX];
	unsigned taken = 0;

	for (unsigned i = 0; i < n; i++) {
		came[i].path = &paths[i];
		packet_copy(&came[i], &track_inlet(track)[i]);
	}
	do
		track_push(track,
		           fragment_burst(layers->fragments, came, n, &taken, track_inlet(track)));
	while (taken < n || fragment_is_ready(layers->fragments));
}

static void
layers_turn(struct layers *layers, unsigned at, unsigned n)
{
	struct bench_drive *drive = &layers->drive;
	struct packet *packets = track_inlet(drive->track);
	unsigned found;

	layers_receive(layers, packets, at, n);
	found = decode_burst(&drive->layers, packets, n);
	drive->now_ns += (uint64_t)n * drive->ns_per_packet;
	if (BASE_UNLIKELY(found & DECODE_FRAGMENTS))
		layers_push_fragments(layers, n);
	else
		track_push(drive->track, n);
	track_poll(drive->track, drive->now_ns / 1000);
}

/* The batch is decoded, and nothing else: those packets go nowhere. */
static void
layers_decode(struct layers *layers)
{
	struct packet *packets = track_inlet(layers->drive.track);
	unsigned burst = layers->drive.burst;

	bench_watch_start(&layers->decode_watch);
	for (unsigned at = 0; at < layers->n; at += burst) {
		unsigned n = base_min_u32(burst, layers->n - at);

		layers_receive(layers, packets, at, n);
		decode_burst(&layers->drive.layers, packets, n);
	}
	bench_watch_stop(&layers->decode_watch, layers->n);
}

static void
layers_send(struct layers *layers)
{
	unsigned burst = layers->drive.burst;

	bench_watch_start(&layers->watch);
	for (unsigned at = 0; at < layers->n; at += burst)
		layers_turn(layers, at, base_min_u32(burst, layers->n - at));
	track_flush(layers->drive.track);
	bench_watch_stop(&layers->watch, layers->n);
	layers->n = 0;
}

/* --- rounds --------------------------------------------------------------------------------- */

/* The next packet of a way, whole: of its flows, in random order. */
static void
layers_make(struct layers *layers, unsigned way)
{
	uint32_t flow = way * layers->order.length + bench_order_next(&layers->order);
	struct bench_frames *frames = &layers->drive.frames;

	if (layers_ways[way].pieces == 0)
		bench_frame_talk(frames, &layers->talk, flow);
	else
		bench_frame_udp(frames, flow, layers->talk.visits[flow]++ & 1);
	layers_take(layers, way);
}

static void
layers_round(struct layers *layers, unsigned way, unsigned round)
{
	uint32_t packets = layers->options->packets / LAYERS_WAYS;

	for (uint32_t done = 0; done < packets;) {
		while (layers->n < BENCH_BATCH - 1)
			layers_make(layers, way);
		done += layers->n;
		layers_decode(layers);
		layers_send(layers);
	}
	layers->figures[way].all[round] = bench_watch_lap(&layers->watch);
	layers->figures[way].decode[round] = bench_watch_lap(&layers->decode_watch);
}

static void
layers_open(struct layers *layers, unsigned way)
{
	for (uint32_t i = 0; i < layers->order.length && layers_ways[way].pieces == 0; i++) {
		for (unsigned step = 0; step < BENCH_STEPS_OPENING; step++) {
			bench_frame_step(&layers->drive.frames, way * layers->order.length + i,
			                 step);
			layers_take(layers, way);
		}
		if (layers->n > BENCH_BATCH - BENCH_STEPS_OPENING)
			layers_send(layers);
	}
	layers_send(layers);
}

static int
layers_check(const struct layers *layers)
{
	const struct track_counters *c = &layers->drive.track->counters;
	const struct fragment_counters *f = &layers->fragments->counters;

	if (bench_drive_check_tracked(&layers->drive, layers->bench) != 0)
		return -EPROTO;
	if (c->created != layers->talk.flows || c->gaps != 0 || c->retransmissions != 0)
		return bench_fail(layers->bench, -EPROTO,
		                  "packets were not of known flows in order");
	if (f->followed == 0 || f->waited + f->orphans + f->overlaps != 0)
		return bench_fail(layers->bench, -EPROTO, "fragments were not followed in order");
	return 0;
}

static void
layers_print(struct layers *layers, unsigned way)
{
	const struct layers_kind *kind = layers_ways[way].kind;
	struct layers_figures *figures = &layers->figures[way];
	unsigned rounds = layers->options->rounds;
	const char *plain = layers_ways[way].pieces > 1 ? "fragments" : "none";

	bench_json_begin(layers->bench->name);
	bench_json_text("way", kind != NULL ? kind->name : plain);
	bench_json_number("levels", layers_ways[way].levels, 0);
	bench_json_text("proto", layers_ways[way].pieces == 0 ? "tcp" : "udp");
	bench_json_number("flows", layers->order.length, 0);
	bench_drive_figure(bench_median(figures->all, rounds));
	bench_json_number("decode", bench_median(figures->decode, rounds), 1);
	bench_json_number("rounds", rounds, 0);
	bench_json_end();
}

static int
layers_init(struct layers *layers, const struct bench *bench, const struct bench_options *options)
{
	uint32_t flows = options->flows != 0 ? options->flows : bench->flows;
	int error = bench_drive_init(&layers->drive, options, flows * LAYERS_WAYS, NULL);

	layers->bench = bench;
	layers->options = options;
	layers->fragments = fragment_table_create();
	layers->bytes = aligned_alloc(BASE_CACHE_LINE, BENCH_BATCH * LAYERS_STRIDE);
	if (error == 0)
		error = bench_talk_init(&layers->talk, flows * LAYERS_WAYS);
	if (error == 0)
		error = bench_order_random(&layers->order, flows);
	if (error != 0 || layers->fragments == NULL || layers->bytes == NULL)
		return bench_fail(bench, error != 0 ? error : -ENOMEM, "no memory");
	return 0;
}

static void
layers_fini(struct layers *layers)
{
	free(layers->bytes);
	fragment_table_destroy(layers->fragments);
	bench_order_fini(&layers->order);
	bench_talk_fini(&layers->talk);
	bench_drive_fini(&layers->drive);
}

/* The first round warms up and is overwritten. */
static int
layers_run(const struct bench *bench, const struct bench_options *options)
{
	static struct layers layers;
	int error = layers_init(&layers, bench, options);

	for (unsigned way = 0; error == 0 && way < LAYERS_WAYS; way++)
		layers_open(&layers, way);
	for (unsigned round = 0; error == 0 && round <= options->rounds; round++)
		for (unsigned way = 0; way < LAYERS_WAYS; way++)
			layers_round(&layers, way, round > 0 ? round - 1 : 0);
	if (error == 0)
		error = layers_check(&layers);
	for (unsigned way = 0; error == 0 && way < LAYERS_WAYS; way++)
		layers_print(&layers, way);
	layers_fini(&layers);
	return error;
}

const struct bench bench_layers[] = {
	{ "layers", 500, layers_run },
	{ NULL, 0, NULL },
};
