/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's word on who a client is; see ctl_access.h. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl_access.h"

#define ACCESS_FEW_GROUPS 64 /* that need no memory */

void
ctl_access_init(struct ctl_access *access)
{
	*access = (struct ctl_access){
		.owner = geteuid(),
		.uid = CTL_NO_ID,
		.group = CTL_NO_ID,
		.admin_group = CTL_NO_ID,
	};
}

int
ctl_access_caller(int fd, struct ctl_caller *caller)
{
	struct ucred credentials;
	socklen_t length = sizeof(credentials);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length))
		return -errno;
	*caller = (struct ctl_caller){
		.uid = credentials.uid,
		.gid = credentials.gid,
		.pid = credentials.pid,
	};
	return 0;
}

static bool
access_has(const gid_t *groups, size_t bytes, uint32_t gid)
{
	for (size_t i = 0; i < bytes / sizeof(groups[0]); i++)
		if (groups[i] == gid)
			return true;
	return false;
}

bool
ctl_access_in_group(int fd, const struct ctl_caller *caller, uint32_t gid)
{
	gid_t few[ACCESS_FEW_GROUPS], *many;
	socklen_t length = sizeof(few);
	bool found;

	if (caller->gid == gid)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, few, &length) == 0)
		return access_has(few, length, gid);
	if (errno != ERANGE)
		return false;
	many = malloc(length); /* the kernel has said how many there are */
	found = many && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, many, &length) == 0 &&
	        access_has(many, length, gid);
	free(many);
	return found;
}

bool
ctl_access_may_change(const struct ctl_access *access, int fd, const struct ctl_caller *caller)
{
	if (caller->attached || caller->uid == 0 || caller->uid == access->owner)
		return true;
	return access->admin_group != CTL_NO_ID &&
	       ctl_access_in_group(fd, caller, access->admin_group);
}

void
ctl_access_refuse(const struct ctl_access *access, const char *what, char text[CTL_REFUSAL_BYTES])
{
	const char *owner = access->owner == 0 ? "" : " or who runs spanstatd";

	if (access->admin_group == CTL_NO_ID)
		snprintf(text, CTL_REFUSAL_BYTES,
		         "%s needs root%s; the key admin-group can name a group that may", what,
		         owner);
	else
		snprintf(text, CTL_REFUSAL_BYTES, "%s needs root%s or a member of group %s", what,
		         owner, access->admin_name);
}
