/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP (RFC 9293 3.1) with the options that a tracker reads.
 *
 * MSS, window scale and SACK Permitted count only in a SYN; all other options are skipped. A
 * capture may end inside the options: what is there is read, and the segment is tracked. Pure, any
 * thread.
 */

#include "layer.h"

#define TCP_HEADER_MIN 20
#define WSCALE_MAX     14 /* RFC 7323 2.3 */

enum { TCP_OPT_END = 0, TCP_OPT_NOP = 1, TCP_OPT_MSS = 2, TCP_OPT_WSCALE = 3, TCP_OPT_SACK = 4 };

void
layer_tcp_options(struct packet *pk, const uint8_t *p, const uint8_t *end)
{
	while (p < end && *p != TCP_OPT_END) {
		unsigned size;

		if (*p == TCP_OPT_NOP) {
			p++;
			continue;
		}
		if (end - p < 2 || p[1] < 2 || p[1] > end - p)
			return;
		size = p[1];
		if (*p == TCP_OPT_MSS && size == 4)
			pk->mss = base_be16(p + 2);
		else if (*p == TCP_OPT_WSCALE && size == 3)
			pk->wscale = p[2] < WSCALE_MAX ? p[2] : WSCALE_MAX;
		else if (*p == TCP_OPT_SACK && size == 2)
			pk->tcp_flags |= PACKET_TCP_SACK;
		p += size;
	}
}

enum layer
layer_tcp(struct layer_walk *walk)
{
	const uint8_t *p = walk->p;
	struct packet *pk = walk->pk;
	uint32_t header;

	if (!layer_has(walk, TCP_HEADER_MIN))
		return layer_end(walk, PACKET_TCP_SHORT);
	header = (p[12] >> 4) * 4u;
	if (header < TCP_HEADER_MIN || header > walk->wire)
		return layer_end(walk, PACKET_TCP_HEADER);
	pk->proto = PACKET_PROTO_TCP;
	pk->src_port = base_be16(p);
	pk->dst_port = base_be16(p + 2);
	pk->seq = base_be32(p + 4);
	pk->ack = base_be32(p + 8);
	pk->tcp_flags = p[13];
	pk->window = base_be16(p + 14);
	pk->checksum = base_be16(p + 16);
	pk->payload_bytes = walk->wire - header;
	pk->stream_offset = walk->is_piece ? (uint32_t)(p - walk->piece_from) + header : header;
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	if (pk->tcp_flags & PACKET_TCP_SYN)
		layer_tcp_options(pk, p + TCP_HEADER_MIN,
		                  layer_has(walk, header) ? p + header : walk->end);
	return layer_end(walk, PACKET_TRACKED);
}
