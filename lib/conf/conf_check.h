/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What several keys say together, or a key and the machine: mistakes that no key by itself has.
 *
 * Each value was checked when it was read (conf_value.h). These come last, for the file and the
 * command line each may say a part.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include "conf_cpus.h"
#include "conf_key.h"

BASE_BEGIN_DECLS

/*
 * Reports every such mistake, as `FILE:LINE: KEY: what is wrong` where the file at `path` has set
 * one of the keys, else as `KEY: what is wrong`. `path` may be NULL where all lines are 0. Returns
 * how many. Any thread.
 */
unsigned conf_check(const struct conf *conf, const struct conf_machine *machine, const char *path,
                    const struct conf_lines *lines, conf_report_fn *report, void *arg);

BASE_END_DECLS

#endif
