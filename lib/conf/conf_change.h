/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is different between two configurations, key by key: what a SIGHUP says.
 */
#ifndef CONF_CHANGE_H
#define CONF_CHANGE_H

#include "conf_key.h"

BASE_BEGIN_DECLS

/*
 * The names of the keys that have another value in `fresh` than in `old` and that a SIGHUP takes
 * over (`reloads`) or leaves to a restart (not), as in "home, timers.udp". Cut to `size` bytes.
 * Returns how many there are. Any thread.
 */
unsigned conf_changes(const struct conf *old, const struct conf *fresh, bool reloads, char *names,
                      size_t size);

/* The name of a key as messages have it: SECTION.NAME, or NAME outside any section. */
#define CONF_KEY_NAME_MAX 64
const char *conf_key_name(const struct conf_key *key, char name[CONF_KEY_NAME_MAX]);

BASE_END_DECLS

#endif
