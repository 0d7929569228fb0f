/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which link layer a number of a capture file means. Numbers are those of the files (LINKTYPE) and
 * of the systems that wrote them (DLT), which differ for raw IP and PKTAP.
 */
#ifndef PACKET_LINK_H
#define PACKET_LINK_H

#include "packet.h"

BASE_BEGIN_DECLS

/* The link of a number, or PACKET_LINK_NONE: it is not read. Any thread. */
enum packet_link packet_link_of(uint32_t linktype);

BASE_END_DECLS

#endif
