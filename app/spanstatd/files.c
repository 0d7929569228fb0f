/* SPDX-License-Identifier: BSD-3-Clause */
/* The worker of capture files. The engine's clock follows the packets' times (base_timeline.h). */

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base_log.h"
#include "decode.h"
#include "files.h"
#include "signals.h"

#define FILES_FLOW_BYTES 56 /* no packet of a flow takes less of a file */
#define FILES_FLOWS_MIN  4096
#define FILES_FLOWS_MAX  FLOW_CAPACITY_MAX
#define FILES_POLL_US    500
#define FILES_JOIN_NS    50000000 /* between two signals to a reader that is to end */
#define FILES_STEP_FLOWS 2048     /* of the table, in one step at the end */

/* Room for as many flows as the files can hold: memory is only taken by those that come. */
static uint32_t
files_capacity(const struct files *files)
{
	uint64_t bytes = capture_merge_bytes(files->merge);
	uint64_t flows = bytes / FILES_FLOW_BYTES;

	if (files->options->flows_given)
		return files->options->conf.flows;
	if (bytes == 0) /* nobody knows what is in a pipe or in a compressed file */
		return FILES_FLOWS_MAX;
	if (flows < FILES_FLOWS_MIN)
		return FILES_FLOWS_MIN;
	return flows < FILES_FLOWS_MAX ? (uint32_t)flows : FILES_FLOWS_MAX;
}

static void
files_ports(void *ctx, struct report_stats *stats)
{
	const struct files *files = ctx;
	struct report_port *port = &stats->ports[0];

	stats->n_ports = 1;
	strncpy(port->name, files->options->reads[0], sizeof(port->name) - 1);
	strncpy(port->driver, REPORT_DRIVER_FILE, sizeof(port->driver) - 1);
	port->received = base_load_u64(&files->received);
	port->bytes = base_load_u64(&files->bytes);
	port->state = REPORT_PORT_UP;
	stats->bad_stamps = capture_merge_bad_stamps(files->merge);
}

/* The clock begins with the first packet, so that whoever asks before it gets no other time. */
static void
files_set_clock(struct files *files, uint64_t first_us)
{
	if (first_us == UINT64_MAX)
		first_us = 0;
	base_timeline_begin(&files->timeline, first_us);
	track_poll(files->engine->tracks[0], BASE_TIMELINE_ZERO_US);
}

int
files_init(struct files *files, struct engine *engine, const struct options *options)
{
	char error[2 * CAPTURE_ERROR_MAX];
	int failed;

	*files = (struct files){ .engine = engine, .options = options };
	files->merge = capture_merge_open(options->reads, options->n_reads,
	                                  options->conf.decode.checksum != PACKET_CHECKSUM_IGNORE
	                                      ? CAPTURE_WHOLE_PACKETS
	                                      : PACKET_HEADERS_MAX,
	                                  error);
	if (files->merge == NULL && signals_end() == 0)
		base_error("%s", error);
	if (signals_end() != 0)
		files_fini(files); /* what a read was interrupted in is no fault of the file */
	if (files->merge == NULL)
		return -EIO;
	engine->timeline = &files->timeline;
	engine->ports = files_ports;
	engine->ports_ctx = files;
	failed = engine_add_worker(engine, &options->conf, files_capacity(files), MEM_PAGES_LAZY,
	                           -1, options->keep);
	if (failed != 0) {
		base_error("no memory for the flow table: %s", strerror(-failed));
		files_fini(files);
		return failed;
	}
	files_set_clock(files, capture_merge_next_us(files->merge));
	return 0;
}

void
files_fini(struct files *files)
{
	capture_merge_close(files->merge);
	files->merge = NULL;
}

/* From UTC to the engine's clock. */
static void
files_set_times(struct files *files, struct packet *packets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		packets[i].time_us = base_timeline_take(&files->timeline, packets[i].time_us);
}

