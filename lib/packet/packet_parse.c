/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parser's door: a burst in, a verdict each.
 *
 *   packet_parse_burst -> packet_link -> packet_ethertype (VLAN tags) -> packet_ipv4, packet_ipv6
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

void
packet_parse_burst(struct packet *packets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		packets[i].verdict = (uint8_t)packet_link(&packets[i]);
}
