/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What became of a packet: each gets exactly one verdict, and every verdict is a counter.
 *
 * So the sum of the verdicts is always the number of packets received, or of the packets in what
 * was received: a frame of 802.11 may have several. A packet that is in no report is in `spanstat
 * stats`, under the reason. lib/decode gives all verdicts but those of the last two groups:
 * packet_checksum gives one, and the others only the engine (lib/track) can know.
 */
#ifndef PACKET_VERDICT_H
#define PACKET_VERDICT_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* X(symbol, name in reports, what it means) */
#define PACKET_VERDICTS(X)                                                                         \
	X(TRACKED, "tracked", "moved a connection or a flow")                                      \
	X(ICMP_ERROR, "icmp-error", "an ICMP error about a packet of TCP or UDP, which it quotes") \
	/* well formed, and nothing that has a connection */                                       \
	X(NOT_IP, "not-ip", "neither IPv4 nor IPv6: ARP, LLDP, STP, PPP's control")                \
	X(OTHER_PROTOCOL, "other-protocol", "IP, but neither TCP nor UDP: ICMP, ESP, GRE, OSPF")   \
	X(FRAGMENT, "fragment", "a fragment that is not the first: it carries no ports")           \
	X(TUNNEL_CONTROL, "tunnel-control", "a tunnel's own: a GTP echo, a Teredo bubble")         \
	X(TOO_DEEP, "too-deep", "more tunnels in one another than `decode.depth` says")            \
	/* malformed, or cut before what is needed */                                              \
	X(LINK_UNKNOWN, "link-unknown", "a link layer that is not read")                           \
	X(LINK_SHORT, "link-short", "ends inside its link-layer header")                           \
	X(VLAN_DEPTH, "vlan-depth", "more tags, MPLS labels or frames in frames than are read")    \
	X(TUNNEL_SHORT, "tunnel-short", "ends inside the header of a tunnel")                      \
	X(TUNNEL_HEADER, "tunnel-header", "a tunnel's header that is impossible")                  \
	X(IPV4_SHORT, "ipv4-short", "ends inside the IPv4 header")                                 \
	X(IPV4_HEADER, "ipv4-header", "version or header length impossible")                       \
	X(IPV4_LENGTH, "ipv4-length", "total length smaller than the header or beyond the frame")  \
	X(IPV6_SHORT, "ipv6-short", "ends inside the IPv6 header")                                 \
	X(IPV6_HEADER, "ipv6-header", "version is not 6")                                          \
	X(IPV6_LENGTH, "ipv6-length", "payload length beyond the frame")                           \
	X(IPV6_CHAIN, "ipv6-chain", "extension headers end early or are too many")                 \
	X(TCP_SHORT, "tcp-short", "ends inside the TCP header")                                    \
	X(TCP_HEADER, "tcp-header", "data offset impossible")                                      \
	X(UDP_SHORT, "udp-short", "ends inside the UDP header")                                    \
	X(UDP_LENGTH, "udp-length", "length smaller than its header")                              \
	/* packet_checksum's, where the configuration has checksums verified */                    \
	X(WRONG_CHECKSUM, "wrong-checksum", "a checksum of IPv4, TCP or UDP is wrong")             \
	/* the engine's own */                                                                     \
	X(DUPLICATE, "duplicate", "the same packet again: mirrored twice")                         \
	X(LATE_COPY, "late-copy", "the same packet again, after the window for copies")            \
	X(NO_ACK, "no-ack", "TCP without SYN, RST and ACK: opens nothing; FIN, XMAS, NULL scans")  \
	X(TABLE_FULL, "table-full", "a new flow for which no room could be made")                  \
	X(DOMAINS_FULL, "domains-full", "in one network more than numbers are there for")

enum packet_verdict {
#define X(symbol, name, meaning) PACKET_##symbol,
	PACKET_VERDICTS(X)
#undef X
	    PACKET_N_VERDICTS
};

/*
 * Does the packet name a flow, its own or the one that it quotes? These verdicts come first, so one
 * comparison picks the packets of which a key can be made. Any thread, hot.
 */
BASE_INLINE bool
packet_verdict_names_flow(unsigned verdict)
{
	static_assert(PACKET_TRACKED == 0 && PACKET_ICMP_ERROR == 1, "the first of the list");
	return verdict <= PACKET_ICMP_ERROR;
}

/*
 * Could its headers not be read to their end? The packet was cut, it lies, or it is not what the
 * header before it said. Any thread.
 */
BASE_INLINE bool
packet_verdict_is_malformed(unsigned verdict)
{
	return verdict >= PACKET_LINK_UNKNOWN && verdict <= PACKET_UDP_LENGTH;
}

/* The literal name and meaning of a verdict below PACKET_N_VERDICTS. Any thread. */
const char *packet_verdict_name(enum packet_verdict verdict);

/* Any thread. What the verdict of that name means, in one line; NULL: there is no such verdict. */
const char *packet_verdict_meaning(const char *name);

BASE_END_DECLS

#endif
