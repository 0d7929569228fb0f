/* SPDX-License-Identifier: BSD-3-Clause */
/* The ioctl of this program; see dpdk_flags.h. */

#include <errno.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dpdk_flags.h"

static _Thread_local bool dpdk_flags_kept;

void
dpdk_flags_keep(bool keep)
{
	dpdk_flags_kept = keep;
}

/* Of the whole process: drivers of DPDK call it as they would call libc's. */
int
ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (request == SIOCSIFFLAGS && dpdk_flags_kept) {
		errno = ENOTSUP;
		return -1;
	}
	return (int)syscall(SYS_ioctl, fd, request, argument);
}
