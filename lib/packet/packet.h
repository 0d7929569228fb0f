/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One packet on its way through the engine.
 *
 * Whoever receives packets (a port, a capture file, a test, a fuzzer) fills the first group of
 * fields in an array of these. decode_burst fills the rest. lib/track reads them in the order
 * of arrival. The bytes belong to the receiver, and nobody reads them after parsing.
 *
 * Two cache lines: the first holds what names the flow, the second what moves it. Each array has
 * one owner at a time: a worker, the receive core, or who reads a capture.
 */
#ifndef PACKET_H
#define PACKET_H

#include <string.h>

#include "base_compiler.h"
#include "packet_tunnel.h"
#include "packet_verdict.h"

#define PACKET_BURST_MAX 64
#define PACKET_VLAN_MAX  8
#define PACKET_NO_VLAN   0xffff
/* So many contiguous bytes hold every header chain that is read (RFC 7045 advises the same). */
#define PACKET_HEADERS_MAX 512

/* What a packet's first byte belongs to: ports bring Ethernet, capture files anything. */
enum packet_link {
	PACKET_LINK_ETHERNET,
	PACKET_LINK_RAW,       /* IPv4 or IPv6, by the version nibble */
	PACKET_LINK_SLL,       /* Linux cooked v1 */
	PACKET_LINK_SLL2,      /* Linux cooked v2 */
	PACKET_LINK_LOOPBACK,  /* BSD loopback, address family in either byte order */
	PACKET_LINK_PPP,       /* RFC 1661, with or without HDLC's address and control (RFC 1662) */
	PACKET_LINK_PPP_ETHER, /* a PPPoE session without its Ethernet header */
	PACKET_LINK_HDLC,      /* Cisco's HDLC */
	PACKET_LINK_NFLOG,     /* Linux netfilter's log */
	PACKET_LINK_PKTAP,     /* Darwin: a header that says the link layer behind it */
	PACKET_LINK_PPI,       /* per-packet information: the same */
	PACKET_LINK_RADIOTAP,  /* 802.11 behind what the radio measured */
	PACKET_LINK_WLAN,      /* 802.11 */
	PACKET_LINK_FDDI,
	PACKET_N_LINKS,
	PACKET_LINK_NONE = 0xff, /* one that is not read */
};

/* A datagram that was cut by IP on its way; RFC 791, RFC 8200 4.5. */
enum packet_fragment {
	PACKET_FRAGMENT_NOT,
	PACKET_FRAGMENT_FIRST, /* others follow; it alone has the ports */
	PACKET_FRAGMENT_LATER,
	PACKET_FRAGMENT_LAST, /* nothing follows */
};

/* RFC 9293 3.1, the control bits that a tracker reads. */
enum packet_tcp_flag {
	PACKET_TCP_FIN = 0x01,
	PACKET_TCP_SYN = 0x02,
	PACKET_TCP_RST = 0x04,
	PACKET_TCP_PSH = 0x08,
	PACKET_TCP_ACK = 0x10,
	PACKET_TCP_URG = 0x20,
	PACKET_TCP_SACK = 0x100, /* not a control bit: the option SACK Permitted (RFC 2018) */
};

/* IANA's numbers of the protocols that are read. */
enum packet_proto {
	PACKET_PROTO_ICMP = 1,
	PACKET_PROTO_TCP = 6,
	PACKET_PROTO_UDP = 17,
	PACKET_PROTO_ICMP6 = 58,
};

/* What an ICMP error says of the packet that it quotes, both families in one list. */
enum packet_icmp {
	PACKET_ICMP_NONE,
	PACKET_ICMP_NET,     /* no way to its network */
	PACKET_ICMP_HOST,    /* its host does not answer the last router */
	PACKET_ICMP_PORT,    /* its host has nobody at that port */
	PACKET_ICMP_ADMIN,   /* somebody forbids it: a firewall, a policy */
	PACKET_ICMP_TOO_BIG, /* it must be fragmented and must not be */
	PACKET_ICMP_TIME,    /* its hops, or the time for its fragments, ran out */
	PACKET_ICMP_OTHER,
	PACKET_N_ICMP
};

