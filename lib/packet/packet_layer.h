/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The steps of the parser, one for each layer. For the files of lib/packet alone.
 *
 * A step gets the bytes from its own header on: `p` to `end` are readable, and `wire` bytes were on
 * the wire from `p` on. It sets its fields, calls the next step, and returns the verdict. Pure, any
 * thread, hot.
 */
#ifndef PACKET_LAYER_H
#define PACKET_LAYER_H

#include "base_bytes.h"
#include "packet.h"

enum packet_ethertype {
	PACKET_ETHERTYPE_IPV4 = 0x0800,
	PACKET_ETHERTYPE_IPV6 = 0x86dd,
	PACKET_ETHERTYPE_VLAN = 0x8100, /* 802.1Q */
	PACKET_ETHERTYPE_QINQ = 0x88a8, /* 802.1ad */
	PACKET_ETHERTYPE_QINQ_OLD = 0x9100,
	PACKET_ETHERTYPE_QINQ_OLDER = 0x9200,
	PACKET_ETHERTYPE_PBB = 0x88e7,        /* 802.1ah, service tag */
	PACKET_ETHERTYPE_FABRICPATH = 0x8903, /* Cisco */
	PACKET_ETHERTYPE_CMD = 0x8909,        /* Cisco metadata: a security group */
	PACKET_ETHERTYPE_VNTAG = 0x8926,      /* Cisco VN-Tag */
	PACKET_ETHERTYPE_ETAG = 0x893f,       /* 802.1BR */
	PACKET_ETHERTYPE_TRILL = 0x22f3,      /* RFC 6325 */
	PACKET_ETHERTYPE_NSH = 0x894f,        /* RFC 8300 */
	PACKET_ETHERTYPE_MPLS = 0x8847,
	PACKET_ETHERTYPE_MPLS_UPSTREAM = 0x8848,
	PACKET_ETHERTYPE_PPPOE = 0x8864, /* session stage */
};

enum packet_verdict packet_link(struct packet *pk);
enum packet_verdict packet_ethertype(struct packet *pk, uint16_t type, const uint8_t *p,
                                     const uint8_t *end, uint32_t wire);
enum packet_verdict
packet_ipv4(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire);
enum packet_verdict
packet_ipv6(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire);
/* `length` bytes follow by what IP says: headers may be cut, the length is believed. */
enum packet_verdict packet_transport(struct packet *pk, unsigned protocol, const uint8_t *p,
                                     const uint8_t *end, uint32_t length);
/* ICMP of either family, by `protocol`: an error that quotes, or PACKET_OTHER_PROTOCOL. */
enum packet_verdict
packet_icmp(struct packet *pk, unsigned protocol, const uint8_t *p, const uint8_t *end);

/*
 * Reads the IP header at `p`, which the ICMP error `pk` quotes; version and dst of `pk` are set.
 * Returns what follows the header and its chain, with the protocol of that, and puts the quoted
 * addresses into src and dst. Returns NULL and changes nothing where no whole header is there,
 * where it is a later fragment's, or where its sender is not the host to which the error goes: no
 * host would take such an error.
 */
const uint8_t *
packet_ip_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol);

#endif
