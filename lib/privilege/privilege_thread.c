/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads interrupted and read; see privilege_thread.h. */

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "privilege_thread.h"

#define THREAD_FOLDER  "/proc/self/task"
#define THREAD_SIGNAL  (SIGRTMIN + 7) /* that nobody else uses */
#define THREAD_WAIT_MS 5000
#define THREAD_STATUS  4096 /* bytes of a status that matter; what matters begins it */

/* Of the process, as its signals are: threads that have cleared their capabilities: add. */
static unsigned thread_cleared;

/* In any thread; only what a handler may call. */
static void
thread_on_signal(int number BASE_UNUSED)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	int before = errno;

	if (syscall(SYS_capset, &header, none) == 0)
		__atomic_add_fetch(&thread_cleared, 1, __ATOMIC_SEQ_CST);
	errno = before;
}

struct thread_others {
	pid_t caller;
	unsigned n; /* interrupted */
};

/* One that has no capabilities has none to give up, and may take no signals (an emulator's). */
static int
thread_signal(const struct privilege_thread *thread, void *ctx)
{
	struct thread_others *others = ctx;

	if (thread->tid == others->caller ||
	    !(thread->permitted | thread->effective | thread->inheritable | thread->ambient))
		return 0;
	others->n += syscall(SYS_tgkill, getpid(), thread->tid, THREAD_SIGNAL) == 0;
	return 0;
}

static int
thread_wait(unsigned n)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < THREAD_WAIT_MS; i++) {
		if (__atomic_load_n(&thread_cleared, __ATOMIC_SEQ_CST) >= n)
			return 0;
		nanosleep(&pause, NULL);
	}
	return -ETIMEDOUT;
}

int
privilege_thread_clear_others(void)
{
	struct sigaction action = { .sa_handler = thread_on_signal, .sa_flags = SA_RESTART };
	struct thread_others others = { .caller = (pid_t)syscall(SYS_gettid) };
	struct sigaction before;
	int error;

	__atomic_store_n(&thread_cleared, 0, __ATOMIC_SEQ_CST);
	sigemptyset(&action.sa_mask);
	if (sigaction(THREAD_SIGNAL, &action, &before))
		return -errno;
	error = privilege_thread_each(thread_signal, &others);
	if (!error)
		error = thread_wait(others.n);
	sigaction(THREAD_SIGNAL, &before, NULL);
	return error;
}

/* --- as /proc shows it ---------------------------------------------------------------------- */

/* The rest of the line that begins with `key`; "" where there is none. */
static const char *
thread_line(const char *status, const char *key)
{
	const char *at = strstr(status, key);

	return at ? at + strlen(key) : "";
}

static void
thread_numbers(const char *status, const char *key, uint32_t numbers[4])
{
	const char *at = thread_line(status, key);

	for (unsigned i = 0; i < 4; i++) {
		char *end;

		numbers[i] = (uint32_t)strtoul(at, &end, 10);
		at = end;
	}
}

static uint64_t
thread_set(const char *status, const char *key)
{
	return strtoull(thread_line(status, key), NULL, 16);
}

/* 0; -ENOENT: it has ended meanwhile; else -errno. */
static int
thread_read(const char *name, struct privilege_thread *thread)
{
	char path[64], status[THREAD_STATUS];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), THREAD_FOLDER "/%.20s/status", name);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	n = fread(status, 1, sizeof(status) - 1, file);
	fclose(file);
	status[n] = '\0';
	thread->tid = (pid_t)strtol(name, NULL, 10);
	snprintf(thread->name, sizeof(thread->name), "%.*s",
	         (int)strcspn(thread_line(status, "Name:\t"), "\n"),
	         thread_line(status, "Name:\t"));
	thread_numbers(status, "\nUid:\t", thread->uid);
	thread_numbers(status, "\nGid:\t", thread->gid);
	thread->permitted = thread_set(status, "\nCapPrm:\t");
	thread->inheritable = thread_set(status, "\nCapInh:\t");
	thread->effective = thread_set(status, "\nCapEff:\t");
	thread->ambient = thread_set(status, "\nCapAmb:\t");
	thread->no_new_privs = (unsigned)thread_set(status, "\nNoNewPrivs:\t");
	thread->seccomp = (unsigned)thread_set(status, "\nSeccomp:\t");
	return n > 0 ? 0 : -ENOENT;
}

int
privilege_thread_each(int (*see)(const struct privilege_thread *thread, void *ctx), void *ctx)
{
	DIR *folder = opendir(THREAD_FOLDER);
	struct dirent *entry;
	int result = 0;

	if (!folder)
		return -errno;
	while (result == 0 && (entry = readdir(folder))) {
		struct privilege_thread thread;

		if (entry->d_name[0] == '.')
			continue;
		result = thread_read(entry->d_name, &thread);
		if (result == 0)
			result = see(&thread, ctx);
		else if (result == -ENOENT || result == -ESRCH)
			result = 0;
	}
	closedir(folder);
	return result;
}
