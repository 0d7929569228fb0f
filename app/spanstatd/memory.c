/* SPDX-License-Identifier: BSD-3-Clause */
/* Compares needs with what is there, and says both in megabytes. */

#include <errno.h>

#include "base_log.h"
#include "endpoint_table.h"
#include "memory.h"
#include "track.h"
#include "track_emit.h"

#define MEMORY_FLOWS_MIN     1024                  /* fewer are refused in any case */
#define MEMORY_REPORTS_BYTES ((uint64_t)128 << 20) /* reports, other programs */

/* By memory_plan's packets_huge and tables_huge. */
static const char *const memory_kinds[] = { "ordinary memory", "hugepages" };

unsigned long long
memory_mb(uint64_t bytes)
{
	return (bytes + (1u << 20) - 1) >> 20;
}

uint64_t
memory_tables(uint32_t flows, unsigned workers, uint32_t sockets)
{
	return workers * track_need((flows + workers - 1) / workers, sockets);
}

uint64_t
memory_control(unsigned workers)
{
	return MEMORY_REPORTS_BYTES + workers * sizeof(struct track_events);
}

unsigned
memory_rings(unsigned workers)
{
	return workers > 1 ? workers : 0;
}

void
memory_need_of(struct memory_need *need, const struct conf *conf, uint64_t pools_bytes)
{
	need->packets_bytes = pools_bytes + MEMORY_EAL_BYTES;
	need->tables_bytes =
	    memory_tables(conf->flows, conf->workers, endpoint_table_round(conf->listeners));
	need->control_bytes = memory_control(conf->workers);
}

unsigned long long
memory_hugepages(const struct memory_need *need)
{
	return memory_mb(need->packets_bytes + need->tables_bytes) / 2 + 1;
}

void
memory_decide(struct memory_plan *plan, const struct memory_need *need, const struct mem_room *room,
              int no_huge)
{
	uint64_t ordinary = 0;

	plan->need = *need;
	plan->packets_huge = !no_huge && room->huge_bytes >= need->packets_bytes;
	plan->tables_huge =
	    plan->packets_huge && room->huge_bytes - need->packets_bytes >= need->tables_bytes;
	if (!plan->packets_huge)
		ordinary += need->packets_bytes;
	if (!plan->tables_huge)
		ordinary += need->tables_bytes;
	plan->has_room = ordinary == 0 || ordinary + need->control_bytes <= room->ordinary_bytes;
}

uint32_t
memory_flows_max(const struct memory_need *need, const struct mem_room *room, int no_huge,
                 uint32_t flows, unsigned workers, uint32_t sockets)
{
	uint32_t low = 0, high = flows;

	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;
		struct memory_need one = *need;
		struct memory_plan plan;

		one.tables_bytes = memory_tables(middle, workers, sockets);
		memory_decide(&plan, &one, room, no_huge);
		if (plan.has_room)
			low = middle;
		else
			high = middle - 1;
	}
	return low < MEMORY_FLOWS_MIN ? 0 : low;
}

/* Of what is there only `usable` counts. */
static int
memory_refuse(const struct memory_need *need, const struct mem_room *room,
              const struct mem_room *usable, const struct conf *conf)
{
	uint32_t most = memory_flows_max(need, usable, (int)conf->no_huge, conf->flows,
	                                 conf->workers, endpoint_table_round(conf->listeners));

	base_error(
	    "%u flows need %llu MB and packets %llu MB, but %llu MB of hugepages%s and %llu "
	    "MB of other memory are free, of which %llu MB are kept: at most --flows %u",
	    conf->flows, memory_mb(need->tables_bytes), memory_mb(need->packets_bytes),
	    (unsigned long long)room->huge_bytes >> 20, conf->no_huge ? " (not used: no-huge)" : "",
	    (unsigned long long)room->ordinary_bytes >> 20, memory_mb(need->control_bytes), most);
	return -ENOMEM;
}

/* What was compared with what. */
static void
memory_say(const struct memory_plan *plan, const struct mem_room *room, int no_huge)
{
	base_debug(
	    "memory: packets need %llu MB, tables %llu MB, reports keep %llu MB; free are "
	    "%llu MB of hugepages%s and %llu MB of other memory; so packets lie on %s, tables "
	    "on %s",
	    memory_mb(plan->need.packets_bytes), memory_mb(plan->need.tables_bytes),
	    memory_mb(plan->need.control_bytes), (unsigned long long)room->huge_bytes >> 20,
	    no_huge ? " (not used: no-huge)" : "", (unsigned long long)room->ordinary_bytes >> 20,
	    memory_kinds[plan->packets_huge], memory_kinds[plan->tables_huge]);
}

void
memory_room(struct mem_room *room)
{
	if (mem_room_read(room, NULL) != 0) /* no /proc: then nothing can be known */
		*room = (struct mem_room){ 0, UINT64_MAX };
}

int
memory_choose(struct memory_plan *plan, const struct conf *conf, const struct mem_room *there,
              const struct nodes *nodes)
{
	const struct memory_need need = { nodes_packets(nodes), nodes_tables(nodes),
		                          memory_control(conf->workers) };
	struct mem_room room = *there;

	room.huge_bytes = nodes_usable(nodes, room.huge_bytes);
	memory_decide(plan, &need, &room, (int)conf->no_huge);
	nodes_say(nodes);
	memory_say(plan, there, (int)conf->no_huge);
	if (!plan->has_room)
		return memory_refuse(&need, there, &room, conf);
	if (!conf->no_huge && !plan->tables_huge)
		nodes_warn(nodes);
	return 0;
}

void
memory_log(const struct memory_plan *plan, const struct conf *conf)
{
	base_info("%u flows take %llu MB of %s, packets %llu MB of %s", conf->flows,
	          memory_mb(plan->need.tables_bytes), memory_kinds[plan->tables_huge],
	          memory_mb(plan->need.packets_bytes), memory_kinds[plan->packets_huge]);
}
