/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting and ending a private spanstatd; see reader.h. */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base_log.h"
#include "base_text.h"
#include "cmd.h"
#include "interrupt.h"
#include "place.h"
#include "reader.h"

#define READER_PROGRAM "spanstatd"

/* Where it may lie, seen from this program's own folder: installed, or in a build tree. */
static const char *const reader_places[] = {
	"/" READER_PROGRAM,
	"/../spanstatd/" READER_PROGRAM,
	"/../sbin/" READER_PROGRAM,
};

/* How the child is to meet signals. */
struct reader_signals {
	void (*pipe_action)(int);
	bool is_piped; /* whoever writes into standard input is what SIGINT ends */
};

static void
reader_child(int fd, char **args, const struct reader_signals *signals) __attribute__((noreturn));

/* argv of the child; the strings live as long as the options. NULL: no memory. */
static char **
reader_arguments(const struct options *options, char *fd_text, char *at_text)
{
	char **args = calloc(2 * options->n_reads + 15, sizeof(args[0]));
	size_t n = 0;

	if (!args)
		return NULL;
	args[n++] = (char *)READER_PROGRAM;
	args[n++] = (char *)"--private";
	args[n++] = fd_text;
	for (unsigned i = 0; i < options->n_reads; i++) {
		args[n++] = (char *)"--read";
		args[n++] = (char *)options->reads[i];
	}
	if (options->at_sec) {
		args[n++] = (char *)"--at";
		args[n++] = at_text;
	}
	if (options->checksum) {
		args[n++] = (char *)"--checksum";
		args[n++] = (char *)options->checksum;
	}
	if (options->keep)
		args[n++] = (char *)"--keep";
	if (options->identity != OPTIONS_BY_TUNNEL) {
		args[n++] = (char *)"--identity-vlan";
		args[n++] = (char *)(options->identity & OPTIONS_BY_VLAN ? "true" : "false");
		args[n++] = (char *)"--identity-tunnel";
		args[n++] = (char *)(options->identity & OPTIONS_BY_TUNNEL ? "true" : "false");
	}
	if (options->cmd->takes & REPORT_ENDLESS)
		args[n++] = (char *)"--stepwise";
	return args;
}

static bool
reader_is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

static void
reader_exec_beside(const char *folder, char **args)
{
	for (size_t i = 0; i < BASE_COUNT_OF(reader_places); i++) {
		char path[PATH_MAX + 64];

		snprintf(path, sizeof(path), "%s%s", folder, reader_places[i]);
		if (reader_is_program(path))
			execv(path, args);
	}
}

/* Returns only if nothing could be started; errno says why. */
static void
reader_exec(char **args)
{
	char folder[PATH_MAX];

	if (place_own(folder) == 0)
		reader_exec_beside(folder, args);
	execvp(READER_PROGRAM, args);
}

/*
 * The child: its end of the socket survives exec, reports are not disturbed by what it might print,
 * and it does not outlive a parent that is killed. Standard input stays: "-" is a capture too.
 */
static void
reader_child(int fd, char **args, const struct reader_signals *signals)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDOUT_FILENO);
	signal(SIGPIPE, signals->pipe_action);
	if (signals->is_piped)
		signal(SIGINT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	fcntl(fd, F_SETFD, 0);
	reader_exec(args);
	base_error(_("cannot start %s: %s"), READER_PROGRAM, strerror(errno));
	_exit(STATUS_FAILED);
}

static int
reader_fork(struct reader *reader, const int *pair, char **args,
            const struct reader_signals *signals)
{
	reader->pid = fork();
	if (reader->pid < 0)
		return -errno;
	if (!reader->pid)
		reader_child(pair[1], args, signals);
	return 0;
}

int
reader_start(struct reader *reader, const struct options *options, void (*pipe_action)(int))
{
	const struct reader_signals signals = {
		.pipe_action = pipe_action,
		.is_piped = options_reads_input(options) && !(options->cmd->takes & REPORT_ENDLESS),
	};
	char fd_text[16], at_text[24];
	char **args;
	int pair[2];
	int error;

	reader->pid = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	snprintf(fd_text, sizeof(fd_text), "%d", pair[1]);
	snprintf(at_text, sizeof(at_text), "%" PRIu64, options->at_sec);
	args = reader_arguments(options, fd_text, at_text);
	if (signals.is_piped)
		interrupt_let_pass();
	error = args ? reader_fork(reader, pair, args, &signals) : -ENOMEM;
	free(args);
	close(pair[1]);
	if (error)
		close(pair[0]);
	return error ? error : pair[0];
}

int
reader_wait(struct reader *reader, int hurry)
{
	int status;

	if (reader->pid < 0)
		return STATUS_DONE;
	if (hurry)
		kill(reader->pid, SIGTERM);
	while (waitpid(reader->pid, &status, 0) < 0) {
		if (errno != EINTR)
			return STATUS_FAILED;
	}
	reader->pid = -1;
	if (hurry)
		return STATUS_DONE;
	if (WIFSIGNALED(status)) {
		base_error(_("%s was ended by signal %d (%s)"), READER_PROGRAM, WTERMSIG(status),
		           strsignal(WTERMSIG(status)));
		return STATUS_FAILED;
	}
	if (WEXITSTATUS(status) > STATUS_FAILED)
		base_error(_("%s ended with status %d"), READER_PROGRAM, WEXITSTATUS(status));
	return WEXITSTATUS(status) ? STATUS_FAILED : STATUS_DONE;
}
