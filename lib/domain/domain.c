/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Records of steps, each once: found by what they say, freed when nobody holds them. Worker; init,
 * fini and path_read: as domain.h says.
 */

#include <errno.h>
#include <string.h>

#include "base_atomic.h"
#include "base_hash.h"
#include "domain.h"

#define DOMAIN_NETWORK_MIX UINT64_C(0x9e3779b97f4a7c15) /* odd; any would do */
#define DOMAIN_SEARCH_MAX  64 /* records looked at for one that nobody holds */
#define DOMAIN_FIRST       (DOMAIN_VLAN_MAX + 1)
/*
 * A packet is under way for three bursts at most, and what it showed of sockets waits a little
 * longer.
 */
#define DOMAIN_BURSTS    65536
#define DOMAIN_KIND_JOIN PACKET_N_TUNNELS

static size_t
domain_table_bytes(void)
{
	return DOMAIN_RECORDS * (sizeof(struct domain_record) + sizeof(uint32_t));
}

uint64_t
domain_table_need(void)
{
	return mem_region_need(domain_table_bytes());
}

int
domain_table_init(struct domain_table *table, enum mem_pages pages, int node)
{
	int error = mem_region_init(&table->region, domain_table_bytes(), pages, node);

	if (error != 0)
		return error;
	error = base_hash_draw(&table->secret);
	if (error != 0) {
		mem_region_fini(&table->region);
		return error;
	}
	table->records = table->region.base;
	table->buckets = (uint32_t *)(void *)(table->records + DOMAIN_RECORDS);
	table->n_used = table->hand = DOMAIN_FIRST;
	return 0;
}

void
domain_table_fini(struct domain_table *table)
{
	mem_region_fini(&table->region);
}

/* --- one step -------------------------------------------------------------------------------- */

static uint32_t
domain_bucket(const struct domain_table *table, const struct packet_tunnel *step, uint16_t outside)
{
	const uint64_t secret = table->secret;
	uint64_t x = base_hash_add(secret, secret,
	                           (uint64_t)step->id << 32 | (uint64_t)step->kind << 24 |
	                               (uint64_t)step->has_id << 23 | outside);

	/* A step of a domain has no addresses, and is what every packet in a tunnel asks for. */
	if ((step->src[0] | step->src[1] | step->dst[0] | step->dst[1]) == 0)
		return (uint32_t)base_hash_end(x) % DOMAIN_RECORDS;
	x = base_hash_add(x, secret, step->src[0]);
	x = base_hash_add(x, secret, step->src[1]);
	x = base_hash_add(x, secret, step->dst[0]);
	x = base_hash_add(x, secret, step->dst[1]);
	return (uint32_t)base_hash_end(x) % DOMAIN_RECORDS;
}

static bool
domain_step_equal(const struct packet_tunnel *x, const struct packet_tunnel *y)
{
	return x->id == y->id && x->kind == y->kind && x->version == y->version &&
	       x->has_id == y->has_id && x->src[0] == y->src[0] && x->src[1] == y->src[1] &&
	       x->dst[0] == y->dst[0] && x->dst[1] == y->dst[1];
}

static void
domain_unlink(struct domain_table *table, uint32_t number)
{
	const struct domain_record *record = &table->records[number];
	uint32_t *at = &table->buckets[domain_bucket(table, &record->step, record->outside)];

	while (*at != number)
		at = &table->records[*at].next;
	*at = record->next;
}

void
domain_hold(struct domain_table *table, uint32_t number)
{
	if (number > DOMAIN_VLAN_MAX)
		table->records[number].inside++;
}

void
domain_drop(struct domain_table *table, uint32_t number)
{
	if (number <= DOMAIN_VLAN_MAX)
		return;
	assert(table->records[number].inside > 0);
	table->records[number].inside--;
	table->records[number].used = table->burst;
}

/* Nobody holds it any more: it is free, and so may be the one outside it. */
static void
domain_free(struct domain_table *table, uint32_t number)
{
	struct domain_record *record = &table->records[number];
	uint16_t outside = record->outside;

	domain_unlink(table, number);
	record->is_free = 1;
	record->next = table->free_head;
	table->free_head = number;
	base_counter_add(&table->live, (uint64_t)-1);
	domain_drop(table, outside);
	if (record->step.kind == DOMAIN_KIND_JOIN)
		domain_drop(table, (uint32_t)record->step.src[0]);
}

static bool
domain_is_idle(const struct domain_table *table, const struct domain_record *record)
{
	return !record->is_free && record->inside == 0 &&
	       table->burst - record->used > DOMAIN_BURSTS;
}

