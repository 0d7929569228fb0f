/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The asking end of the control socket: blocking, one request at a time, no event loop.
 *
 * Memory is one block of the largest frame, so a report of any length costs the same. A client is
 * one thread's.
 */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include "ctl_frame.h"

BASE_BEGIN_DECLS

struct ctl_client;

/* One frame of an answer. The payload is aligned and stays until the next call. */
struct ctl_frame {
	enum ctl_type type;
	unsigned report; /* CTL_ROWS: enum report_request, whose rows they are */
	size_t length;   /* bytes; its type's size or a multiple of it, as CTL_ROWS has */
	const void *payload;
};

/*
 * Connects to the daemon at `path`. NULL and errno: ENOENT or ECONNREFUSED: no daemon; EACCES: not
 * allowed; EAGAIN: it takes nobody, for ten seconds; ENAMETOOLONG; ENOMEM ...
 */
struct ctl_client *ctl_client_connect(const char *path);

/* The same on a connected socket, which the client owns from now on. NULL: ENOMEM. */
struct ctl_client *ctl_client_adopt(int fd);

/* How long ctl_client_next waits for more, in milliseconds; 0: for ever, as it begins. */
void ctl_client_set_timeout(struct ctl_client *client, unsigned timeout_ms);

/*
 * Asks for a report (enum report_request); `ask` NULL: for all of it. 0, or -EPIPE or -ECONNRESET:
 * the daemon is gone.
 */
int ctl_client_ask(struct ctl_client *client, unsigned report, const struct ctl_ask *ask);

/*
 * Waits for the next frame of the answer; CTL_END is the last. 0; -ECONNRESET: the daemon is gone;
 * -ETIMEDOUT: it said nothing; -EPROTONOSUPPORT: it is of another version; -EPROTO: what it sent
 * is no answer. After any of these there is nothing more to read. The texts of CTL_INFO and CTL_END
 * end with NUL and are plain (base_plain.h), and a status is 0 or -errno, whatever was sent.
 */
int ctl_client_next(struct ctl_client *client, struct ctl_frame *frame);

/*
 * Ends the conversation from outside: ctl_client_next says -ECONNRESET as soon as it has given what
 * has come. For signal handlers.
 */
void ctl_client_stop(const struct ctl_client *client);

/* The socket, to be waited for by others: readable means that ctl_client_next finds something. */
int ctl_client_fd(const struct ctl_client *client);

/* The protocol version the daemon last spoke; for the message that goes with -EPROTONOSUPPORT. */
unsigned ctl_client_peer_version(const struct ctl_client *client);

/* NULL is allowed. */
void ctl_client_close(struct ctl_client *client);

BASE_END_DECLS

#endif
