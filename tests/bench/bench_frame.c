/* SPDX-License-Identifier: BSD-3-Clause */
/* Templates with a dozen fields written into them, and the orders of flows. */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench_frame.h"

#define FRAME_IP 14
#define FRAME_L4 34

static const uint8_t frame_template[BENCH_FRAME_BYTES] = {
	0x02, 0, 0, 0, 0, 0x02, 0x02, 0, 0,  0, 0, 0x01, 0x08, 0, /* Ethernet */
	0x45, 0, 0, 0, 0, 0,    0x40, 0, 61,                      /* IPv4, TTL */
};

static const uint8_t frame_udp_text[] = "what is the time, please";

/* Flags, sender and numbers relative to the ISNs: how a connection goes from SYN to TIME_WAIT. */
static const struct {
	uint8_t dir, flags, seq, ack, payload;
} frame_steps[BENCH_STEPS] = {
	{ 0, PACKET_TCP_SYN, 0, 0, 0 },
	{ 1, PACKET_TCP_SYN | PACKET_TCP_ACK, 0, 1, 0 },
	{ 0, PACKET_TCP_ACK, 1, 1, 0 },
	{ 0, PACKET_TCP_PSH | PACKET_TCP_ACK, 1, 1, BENCH_FRAME_PAYLOAD },
	{ 1, PACKET_TCP_PSH | PACKET_TCP_ACK, 1, 1 + BENCH_FRAME_PAYLOAD, BENCH_FRAME_PAYLOAD },
	{ 0, PACKET_TCP_FIN | PACKET_TCP_ACK, 1 + BENCH_FRAME_PAYLOAD, 1 + BENCH_FRAME_PAYLOAD, 0 },
	{ 1, PACKET_TCP_ACK, 1 + BENCH_FRAME_PAYLOAD, 2 + BENCH_FRAME_PAYLOAD, 0 },
	{ 1, PACKET_TCP_FIN | PACKET_TCP_ACK, 1 + BENCH_FRAME_PAYLOAD, 2 + BENCH_FRAME_PAYLOAD, 0 },
	{ 0, PACKET_TCP_ACK, 2 + BENCH_FRAME_PAYLOAD, 2 + BENCH_FRAME_PAYLOAD, 0 },
};

static void
frame_put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
frame_put32(uint8_t *p, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(p, &v, sizeof(v));
}

int
bench_frames_init(struct bench_frames *frames)
{
	*frames = (struct bench_frames){ .bytes = aligned_alloc(BENCH_FRAME_STRIDE,
		                                                BENCH_BATCH * BENCH_FRAME_STRIDE) };
	if (frames->bytes == NULL)
		return -ENOMEM;
	memset(frames->bytes, 0, BENCH_BATCH * BENCH_FRAME_STRIDE);
	return 0;
}

void
bench_frames_fini(struct bench_frames *frames)
{
	free(frames->bytes);
}

int
bench_talk_init(struct bench_talk *talk, uint32_t flows)
{
	talk->flows = flows;
	talk->visits = calloc(flows, sizeof(*talk->visits));
	return talk->visits == NULL ? -ENOMEM : 0;
}

void
bench_talk_fini(struct bench_talk *talk)
{
	free(talk->visits);
}

/* --- frames --------------------------------------------------------------------------------- */

/* Clients in 10.0.0.0/8, servers in 172.16.0.0/12; no tuple comes twice in 2^32 flows. */
static struct bench_tuple
frame_tuple(const struct bench_frames *frames, uint32_t flow)
{
	uint64_t mixed = bench_mix(flow);

	if (frames->given != NULL)
		return frames->given[flow];
	return (struct bench_tuple){
		{ 10u << 24 | (flow & 0xffffff), 0xac100000 | (mixed & 0xfffff) },
		{ (uint16_t)(1024 + (mixed >> 20) % 60000), (uint16_t)(443 + (flow >> 24)) },
	};
}

static uint32_t
frame_isn(uint32_t flow, unsigned dir)
{
	return (uint32_t)(bench_mix((uint64_t)flow + 1) >> 32 * dir);
}

/* Ethernet and IP; returns where the transport header goes. */
static uint8_t *
frame_begin(struct bench_frames *frames, uint32_t flow, unsigned dir, unsigned proto,
            unsigned length)
{
	uint8_t *p = frames->bytes + frames->n++ * BENCH_FRAME_STRIDE;
	struct bench_tuple tuple = frame_tuple(frames, flow);

	assert(frames->n <= BENCH_BATCH);
	memcpy(p, frame_template, sizeof(frame_template));
	frame_put16(p + FRAME_IP + 2, 20 + length);
	frame_put16(p + FRAME_IP + 4, frames->serial & 0xffff);
	p[FRAME_IP + 9] = (uint8_t)proto;
	frame_put32(p + FRAME_IP + 12, tuple.addr[dir]);
	frame_put32(p + FRAME_IP + 16, tuple.addr[!dir]);
	frame_put16(p + FRAME_L4, tuple.port[dir]);
	frame_put16(p + FRAME_L4 + 2, tuple.port[!dir]);
	return p + FRAME_L4;
}

