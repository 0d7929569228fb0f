/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The conversation: find somebody to ask, ask, print what comes, say how it went. With --watch, all
 * of it once more after each pause. --watch and events wait for a daemon that goes away.
 *
 * The same for every report; what differs is behind struct cmd_verb. The file of -o is opened when
 * there is somebody to ask. Memory: one frame and the output's block.
 */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "away.h"
#include "base_clock.h"
#include "base_log.h"
#include "base_text.h"
#include "interrupt.h"
#include "print_conn.h"
#include "reader.h"
#include "report_label.h"
#include "view.h"

#define ASK_PATIENCE_MS 10000 /* until a daemon's first word; files may take as long as they take */

/* The part of a conversation that ends with it. */
struct ask_talk {
	struct ctl_client *client;
	struct reader reader;
	void (*pipe_action)(int); /* what SIGPIPE did before */
	int greeted;              /* CTL_INFO has come */
	int met;                  /* so it has in some round */
	int lost;                 /* the answer ended without CTL_END */
	int away;                 /* and its daemon is waited for */
	unsigned rounds;          /* reports begun so far, --watch */
	int clears;               /* a terminal, whose screen shows one report at a time */
};

void
ask_title(struct ask *ask)
{
	if (ask->options->format == PRINT_TEXT && !ask->options->no_header)
		print_text_title(&ask->out, ask->info.name, ask->info.now_us);
}

/* Returns -1 to go on, or a status. */
static int
ask_reader(struct ask *ask, struct ask_talk *talk)
{
	int fd = reader_start(&talk->reader, ask->options, talk->pipe_action);

	if (fd >= 0)
		talk->client = ctl_client_adopt(fd);
	if (talk->client)
		return -1;
	base_error(_("cannot start a reader: %s"), strerror(fd < 0 ? -fd : errno));
	return STATUS_FAILED;
}

/* Is it a report that goes on until somebody ends it? */
static bool
ask_is_endless(const struct ask *ask)
{
	return ask->options->watch_us ||
	       ((ask->cmd->takes & REPORT_ENDLESS) && !ask->options->n_reads);
}

static int
ask_say_output(const struct ask *ask, int error)
{
	const char *path = ask->options->output;

	if (error == -EACCES && path && access(path, W_OK) == 0)
		base_error(_("%s: its folder may not be written, so no report can take its place"),
		           path);
	else
		base_error("%s: %s", path ? path : _("standard output"), strerror(-error));
	return STATUS_FAILED;
}

/* Returns -1 to go on. */
static int
ask_open_output(struct ask *ask)
{
	int error = output_open(&ask->output, ask->options->output,
	                        ask_is_endless(ask) ? OUTPUT_STREAM : OUTPUT_WHOLE);

	if (error)
		return ask_say_output(ask, error);
	print_out_init(&ask->out, ask->output.fd);
	return -1;
}

/* Flushes and says what is wrong with the output, if anything is. Returns -1 to go on. */
static int
ask_check_output(struct ask *ask)
{
	int error = print_out_flush(&ask->out);

	if (!error)
		return -1;
	return error == -EPIPE ? STATUS_FAILED : ask_say_output(ask, error);
}

/* Some reports have something to say without a daemon. Returns the status to exit with. */
static int
ask_without(struct ask *ask)
{
	int status = ask_open_output(ask);

	if (status >= 0)
		return status;
	ask->cmd->verb->without(ask);
	status = ask_check_output(ask);
	if (status >= 0)
		return status;
	return ask->is_bad ? STATUS_BAD : STATUS_DONE;
}

static int
ask_daemon(struct ask *ask, struct ask_talk *talk)
{
	if (ask->cmd->verb->asks_nobody)
		return ask_without(ask);
	if (!talk->client) /* else it is one that was waited for */
		talk->client = ctl_client_connect(ask->options->socket);
	if (!talk->client && talk->met) {
		talk->away = 1;
		return STATUS_FAILED;
	}
	if (!talk->client && ask->cmd->verb->without)
		return ask_without(ask);
	if (!talk->client)
		return away_refuse(ask->options->socket, errno);
	ctl_client_set_timeout(talk->client, ASK_PATIENCE_MS);
	return -1;
}

/* A report that is complete takes its place; of any other nothing is left. */
static int
ask_close_output(struct ask *ask, int status)
{
	int error;

	if (status != STATUS_DONE && status != STATUS_BAD) {
		output_abandon(&ask->output);
		return status;
	}
	error = output_commit(&ask->output);
	return error ? ask_say_output(ask, error) : status;
}

/* Of a daemon that ends, or is stopped: another one, or the same, may answer later. */
static bool
ask_is_passing(int error)
{
	return error == -ECONNRESET || error == -EPIPE || error == -ETIMEDOUT;
}

