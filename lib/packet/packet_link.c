/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Link layers, tags, MPLS labels and PPPoE: from the first byte to the IP header.
 *
 * Ethernet (and 802.3 with LLC/SNAP that carries IP), raw IP, Linux cooked v1 and v2, BSD loopback,
 * PPP. Tags are of VLANs, of fabrics and port extenders (802.1ah, 802.1BR, VN-Tag, FabricPath,
 * TRILL, Cisco metadata), and NSH. Pure, any thread.
 */

#include "packet_layer.h"

#define ETHER_HEADER    14
#define ETHER_TYPE_MIN  0x0600 /* below it is an 802.3 length */
#define LLC_SNAP_HEADER 8
#define ETHER_ADDRESSES 12
#define TAG_NEXT        2 /* the type of what a tag is put before */
#define SLL_HEADER      16
#define SLL2_HEADER     20
#define LOOPBACK_HEADER 4
#define MPLS_LABEL      4
#define MPLS_LABELS_MAX 16
#define PW_CONTROL_WORD 4
#define NSH_HEADER_MIN  4
#define PPPOE_HEADER    6
#define PPP_PROTOCOL    2

/*
 * 802.2 LLC with SNAP and OUI 0 holds an EtherType; every other LLC is a protocol that is not IP.
 */
static enum packet_verdict
packet_llc(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	static const uint8_t snap[] = { 0xaa, 0xaa, 0x03, 0, 0, 0 };

	if (end - p < LLC_SNAP_HEADER || memcmp(p, snap, sizeof(snap)) != 0 ||
	    base_be16(p + 6) < ETHER_TYPE_MIN)
		return PACKET_NOT_IP;
	return packet_ethertype(pk, base_be16(p + 6), p + LLC_SNAP_HEADER, end,
	                        wire - LLC_SNAP_HEADER);
}

static bool
packet_is_vlan(uint16_t type)
{
	return type == PACKET_ETHERTYPE_VLAN || type == PACKET_ETHERTYPE_QINQ ||
	       type == PACKET_ETHERTYPE_QINQ_OLD || type == PACKET_ETHERTYPE_QINQ_OLDER;
}

/* Raw IP, and what follows a BSD loopback header: the version nibble decides. */
static enum packet_verdict
packet_raw(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	if (end - p < 1)
		return PACKET_LINK_SHORT;
	switch (*p >> 4) {
	case 4:
		return packet_ipv4(pk, p, end, wire);
	case 6:
		return packet_ipv6(pk, p, end, wire);
	default:
		return PACKET_NOT_IP;
	}
}

/* An Ethernet frame inside another packet. */
static enum packet_verdict
packet_ether(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	if (++pk->frames > PACKET_FRAME_MAX)
		return PACKET_VLAN_DEPTH;
	if (end - p < ETHER_HEADER)
		return PACKET_LINK_SHORT;
	return packet_ethertype(pk, base_be16(p + ETHER_ADDRESSES), p + ETHER_HEADER, end,
	                        wire - ETHER_HEADER);
}

static bool
packet_ether_carries_ip(uint16_t type)
{
	return type == PACKET_ETHERTYPE_IPV4 || type == PACKET_ETHERTYPE_IPV6 ||
	       type == PACKET_ETHERTYPE_MPLS || type == PACKET_ETHERTYPE_PPPOE ||
	       packet_is_vlan(type);
}

/*
 * What follows the last MPLS label has no type (RFC 4928): IP by its first nibble, a channel of the
 * pseudowire by 1, and else an Ethernet frame, alone or behind a control word, whose first nibble
 * is 0 as that of many an address is (RFC 4385): the type in the right place says which.
 */
