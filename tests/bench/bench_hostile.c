/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a packet costs that is made to cost: options, extension headers, tags and tunnels up to
 * where the parser stops, and floods of fragments.
 *
 * Each way has a burst of frames that are alike but for a number in them. Measured is what reads
 * them: decode_burst, and for fragments the table in which they wait. All ways take turns, so what
 * disturbs one disturbs all. `bytes` are those of the headers and `ratio` stands beside the plain
 * packet of TCP: what is read costs by the byte, and nothing more than that.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench_groups.h"
#include "decode.h"
#include "fragment.h"

#define HOSTILE_FRAME_MAX  2048
#define HOSTILE_ROUNDS_MAX 99
#define HOSTILE_BATCH      16 /* bursts between two readings of the clock */
#define HOSTILE_TUNNELS    8
#define HOSTILE_EXTENSIONS 16
#define HOSTILE_LABELS     16
#define HOSTILE_OPTIONS    40

struct hostile_frame {
	uint8_t bytes[HOSTILE_FRAME_MAX];
	uint16_t n;
};

static void
hostile_put(struct hostile_frame *frame, const void *bytes, size_t n)
{
	memcpy(frame->bytes + frame->n, bytes, n);
	frame->n = (uint16_t)(frame->n + n);
}

static void
hostile_put16(struct hostile_frame *frame, unsigned v)
{
	const uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	hostile_put(frame, bytes, 2);
}

static void
hostile_put_same(struct hostile_frame *frame, uint8_t byte, unsigned n)
{
	memset(frame->bytes + frame->n, byte, n);
	frame->n = (uint16_t)(frame->n + n);
}

static void
hostile_ether(struct hostile_frame *frame, unsigned type)
{
	hostile_put_same(frame, 2, 12);
	hostile_put16(frame, type);
}

/* IPv4 with so many bytes of options, all NOP; `length` bytes are behind it. */
static void
hostile_ip4(struct hostile_frame *frame, uint8_t proto, unsigned options, unsigned fragment,
            unsigned id, unsigned length)
{
	const uint8_t ends[] = { 192, 0, 2, 1, 192, 0, 2, 2 };
	const uint8_t ttl[] = { 64, proto, 0, 0 };

	hostile_put16(frame, 0x4500 + (options / 4 << 8));
	hostile_put16(frame, 20 + options + length);
	hostile_put16(frame, id);
	hostile_put16(frame, fragment);
	hostile_put(frame, ttl, sizeof(ttl));
	hostile_put(frame, ends, sizeof(ends));
	hostile_put_same(frame, 1, options);
}

static void
hostile_tcp(struct hostile_frame *frame, unsigned flags, unsigned options, unsigned number)
{
	hostile_put16(frame, 1024 + number);
	hostile_put16(frame, 443);
	hostile_put_same(frame, 1, 8);
	hostile_put16(frame, (5 + options / 4) << 12 | flags);
	hostile_put_same(frame, 1, 6);
	hostile_put_same(frame, 1, options); /* NOP */
}

/* --- ways ----------------------------------------------------------------------------------- */

static void
hostile_segment(struct hostile_frame *frame, unsigned fragment, unsigned flags, unsigned options,
                unsigned number)
{
	hostile_ether(frame, 0x0800);
	hostile_ip4(frame, PACKET_PROTO_TCP, 0, fragment, number, 20 + options);
	hostile_tcp(frame, flags, options, number);
}

static void
hostile_plain(struct hostile_frame *frame, unsigned number)
{
	hostile_segment(frame, 0, PACKET_TCP_ACK, 0, number);
}

static void
hostile_tcp_options(struct hostile_frame *frame, unsigned number)
{
	hostile_segment(frame, 0, PACKET_TCP_SYN, HOSTILE_OPTIONS, number);
}

static void
hostile_ip_options(struct hostile_frame *frame, unsigned number)
{
	hostile_ether(frame, 0x0800);
	hostile_ip4(frame, PACKET_PROTO_TCP, HOSTILE_OPTIONS, 0, number, 20);
	hostile_tcp(frame, PACKET_TCP_ACK, 0, number);
}

