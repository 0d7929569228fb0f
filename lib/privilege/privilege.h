/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A process gives up what it needed to start, in all of its threads.
 *
 * Overview. privilege_begin takes away, while there is one thread, what none will ever need: new
 * rights by exec, the bounding set, root's own rights. Files, ports and memory are opened. Then
 * privilege_drop leaves, in every thread:
 *
 *	user, groups        those of the plan, where root started the process
 *	capabilities        none; the calling thread keeps CAP_NET_RAW where the plan says so, and
 *	                    CAP_IPC_LOCK where it may not lift the limit on locked memory instead
 *	system calls        those of the plan's features (privilege_calls.h)
 *	core file, ptrace   none, unless the plan says so
 *
 * and reads /proc to see that it is so, thread by thread.
 *
 * Life. Each once, in this order. What has been given up does not come back.
 *
 * Who writes and who reads. The process's main thread, the only one that makes others.
 *
 * Cost. Some milliseconds at the start. A system call costs some 20 ns more; the speculation that a
 * filter switched off in kernels before 5.16 stays on, for the workers' sake.
 */
#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define PRIVILEGE_KEEP UINT32_MAX /* the user stays the one who started the process */

struct privilege_plan {
	uint32_t uid, gid; /* uid PRIVILEGE_KEEP: both stay */
	const char *user;  /* its name, for its groups and for messages; not NULL with a uid */
	bool net_raw;      /* the caller opens packet sockets with rings, if it can now */
	bool seccomp;
	unsigned features; /* enum privilege_feature, or-ed */
	bool core;         /* the kernel may write a core file, and a debugger may attach */
};

/* Before there is a second thread. 0 or -errno. What the process may not do is left undone. */
int privilege_begin(void);

/*
 * All threads. 0; or -errno and a message is logged: some of it may be done, and the process must
 * not go on.
 */
int privilege_drop(const struct privilege_plan *plan);

BASE_END_DECLS

#endif
