/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any packets in any order and at any time, through the engine of one worker.
 *
 * An input is a program. Its first byte chooses settings. Then come records of four bytes, each a
 * packet between two of a few endpoints: which (in which network, from which end), its flags, its
 * numbers as seen from those that have passed, its length and window. A record whose top bit is set
 * is an order instead: the clock moves on or jumps, a burst ends, the worker polls, many flows open
 * at once, a packet comes again, an ICMP error quotes one, the control core drops a flow or brings
 * new settings. The table has room for 64 flows, so they give way to one another. Whatever comes,
 * all that is counted is right (fuzz_track_check.c), and when it is over no flow is left. A
 * libFuzzer target; fuzz_main.c runs it over kept inputs where there is no libFuzzer.
 */

#include <errno.h>

#include "fuzz_track.h"
#include "snapshot.h"
#include "snapshot_event.h"

#define FUZZ_PACKETS_MAX 256 /* of one input */
#define FUZZ_FLOOD_MAX   (FUZZ_TRACK_FLOWS + 16)
#define FUZZ_START_US    UINT64_C(1000000)
#define FUZZ_CLOCK_MAX   (ENTRY_TIME_MAX - (UINT64_C(1) << 45)) /* a year is left for the end */
#define FUZZ_ENDPOINTS   16
#define FUZZ_NETWORKS    4
#define FUZZ_ORDER       0x80
#define FUZZ_DAY_US      UINT64_C(86400000000)

/* What has passed of a pair of endpoints: the next number of either end. */
struct fuzz_pair {
	uint32_t next[2];
};

/* A run of one input. */
struct fuzz_run {
	struct fuzz_data data;
	struct track *track;
	uint64_t now_us, late_us; /* packets are that much older than the clock */
	uint64_t pushed;
	unsigned n, burst; /* packets in the inlet, and how many are a burst */
	struct packet last;
	uint64_t event;               /* place in the ring of events */
	struct track_counters before; /* when they were last checked */
	struct fuzz_pair pairs[FUZZ_ENDPOINTS];
};

static uint64_t
fuzz_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* --- packets ---------------------------------------------------------------------------------- */

static void
fuzz_push(struct fuzz_run *run)
{
	track_push(run->track, run->n);
	fuzz_track_touch(run->track);
	run->pushed += run->n;
	run->n = 0;
}

/* Hosts, ports and protocol of one of the pairs, as its client sends. */
static void
fuzz_endpoints(struct packet *pk, unsigned pair)
{
	bool is_ip6 = pair % 8 == 6;

	pk->version = is_ip6 ? 6 : 4;
	pk->proto = pair % 4 == 3 ? PACKET_PROTO_UDP : PACKET_PROTO_TCP;
	pk->src[0] = is_ip6 ? 0xfd : 0;
	pk->dst[0] = pk->src[0];
	pk->src[1] = 0x0100000a + (pair % 3);
	pk->dst[1] = pair % 5 == 4 ? pk->src[1] - 1 : 0x0200000a;
	pk->src_port = (uint16_t)(40000 + pair);
	pk->dst_port = pair % 2 ? 53 : 443;
	if (pair == 5) { /* a socket that is connected to itself */
		pk->dst[1] = pk->src[1];
		pk->dst_port = pk->src_port;
	}
}

static void
fuzz_turn(struct packet *pk)
{
	uint64_t addr[2] = { pk->src[0], pk->src[1] };
	uint16_t port = pk->src_port;

	memcpy(pk->src, pk->dst, sizeof(pk->src));
	memcpy(pk->dst, addr, sizeof(pk->dst));
	pk->src_port = pk->dst_port;
	pk->dst_port = port;
}

static void
fuzz_tunnel(struct packet *pk, enum packet_tunnel_kind kind, uint32_t id, unsigned dir)
{
	pk->path->level[pk->tunnels++] = (struct packet_tunnel){
		.src = { 0, 0x01000064 + dir },
		.dst = { 0, 0x01000065 - dir },
		.id = id,
		.kind = (uint8_t)kind,
		.version = 4,
		.has_id = 1,
	};
}

