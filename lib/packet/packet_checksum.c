/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sums of 16-bit words in one's complement (RFC 1071), of the parts that the parser found well
 * formed: it has put the innermost IP header's place into l3_offset and the datagram's length into
 * ip_bytes.
 *
 * A sum over a range that has its checksum in it is 0xffff when the checksum is right, whatever the
 * byte order, so the words are added up as they lie.
 */

#include "packet_checksum.h"
#include "base_bytes.h"

#define IPV4_FLAGS_OFFSET   0x3fff /* more fragments, and the offset */
#define IPV6_HEADER         40
#define IPV6_EXTENSION_UNIT 8
#define IPV6_CHAIN_MAX      16
#define IPV6_OPT_PAD1       0
#define IPV6_OPT_HOME       0xc9 /* RFC 6275: the source is another one than the header says */
#define UDP_HEADER          8

enum {
	IPV6_HOPOPTS = 0,
	IPV6_ROUTING = 43,
	IPV6_AUTH = 51,
	IPV6_DSTOPTS = 60,
	IPV6_MOBILITY = 135,
	IPV6_HIP = 139,
	IPV6_SHIM6 = 140,
};

/* What TCP or UDP brings of a datagram: bytes at p, of which `there` are at hand. */
struct checksum_part {
	const uint8_t *p;
	uint32_t bytes;
	uint32_t there;
};

/* --- sums ------------------------------------------------------------------------------------ */

/* Adds n bytes, as if a zero followed an odd one. Cannot overflow below 16 GB. */
static uint64_t
packet_checksum_add(uint64_t sum, const uint8_t *p, uint32_t n)
{
	uint8_t rest[8] = { 0 };
	uint64_t high = 0;

	for (; n >= 8; n -= 8, p += 8) {
		uint64_t v = base_raw64(p);

		sum += (uint32_t)v;
		high += v >> 32;
	}
	memcpy(rest, p, n);
	sum += base_raw32(rest);
	high += base_raw32(rest + 4);
	return sum + high;
}

static uint16_t
packet_checksum_fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* A word in network order, as it would lie in memory. */
static uint64_t
packet_checksum_word(uint32_t v)
{
	return __builtin_bswap32(v);
}

/* --- where TCP and UDP stand ------------------------------------------------------------------ */

/* IPv4: false if it is a fragment. */
static bool
packet_checksum_ipv4_part(const struct packet *pk, const uint8_t *ip, struct checksum_part *part)
{
	uint32_t header = (ip[0] & 0x0fu) * 4;

	if ((base_be16(ip + 6) & IPV4_FLAGS_OFFSET) != 0)
		return false;
	part->p = ip + header;
	part->bytes = pk->ip_bytes - header;
	return true;
}

/* Of an option that puts another address in the source's place, also one that ends early. */
static bool
packet_checksum_has_home(const uint8_t *p, uint32_t size)
{
	const uint8_t *end = p + size;

	for (p += 2; end - p >= 2; p += p[0] == IPV6_OPT_PAD1 ? 1 : 2 + p[1])
		if (p[0] == IPV6_OPT_HOME)
			return true;
	return false;
}

/*
 * The length of an extension header that leaves the addresses of the IP header what they are. 0: it
 * is none, or a fragment, or the sum is made with other addresses (RFC 8200 8.1).
 */
static uint32_t
packet_checksum_extension(unsigned next, const uint8_t *p)
{
	uint32_t size = (p[1] + 1u) * IPV6_EXTENSION_UNIT;

	switch (next) {
	case IPV6_ROUTING:
		return p[3] == 0 ? size : 0; /* no segment left: the destination is the last one */
	case IPV6_HOPOPTS:
	case IPV6_MOBILITY:
	case IPV6_HIP:
	case IPV6_SHIM6:
		return size;
	case IPV6_DSTOPTS:
		return packet_checksum_has_home(p, size) ? 0 : size;
	case IPV6_AUTH:
		return (p[1] + 2u) * 4;
	default:
		return 0;
	}
}

