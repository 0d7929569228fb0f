/* SPDX-License-Identifier: BSD-3-Clause */
/* spanstat: what spanstatd sees, in the terminal. Parses the command line and runs one report. */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "base_log.h"
#include "language.h"
#include "report_service.h"

/* One report, one output: no need to be on the heap, too large for the stack. */
static struct ask ask;

/* For --names. */
static struct report_services services;

/* A descriptor that was closed must not become a socket that reports are written to. */
static void
main_fill_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int
main_show_names(void)
{
	int error = report_services_read(&services, REPORT_SERVICES_FILE);

	ask.services = &services;
	if (!error)
		return -1;
	base_error("%s: %s", REPORT_SERVICES_FILE, strerror(-error));
	return STATUS_FAILED;
}

int
main(int argc, char **argv)
{
	struct options options;
	int status;

	main_fill_descriptors();
	base_log_init("spanstat");
	language_init();
	status = options_parse(&options, argc, argv);
	ask.options = &options;
	if (status < 0 && options.show_names)
		status = main_show_names();
	ask.cmd = options.cmd;
	if (status < 0 && options.cmd->verb->parse)
		status = options.cmd->verb->parse(&ask);
	if (status < 0)
		status = ask.cmd->verb->run ? ask.cmd->verb->run(&ask) : ask_run(&ask);
	options_fini(&options);
	return status;
}