static enum packet_verdict
packet_pseudowire(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	if (end - p < 1)
		return PACKET_LINK_SHORT;
	switch (*p >> 4) {
	case 4:
	case 6:
		return packet_raw(pk, p, end, wire);
	case 1:
		return PACKET_NOT_IP;
	case 0:
		if (end - p >= ETHER_HEADER &&
		    packet_ether_carries_ip(base_be16(p + ETHER_ADDRESSES)))
			break;
		if (end - p < PW_CONTROL_WORD)
			return PACKET_LINK_SHORT;
		p += PW_CONTROL_WORD;
		wire -= PW_CONTROL_WORD;
	}
	return packet_ether(pk, p, end, wire);
}

/* RFC 3032: labels until the one that says it is the last. */
static enum packet_verdict
packet_mpls(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	bool last = false;

	for (unsigned labels = 0; !last; labels++) {
		if (labels == MPLS_LABELS_MAX)
			return PACKET_VLAN_DEPTH;
		if (end - p < MPLS_LABEL)
			return PACKET_LINK_SHORT;
		last = p[2] & 1;
		p += MPLS_LABEL;
		wire -= MPLS_LABEL;
	}
	return packet_pseudowire(pk, p, end, wire);
}

/* RFC 1661: from the protocol number on; two of the numbers are IP's. */
static enum packet_verdict
packet_ppp(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint16_t protocol;

	if (end - p < PPP_PROTOCOL)
		return PACKET_LINK_SHORT;
	protocol = base_be16(p);
	if (protocol != 0x0021 && protocol != 0x0057)
		return PACKET_NOT_IP;
	return packet_raw(pk, p + PPP_PROTOCOL, end, wire - PPP_PROTOCOL);
}

/* RFC 2516, session stage. */
static enum packet_verdict
packet_pppoe(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	if (end - p < PPPOE_HEADER)
		return PACKET_LINK_SHORT;
	return packet_ppp(pk, p + PPPOE_HEADER, end, wire - PPPOE_HEADER);
}

/* RFC 8300: a service path's header; its length counts words of four bytes, itself among them. */
static enum packet_verdict
packet_nsh(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint32_t header;

	if (end - p < NSH_HEADER_MIN)
		return PACKET_LINK_SHORT;
	header = (p[1] & 0x3fu) * 4;
	if (header < NSH_HEADER_MIN || end - p < (ptrdiff_t)header)
		return PACKET_LINK_SHORT;
	switch (p[3]) {
	case 1:
	case 2:
		return packet_raw(pk, p + header, end, wire - header);
	case 3:
		return packet_ether(pk, p + header, end, wire - header);
	case 5:
		return packet_mpls(pk, p + header, end, wire - header);
	default:
		return PACKET_NOT_IP;
	}
}

/*
 * From a tag's own type to the type of what is inside; 0: `type` is no tag. `p` to `end` follow the
 * type: two of the tags say there how long they are. A fabric puts a whole frame of its own before
 * the customer's, so its tag ends with the customer's addresses.
 */
static uint32_t
packet_tag_bytes(uint16_t type, const uint8_t *p, const uint8_t *end)
{
	unsigned said = end - p < 2 ? 0 : p[1];

	switch (type) {
	case PACKET_ETHERTYPE_VLAN:
	case PACKET_ETHERTYPE_QINQ:
	case PACKET_ETHERTYPE_QINQ_OLD:
	case PACKET_ETHERTYPE_QINQ_OLDER:
		return 2;
	case PACKET_ETHERTYPE_VNTAG:
		return 4;
	case PACKET_ETHERTYPE_ETAG:
		return 6;
	case PACKET_ETHERTYPE_CMD: /* version, words that follow, and those */
		return 2 + 4 * said;
	case PACKET_ETHERTYPE_FABRICPATH:
		return 2 + ETHER_ADDRESSES;
	case PACKET_ETHERTYPE_PBB:
		return 4 + ETHER_ADDRESSES;
	case PACKET_ETHERTYPE_TRILL: /* words of options: the bits over the hop count */
		said = end - p < 2 ? 0 : (base_be16(p) >> 6) & 0x1f;
		return 6 + 4 * said + ETHER_ADDRESSES;
	default:
		return 0;
	}
}

