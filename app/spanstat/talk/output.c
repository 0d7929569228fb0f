/* SPDX-License-Identifier: BSD-3-Clause */
/* A file written beside another one, and then in its place; see output.h. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

#define OUTPUT_MODE 0666            /* of a new file, less the umask */
#define OUTPUT_OWN  "/proc/self/fd" /* by which a file without a name gets one */

/* --- what a signal takes away --------------------------------------------------------------- */

static const int output_signals[] = { SIGHUP, SIGINT, SIGTERM };
static const char *volatile output_beside; /* NULL: nothing */

static void
output_on_signal(int number)
{
	if (output_beside != NULL)
		unlink(output_beside);
	raise(number); /* SA_RESETHAND: now it ends the process */
}

/* Whoever has taken a signal already (interrupt.h) ends in order. */
static void
output_guard(const char *beside)
{
	const struct sigaction guard = { .sa_handler = output_on_signal,
		                         .sa_flags = (int)SA_RESETHAND };
	struct sigaction old;

	output_beside = beside;
	for (unsigned i = 0; i < BASE_COUNT_OF(output_signals) && beside != NULL; i++)
		if (sigaction(output_signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(output_signals[i], &guard, NULL);
}

/* --- beside --------------------------------------------------------------------------------- */

/* FOLDER/.spanstat-suffix, in the folder of the target. 0 or -ENAMETOOLONG. */
static int
output_name_beside(struct output *output, const char *suffix)
{
	const char *slash = strrchr(output->target, '/');
	int folder = slash != NULL ? (int)(slash + 1 - output->target) : 0;
	int n = snprintf(output->beside, sizeof(output->beside), "%.*s.spanstat-%s", folder,
	                 output->target, suffix);

	return n < (int)sizeof(output->beside) ? 0 : -ENAMETOOLONG;
}

/* A file without a name in the folder of the target, or -errno. */
static int
output_open_nameless(const struct output *output)
{
	const char *slash = strrchr(output->target, '/');
	size_t n = slash != NULL ? (size_t)(slash - output->target) + 1 : 0;
	char folder[PATH_MAX] = ".";
	int fd;

	if (n > 0) {
		memcpy(folder, output->target, n);
		folder[n] = '\0';
	}
	fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, OUTPUT_MODE);
	return fd < 0 ? -errno : fd;
}

static int
output_open_named(struct output *output)
{
	const mode_t mask = umask(0);
	int error = output_name_beside(output, "XXXXXX"), fd;

	umask(mask);
	if (error != 0)
		return error;
	fd = mkostemp(output->beside, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		output->beside[0] = '\0';
		return error;
	}
	output_guard(output->beside);
	return fchmod(fd, OUTPUT_MODE & ~mask) == 0 ? fd : -errno;
}

/* Owner, group and mode of the file that is replaced, as far as we may. */
static void
output_resemble(int fd, const struct stat *old)
{
	int error = fchown(fd, old->st_uid, old->st_gid);

	if (error != 0)
		error = fchown(fd, (uid_t)-1, old->st_gid);
	(void)error; /* then it is ours */
	fchmod(fd, old->st_mode & 0777);
}

static int
output_open_whole(struct output *output, const struct stat *old, enum output_how how)
{
	bool is_named = how == OUTPUT_NAMED || access(OUTPUT_OWN, F_OK) != 0;
	int fd = is_named ? -EOPNOTSUPP : output_open_nameless(output);

	/* EISDIR, ENOENT and EINVAL are what kernels and file systems without such files say. */
	if (fd == -EOPNOTSUPP || fd == -EISDIR || fd == -ENOENT || fd == -EINVAL)
		fd = output_open_named(output);
	if (fd < 0)
		return fd;
	if (old != NULL)
		output_resemble(fd, old);
	output->fd = fd;
	output->is_whole = true;
	return 0;
}

/* --- open ----------------------------------------------------------------------------------- */

static int
output_open_stream(struct output *output, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, OUTPUT_MODE);

	output->fd = fd;
	return fd < 0 ? -errno : 0;
}

