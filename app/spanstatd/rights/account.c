/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of users and groups looked up; see account.h. */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "base_log.h"

#define ACCOUNT_DEFAULT "spanstat"

static_assert(CONF_ACCOUNT_MAX == CTL_ACCOUNT_MAX, "names are copied whole");

/* A number that no name has is taken as it is. False: it is none. */
static bool
account_number(const char *text, uint32_t *number)
{
	uint64_t value;

	if (base_parse_number(text, strlen(text), CTL_NO_ID - 1, &value) != 0)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* The group of that name or number. 0 or -ENOENT. */
static int
account_group(const char *name, uint32_t *gid)
{
	const struct group *group = getgrnam(name);

	if (group == NULL)
		return account_number(name, gid) ? 0 : -ENOENT;
	*gid = group->gr_gid;
	return 0;
}

static int
account_no_group(const char *key, const char *name)
{
	base_error("%s: there is no group %s", key, name);
	return -EINVAL;
}

/* May this process give a file to that group? */
static bool
account_may_give(uint32_t gid)
{
	return geteuid() == 0 || getegid() == gid || group_member(gid) != 0;
}

static int
account_find_group(struct account *account, const char *named)
{
	const char *name = named[0] != '\0' ? named : ACCOUNT_DEFAULT;
	int error = account_group(name, &account->access.group);

	if (named[0] == '\0' && (error != 0 || !account_may_give(account->access.group))) {
		account->access.group = CTL_NO_ID;
		return 0;
	}
	if (error != 0)
		return account_no_group("group", name);
	strcpy(account->group, name);
	return 0;
}

static int
account_find_admins(struct ctl_access *access, const char *named)
{
	if (named[0] == '\0')
		return 0;
	if (account_group(named, &access->admin_group) != 0)
		return account_no_group("admin-group", named);
	strcpy(access->admin_name, named);
	return 0;
}

/* The user of that name or number, who need not be known by a name. 0 or -ENOENT. */
static int
account_user(struct account *account, const char *name)
{
	const struct passwd *user = getpwnam(name);

	if (user == NULL && account_number(name, &account->uid))
		user = getpwuid(account->uid);
	else if (user == NULL)
		return -ENOENT;
	else
		account->uid = user->pw_uid;
	account->gid = user != NULL ? user->pw_gid : account->uid;
	snprintf(account->user, sizeof(account->user), "%s", name);
	return 0;
}

static int
account_default_user(struct account *account)
{
	return account_user(account, ACCOUNT_DEFAULT) == 0 ? 0 : account_user(account, "nobody");
}

/* Whose rights remain; he is given what is to be removed in the end. Only root can change users. */
static int
account_find_user(struct account *account, const char *named)
{
	int error;

	account->uid = account->gid = CTL_NO_ID;
	if (geteuid() != 0)
		return 0;
	error = named[0] != '\0' ? account_user(account, named) : account_default_user(account);
	if (error != 0 && named[0] == '\0')
		base_error("there is neither a user " ACCOUNT_DEFAULT
		           " nor nobody: name one by the key user");
	else if (error != 0)
		base_error("user: there is no user %s", named);
	account->access.uid = account->uid;
	return error;
}

void
account_find_private(struct account *account)
{
	memset(account, 0, sizeof(*account));
	ctl_access_init(&account->access);
	account->uid = account->gid = CTL_NO_ID;
	if (geteuid() == 0 && account_default_user(account) != 0)
		account->uid = CTL_NO_ID;
}

int
account_find(struct account *account, const struct conf *conf)
{
	memset(account, 0, sizeof(*account));
	ctl_access_init(&account->access);
	if (account_find_user(account, conf->user) != 0 ||
	    account_find_group(account, conf->group) != 0)
		return -EINVAL;
	return account_find_admins(&account->access, conf->admin_group);
}

void
account_log(const struct account *account, const char *socket)
{
	const struct ctl_access *access = &account->access;
	bool asks = account->group[0] != '\0', changes = access->admin_group != CTL_NO_ID;

	base_info("control socket %s: root%s%s%s may ask, root%s%s%s may drop", socket,
	          access->owner != 0 ? ", who runs spanstatd" : "", asks ? " and group " : "",
	          account->group, access->owner != 0 ? ", who runs spanstatd" : "",
	          changes ? " and group " : "", access->admin_name);
}
