/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control core: answers spanstat, takes signals, and never touches what a worker writes but
 * through lib/snapshot.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "engine.h"
#include "options.h"

struct control;
struct event_base;

/*
 * The event loop with its server, in an arena of its own. The options' configuration is the control
 * core's from here on: a SIGHUP replaces it. NULL and errno.
 */
struct control *control_create(struct engine *engine, struct options *options);
void control_destroy(struct control *control);

/* Its loop, for the events of others on the control core. They end before it is destroyed. */
struct event_base *control_base(struct control *control);

/*
 * Makes the configuration's socket its own, so that a second daemon does not start; then listens on
 * it, and for scrapes, when there is something to be asked. Each 0 or -errno, with a message.
 */
int control_claim(struct control *control);
int control_listen(struct control *control);

/* Serves only the private client; the loop ends when it is gone. 0 or -errno. */
int control_attach(struct control *control, int fd);

/* The private client's events: what moves the engine on between its questions (query_source.h). */
void control_set_step(struct control *control, int (*step)(void *ctx), void *ctx);

/* Runs until SIGTERM, SIGINT or the private client's end. */
void control_run(struct control *control);

/* Says in the log what ended it and what it has done. After control_run, before the workers end. */
void control_say_end(struct control *control);

#endif