/* Destination options in a row, of eight bytes each. */
static void
hostile_extensions(struct hostile_frame *frame, unsigned number)
{
	hostile_ether(frame, 0x86dd);
	hostile_put16(frame, 0x6000);
	hostile_put16(frame, 0);
	hostile_put16(frame, HOSTILE_EXTENSIONS * 8 + 20);
	hostile_put16(frame, 60 << 8 | 64);
	hostile_put_same(frame, 0x20, 32);
	for (unsigned i = 1; i <= HOSTILE_EXTENSIONS; i++) {
		hostile_put16(frame, i < HOSTILE_EXTENSIONS ? 60 << 8 : PACKET_PROTO_TCP << 8);
		hostile_put_same(frame, 0, 6);
	}
	hostile_tcp(frame, PACKET_TCP_ACK, 0, number);
}

static void
hostile_labels(struct hostile_frame *frame, unsigned number)
{
	hostile_ether(frame, 0x8847);
	for (unsigned i = 1; i <= HOSTILE_LABELS; i++) {
		hostile_put16(frame, i);
		hostile_put16(frame, i < HOSTILE_LABELS ? 64 : 0x100 | 64);
	}
	hostile_ip4(frame, PACKET_PROTO_TCP, 0, 0, number, 20);
	hostile_tcp(frame, PACKET_TCP_ACK, 0, number);
}

/* VXLAN in VXLAN, as deep as is looked. */
static void
hostile_tunnels(struct hostile_frame *frame, unsigned number)
{
	const unsigned level = 14 + 20 + 8 + 8;

	for (unsigned i = HOSTILE_TUNNELS; i > 0; i--) {
		unsigned inside = (i - 1) * level + 14 + 20 + 20 + 8;

		hostile_ether(frame, 0x0800);
		hostile_ip4(frame, PACKET_PROTO_UDP, 0, 0, number, 8 + inside);
		hostile_put16(frame, 50000);
		hostile_put16(frame, 4789);
		hostile_put16(frame, 8 + inside);
		hostile_put16(frame, 0);
		hostile_put16(frame, 0x0800);
		hostile_put_same(frame, 0, 3);
		hostile_put_same(frame, (uint8_t)i, 2);
		hostile_put_same(frame, 0, 1);
	}
	hostile_plain(frame, number);
}

/* First pieces whose rest never comes. */
static void
hostile_firsts(struct hostile_frame *frame, unsigned number)
{
	hostile_segment(frame, 0x2000, PACKET_TCP_ACK, 4, number);
}

/* Later pieces whose first never comes. */
static void
hostile_laters(struct hostile_frame *frame, unsigned number)
{
	hostile_ether(frame, 0x0800);
	hostile_ip4(frame, PACKET_PROTO_TCP, 0, 0x2000 | 3, number, 24);
	hostile_put_same(frame, 0, 24);
}

/* All of one datagram: pieces wait for a first, which comes with every burst, and overlap. */
static void
hostile_overlaps(struct hostile_frame *frame, unsigned number)
{
	if (number % PACKET_BURST_MAX == PACKET_BURST_MAX - 1) {
		hostile_firsts(frame, number / PACKET_BURST_MAX);
		return;
	}
	hostile_ether(frame, 0x0800);
	hostile_ip4(frame, PACKET_PROTO_TCP, 0, 0x2000 | (3 + number % 5),
	            number / PACKET_BURST_MAX, 24);
	hostile_put_same(frame, 0, 24);
}

static const struct {
	const char *name;
	void (*make)(struct hostile_frame *frame, unsigned number);
	bool is_fragments;
} hostile_ways[] = {
	{ "plain", hostile_plain, false },           { "tcp-options", hostile_tcp_options, false },
	{ "ip-options", hostile_ip_options, false }, { "extensions", hostile_extensions, false },
	{ "labels", hostile_labels, false },         { "tunnels", hostile_tunnels, false },
	{ "first-pieces", hostile_firsts, true },    { "later-pieces", hostile_laters, true },
	{ "one-datagram", hostile_overlaps, true },
};

#define HOSTILE_WAYS BASE_COUNT_OF(hostile_ways)

/* --- bursts --------------------------------------------------------------------------------- */

struct hostile {
	const struct bench *bench;
	struct layer_settings layers;
	struct fragment_table *fragments;
	struct hostile_frame frames[HOSTILE_BATCH][PACKET_BURST_MAX];
	struct packet packets[PACKET_BURST_MAX], given[PACKET_BURST_MAX];
	struct packet_path paths[PACKET_BURST_MAX], given_paths[PACKET_BURST_MAX];
	struct bench_watch watch;
	double cycles[HOSTILE_WAYS][HOSTILE_ROUNDS_MAX];
	uint64_t now_us;
	unsigned number; /* of the next frame: no two datagrams of a flood are one */
	unsigned wrong;  /* packets that were not read to their end */
};

