/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Compressed files: what a codec is, and which there are. A file says by its first bytes how it is
 * compressed; its name counts for nothing.
 *
 * A compressed file is one or several streams, one behind the other. A codec unpacks a stream piece
 * by piece, into as little room as it is given, so a few bytes that unpack to terabytes cost time
 * and no memory. What it keeps for itself is bounded by CAPTURE_CODEC_MEMORY.
 *
 * One thread for each state.
 */
#ifndef CAPTURE_CODEC_H
#define CAPTURE_CODEC_H

#include "base_compiler.h"

BASE_BEGIN_DECLS

#define CAPTURE_CODEC_HEAD   6            /* bytes that say which codec it is */
#define CAPTURE_CODEC_MEMORY (128u << 20) /* the most that a codec keeps of what it has unpacked */

/* Bytes to unpack, and room for what comes of them. A turn takes from the front of both. */
struct capture_codec_io {
	const uint8_t *in;
	size_t in_len;
	uint8_t *out;
	size_t out_len;
};

enum capture_codec_result {
	CAPTURE_CODEC_MORE, /* go on, with more bytes or more room */
	CAPTURE_CODEC_END,  /* this stream is complete; the next turn begins another one */
	CAPTURE_CODEC_DAMAGED,
	CAPTURE_CODEC_TOO_LARGE, /* it wants more than CAPTURE_CODEC_MEMORY */
};

struct capture_codec {
	const char *name;
	void *(*create)(void); /* NULL: no memory */
	void (*destroy)(void *state);
	enum capture_codec_result (*turn)(void *state, struct capture_codec_io *io);
};

extern const struct capture_codec capture_codec_gzip, capture_codec_xz, capture_codec_zstd;

/* The codec of a file that begins so; NULL: it is not compressed, or in a way that is not read. */
const struct capture_codec *capture_codec_find(const uint8_t *head, size_t n);

BASE_END_DECLS

#endif
