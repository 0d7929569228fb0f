/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spanstat -r FILE: a spanstatd of one's own, which reads the capture files and answers on a socket
 * that nobody else can reach. It ends when that socket is closed.
 */
#ifndef READER_H
#define READER_H

#include <signal.h>
#include <sys/types.h>

#include "options.h"

struct reader {
	pid_t pid;
};

/*
 * Starts it. Returns the connected socket, or -errno. `pipe_action` is what the child is to do
 * about SIGPIPE. Says what is wrong with files by itself, in its own words.
 */
int reader_start(struct reader *reader, const struct options *options, void (*pipe_action)(int));

/*
 * Waits for its end, after the socket is closed; `hurry` says that nothing more is wanted of
 * it. Returns the status to exit with. A message of the child is not repeated.
 */
int reader_wait(struct reader *reader, int hurry);

#endif
