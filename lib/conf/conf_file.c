/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file into struct conf: it is read whole and parsed, and its mistakes are
 * reported.
 *
 * The parse goes into a scratch configuration, which becomes the caller's if there is no mistake.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_file.h"
#include "conf_key.h"
#include "conf_parse.h"

struct conf_loading {
	struct conf next;
	struct conf_lines lines;
	struct conf_mistakes mistakes;
	char
	    text[CONF_FILE_MAX + 1]; /* a byte for the NUL, or for seeing that the file is longer */
};

/* Fills `text` up to CONF_FILE_MAX + 1 bytes. How many, or -errno. */
static ssize_t
conf_file_fill(int fd, char *text)
{
	size_t n = 0;

	while (n <= CONF_FILE_MAX) {
		ssize_t got = read(fd, text + n, CONF_FILE_MAX + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return n > CONF_FILE_MAX ? -EFBIG : (ssize_t)n;
}

/* A NUL would end the text for everyone after us. */
static int
conf_file_check_nul(const char *text, size_t n, struct conf_mistakes *mistakes)
{
	const char *nul = memchr(text, '\0', n);
	uint32_t line = 1;

	if (!nul)
		return 0;
	for (; text < nul; text++)
		line += *text == '\n';
	conf_mistake_add(mistakes, line, "a NUL byte: this is not a text file");
	return -EINVAL;
}

/* The whole file as a string. 0 or -errno, with a mistake in the list. */
static int
conf_file_read(const char *path, struct conf_loading *loading)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : conf_file_fill(fd, loading->text);

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		conf_mistake_add(&loading->mistakes, 0, "%s", strerror((int)-n));
		return (int)n;
	}
	loading->text[n] = '\0';
	return conf_file_check_nul(loading->text, (size_t)n, &loading->mistakes);
}

int
conf_load(const char *path, struct conf *conf, struct conf_lines *lines, conf_report_fn *report,
          void *arg)
{
	struct conf_loading *loading = malloc(sizeof(*loading));
	int rc;

	if (!loading) {
		report(arg, strerror(ENOMEM));
		return -ENOMEM;
	}
	conf_init(&loading->next);
	conf_mistakes_init(&loading->mistakes);
	rc = conf_file_read(path, loading);
	if (rc == 0)
		conf_parse(loading->text, &loading->next, &loading->lines, &loading->mistakes);
	conf_derive(&loading->next);
	if (conf_mistakes_report(&loading->mistakes, path, report, arg) && rc == 0)
		rc = -EINVAL;
	if (rc == 0) {
		*conf = loading->next;
		*lines = loading->lines;
	}
	conf_mistakes_fini(&loading->mistakes);
	free(loading);
	return rc;
}
