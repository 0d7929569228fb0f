/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP (RFC 9293 3.1) with the options that a tracker reads, and UDP (RFC 768).
 *
 * MSS, window scale and SACK Permitted count only in a SYN; all other options are skipped. A
 * capture may end inside the options: what is there is read, and the segment is tracked. Pure, any
 * thread.
 */

#include "packet_layer.h"

#define TCP_HEADER_MIN 20
#define UDP_HEADER     8
#define WSCALE_MAX     14 /* RFC 7323 2.3 */

enum { TCP_OPT_END = 0, TCP_OPT_NOP = 1, TCP_OPT_MSS = 2, TCP_OPT_WSCALE = 3, TCP_OPT_SACK = 4 };

static void
packet_tcp_options(struct packet *pk, const uint8_t *p, const uint8_t *end)
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

static enum packet_verdict
packet_tcp(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t length)
{
	uint32_t header;

	if (end - p < TCP_HEADER_MIN || length < TCP_HEADER_MIN)
		return PACKET_TCP_SHORT;
	header = (p[12] >> 4) * 4u;
	if (header < TCP_HEADER_MIN || header > length)
		return PACKET_TCP_HEADER;
	pk->proto = PACKET_PROTO_TCP;
	pk->src_port = base_be16(p);
	pk->dst_port = base_be16(p + 2);
	pk->seq = base_be32(p + 4);
	pk->ack = base_be32(p + 8);
	pk->tcp_flags = p[13];
	pk->window = base_be16(p + 14);
	pk->checksum = base_be16(p + 16);
	pk->payload_bytes = length - header;
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	if (pk->tcp_flags & PACKET_TCP_SYN)
		packet_tcp_options(pk, p + TCP_HEADER_MIN,
		                   end - p < (ptrdiff_t)header ? end : p + header);
	return PACKET_TRACKED;
}

/* Mixes the first sixteen bytes: enough for the sequence number of a protocol inside. */
static uint64_t
packet_udp_mix(const uint8_t *p, const uint8_t *end)
{
	uint8_t few[16] = { 0 };

	if (end - p < 16)
		p = memcpy(few, p, (size_t)(end - p));
	return base_raw64(p) ^ base_raw64(p + 8) << 1;
}

static enum packet_verdict
packet_udp(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t length)
{
	uint32_t claimed;

	if (end - p < UDP_HEADER || length < UDP_HEADER)
		return PACKET_UDP_SHORT;
	claimed = base_be16(p + 4);
	if (claimed == 0) /* RFC 2675 jumbograms, and offload engines */
		claimed = length;
	if (claimed < UDP_HEADER)
		return PACKET_UDP_LENGTH;
	pk->proto = PACKET_PROTO_UDP;
	pk->src_port = base_be16(p);
	pk->dst_port = base_be16(p + 2);
	pk->checksum = base_be16(p + 6);
	/* More than IP brought: the first fragment of a longer datagram, or a lie. IP is right. */
	pk->payload_bytes = base_min_u32(claimed, length) - UDP_HEADER;
	pk->tcp_flags = 0;
	pk->payload_mix = packet_udp_mix(p + UDP_HEADER, end);
	return PACKET_TRACKED;
}

enum packet_verdict
packet_transport(struct packet *pk, unsigned protocol, const uint8_t *p, const uint8_t *end,
                 uint32_t length)
{
	if (end < p)
		end = p;
	if (protocol == PACKET_PROTO_TCP)
		return packet_tcp(pk, p, end, length);
	if (protocol == PACKET_PROTO_UDP)
		return packet_udp(pk, p, end, length);
	if (protocol == PACKET_PROTO_ICMP || protocol == PACKET_PROTO_ICMP6)
		return packet_icmp(pk, protocol, p, end);
	return PACKET_OTHER_PROTOCOL;
}
