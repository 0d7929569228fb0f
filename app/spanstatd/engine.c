/* SPDX-License-Identifier: BSD-3-Clause */
/* The workers' engines, made from the configuration. */

#include <errno.h>
#include <string.h>

#include "base_clock.h"
#include "decode.h"
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

int64_t
engine_to_real_us(const struct engine *engine)
{
	if (engine->has_own_clock)
		return __atomic_load_n(&engine->to_real_us, __ATOMIC_RELAXED);
	return (int64_t)base_clock_real_us() - (int64_t)base_clock_mono_us();
}

BASE_NOINLINE unsigned
engine_push_several(const struct engine *engine, struct track *track, unsigned n)
{
	struct packet frames[PACKET_BURST_MAX];
	unsigned waiting = 0, others = 0;

	memcpy(frames, track_inlet(track), n * sizeof(frames[0]));
	track_push(track, n);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned part = 1; part <= frames[i].more; part++, others++) {
			decode_next(&engine->layers, &frames[i], part,
			            &track_inlet(track)[waiting]);
			if (++waiting < PACKET_BURST_MAX)
				continue;
			track_push(track, waiting);
			waiting = 0;
		}
	}
	if (waiting > 0)
		track_push(track, waiting);
	return others;
}
