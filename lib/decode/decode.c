/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder: a burst comes in, and each packet gets a verdict.
 *
 * Overview. decode_burst tries the ordinary frame first, and walks over the layers otherwise:
 *
 *	decode_burst -> decode_ordinary, or
 *	             -> decode_walk: link -> ... -> IPv4, IPv6 -> TCP, UDP, ICMP
 *	                                 ^                         |
 *	                                 +--- tunnels in IP, UDP --+
 *
 * The walk is a loop: each layer takes its header off and says which one follows (layer.h), so its
 * depth is a number and not a stack.
 *
 * Lengths on the wire lie. So each layer compares what it wants to read with what is there. Bytes
 * are counted by the IP header: Ethernet's padding is never counted. Where a capture cut the frame,
 * the IP length is believed as far as the frame went on the wire, and nothing behind the cut is
 * read.
 *
 * What a tunnel's port carries is believed to be a tunnel once it has been read to its end. Else
 * the UDP packet is what it looked like without it.
 *
 * Life. None: nothing is kept between two packets.
 *
 * Who writes and who reads. It writes the packets that it is given, and their paths. Any thread.
 *
 * Cost. The ordinary frame takes less than half of the instructions of the walk. No allocation,
 * lock, system call or clock.
 */

#include "decode.h"
#include "layer.h"

/* --- the ordinary frame ---------------------------------------------------------------------- */

#define ORDINARY_TYPE    12 /* where they begin in the frame */
#define ORDINARY_IP      14
#define ORDINARY_TCP     34
#define ORDINARY_BYTES   54 /* up to the end of TCP's header */
#define ORDINARY_UDP_MIN 28 /* both headers */
#define ORDINARY_NOT     -1
#define UDP_HEADER       8
#define TCP_HEADER_MIN   20

/*
 * Is it IPv4 behind Ethernet, with a header without options (08 00 45, and a fourth byte that is
 * TOS), in one piece, and no longer than the frame?
 */
BASE_INLINE bool
decode_is_plain_ipv4(const struct packet *pk, const uint8_t *ip, uint32_t total)
{
	uint32_t wire = pk->wire_len > pk->data_len ? pk->wire_len : pk->data_len;

	return (base_be32(pk->data + ORDINARY_TYPE) & 0xffffff00) == 0x08004500 &&
	       (base_be16(ip + 6) & 0x3fff) == 0 && total <= wire - ORDINARY_IP;
}

BASE_INLINE void
decode_plain_ipv4(struct packet *pk, const uint8_t *ip, uint32_t total)
{
	pk->version_tunnels = 4;
	pk->src[0] = pk->dst[0] = 0;
	pk->src[1] = base_raw32(ip + 12);
	pk->dst[1] = base_raw32(ip + 16);
	pk->ip_bytes = total;
	pk->ttl = ip[8];
	pk->vlan = PACKET_NO_VLAN;
	pk->ip_id = base_be16(ip + 4);
	pk->l3_offset = ORDINARY_IP;
	pk->more = pk->spare = 0;
	pk->icmp = pk->fragment = pk->fragment_tunnels = pk->fragment_proto = 0;
}

BASE_INLINE void
decode_plain_syn(struct packet *pk, const uint8_t *tcp, uint32_t header)
{
	const uint8_t *readable = pk->data + pk->data_len;

	layer_tcp_options(pk, tcp + TCP_HEADER_MIN,
	                  readable - tcp < (ptrdiff_t)header ? readable : tcp + header);
}

/* `length` is that of header and payload. */
BASE_INLINE void
decode_plain_tcp(struct packet *pk, const uint8_t *tcp, uint32_t header, uint32_t length)
{
	pk->proto = PACKET_PROTO_TCP;
	pk->src_port = base_be16(tcp);
	pk->dst_port = base_be16(tcp + 2);
	pk->payload_bytes = length - header;
	pk->seq = base_be32(tcp + 4);
	pk->ack = base_be32(tcp + 8);
	pk->window = base_be16(tcp + 14);
	pk->tcp_flags = tcp[13];
	pk->mss = 0;
	pk->wscale = PACKET_NO_WSCALE;
	pk->checksum = base_be16(tcp + 16);
	if (BASE_UNLIKELY(tcp[13] & PACKET_TCP_SYN))
		decode_plain_syn(pk, tcp, header);
}

/* False: it may be a tunnel's. */
BASE_INLINE bool
decode_plain_udp(const struct layer_settings *settings, struct packet *pk, const uint8_t *udp,
                 uint32_t length)
{
	uint32_t claimed = base_be16(udp + 4);
	const uint8_t *readable = pk->data + pk->data_len;

	pk->proto = PACKET_PROTO_UDP;
	pk->src_port = base_be16(udp);
	pk->dst_port = base_be16(udp + 2);
	if (layer_settings_may_be_tunnel(settings, pk->src_port, pk->dst_port))
		return false;
	if (claimed < UDP_HEADER || claimed > length)
		return false;
	if (layer_teredo_may_be(udp + UDP_HEADER, claimed - UDP_HEADER))
		return false;
	pk->payload_bytes = claimed - UDP_HEADER;
	pk->checksum = base_be16(udp + 6);
	pk->tcp_flags = 0;
	pk->payload_mix = layer_udp_mix(
	    udp + UDP_HEADER, readable - udp < (ptrdiff_t)claimed ? readable : udp + claimed);
	return true;
}

