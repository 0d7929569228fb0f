/* SPDX-License-Identifier: BSD-3-Clause */
/* Owning a socket file; see ctl_listen.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_listen.h"

#define CTL_LISTEN_BACKLOG 1024 /* who does not find room here waits where root waits too */
#define CTL_SOCKET_MODE    0660
#define CTL_LOCK_SUFFIX    ".lock"
#define CTL_LOCK_PATH_MAX  (sizeof(((struct sockaddr_un *)0)->sun_path) + sizeof(CTL_LOCK_SUFFIX))

void
ctl_listen_init(struct ctl_listener *listener)
{
	*listener = (struct ctl_listener){ .fd = -1, .lock = -1, .addr.sun_family = AF_UNIX };
}

static void
listen_lock_path(const struct ctl_listener *listener, char *path)
{
	snprintf(path, CTL_LOCK_PATH_MAX, "%s%s", listener->addr.sun_path, CTL_LOCK_SUFFIX);
}

/*
 * Gives what `fd` names to the user, who is to remove it in the end. The kernel is not asked for
 * what is so already: a service's filter of system calls may not allow it.
 */
static int
listen_give(int fd, const struct ctl_access *access, uint32_t group)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if ((access->uid == CTL_NO_ID || access->uid == st.st_uid) &&
	    (group == CTL_NO_ID || group == st.st_gid))
		return 0;
	return fchownat(fd, "", access->uid, group, AT_EMPTY_PATH) ? -errno : 0;
}

static int
listen_give_folder(const char *folder, const struct ctl_access *access)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		error = -errno;
	else if (st.st_uid == geteuid()) /* else it is not the one made here */
		error = listen_give(fd, access, CTL_NO_ID);
	close(fd);
	return error;
}

/* The folder that holds the socket, one level: what is above it is not ours to make. */
static int
listen_make_folder(const struct ctl_listener *listener, const struct ctl_access *access)
{
	char folder[sizeof(listener->addr.sun_path)];
	char *slash;

	memcpy(folder, listener->addr.sun_path, sizeof(folder));
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return 0;
	*slash = '\0';
	if (mkdir(folder, 0755))
		return errno != EEXIST ? -errno : 0;
	return listen_give_folder(folder, access);
}

/* True when `fd` is still what `path` names: its last owner removes the file before it lets go. */
static bool
listen_is_file(int fd, const char *path)
{
	struct stat held, named;

	return !fstat(fd, &held) && !stat(path, &named) && held.st_dev == named.st_dev &&
	       held.st_ino == named.st_ino;
}

/*
 * The lock file, made only where it is missing: where everybody may make files, the kernel lets
 * nobody open another one's with O_CREAT.
 */
static int
listen_open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOENT)
		fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

static int
listen_take_lock(struct ctl_listener *listener, const struct ctl_access *access)
{
	char path[CTL_LOCK_PATH_MAX];

	listen_lock_path(listener, path);
	for (;;) {
		int fd = listen_open_lock(path);

		if (fd == -EEXIST)
			continue; /* made in between */
		if (fd < 0)
			return fd;
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			int error = errno == EWOULDBLOCK ? -EADDRINUSE : -errno;

			close(fd);
			return error;
		}
		if (listen_is_file(fd, path)) {
			listener->lock = fd;
			return listen_give(fd, access, CTL_NO_ID);
		}
		close(fd);
	}
}

/* 0: the path is free now. A socket is dead when nobody accepts on it. */
static int
listen_clear_path(const struct ctl_listener *listener)
{
	const char *path = listener->addr.sun_path;
	struct stat st;
	int fd, error;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = connect(fd, (const struct sockaddr *)&listener->addr, sizeof(listener->addr));
	error = error ? errno : 0;
	close(fd);
	if (error == ECONNREFUSED)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	/* EAGAIN: its queue is full, EPROTOTYPE: a socket of another kind. Somebody is there. */
	return -EADDRINUSE;
}

/* The file is born with this mode, whatever the umask; nobody can connect before listen. */
static int
listen_bind(const struct ctl_listener *listener)
{
	const struct sockaddr *addr = (const struct sockaddr *)&listener->addr;
	mode_t before = umask(0);
	int error = 0;

	if (fchmod(listener->fd, CTL_SOCKET_MODE) ||
	    bind(listener->fd, addr, sizeof(listener->addr)))
		error = -errno;
	umask(before);
	return error;
}

/* Remembers which file it is, and gives it to who is to have it. */
static int
listen_own(struct ctl_listener *listener, const struct ctl_access *access)
{
	int fd = open(listener->addr.sun_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		error = -errno;
	else if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid())
		error = -EEXIST; /* somebody put another file there */
	if (!error) {
		listener->dev = st.st_dev;
		listener->ino = st.st_ino;
		error = listen_give(fd, access, access->group);
	}
	close(fd);
	return error;
}

static int
listen_begin(struct ctl_listener *listener, const struct ctl_access *access)
{
	int error;

	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (listener->fd < 0)
		return -errno;
	error = listen_bind(listener);
	return error ? error : listen_own(listener, access);
}

int
ctl_listen_open(struct ctl_listener *listener, const char *path, const struct ctl_access *access)
{
	size_t length = strlen(path);
	int error;

	ctl_listen_init(listener);
	if (!length)
		return -EINVAL;
	if (length >= sizeof(listener->addr.sun_path))
		return -ENAMETOOLONG;
	memcpy(listener->addr.sun_path, path, length);
	error = listen_make_folder(listener, access);
	if (!error)
		error = listen_take_lock(listener, access);
	if (!error)
		error = listen_clear_path(listener);
	if (!error)
		error = listen_begin(listener, access);
	if (error)
		ctl_listen_close(listener);
	return error;
}

int
ctl_listen_start(struct ctl_listener *listener)
{
	return listen(listener->fd, CTL_LISTEN_BACKLOG) ? -errno : 0;
}

static void
listen_unlink_own(const struct ctl_listener *listener)
{
	struct stat st;

	if (listener->ino && !lstat(listener->addr.sun_path, &st) && S_ISSOCK(st.st_mode) &&
	    st.st_dev == listener->dev && st.st_ino == listener->ino)
		unlink(listener->addr.sun_path);
}

void
ctl_listen_close(struct ctl_listener *listener)
{
	char path[CTL_LOCK_PATH_MAX];

	if (listener->fd >= 0) {
		listen_unlink_own(listener);
		close(listener->fd);
	}
	if (listener->lock >= 0) {
		listen_lock_path(listener, path);
		unlink(path);
		close(listener->lock);
	}
	ctl_listen_init(listener);
}
