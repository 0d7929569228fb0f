/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line a message on standard error, as `NAME: what`, whatever control characters are in it.
 *
 * Any thread but a worker in its loop may log: logging enters the kernel. The level may change
 * while the daemon runs (SIGHUP); a message less urgent than the level is dropped.
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

/* `name` is kept, not copied: a program's literal. */
void base_log_init(const char *name);
void base_log_set_level(enum base_log_level level);
void base_log(enum base_log_level level, const char *format, ...) BASE_PRINTF(2, 3);

#define base_error(...)   base_log(BASE_LOG_ERROR, __VA_ARGS__)
#define base_warning(...) base_log(BASE_LOG_WARNING, __VA_ARGS__)
#define base_info(...)    base_log(BASE_LOG_INFO, __VA_ARGS__)
#define base_debug(...)   base_log(BASE_LOG_DEBUG, __VA_ARGS__)

BASE_END_DECLS

#endif