/* None, a VLAN, a network of its own, another one with a tunnel inside. */
static void
fuzz_network(struct packet *pk, unsigned network, unsigned dir)
{
	pk->vlan = network == 1 ? 10 : PACKET_NO_VLAN;
	pk->tunnels = 0;
	if (network >= 2)
		fuzz_tunnel(pk, PACKET_TUNNEL_VXLAN, 5 + network, dir);
	if (network == 3)
		fuzz_tunnel(pk, PACKET_TUNNEL_GTP, 9, dir);
}

/* Room for one packet more, with nothing in it but its room for tunnels and its time. */
static struct packet *
fuzz_room(struct fuzz_run *run)
{
	struct packet *pk;

	if (run->n == run->burst)
		fuzz_push(run);
	pk = &track_inlet(run->track)[run->n++];
	*pk = (struct packet){ .path = pk->path };
	pk->time_us = run->now_us - fuzz_least(run->late_us, run->now_us);
	pk->vlan = PACKET_NO_VLAN;
	pk->wscale = PACKET_NO_WSCALE;
	pk->verdict = PACKET_TRACKED;
	return pk;
}

static uint32_t
fuzz_number(uint32_t next, unsigned choice)
{
	static const uint32_t moves[16] = { 0,          0,          -1u,      1,
		                            2,          -2u,        100,      -100u,
		                            1460,       -1460u,     70000,    -70000u,
		                            0x3fffffff, 0x40000001, 1u << 31, 12345 };

	return next + moves[choice % 16];
}

static void
fuzz_lengths(struct packet *pk, unsigned choice)
{
	static const uint16_t lengths[8] = { 0, 0, 1, 2, 100, 1460, 9000, 65000 };
	static const uint16_t windows[4] = { 65535, 0, 1, 500 };
	unsigned headers = pk->proto == PACKET_PROTO_TCP ? 40 : 28;

	pk->payload_bytes = lengths[choice % 8];
	pk->ip_bytes = pk->payload_bytes + headers + (pk->version == 6 ? 20 : 0);
	pk->window = windows[choice / 8 % 4];
	pk->ip_id = (uint16_t)(choice / 32);
	pk->checksum = (uint16_t)(pk->seq ^ pk->ack ^ choice);
	pk->payload_mix = choice;
	pk->wire_len = pk->data_len = pk->ip_bytes;
}

/* Flags: the bits of the byte, but the two on top say which options a SYN has. */
static void
fuzz_segment(struct packet *pk, struct fuzz_pair *pair, unsigned dir, unsigned flags,
             unsigned numbers)
{
	pk->tcp_flags = flags & 0x3f;
	pk->seq = fuzz_number(pair->next[dir], numbers & 15);
	pk->ack = fuzz_number(pair->next[!dir], numbers >> 4);
	if (!(flags & PACKET_TCP_SYN))
		return;
	pk->tcp_flags |= flags & 0x40 ? PACKET_TCP_SACK : 0;
	pk->mss = flags & 0x80 ? 1460 : 0;
	pk->wscale = flags & 0x80 ? flags >> 3 & 14 : PACKET_NO_WSCALE;
}

/* The numbers after it, if it has gone on. */
static void
fuzz_follow(struct fuzz_pair *pair, const struct packet *pk, unsigned dir)
{
	uint32_t next = pk->seq + pk->payload_bytes + !!(pk->tcp_flags & PACKET_TCP_SYN) +
	                !!(pk->tcp_flags & PACKET_TCP_FIN);

	if ((int32_t)(next - pair->next[dir]) > 0 || (pk->tcp_flags & PACKET_TCP_SYN))
		pair->next[dir] = next;
}

static void
fuzz_packet(struct fuzz_run *run, unsigned who)
{
	unsigned pair = who % FUZZ_ENDPOINTS, network = who / FUZZ_ENDPOINTS % FUZZ_NETWORKS;
	unsigned flags = fuzz_data_byte(&run->data), numbers = fuzz_data_byte(&run->data);
	unsigned lengths = fuzz_data_byte(&run->data), dir = !!(lengths & FUZZ_ORDER);
	struct packet *pk = fuzz_room(run);

	fuzz_endpoints(pk, pair);
	if (dir)
		fuzz_turn(pk);
	fuzz_network(pk, network, dir);
	if (pk->proto == PACKET_PROTO_TCP)
		fuzz_segment(pk, &run->pairs[pair], dir, flags, numbers);
	fuzz_lengths(pk, lengths & ~(unsigned)FUZZ_ORDER);
	fuzz_follow(&run->pairs[pair], pk, dir);
	run->last = *pk;
}

