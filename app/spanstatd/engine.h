/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the cores of the daemon share: the workers' engines, the clock of what they see, and the
 * word to stop. Wiring only: a worker writes its own track and its own struct engine_worker, the
 * control core reads them through snapshot.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "conf.h"
#include "dpdk_handover.h"
#include "report_stats.h"
#include "snapshot.h"
#include "track.h"

struct engine_worker {
	/* its worker: writes; control: reads */
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t busy_cycles;
	uint64_t idle_cycles;
	uint32_t lcore;
	uint32_t numa_node;
	uint64_t stray; /* packets from its queue that symmetric RSS gives to another worker */
	/* receive core: writes; a line of its own, for it does so with each burst */
	BASE_ALIGNED(BASE_CACHE_LINE) struct dpdk_handover_counters handover;
};

struct engine {
	struct track *tracks[CONF_WORKERS_MAX];
	struct engine_worker workers[CONF_WORKERS_MAX];
	unsigned n_workers;
	/* of packets that come from files and bring their time; NULL: they come now */
	const struct base_timeline *timeline;
	uint64_t started_us; /* UTC */
	uint32_t stop;       /* control: writes; all: read */

	/* who fills report_stats.ports: the file reader or the DPDK ports. Control. */
	void (*ports)(void *ctx, struct report_stats *stats);
	void *ports_ctx;
};

/* The part of the configuration that workers need. */
void engine_settings(const struct conf *conf, struct track_settings *settings);

/*
 * Makes one worker's engine, of `capacity` flows, on the node of `cpu` (-1: any). 0 or -errno.
 * Control.
 */
int engine_add_worker(struct engine *engine, const struct conf *conf, uint32_t capacity,
                      enum mem_pages pages, int cpu, int keep);
void engine_fini(struct engine *engine);

/* The clock of an engine of one of the workers, now. Control. */
struct snapshot_clock engine_clock(const struct engine *engine, const struct track *track);

BASE_INLINE bool
engine_is_stopped(const struct engine *engine)
{
	return (int)__atomic_load_n(&engine->stop, __ATOMIC_RELAXED);
}

#endif
