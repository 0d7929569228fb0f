/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What follows what: the numbers by which headers name the one behind them.
 *
 * One table for each numbering, the commonest first. Which UDP ports are tunnels is configuration
 * (layer_settings.h). Pure, any thread, hot.
 */

#include "layer.h"

/* --- EtherTypes ----------------------------------------------------------------------------- */

#define LAYER_ETHERTYPE_MIN 0x0600 /* below it is an 802.3 length */

static const struct {
	uint16_t type;
	uint8_t layer;
} layer_ethertypes[] = {
	{ 0x0800, LAYER_IPV4 },
	{ 0x86dd, LAYER_IPV6 },
	{ 0x8100, LAYER_VLAN }, /* 802.1Q */
	{ 0x88a8, LAYER_VLAN }, /* 802.1ad */
	{ 0x9100, LAYER_VLAN }, /* the same, before there was a standard */
	{ 0x9200, LAYER_VLAN },
	{ 0x8847, LAYER_MPLS },
	{ 0x8848, LAYER_MPLS },        /* label given by the one upstream */
	{ 0x8864, LAYER_PPPOE },       /* session stage */
	{ 0x8926, LAYER_TAG },         /* Cisco VN-Tag */
	{ 0x893f, LAYER_TAG },         /* 802.1BR */
	{ 0x8909, LAYER_TAG },         /* Cisco metadata: a security group */
	{ 0x8903, LAYER_TAG },         /* FabricPath */
	{ 0x88e7, LAYER_TAG },         /* 802.1ah, service tag */
	{ 0x22f3, LAYER_TAG },         /* TRILL, RFC 6325 */
	{ 0x894f, LAYER_NSH },         /* RFC 8300 */
	{ 0x6558, LAYER_INNER_ETHER }, /* transparent Ethernet bridging */
	{ 0x880b, LAYER_PPP },
	/* without a flow */
	{ 0x0806, LAYER_NOT_IP }, /* ARP */
	{ 0x8035, LAYER_NOT_IP }, /* RARP */
	{ 0x88cc, LAYER_NOT_IP }, /* LLDP */
	{ 0x8809, LAYER_NOT_IP }, /* LACP and its like */
	{ 0x8863, LAYER_NOT_IP }, /* PPPoE's discovery */
	{ 0x888e, LAYER_NOT_IP }, /* 802.1X */
	{ 0x88e5, LAYER_NOT_IP }, /* MACsec: nobody can read what it carries */
	{ 0x88f7, LAYER_NOT_IP }, /* PTP */
	{ 0x8902, LAYER_NOT_IP }, /* 802.1ag */
	{ 0x9000, LAYER_NOT_IP }, /* a loop test */
	{ 0x0842, LAYER_NOT_IP }, /* wake on LAN */
	{ 0x8906, LAYER_NOT_IP }, /* FCoE */
	{ 0x8914, LAYER_NOT_IP }, /* and its initialization */
	{ 0x8915, LAYER_NOT_IP }, /* RoCE */
	{ 0x8137, LAYER_NOT_IP }, /* IPX */
	{ 0x809b, LAYER_NOT_IP }, /* AppleTalk */
	{ 0x80f3, LAYER_NOT_IP }, /* and its ARP */
	{ 0x6003, LAYER_NOT_IP }, /* DECnet */
	{ 0x6002, LAYER_NOT_IP }, /* DEC's remote console */
	{ 0x8892, LAYER_NOT_IP }, /* PROFINET */
	{ 0x88a4, LAYER_NOT_IP }, /* EtherCAT */
	{ 0x88b8, LAYER_NOT_IP }, /* GOOSE */
	{ 0x88ba, LAYER_NOT_IP }, /* sampled values */
	{ 0x88fb, LAYER_NOT_IP }, /* PRP and HSR supervision */
};

enum layer
layer_follow_ethertype(struct layer_walk *walk, uint16_t type)
{
	walk->number = type;
	for (unsigned i = 0; i < BASE_COUNT_OF(layer_ethertypes); i++)
		if (layer_ethertypes[i].type == type)
			return (enum layer)layer_ethertypes[i].layer;
	/* Behind a tunnel's port this is more likely something that is no tunnel. */
	return layer_end(walk, walk->has_plain ? PACKET_LINK_UNKNOWN : PACKET_NOT_IP);
}

enum layer
layer_follow_frame(struct layer_walk *walk, uint16_t type)
{
	return type < LAYER_ETHERTYPE_MIN ? LAYER_LLC : layer_follow_ethertype(walk, type);
}

/* --- protocols of IP ------------------------------------------------------------------------- */

static const uint8_t layer_protocols[256] = {
	[1] = LAYER_ICMP,     [4] = LAYER_IPIP,      [6] = LAYER_TCP,       [17] = LAYER_UDP,
	[41] = LAYER_IPIP,    [47] = LAYER_GRE,      [51] = LAYER_AH,       [58] = LAYER_ICMP6,
	[97] = LAYER_ETHERIP, [115] = LAYER_L2TP_IP, [137] = LAYER_MPLS_IP,
};

