/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is a packet as it was sent? The checksums of IPv4's header, of TCP and of UDP (RFC 1071).
 *
 * Behind the parser and apart from it: nobody calls it unless the configuration asks for it. It
 * believes the NIC where that has verified a packet, and adds up the bytes otherwise. What cannot
 * be known is no fault: a packet that the capture cut, a fragment, a length that an offload engine
 * had not filled in, UDP without a checksum. The innermost packet counts, the one that is tracked.
 *
 * A host's own packets, captured on that host, are seen before its NIC has filled their checksums
 * in: nearly all that it sends is wrong then. So is what a mirror in software sees of its guests.
 *
 * Any thread. Cost: a fetch of all bytes of a packet, and an addition for each eight of them.
 */
#ifndef PACKET_CHECKSUM_H
#define PACKET_CHECKSUM_H

#include "packet.h"

BASE_BEGIN_DECLS

/* What is done about wrong checksums; in the order of the configuration's words. */
enum packet_checksum_mode {
	PACKET_CHECKSUM_IGNORE, /* nobody verifies */
	PACKET_CHECKSUM_COUNT,  /* wrong ones are counted, and tracked like the others */
	PACKET_CHECKSUM_VERIFY, /* they get the verdict PACKET_WRONG_CHECKSUM and move nothing */
};

/* What was found out about the checksums of a packet. */
enum packet_checksum {
	PACKET_CHECKSUM_UNKNOWN,
	PACKET_CHECKSUM_RIGHT,
	PACKET_CHECKSUM_WRONG,
};

/*
 * Verifies those packets that were parsed as tracked and whose bytes are still there. said[i] is
 * what the NIC has found out about packet i (enum packet_checksum); NULL: there is no NIC. Wrong
 * ones get their verdict if `mode` says so. Returns how many are wrong.
 */
unsigned packet_checksum_burst(struct packet *packets, const uint8_t *said, unsigned n,
                               enum packet_checksum_mode mode);

BASE_END_DECLS

#endif
