/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which arguments of DPDK's EAL the key `eal` may not have: those that EAL does not take twice, for
 * spanstatd sets them itself from keys of its own, and those with which it could not run. EAL would
 * answer with its whole help. All others are passed untouched.
 */
#ifndef CONF_EAL_H
#define CONF_EAL_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * Is one of the words of `text`, split at blanks, such an option, whole, shortened as getopt allows
 * or with its value behind it? Then `why`, of CONF_WHY_MAX bytes, names it and what to set instead.
 * Any thread.
 */
bool conf_eal_refuses(const char *text, char *why);

BASE_END_DECLS

#endif
