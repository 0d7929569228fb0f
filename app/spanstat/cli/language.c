/* SPDX-License-Identifier: BSD-3-Clause */
/* Locale and catalogues; see language.h. */

#include <libintl.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base_log.h"
#include "language.h"
#include "place.h"

#define LANGUAGE_DOMAIN "spanstat"

/* Set once, by language_init. */
static const char *language_absent;

/* Where catalogues may lie, seen from this program's own folder: a build tree, or installed. */
static const char *const language_places[] = { "/po", "/../share/locale" };

/* The folder of catalogues into `path`, or 0: there is none beside the program. */
static int
language_find(char *path, size_t size)
{
	char folder[PATH_MAX];
	struct stat st;

	if (place_own(folder) != 0)
		return 0;
	for (size_t i = 0; i < BASE_COUNT_OF(language_places); i++) {
		snprintf(path, size, "%s%s", folder, language_places[i]);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return 1;
	}
	return 0;
}

/* Which variable names the locale of a category: the first that is set. */
static const char *
language_variable(const char *category)
{
	const char *const names[] = { "LC_ALL", category, "LANG" };

	for (unsigned i = 0; i < BASE_COUNT_OF(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return names[i];
	}
	return NULL;
}

/* The locale that was asked for has not been generated: what that means, and what helps. */
static void
language_say_missing(const char *category)
{
	const char *name = language_variable(category);

	language_absent = name ? getenv(name) : "";
	base_warning("the locale '%s' of %s is not on this machine, so text is in English: "
	             "dpkg-reconfigure locales generates it, LC_ALL=C.UTF-8 needs none",
	             name ? getenv(name) : "", name ? name : category);
}

/* Names of hosts stay UTF-8 even where the locale is missing. */
static void
language_set_locale(void)
{
	bool has_characters = setlocale(LC_CTYPE, "") != NULL;

	if (!has_characters) {
		setlocale(LC_CTYPE, "C.UTF-8");
		language_say_missing("LC_CTYPE");
	}
	if (!setlocale(LC_MESSAGES, "") && has_characters)
		language_say_missing("LC_MESSAGES");
}

void
language_init(void)
{
	char path[PATH_MAX + 64];

	language_set_locale();
	bindtextdomain(LANGUAGE_DOMAIN,
	               language_find(path, sizeof(path)) ? path : SPANSTAT_LOCALEDIR);
	textdomain(LANGUAGE_DOMAIN);
}

const char *
language_missing(void)
{
	return language_absent;
}

void
language_leave(void)
{
	setlocale(LC_MESSAGES, "C");
}
