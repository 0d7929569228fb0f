/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * When a host was last heard, and when it was last asked in vain, from all connections together.
 *
 * A row does not say which end sent its last packet, so this is what the states and numbers of a
 * row prove: a FIN was sent when its sender left ESTABLISHED, an ACK of it when the other end
 * entered FIN_WAIT_2; and where an end has acknowledged all that the other sent, both were there at
 * the last packet. (A keep-alive that nobody answers is the exception: for some minutes, until its
 * sender gives up, its host passes for heard.) Asked in vain is a host that owes an ACK for a
 * second, or has never answered a SYN.
 *
 * Only hosts that someone wants to know about are kept, DIGEST_HOSTS_MAX at most. An address is one
 * host, whatever VLAN or tunnel it is seen in. One thread.
 */
#ifndef DIGEST_HOSTS_H
#define DIGEST_HOSTS_H

#include "mem_table.h"
#include "report_row.h"

BASE_BEGIN_DECLS

#define DIGEST_HOSTS_MAX 65536

struct digest_host_key {
	uint8_t addr[16];
	uint8_t ip_version;
	uint8_t reserved[7];
};

struct digest_host {
	struct digest_host_key key;
	uint64_t heard_us; /* UTC; 0: not at all */
	uint64_t asked_us; /* the same, in vain */
};

/* The pool is borrowed. mem_table_fini undoes it. */
void digest_hosts_init(struct mem_table *hosts, struct mem_pool *pool, uint64_t secret);

/* From now on that host is of interest. 0; -ENOMEM: there is no room. */
int digest_hosts_want(struct mem_table *hosts, const struct report_end *end, unsigned version);

/* What a row shows of its two hosts, if they are of interest. */
void digest_hosts_see(struct mem_table *hosts, const struct report_full *full);

/* NULL: nobody asked for it, or there was no room. */
const struct digest_host *
digest_hosts_find(const struct mem_table *hosts, const struct report_end *end, unsigned version);

/*
 * 1: `from` has sent what `to` has not acknowledged; 0: all is acknowledged; -1: not known. Any.
 */
int digest_hosts_owes(const struct report_more *from, const struct report_more *to);

/* The moment at which the row was made, UTC. */
BASE_INLINE uint64_t
digest_row_now_us(const struct report_row *row)
{
	return row->last_us + row->idle_us;
}

BASE_END_DECLS

#endif