static void
files_count(struct files *files, const struct packet *packets, unsigned n)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < n; i++)
		bytes += packets[i].wire_len;
	base_counter_add(&files->received, n);
	base_counter_add(&files->bytes, bytes);
}

static void
files_push(struct files *files, struct packet *packets, unsigned n)
{
	struct engine *engine = files->engine;
	struct fragment_table *fragments = engine->fragments[0];
	unsigned found = decode_burst(&engine->layers, packets, n);

	if (engine->checksum != PACKET_CHECKSUM_IGNORE)
		engine_judge_checksums(engine, 0, packets, NULL, n);
	if (fragments->n_waiting > 0)
		fragment_expire(fragments, packets[n - 1].time_us, false);
	base_counter_add(&files->received, engine_push(engine, 0, n, found));
}

/* No first will come any more. */
static void
files_end_fragments(struct engine *engine)
{
	struct fragment_table *fragments = engine->fragments[0];

	fragment_expire(fragments, 0, true);
	if (fragment_is_ready(fragments))
		engine_push(engine, 0, 0, DECODE_FRAGMENTS);
}

/* One burst. Returns how many packets; 0: that was the end of the files. */
static unsigned
files_burst(struct files *files)
{
	struct engine *engine = files->engine;
	struct track *track = engine->tracks[0];
	struct packet *packets = track_inlet(track);
	unsigned n = capture_merge_burst(files->merge, packets);

	if (n == 0) {
		files_end_fragments(engine);
		track_flush(track);
		return 0;
	}
	files_set_times(files, packets, n);
	files_count(files, packets, n);
	files_push(files, packets, n);
	track_poll(track, 0);
	return n;
}

/* The end was reached. 0, or -EIO: not in a good way. */
static int
files_verdict(struct files *files)
{
	if (capture_merge_error(files->merge)[0] == '\0' || engine_is_stopped(files->engine))
		return 0;
	base_error("%s", capture_merge_error(files->merge));
	return -EIO;
}

int
files_read(struct files *files)
{
	struct engine *engine = files->engine;
	struct track *track = engine->tracks[0];

	while (!engine_is_stopped(engine) && files_burst(files) > 0)
		;
	track_advance(track, track_now_us(track) + files->options->at_us);
	files->broken = files_verdict(files);
	return files->broken;
}

int
files_begin(struct files *files)
{
	if (!files->options->stepwise)
		files_read(files);
	else
		while (!capture_merge_has_read(files->merge) && files_step(files))
			;
	return capture_merge_has_read(files->merge) ? 0 : files->broken;
}

int
files_step(void *ctx)
{
	struct files *files = ctx;
	struct track *track = files->engine->tracks[0];

	if (!files->at_end) {
		files->at_end = files_burst(files) == 0;
		if (files->at_end)
			files->end_us = track_now_us(track) + files->options->at_us;
		return 1;
	}
	if (files->advanced != UINT32_MAX)
		files->advanced =
		    track_advance_part(track, files->end_us, files->advanced, FILES_STEP_FLOWS);
	if (files->advanced != UINT32_MAX)
		return 1;
	if (!files->judged)
		files->broken = files_verdict(files);
	files->judged = 1;
	return 0;
}

static void *
files_run(void *ctx)
{
	struct files *files = ctx;

	files_read(files);
	while (!engine_is_stopped(files->engine)) {
		track_poll(files->engine->tracks[0], 0);
		usleep(FILES_POLL_US);
	}
	return NULL;
}

int
files_start(struct files *files)
{
	int error = pthread_create(&files->thread, NULL, files_run, files);

	files->threaded = error == 0;
	return -error;
}

void
files_join(struct files *files)
{
	struct timespec soon;

	while (files->threaded) {
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_nsec += FILES_JOIN_NS;
		soon.tv_sec += soon.tv_nsec / 1000000000;
		soon.tv_nsec %= 1000000000;
		signals_interrupt(
		    files->thread); /* it may wait for a pipe that nobody writes into */
		files->threaded = pthread_timedjoin_np(files->thread, NULL, &soon) != 0;
	}
}
