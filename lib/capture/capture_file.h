/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One capture file, packet by packet, through libpcap: pcap and pcapng, of the link layers that
 * lib/packet reads. Times are the packets' own, in microseconds of UTC.
 *
 * One thread for each file. Errors are texts for a person, without the file's name.
 */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include "packet.h"

BASE_BEGIN_DECLS

#define CAPTURE_ERROR_MAX 256

struct capture_file;

/*
 * Opens `path` ("-" is standard input). Returns NULL on failure, and error[0..CAPTURE_ERROR_MAX)
 * says why.
 */
struct capture_file *capture_file_open(const char *path, char *error);
void capture_file_close(struct capture_file *file);

/*
 * Reads the next packet: sets data, data_len, wire_len, time_us and link of *pk. The bytes belong
 * to the file and stay until the next call. 1: a packet; 0: the end; -EIO: capture_file_error says
 * why.
 */
int capture_file_next(struct capture_file *file, struct packet *pk);
const char *capture_file_error(const struct capture_file *file);

/* Reads a file through: how many packets, and the longest as captured. 0 or -EIO. Cold. */
int capture_file_measure(const char *path, uint64_t *packets, uint32_t *longest);

BASE_END_DECLS

#endif
