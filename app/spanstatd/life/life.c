/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of a life; see life.h. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base_log.h"
#include "conf_change.h"
#include "conf_value.h"
#include "life.h"

#define LIFE_NAMES_MAX 384 /* of keys, a line with the rest of it */
#define LIFE_MISTAKE   640

void
life_begin(const struct options *options)
{
	if (options->config_path != NULL)
		base_info("version %s, configuration %s", SPANSTAT_VERSION, options->config_path);
	else
		base_info("version %s, no configuration file: defaults and the command line",
		          SPANSTAT_VERSION);
}

/* --- the socket ----------------------------------------------------------------------------- */

void
life_no_socket(const char *path, int error)
{
	static const struct {
		int error;
		const char *helps;
	} rows[] = {
		{ EADDRINUSE, "another spanstatd answers here; end it, or give --socket" },
		{ EACCES,
		  "no permission; start as root, or give --socket in a folder of your own" },
		{ ENOENT, "the folder above its folder is not there; make it, or give --socket" },
		{ EEXIST, "a file is there that is no socket; remove it, or give --socket" },
		{ EROFS, "the file system is read-only; give --socket" },
	};
	const char *why = strerror(error);

	for (unsigned i = 0; i < BASE_COUNT_OF(rows); i++)
		if (rows[i].error == error)
			why = rows[i].helps;
	base_error("%s: %s", path, why);
}

void
life_ready(const struct conf *conf, unsigned workers)
{
	base_info("ready: \"%s\" with %u %s", conf->name, workers,
	          workers == 1 ? "worker" : "workers");
}

/* --- reload --------------------------------------------------------------------------------- */

/* The first mistake, and how many more there are. */
struct life_mistakes {
	char first[LIFE_MISTAKE];
	unsigned n;
};

static void
life_on_mistake(void *arg, const char *text)
{
	struct life_mistakes *mistakes = arg;

	if (mistakes->n++ == 0)
		snprintf(mistakes->first, sizeof(mistakes->first), "%s", text);
}

static void
life_say_mistakes(const struct life_mistakes *mistakes)
{
	char more[64] = "";

	if (mistakes->n > 1)
		snprintf(more, sizeof(more), " (%u more: spanstatd --check lists them)",
		         mistakes->n - 1);
	base_error("configuration not taken over, going on with the old one: %s%s", mistakes->first,
	           more);
}

static void
life_say_changes(const struct conf *old, const struct conf *fresh)
{
	char taken[LIFE_NAMES_MAX], waits[LIFE_NAMES_MAX];
	unsigned n_taken = conf_changes(old, fresh, true, taken, sizeof(taken));
	unsigned n_waits = conf_changes(old, fresh, false, waits, sizeof(waits));

	if (n_taken + n_waits == 0)
		base_info("configuration read again: nothing has changed");
	if (n_taken > 0)
		base_info("configuration read again, in force now: %s", taken);
	if (n_waits > 0)
		base_warning("configuration read again, changed and in force after a restart: %s",
		             waits);
}

int
life_reload(const struct options *options, struct conf *fresh)
{
	struct life_mistakes mistakes = { .n = 0 };

	if (options->config_path == NULL) {
		base_warning("SIGHUP, but no configuration to read again: started without "
		             "--config");
		return -ENOENT;
	}
	if (options_reload(options, fresh, life_on_mistake, &mistakes) != 0) {
		life_say_mistakes(&mistakes);
		return -EINVAL;
	}
	life_say_changes(&options->conf, fresh);
	return 0;
}

/* --- the end -------------------------------------------------------------------------------- */

static const char *
life_signal(int number)
{
	const char *name = sigabbrev_np(number);

	return name != NULL ? name : "?";
}

void
life_end(int number, const struct report_stats *stats)
{
	uint64_t sec = stats->uptime_us / 1000000;

	base_info(
	    "ended by SIG%s after %" PRIu64 "d %02u:%02u:%02u: %" PRIu64
	    " packets received, %" PRIu64 " dropped, %" PRIu64 " flows opened, %" PRIu64 " live",
	    life_signal(number), sec / 86400, (unsigned)(sec / 3600 % 24),
	    (unsigned)(sec / 60 % 60), (unsigned)(sec % 60), stats->received,
	    stats->dropped_nic + stats->dropped_worker, stats->flows_created, stats->flows_live);
}

void
life_end_early(int number)
{
	base_info("ended by SIG%s while starting", life_signal(number));
}
