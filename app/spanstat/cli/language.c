/* SPDX-License-Identifier: BSD-3-Clause */
/* Locale and catalogues; see language.h. */

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base_compiler.h"
#include "language.h"
#include "place.h"

#define LANGUAGE_DOMAIN "spanstat"

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

void
language_init(void)
{
	char path[PATH_MAX + 64];

	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	bindtextdomain(LANGUAGE_DOMAIN,
	               language_find(path, sizeof(path)) ? path : SPANSTAT_LOCALEDIR);
	textdomain(LANGUAGE_DOMAIN);
}
