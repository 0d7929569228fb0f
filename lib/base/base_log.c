/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages to standard error, each written whole in one call so that threads' lines do not mix. */

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base_log.h"
#include "base_plain.h"

#define BASE_LOG_LINE_MAX 1024

/*
 * Of the process, as standard error is: every line goes there, whoever writes it, and the level is
 * the operator's word on all of them. What a function does and returns never depends on these.
 */
static const char *log_name = "spanstat";
static int log_level = BASE_LOG_INFO;
static bool log_priorities;

/* syslog's numbers. */
static const char *const log_prefixes[] = {
	[BASE_LOG_ERROR] = "<3>",
	[BASE_LOG_WARNING] = "<4>",
	[BASE_LOG_INFO] = "<6>",
	[BASE_LOG_DEBUG] = "<7>",
};

void
base_log_init(const char *name)
{
	log_name = name;
}

bool
base_log_is_journal(int fd, const char *stream)
{
	unsigned long long dev, ino;
	struct stat st;
	int end = 0;

	if (stream == NULL || sscanf(stream, "%llu:%llu%n", &dev, &ino, &end) != 2 || stream[end])
		return false;
	return fstat(fd, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

void
base_log_set_priorities(bool wanted)
{
	log_priorities = wanted;
}

void
base_log_set_level(enum base_log_level level)
{
	__atomic_store_n(&log_level, (int)level, __ATOMIC_RELAXED);
}

/* What came from outside could begin a second line or move the cursor, so it goes out plain. */
void
base_log(enum base_log_level level, const char *format, ...)
{
	char text[BASE_LOG_LINE_MAX], line[BASE_LOG_LINE_MAX];
	va_list args;
	size_t n;

	if ((int)level > __atomic_load_n(&log_level, __ATOMIC_RELAXED))
		return;
	n = (size_t)snprintf(line, sizeof(line),
	                     "%s%s: ", log_priorities ? log_prefixes[level] : "", log_name);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	n += base_plain(line + n, sizeof(line) - n, text, sizeof(text));
	line[n++] = '\n'; /* where the NUL was */
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nobody reads it any more */
}