/* The answer stopped in the middle, or before its beginning. */
static int
ask_lost(struct ask *ask, struct ask_talk *talk, int error)
{
	const struct options *options = ask->options;

	talk->lost = 1;
	if (talk->greeted && ask->cmd->verb->cut)
		ask->cmd->verb->cut(ask);
	print_out_flush(&ask->out);
	talk->away = talk->met && !options->n_reads && ask_is_endless(ask) && ask_is_passing(error);
	if (talk->away)
		return STATUS_FAILED;
	if (options->n_reads) {
		/*
		 * A reader that gave up has said why, and one that was killed is dealt with later.
		 */
		if (error != -ECONNRESET && error != -EPIPE)
			base_error(_("the reader cannot be understood: %s"), strerror(-error));
		return STATUS_FAILED;
	}
	if (!talk->greeted && error == -ETIMEDOUT)
		return away_refuse(options->socket, -error);
	if (error == -EPROTONOSUPPORT)
		base_error(_("the daemon at %s speaks protocol %u and this spanstat %d: "
		             "they are of different versions"),
		           options->socket, ctl_client_peer_version(talk->client), CTL_VERSION);
	else if (error == -EPROTO)
		base_error(_("what answers at %s is no spanstatd"), options->socket);
	else
		base_error(_("the daemon at %s went away before the report was complete"),
		           options->socket);
	return STATUS_FAILED;
}

/* On a terminal a report takes the place of the last one; elsewhere a blank line stands between. */
static void
ask_begin_round(struct ask *ask, struct ask_talk *talk)
{
	const char *term = getenv("TERM");

	if (!ask->options->watch_us)
		return;
	if (talk->rounds == 0)
		talk->clears = isatty(ask->out.fd) && term && strcmp(term, "dumb") != 0;
	if (talk->clears)
		print_out_puts(&ask->out, "\033[H\033[2J");
	else if (talk->rounds > 0)
		print_out_puts(&ask->out, "\n");
	talk->rounds++;
}

/* The style of the output: the room on the terminal, what hosts and ports are called. */
static struct print_style
ask_style(const struct ask *ask)
{
	return (struct print_style){
		.columns = ask->options->wide ? 0 : view_terminal(ask),
		.labels = report_labels_any(&ask->labels),
		.paths = &ask->paths,
		.services = ask->services,
		.verbose = ask->options->verbose,
	};
}

/* Returns -1 to go on. A reader is known only now to have found something to report. */
static int
ask_greet(struct ask *ask, struct ask_talk *talk, const struct ctl_frame *frame)
{
	int status = ask->options->n_reads ? ask_open_output(ask) : -1;

	if (status >= 0)
		return status;
	memcpy(&ask->info, frame->payload, sizeof(ask->info));
	talk->greeted = talk->met = 1;
	report_labels_begin(&ask->labels);
	ctl_client_set_timeout(talk->client, 0);
	ask_begin_round(ask, talk);
	ask->out.style = ask_style(ask);
	if (ask->away_us && ask->cmd->verb->back)
		ask->cmd->verb->back(ask);
	else if (ask->cmd->verb->begin)
		ask->cmd->verb->begin(ask);
	ask->away_us = 0;
	return -1;
}

static int
ask_end(struct ask *ask, const struct ctl_frame *frame)
{
	struct ctl_end end;
	int status;

	memcpy(&end, frame->payload, sizeof(end));
	if (end.cut && ask->cmd->verb->cut)
		ask->cmd->verb->cut(ask);
	if (!end.status && ask->cmd->verb->done)
		ask->cmd->verb->done(ask);
	status = ask_check_output(ask);
	if (status >= 0)
		return status;
	if (!end.status)
		return ask->options->fail && ask->is_bad ? STATUS_BAD : STATUS_DONE;
	base_error("%s", end.text[0] ? end.text : strerror(-end.status));
	return end.status == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
}

/* One answer is complete and was no failure, and another one is wanted. */
static int
ask_goes_on(struct ask *ask, const struct ctl_frame *frame)
{
	struct ctl_end end;

	memcpy(&end, frame->payload, sizeof(end));
	return !end.status && ask->cmd->verb->repeats && ask->cmd->verb->repeats(ask);
}

