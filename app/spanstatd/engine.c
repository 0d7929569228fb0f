/* SPDX-License-Identifier: BSD-3-Clause */
/* The workers' engines, made from the configuration. */

#include <errno.h>

#include "base_clock.h"
#include "endpoint_table.h"
#include "engine.h"

#define SEC UINT64_C(1000000)

void
engine_settings(const struct conf *conf, struct track_settings *settings)
{
	const struct conf_timers *t = &conf->timers;

	*settings = (struct track_settings){
		.duplicate_window_us =
		    conf->duplicates.detect ? conf->duplicates.window_ms * 1000 : 0,
		.vlan_identity = conf->identity.vlan,
		.timers = { {
		    [TRACK_CLASS_CLOSED] = t->closed_sec * SEC,
		    [TRACK_CLASS_SYN_SENT] = t->syn_sent_sec * SEC,
		    [TRACK_CLASS_SYN_RECEIVED] = t->syn_received_sec * SEC,
		    [TRACK_CLASS_ESTABLISHED] = t->established_sec * SEC,
		    [TRACK_CLASS_HALF_CLOSED] = t->half_closed_sec * SEC,
		    [TRACK_CLASS_CLOSING] = t->closing_sec * SEC,
		    [TRACK_CLASS_LAST_ACK] = t->last_ack_sec * SEC,
		    [TRACK_CLASS_TIME_WAIT] = t->time_wait_sec * SEC,
		    [TRACK_CLASS_MIDSTREAM] = t->midstream_sec * SEC,
		    [TRACK_CLASS_UDP_ONEWAY] = t->udp_oneway_sec * SEC,
		    [TRACK_CLASS_UDP] = t->udp_sec * SEC,
		} },
	};
}

int
engine_add_worker(struct engine *engine, const struct conf *conf, uint32_t capacity,
                  enum mem_pages pages, int cpu, int keep)
{
	unsigned n = engine->n_workers;
	struct track_config config;

	assert(n < CONF_WORKERS_MAX);
	track_config_init(&config);
	engine_settings(conf, &config.settings);
	config.capacity = capacity;
	config.sockets = endpoint_table_round(conf->listeners);
	config.worker = n;
	config.workers = conf->workers;
	config.pages = pages;
	config.node = cpu < 0 ? MEM_NODE_ANY : mem_node_of_cpu(cpu);
	config.keep = keep;
	engine->tracks[n] = track_create(&config);
	if (engine->tracks[n] == NULL)
		return -errno;
	engine->workers[n].numa_node = config.node < 0 ? 0 : (uint32_t)config.node;
	engine->n_workers = n + 1;
	return 0;
}

void
engine_fini(struct engine *engine)
{
	for (unsigned i = 0; i < engine->n_workers; i++)
		track_destroy(engine->tracks[i]);
	engine->n_workers = 0;
}

struct snapshot_clock
engine_clock(const struct engine *engine, const struct track *track)
{
	struct snapshot_clock clock = { .timeline = engine->timeline };

	if (clock.timeline != NULL) {
		clock.now_us = snapshot_now_us(track);
		return clock;
	}
	clock.now_us = base_clock_mono_us();
	clock.to_real_us = (int64_t)(base_clock_real_us() - clock.now_us);
	return clock;
}
