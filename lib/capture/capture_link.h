/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What capture files call the link layers: the numbers of tcpdump.org's list of link types, in pcap
 * and pcapng alike. One table; a link layer that lib/packet comes to read gets its row.
 */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include "packet.h"

BASE_BEGIN_DECLS

#define CAPTURE_LINK_UNREAD PACKET_N_LINKS /* such a packet gets the verdict link-unknown */

/* The link layer of that number, or CAPTURE_LINK_UNREAD. Cold. */
enum packet_link capture_link_find(uint32_t number);

BASE_END_DECLS

#endif