enum layer
layer_follow_protocol(struct layer_walk *walk, unsigned protocol)
{
	enum layer layer = (enum layer)layer_protocols[protocol & 0xff];

	walk->number = (uint16_t)protocol;
	return layer != LAYER_END ? layer : layer_end(walk, PACKET_OTHER_PROTOCOL);
}

/* --- protocols of PPP ------------------------------------------------------------------------ */

static const struct {
	uint16_t protocol;
	uint8_t layer;
} layer_ppp_protocols[] = {
	{ 0x0021, LAYER_IPV4 },
	{ 0x0057, LAYER_IPV6 },
	{ 0x0281, LAYER_MPLS },
	{ 0x0283, LAYER_MPLS }, /* label given by the one upstream */
	/* without a flow, or compressed */
	{ 0x002b, LAYER_NOT_IP }, /* IPX */
	{ 0x002d, LAYER_NOT_IP }, /* a TCP header of RFC 1144, compressed */
	{ 0x002f, LAYER_NOT_IP }, /* and not */
	{ 0x0031, LAYER_NOT_IP }, /* bridging */
	{ 0x003d, LAYER_NOT_IP }, /* a piece of a packet over several links */
	{ 0x0053, LAYER_NOT_IP }, /* encrypted */
	{ 0x00fd, LAYER_NOT_IP }, /* compressed */
	{ 0x8021, LAYER_NOT_IP }, /* control, of IPv4 */
	{ 0x802b, LAYER_NOT_IP },
	{ 0x8031, LAYER_NOT_IP },
	{ 0x8053, LAYER_NOT_IP },
	{ 0x8057, LAYER_NOT_IP }, /* of IPv6 */
	{ 0x80fd, LAYER_NOT_IP },
	{ 0x8281, LAYER_NOT_IP },
	{ 0xc021, LAYER_NOT_IP }, /* of the link */
	{ 0xc023, LAYER_NOT_IP }, /* passwords */
	{ 0xc025, LAYER_NOT_IP }, /* the link's quality */
	{ 0xc223, LAYER_NOT_IP }, /* challenges */
	{ 0xc227, LAYER_NOT_IP }, /* EAP */
};

enum layer
layer_follow_ppp(struct layer_walk *walk, uint16_t protocol)
{
	walk->number = protocol;
	for (unsigned i = 0; i < BASE_COUNT_OF(layer_ppp_protocols); i++)
		if (layer_ppp_protocols[i].protocol == protocol)
			return (enum layer)layer_ppp_protocols[i].layer;
	return layer_end(walk, walk->has_plain ? PACKET_LINK_UNKNOWN : PACKET_NOT_IP);
}

/* --- links of captures ----------------------------------------------------------------------- */

static const uint8_t layer_links[PACKET_N_LINKS] = {
	[PACKET_LINK_ETHERNET] = LAYER_ETHER,    [PACKET_LINK_RAW] = LAYER_RAW,
	[PACKET_LINK_SLL] = LAYER_SLL,           [PACKET_LINK_SLL2] = LAYER_SLL2,
	[PACKET_LINK_LOOPBACK] = LAYER_LOOPBACK, [PACKET_LINK_PPP] = LAYER_PPP_FRAMED,
	[PACKET_LINK_PPP_ETHER] = LAYER_PPPOE,   [PACKET_LINK_HDLC] = LAYER_HDLC,
	[PACKET_LINK_NFLOG] = LAYER_NFLOG,       [PACKET_LINK_PKTAP] = LAYER_PKTAP,
	[PACKET_LINK_PPI] = LAYER_PPI,           [PACKET_LINK_RADIOTAP] = LAYER_RADIOTAP,
	[PACKET_LINK_WLAN] = LAYER_WLAN,         [PACKET_LINK_FDDI] = LAYER_FDDI,
};

enum layer
layer_follow_link(struct layer_walk *walk, unsigned link)
{
	if (link >= PACKET_N_LINKS)
		return layer_end(walk, PACKET_LINK_UNKNOWN);
	return (enum layer)layer_links[link];
}

/* --- into a tunnel --------------------------------------------------------------------------- */

bool
layer_enter(struct layer_walk *walk, enum packet_tunnel_kind kind, bool has_id, uint32_t id)
{
	struct packet *pk = walk->pk;

	if (pk->tunnels >= walk->settings->depth) {
		layer_end(walk, PACKET_TOO_DEEP);
		return false;
	}
	if (pk->path != NULL)
		pk->path->level[pk->tunnels] = (struct packet_tunnel){
			.src = { pk->src[0], pk->src[1] },
			.dst = { pk->dst[0], pk->dst[1] },
			.id = has_id ? id : 0,
			.kind = (uint8_t)kind,
			.version = pk->version,
			.has_id = has_id,
		};
	pk->tunnels++;
	walk->frames = 0;
	return true;
}
