/* SPDX-License-Identifier: BSD-3-Clause */
/* The folder of this program: what belongs to it is searched from there. */
#ifndef PLACE_H
#define PLACE_H

#include <limits.h>

/* The folder of the program's file, without a slash at its end. 0 or -errno. */
int place_own(char folder[PATH_MAX]);

#endif
