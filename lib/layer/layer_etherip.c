/* SPDX-License-Identifier: BSD-3-Clause */
/* EtherIP (RFC 3378): an Ethernet frame in IP, behind two bytes of version. Pure, any thread. */

#include "layer.h"

#define ETHERIP_HEADER  2
#define ETHERIP_VERSION 0x3000

enum layer
layer_etherip(struct layer_walk *walk)
{
	if (!layer_has(walk, ETHERIP_HEADER))
		return layer_end(walk, PACKET_TUNNEL_SHORT);
	if (base_be16(walk->p) != ETHERIP_VERSION)
		return layer_end(walk, PACKET_TUNNEL_HEADER);
	if (!layer_enter(walk, PACKET_TUNNEL_ETHERIP, false, 0))
		return LAYER_END;
	layer_take(walk, ETHERIP_HEADER);
	return LAYER_INNER_ETHER;
}
