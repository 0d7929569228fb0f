/* SPDX-License-Identifier: BSD-3-Clause */
/* The program's own folder; see place.h. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "place.h"

int
place_own(char folder[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	if (n < 0)
		return -errno;
	folder[n] = '\0';
	slash = strrchr(folder, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return 0;
}
