/* SPDX-License-Identifier: BSD-3-Clause */
/* Two descriptors turned aside; see dpdk_output.h. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dpdk_output.h"

/* Of the process: what a handler of SIGABRT must find. -1: not taken. */
static int output_memory = -1;
static int output_kept[2] = { -1, -1 }; /* copies of descriptors 1 and 2 */
static struct sigaction output_abort;   /* as it was */

/* As write() in a handler: whatever cannot be written is lost. */
static void
output_copy(int to)
{
	char piece[1024];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(output_memory, piece, sizeof(piece), at)) > 0) {
		if (write(to, piece, (size_t)n) < 0)
			return;
		at += n;
	}
}

static void
output_on_abort(int number)
{
	output_copy(output_kept[1]);
	sigaction(number, &output_abort, NULL);
	raise(number);
}

void
dpdk_output_take(void)
{
	const struct sigaction on_abort = { .sa_handler = output_on_abort };

	output_memory = memfd_create("eal", MFD_CLOEXEC);
	output_kept[0] = dup(STDOUT_FILENO);
	output_kept[1] = dup(STDERR_FILENO);
	if (output_memory < 0 || output_kept[0] < 0 || output_kept[1] < 0)
		return;
	fflush(stdout);
	sigaction(SIGABRT, &on_abort, &output_abort);
	dup2(output_memory, STDOUT_FILENO);
	dup2(output_memory, STDERR_FILENO);
}

static void
output_put_back(void)
{
	fflush(stdout);
	fflush(stderr);
	dup2(output_kept[0], STDOUT_FILENO);
	dup2(output_kept[1], STDERR_FILENO);
	sigaction(SIGABRT, &output_abort, NULL);
}

/* All that was written, with a NUL behind it. */
static char *
output_text(void)
{
	off_t size = lseek(output_memory, 0, SEEK_END);
	char *text = size < 0 ? NULL : malloc((size_t)size + 1);
	ssize_t n = text == NULL ? 0 : pread(output_memory, text, (size_t)size, 0);

	if (text != NULL)
		text[n > 0 ? n : 0] = '\0';
	return text;
}

char *
dpdk_output_give_back(void)
{
	char *text = NULL;

	if (output_memory >= 0 && output_kept[0] >= 0 && output_kept[1] >= 0) {
		output_put_back();
		text = output_text();
	}
	for (unsigned i = 0; i < BASE_COUNT_OF(output_kept); i++) {
		if (output_kept[i] >= 0)
			close(output_kept[i]);
		output_kept[i] = -1;
	}
	if (output_memory >= 0)
		close(output_memory);
	output_memory = -1;
	return text;
}

/* --- the reason ----------------------------------------------------------------------------- */

/* Does the line have this in front? Then what follows is the message. */
static const char *
output_message(const char *line, const char *front)
{
	size_t n = strlen(front);

	return strncmp(line, front, n) == 0 ? line + n : NULL;
}

/* "EAL: Invalid 'command line' arguments." only says that something was said before. */
static const char *
output_line(const char *line)
{
	const char *message = output_message(line, "spanstatd: ");

	if (message == NULL)
		message = output_message(line, "EAL: FATAL: ");
	if (message == NULL)
		message = output_message(line, "EAL: ");
	if (message != NULL && strncmp(message, "Invalid 'command line'", 22) == 0)
		return NULL;
	return message;
}

/* Is one of the user's own words in the message? */
static bool
output_names_one(const char *message, size_t n, const char *given)
{
	static const char blanks[] = " \t";

	for (given += strspn(given, blanks); *given != '\0'; given += strspn(given, blanks)) {
		size_t word = strcspn(given, blanks), name = strcspn(given, "= \t");

		if (name > 1 && memmem(message, n, given, name) != NULL)
			return true;
		given += word;
	}
	return false;
}

void
dpdk_output_reason(const char *text, const char *given, char *why, size_t size)
{
	why[0] = '\0';
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n")) {
		const char *message;
		size_t n;

		line += *line == '\n';
		message = output_line(line);
		if (message == NULL)
			continue;
		n = strcspn(message, "\n");
		snprintf(why, size, "%.*s", (int)n, message);
		if (*given != '\0' && !output_names_one(message, n, given) && n < size)
			snprintf(why + n, size - n, " (of \"%s\")", given);
		return;
	}
}