/* Frees records that nobody holds, as far as a short search finds some. */
static void
domain_make_room(struct domain_table *table)
{
	for (unsigned i = 0; i < DOMAIN_SEARCH_MAX && table->free_head == 0; i++) {
		table->hand = table->hand + 1 < DOMAIN_RECORDS ? table->hand + 1 : DOMAIN_FIRST;
		if (domain_is_idle(table, &table->records[table->hand]))
			domain_free(table, table->hand);
	}
}

/* A number for a new record; 0: there is none. */
static uint32_t
domain_take(struct domain_table *table)
{
	uint32_t number;

	if (table->free_head == 0 && table->n_used < DOMAIN_RECORDS)
		return table->n_used++;
	if (table->free_head == 0)
		domain_make_room(table);
	number = table->free_head;
	if (number != 0)
		table->free_head = table->records[number].next;
	return number;
}

/* The record of a step, or 0: there is none. */
static uint32_t
domain_find(struct domain_table *table, const struct packet_tunnel *step, uint16_t outside)
{
	uint32_t number = table->buckets[domain_bucket(table, step, outside)];

	while (number != 0) {
		struct domain_record *record = &table->records[number];

		if (record->outside == outside && domain_step_equal(&record->step, step)) {
			record->used = table->burst;
			return number;
		}
		number = record->next;
	}
	return 0;
}

uint32_t
domain_network(const struct domain_table *table, uint32_t number)
{
	if (number == DOMAIN_NONE)
		return 0;
	if (number <= DOMAIN_VLAN_MAX)
		return (uint32_t)(number * DOMAIN_NETWORK_MIX >> 32);
	return __atomic_load_n(&table->records[(uint16_t)number].network, __ATOMIC_ACQUIRE);
}

static uint32_t
domain_network_of(const struct domain_table *table, const struct packet_tunnel *step,
                  uint16_t outside)
{
	uint64_t x = (uint64_t)domain_network(table, outside) << 32 | step->id;

	x = (x ^ step->kind) * DOMAIN_NETWORK_MIX;
	return (uint32_t)(x >> 32 ^ x);
}

/*
 * The record is another from now on. Said before it is written over, and so before one outside it
 * is: a reader that got something new finds another serial afterwards.
 */
static uint32_t
domain_renew(struct domain_table *table, uint32_t number)
{
	base_store_u32(&table->records[number].serial, ++table->serial);
	return table->serial;
}

/*
 * A record of a step that has none; 0: no room. The one outside was used just now, so it is not
 * taken for this one.
 */
static uint32_t
domain_make(struct domain_table *table, const struct packet_tunnel *step, uint16_t outside)
{
	uint32_t *bucket = &table->buckets[domain_bucket(table, step, outside)];
	uint32_t number = domain_take(table);
	struct domain_record record;

	if (number == 0) {
		base_counter_add(&table->refused, 1);
		return 0;
	}
	domain_hold(table, outside);
	record = (struct domain_record){
		.step = *step,
		.outside = outside,
		.used = table->burst,
		.next = *bucket,
		.serial = domain_renew(table, number),
		.network = domain_network_of(table, step, outside),
	};
	base_write_words(&table->records[number], &record, sizeof(record));
	*bucket = number;
	base_counter_add(&table->live, 1);
	return number;
}

static uint32_t
domain_find_or_make(struct domain_table *table, const struct packet_tunnel *step, uint16_t outside)
{
	uint32_t number = domain_find(table, step, outside);

	return number != 0 ? number : domain_make(table, step, outside);
}

/* --- what names a network -------------------------------------------------------------------- */

/* An address of either family lies as base_net has it: IPv4 in the second word of the packet's. */
static bool
domain_is_mirror(const struct domain_identity *identity, const struct packet_tunnel *step)
{
	const uint64_t *dst = step->version == 4 ? &step->dst[1] : step->dst;

	for (uint32_t i = 0; i < identity->n_mirrors; i++)
		if (identity->mirror[i].version == step->version &&
		    base_net_agree((const uint8_t *)dst, identity->mirror[i].addr,
		                   identity->mirror[i].len))
			return true;
	return false;
}

static bool
domain_names_network(const struct domain_identity *identity, const struct packet_tunnel *step)
{
	return step->has_id && packet_tunnel_names_network((enum packet_tunnel_kind)step->kind) &&
	       !domain_is_mirror(identity, step);
}

uint32_t
domain_of_packet(struct domain_table *table, const struct domain_identity *identity,
                 const struct packet *pk)
{
	bool has_vlan = identity->vlan && pk->vlan != PACKET_NO_VLAN;
	uint32_t number = has_vlan ? DOMAIN_VLAN(pk->vlan) : DOMAIN_NONE;

	if (!identity->tunnel || pk->path == NULL)
		return number;
	for (unsigned i = 0; i < pk->tunnels; i++) {
		const struct packet_tunnel *level = &pk->path->level[i];
		struct packet_tunnel step = { .id = level->id, .kind = level->kind, .has_id = 1 };

		if (!domain_names_network(identity, level))
			continue;
		number = domain_find_or_make(table, &step, (uint16_t)number);
		if (number == 0)
			return DOMAIN_FULL;
	}
	return number;
}