/* --- orders ----------------------------------------------------------------------------------- */

static void
fuzz_clock(struct fuzz_run *run, uint64_t us)
{
	run->now_us = fuzz_least(run->now_us + us, FUZZ_CLOCK_MAX);
}

/* Up to half an hour, by a power of two. */
static void
fuzz_order_step(struct fuzz_run *run)
{
	fuzz_clock(run, UINT64_C(1) << fuzz_data_byte(&run->data) % 32);
}

static void
fuzz_order_jump(struct fuzz_run *run)
{
	fuzz_clock(run, fuzz_data_byte(&run->data) * FUZZ_DAY_US);
}

/* From now on packets come late: their times are before the clock's. */
static void
fuzz_order_late(struct fuzz_run *run)
{
	unsigned by = fuzz_data_byte(&run->data);

	run->late_us = by == 0 ? 0 : UINT64_C(1) << by % 40;
}

static void
fuzz_order_poll(struct fuzz_run *run)
{
	fuzz_push(run);
	track_poll(run->track, run->now_us);
}

static void
fuzz_order_flush(struct fuzz_run *run)
{
	fuzz_push(run);
	track_flush(run->track);
}

static void
fuzz_order_advance(struct fuzz_run *run)
{
	fuzz_order_flush(run);
	track_advance_part(run->track, run->now_us, 0, fuzz_data_byte(&run->data));
}

/* Flows of one client to many ports, all by the same first packet. */
static void
fuzz_order_flood(struct fuzz_run *run)
{
	unsigned n = fuzz_data_byte(&run->data) % FUZZ_FLOOD_MAX;
	unsigned flags = fuzz_data_byte(&run->data);
	unsigned from = fuzz_data_byte(&run->data);

	for (unsigned i = 0; i < n && run->pushed + run->n < FUZZ_PACKETS_MAX; i++) {
		struct packet *pk = fuzz_room(run);

		fuzz_endpoints(pk, flags & 0x80 ? 3 : 0);
		pk->dst_port = (uint16_t)(from * 16 + i);
		pk->tcp_flags = pk->proto == PACKET_PROTO_TCP ? flags & 0x3f : 0;
		pk->seq = i;
		if (flags & 0x40)
			fuzz_turn(pk);
		fuzz_lengths(pk, i % 2);
	}
}

/* The same packet, as a mirror copies it or as its sender repeats it. */
static void
fuzz_order_again(struct fuzz_run *run)
{
	unsigned how = fuzz_data_byte(&run->data), n = how % 16 + 1;

	for (unsigned i = 0; i < n && run->last.proto != 0; i++) {
		struct packet *pk = fuzz_room(run), was = *pk;

		*pk = run->last;
		pk->path = was.path;
		pk->time_us = was.time_us;
		pk->tunnels = 0;
		fuzz_network(pk, how >> 6, 0);
		pk->vlan = run->last.vlan;
		if (how & 0x10) /* the sender does it: another identification */
			pk->ip_id = (uint16_t)(pk->ip_id + i + 1);
		if (how & 0x20) /* and less of it is new each time */
			pk->seq -= i;
	}
}

static void
fuzz_order_icmp(struct fuzz_run *run)
{
	unsigned who = fuzz_data_byte(&run->data), kind = fuzz_data_byte(&run->data);
	struct packet *pk = fuzz_room(run);

	fuzz_endpoints(pk, who % FUZZ_ENDPOINTS);
	if (who & 0x80)
		fuzz_turn(pk);
	fuzz_network(pk, who / FUZZ_ENDPOINTS % FUZZ_NETWORKS, 0);
	pk->verdict = PACKET_ICMP_ERROR;
	pk->icmp = (uint8_t)(1 + kind % (PACKET_N_ICMP - 1));
	if (pk->proto == PACKET_PROTO_TCP)
		pk->seq =
		    fuzz_number(run->pairs[who % FUZZ_ENDPOINTS].next[!!(who & 0x80)], kind >> 4);
	pk->ip_bytes = pk->wire_len = pk->data_len = 56;
}

/* The worker takes what the control core has ordered at its next poll. */
static void
fuzz_answer(struct fuzz_run *run)
{
	fuzz_order_poll(run);
	fuzz_check(snapshot_answer(run->track) != -EINPROGRESS);
}

