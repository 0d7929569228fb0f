/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The kernel's files as checks read them, below the root of the machine that is examined.
 *
 * Paths are formats and begin with a slash. A file that is not there is no error here: each
 * function says whether it has found what was asked for. One thread; blocks on nothing but /proc
 * and /sys.
 */
#ifndef DOCTOR_FILE_H
#define DOCTOR_FILE_H

#include <dirent.h>
#include <sched.h>

#include "doctor.h"

BASE_BEGIN_DECLS

#define DOCTOR_PATH_MAX 512

/* The beginning of a file, `size` - 1 bytes at most, without the newline at its end. */
bool doctor_read(const struct doctor_machine *machine, char *to, size_t size, const char *path, ...)
    BASE_PRINTF(4, 5);

/* A number, decimal or behind 0x, that may be negative. */
bool doctor_read_number(const struct doctor_machine *machine, long long *to, const char *path, ...)
    BASE_PRINTF(3, 4);

/* A list of CPUs, which may be empty. */
bool doctor_read_cpus(const struct doctor_machine *machine, cpu_set_t *to, const char *path, ...)
    BASE_PRINTF(3, 4);

/* The last part of what a symbolic link names: a driver, a group, a device. */
bool doctor_read_link(const struct doctor_machine *machine, char *to, size_t size, const char *path,
                      ...) BASE_PRINTF(4, 5);

bool doctor_has(const struct doctor_machine *machine, const char *path, ...) BASE_PRINTF(2, 3);

/* May this process, by the owner, group and mode of the file, read and write it? */
bool doctor_may_use(const struct doctor_machine *machine, const char *path, ...) BASE_PRINTF(2, 3);

/* Its names, without those that begin with a dot, in order; each and the array are freed. */
int doctor_list(const struct doctor_machine *machine, struct dirent ***names, const char *path, ...)
    BASE_PRINTF(3, 4);
void doctor_list_free(struct dirent **names, int n);

/* What stands behind "NAME:" or "NAME " at the beginning of a line, blanks left out; or NULL. */
const char *doctor_field(const char *text, const char *name);

BASE_END_DECLS

#endif
