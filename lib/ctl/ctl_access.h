/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may ask, and who may change.
 *
 * Whoever may open the socket may ask: its owner and its group, and root. To change what the daemon
 * knows (reports that are REPORT_CHANGES) takes root, who started the daemon, for he could end it
 * too, or a member of the admin group. The kernel says who a client is, and all groups that it had
 * when it connected. Any thread.
 */
#ifndef CTL_ACCESS_H
#define CTL_ACCESS_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define CTL_NO_ID         UINT32_MAX /* no user, no group */
#define CTL_ACCOUNT_MAX   33         /* bytes of a group's name, its NUL included */
#define CTL_REFUSAL_BYTES 160

struct ctl_access {
	uint32_t owner;       /* who may change besides root: the one who started the daemon */
	uint32_t uid;         /* to whom the files of the socket are given; CTL_NO_ID: they stay */
	uint32_t group;       /* the socket's; CTL_NO_ID: that of the process */
	uint32_t admin_group; /* CTL_NO_ID: there is none */
	char admin_name[CTL_ACCOUNT_MAX]; /* of that group, as messages call it */
};

/* Who is at the other end of a socket. */
struct ctl_caller {
	uint32_t uid, gid;
	int32_t pid;
	bool attached; /* the client of a private daemon: it may do all */
};

/* Whoever runs this process may do all, and no group is named. */
void ctl_access_init(struct ctl_access *access);

/* Of a connected Unix socket. 0 or -errno. */
int ctl_access_caller(int fd, struct ctl_caller *caller);

/* Does it belong to that group, as its own or as a supplementary one? An error is no. */
bool ctl_access_in_group(int fd, const struct ctl_caller *caller, uint32_t gid);

/* May the caller at the other end of `fd` change what the daemon knows? */
bool
ctl_access_may_change(const struct ctl_access *access, int fd, const struct ctl_caller *caller);

/* Who may: a sentence for the one who may not, of at most CTL_REFUSAL_BYTES. `what`: he wanted. */
void
ctl_access_refuse(const struct ctl_access *access, const char *what, char text[CTL_REFUSAL_BYTES]);

BASE_END_DECLS

#endif
