/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A clock that somebody sets, for one process of a test. It is loaded before the C library
 * (LD_PRELOAD) and adds to CLOCK_REALTIME the seconds that stand in the file of the environment's
 * CLOCK_STEP, as a number of eight bytes. The test writes another number there while the process
 * runs. All other clocks are the machine's, as they are when an administrator sets the time.
 */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *clock_step;

__attribute__((constructor)) static void
clock_step_open(void)
{
	const char *path = getenv("CLOCK_STEP");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *memory;

	if (fd < 0)
		abort();
	memory = mmap(NULL, sizeof(*clock_step), PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		abort();
	clock_step = memory;
	close(fd);
}

int
clock_gettime(clockid_t id, struct timespec *time)
{
	int failed = (int)syscall(SYS_clock_gettime, id, time);

	if (failed == 0 && id == CLOCK_REALTIME && clock_step != NULL)
		time->tv_sec += *clock_step;
	return failed;
}

int
gettimeofday(struct timeval *time, void *zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	time->tv_sec = now.tv_sec;
	time->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *to)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (to != NULL)
		*to = now.tv_sec;
	return now.tv_sec;
}
