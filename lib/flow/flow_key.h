/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What names a flow: the ordered pair of its endpoints, the protocol, and the domain in which they
 * live.
 *
 * Five words, every bit set: keys are compared and hashed as words. The smaller endpoint comes
 * first ("a"), so both directions have one key. A direction bit, kept outside, says which end sent.
 * Both families take the same room: IPv4 has its addresses in [1] of each pair and zeros in [0].
 * Pure, any thread, hot.
 */
#ifndef FLOW_KEY_H
#define FLOW_KEY_H

#include "base_compiler.h"

#define FLOW_KEY_WORDS 5

struct flow_key {
	uint64_t a_addr[2], b_addr[2]; /* network order, as they lie in the packet */
	/*
	 * Bits 63..48 port of a, 47..32 port of b (host order), 31..8 domain (lib/domain; 0: none,
	 * not hashed), 7..1 IP protocol, 0 set for IPv6.
	 */
	uint64_t rest;
};

static_assert(sizeof(struct flow_key) == FLOW_KEY_WORDS * 8, "no padding: compared as words");

#define FLOW_KEY_DOMAIN_SHIFT 8
#define FLOW_KEY_DOMAIN       (UINT64_C(0xffffff) << FLOW_KEY_DOMAIN_SHIFT)

/* The domain in which the endpoints live. */
BASE_INLINE uint32_t
flow_key_domain(const struct flow_key *key)
{
	return (uint32_t)((key->rest & FLOW_KEY_DOMAIN) >> FLOW_KEY_DOMAIN_SHIFT);
}

/* Do both name the same endpoints and protocol, whatever their domains? */
BASE_INLINE bool
flow_key_equal_endpoints(const struct flow_key *x, const struct flow_key *y)
{
	return ((x->a_addr[0] ^ y->a_addr[0]) | (x->a_addr[1] ^ y->a_addr[1]) |
	        (x->b_addr[0] ^ y->b_addr[0]) | (x->b_addr[1] ^ y->b_addr[1]) |
	        ((x->rest ^ y->rest) & ~FLOW_KEY_DOMAIN)) == 0;
}

BASE_INLINE bool
flow_key_equal(const struct flow_key *x, const struct flow_key *y)
{
	return ((x->a_addr[0] ^ y->a_addr[0]) | (x->a_addr[1] ^ y->a_addr[1]) |
	        (x->b_addr[0] ^ y->b_addr[0]) | (x->b_addr[1] ^ y->b_addr[1]) |
	        (x->rest ^ y->rest)) == 0;
}

/*
 * Makes the key of a packet. Returns 1 when the sender is b, the greater endpoint. `domain` has 24
 * bits.
 */
BASE_INLINE unsigned
flow_key_make(struct flow_key *key, const uint64_t src[2], const uint64_t dst[2], uint16_t src_port,
              uint16_t dst_port, uint32_t domain, unsigned protocol, int is_ipv6)
{
	/* Without branches: in mixed traffic no predictor knows which end sends next. */
	unsigned b = (src[0] > dst[0]) |
	             ((src[0] == dst[0]) &
	              ((src[1] > dst[1]) | ((src[1] == dst[1]) & (src_port > dst_port))));
	uint64_t swap = 0 - (uint64_t)b;
	uint64_t high = (src[0] ^ dst[0]) & swap, low = (src[1] ^ dst[1]) & swap;
	uint64_t port = (uint64_t)(src_port ^ dst_port) & swap;

	key->a_addr[0] = src[0] ^ high;
	key->a_addr[1] = src[1] ^ low;
	key->b_addr[0] = dst[0] ^ high;
	key->b_addr[1] = dst[1] ^ low;
	key->rest = (src_port ^ port) << 48 | (dst_port ^ port) << 32 |
	            (uint64_t)(domain & 0xffffff) << 8 | (uint64_t)(protocol & 0x7f) << 1 |
	            (uint64_t) !!is_ipv6;
	return b;
}

BASE_INLINE unsigned
flow_key_protocol(const struct flow_key *key)
{
	return (unsigned)(key->rest >> 1) & 0x7f;
}

BASE_INLINE bool
flow_key_is_ipv6(const struct flow_key *key)
{
	return key->rest & 1;
}

/* Are both endpoints one? A socket connected to itself; all its packets have one direction. */
BASE_INLINE bool
flow_key_is_self(const struct flow_key *key)
{
	return (uint16_t)(key->rest >> 48) == (uint16_t)(key->rest >> 32) &&
	       ((key->a_addr[0] ^ key->b_addr[0]) | (key->a_addr[1] ^ key->b_addr[1])) == 0;
}

/* The port of end a (0) or b (1), host order. */
BASE_INLINE uint16_t
flow_key_port(const struct flow_key *key, unsigned b)
{
	return (uint16_t)(key->rest >> (b ? 32 : 48));
}

#endif
