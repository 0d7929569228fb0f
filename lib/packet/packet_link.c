/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of link layers in capture files. Pure, any thread. */

#include "packet_link.h"

static const struct {
	uint16_t linktype;
	uint8_t link;
} packet_links
    [] = {
	    { 1, PACKET_LINK_ETHERNET },
	    { 113, PACKET_LINK_SLL },
	    { 276, PACKET_LINK_SLL2 },
	    { 101, PACKET_LINK_RAW },
	    { 12, PACKET_LINK_RAW },  /* DLT_RAW of most systems */
	    { 14, PACKET_LINK_RAW },  /* and of OpenBSD */
	    { 228, PACKET_LINK_RAW }, /* IPv4 alone */
	    { 229, PACKET_LINK_RAW }, /* IPv6 alone */
	    { 0, PACKET_LINK_LOOPBACK },
	    { 108, PACKET_LINK_LOOPBACK }, /* OpenBSD's, in network order */
	    { 9, PACKET_LINK_PPP },
	    { 50, PACKET_LINK_PPP },
	    { 51, PACKET_LINK_PPP_ETHER },
	    { 104, PACKET_LINK_HDLC },
	    { 239, PACKET_LINK_NFLOG },
	    { 258, PACKET_LINK_PKTAP },
	    { 149, PACKET_LINK_PKTAP }, /* Darwin's own number */
	    { 192, PACKET_LINK_PPI },
	    { 127, PACKET_LINK_RADIOTAP },
	    { 105, PACKET_LINK_WLAN },
	    { 10, PACKET_LINK_FDDI },
    };

enum packet_link
packet_link_of(uint32_t linktype)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(packet_links); i++)
		if (packet_links[i].linktype == linktype)
			return (enum packet_link)packet_links[i].link;
	return PACKET_LINK_NONE;
}
