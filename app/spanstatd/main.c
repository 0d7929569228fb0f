/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * spanstatd: wires packets to workers and workers to the control core.
 *
 *	options -> files or ports (the workers' engines) -> control core's loop -> all down again
 *
 * The socket comes first: a second daemon is refused before it touches a port of the first. But
 * nobody is listened to before the ports are up, for that may take long. No worker starts before
 * every port, file and table is there, and before what they needed root for is given up.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base_clock.h"
#include "base_log.h"
#include "control.h"
#include "files.h"
#include "life.h"
#include "notify.h"
#include "ports.h"
#include "privilege.h"
#include "rights.h"
#include "signals.h"
#include "snapshot_event.h"
#include "track_emit.h"

/* Capture files, for the one client that started us. */
static int
main_private(struct options *options, struct engine *engine)
{
	struct control *control;
	struct files files;
	int broken;

	if (files_init(&files, engine, options) != 0)
		return STATUS_FAILED;
	if (options->stepwise)
		snapshot_event_listen(engine->tracks[0], 1);
	if (rights_drop(options) != 0 || files_begin(&files) != 0) {
		files_fini(&files);
		return STATUS_FAILED; /* nobody was greeted yet: no title is printed */
	}
	control = control_create(engine, options);
	if (control != NULL && options->stepwise)
		control_set_step(control, files_step, &files);
	if (control != NULL && control_attach(control, options->private_fd) == 0)
		control_run(control);
	control_destroy(control);
	broken = files.broken;
	files_fini(&files);
	return control == NULL || broken != 0 ? STATUS_FAILED : STATUS_DONE;
}

/* Whoever may ask is answered from now on. */
static void
main_ready(const struct options *options, const struct engine *engine)
{
	account_log(&options->account, options->conf.socket);
	life_ready(&options->conf, engine->n_workers);
	notify_send("READY=1");
}

/* Capture files, for whoever asks on the socket. */
static int
main_files(struct options *options, struct engine *engine, struct control *control)
{
	struct files files;
	int status = STATUS_FAILED;

	if (control_claim(control) != 0 || files_init(&files, engine, options) != 0)
		return STATUS_FAILED;
	if (control_listen(control) == 0 && rights_drop(options) == 0 && files_start(&files) == 0) {
		main_ready(options, engine);
		control_run(control);
		signals_limit();
		control_say_end(control);
		status = STATUS_DONE;
	}
	engine_stop(engine);
	files_join(&files);
	files_fini(&files);
	return status;
}

static int
main_ports(struct options *options, struct engine *engine, struct control *control)
{
	struct ports *ports;
	int status = STATUS_FAILED;

	if (control_claim(control) != 0 || (ports = ports_create(engine, options)) == NULL)
		return STATUS_FAILED;
	if (control_listen(control) == 0 && rights_drop(options) == 0 && ports_start(ports) == 0 &&
	    ports_watch(ports, control_base(control)) == 0) {
		main_ready(options, engine);
		control_run(control);
		signals_limit();
		control_say_end(control);
		status = STATUS_DONE;
	}
	engine_stop(engine);
	ports_destroy(ports);
	return status;
}

static int
main_serve(struct options *options, struct engine *engine)
{
	struct control *control;
	int status;

	signals_catch();
	life_begin(options);
	notify_open();
	control = control_create(engine, options);
	if (control == NULL) {
		base_error("no memory for the control core");
		return STATUS_FAILED;
	}
	status = options->n_reads > 0 ? main_files(options, engine, control)
	                              : main_ports(options, engine, control);
	control_destroy(control);
	if (status != STATUS_FAILED || signals_end() == 0)
		return status;
	life_end_early(signals_end());
	return STATUS_DONE;
}

int
main(int argc, char **argv)
{
	static struct options options;
	static struct engine engine;
	int status;

	base_log_init("spanstatd");
	base_log_set_priorities(base_log_is_journal(STDERR_FILENO, getenv("JOURNAL_STREAM")));
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(&options, argc, argv, &status) != 0)
		return status;
	base_log_set_level((enum base_log_level)options.conf.log_level);
	if (options.private_fd >= 0)
		account_find_private(&options.account);
	else if (account_find(&options.account, &options.conf) != 0)
		return STATUS_USAGE;
	if (privilege_begin() != 0) {
		base_error("no rights can be given up: %s", strerror(errno));
		return STATUS_FAILED;
	}
	engine.started_us = base_clock_mono_us();
	engine_layers(&options.conf, &engine.layers);
	status = options.private_fd >= 0 ? main_private(&options, &engine)
	                                 : main_serve(&options, &engine);
	engine_fini(&engine);
	return status;
}
