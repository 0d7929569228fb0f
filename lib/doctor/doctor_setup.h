/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which set-up is meant: a configuration and the ports that it names, or ports named by hand.
 */
#ifndef DOCTOR_SETUP_H
#define DOCTOR_SETUP_H

#include "doctor.h"

BASE_BEGIN_DECLS

#define DOCTOR_CONF "/etc/spanstat/spanstatd.conf"

/*
 * Reads `path`, or DOCTOR_CONF if that is NULL and the file is there. A file with mistakes is no
 * failure: defaults stand, or what was understood, and setup->error has the first one. Main thread;
 * blocks on the disk.
 */
void doctor_setup_read(struct doctor_setup *setup, const char *path);

/*
 * A port named by hand: an interface or the address of a PCI device. The first one takes the place
 * of all that the configuration names, so `is_first` is said. 0; -EINVAL it is no name of either;
 * -ENOSPC there are too many.
 */
int doctor_setup_name(struct doctor_setup *setup, const char *name, bool is_first);

BASE_END_DECLS

#endif