static int
ask_converse(struct ask *ask, struct ask_talk *talk)
{
	const struct cmd *cmd = ask->cmd;
	struct ctl_frame frame;
	int error, status = -1;

	/* If it cannot be sent, the reason may be waiting to be read. */
	ctl_client_ask(talk->client, ask->cmd->report, &ask->request);
	while (status < 0) {
		error = ctl_client_next(talk->client, &frame);
		if (error && interrupt_came())
			return ask_check_output(ask) < 0 ? STATUS_DONE : STATUS_FAILED;
		if (error)
			return ask_lost(ask, talk, error);
		if (frame.type == CTL_INFO)
			status = ask_greet(ask, talk, &frame);
		else if (frame.type == CTL_LABELS)
			report_labels_receive(&ask->labels, frame.payload,
			                      frame.length / sizeof(struct report_label));
		else if (frame.type == CTL_PATHS)
			report_paths_receive(&ask->paths, frame.payload,
			                     frame.length / sizeof(struct report_step));
		else if (frame.type == CTL_END && ask_goes_on(ask, &frame))
			ctl_client_ask(talk->client, cmd->report, &ask->request);
		else if (frame.type == CTL_END)
			return ask_end(ask, &frame);
		else if (talk->greeted && cmd->verb->part && frame.report == cmd->report)
			cmd->verb->part(ask, frame.payload, frame.length / cmd->row_bytes);
		/* A screen that is cleared and filled in one go does not flicker. */
		if (status < 0 && !talk->clears)
			status = ask_check_output(ask);
	}
	return status;
}

/* Nobody reads any more: end as other programs do, by the signal, unless that was off. */
static void
ask_raise_pipe(const struct ask_talk *talk)
{
	if (talk->pipe_action != SIG_DFL)
		return;
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

/* The conversation is over. Returns how its reader ended. */
static int
ask_hang_up(struct ask *ask, struct ask_talk *talk)
{
	int broken = ask->out.error != 0 || interrupt_came();
	int reader;

	interrupt_set_client(NULL);
	ctl_client_close(talk->client);
	talk->client = NULL;
	reader = reader_wait(&talk->reader, broken);
	if (talk->lost && ask->options->n_reads && reader == STATUS_DONE && !broken)
		base_error(_("the reader ended before the report was complete"));
	return reader;
}

static int
ask_finish(struct ask *ask, struct ask_talk *talk, int status)
{
	int reader;

	status = ask_close_output(ask, status);
	reader = ask_hang_up(ask, talk);
	if (ask->out.error == -EPIPE)
		ask_raise_pipe(talk);
	return status == STATUS_DONE ? reader : status;
}

static int
ask_round(struct ask *ask, struct ask_talk *talk)
{
	int status = ask->options->n_reads ? ask_reader(ask, talk) : ask_daemon(ask, talk);

	if ((ask->cmd->takes & REPORT_ENDLESS) || ask->options->watch_us)
		interrupt_set_client(talk->client);
	if (status < 0 && talk->rounds == 0 && !ask->options->n_reads)
		status = ask_open_output(ask);
	if (status < 0)
		status = ask_converse(ask, talk);
	return status;
}

/* The rest of the interval since a round began. */
static void
ask_pause(const struct ask *ask, uint64_t begun_us)
{
	uint64_t now_us = base_clock_mono_us();
	uint64_t next_us = begun_us + ask->options->watch_us;

	if (next_us > now_us)
		interrupt_pause(next_us - now_us);
}

/* Until a daemon answers again, or somebody interrupts. */
static void
ask_wait(struct ask *ask, struct ask_talk *talk)
{
	bool mute = ask->away_us != 0; /* what answered hung up before it said a word */

	if (!mute) {
		ask->away_us = base_clock_real_us();
		away_say(ask->options->socket, ask->away_us);
	}
	talk->client = away_wait(ask->options->socket, mute);
	talk->away = 0;
}

/* Repeats the report, and takes it up again, until it fails or somebody interrupts. */
static int
ask_go_on(struct ask *ask, struct ask_talk *talk, uint64_t begun_us, int status)
{
	while (!interrupt_came()) {
		if (!talk->away && (status != STATUS_DONE || !ask->options->watch_us))
			return status;
		if (ask->out.error) /* whoever read it has gone too */
			return STATUS_FAILED;
		status = STATUS_DONE; /* if an interrupt is next */
		if (!talk->away)
			ask_pause(ask, begun_us);
		ask_hang_up(ask, talk);
		if (talk->away)
			ask_wait(ask, talk);
		if (interrupt_came())
			break;
		talk->greeted = talk->lost = 0;
		ask->rows = 0;
		begun_us = base_clock_mono_us();
		status = ask_round(ask, talk);
	}
	return status;
}

int
ask_run(struct ask *ask)
{
	struct ask_talk talk = { .reader.pid = -1 };
	uint64_t begun_us = base_clock_mono_us();
	int status;

	talk.pipe_action = signal(SIGPIPE, SIG_IGN);
	output_open(&ask->output, NULL, OUTPUT_WHOLE);
	print_out_init(&ask->out, STDOUT_FILENO);
	if ((ask->cmd->takes & REPORT_ENDLESS) || ask->options->watch_us)
		interrupt_catch();
	status = ask_round(ask, &talk);
	if (talk.met)
		status = ask_go_on(ask, &talk, begun_us, status);
	return ask_finish(ask, &talk, status);
}
