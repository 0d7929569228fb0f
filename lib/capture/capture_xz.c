/* SPDX-License-Identifier: BSD-3-Clause */
/* xz, through liblzma. What `xz -9` has packed needs 65 MB, half of what is allowed. */

#include <lzma.h>
#include <stdlib.h>

#include "capture_codec.h"

static void *
capture_xz_create(void)
{
	lzma_stream *xz = calloc(1, sizeof(*xz));

	if (xz == NULL || lzma_stream_decoder(xz, CAPTURE_CODEC_MEMORY, 0) == LZMA_OK)
		return xz;
	free(xz);
	return NULL;
}

static void
capture_xz_destroy(void *state)
{
	lzma_end(state);
	free(state);
}

static enum capture_codec_result
capture_xz_end(lzma_stream *xz)
{
	/* On a stream that was used it keeps what memory it has, and begins anew. */
	return lzma_stream_decoder(xz, CAPTURE_CODEC_MEMORY, 0) == LZMA_OK ? CAPTURE_CODEC_END
	                                                                   : CAPTURE_CODEC_DAMAGED;
}

static enum capture_codec_result
capture_xz_turn(void *state, struct capture_codec_io *io)
{
	lzma_stream *xz = state;
	lzma_ret result;

	xz->next_in = io->in;
	xz->avail_in = io->in_len;
	xz->next_out = io->out;
	xz->avail_out = io->out_len;
	result = lzma_code(xz, LZMA_RUN);
	*io = (struct capture_codec_io){ xz->next_in, xz->avail_in, xz->next_out, xz->avail_out };
	switch (result) {
	case LZMA_OK:
	case LZMA_BUF_ERROR: /* nothing to do without more bytes or room */
		return CAPTURE_CODEC_MORE;
	case LZMA_STREAM_END:
		return capture_xz_end(xz);
	case LZMA_MEMLIMIT_ERROR:
		return CAPTURE_CODEC_TOO_LARGE;
	default:
		return CAPTURE_CODEC_DAMAGED;
	}
}

const struct capture_codec capture_codec_xz = {
	.name = "xz",
	.create = capture_xz_create,
	.destroy = capture_xz_destroy,
	.turn = capture_xz_turn,
};
