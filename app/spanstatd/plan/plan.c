/* SPDX-License-Identifier: BSD-3-Clause */
/* Workers from rates, memory from workers; see plan.h. */

#include <errno.h>
#include <string.h>

#include "base_log.h"
#include "base_parse.h"
#include "dpdk_pool.h"
#include "plan.h"

#define PLAN_FLOWS_MIN 1024 /* as the key `flows` has it */

static_assert((uint64_t)CONF_WORKERS_MAX * CONF_FLOWS_WORKER <= UINT32_MAX, "a number of flows");

int
plan_parse(struct plan_ask *ask, const char *rate, const char *flows)
{
	const char *why;

	if (plan_rate_parse(rate, &ask->rate, &why) != 0) {
		base_error("--plan: \"%s\": %s", rate, why);
		return -EINVAL;
	}
	if (flows == NULL) {
		base_error("--plan: FLOWS is missing, as in --plan 10M 1M");
		return -EINVAL;
	}
	if (base_parse_count(flows, strlen(flows), &ask->flows) != 0) {
		base_error("--plan: \"%s\" is no number of flows; it is written 1M or 1000000",
		           flows);
		return -EINVAL;
	}
	if (ask->flows >= PLAN_FLOWS_MIN)
		return 0;
	base_error("--plan: %s flows: a table has at least %u", flows, PLAN_FLOWS_MIN);
	return -EINVAL;
}

/* The fewest workers, from `workers` on, that take the rate and have room for the flows. */
static int
plan_count_workers(struct plan *plan, const struct plan_ask *ask, unsigned workers)
{
	for (; workers <= CONF_WORKERS_MAX; workers++) {
		const struct plan_measured *measured =
		    plan_rate_worker((ask->flows + workers - 1) / workers);

		if (measured == NULL ||
		    (uint64_t)workers * plan_rate_counted(measured) < ask->rate.packets_sec)
			continue;
		plan->workers = workers;
		plan->measured = measured;
		return 0;
	}
	base_error("--plan: that takes more than %u workers, of at most %u flows each; bits are "
	           "written 25Gbit",
	           CONF_WORKERS_MAX, CONF_FLOWS_WORKER);
	return -EINVAL;
}

/* Pools of a list's ports, as ports.c has them. `vdevs`: its items are arguments of devices. */
static int
plan_add_pools(const struct conf_list *list, bool vdevs, unsigned rings, uint64_t *bytes)
{
	for (unsigned i = 0; i < list->count; i++) {
		struct dpdk_pool_plan pool;

		if (dpdk_pool_plan(&pool, vdevs ? list->item[i] : NULL, rings) != 0) {
			base_error("%s: its capture cannot be read", list->item[i]);
			return -EIO;
		}
		*bytes += dpdk_pool_bytes(&pool);
	}
	return 0;
}

static int
plan_measure_pools(const struct plan *plan, const struct conf_sources *sources, uint64_t *bytes)
{
	static const struct conf_list one_nic = { .count = 1 };
	unsigned rings = memory_rings(plan->workers);
	const struct conf_list *lists[] = { &sources->interface, &sources->pci, &sources->vdev };

	*bytes = 0;
	if (sources->interface.count + sources->pci.count + sources->vdev.count == 0)
		lists[1] = &one_nic;
	for (unsigned i = 0; i < BASE_COUNT_OF(lists); i++)
		if (plan_add_pools(lists[i], lists[i] == &sources->vdev, rings, bytes) != 0)
			return -EIO;
	return 0;
}

int
plan_make(struct plan *plan, const struct plan_ask *ask, const struct conf *conf)
{
	const struct conf_sources *sources = &conf->sources;
	struct conf planned = *conf;
	uint64_t pools_bytes;

	if (plan_count_workers(plan, ask, conf->workers) != 0)
		return -EINVAL;
	plan->interfaces = sources->interface.count;
	plan->ports = plan->interfaces + sources->pci.count + sources->vdev.count;
	plan->may_spread = plan->workers > 1 && plan->ports <= 1 && plan->interfaces == 0;
	if (plan->ports == 0)
		plan->ports = 1;
	if (plan_measure_pools(plan, sources, &pools_bytes) != 0)
		return -EIO;
	planned.workers = plan->workers;
	planned.flows = (uint32_t)ask->flows;
	memory_need_of(&plan->need, &planned, pools_bytes);
	return 0;
}
