/* SPDX-License-Identifier: BSD-3-Clause */
/* EAL's options that have a key of their own; see conf_eal.h. */

#include <stdio.h>
#include <string.h>

#include "conf_eal.h"
#include "conf_value.h"

#define CONF_EAL_CPUS "workers and the section cpus say it"
#define CONF_EAL_HELP "it would end the daemon"

static const struct {
	const char *name;    /* without the dashes */
	const char *instead; /* what says the same, or what speaks against it */
} conf_eal_options[] = {
	{ "l", CONF_EAL_CPUS },
	{ "c", CONF_EAL_CPUS },
	{ "lcores", CONF_EAL_CPUS },
	{ "main-lcore", "cpus.control says it" },
	{ "no-huge", "no-huge = true says it" },
	{ "proc-type", "each spanstatd is a primary process" },
	{ "h", CONF_EAL_HELP },
	{ "help", CONF_EAL_HELP },
};

/* getopt takes the beginning of a long name for the whole, and a value right behind a letter. */
static bool
conf_eal_is(const char *word, size_t n, const char *name)
{
	bool is_letter = name[1] == '\0';

	if (n < 2 || word[0] != '-')
		return false;
	if (is_letter)
		return word[1] == name[0];
	n = strcspn(word, "= \t") < n ? strcspn(word, "= \t") : n;
	return word[1] == '-' && n > 3 && strncmp(word + 2, name, n - 2) == 0;
}

bool
conf_eal_refuses(const char *text, char *why)
{
	static const char blanks[] = " \t";

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t n = strcspn(text, blanks);

		for (unsigned i = 0; i < BASE_COUNT_OF(conf_eal_options); i++) {
			if (!conf_eal_is(text, n, conf_eal_options[i].name))
				continue;
			snprintf(why, CONF_WHY_MAX, "'%.*s' is not passed to DPDK: %s",
			         n > 64 ? 64 : (int)n, text, conf_eal_options[i].instead);
			return true;
		}
		text += n;
	}
	return false;
}
