/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The socket file: makes it, defends it against a second daemon, replaces a dead one, removes it.
 *
 * A lock on PATH.lock says who owns PATH. It is held as long as the socket: two daemons that
 * start at the same moment cannot both find the old socket dead and both replace it. A live socket
 * without a lock (somebody else's program) is found by connecting to it. Only sockets are ever
 * removed, at the end only the one made here. What belongs to another user in the end is given to
 * him through descriptors, never by its name, which he could make mean something else meanwhile.
 * Control thread, before there are others, for the umask is the process's; blocks for file
 * operations only.
 */
#ifndef CTL_LISTEN_H
#define CTL_LISTEN_H

#include <sys/types.h>
#include <sys/un.h>

#include "ctl_access.h"

BASE_BEGIN_DECLS

struct ctl_listener {
	int fd;   /* listening, non-blocking; -1: none */
	int lock; /* PATH.lock, locked; -1: none */
	dev_t dev;
	ino_t ino;
	struct sockaddr_un addr;
};

/* A listener that holds nothing; ctl_listen_close does nothing to it. */
void ctl_listen_init(struct ctl_listener *listener);

/*
 * The socket is there, and whoever connects is refused. Errors and access as ctl_server_claim; the
 * listener holds nothing after an error.
 */
int
ctl_listen_open(struct ctl_listener *listener, const char *path, const struct ctl_access *access);

/* From now on whoever connects waits to be accepted. 0 or -errno. */
int ctl_listen_start(struct ctl_listener *listener);

void ctl_listen_close(struct ctl_listener *listener);

BASE_END_DECLS

#endif
