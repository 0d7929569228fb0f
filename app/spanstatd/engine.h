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
#include "fragment.h"
#include "layer_settings.h"
#include "packet_checksum.h"
#include "poll.h"
#include "report_path.h"
#include "report_stats.h"
#include "snapshot.h"
#include "track.h"

struct engine_worker {
	/* its worker: writes; control: reads */
	BASE_ALIGNED(BASE_CACHE_LINE) uint64_t busy_cycles;
	uint64_t idle_cycles;
	uint32_t lcore;
	uint32_t numa_node;
	struct dpdk_handover_counters on; /* packets from its queue that it handed on to others */
	uint64_t wrong_checksums;         /* where they are verified or counted */
	/* receive core: writes; a line of its own, for it does so with each burst */
	BASE_ALIGNED(BASE_CACHE_LINE) struct dpdk_handover_counters handover;
};

struct engine {
	struct track *tracks[CONF_WORKERS_MAX];
	struct fragment_table *fragments[CONF_WORKERS_MAX]; /* of each worker */
	struct engine_worker workers[CONF_WORKERS_MAX];
	unsigned n_workers;
	struct report_paths paths;    /* control: tunnels as rows name them */
	struct layer_settings layers; /* written before the first packet */
	/* of packets that come from files and bring their time; NULL: they come now */
	const struct base_timeline *timeline;
	uint64_t started_us;     /* on a clock that nobody sets */
	uint32_t checksum;       /* enum packet_checksum_mode; written before the first packet */
	uint32_t stop;           /* control: writes; all: read */
	struct poll_order polls; /* control: writes; poll loops: read */

	/* who fills report_stats.ports: the file reader or the DPDK ports. Control. */
	void (*ports)(void *ctx, struct report_stats *stats);
	/* a loop that has not obeyed the last call of `polls`: its worker, or n_workers for the
	 * receive core; -1: all have. NULL: nobody polls. Control. */
	int (*loop_behind)(void *ctx);
	void *ports_ctx;
};

/* Which UDP ports are tunnels, and how deep, of a configuration without mistakes (conf_check). */
void engine_layers(const struct conf *conf, struct layer_settings *layers);

/* The part of the configuration that workers need. */
void engine_settings(const struct conf *conf, struct track_settings *settings);

/*
 * Makes one worker's engine, of `capacity` flows, on the node of `cpu` (-1: any). 0 or -errno.
 * Control.
 */
int engine_add_worker(struct engine *engine, const struct conf *conf, uint32_t capacity,
                      enum mem_pages pages, int cpu, int keep);
void engine_fini(struct engine *engine);

/*
 * Judges the checksums of packets that were parsed and whose bytes are still there. said: what the
 * NIC found out, see packet_checksum.h. Only where engine->checksum says so. That worker.
 */
void engine_judge_checksums(struct engine *engine, unsigned worker, struct packet *packets,
                            const uint8_t *said, unsigned n);

/*
 * Pushes the first n packets of the inlet of that worker's engine, which were decoded: `found` is
 * what decode_burst said. Fragments find their flows, and packets that share a frame with another
 * come behind. The frames' data must still be there. Returns how many came so. That worker.
 */
unsigned engine_push(struct engine *engine, unsigned worker, unsigned n, unsigned found);

/* The clock of an engine of one of the workers, now. Control. */
struct snapshot_clock engine_clock(const struct engine *engine, const struct track *track);

/* Ends every loop. Control. */
BASE_INLINE void
engine_stop(struct engine *engine)
{
	__atomic_store_n(&engine->stop, 1, __ATOMIC_RELAXED);
	poll_call(&engine->polls);
}

BASE_INLINE bool
engine_is_stopped(const struct engine *engine)
{
	return (int)__atomic_load_n(&engine->stop, __ATOMIC_RELAXED);
}

#endif