/* The file of standard output under one of its names: the same place in it, nothing cut off. */
static bool
output_is_own(const struct stat *st)
{
	struct stat own;

	return fstat(STDOUT_FILENO, &own) == 0 && own.st_dev == st->st_dev &&
	       own.st_ino == st->st_ino;
}

/* A file of the name that a folder of devices or processes gives is nobody's to be replaced. */
static bool
output_is_special(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

/*
 * May it be replaced? Then fills the target, and *old if there is a file. 1: yes; 0: it is written
 * as it is; -errno: neither.
 */
static int
output_choose(struct output *output, const char *path, struct stat *old, bool *is_there)
{
	struct stat link;

	*is_there = stat(path, old) == 0;
	if (!*is_there && (errno != ENOENT || *path == '\0'))
		return -errno;
	if (output_is_special(path) || (*is_there && !S_ISREG(old->st_mode)))
		return 0;
	if (*is_there && (access(path, W_OK) != 0 || realpath(path, output->target) == NULL))
		return -errno;
	if (*is_there)
		return 1;
	if (lstat(path, &link) == 0) /* to what is not there yet */
		return 0;
	if (strlen(path) >= sizeof(output->target))
		return -ENAMETOOLONG;
	strcpy(output->target, path);
	return 1;
}

int
output_open(struct output *output, const char *path, enum output_how how)
{
	bool is_there;
	struct stat st;
	int may;

	*output = (struct output){ .fd = STDOUT_FILENO };
	if (path == NULL)
		return 0;
	may = output_choose(output, path, &st, &is_there);
	if (may >= 0 && is_there && output_is_own(&st)) {
		output->fd = dup(STDOUT_FILENO);
		return output->fd < 0 ? -errno : 0;
	}
	if (may < 0)
		return may;
	if (may == 0 || how == OUTPUT_STREAM)
		return output_open_stream(output, path);
	return output_open_whole(output, is_there ? &st : NULL, how);
}

/* --- the end -------------------------------------------------------------------------------- */

/* What has no name gets one beside, for a name that is there cannot be given. */
static int
output_link(struct output *output)
{
	char own[64], suffix[64];

	snprintf(own, sizeof(own), OUTPUT_OWN "/%d", output->fd);
	for (unsigned i = 0;; i++) {
		int error;

		snprintf(suffix, sizeof(suffix), "%d-%u", (int)getpid(), i);
		error = output_name_beside(output, suffix);
		if (error != 0)
			return error;
		output_guard(output->beside);
		if (linkat(AT_FDCWD, own, AT_FDCWD, output->beside, AT_SYMLINK_FOLLOW) == 0)
			return 0;
		error = -errno;
		output->beside[0] = '\0';
		if (error != -EEXIST)
			return error;
	}
}

static int
output_replace(struct output *output)
{
	int error = fsync(output->fd) == 0 ? 0 : -errno;

	if (error == 0 && output->beside[0] == '\0')
		error = output_link(output);
	if (error == 0 && rename(output->beside, output->target) != 0)
		error = -errno;
	if (error == 0)
		output->beside[0] = '\0';
	return error;
}

/* Closes, and takes away what still has a name beside. 0 or -errno. */
static int
output_close(struct output *output)
{
	int error = 0;

	if (output->beside[0] != '\0')
		unlink(output->beside);
	output_guard(NULL);
	output->beside[0] = '\0';
	if (output->fd != STDOUT_FILENO && output->fd >= 0 && close(output->fd) != 0)
		error = -errno;
	output->fd = STDOUT_FILENO;
	return error;
}

int
output_commit(struct output *output)
{
	int error = output->is_whole ? output_replace(output) : 0;
	int closed = output_close(output);

	return error != 0 ? error : closed;
}

void
output_abandon(struct output *output)
{
	output_close(output);
}