static void
fuzz_order_drop(struct fuzz_run *run)
{
	unsigned number = fuzz_data_byte(&run->data), generation = fuzz_data_byte(&run->data);
	uint64_t id = run->track->id_first + generation * run->track->id_stride + number;

	if (snapshot_order_drop(run->track, id) == 0)
		fuzz_answer(run);
}

/* By the bits of a byte. */
static void
fuzz_settings(struct track_settings *settings, unsigned choice)
{
	track_timers_init(&settings->timers);
	if (choice & 0x01)
		for (unsigned i = 0; i < TRACK_N_CLASSES; i++)
			settings->timers.us[i] = 1000u << i;
	settings->duplicate_window_us = choice & 0x02 ? 0 : choice & 0x04 ? 100 : 5000;
	settings->identity.vlan = choice & 0x08;
	settings->identity.tunnel = !(choice & 0x10);
}

static void
fuzz_order_settings(struct fuzz_run *run)
{
	struct track_settings settings = run->track->settings;

	fuzz_settings(&settings, fuzz_data_byte(&run->data));
	fuzz_check(snapshot_order_settings(run->track, &settings) == 0);
	fuzz_answer(run);
}

static void
fuzz_order_listen(struct fuzz_run *run)
{
	fuzz_order_flush(run);
	fuzz_check(snapshot_event_listen(run->track, fuzz_data_byte(&run->data) & 1) == 0);
}

/* All that has been written of what happened, as rows. */
static void
fuzz_order_read(struct fuzz_run *run)
{
	const struct snapshot_clock clock = { .now_us = run->now_us };
	struct report_full full;
	struct track_event event;
	uint64_t lost = 0;

	fuzz_order_flush(run);
	while (snapshot_event_read(run->track, &run->event, &event, &lost)) {
		snapshot_event_row(run->track, &clock, &event, &full);
		fuzz_check(full.row.client.state < REPORT_STATES);
		fuzz_check(full.row.server.state < REPORT_STATES);
	}
}

static void
fuzz_order_check(struct fuzz_run *run)
{
	fuzz_order_flush(run);
	fuzz_track_check(run->track, run->pushed, &run->before);
}

static void (*const fuzz_orders[])(struct fuzz_run *run) = {
	fuzz_order_step,     fuzz_order_step,   fuzz_order_jump,  fuzz_order_late,
	fuzz_push,           fuzz_order_poll,   fuzz_order_flush, fuzz_order_advance,
	fuzz_order_flood,    fuzz_order_again,  fuzz_order_icmp,  fuzz_order_drop,
	fuzz_order_settings, fuzz_order_listen, fuzz_order_read,  fuzz_order_check,
};

/* --- an input --------------------------------------------------------------------------------- */

static void
fuzz_program(struct fuzz_run *run)
{
	unsigned choice = fuzz_data_byte(&run->data);
	struct track_settings settings = run->track->settings;

	fuzz_settings(&settings, choice);
	track_set_settings(run->track, &settings);
	run->burst = choice & 0x80 ? PACKET_BURST_MAX : choice & 0x40 ? 5 : 1;
	if (choice & 0x20)
		fuzz_check(snapshot_event_listen(run->track, 1) == 0);
	run->event = snapshot_event_begin(run->track);
	while (fuzz_data_has(&run->data) && run->pushed + run->n < FUZZ_PACKETS_MAX) {
		unsigned what = fuzz_data_byte(&run->data);

		if (what & FUZZ_ORDER)
			fuzz_orders[what % BASE_COUNT_OF(fuzz_orders)](run);
		else
			fuzz_packet(run, what);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct track *track;
	struct fuzz_run run = { .data = { data, data + size }, .now_us = FUZZ_START_US };

	if (track == NULL)
		track = fuzz_track_create();
	for (unsigned i = 0; i < FUZZ_ENDPOINTS; i++) /* some begin shortly before the wrap */
		run.pairs[i] = (struct fuzz_pair){ { 1000 * i, i % 2 ? -50u : 50000 } };
	run.track = track;
	fuzz_program(&run);
	fuzz_order_check(&run);
	fuzz_order_read(&run);
	fuzz_track_check_quiet(track, &run.before);
	fuzz_track_empty(track);
	return 0;
}
