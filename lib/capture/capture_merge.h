/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several capture files as one stream of bursts in the order of time. A tap often delivers each
 * direction of a link by its own port, and so into its own file.
 *
 * The bytes of a burst's packets are copied, as many as the caller wants of each, since a file
 * keeps only its newest packet. One thread for each merge. Cost: one comparison for each file and
 * packet, and the copy.
 */
#ifndef CAPTURE_MERGE_H
#define CAPTURE_MERGE_H

#include "capture_file.h"

BASE_BEGIN_DECLS

#define CAPTURE_FILES_MAX     64
#define CAPTURE_WHOLE_PACKETS (66u << 10) /* the longest datagram, and what stands before it */

struct capture_merge;

/*
 * Opens all of paths[0..n). Of each packet the first `bytes` are given at most, PACKET_HEADERS_MAX
 * or CAPTURE_WHOLE_PACKETS. Returns NULL if a file cannot be opened; error[0..2 x
 * CAPTURE_ERROR_MAX) says which and why, as "PATH: why". The paths are kept, not copied.
 */
struct capture_merge *
capture_merge_open(const char *const *paths, unsigned n, uint32_t bytes, char *error);
void capture_merge_close(struct capture_merge *merge);

/* The time of the next packet, UTC in microseconds; UINT64_MAX: there is none. */
uint64_t capture_merge_next_us(const struct capture_merge *merge);

/*
 * Gives the next packets, at most PACKET_BURST_MAX, earliest first; their bytes stay until the next
 * call. Returns how many; 0: the end of all files. A file that turns out to be broken ends there,
 * and the others go on.
 */
unsigned capture_merge_burst(struct capture_merge *merge, struct packet *packets);

/* The first file that turned out to be broken, as "PATH: why"; "" when none did. */
const char *capture_merge_error(const struct capture_merge *merge);

/* Did the bursts so far have a packet of a link layer that is read? */
bool capture_merge_has_read(const struct capture_merge *merge);

/* Packets whose stamps were not believed (capture_stamp.h), so far. Any thread. */
uint64_t capture_merge_bad_stamps(const struct capture_merge *merge);

/* Bytes of all files, 0 when of one nobody knows what it holds: a pipe, a compressed file. */
uint64_t capture_merge_bytes(const struct capture_merge *merge);

BASE_END_DECLS

#endif
