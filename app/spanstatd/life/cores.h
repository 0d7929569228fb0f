/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which CPU each core of the daemon gets, by the section `cpus` and what the process may run on;
 * and what the log says of it. Control, before EAL starts.
 */
#ifndef CORES_H
#define CORES_H

#include "conf.h"
#include "dpdk_eal.h"

/*
 * Fills the lcores of *eal: control core, workers, receive core. Warns where several share a CPU;
 * says each choice and why at log level debug.
 */
void cores_place(const struct conf *conf, struct dpdk_eal_config *eal);

#endif
