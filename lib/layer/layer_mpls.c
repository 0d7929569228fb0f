/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPLS labels that IP carries, in UDP (RFC 7510) or alone (RFC 4023). The labels themselves are
 * lib/link's. Pure, any thread.
 */

#include "layer.h"

#define MPLS_LABEL      4
#define MPLS_LABELS_MAX 16
#define MPLS_ENTROPY    7 /* says that the next one spreads the flows */

/*
 * A label with no hops left goes nowhere, and 4 to 6 and 8 to 12 mean nothing (RFC 7274): behind a
 * port it is none.
 */
static bool
layer_mpls_is_label(const uint8_t *p)
{
	uint32_t label = base_be32(p) >> 12;

	return p[3] != 0 && !(label >= 4 && label <= 12 && label != MPLS_ENTROPY);
}

enum layer
layer_mpls_ip(struct layer_walk *walk)
{
	for (uint32_t at = 0; at < MPLS_LABELS_MAX * MPLS_LABEL; at += MPLS_LABEL) {
		if (!layer_has(walk, at + MPLS_LABEL))
			return layer_end(walk, PACKET_TUNNEL_SHORT);
		if (walk->has_plain && !layer_mpls_is_label(walk->p + at))
			break;
		if (!(walk->p[at + 2] & 1))
			continue;
		return layer_enter(walk, PACKET_TUNNEL_MPLS, true, base_be32(walk->p + at) >> 12)
		           ? LAYER_MPLS
		           : LAYER_END;
	}
	return layer_end(walk, PACKET_TUNNEL_HEADER);
}
