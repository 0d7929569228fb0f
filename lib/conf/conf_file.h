/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration file into struct conf, or the list of everything that is wrong with it.
 */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include "conf_key.h"
#include "conf_mistake.h"

BASE_BEGIN_DECLS

#define CONF_FILE_MAX (1u << 20) /* bytes; a configuration is no data base */

/*
 * Reads the file at `path`: *conf is then the defaults with what the file says. It need not be
 * initialised, and unless 0 is returned it is not touched, so a SIGHUP may read into a fresh one
 * and go on with the old when that fails. The same holds for *lines, where each key stands.
 *
 * `report` gets every mistake, in the order of lines, before the call returns. It gets any failure
 * too.
 *
 * 0; -EINVAL there are mistakes; -ENOENT, -EACCES, -EISDIR or what else open and read say; -EFBIG
 * the file is over CONF_FILE_MAX; -ENOMEM. Any thread. Cold; blocks on the disk.
 */
int conf_load(const char *path, struct conf *conf, struct conf_lines *lines, conf_report_fn *report,
              void *arg);

BASE_END_DECLS

#endif
