/* SPDX-License-Identifier: BSD-3-Clause */
/* gzip (RFC 1952), through zlib. It keeps the last 32 KB of what it has unpacked. */

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "capture_codec.h"

#define GZIP_ONLY 16 /* added to the window's bits: gzip's header and no other */

static void *
capture_gzip_create(void)
{
	z_stream *z = calloc(1, sizeof(*z));

	if (z == NULL || inflateInit2(z, MAX_WBITS + GZIP_ONLY) == Z_OK)
		return z;
	free(z);
	return NULL;
}

static void
capture_gzip_destroy(void *state)
{
	inflateEnd(state);
	free(state);
}

static enum capture_codec_result
capture_gzip_turn(void *state, struct capture_codec_io *io)
{
	z_stream *z = state;
	uInt in = io->in_len < UINT_MAX ? (uInt)io->in_len : UINT_MAX;
	uInt out = io->out_len < UINT_MAX ? (uInt)io->out_len : UINT_MAX;
	int result;

	z->next_in = (Bytef *)(uintptr_t)io->in; /* zlib only reads it */
	z->avail_in = in;
	z->next_out = io->out;
	z->avail_out = out;
	result = inflate(z, Z_NO_FLUSH);
	*io = (struct capture_codec_io){ z->next_in, io->in_len - (in - z->avail_in), z->next_out,
		                         io->out_len - (out - z->avail_out) };
	if (result == Z_STREAM_END)
		return inflateReset(z) == Z_OK ? CAPTURE_CODEC_END : CAPTURE_CODEC_DAMAGED;
	/* Z_BUF_ERROR: nothing to do without more bytes or room. */
	return result == Z_OK || result == Z_BUF_ERROR ? CAPTURE_CODEC_MORE : CAPTURE_CODEC_DAMAGED;
}

const struct capture_codec capture_codec_gzip = {
	.name = "gzip",
	.create = capture_gzip_create,
	.destroy = capture_gzip_destroy,
	.turn = capture_gzip_turn,
};