/*
 * Nearly every packet: Ethernet without tags, IPv4 without options, and UDP or TCP. Gives the
 * verdict and the fields that the layers would give. ORDINARY_NOT: it is another packet, and the
 * layers have to decide.
 */
BASE_INLINE int
decode_ordinary(const struct layer_settings *settings, struct packet *pk)
{
	const uint8_t *ip = pk->data + ORDINARY_IP, *tcp = pk->data + ORDINARY_TCP;
	uint32_t total, header;

	if (pk->link != PACKET_LINK_ETHERNET || pk->data_len < ORDINARY_BYTES)
		return ORDINARY_NOT;
	total = base_be16(ip + 2);
	if (!decode_is_plain_ipv4(pk, ip, total))
		return ORDINARY_NOT;
	decode_plain_ipv4(pk, ip, total);
	header = (tcp[12] >> 4) * 4u;
	if (ip[9] == PACKET_PROTO_TCP && header >= TCP_HEADER_MIN && 20 + header <= total) {
		decode_plain_tcp(pk, tcp, header, total - 20);
		return PACKET_TRACKED;
	}
	if (ip[9] != PACKET_PROTO_UDP || total < ORDINARY_UDP_MIN)
		return ORDINARY_NOT;
	return decode_plain_udp(settings, pk, tcp, total - 20) ? PACKET_TRACKED : ORDINARY_NOT;
}

/* --- the walk -------------------------------------------------------------------------------- */

typedef enum layer decode_step(struct layer_walk *walk);

static decode_step *const decode_steps[LAYER_N] = {
#define X(symbol, function) [LAYER_##symbol] = function,
	LAYERS(X)
#undef X
};

/* A packet of so many headers is none that a network carries. */
#define DECODE_STEPS_MAX 96

static void
decode_walk_begin(struct layer_walk *walk, const struct layer_settings *settings, struct packet *pk)
{
	walk->pk = pk;
	walk->p = pk->data;
	walk->end = pk->data + pk->data_len;
	walk->wire = pk->wire_len > pk->data_len ? pk->wire_len : pk->data_len;
	walk->settings = settings;
	walk->piece_from = pk->data;
	walk->tags = walk->frames = 0;
	walk->is_padded = walk->is_piece = walk->has_plain = walk->is_part = false;
	walk->inner_vlan = PACKET_NO_VLAN;
	pk->vlan = PACKET_NO_VLAN;
	pk->version_tunnels = 0;
	pk->more = pk->spare = 0;
	pk->icmp = pk->fragment = pk->fragment_tunnels = pk->fragment_proto = 0;
}

/* `part` is which of several packets in a frame; 0: the first. */
static enum packet_verdict
decode_part(const struct layer_settings *settings, struct packet *pk, unsigned part)
{
	struct layer_walk walk;
	enum layer at;

	decode_walk_begin(&walk, settings, pk);
	walk.part = (uint8_t)part;
	at = layer_follow_link(&walk, pk->link);
	for (unsigned steps = 0; at != LAYER_END; steps++) {
		if (steps == DECODE_STEPS_MAX)
			at = layer_end(&walk, PACKET_TOO_DEEP);
		else
			at = decode_steps[at](&walk);
	}
	if (walk.has_plain && packet_verdict_is_malformed(walk.verdict)) {
		*pk = walk.plain;
		return PACKET_TRACKED;
	}
	return (enum packet_verdict)walk.verdict;
}

BASE_NOINLINE enum packet_verdict
decode_walk(const struct layer_settings *settings, struct packet *pk)
{
	return decode_part(settings, pk, 0);
}

static unsigned
decode_found(const struct packet *pk)
{
	return (pk->fragment != PACKET_FRAGMENT_NOT ? DECODE_FRAGMENTS : 0u) |
	       (pk->more != 0 ? DECODE_SEVERAL : 0u);
}

unsigned
decode_burst(const struct layer_settings *settings, struct packet *packets, unsigned n)
{
	unsigned found = 0;

	for (unsigned i = 0; i < n; i++) {
		int verdict = decode_ordinary(settings, &packets[i]);

		if (verdict == ORDINARY_NOT) {
			verdict = (int)decode_walk(settings, &packets[i]);
			found |= decode_found(&packets[i]);
		}
		packets[i].verdict = (uint8_t)verdict;
	}
	return found;
}

void
decode_next(const struct layer_settings *settings, const struct packet *frame, unsigned part,
            struct packet *next)
{
	struct packet_path *path = next->path;

	assert(part >= 1 && part <= frame->more);
	*next = (struct packet){
		.data = frame->data,
		.data_len = frame->data_len,
		.wire_len = frame->wire_len,
		.time_us = frame->time_us,
		.link = frame->link,
		.path = path,
	};
	next->verdict = (uint8_t)decode_part(settings, next, part);
}
