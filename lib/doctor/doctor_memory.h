/* SPDX-License-Identifier: BSD-3-Clause */
/* How much memory spanstatd will take, roughly; for doctor_memory.c and its test. */
#ifndef DOCTOR_MEMORY_H
#define DOCTOR_MEMORY_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

/* Bytes of the tables of all workers; `sockets` are records of each. Any thread. */
uint64_t doctor_memory_tables(uint64_t flows, unsigned workers, uint64_t sockets);

BASE_END_DECLS

#endif
