/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that is not there, once. Loaded before jemalloc (LD_PRELOAD), it lets one allocation of
 * the control core's arena fail. The file of the environment's ALLOC_FAIL has two numbers of eight
 * bytes: how many allocations are left until the one that fails, which a test writes (0: none
 * will), and how many have failed.
 *
 * mallocx and rallocx are what mem_arena.c calls, and nobody else. Plain malloc, of EAL and of the
 * workers' start, is left as it is.
 */

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *mallocx(size_t bytes, int flags);
void *rallocx(void *old, size_t bytes, int flags);

static volatile int64_t *alloc_fail; /* left, failed */
static void *(*alloc_malloc)(size_t bytes, int flags);
static void *(*alloc_realloc)(void *old, size_t bytes, int flags);

__attribute__((constructor)) static void
alloc_fail_open(void)
{
	const char *path = getenv("ALLOC_FAIL");
	int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *memory =
	    fd < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	*(void **)&alloc_malloc = dlsym(RTLD_NEXT, "mallocx");
	*(void **)&alloc_realloc = dlsym(RTLD_NEXT, "rallocx");
	if (memory == MAP_FAILED || alloc_malloc == NULL || alloc_realloc == NULL)
		abort();
	alloc_fail = memory;
	close(fd);
}

static int
alloc_fails(void)
{
	if (alloc_fail == NULL || alloc_fail[0] == 0 || --alloc_fail[0] > 0)
		return 0;
	alloc_fail[1]++;
	return 1;
}

void *
mallocx(size_t bytes, int flags)
{
	return alloc_fails() ? NULL : alloc_malloc(bytes, flags);
}

void *
rallocx(void *old, size_t bytes, int flags)
{
	return alloc_fails() ? NULL : alloc_realloc(old, bytes, flags);
}