/* --- paths ----------------------------------------------------------------------------------- */

/* A level as the packets of `a` have it. */
static struct packet_tunnel
domain_level(const struct packet_tunnel *level, unsigned dir)
{
	struct packet_tunnel turned = *level;

	if (dir == 0)
		return turned;
	memcpy(turned.src, level->dst, sizeof(turned.src));
	memcpy(turned.dst, level->src, sizeof(turned.dst));
	return turned;
}

uint16_t
domain_path_hold(struct domain_table *table, const struct packet *pk, unsigned dir)
{
	uint32_t number = pk->vlan != PACKET_NO_VLAN ? DOMAIN_VLAN(pk->vlan) : 0;

	for (unsigned i = 0; i < pk->tunnels && pk->path != NULL; i++) {
		struct packet_tunnel level = domain_level(&pk->path->level[i], dir);
		uint32_t step = domain_find_or_make(table, &level, (uint16_t)number);

		if (step == 0)
			break;
		number = step;
	}
	domain_hold(table, number);
	return (uint16_t)number;
}

uint16_t
domain_path_join(struct domain_table *table, uint16_t path, const struct packet *pk, unsigned dir,
                 uint32_t domain)
{
	uint16_t other = domain_path_hold(table, pk, dir);
	uint16_t of_a = dir == 0 ? other : path, of_b = dir == 0 ? path : other;
	struct packet_tunnel step = { .kind = DOMAIN_KIND_JOIN, .id = domain, .src = { of_b, 0 } };
	uint32_t number = domain_find(table, &step, of_a);

	if (number != 0)
		domain_drop(table, of_b);
	else if ((number = domain_make(table, &step, of_a)) == 0) {
		domain_drop(table, other);
		return 0;
	} /* else the record holds the path of b while it lives */
	table->records[number].inside++;
	domain_drop(table, of_a);
	return (uint16_t)number;
}

/* A record's step as it is now; nothing for a number without a record. */
static struct packet_tunnel
domain_step(const struct domain_table *table, uint16_t number)
{
	struct packet_tunnel step = { 0 };

	if (number > DOMAIN_VLAN_MAX)
		base_copy_words(&step, &table->records[number].step, sizeof(step));
	return step;
}

static uint16_t
domain_outside(const struct domain_table *table, uint16_t number)
{
	return __atomic_load_n(&table->records[number].outside, __ATOMIC_ACQUIRE);
}

uint32_t
domain_path_serial(const struct domain_table *table, uint16_t path)
{
	return path > DOMAIN_VLAN_MAX ? base_load_u32(&table->records[path].serial) : 0;
}

/* That of a, without the record that joins it to another, if there is one. */
static uint16_t
domain_alone(const struct domain_table *table, uint16_t path)
{
	return domain_step(table, path).kind == DOMAIN_KIND_JOIN ? domain_outside(table, path)
	                                                         : path;
}

uint32_t
domain_path_joined(const struct domain_table *table, uint16_t path)
{
	struct packet_tunnel step = domain_step(table, path);

	return step.kind == DOMAIN_KIND_JOIN ? step.id : DOMAIN_NONE;
}

uint16_t
domain_path_back(const struct domain_table *table, uint16_t path)
{
	struct packet_tunnel step = domain_step(table, path);

	return step.kind == DOMAIN_KIND_JOIN ? (uint16_t)step.src[0] : 0;
}

unsigned
domain_path_read(const struct domain_table *table, uint16_t path,
                 struct packet_tunnel steps[PACKET_TUNNEL_MAX])
{
	unsigned n = 0;

	path = domain_alone(table, path);
	for (uint16_t at = path; at > DOMAIN_VLAN_MAX && n < PACKET_TUNNEL_MAX; n++)
		at = domain_outside(table, at);
	for (unsigned i = n; i > 0 && path > DOMAIN_VLAN_MAX; i--) {
		steps[i - 1] = domain_step(table, path);
		path = domain_outside(table, path);
	}
	return n;
}

uint16_t
domain_path_vlan(const struct domain_table *table, uint16_t path)
{
	path = domain_alone(table, path);
	for (unsigned n = 0; path > DOMAIN_VLAN_MAX && n < PACKET_TUNNEL_MAX; n++)
		path = domain_outside(table, path);
	return path != 0 && path <= DOMAIN_VLAN_MAX ? (uint16_t)(path - 1) : PACKET_NO_VLAN;
}