#define PACKET_NO_WSCALE 15 /* RFC 7323 allows 0 to 14 */

struct packet {
	/* receiver: writes */
	const uint8_t *data; /* data_len readable bytes */
	uint32_t data_len;
	uint32_t wire_len; /* on the wire: more than data_len when the capture was cut */
	uint64_t time_us;  /* on the engine's clock */
	uint8_t link;      /* enum packet_link */
	/* parser: writes from here on */
	uint8_t verdict; /* enum packet_verdict; the engine may change it */
	uint8_t proto;   /* enum packet_proto */
	union {
		uint8_t version_tunnels; /* both at once */
		struct {
			uint8_t version : 4; /* 4 or 6 */
			uint8_t tunnels : 4; /* around the flow: levels of `path` */
		};
	};
	uint16_t src_port, dst_port;
	uint64_t src[2],
	    dst[2]; /* network order as it lies; IPv4: [0] is 0, address in [1]'s low half */

	uint32_t ip_bytes;      /* whole IP datagram */
	uint32_t payload_bytes; /* after the TCP or UDP header */
	uint32_t seq, ack;
	uint16_t window;      /* as it stands in the header, unscaled */
	uint16_t tcp_flags;   /* enum packet_tcp_flag */
	uint16_t mss;         /* 0: no such option */
	uint8_t wscale;       /* PACKET_NO_WSCALE: no such option */
	uint8_t ttl;          /* hop limit */
	uint16_t vlan;        /* outermost tag's VID, or PACKET_NO_VLAN */
	uint16_t ip_id;       /* IPv4 identification; 0 in IPv6 */
	uint16_t checksum;    /* of TCP or UDP, as it stands */
	uint16_t piece;       /* fragments: where it begins in its datagram, in units of 8 bytes */
	uint64_t payload_mix; /* UDP: its first bytes, mixed; copies are known by it */
	/* ICMP_ERROR only: addresses, ports, proto and seq above are those of the packet quoted */
	uint8_t icmp;             /* enum packet_icmp */
	uint8_t fragment;         /* enum packet_fragment, of the innermost datagram that is one */
	uint8_t fragment_tunnels; /* tunnels around that datagram: levels of `path` */
	uint8_t fragment_proto;   /* its protocol, whatever it carries */
	uint32_t fragment_id;     /* all fragments of a datagram have one */
	uint32_t stream_offset; /* TCP: bytes of its header, by which later fragments are placed */
	uint16_t l3_offset;     /* of the innermost IP header in data */
	uint8_t more; /* packets behind this one in the same frame: 802.11 may have several */
	uint8_t spare;
	/*
	 * Room for the tunnels around the packet, or NULL: nobody wants to know them. Whoever owns
	 * the array sets it once; the parser fills what it points to.
	 */
	struct packet_path *path;
};

/* Takes what a receiver has written of another packet; the room for tunnels stays its own. Any. */
BASE_INLINE void
packet_receive(struct packet *pk, const struct packet *from)
{
	pk->data = from->data;
	pk->data_len = from->data_len;
	pk->wire_len = from->wire_len;
	pk->time_us = from->time_us;
	pk->link = from->link;
}

/* Copies a decoded packet into another place, whose room for tunnels stays its own. Any. */
BASE_INLINE void
packet_copy(struct packet *to, const struct packet *from)
{
	struct packet_path *path = to->path;

	if (path != NULL && from->path != NULL && path != from->path)
		memcpy(path->level, from->path->level, from->tunnels * sizeof(path->level[0]));
	*to = *from;
	to->path = path;
}

static_assert(sizeof(struct packet) == 2 * BASE_CACHE_LINE, "two lines");
static_assert(offsetof(struct packet, ip_bytes) == BASE_CACHE_LINE, "the first names the flow");

#endif
