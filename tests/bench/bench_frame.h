/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of 64 bytes (60 and the frame check sequence), made from the number of their flow.
 *
 * A batch of frames is made outside of what is timed and lies in a small ring of memory, as a
 * NIC leaves frames in the last-level cache. Whatever the number of flows, a generator keeps
 * four bytes for each.
 */
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include "packet.h"

#define BENCH_FRAME_BYTES   60
#define BENCH_FRAME_STRIDE  64
#define BENCH_FRAME_PAYLOAD 6 /* of TCP: what is left of 60 bytes */
#define BENCH_BATCH         4096

struct bench_tuple {
	uint32_t addr[2]; /* client, server; host order */
	uint16_t port[2];
};

struct bench_frames {
	uint8_t *bytes; /* BENCH_BATCH frames, a stride apart */
	unsigned n;
	uint32_t serial;                 /* no two frames are copies of each other */
	const struct bench_tuple *given; /* tuples by flow, or NULL: made from the number */
};

/* The next packet of every flow, for connections that are open: data to and fro. */
struct bench_talk {
	uint32_t *visits; /* packets made so far, by flow */
	uint32_t flows;
};

/* Which flow each packet belongs to, round and round. */
struct bench_order {
	uint32_t *flow;
	uint32_t length, next;
};

/* 0 or -ENOMEM each. */
int bench_frames_init(struct bench_frames *frames);
void bench_frames_fini(struct bench_frames *frames);
int bench_talk_init(struct bench_talk *talk, uint32_t flows);
void bench_talk_fini(struct bench_talk *talk);

/* Each of the flows once, shuffled. */
int bench_order_random(struct bench_order *order, uint32_t flows);
/* `length` flows drawn with weight 1 / rank; ranks are given at random. */
int bench_order_zipf(struct bench_order *order, uint32_t flows, uint32_t length);
void bench_order_fini(struct bench_order *order);

/* A mixer of good quality: distinct numbers stay distinct. */
BASE_INLINE uint64_t
bench_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

BASE_INLINE uint32_t
bench_order_next(struct bench_order *order)
{
	uint32_t flow = order->flow[order->next++];

	if (order->next == order->length)
		order->next = 0;
	return flow;
}

/*
 * Adds one frame to the batch. `dir` 0 is from the client; seq and ack are relative to the two
 * ISNs of the flow.
 */
void bench_frame_tcp(struct bench_frames *frames, uint32_t flow, unsigned dir, unsigned flags,
                     uint32_t seq, uint32_t ack, unsigned payload);
void bench_frame_udp(struct bench_frames *frames, uint32_t flow, unsigned dir);

/* Step 0 to 8 of a whole connection: SYN, SYN-ACK, ACK, data both ways, FIN, ACK, FIN, ACK. */
#define BENCH_STEPS         9
#define BENCH_STEPS_OPENING 3
void bench_frame_step(struct bench_frames *frames, uint32_t flow, unsigned step);

/* The flow's packet number `visit`, from 0, after its opening. */
void bench_frame_visit(struct bench_frames *frames, uint32_t flow, uint32_t visit);

/* Its next one. */
void bench_frame_talk(struct bench_frames *frames, struct bench_talk *talk, uint32_t flow);

#endif
