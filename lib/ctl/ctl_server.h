/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The daemon's end of the control socket.
 *
 * Lives on the control core's event loop and nowhere else: every function and every callback below
 * runs on the thread of that loop, and none blocks. What is answered comes from a ctl_source, so
 * the server knows no table, no worker and no configuration.
 *
 * Memory: a block of some 260 KiB a client, at most CTL_PEERS_MAX of them. Rows are asked of
 * the source only while they fit in the client's block, one slice a turn of the loop: a client that
 * does not read stops its own report and nothing else, and signals and other clients have their
 * turn between any two slices. A client silent for a minute, or one that has read nothing of its
 * report for a quarter of an hour, is hung up on.
 *
 * A report whose rows come over time rests between them: its source is asked again after a pause,
 * and a client that waits for more is never hung up on for silence.
 */
#ifndef CTL_SERVER_H
#define CTL_SERVER_H

#include "ctl_frame.h"

BASE_BEGIN_DECLS

#define CTL_PEERS_MAX 64

struct event_base;
struct ctl_server;

/* A source's place in a report, its own to use; all zero when a report begins. */
struct ctl_cursor {
	uint64_t words[4];
	unsigned what;   /* the request; the server's to set */
	void *query;     /* what `open` made, and `close` is to free */
	const char *why; /* with an error of `rows`: says it better than its number does */
	int cut;         /* set when rows are left out at the end, though nothing is wrong */
};

/* What the server asks. All callbacks are called on the loop's thread and must return soon. */
struct ctl_source {
	void *ctx;

	/*
	 * A report begins whose client said more than its name. `ask` is aligned and its texts end
	 * within. 0; or -errno and `text` (CTL_TEXT_MAX bytes, zeroed) says why: -EINVAL: the
	 * client asked wrongly. When it was 0, `close` is called once, when the report ends or its
	 * client is gone.
	 */
	int (*open)(void *ctx, struct ctl_cursor *cursor, unsigned what, const struct ctl_ask *ask,
	            char *text);
	void (*close)(void *ctx, struct ctl_cursor *cursor);

	/*
	 * The next rows of the request `what`, of the kind that ctl_frame_rows says, into
	 * rows[0..max), and moves the cursor. Returns their number; 0: the report is complete;
	 * -EAGAIN: none in this slice, ask again (so that a sparse table is searched a bounded
	 * piece at a time); -EINPROGRESS: none has come yet, ask again after a pause of some
	 * milliseconds; else -errno: the report ends and says so. Rows come zeroed.
	 */
	int (*rows)(void *ctx, struct ctl_cursor *cursor, unsigned what, void *rows, unsigned max);

	/* All counters, into a zeroed struct. */
	void (*stats)(void *ctx, struct report_stats *stats);

	/* The home list into nets[0..max). Returns how many. */
	unsigned (*home)(void *ctx, struct report_net *nets, unsigned max);

	/*
	 * Forget connection `id`. Returns 0: done; -ENOENT: nothing by that id; -EAGAIN: nobody can
	 * take the order now, the server asks again in a millisecond; -EINPROGRESS: ordered, and
	 * *token names the order. Else -errno, told to the client.
	 */
	int (*drop)(void *ctx, uint64_t id, uint64_t *token);

	/*
	 * What became of an order: -EINPROGRESS, or as drop. Asked each millisecond until it is
	 * something else, though the client may be gone, so an order is always collected exactly
	 * once (except those still open at ctl_server_destroy). May be NULL if drop never says
	 * -EINPROGRESS.
	 */
	int (*drop_done)(void *ctx, uint64_t token);

	/* Who answers, into a zeroed struct. */
	void (*info)(void *ctx, struct ctl_info *info);

	/*
	 * What hosts and networks are called: *n labels, at most REPORT_LABELS_MAX, valid during
	 * the call's turn. May be NULL: nothing is.
	 */
	const struct report_label *(*labels)(void *ctx, unsigned *n);
};

/* Where blocks come from; NULL for malloc and free. alloc may return NULL. */
struct ctl_memory {
	void *(*alloc)(size_t bytes);
	void (*release)(void *block);
};

/*
 * A server that serves nobody yet. Source and memory are copied, the base is borrowed and must
 * outlive it. NULL and errno ENOMEM.
 */
struct ctl_server *ctl_server_create(struct event_base *base, const struct ctl_source *source,
                                     const struct ctl_memory *memory);

/*
 * Listens on the Unix socket `path`, mode 0660. Makes its directory (0755) if that is missing and
 * replaces a socket nobody listens on. -EADDRINUSE: a daemon is there, and is left undisturbed;
 * -EEXIST: a file that is no socket is there; -ENAMETOOLONG; else -errno. At most once a server.
 */
int ctl_server_listen(struct ctl_server *server, const char *path);

/*
 * Serves one connected socket and owns it from now on, also when this fails (-ENOMEM, -EUSERS).
 * It is never hung up on for silence. `gone` (may be NULL) is called once, when that client is
 * gone; from ctl_server_destroy it is not called. It may stop the loop but not destroy the server.
 */
int ctl_server_attach(struct ctl_server *server, int fd, void (*gone)(void *ctx), void *ctx);

/* Hangs up on everybody and removes the socket file if it is still its own. NULL is allowed. */
void ctl_server_destroy(struct ctl_server *server);

BASE_END_DECLS

#endif
