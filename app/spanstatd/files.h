/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets from capture files: one worker, the same engine, time from the packets.
 *
 * A private daemon reads all of them before it answers (files_read), or between two answers where
 * it is asked for events (files_step); one with a socket of its own reads on a thread and answers
 * meanwhile, and at their end goes on answering (files_start).
 */
#ifndef FILES_H
#define FILES_H

#include <pthread.h>

#include "base_timeline.h"
#include "engine.h"
#include "options.h"

struct files {
	struct engine *engine;
	const struct options *options;
	struct capture_merge *merge;
	pthread_t thread;
	int threaded;
	uint64_t received, bytes; /* reader: writes; control: reads */
	struct base_timeline timeline;
	/* files_step: where it is */
	int at_end, judged;
	uint64_t end_us;
	uint32_t advanced; /* flows that were examined at the end; UINT32_MAX: all */
	int broken;        /* 0 or -EIO, at the end */
};

/* Opens the files and makes the worker. 0; -EIO or -errno, with a message on standard error. */
int files_init(struct files *files, struct engine *engine, const struct options *options);
void files_fini(struct files *files);

/*
 * What is read before the first answer: all, or with --stepwise as much as it takes to know that
 * there is something to report. 0; -EIO: there is nothing, for no file could be read; with a
 * message. A file that turned out broken behind that is in `broken`.
 */
int files_begin(struct files *files);

/*
 * Reads to the end. 0; -EIO: a file turned out broken, with a message; what was read before stands.
 */
int files_read(struct files *files);

/*
 * Reads a burst of packets, or does a part of what follows the last one. 1; 0: that was all, and
 * `broken` is what files_read would return. For control_set_step.
 */
int files_step(void *files);

/* Reads on a thread of its own. 0 or -errno. */
int files_start(struct files *files);
void files_join(struct files *files);

#endif
