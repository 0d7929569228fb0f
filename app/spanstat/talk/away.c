/* SPDX-License-Identifier: BSD-3-Clause */
/* Nobody answers; see away.h. */

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "away.h"
#include "base_log.h"
#include "base_text.h"
#include "interrupt.h"
#include "options.h"

#define AWAY_FIRST_US UINT64_C(50000)
#define AWAY_MOST_US  UINT64_C(1000000)
#define AWAY_NAME_MAX 64

/* --- why not -------------------------------------------------------------------------------- */

/* Owner and group by their names, or by their numbers where they have none. */
static void
away_names(const struct stat *st, char *user, char *group)
{
	const struct passwd *owner = getpwuid(st->st_uid);
	const struct group *members = getgrgid(st->st_gid);

	snprintf(user, AWAY_NAME_MAX, "%u", st->st_uid);
	snprintf(group, AWAY_NAME_MAX, "%u", st->st_gid);
	if (owner)
		snprintf(user, AWAY_NAME_MAX, "%s", owner->pw_name);
	if (members)
		snprintf(group, AWAY_NAME_MAX, "%s", members->gr_name);
}

/* What keeps us out: the socket, or the first folder on its path that we may not enter. */
static bool
away_find_barrier(const char *socket, char *path, struct stat *st)
{
	snprintf(path, PATH_MAX, "%s", socket);
	while (stat(path, st) != 0) {
		char *slash = strrchr(path, '/');

		if (errno != EACCES || !slash || slash == path)
			return false;
		*slash = '\0';
	}
	return true;
}

static void
away_say_forbidden(const char *socket, int error)
{
	char path[PATH_MAX], user[AWAY_NAME_MAX], group[AWAY_NAME_MAX];
	struct stat st;

	if (!away_find_barrier(socket, path, &st)) {
		base_error(_("the daemon at %s may not be asked: %s"), socket, strerror(error));
		return;
	}
	away_names(&st, user, group);
	if (st.st_mode & S_IWGRP || S_ISDIR(st.st_mode))
		base_error(
		    _("the daemon at %s may not be asked by you: user %s and members of group "
		      "%s may (%s)"),
		    socket, user, group, path);
	else
		base_error(_("the daemon at %s may not be asked by you: user %s may (%s)"), socket,
		           user, path);
}

/*
 * Is there somebody who holds the socket's lock and does not listen yet? Only its owner may open
 * the lock, but anybody may read who holds which: "1: FLOCK ADVISORY WRITE 77 fd:01:4711 0 EOF".
 */
static bool
away_is_starting(const char *socket)
{
	char path[PATH_MAX], line[256];
	unsigned long inode;
	bool is_held = false;
	struct stat st;
	FILE *locks;

	snprintf(path, sizeof(path), "%s.lock", socket);
	if (stat(path, &st) != 0)
		return false;
	locks = fopen("/proc/locks", "re");
	while (locks != NULL && !is_held && fgets(line, sizeof(line), locks))
		is_held = sscanf(line, "%*s FLOCK %*s %*s %*s %*x:%*x:%lu", &inode) == 1 &&
		          inode == st.st_ino;
	if (locks != NULL)
		fclose(locks);
	return is_held;
}

int
away_refuse(const char *socket, int error)
{
	if (error == ECONNREFUSED && away_is_starting(socket)) {
		base_error(_("the daemon at %s is starting; its log says how far it is"), socket);
		return STATUS_NO_DAEMON;
	}
	switch (error) {
	case EACCES:
	case EPERM:
		away_say_forbidden(socket, error);
		break;
	case EAGAIN: /* its queue is full */
	case ETIMEDOUT:
		base_error(_("the daemon at %s does not answer (%s)"), socket, strerror(error));
		break;
	default:
		base_error(
		    _("no daemon answers at %s (%s); start one with: spanstatd --interface IF"),
		    socket, strerror(error));
	}
	return STATUS_NO_DAEMON;
}

/* --- waiting -------------------------------------------------------------------------------- */

const char *
away_clock(uint64_t time_us, char clock[AWAY_CLOCK_MAX])
{
	const time_t sec = (time_t)(time_us / 1000000);
	struct tm tm;

	if (!localtime_r(&sec, &tm) || !strftime(clock, AWAY_CLOCK_MAX, "%H:%M:%S", &tm))
		snprintf(clock, AWAY_CLOCK_MAX, "?");
	return clock;
}

void
away_say(const char *socket, uint64_t since_us)
{
	char clock[AWAY_CLOCK_MAX];

	base_warning(_("the daemon at %s is away since %s; waiting for it"), socket,
	             away_clock(since_us, clock));
}

struct ctl_client *
away_wait(const char *socket, bool mute)
{
	uint64_t pause_us = AWAY_FIRST_US;

	if (mute)
		interrupt_pause(AWAY_MOST_US);
	while (!interrupt_came()) {
		struct ctl_client *client = ctl_client_connect(socket);

		if (client)
			return client;
		interrupt_pause(pause_us);
		pause_us = 2 * pause_us < AWAY_MOST_US ? 2 * pause_us : AWAY_MOST_US;
	}
	return NULL;
}
