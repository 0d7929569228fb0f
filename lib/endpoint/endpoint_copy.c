/* SPDX-License-Identifier: BSD-3-Clause */
/* Records copied with their networks, and compared by them; see endpoint_copy.h. Control. */

#include "endpoint_copy.h"

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

/* Do both records have this name, whatever their domains? */
static bool
endpoint_copy_is_named(uint64_t x, uint64_t y)
{
	return ((x ^ y) & ~FLOW_KEY_DOMAIN) == 0;
}

static bool
endpoint_copy_is_same(const struct endpoint_copy *x, const struct endpoint_copy *y)
{
	return x->record.addr[0] == y->record.addr[0] && x->record.addr[1] == y->record.addr[1] &&
	       endpoint_copy_is_named(x->record.name, y->record.name) &&
	       endpoint_copy_is_in_network(x, y);
}

bool
endpoint_copy_find(const struct endpoint_table *table, const struct endpoint_copy *as,
                   uint64_t hash, struct endpoint_copy *copy)
{
	uint32_t first = endpoint_set_of(table, endpoint_hash(hash, as->network)) * ENDPOINT_WAYS;

	for (uint32_t number = first; number < first + ENDPOINT_WAYS; number++) {
		uint64_t name = base_load_u64(&table->records[number].name);

		if (!endpoint_copy_is_named(name, as->record.name))
			continue;
		endpoint_copy_take(table, number, copy);
		if (endpoint_copy_is_same(copy, as))
			return true;
	}
	return false;
}