enum packet_verdict
packet_ethertype(struct packet *pk, uint16_t type, const uint8_t *p, const uint8_t *end,
                 uint32_t wire)
{
	unsigned tags = 0;
	uint32_t size;

	while ((size = packet_tag_bytes(type, p, end)) != 0) {
		if (++tags > PACKET_VLAN_MAX)
			return PACKET_VLAN_DEPTH;
		size += TAG_NEXT;
		if (end - p < (ptrdiff_t)size)
			return PACKET_LINK_SHORT;
		/* VID 0 is a priority and no VLAN (IEEE 802.1Q 9.6). */
		if (pk->vlan == PACKET_NO_VLAN && packet_is_vlan(type) && (base_be16(p) & 0x0fff))
			pk->vlan = base_be16(p) & 0x0fff;
		type = base_be16(p + size - TAG_NEXT);
		p += size;
		wire -= size;
	}
	switch (type) {
	case PACKET_ETHERTYPE_IPV4:
		return packet_ipv4(pk, p, end, wire);
	case PACKET_ETHERTYPE_IPV6:
		return packet_ipv6(pk, p, end, wire);
	case PACKET_ETHERTYPE_MPLS:
	case PACKET_ETHERTYPE_MPLS_UPSTREAM:
		return packet_mpls(pk, p, end, wire);
	case PACKET_ETHERTYPE_PPPOE:
		return packet_pppoe(pk, p, end, wire);
	case PACKET_ETHERTYPE_NSH:
		return packet_nsh(pk, p, end, wire);
	default:
		return type < ETHER_TYPE_MIN ? packet_llc(pk, p, end, wire) : PACKET_NOT_IP;
	}
}

/*
 * The address family was written in the byte order of the machine that captured: AF_INET is 2
 * everywhere, AF_INET6 is 24, 28 or 30 by system, and 10 on Linux.
 */
static enum packet_verdict
packet_loopback(struct packet *pk, const uint8_t *p, const uint8_t *end, uint32_t wire)
{
	uint32_t family;

	if (end - p < LOOPBACK_HEADER)
		return PACKET_LINK_SHORT;
	family = base_be32(p);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
	case 10:
	case 24:
	case 28:
	case 30:
		return packet_raw(pk, p + LOOPBACK_HEADER, end, wire - LOOPBACK_HEADER);
	default:
		return PACKET_NOT_IP;
	}
}

enum packet_verdict
packet_link(struct packet *pk)
{
	const uint8_t *p = pk->data, *end = p + pk->data_len;
	uint32_t wire = pk->wire_len > pk->data_len ? pk->wire_len : pk->data_len;

	pk->vlan = PACKET_NO_VLAN;
	pk->frames = 0;
	switch (pk->link) {
	case PACKET_LINK_ETHERNET:
		if (pk->data_len < ETHER_HEADER)
			return PACKET_LINK_SHORT;
		return packet_ethertype(pk, base_be16(p + 12), p + ETHER_HEADER, end,
		                        wire - ETHER_HEADER);
	case PACKET_LINK_RAW:
		return packet_raw(pk, p, end, wire);
	case PACKET_LINK_SLL:
		if (pk->data_len < SLL_HEADER)
			return PACKET_LINK_SHORT;
		return packet_ethertype(pk, base_be16(p + 14), p + SLL_HEADER, end,
		                        wire - SLL_HEADER);
	case PACKET_LINK_SLL2:
		if (pk->data_len < SLL2_HEADER)
			return PACKET_LINK_SHORT;
		return packet_ethertype(pk, base_be16(p), p + SLL2_HEADER, end, wire - SLL2_HEADER);
	case PACKET_LINK_LOOPBACK:
		return packet_loopback(pk, p, end, wire);
	case PACKET_LINK_PPP: /* address and control of RFC 1662 may stand before the protocol */
		if (pk->data_len >= 2 && p[0] == 0xff && p[1] == 0x03)
			return packet_ppp(pk, p + 2, end, wire - 2);
		return packet_ppp(pk, p, end, wire);
	default:
		return PACKET_LINK_UNKNOWN;
	}
}
