/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the daemon may still do when all is open, by the configuration (privilege.h). Control
 * thread.
 */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "options.h"

/*
 * Gives up the rest, in all threads: once ports, files and socket are open, and before a worker
 * runs. 0; or -errno, with a message: it must end.
 */
int rights_drop(const struct options *options);

/* Says so where that file or its folder is closed to the user who remains: at a reload, too. */
void rights_check_reload(const struct options *options);

#endif
