/* SPDX-License-Identifier: BSD-3-Clause */
/* The workers' engines, made from the configuration. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base_clock.h"
#include "decode.h"
#include "endpoint_table.h"
#include "engine.h"

#define SEC UINT64_C(1000000)

void
engine_layers(const struct conf *conf, struct layer_settings *layers)
{
	*layers = (struct layer_settings){ .depth = (uint8_t)conf->decode.depth };
	for (unsigned i = 0; i < LAYER_N_PORT_KINDS; i++) {
		const struct conf_ports *ports = &conf->decode.ports[i];
		int error = layer_settings_set_ports(layers, (enum layer_port_kind)i, ports->port,
		                                     ports->count);

		assert(error == 0); /* conf_check has seen it */
		(void)error;
	}
}

static struct domain_identity
engine_identity(const struct conf *conf)
{
	struct domain_identity identity = { .vlan = conf->identity.vlan,
		                            .tunnel = conf->identity.tunnel,
		                            .n_mirrors = conf->decode.mirror_to.count };

	static_assert(CONF_MIRRORS_MAX <= DOMAIN_MIRRORS_MAX, "all of them");
	memcpy(identity.mirror, conf->decode.mirror_to.net,
	       identity.n_mirrors * sizeof(identity.mirror[0]));
	return identity;
}

void
engine_settings(const struct conf *conf, struct track_settings *settings)
{
	const struct conf_timers *t = &conf->timers;

	*settings = (struct track_settings){
		.duplicate_window_us =
		    conf->duplicates.detect ? conf->duplicates.window_ms * 1000 : 0,
		.identity = engine_identity(conf),
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
	config.paths = &engine->paths;
	engine->tracks[n] = track_create(&config);
	engine->fragments[n] = fragment_table_create();
	if (engine->tracks[n] == NULL || engine->fragments[n] == NULL)
		return -errno;
	engine->workers[n].numa_node = config.node < 0 ? 0 : (uint32_t)config.node;
	engine->n_workers = n + 1;
	engine->checksum = conf->decode.checksum;
	return 0;
}

void
engine_judge_checksums(struct engine *engine, unsigned worker, struct packet *packets,
                       const uint8_t *said, unsigned n)
{
	unsigned wrong =
	    packet_checksum_burst(packets, said, n, (enum packet_checksum_mode)engine->checksum);

	base_counter_add(&engine->workers[worker].wrong_checksums, wrong);
}

void
engine_fini(struct engine *engine)
{
	for (unsigned i = 0; i < CONF_WORKERS_MAX; i++) {
		track_destroy(engine->tracks[i]);
		fragment_table_destroy(engine->fragments[i]);
	}
	engine->n_workers = 0;
	report_paths_free(&engine->paths);
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

/* Behind a first fragment there may be more of its datagram than the burst has room for. */
BASE_NOINLINE static void
engine_push_fragments(struct engine *engine, unsigned worker, unsigned n)
{
	struct fragment_table *fragments = engine->fragments[worker];
	struct track *track = engine->tracks[worker];
	struct packet came[PACKET_BURST_MAX];
	struct packet_path paths[PACKET_BURST_MAX];
	unsigned taken = 0;

	for (unsigned i = 0; i < n; i++) {
		came[i].path = &paths[i];
		packet_copy(&came[i], &track_inlet(track)[i]);
	}
	do
		track_push(track, fragment_burst(fragments, came, n, &taken, track_inlet(track)));
	while (taken < n || fragment_is_ready(fragments));
}

static void
engine_push_one(struct engine *engine, unsigned worker, unsigned n, unsigned found)
{
	if (BASE_UNLIKELY(found & DECODE_FRAGMENTS) ||
	    BASE_UNLIKELY(fragment_is_ready(engine->fragments[worker])))
		engine_push_fragments(engine, worker, n);
	else
		track_push(engine->tracks[worker], n);
}

/* Those that share a frame with the first n, a burst at a time. */
BASE_NOINLINE static unsigned
engine_push_several(struct engine *engine, unsigned worker, unsigned n, unsigned found)
{
	struct track *track = engine->tracks[worker];
	struct packet frames[PACKET_BURST_MAX];
	unsigned waiting = 0, others = 0;

	memcpy(frames, track_inlet(track), n * sizeof(frames[0]));
	engine_push_one(engine, worker, n, found);
	for (unsigned i = 0; i < n; i++) {
		for (unsigned part = 1; part <= frames[i].more; part++, others++) {
			decode_next(&engine->layers, &frames[i], part,
			            &track_inlet(track)[waiting]);
			if (++waiting < PACKET_BURST_MAX)
				continue;
			engine_push_one(engine, worker, waiting, DECODE_FRAGMENTS);
			waiting = 0;
		}
	}
	if (waiting > 0)
		engine_push_one(engine, worker, waiting, DECODE_FRAGMENTS);
	return others;
}

unsigned
engine_push(struct engine *engine, unsigned worker, unsigned n, unsigned found)
{
	if (BASE_UNLIKELY(found & DECODE_SEVERAL))
		return engine_push_several(engine, worker, n, found);
	engine_push_one(engine, worker, n, found);
	return 0;
}
