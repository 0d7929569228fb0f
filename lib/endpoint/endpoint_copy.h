/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records of endpoints as another core reads them.
 *
 * A record names its domain by a number, and the number means nothing outside its worker: another
 * worker gives the same network another number, and the same number to another network. So a copy
 * holds what the domain is, and the record of the same endpoint in another worker's table is found
 * by that. Both are read inside one read of the record, which holds its domain.
 *
 * Control, beside the worker that writes. A copy costs two lines, four more of a TCP socket that
 * was connected to, and one for each tunnel; a search eight lines, and a copy for each network in
 * which these eight have the same address and port.
 */
#ifndef ENDPOINT_COPY_H
#define ENDPOINT_COPY_H

#include "endpoint_table.h"

BASE_BEGIN_DECLS

struct endpoint_copy {
	struct endpoint record;
	struct endpoint_more more; /* all zero where there is none */
	/* what its domain is */
	uint16_t vlan; /* or PACKET_NO_VLAN */
	uint8_t n_tunnels;
	uint32_t network;                                /* domain_network of it */
	struct packet_tunnel tunnels[PACKET_TUNNEL_MAX]; /* outermost first, without their ends */
};

/* A whole copy of one record, by its number below the capacity. Control. */
void
endpoint_copy_take(const struct endpoint_table *table, uint32_t number, struct endpoint_copy *copy);

/*
 * The record of the same endpoint in this table; `hash` is the keyed hash of the key of `as`, with
 * the secret of this table. Returns whether it is there. It searches without the sets. Control.
 */
bool endpoint_copy_find(const struct endpoint_table *table, const struct endpoint_copy *as,
                        uint64_t hash, struct endpoint_copy *copy);

/* What names the endpoint within its worker, as flow_hash takes it. Any. */
BASE_INLINE struct flow_key
endpoint_copy_key(const struct endpoint_copy *copy)
{
	const struct endpoint *record = &copy->record;

	return (struct flow_key){ { record->addr[0], record->addr[1] }, { 0, 0 }, record->name };
}

BASE_END_DECLS

#endif
