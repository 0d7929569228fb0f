/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parser's door: a burst in, a verdict each.
 *
 *   packet_parse_burst -> packet_ordinary, or
 *                      -> packet_link -> packet_ethertype (VLAN tags) -> packet_ipv4, packet_ipv6
 *                      -> packet_transport (TCP, UDP) -> packet_icmp (what an error quotes)
 *
 * Tunnels will enter between IP and transport and go back to packet_ethertype or packet_ipv4 with
 * the inner bytes; reassembled fragments' ports will enter where PACKET_FRAGMENT is returned.
 *
 * Lengths on the wire lie, so each step compares what it wants to read with what is there, and what
 * is counted comes from the IP header: Ethernet's padding is never counted. Where a capture cut the
 * frame, the IP length is believed as far as the frame went on the wire, and nothing more is read.
 */

#include "packet_parse.h"
#include "packet_layer.h"

/* --- the ordinary frame ----------------------------------------------------------------------- */

#define ORDINARY_TYPE  12 /* where they stand in it */
#define ORDINARY_IP    14
#define ORDINARY_TCP   34
#define ORDINARY_BYTES 54 /* up to the end of TCP's header */

/* IPv4 behind Ethernet, of a header without options: 08 00 45, and a fourth byte that is TOS. */
BASE_INLINE int
packet_is_plain_ipv4(const uint8_t *p)
{
	return (base_be32(p + ORDINARY_TYPE) & 0xffffff00) == 0x08004500;
}

/* TCP with all of its header, neither a SYN, which has options to be read, nor a fragment. */
BASE_INLINE int
packet_is_plain_tcp(const uint8_t *ip, uint32_t total, uint32_t header)
{
	return ip[9] == PACKET_PROTO_TCP && (base_be16(ip + 6) & 0x1fff) == 0 &&
	       !(ip[20 + 13] & PACKET_TCP_SYN) && header >= 20 && 20 + header <= total;
}

/*
 * Nearly every packet there is: Ethernet without tags, IPv4 without options and TCP that is no SYN,
 * its headers all there. Says of it what the steps above say, with less than half of their
 * instructions. 0: it is another.
 */
BASE_INLINE int
packet_ordinary(struct packet *pk)
{
	const uint8_t *ip = pk->data + ORDINARY_IP, *tcp = pk->data + ORDINARY_TCP;
	uint32_t wire = pk->wire_len > pk->data_len ? pk->wire_len : pk->data_len;
	uint32_t total, header;

	if (pk->link != PACKET_LINK_ETHERNET || pk->data_len < ORDINARY_BYTES ||
	    !packet_is_plain_ipv4(pk->data))
		return 0;
	total = base_be16(ip + 2);
	header = (tcp[12] >> 4) * 4u;
	if (total > wire - ORDINARY_IP || !packet_is_plain_tcp(ip, total, header))
		return 0;
	pk->proto = PACKET_PROTO_TCP;
	pk->version = 4;
	pk->src_port = base_be16(tcp);
	pk->dst_port = base_be16(tcp + 2);
	pk->src[0] = pk->dst[0] = 0;
	pk->src[1] = base_raw32(ip + 12);
	pk->dst[1] = base_raw32(ip + 16);
	pk->ip_bytes = total;
	pk->payload_bytes = total - 20 - header;
	pk->seq = base_be32(tcp + 4);
	pk->ack = base_be32(tcp + 8);
	pk->window = base_be16(tcp + 14);
	pk->tcp_flags = tcp[13];
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	pk->ttl = ip[8];
	pk->vlan = PACKET_NO_VLAN;
	pk->ip_id = base_be16(ip + 4);
	pk->checksum = base_be16(tcp + 16);
	pk->l3_offset = ORDINARY_IP;
	return 1;
}

void
packet_parse_burst(struct packet *packets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		packets[i].verdict = packet_ordinary(&packets[i])
		                         ? PACKET_TRACKED
		                         : (uint8_t)packet_link(&packets[i]);
}