static void
hostile_make(struct hostile *hostile, unsigned way)
{
	for (unsigned b = 0; b < HOSTILE_BATCH; b++)
		for (unsigned i = 0; i < PACKET_BURST_MAX; i++) {
			hostile->frames[b][i].n = 0;
			hostile_ways[way].make(&hostile->frames[b][i], hostile->number++);
		}
}

static void
hostile_burst(struct hostile *hostile, unsigned b, unsigned way)
{
	unsigned taken = 0;

	for (unsigned i = 0; i < PACKET_BURST_MAX; i++) {
		struct packet *pk = &hostile->packets[i];

		pk->data = hostile->frames[b][i].bytes;
		pk->data_len = pk->wire_len = hostile->frames[b][i].n;
		pk->time_us = hostile->now_us++;
		pk->link = PACKET_LINK_ETHERNET;
	}
	decode_burst(&hostile->layers, hostile->packets, PACKET_BURST_MAX);
	while (hostile_ways[way].is_fragments &&
	       (taken < PACKET_BURST_MAX || fragment_is_ready(hostile->fragments)))
		fragment_burst(hostile->fragments, hostile->packets, PACKET_BURST_MAX, &taken,
		               hostile->given);
	if (!hostile_ways[way].is_fragments)
		hostile->wrong += hostile->packets[0].verdict != PACKET_TRACKED;
}

static void
hostile_round(struct hostile *hostile, unsigned way, unsigned round, uint32_t packets)
{
	for (uint32_t done = 0; done < packets; done += HOSTILE_BATCH * PACKET_BURST_MAX) {
		hostile_make(hostile, way);
		bench_watch_start(&hostile->watch);
		for (unsigned b = 0; b < HOSTILE_BATCH; b++)
			hostile_burst(hostile, b, way);
		bench_watch_stop(&hostile->watch, HOSTILE_BATCH * PACKET_BURST_MAX);
	}
	hostile->cycles[way][round] = bench_watch_lap(&hostile->watch);
}

static void
hostile_print(struct hostile *hostile, unsigned rounds)
{
	double plain = bench_median(hostile->cycles[0], rounds);

	for (unsigned way = 0; way < HOSTILE_WAYS; way++) {
		double cycles = bench_median(hostile->cycles[way], rounds);
		struct hostile_frame frame = { .n = 0 };

		hostile_ways[way].make(&frame, 0);
		bench_json_begin(hostile->bench->name);
		bench_json_text("way", hostile_ways[way].name);
		bench_json_number("bytes", frame.n, 0);
		bench_json_number("cycles_per_packet", cycles, 1);
		bench_json_number("cycles_per_byte", cycles / frame.n, 2);
		bench_json_number("ratio", cycles / plain, 2);
		bench_json_end();
	}
}

/* The first round warms up and is overwritten. */
static int
hostile_run(const struct bench *bench, const struct bench_options *options)
{
	struct hostile *hostile = calloc(1, sizeof(*hostile));
	int error = 0;

	if (hostile == NULL || (hostile->fragments = fragment_table_create()) == NULL) {
		free(hostile);
		return bench_fail(bench, -ENOMEM, "no memory");
	}
	hostile->bench = bench;
	layer_settings_init(&hostile->layers);
	for (unsigned i = 0; i < PACKET_BURST_MAX; i++) {
		hostile->packets[i].path = &hostile->paths[i];
		hostile->given[i].path = &hostile->given_paths[i];
	}
	for (unsigned round = 0; round <= options->rounds; round++)
		for (unsigned way = 0; way < HOSTILE_WAYS; way++)
			hostile_round(hostile, way, round > 0 ? round - 1 : 0,
			              options->packets / HOSTILE_WAYS);
	if (hostile->wrong > 0)
		error = bench_fail(bench, -EPROTO, "packets were not read to their end");
	else
		hostile_print(hostile, options->rounds);
	fragment_table_destroy(hostile->fragments);
	free(hostile);
	return error;
}

const struct bench bench_hostile[] = {
	{ "hostile", 0, hostile_run },
	{ NULL, 0, NULL },
};
