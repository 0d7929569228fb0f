/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One capture file, packet by packet: pcap and pcapng, as they are or in gzip, zstd or xz. Format
 * and compression are known by the first bytes. Each packet has the link layer of the interface
 * that it came by (packet_link.h); those of a link layer that is not read come too, and it is the
 * parser that says so. Times are the packets' own, in microseconds of UTC.
 *
 * One thread for each file. Errors are texts for a person, without the file's name.
 */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include "capture_input.h"
#include "packet.h"

BASE_BEGIN_DECLS

struct capture_file;

/*
 * Opens `path` ("-" is standard input). Returns NULL on failure, as when all packets would be of a
 * link layer that is not read, and error[0..CAPTURE_ERROR_MAX) says why.
 */
struct capture_file *capture_file_open(const char *path, char *error);
void capture_file_close(struct capture_file *file);

/*
 * Reads the next packet: sets data, data_len, wire_len, time_us and link of *pk. The bytes belong
 * to the file and stay until the next call; data_len is CAPTURE_INPUT_PEEK_MAX at most. 1: a
 * packet; 0: the end; -EIO: capture_file_error says why, and there is no more. That all packets
 * were of link layers that are not read is an error too, at the end.
 */
int capture_file_next(struct capture_file *file, struct packet *pk);
const char *capture_file_error(const struct capture_file *file);

/* The bytes of the file as it lies; 0: nobody knows how many packets' bytes it holds. */
uint64_t capture_file_bytes(const struct capture_file *file);

/* Reads a file through: how many packets, and the longest as captured. 0 or -EIO. Cold. */
int capture_file_measure(const char *path, uint64_t *packets, uint32_t *longest);

BASE_END_DECLS

#endif