/* IPv6: false if what the extension headers say keeps the sum from being made. */
static bool
packet_checksum_ipv6_part(const struct packet *pk, const uint8_t *ip, struct checksum_part *part)
{
	unsigned next = ip[6];
	uint32_t at = IPV6_HEADER;

	if (base_be16(ip + 4) == 0 && next != IPV6_HOPOPTS)
		return false; /* an offload engine's */
	for (unsigned depth = 0; next != pk->proto; depth++) {
		uint32_t size = packet_checksum_extension(next, ip + at);

		if (size == 0 || depth == IPV6_CHAIN_MAX)
			return false;
		next = ip[at];
		at += size;
	}
	part->p = ip + at;
	part->bytes = pk->ip_bytes - at;
	return true;
}

/*
 * UDP says by itself how long it is. False if it has no checksum (zero, in IPv6 of some tunnels:
 * RFC 6935), or is a part of something longer.
 */
static bool
packet_checksum_udp_part(struct checksum_part *part)
{
	uint32_t claimed = base_be16(part->p + 4);

	if (base_be16(part->p + 6) == 0 || claimed > part->bytes)
		return false;
	if (claimed >= UDP_HEADER)
		part->bytes = claimed;
	return true;
}

/* --- verdicts --------------------------------------------------------------------------------- */

/* With the pseudo header: addresses, protocol, length. */
static enum packet_checksum
packet_checksum_part(const struct packet *pk, const struct checksum_part *part)
{
	uint64_t sum = packet_checksum_word(pk->proto) + packet_checksum_word(part->bytes);

	for (unsigned i = 0; i < 2; i++) {
		sum += (uint32_t)pk->src[i] + (pk->src[i] >> 32);
		sum += (uint32_t)pk->dst[i] + (pk->dst[i] >> 32);
	}
	sum = packet_checksum_add(sum, part->p, part->bytes);
	return packet_checksum_fold(sum) == 0xffff ? PACKET_CHECKSUM_RIGHT : PACKET_CHECKSUM_WRONG;
}

static enum packet_checksum
packet_checksum_transport(const struct packet *pk, const uint8_t *ip)
{
	struct checksum_part part;
	bool has_part = pk->version == 4 ? packet_checksum_ipv4_part(pk, ip, &part)
	                                 : packet_checksum_ipv6_part(pk, ip, &part);

	if (!has_part)
		return PACKET_CHECKSUM_UNKNOWN;
	if (pk->proto == PACKET_PROTO_UDP && !packet_checksum_udp_part(&part))
		return PACKET_CHECKSUM_UNKNOWN;
	part.there = (uint32_t)(pk->data + pk->data_len - part.p);
	return part.bytes <= part.there ? packet_checksum_part(pk, &part) : PACKET_CHECKSUM_UNKNOWN;
}

/* A length that was not filled in is a part of IPv4's sum too, so nothing is known then. */
static enum packet_checksum
packet_checksum_of(const struct packet *pk)
{
	const uint8_t *ip = pk->data + pk->l3_offset;

	if (pk->version == 4 && base_be16(ip + 2) == 0)
		return PACKET_CHECKSUM_UNKNOWN;
	if (pk->version == 4 &&
	    packet_checksum_fold(packet_checksum_add(0, ip, (ip[0] & 0x0fu) * 4)) != 0xffff)
		return PACKET_CHECKSUM_WRONG;
	return packet_checksum_transport(pk, ip);
}

/*
 * Some NICs call UDP without a checksum wrong, so what one calls wrong is added up once more, as
 * far as the bytes are there.
 */
static bool
packet_checksum_is_wrong(const struct packet *pk, unsigned said)
{
	enum packet_checksum found;

	if (said == PACKET_CHECKSUM_RIGHT)
		return false;
	found = packet_checksum_of(pk);
	if (found == PACKET_CHECKSUM_UNKNOWN && said == PACKET_CHECKSUM_WRONG)
		return pk->proto != PACKET_PROTO_UDP || pk->checksum != 0;
	return found == PACKET_CHECKSUM_WRONG;
}

unsigned
packet_checksum_burst(struct packet *packets, const uint8_t *said, unsigned n,
                      enum packet_checksum_mode mode)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < n; i++) {
		struct packet *pk = &packets[i];

		if (pk->verdict != PACKET_TRACKED ||
		    !packet_checksum_is_wrong(pk, said != NULL ? said[i] : 0))
			continue;
		wrong++;
		if (mode == PACKET_CHECKSUM_VERIFY)
			pk->verdict = PACKET_WRONG_CHECKSUM;
	}
	return wrong;
}
