/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every thread of the process, whoever made it.
 *
 * Capabilities belong to a thread, and only it can give up its own. Threads of libraries call
 * nothing of ours, so each is interrupted by a signal whose handler does it; the C library changes
 * user and group of all threads in the same way. What became of each is read from /proc. Main
 * thread; no other may begin or end meanwhile.
 */
#ifndef PRIVILEGE_THREAD_H
#define PRIVILEGE_THREAD_H

#include <sys/types.h>

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* A thread as /proc shows it. */
struct privilege_thread {
	pid_t tid;
	char name[20];
	uint32_t uid[4]; /* real, effective, saved, of files */
	uint32_t gid[4];
	uint64_t permitted, effective; /* capabilities, a bit each */
	uint64_t inheritable, ambient;
	unsigned no_new_privs, seccomp;
};

/* All threads but the caller give up what capabilities they have. 0, or -errno: some did not. */
int privilege_thread_clear_others(void);

/*
 * Calls `see` for each thread until it returns non-zero, which is returned. 0: all were seen;
 * -errno: /proc cannot be read.
 */
int privilege_thread_each(int (*see)(const struct privilege_thread *thread, void *ctx), void *ctx);

BASE_END_DECLS

#endif
