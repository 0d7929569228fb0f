/* SPDX-License-Identifier: BSD-3-Clause */
/* From bytes to struct packet and a verdict. Pure: no memory, clock or state; any thread. */
#ifndef DECODE_H
#define DECODE_H

#include "layer_settings.h"
#include "packet.h"

BASE_BEGIN_DECLS

enum decode_found {
	DECODE_FRAGMENTS = 1 << 0,
	DECODE_SEVERAL = 1 << 1, /* packets behind others in one frame (packet.more): decode_next */
};

/*
 * Decodes n packets in place. Each must have data, data_len, wire_len, link, time_us and path. With
 * the verdict PACKET_TRACKED every field that it promises is set; with others fields may be unset.
 * What is set is of the innermost packet: the flow's. With PACKET_ICMP_ERROR, src, dst, src_port,
 * dst_port, proto and, for TCP, seq are those of the quoted packet, so src is the end to which the
 * error goes. `icmp` is what the error says. version, vlan, ttl, ip_bytes and ip_id are the error's
 * own; every other number is 0. With PACKET_FRAGMENT and `fragment` not 0 the addresses, proto,
 * piece, fragment_id, ip_bytes and payload_bytes (what follows the IP header) are set. `tunnels`
 * and `fragment` always are. Nothing is read at or past data + data_len, whatever the headers
 * claim. Returns what was found among them: enum decode_found, or-ed. Any thread, hot.
 */
unsigned decode_burst(const struct layer_settings *settings, struct packet *packets, unsigned n);

/*
 * Makes `next` the packet number `part` of a frame that holds several: 1 to frame->more. `frame`
 * was decoded and its data is still there; of `next` only path is set. Any thread.
 */
void decode_next(const struct layer_settings *settings, const struct packet *frame, unsigned part,
                 struct packet *next);

/* One packet by the walk over its layers, without the short way of ordinary frames. Any thread. */
enum packet_verdict decode_walk(const struct layer_settings *settings, struct packet *pk);

BASE_END_DECLS

#endif
