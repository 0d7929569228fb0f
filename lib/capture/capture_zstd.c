/* SPDX-License-Identifier: BSD-3-Clause */
/* Zstandard (RFC 8878), through libzstd. A frame says how much of itself must be kept. */

#include <zstd.h>
#include <zstd_errors.h>

#include "capture_codec.h"

#define ZSTD_WINDOW_LOG 27 /* what `zstd -d` allows too without being asked */
static_assert(1u << ZSTD_WINDOW_LOG == CAPTURE_CODEC_MEMORY, "the same bound");

static void *
capture_zstd_create(void)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();

	if (z != NULL &&
	    ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG))) {
		ZSTD_freeDCtx(z);
		return NULL;
	}
	return z;
}

static void
capture_zstd_destroy(void *state)
{
	ZSTD_freeDCtx(state);
}

static enum capture_codec_result
capture_zstd_turn(void *state, struct capture_codec_io *io)
{
	ZSTD_inBuffer in = { io->in, io->in_len, 0 };
	ZSTD_outBuffer out = { io->out, io->out_len, 0 };
	size_t result = ZSTD_decompressStream(state, &out, &in);

	*io = (struct capture_codec_io){ io->in + in.pos, io->in_len - in.pos, io->out + out.pos,
		                         io->out_len - out.pos };
	if (!ZSTD_isError(result))
		return result == 0 ? CAPTURE_CODEC_END : CAPTURE_CODEC_MORE;
	return ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge
	           ? CAPTURE_CODEC_TOO_LARGE
	           : CAPTURE_CODEC_DAMAGED;
}

const struct capture_codec capture_codec_zstd = {
	.name = "zstd",
	.create = capture_zstd_create,
	.destroy = capture_zstd_destroy,
	.turn = capture_zstd_turn,
};
