/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Hugepages by node, which spanstatd asks for too before it takes any; and how much memory it will
 * take, roughly, for doctor_memory.c and its test.
 */
#ifndef DOCTOR_MEMORY_H
#define DOCTOR_MEMORY_H

#include "doctor.h"

BASE_BEGIN_DECLS

/* Bytes of the tables of all workers; `sockets` are records of each. Any thread. */
uint64_t doctor_memory_tables(uint64_t flows, unsigned workers, uint64_t sockets);

/* --- hugepages ------------------------------------------------------------------------------- */

#define DOCTOR_NODES_MAX  64
#define DOCTOR_FOLDER_MAX 64

struct doctor_huge {
	uint64_t all_bytes, free_bytes;
};

/* The folder of a node's hugepages; of the machine's where `node` is negative. Any thread. */
void doctor_memory_folder(int node, char folder[DOCTOR_FOLDER_MAX]);

/*
 * Reads what that folder says of pages of `page_kb` kilobytes; 0: of all sizes. False: it is not
 * there. Any thread.
 */
bool doctor_memory_huge(const struct doctor_machine *machine, int node, unsigned page_kb,
                        struct doctor_huge *to);

/* Kilobytes of a hugepage of the default size; 0: there is none. Any thread. */
unsigned doctor_memory_page_kb(const struct doctor_machine *machine);

BASE_END_DECLS

#endif
