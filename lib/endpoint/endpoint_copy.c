/* SPDX-License-Identifier: BSD-3-Clause */
/* Records copied with their networks, and compared by them; see endpoint_copy.h. Control. */

#include <string.h>

#include "endpoint_copy.h"

/* Inside the read of the record: what more is kept of it, or what it has of the first itself. */
static void
copy_more(const struct endpoint_table *table, uint32_t number, struct endpoint_copy *copy)
{
	const struct endpoint *record = &copy->record;
	const struct flow_key key = endpoint_copy_key(copy);

	if (record->flags & ENDPOINT_MORE) {
		base_copy_words(&copy->more, &table->more[number], sizeof(copy->more));
		return;
	}
	memset(&copy->more, 0, sizeof(copy->more));
	if (flow_key_protocol(&key) == PACKET_PROTO_TCP)
		endpoint_more_first(&copy->more, record->first_place, record->first_cause);
}

void
endpoint_copy_take(const struct endpoint_table *table, uint32_t number, struct endpoint_copy *copy)
{
	const struct endpoint *record = &table->records[number];
	uint32_t begun;

	do {
		struct flow_key key;
		uint16_t domain;

		begun = base_seq_read_begin(&record->seq);
		base_copy_words(&copy->record, record, sizeof(copy->record));
		copy_more(table, number, copy);
		key = endpoint_copy_key(copy);
		domain = (uint16_t)flow_key_domain(&key);
		copy->vlan = domain_path_vlan(table->domains, domain);
		copy->network = domain_network(table->domains, domain);
		copy->n_tunnels = (uint8_t)domain_path_read(table->domains, domain, copy->tunnels);
	} while (base_seq_read_retry(&record->seq, begun));
}

static bool
endpoint_copy_is_in_network(const struct endpoint_copy *x, const struct endpoint_copy *y)
{
	if (x->vlan != y->vlan || x->n_tunnels != y->n_tunnels)
		return false;
	for (unsigned i = 0; i < x->n_tunnels; i++)
		if (x->tunnels[i].kind != y->tunnels[i].kind ||
		    x->tunnels[i].id != y->tunnels[i].id)
			return false;
	return true;
}

static bool
endpoint_copy_is_same(const struct endpoint_copy *x, const struct endpoint_copy *y)
{
	const struct flow_key x_key = endpoint_copy_key(x), y_key = endpoint_copy_key(y);

	return flow_key_equal_endpoints(&x_key, &y_key) && endpoint_copy_is_in_network(x, y);
}

bool
endpoint_copy_find(const struct endpoint_table *table, const struct endpoint_copy *as,
                   uint64_t hash, struct endpoint_copy *copy)
{
	uint32_t first = endpoint_set_of(table, endpoint_hash(hash, as->network)) * ENDPOINT_WAYS;

	for (uint32_t number = first; number < first + ENDPOINT_WAYS; number++) {
		uint64_t name = base_load_u64(&table->records[number].name);

		if (((name ^ as->record.name) & ~FLOW_KEY_DOMAIN) != 0)
			continue;
		endpoint_copy_take(table, number, copy);
		if (endpoint_copy_is_same(copy, as))
			return true;
	}
	return false;
}
