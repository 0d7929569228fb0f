/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The networks in which a worker's flows live, and the tunnels in which the flows were seen.
 *
 * Overview. Two tenants may use the same addresses, so the key of a flow holds the number of its
 * domain: the chain of VLAN and of tunnel ids that name a network. And a row shows the VLAN and all
 * tunnels around the first packet of its flow, with their ends and ids, whether they name a network
 * or not. Both are paths, from the outermost wrapping to the innermost, and many flows share each.
 * So a table keeps every step of a path once: a record names its step and the number of the step
 * outside it, and the number of the innermost step stands for the whole path.
 *
 *	vxlan 7, 192.0.2.1 > 192.0.2.2     record 12, outside it: none
 *	gtp 42, 10.1.0.1 > 10.1.0.2        record 13, outside it: 12
 *
 * A step of a domain has no addresses: both directions of a connection have the same. Where
 * networks are routed into one another each direction of a connection may come in another domain;
 * its flow then has a path of the one and of the other, joined by a record.
 *
 * Life. A record lives as long as a flow or a record inside it holds it. One that nobody holds is
 * taken for another path when none is free, but never while a packet that was given its number is
 * still under way. A full table refuses: no two networks ever share a number.
 *
 * Who writes and who reads. One worker writes. The control core reads the path of a row while its
 * flow holds it: inside the read of the flow's entry.
 *
 * Cost. 64 bytes for each of DOMAIN_RECORDS records and 4 for its bucket: 4.4 MB a worker. A packet
 * in a tunnel pays one search for each step that names a network.
 */
#ifndef DOMAIN_H
#define DOMAIN_H

#include "base_net.h"
#include "mem_region.h"
#include "packet.h"

BASE_BEGIN_DECLS

#define DOMAIN_RECORDS     65536
#define DOMAIN_MIRRORS_MAX 16

/*
 * Numbers, of domains and of paths: 0 is none. A VLAN as the outermost step needs no record: its
 * number is the VID plus one. Behind those come the records.
 */
#define DOMAIN_NONE      0u
#define DOMAIN_VLAN(vid) ((uint32_t)(vid) + 1)
#define DOMAIN_VLAN_MAX  4096u
#define DOMAIN_FULL      UINT32_MAX /* no number could be given */

/* What names a network. Control: writes before the start; worker: reads. */
struct domain_identity {
	bool vlan;          /* the VLAN does */
	bool tunnel;        /* ids of tunnels do (packet_tunnel.h says which kinds) */
	uint32_t n_mirrors; /* of those below */
	/* Ids of tunnels that end here are the mirror's own, and name nothing. */
	struct base_net mirror[DOMAIN_MIRRORS_MAX];
};

/*
 * One step of a path. Worker: writes; a record that is taken as a whole, by words. Control: reads
 * step, outside, serial and network.
 */
struct domain_record {
	struct packet_tunnel step;
	uint32_t inside; /* how many records and flows hold it */
	uint32_t next;   /* of its bucket, or of the free ones; 0: the last */
	uint32_t used;   /* burst in which a packet was last given its number, or somebody let go */
	uint16_t outside; /* number of the step around it, or 0 */
	uint8_t is_free;
	uint8_t spare;
	uint32_t serial;  /* another one each time that the record is taken */
	uint32_t network; /* hash of the kinds and ids of all steps (domain_network) */
};

static_assert(sizeof(struct domain_record) == BASE_CACHE_LINE, "one line");

struct domain_table {
	struct mem_region region;
	struct domain_record *records; /* DOMAIN_RECORDS */
	uint32_t *buckets;             /* as many: first record of each, 0: none */
	uint64_t secret;               /* a stranger chooses ids: he must not choose buckets */
	uint32_t n_used;               /* numbers below were given at some time */
	uint32_t free_head;
	uint32_t hand; /* where the search for one that nobody holds goes on */
	uint32_t burst;
	uint32_t serial;
	/* worker: writes; control: reads */
	uint64_t live;    /* records taken */
	uint64_t refused; /* times that there was no room for one */
};

/* Memory for the table, of the given kind and NUMA node. 0 or -errno. Control, cold. */
int domain_table_init(struct domain_table *table, enum mem_pages pages, int node);
void domain_table_fini(struct domain_table *table);
uint64_t domain_table_need(void); /* bytes of one that is not made yet. Any */

/*
 * The domain of a packet, which was decoded with a path if it has tunnels: a number of 16 bits, or
 * DOMAIN_FULL. The number stands for this network at least as long as the burst in which it was
 * given and the next one last; and after that while somebody holds it. Worker.
 */
uint32_t domain_of_packet(struct domain_table *table, const struct domain_identity *identity,
                          const struct packet *pk);

/* A new burst begins. Worker. */
BASE_INLINE void
domain_next_burst(struct domain_table *table)
{
	table->burst++;
}

/*
 * A flow, or a socket's record, of that domain or path is there, is gone. A path is let go of after
 * the write that closed the flow's entry: a reader must not find another path there. Worker.
 */
void domain_hold(struct domain_table *table, uint32_t number);
void domain_drop(struct domain_table *table, uint32_t number);

/*
 * The path of a packet, its VLAN and all its tunnels, held for its flow: a number of 16 bits. Both
 * directions of a flow have the same: it is kept as endpoint a sends, so the ends of a packet of
 * `dir` 1 change places. Where no room is left it is as much of the path as there was room for.
 * Worker.
 */
uint16_t domain_path_hold(struct domain_table *table, const struct packet *pk, unsigned dir);

/*
 * The path of a flow in `path`, whose other direction came in this packet of `dir` and in `domain`:
 * a number held instead of `path`, which is let go of; 0: no room was left, and nothing was done.
 * It begins with what a sends. Worker.
 */
uint16_t domain_path_join(struct domain_table *table, uint16_t path, const struct packet *pk,
                          unsigned dir, uint32_t domain);

/* The domain of the other direction, or DOMAIN_NONE: that one has no other. Worker. */
uint32_t domain_path_joined(const struct domain_table *table, uint16_t path);

/* The path of what b sends, or 0: it is that of a, turned. Worker, or control as below. */
uint16_t domain_path_back(const struct domain_table *table, uint16_t path);

/*
 * The steps of a path, outermost first. Returns how many. Worker, or control inside the read of an
 * entry that holds it: what it returns means nothing if that read has to be done again, but it
 * always ends and stays in the table.
 */
unsigned domain_path_read(const struct domain_table *table, uint16_t path,
                          struct packet_tunnel steps[PACKET_TUNNEL_MAX]);

/* What a number stands for now: a path with the same serial later is the same path. As above. */
uint32_t domain_path_serial(const struct domain_table *table, uint16_t path);

/* The VLAN of a path, or PACKET_NO_VLAN. As domain_path_read. */
uint16_t domain_path_vlan(const struct domain_table *table, uint16_t path);

/*
 * A hash of what a domain is, which every worker has alike, whatever number he gives it; 0 for
 * DOMAIN_NONE. No secret is in it. As domain_path_read; of no domain or a VLAN any table will do.
 */
uint32_t domain_network(const struct domain_table *table, uint32_t number);

BASE_END_DECLS

#endif
