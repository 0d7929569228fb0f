/* SPDX-License-Identifier: BSD-3-Clause */
/* The text of a configuration file, in memory and without its comments. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf_text.h"

/* Fills `text` up to CONF_TEXT_MAX + 1 bytes. How many, or -errno. */
static ssize_t
conf_text_fill(int fd, char *text)
{
	size_t n = 0;

	while (n <= CONF_TEXT_MAX) {
		ssize_t got = read(fd, text + n, CONF_TEXT_MAX + 1 - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return n > CONF_TEXT_MAX ? -EFBIG : (ssize_t)n;
}

/* A NUL would end the text for everyone after us. */
static int
conf_text_check_nul(const char *text, size_t n, struct conf_mistakes *mistakes)
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

int
conf_text_read(const char *path, char **text, struct conf_mistakes *mistakes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *buffer = NULL;
	ssize_t n = -errno;

	if (fd >= 0) {
		buffer = malloc(CONF_TEXT_MAX + 1 + CONF_TEXT_ROOM);
		n = buffer ? conf_text_fill(fd, buffer) : -ENOMEM;
		close(fd);
	}
	if (n < 0)
		conf_mistake_add(mistakes, 0, "%s", strerror((int)-n));
	else if (conf_text_check_nul(buffer, (size_t)n, mistakes))
		n = -EINVAL;
	if (n < 0) {
		free(buffer);
		return (int)n;
	}
	buffer[n] = '\0';
	*text = buffer;
	return 0;
}

void
conf_text_blank(char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (text[i] != '\n')
			text[i] = ' ';
}

/* Behind the quoted string that begins at `p`; at the end of the text if it has no end. */
static char *
conf_text_skip_string(char *p)
{
	char quote = *p++;

	for (; *p && *p != quote; p++)
		if (*p == '\\' && p[1])
			p++;
	return *p ? p + 1 : p;
}

/* Behind the slash-star comment at `p`. */
static char *
conf_text_skip_comment(char *p, uint32_t line, struct conf_mistakes *mistakes)
{
	char *end = strstr(p + 2, "*/");

	if (end)
		return end + 2;
	conf_mistake_add(mistakes, line, "this comment never ends");
	return p + strlen(p);
}

static uint32_t
conf_text_count_lines(const char *from, const char *to)
{
	uint32_t lines = 0;

	for (; from < to; from++)
		lines += *from == '\n';
	return lines;
}

void
conf_text_strip(char *text, struct conf_mistakes *mistakes)
{
	uint32_t line = 1;
	char *p = text, *next;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		conf_text_blank(text, 3);
	for (; *p; p = next) {
		next = p + 1;
		if (*p == '"' || *p == '\'')
			next = conf_text_skip_string(p);
		else if (*p == '#' || (*p == '/' && p[1] == '/'))
			next = p + strcspn(p, "\n");
		else if (*p == '/' && p[1] == '*')
			next = conf_text_skip_comment(p, line, mistakes);
		line += conf_text_count_lines(p, next);
		if (*p == '#' || (*p == '/' && (p[1] == '/' || p[1] == '*')))
			conf_text_blank(p, (size_t)(next - p));
	}
}
