/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UDP (RFC 768): a flow of its own, or the wrapping of another packet if its port is a tunnel's.
 *
 * Whether it is one is only known once the packet inside has been read to its end. So the UDP
 * packet is kept as it is, and lib/decode comes back to it where the tunnel was none: a DNS server
 * on a tunnel's port stays a DNS server. Pure, any thread.
 */

#include "layer.h"

#define UDP_HEADER   8
#define UDP_WIRE_MAX 1500

/* The sender's word about the length, where it has one that can be. */
static uint32_t
layer_udp_length(const struct layer_walk *walk)
{
	uint32_t claimed = base_be16(walk->p + 4);

	/*
	 * 0: over IPv6 a jumbogram's (RFC 2675), and hosts take it of short ones too. Over IPv4 no
	 * host does: there it is an offload engine's, whose packets are longer than any on a wire.
	 */
	if (claimed == 0)
		return walk->pk->version == 6 || walk->pk->ip_bytes > UDP_WIRE_MAX ? walk->wire : 0;
	/* More than IP brought: the first fragment of a longer datagram, or a lie. IP is right. */
	return base_min_u32(claimed, walk->wire);
}

enum layer
layer_udp(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	struct packet *pk = walk->pk;
	unsigned tunnel;
	uint32_t length;

	if (!layer_has(walk, UDP_HEADER))
		return layer_end(walk, PACKET_UDP_SHORT);
	length = layer_udp_length(walk);
	if (length < UDP_HEADER)
		return layer_end(walk, PACKET_UDP_LENGTH);
	pk->proto = PACKET_PROTO_UDP;
	pk->src_port = base_be16(p);
	pk->dst_port = base_be16(p + 2);
	pk->checksum = base_be16(p + 6);
	pk->payload_bytes = length - UDP_HEADER;
	pk->tcp_flags = 0;
	layer_limit(walk, length);
	layer_take(walk, UDP_HEADER);
	pk->payload_mix = layer_udp_mix(walk->p, walk->end);
	tunnel = layer_settings_layer(walk->settings, pk->src_port, pk->dst_port);
	if (tunnel == 0 && layer_has(walk, 8) && layer_teredo_may_be(walk->p, pk->payload_bytes))
		tunnel = LAYER_TEREDO;
	if (tunnel == 0)
		return layer_end(walk, PACKET_TRACKED);
	walk->plain = *pk;
	walk->has_plain = true;
	return (enum layer)tunnel;
}
