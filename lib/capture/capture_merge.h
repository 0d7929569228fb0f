/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several capture files as one stream of bursts in the order of time: a tap often delivers each
 * direction of a link by a port of its own, and so into a file of its own.
 *
 * The header bytes of a burst's packets are copied, since a file keeps only its newest packet.
 */
#ifndef CAPTURE_MERGE_H
#define CAPTURE_MERGE_H

#include "capture_file.h"

BASE_BEGIN_DECLS

#define CAPTURE_FILES_MAX 64

struct capture_merge;

/*
 * Opens all of paths[0..n). NULL: one could not be opened; error says which and why, as
 * "PATH: why" (2 x CAPTURE_ERROR_MAX bytes).
 */
struct capture_merge *capture_merge_open(const char *const *paths, unsigned n, char *error);
void capture_merge_close(struct capture_merge *merge);

/* The time of the next packet, UTC; UINT64_MAX: there is none. */
uint64_t capture_merge_next_us(const struct capture_merge *merge);

/*
 * The next packets, at most PACKET_BURST_MAX, earliest first; their bytes stay until the next call.
 * Returns how many; 0: the end of all. A file that turns out broken ends there, others go on.
 */
unsigned capture_merge_burst(struct capture_merge *merge, struct packet *packets);

/* The first file that turned out broken, as "PATH: why"; "" when none did. */
const char *capture_merge_error(const struct capture_merge *merge);

/* Bytes of all files, 0 when one of them has no size (a pipe). */
uint64_t capture_merge_bytes(const struct capture_merge *merge);

BASE_END_DECLS

#endif
