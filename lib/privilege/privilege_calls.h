/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which system calls are answered, by what the process does.
 *
 * A filter of the kernel (seccomp). A call that no feature needs fails with EPERM, and the kernel's
 * log names it (type=1326, with the number of the call). It does not end the process: a library
 * that makes a harmless call for the first time at three in the morning must not take the appliance
 * with it, and one who has got in gains nothing from an error. The calls by which one would go on
 * from there (to run a program, to enter another process, to load code into the kernel) end it at
 * once.
 *
 * To add a feature: its bit here, its rows in the table of privilege_calls.c.
 */
#ifndef PRIVILEGE_CALLS_H
#define PRIVILEGE_CALLS_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

enum privilege_feature {
	PRIVILEGE_ALWAYS = 1 << 0, /* memory, time, threads, what is open, files to read */
	PRIVILEGE_CLIENT = 1 << 1, /* one connected socket */
	PRIVILEGE_SERVER = 1 << 2, /* clients come and go; the socket file is removed */
	PRIVILEGE_KERNEL =
	    1 << 3, /* kernel interfaces: packet sockets, asked after and made anew */
	PRIVILEGE_DRIVER = 1 << 4, /* drivers of DPDK: whatever they ask the kernel */
};

/*
 * The filter for these features, in all threads, now and to come. PRIVILEGE_ALWAYS is among them.
 * no_new_privs must be set. 0 or -errno.
 */
int privilege_calls_limit(unsigned features);

BASE_END_DECLS

#endif
