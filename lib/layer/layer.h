/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The walk over the layers of a packet, from its first byte to the innermost TCP or UDP header.
 *
 * A layer is a function that stands at the first byte of its own header. It reads what it needs,
 * takes its header off the walk, and returns which layer follows; or it returns layer_end with the
 * verdict. It never calls another layer: what follows what is in layer_follow.c, and lib/decode
 * goes from one to the next. So no packet can make the walk recurse.
 *
 * To add one: a line in LAYERS, its file, a row in a table of layer_follow.c, a test
 * (docs/adding.md). Pure, any thread, hot.
 */
#ifndef LAYER_H
#define LAYER_H

#include "base_bytes.h"
#include "layer_settings.h"
#include "packet.h"

BASE_BEGIN_DECLS

/* X(symbol, function): lib/link has what is below IP, lib/layer the rest. */
#define LAYERS(X)                                                                                  \
	X(ETHER, link_ether)       /* a frame */                                                   \
	X(INNER_ETHER, link_inner) /* a frame inside another packet */                             \
	X(VLAN, link_vlan)                                                                         \
	X(TAG, link_tag) /* of fabrics and port extenders */                                       \
	X(LLC, link_llc)                                                                           \
	X(MPLS, link_mpls)                                                                         \
	X(PSEUDOWIRE, link_pseudowire)                                                             \
	X(NSH, link_nsh)                                                                           \
	X(PPPOE, link_pppoe)                                                                       \
	X(PPP, link_ppp) /* from its protocol number on */                                         \
	X(PPP_FRAMED, link_ppp_framed)                                                             \
	X(HDLC, link_hdlc)                                                                         \
	X(SLL, link_sll)                                                                           \
	X(SLL2, link_sll2)                                                                         \
	X(LOOPBACK, link_loopback)                                                                 \
	X(NFLOG, link_nflog)                                                                       \
	X(PKTAP, link_pktap)                                                                       \
	X(PPI, link_ppi)                                                                           \
	X(RADIOTAP, link_radiotap)                                                                 \
	X(WLAN, link_wlan)                                                                         \
	X(FDDI, link_fddi)                                                                         \
	X(NOT_IP, link_not_ip) /* known, and without a flow: ARP, LLDP */                          \
	X(RAW, layer_raw)      /* IPv4 or IPv6, by the version nibble */                           \
	X(IPV4, layer_ipv4)                                                                        \
	X(IPV6, layer_ipv6)                                                                        \
	X(IPIP, layer_ipip)                                                                        \
	X(AH, layer_ah)                                                                            \
	X(GRE, layer_gre)                                                                          \
	X(ERSPAN, layer_erspan)                                                                    \
	X(ERSPAN_3, layer_erspan_3)                                                                \
	X(ETHERIP, layer_etherip)                                                                  \
	X(L2TP_IP, layer_l2tp_ip)                                                                  \
	X(MPLS_IP, layer_mpls_ip)                                                                  \
	X(TCP, layer_tcp)                                                                          \
	X(UDP, layer_udp)                                                                          \
	X(ICMP, layer_icmp)                                                                        \
	X(ICMP6, layer_icmp6)                                                                      \
	X(VXLAN, layer_vxlan)                                                                      \
	X(VXLAN_GPE, layer_vxlan_gpe)                                                              \
	X(GENEVE, layer_geneve)                                                                    \
	X(GTP, layer_gtp)                                                                          \
	X(L2TP, layer_l2tp)                                                                        \
	X(TEREDO, layer_teredo)                                                                    \
	X(CAPWAP, layer_capwap)                                                                    \
	X(MPLS_UDP, layer_mpls_ip)                                                                 \
	X(TZSP, layer_tzsp)

enum layer {
	LAYER_END, /* the verdict is given */
#define X(symbol, function) LAYER_##symbol,
	LAYERS(X)
#undef X
	    LAYER_N
};

struct layer_walk {
	struct packet *pk;
	const uint8_t *p, *end; /* readable */
	/*
	 * Bytes that were on the wire from p on, by all that was read so far: never less than can
	 * be read, and more where the capture was cut.
	 */
	uint32_t wire;
	uint8_t verdict; /* enum packet_verdict, once a layer has returned LAYER_END */
	uint8_t tags;    /* VLANs and other tags in this frame */
	uint8_t frames;  /* Ethernet frames inside this one */
	bool is_padded;  /* 802.11: the header fills words of four bytes (radiotap says it) */
	/*
	 * Inside the first fragment of a datagram: the lengths of what it carries reach beyond it,
	 * and are right.
	 */
	bool is_piece;
	const uint8_t *piece_from; /* where what the fragments carry begins; if is_piece */
	bool is_part;              /* of several packets in a frame of 802.11, one was chosen */
	uint8_t part;              /* which: 0 is the first */
	uint16_t inner_vlan; /* of the frame inside, by the tunnel's word; else PACKET_NO_VLAN */
	uint16_t number;     /* what the last header said that follows, as it stands there */
	const struct layer_settings *settings;
	/*
	 * The innermost UDP packet on a tunnel's port, as a flow of its own: if what is behind the
	 * port does not parse to its end, this is what it was.
	 */
	bool has_plain;
	struct packet plain;
};

