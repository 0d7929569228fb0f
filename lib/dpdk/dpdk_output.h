/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What EAL writes on standard output and standard error while it starts: kept, so that a mistake in
 * its arguments is one line of ours and not ninety of its help.
 *
 * Of the process, as the two descriptors are. Control core, one at a time, cold.
 */
#ifndef DPDK_OUTPUT_H
#define DPDK_OUTPUT_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/*
 * From now on both descriptors write into memory. Where that cannot be made, all stays as it is. If
 * the process aborts meanwhile, what was kept is written after all.
 */
void dpdk_output_take(void);

/* They are as before. What was written in between, to be freed; NULL: nothing is known of it. */
char *dpdk_output_give_back(void);

/*
 * Why EAL refused to start, by what it wrote: the first line of getopt's or EAL's that names
 * something, without the name in front. `given` are the user's own arguments: they are named behind
 * a reason that does not name one. `why` has room for `size` bytes; "" if there is no such line.
 * Any thread.
 */
void dpdk_output_reason(const char *text, const char *given, char *why, size_t size);

BASE_END_DECLS

#endif
