/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What drivers and buses report by themselves: a link that changed, a device that was removed.
 *
 * EAL's interrupt thread marks the port and writes to its eventfd; the control core then asks what
 * is so. Drivers that report nothing are asked once a second, so an event saves time and no more.
 */
#ifndef DPDK_EVENT_H
#define DPDK_EVENT_H

#include "dpdk_port.h"

BASE_BEGIN_DECLS

/* From the attaching of its device on, until it is closed. Control. */
void dpdk_event_watch(struct dpdk_port *port);
void dpdk_event_forget(struct dpdk_port *port);

BASE_END_DECLS

#endif