/* Each layer of the list is such a function. */
#define X(symbol, function) enum layer function(struct layer_walk *walk);
LAYERS(X)
#undef X

/* Gives the verdict and ends the walk. */
BASE_INLINE enum layer
layer_end(struct layer_walk *walk, enum packet_verdict verdict)
{
	walk->verdict = (uint8_t)verdict;
	return LAYER_END;
}

/* Can n bytes from here on be read? */
BASE_INLINE bool
layer_has(const struct layer_walk *walk, uint32_t n)
{
	return walk->end - walk->p >= (ptrdiff_t)n;
}

/* Takes n bytes off, which layer_has. */
BASE_INLINE void
layer_take(struct layer_walk *walk, uint32_t n)
{
	walk->p += n;
	walk->wire -= n;
}

/* What is inside ends after n bytes, by a header's own word. Longer than what is there: it lies. */
BASE_INLINE void
layer_limit(struct layer_walk *walk, uint32_t n)
{
	walk->wire = n;
	if (walk->end - walk->p > (ptrdiff_t)n)
		walk->end = walk->p + n;
}

/*
 * Enters a tunnel whose header was read: notes it on the packet's path. False: that is deeper than
 * `decode.depth`, and the walk has ended with its verdict.
 */
bool layer_enter(struct layer_walk *walk, enum packet_tunnel_kind kind, bool has_id, uint32_t id);

/* --- by the bytes alone (layer_guess.c) ------------------------------------------------------ */

/*
 * Do these bytes begin like an IP packet that ends with the walk, an Ethernet frame with something
 * known in it, a known LLC, or PPP with IP or its own control? Any thread.
 */
bool layer_is_ip(const struct layer_walk *walk, const uint8_t *p);
bool layer_is_frame(const uint8_t *p, const uint8_t *end);
bool layer_is_llc(const uint8_t *p, const uint8_t *end);
bool layer_is_ppp(const uint8_t *p, const uint8_t *end);

/*
 * How many bytes a tag has, up to the type of what it is put before; 0: this type is no tag's. Of
 * two bytes that can be read, for two of the tags say it. A fabric puts a whole frame of its own
 * before the customer's, so its tag ends with the customer's addresses. Any thread.
 */
uint32_t layer_tag_size(uint16_t type, const uint8_t *p);

/*
 * What a UDP packet carries, its first sixteen bytes mixed: enough for the sequence number of a
 * protocol inside. Any thread, hot.
 */
BASE_INLINE uint64_t
layer_udp_mix(const uint8_t *p, const uint8_t *end)
{
	uint8_t few[16] = { 0 };

	if (end - p < 16)
		p = (const uint8_t *)memcpy(few, p, (size_t)(end - p));
	return base_raw64(p) ^ base_raw64(p + 8) << 1;
}

/*
 * The options of a SYN that a tracker reads, from p up to end: changes mss, wscale and tcp_flags of
 * the packet, which have what a SYN without options has. Any thread.
 */
void layer_tcp_options(struct packet *pk, const uint8_t *p, const uint8_t *end);

/*
 * Teredo of a relay or between two clients has any ports. Is this UDP payload as long as an IPv6
 * header at its first byte says, or has it one that nothing follows? Of 8 bytes that can be read.
 * Any thread, hot.
 */
BASE_INLINE bool
layer_teredo_may_be(const uint8_t *p, uint32_t size)
{
	return p[0] >> 4 == 6 &&
	       (base_be16(p + 4) + 40u == size || base_be32(p + 4) >> 8 == 0x00003b);
}

/* --- what follows what (layer_follow.c) ------------------------------------------------------ */

/* By EtherType, IP protocol, PPP protocol, link of a capture. LAYER_END: none that is read. */
enum layer layer_follow_ethertype(struct layer_walk *walk, uint16_t type);
enum layer layer_follow_frame(struct layer_walk *walk, uint16_t type); /* or an 802.3 length */
enum layer layer_follow_protocol(struct layer_walk *walk, unsigned protocol);
enum layer layer_follow_ppp(struct layer_walk *walk, uint16_t protocol);
enum layer layer_follow_link(struct layer_walk *walk, unsigned link);

/*
 * Reads the IP header at `p`, which the ICMP error `pk` quotes; version and dst of `pk` are set.
 * Returns what follows the header and its chain, with the protocol of that, and puts the quoted
 * addresses into src and dst. Returns NULL and changes nothing where no whole header is there,
 * where it is a later fragment's, or where its sender is not the host to which the error goes: no
 * host would take such an error.
 */
const uint8_t *
layer_ipv4_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol);
const uint8_t *
layer_ipv6_quoted(struct packet *pk, const uint8_t *p, const uint8_t *end, unsigned *protocol);

BASE_END_DECLS

#endif
