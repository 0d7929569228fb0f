/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line for each message on standard error, as `NAME: text`, which is plain (base_plain.h).
 * Where standard error is systemd's journal, the priority stands in front, "<3>NAME: text".
 *
 * Logging enters the kernel, so any thread may log but a worker in its loop. The level may change
 * while the daemon runs (SIGHUP). A message that is less urgent than the level is dropped.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

enum base_log_level {
	BASE_LOG_ERROR,
	BASE_LOG_WARNING,
	BASE_LOG_INFO,
	BASE_LOG_DEBUG,
};

/* Sets the name. It is kept, not copied: a literal of the program. Before any other thread runs. */
void base_log_init(const char *name);

/*
 * Is the file behind `fd` the journal's stream? `stream` is what systemd has put into the variable
 * JOURNAL_STREAM, "DEVICE:INODE", or NULL. Any thread.
 */
bool base_log_is_journal(int fd, const char *stream);

/* Priorities are written from now on, or not. Before any other thread runs. */
void base_log_set_priorities(bool wanted);

/* Sets the level. Any thread. */
void base_log_set_level(enum base_log_level level);

/*
 * Writes one message, at most 1023 bytes, name and newline included. Any thread but a worker in its
 * loop.
 */
void base_log(enum base_log_level level, const char *format, ...) BASE_PRINTF(2, 3);

#define base_error(...)   base_log(BASE_LOG_ERROR, __VA_ARGS__)
#define base_warning(...) base_log(BASE_LOG_WARNING, __VA_ARGS__)
#define base_info(...)    base_log(BASE_LOG_INFO, __VA_ARGS__)
#define base_debug(...)   base_log(BASE_LOG_DEBUG, __VA_ARGS__)

BASE_END_DECLS

#endif
