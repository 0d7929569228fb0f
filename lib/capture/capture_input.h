/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes of a file or of standard input, unpacked where they are compressed, with as many of
 * them in one piece as a reader of a format asks for.
 *
 *	const uint8_t *head = capture_input_peek(input, 16);
 *	if (head != NULL)
 *		capture_input_take(input, 16);
 *
 * What was peeked at stays in its place until the next peek or skip, taken or not. An error does
 * not take away what was read before it: peek and skip fail only when there is no more, and then
 * capture_input_error says whether that is the end of the file or a fault.
 *
 * A signal ends it as a fault does (EINTR), unless its handler has SA_RESTART.
 *
 * Memory: one buffer of CAPTURE_INPUT_BYTES, and for a compressed file what its codec keeps. One
 * thread for each. Cost of a peek: a comparison, and now and then a read of the file.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include "capture_codec.h"

BASE_BEGIN_DECLS

#define CAPTURE_ERROR_MAX      256
#define CAPTURE_INPUT_PEEK_MAX (256u << 10)
#define CAPTURE_INPUT_READ     (128u << 10) /* at once: half of an L2 cache */
#define CAPTURE_INPUT_BYTES    (CAPTURE_INPUT_PEEK_MAX + CAPTURE_INPUT_READ)

struct capture_input {
	uint8_t *buffer;
	size_t at, end; /* read and not taken yet: buffer[at..end) */
	int fd;
	bool ended; /* no more will come */
	/* compressed files only */
	const struct capture_codec *codec;
	void *codec_state;
	bool in_stream; /* a stream has begun and not ended */
	uint8_t *packed;
	size_t packed_at, packed_end;
	char error[CAPTURE_ERROR_MAX];
};

/*
 * Opens `path` ("-" is standard input). 0 or -EIO, and then capture_input_error says why.
 * capture_input_close is due in both cases.
 */
int capture_input_open(struct capture_input *input, const char *path);
void capture_input_close(struct capture_input *input);

/* The bytes that the file holds as it lies; 0: nobody knows, it is a pipe or compressed. */
uint64_t capture_input_bytes(const struct capture_input *input);

/* Reads until n bytes are there. NULL: there are fewer. */
const uint8_t *capture_input_more(struct capture_input *input, size_t n);

/* The next n bytes, at most CAPTURE_INPUT_PEEK_MAX; NULL: there are fewer. */
BASE_INLINE const uint8_t *
capture_input_peek(struct capture_input *input, size_t n)
{
	if (n <= input->end - input->at)
		return input->buffer + input->at;
	return capture_input_more(input, n);
}

/* Goes on behind n bytes, no more than were peeked at. */
BASE_INLINE void
capture_input_take(struct capture_input *input, size_t n)
{
	assert(n <= input->end - input->at);
	input->at += n;
}

/* Goes on behind any number of bytes. 0; -EIO: there are fewer. */
int capture_input_skip(struct capture_input *input, uint64_t n);

/* After a peek or skip that failed: is there nothing left at all? */
BASE_INLINE bool
capture_input_is_empty(const struct capture_input *input)
{
	return input->at == input->end;
}

/* Why it ended: "" at the end of the file. */
const char *capture_input_error(const struct capture_input *input);

BASE_END_DECLS

#endif
