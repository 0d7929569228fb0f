/* SPDX-License-Identifier: BSD-3-Clause */
/* The link types of capture files that are read, in the order of their numbers. */

#include "capture_link.h"

static const struct {
	uint16_t number;
	uint8_t link; /* enum packet_link */
} capture_links[] = {
	{ 0, PACKET_LINK_LOOPBACK },   /* NULL: BSD's, the family in the writer's byte order */
	{ 1, PACKET_LINK_ETHERNET },   /* EN10MB */
	{ 9, PACKET_LINK_PPP },        /* PPP */
	{ 12, PACKET_LINK_RAW },       /* RAW, as some systems write its number */
	{ 14, PACKET_LINK_RAW },       /* RAW, as OpenBSD does */
	{ 50, PACKET_LINK_PPP },       /* PPP_HDLC */
	{ 101, PACKET_LINK_RAW },      /* RAW */
	{ 108, PACKET_LINK_LOOPBACK }, /* LOOP: OpenBSD's, the family in network order */
	{ 113, PACKET_LINK_SLL },      /* LINUX_SLL */
	{ 228, PACKET_LINK_RAW },      /* IPV4 */
	{ 229, PACKET_LINK_RAW },      /* IPV6 */
	{ 276, PACKET_LINK_SLL2 },     /* LINUX_SLL2 */
};

enum packet_link
capture_link_find(uint32_t number)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(capture_links); i++)
		if (capture_links[i].number == number)
			return (enum packet_link)capture_links[i].link;
	return CAPTURE_LINK_UNREAD;
}
