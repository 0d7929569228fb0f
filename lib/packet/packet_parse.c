/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The entrance of the parser: a burst comes in, and each packet gets a verdict.
 *
 * Overview. packet_parse_burst tries the ordinary frame first and walks through the layers
 * otherwise:
 *
 *	packet_parse_burst -> packet_ordinary, or
 *	                   -> packet_link -> packet_ethertype (VLAN tags)
 *	                   -> packet_ipv4, packet_ipv6
 *	                   -> packet_transport (TCP, UDP) -> packet_icmp (what an error quotes)
 *
 * Lengths on the wire lie. So each step compares what it wants to read with what is there. Bytes
 * are counted by the IP header: Ethernet's padding is never counted. Where a capture cut the frame,
 * the IP length is believed as far as the frame went on the wire, and nothing behind the cut is
 * read. Tunnels will enter between IP and transport and return to packet_ethertype or packet_ipv4
 * with the inner bytes. The ports of reassembled fragments will enter where PACKET_FRAGMENT is
 * returned.
 *
 * Life. None: nothing is kept between two packets.
 *
 * Who writes and who reads. It writes the packets that it is given. Any thread.
 *
 * Cost. The ordinary frame takes less than half of the instructions of the walk. No allocation,
 * lock, system call or clock.
 */

#include "packet_parse.h"
#include "packet_layer.h"

/* --- the ordinary frame ---------------------------------------------------------------------- */

#define ORDINARY_TYPE  12 /* where they begin in the frame */
#define ORDINARY_IP    14
#define ORDINARY_TCP   34
#define ORDINARY_BYTES 54 /* up to the end of TCP's header */
#define ORDINARY_NOT   -1

/*
 * Is it IPv4 behind Ethernet, with a header without options (08 00 45, and a fourth byte that is
 * TOS), in one piece, and no longer than the frame?
 */
BASE_INLINE bool
packet_is_plain_ipv4(const struct packet *pk, const uint8_t *ip, uint32_t total)
{
	uint32_t wire = pk->wire_len > pk->data_len ? pk->wire_len : pk->data_len;

	return (base_be32(pk->data + ORDINARY_TYPE) & 0xffffff00) == 0x08004500 &&
	       (base_be16(ip + 6) & 0x1fff) == 0 && total <= wire - ORDINARY_IP;
}

BASE_INLINE void
packet_plain_ipv4(struct packet *pk, const uint8_t *ip, uint32_t total)
{
	pk->version = 4;
	pk->src[0] = pk->dst[0] = 0;
	pk->src[1] = base_raw32(ip + 12);
	pk->dst[1] = base_raw32(ip + 16);
	pk->ip_bytes = total;
	pk->ttl = ip[8];
	pk->vlan = PACKET_NO_VLAN;
	pk->ip_id = base_be16(ip + 4);
	pk->l3_offset = ORDINARY_IP;
}

BASE_INLINE void
packet_plain_tcp(struct packet *pk, const uint8_t *tcp, uint32_t payload)
{
	pk->proto = PACKET_PROTO_TCP;
	pk->src_port = base_be16(tcp);
	pk->dst_port = base_be16(tcp + 2);
	pk->payload_bytes = payload;
	pk->seq = base_be32(tcp + 4);
	pk->ack = base_be32(tcp + 8);
	pk->window = base_be16(tcp + 14);
	pk->tcp_flags = tcp[13];
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	pk->checksum = base_be16(tcp + 16);
}

/*
 * Nearly every packet: Ethernet without tags, IPv4 without options, and UDP, or TCP that is no SYN
 * (a SYN has options to be read). Gives the verdict and the fields that the steps above would give.
 * ORDINARY_NOT: it is another packet, and the steps have to decide.
 */
BASE_INLINE int
packet_ordinary(struct packet *pk)
{
	const uint8_t *ip = pk->data + ORDINARY_IP, *tcp = pk->data + ORDINARY_TCP;
	uint32_t total, header;

	if (pk->link != PACKET_LINK_ETHERNET || pk->data_len < ORDINARY_BYTES)
		return ORDINARY_NOT;
	total = base_be16(ip + 2);
	if (!packet_is_plain_ipv4(pk, ip, total))
		return ORDINARY_NOT;
	packet_plain_ipv4(pk, ip, total);
	header = (tcp[12] >> 4) * 4u;
	if (ip[9] == PACKET_PROTO_TCP && !(tcp[13] & PACKET_TCP_SYN) && header >= 20 &&
	    20 + header <= total) {
		packet_plain_tcp(pk, tcp, total - 20 - header);
		return PACKET_TRACKED;
	}
	if (ip[9] != PACKET_PROTO_UDP || total < 20)
		return ORDINARY_NOT;
	return packet_transport(pk, PACKET_PROTO_UDP, tcp,
	                        ip + base_min_u32(total, pk->data_len - ORDINARY_IP), total - 20);
}

void
packet_parse_burst(struct packet *packets, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		int verdict = packet_ordinary(&packets[i]);

		packets[i].verdict =
		    verdict != ORDINARY_NOT ? (uint8_t)verdict : (uint8_t)packet_link(&packets[i]);
	}
}
