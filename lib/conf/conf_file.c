/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file into struct conf, by libconfuse.
 *
 * Three passes, each finding its kind of mistake: conf_text reads and strips comments, conf_scan
 * blanks what libconfuse would stop at, libconfuse parses what is left. To libconfuse every value
 * is text; its callback reads it into a scratch configuration at once, while the line is known, and
 * always says that all is well, so that the parse goes on to the next mistake.
 *
 * libconfuse passes no argument of ours to its callbacks, hence the pointer conf_loading.
 */

#include <confuse.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf_file.h"
#include "conf_key.h"
#include "conf_scan.h"
#include "conf_text.h"
#include "conf_value.h"

struct conf_loading {
	struct conf next; /* becomes the caller's if there is no mistake */
	struct conf_mistakes mistakes;
};

static struct conf_loading *conf_loading; /* the load at hand, or NULL */

/* libconfuse's name for what is outside any section is root. */
static const char *
conf_file_section(const cfg_t *cfg)
{
	return strcmp(cfg->name, "root") == 0 ? CONF_SECTION_FILE : cfg->name;
}

/*
 * A value, the defaults of lists included. The first one after `=` finds its option emptied, which
 * is how a list that is set anew is told from one that `+=` adds to.
 */
static int
conf_file_on_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	const char *section = conf_file_section(cfg);
	const struct conf_key *key = conf_key_find(section, opt->name, strlen(opt->name));
	char why[CONF_WHY_MAX];

	assert(key && conf_loading);
	if (conf_key_is_list(key) && opt->nvalues == 1)
		conf_value_clear(key, &conf_loading->next);
	if (conf_value_read(key, text, &conf_loading->next, why))
		conf_mistake_add(&conf_loading->mistakes, (uint32_t)cfg->line, "%s: %s", key->name,
		                 why);
	*(const char **)result = text;
	return 0;
}

/* What libconfuse itself objects to: grammar. */
static void BASE_PRINTF(2, 0) conf_file_on_error(cfg_t *cfg, const char *format, va_list args)
{
	conf_mistake_vadd(&conf_loading->mistakes, (uint32_t)cfg->line, format, args);
}

static cfg_opt_t
conf_file_option(const struct conf_key *key)
{
	/* libconfuse copies the option, default and all, and does not write to ours. */
	cfg_opt_t list =
	    CFG_STR_LIST_CB(key->name, (char *)key->def, CFGF_NONE, conf_file_on_value);
	cfg_opt_t scalar = CFG_STR_CB(key->name, key->def, CFGF_NONE, conf_file_on_value);

	return conf_key_is_list(key) ? list : scalar;
}

/* The options of one section; `opts` is zeroed and a zeroed one ends it. How many. */
static unsigned
conf_file_options(const char *section, cfg_opt_t *opts)
{
	unsigned i, n = 0;

	for (i = 0; i < conf_key_count; i++)
		if (strcmp(conf_keys[i].section, section) == 0)
			opts[n++] = conf_file_option(&conf_keys[i]);
	return n;
}

/* libconfuse's parser for our keys, the defaults in it; NULL if memory is short. */
static cfg_t *
conf_file_parser(void)
{
	cfg_opt_t opts[CONF_SECTIONS][CONF_KEYS_MAX + CONF_SECTIONS] = {};
	unsigned i, n = conf_file_options(CONF_SECTION_FILE, opts[0]);
	cfg_t *cfg;

	for (i = 1; i < CONF_SECTIONS; i++) {
		cfg_opt_t section = CFG_SEC(conf_sections[i], opts[i], CFGF_NONE);

		conf_file_options(conf_sections[i], opts[i]);
		opts[0][n++] = section;
	}
	cfg = cfg_init(opts[0], CFGF_NONE);
	if (cfg)
		cfg_set_error_function(cfg, conf_file_on_error);
	return cfg;
}

/* `KEY = {}` comes with no value, so with no callback. */
static void
conf_file_empty_lists(cfg_t *cfg)
{
	unsigned i;

	for (i = 0; i < conf_key_count; i++) {
		const struct conf_key *key = &conf_keys[i];
		cfg_t *section = *key->section ? cfg_getsec(cfg, key->section) : cfg;

		if (conf_key_is_list(key) && cfg_size(section, key->name) == 0)
			conf_value_clear(key, &conf_loading->next);
	}
}

/* Parses the scanned text into conf_loading. 0, -EINVAL (told or not), -ENOMEM. */
static int
conf_file_parse(const char *text)
{
	cfg_t *cfg = conf_file_parser();
	int rc;

	if (!cfg)
		return -ENOMEM;
	rc = cfg_parse_buf(cfg, text) == CFG_SUCCESS ? 0 : -EINVAL;
	if (rc == 0)
		conf_file_empty_lists(cfg);
	cfg_free(cfg);
	conf_derive(&conf_loading->next);
	return rc;
}

/* All three passes. 0 or -errno; the mistakes are in conf_loading. */
static int
conf_file_read(const char *path)
{
	struct conf_mistakes *mistakes = &conf_loading->mistakes;
	uint32_t gave_up;
	char *text;
	int rc = conf_text_read(path, &text, mistakes);

	if (rc)
		return rc;
	conf_text_strip(text, mistakes);
	gave_up = conf_scan(text, CONF_TEXT_ROOM, mistakes);
	rc = conf_file_parse(text);
	if (rc == -ENOMEM)
		conf_mistake_add(mistakes, 0, "%s", strerror(ENOMEM));
	else if ((rc || gave_up) && mistakes->count + mistakes->lost == 0)
		conf_mistake_add(mistakes, gave_up, "this is no statement, as in NAME = VALUE");
	free(text);
	return rc;
}

int
conf_load(const char *path, struct conf *conf, conf_report_fn *report, void *arg)
{
	struct conf_loading *loading = malloc(sizeof(*loading));
	int rc;

	assert(!conf_loading);
	if (!loading) {
		report(arg, strerror(ENOMEM));
		return -ENOMEM;
	}
	conf_init(&loading->next);
	conf_mistakes_init(&loading->mistakes);
	conf_loading = loading;
	rc = conf_file_read(path);
	conf_loading = NULL;
	if (conf_mistakes_report(&loading->mistakes, path, report, arg) && rc == 0)
		rc = -EINVAL;
	if (rc == 0)
		*conf = loading->next;
	conf_mistakes_fini(&loading->mistakes);
	free(loading);
	return rc;
}