/* Not a true checksum, but one that is never the same for two packets that are alike. */
static unsigned
frame_checksum(struct bench_frames *frames)
{
	return (frames->serial++ >> 16 & 0x7fff) + 1;
}

void
bench_frame_tcp(struct bench_frames *frames, uint32_t flow, unsigned dir, unsigned flags,
                uint32_t seq, uint32_t ack, unsigned payload)
{
	uint8_t *p = frame_begin(frames, flow, dir, PACKET_PROTO_TCP, 20 + payload);

	frame_put32(p + 4, frame_isn(flow, dir) + seq);
	frame_put32(p + 8, flags & PACKET_TCP_ACK ? frame_isn(flow, !dir) + ack : 0);
	p[12] = 5 << 4;
	p[13] = (uint8_t)flags;
	frame_put16(p + 14, 0xfa00);
	frame_put16(p + 16, frame_checksum(frames));
}

void
bench_frame_udp(struct bench_frames *frames, uint32_t flow, unsigned dir)
{
	const unsigned payload = BENCH_FRAME_BYTES - FRAME_L4 - 8;
	uint8_t *p = frame_begin(frames, flow, dir, PACKET_PROTO_UDP, 8 + payload);

	frame_put16(p + 4, 8 + payload);
	frame_put16(p + 6, frame_checksum(frames));
	memcpy(p + 8, frame_udp_text, payload);
}

void
bench_frame_step(struct bench_frames *frames, uint32_t flow, unsigned step)
{
	bench_frame_tcp(frames, flow, frame_steps[step].dir, frame_steps[step].flags,
	                frame_steps[step].seq, frame_steps[step].ack, frame_steps[step].payload);
}

/* The two ends take turns; which of them begins differs from flow to flow. */
void
bench_frame_visit(struct bench_frames *frames, uint32_t flow, uint32_t visit)
{
	unsigned first = bench_mix(flow) >> 63 & 1, dir = (visit & 1) ^ first;
	uint32_t sent[2];

	sent[first] = (visit + 1) / 2;
	sent[!first] = visit / 2;
	bench_frame_tcp(frames, flow, dir, PACKET_TCP_PSH | PACKET_TCP_ACK,
	                1 + BENCH_FRAME_PAYLOAD * sent[dir], 1 + BENCH_FRAME_PAYLOAD * sent[!dir],
	                BENCH_FRAME_PAYLOAD);
}

void
bench_frame_talk(struct bench_frames *frames, struct bench_talk *talk, uint32_t flow)
{
	bench_frame_visit(frames, flow, talk->visits[flow]++);
}

/* --- orders --------------------------------------------------------------------------------- */

static void
order_shuffle(uint32_t *numbers, uint32_t n)
{
	for (uint32_t i = n; i > 1; i--) {
		uint32_t j = (uint32_t)(bench_mix(UINT64_C(0x5eed00000000) + i) % i);
		uint32_t kept = numbers[i - 1];

		numbers[i - 1] = numbers[j];
		numbers[j] = kept;
	}
}

int
bench_order_random(struct bench_order *order, uint32_t flows)
{
	*order = (struct bench_order){ .flow = malloc(flows * sizeof(uint32_t)), .length = flows };
	if (order->flow == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < flows; i++)
		order->flow[i] = i;
	order_shuffle(order->flow, flows);
	return 0;
}

/* The first rank whose cumulated weight is above `at`. */
static uint32_t
order_rank(const double *cumulated, uint32_t n, double at)
{
	uint32_t low = 0, high = n - 1;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (cumulated[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int
bench_order_zipf(struct bench_order *order, uint32_t flows, uint32_t length)
{
	double *cumulated = malloc(flows * sizeof(double)), sum = 0;
	struct bench_order ranks;

	*order =
	    (struct bench_order){ .flow = malloc(length * sizeof(uint32_t)), .length = length };
	if (cumulated == NULL || order->flow == NULL || bench_order_random(&ranks, flows) != 0) {
		free(cumulated);
		bench_order_fini(order);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < flows; i++)
		cumulated[i] = sum += 1 / (double)(i + 1);
	for (uint32_t i = 0; i < length; i++) {
		double at = ldexp((double)(bench_mix(UINT64_C(0x21bf00000000) + i) >> 11), -53);

		order->flow[i] = ranks.flow[order_rank(cumulated, flows, at * sum)];
	}
	bench_order_fini(&ranks);
	free(cumulated);
	return 0;
}

void
bench_order_fini(struct bench_order *order)
{
	free(order->flow);
	order->flow = NULL;
}
