/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The keys of a burst of packets: the first stage of the pipeline. Receivers that share packets out
 * between workers use it too.
 *
 * It stands between lib/packet and lib/flow, which know nothing of each other: addresses and ports
 * as the parser left them become columns of words that are hashed in vectors (flow_burst.h).
 */
#ifndef TRACK_KEY_H
#define TRACK_KEY_H

#include "flow_burst.h"
#include "packet.h"

BASE_BEGIN_DECLS

static_assert(FLOW_BURST_MAX >= PACKET_BURST_MAX, "a burst of packets is one of keys");

/*
 * Makes the keys of those packets that name a flow (packet_verdict_names_flow), in their order and
 * without their domains. Returns how many, m: keys 0 to m - 1, which[] (the packet of each) and
 * dir[] (1: sent by the greater endpoint) are filled; the rest of the three means nothing. All
 * three have room for n, which is at most PACKET_BURST_MAX. *has_tunnels: is any of the packets in
 * one? Any thread, hot.
 */
unsigned track_key_burst(const struct packet *packets, unsigned n, struct flow_burst *keys,
                         uint8_t *which, uint8_t *dir, bool *has_tunnels);

BASE_END_DECLS

#endif
