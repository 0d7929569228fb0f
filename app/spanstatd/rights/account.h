/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The user and the groups that the configuration names, by their numbers.
 *
 * They are looked up once, at the start, while every source of names may be asked (nsswitch.conf).
 * A value: no pointer, nothing to free. Control thread.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "conf.h"
#include "ctl_access.h"

struct account {
	struct ctl_access access;     /* who may ask, and who may change */
	char group[CONF_ACCOUNT_MAX]; /* of the socket, as messages call it; empty: none is named */
	uint32_t uid, gid;            /* whose rights remain; CTL_NO_ID: who started the process */
	char user[CONF_ACCOUNT_MAX];  /* as messages call him; empty with CTL_NO_ID */
};

/*
 * Finds whom `conf` names. A default that does not exist, or that this process cannot give the
 * socket to, is passed over. 0; -EINVAL: there is no such user or group, with a message.
 */
int account_find(struct account *account, const struct conf *conf);

/*
 * The user of a private daemon, which reads no configuration: the default one, or who started it
 * where there is none. Nobody but its client may ask.
 */
void account_find_private(struct account *account);

/* Logs who may ask at the socket, and who may change. */
void account_log(const struct account *account, const char *socket);

#endif
