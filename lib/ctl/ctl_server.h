/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's end of the control socket.
 *
 * Overview. Answers come from queries, so the server knows no table, no worker and no
 * configuration. It asks a query for rows only while they have room in the client's block, one
 * slice a turn. In a round of the loop one client of each user has its turn (ctl_user.h), and
 * signals and new clients theirs between any two rounds. So a client that does not read stops its
 * own report and nothing else, and one user's clients, however many, delay another's by one slice.
 * A report whose rows come over time rests between them: after a pause its query is asked for more.
 *
 * Life. The server hangs up on a client that is silent for a minute, or that has read nothing of
 * its report for a quarter of an hour; never on one that waits for more rows.
 *
 * Who writes and who reads. The control core's event loop: every function and every callback below
 * runs on the thread of that loop, and none blocks.
 *
 * Cost. A block of some 280 KiB a client, for at most CTL_PEERS_MAX of them, of which a silent one
 * touches a page or two.
 */
#ifndef CTL_SERVER_H
#define CTL_SERVER_H

#include "ctl_access.h"
#include "ctl_frame.h"

BASE_BEGIN_DECLS

#define CTL_PEERS_MAX 256

struct event_base;
struct ctl_server;

/* What the server asks. All callbacks are called on the loop's thread and must return soon. */
struct ctl_source {
	void *ctx;

	/*
	 * A report begins: a query that gives its rows (query.h), which the server closes when the
	 * report ends or its client is gone. NULL: *error is -errno and `text` (CTL_TEXT_MAX bytes,
	 * zeroed) says why: -EINVAL: the client asked wrongly.
	 */
	struct query *(*open)(void *ctx, const struct query_request *request, int *error,
	                      char *text);

	/* Who answers, into a zeroed struct. */
	void (*info)(void *ctx, struct ctl_info *info);

	/*
	 * What hosts and networks are called: *n labels, at most REPORT_LABELS_MAX, valid during
	 * the call's turn. May be NULL: nothing is.
	 */
	const struct report_label *(*labels)(void *ctx, unsigned *n);

	const struct report_paths *paths; /* that rows name; NULL: they name none */

	/* A client has to wait, for -errno: no descriptors, no memory. May be NULL. */
	void (*waits)(void *ctx, int error);
};

/* Where blocks come from; NULL for malloc and free. alloc may return NULL. */
struct ctl_memory {
	void *(*alloc)(size_t bytes);
	void (*release)(void *block);
};

/*
 * A server that serves nobody yet. Source and memory are copied, the base is borrowed and must
 * outlive it. Timers of the base want no memory from now on: not those of all clients, nor a
 * hundred of others. NULL and errno ENOMEM.
 */
struct ctl_server *ctl_server_create(struct event_base *base, const struct ctl_source *source,
                                     const struct ctl_memory *memory);

/* Who may ask and change, copied; before ctl_server_claim. Without it: ctl_access_init. */
void ctl_server_set_access(struct ctl_server *server, const struct ctl_access *access);

/*
 * Makes the Unix socket `path`, mode 0660, its own; nobody can connect yet. The socket, its lock
 * and a folder that is made here are given to the user of the access, the socket to its group
 * besides; -EPERM: that is not allowed. Makes its directory (0755) if that is missing and replaces
 * a socket nobody listens on. -EADDRINUSE: a daemon is there, and is left undisturbed; -EEXIST: a
 * file that is no socket is there; -ENAMETOOLONG; else -errno. At most once a server.
 */
int ctl_server_claim(struct ctl_server *server, const char *path);

/*
 * Listens on it. Who connects before is refused at once, and does not wait for a start that may
 * take long. 0 or -errno.
 */
int ctl_server_listen(struct ctl_server *server);

/*
 * Serves one connected socket and owns it from now on, also when this fails (-EUSERS, -ENOMEM).
 * It is never hung up on for silence. `gone` (may be NULL) is called once, when that client is
 * gone; from ctl_server_destroy it is not called. It may stop the loop but not destroy the server.
 */
int ctl_server_attach(struct ctl_server *server, int fd, void (*gone)(void *ctx), void *ctx);

/* Clients now. */
unsigned ctl_server_clients(const struct ctl_server *server);

/* Hangs up on everybody and removes the socket file if it is still its own. NULL is allowed. */
void ctl_server_destroy(struct ctl_server *server);

BASE_END_DECLS

#endif
