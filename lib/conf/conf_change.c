/* SPDX-License-Identifier: BSD-3-Clause */
/* Two configurations compared by the table of keys; see conf_change.h. */

#include <stdio.h>
#include <string.h>

#include "conf_change.h"

const char *
conf_key_name(const struct conf_key *key, char name[CONF_KEY_NAME_MAX])
{
	snprintf(name, CONF_KEY_NAME_MAX, "%s%s%s", key->section, *key->section ? "." : "",
	         key->name);
	return name;
}

/* Padding and what follows a text or a list in its field are zero (conf.h). */
static bool
conf_change_is(const struct conf *old, const struct conf *fresh, const struct conf_key *key)
{
	return memcmp((const char *)old + key->offset, (const char *)fresh + key->offset,
	              conf_key_bytes(key)) != 0;
}

unsigned
conf_changes(const struct conf *old, const struct conf *fresh, bool reloads, char *names,
             size_t size)
{
	char name[CONF_KEY_NAME_MAX];
	unsigned n = 0;
	size_t used = 0;

	names[0] = '\0';
	for (unsigned i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_keys[i];

		if (conf_key_reloads(key) != reloads || !conf_change_is(old, fresh, key))
			continue;
		if (used < size)
			used += (size_t)snprintf(names + used, size - used, "%s%s", n ? ", " : "",
			                         conf_key_name(key, name));
		n++;
	}
	return n;
}
