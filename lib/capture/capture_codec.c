/* SPDX-License-Identifier: BSD-3-Clause */
/* By which bytes compressed files are known: one table. */

#include <string.h>

#include "capture_codec.h"

static const struct {
	uint8_t magic[CAPTURE_CODEC_HEAD];
	uint8_t length;
	uint8_t first_mask; /* which bits of the first byte count */
	const struct capture_codec *codec;
} capture_codecs[] = {
	{ { 0x1f, 0x8b, 8 }, 3, 0xff, &capture_codec_gzip },          /* RFC 1952, deflate */
	{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, 0xff, &capture_codec_zstd }, /* RFC 8878 3.1.1 */
	{ { 0x50, 0x2a, 0x4d, 0x18 }, 4, 0xf0, &capture_codec_zstd }, /* 3.1.2, a skippable frame */
	{ { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, 0xff, &capture_codec_xz }, /* its format, 2.1.1.1 */
};

const struct capture_codec *
capture_codec_find(const uint8_t *head, size_t n)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(capture_codecs); i++) {
		if (n >= capture_codecs[i].length &&
		    (head[0] & capture_codecs[i].first_mask) == capture_codecs[i].magic[0] &&
		    memcmp(head + 1, capture_codecs[i].magic + 1, capture_codecs[i].length - 1u) ==
		        0)
			return capture_codecs[i].codec;
	}
	return NULL;
}
