/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A capture file from the inside, for the files of this library: what a format of capture files is,
 * and what each keeps.
 *
 * A format reads its headers and packets from the input. Every length in a file may lie: it is
 * compared with what it lies in, and what is longer than can be peeked at is skipped and never
 * kept. So no file, however it is damaged, takes more memory than a whole one.
 */
#ifndef CAPTURE_FORMAT_H
#define CAPTURE_FORMAT_H

#include "base_bytes.h"
#include "capture_file.h"
#include "capture_input.h"
#include "packet_link.h"

BASE_BEGIN_DECLS

#define CAPTURE_FORMAT_HEAD 4 /* bytes that say which format it is */
#define CAPTURE_TIME_MAX    (UINT64_C(1) << 62)

/* Of pcap. */
struct capture_pcap {
	bool is_swapped; /* the other byte order than ours */
	bool may_swap_lengths;
	uint8_t link;
	uint16_t header_bytes; /* of a packet */
	uint32_t divisor;      /* from the fraction of a second to microseconds */
	uint32_t caplen_max;
};

/* Of an interface of pcapng: how its stamps become microseconds. */
struct capture_interface {
	uint8_t link;
	bool is_binary; /* in units of 2^-bits seconds */
	uint8_t bits;
	uint32_t snaplen;          /* 0: none */
	uint64_t multiply, divide; /* otherwise: from its units to microseconds */
	int64_t offset_us;
};

/* Of pcapng. */
struct capture_pcapng {
	bool is_swapped;
	uint32_t length;                      /* of the block that was begun; 0: none was */
	uint64_t last_us;                     /* of the packet before: some blocks have no stamp */
	struct capture_interface *interfaces; /* of this section */
	uint32_t n_interfaces, room;
};

struct capture_format {
	const char *name;
	bool (*is)(const uint8_t *head); /* CAPTURE_FORMAT_HEAD bytes */
	int (*open)(struct capture_file *file);
	/* Like capture_file_next, and sets all but the verdicts of the file. */
	int (*next)(struct capture_file *file, struct packet *pk);
	void (*close)(struct capture_file *file);
};

struct capture_file {
	struct capture_input input;
	const struct capture_format *format;
	uint64_t packets; /* that were given */
	uint64_t behind;  /* bytes that belong to the packet or block before, still to be skipped */
	bool has_read;    /* one of them was of a link layer that is read */
	uint32_t unread;  /* the number of a link type that is not, where there was one */
	union {
		struct capture_pcap pcap;
		struct capture_pcapng pcapng;
	};
	char error[2 * CAPTURE_ERROR_MAX];
};

extern const struct capture_format capture_format_pcap, capture_format_pcapng;

/* A number as it stands in the file. */
BASE_INLINE uint32_t
capture_format_u32(const uint8_t *p, bool is_swapped)
{
	uint32_t v = base_raw32(p);

	return is_swapped ? __builtin_bswap32(v) : v;
}

BASE_INLINE uint16_t
capture_format_u16(const uint8_t *p, bool is_swapped)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return is_swapped ? __builtin_bswap16(v) : v;
}

/* Says what is wrong with the file. Returns -EIO, as capture_format_cut does. */
int capture_format_fail(struct capture_file *file, const char *form, ...) BASE_PRINTF(2, 3);

/* The input has ended where more was due. */
int capture_format_cut(struct capture_file *file);

/* After a peek for the next packet that found too little: 0 at the end of a whole file; or -EIO. */
int capture_format_end(struct capture_file *file);

/* Takes a packet's bytes, of which `behind` counts what the packet or its block has. 1 or -EIO. */
BASE_INLINE int
capture_format_data(struct capture_file *file, struct packet *pk, uint32_t caplen)
{
	uint32_t kept = base_min_u32(caplen, CAPTURE_INPUT_PEEK_MAX);

	pk->data = capture_input_peek(&file->input, kept);
	if (BASE_UNLIKELY(pk->data == NULL))
		return capture_format_cut(file);
	pk->data_len = kept;
	capture_input_take(&file->input, kept);
	file->behind -= kept;
	return 1;
}

/* Goes on behind what is left of the packet or block before. 0 or -EIO. */
BASE_INLINE int
capture_format_skip(struct capture_file *file)
{
	if (file->behind != 0 && capture_input_skip(&file->input, file->behind) != 0)
		return capture_format_cut(file);
	file->behind = 0;
	return 0;
}

/* Finds the link layer of a link type, and keeps in mind one that is not read. */
uint8_t capture_format_link(struct capture_file *file, uint32_t number);

BASE_END_DECLS

#endif
