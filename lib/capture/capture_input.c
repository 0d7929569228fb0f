/* SPDX-License-Identifier: BSD-3-Clause */
/* Opening, reading and unpacking; see capture_input.h. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_input.h"

static void
capture_input_fail(struct capture_input *input, const char *why)
{
	snprintf(input->error, sizeof(input->error), "%s", why);
	input->ended = true;
}

/* --- bytes as they lie ------------------------------------------------------------------------ */

/*
 * Returns how many; 0: no more come, for the reason that input->error gives. A read that a signal
 * interrupts is not tried again: who has set a handler without SA_RESTART wants it to end.
 */
static size_t
capture_input_read(struct capture_input *input, uint8_t *to, size_t n)
{
	ssize_t got = read(input->fd, to, n);

	if (got < 0)
		capture_input_fail(input, strerror(errno));
	return got < 0 ? 0 : (size_t)got;
}

static void
capture_input_fill_plain(struct capture_input *input)
{
	size_t n = capture_input_read(input, input->buffer + input->end, CAPTURE_INPUT_READ);

	input->end += n;
	if (n == 0)
		input->ended = true;
}

/* --- bytes unpacked --------------------------------------------------------------------------- */

/* Are there bytes to unpack? Between two streams zeros may stand, as tapes and xz pad them. */
static bool
capture_input_has_packed(struct capture_input *input)
{
	for (;;) {
		while (!input->in_stream && input->packed_at < input->packed_end &&
		       input->packed[input->packed_at] == 0)
			input->packed_at++;
		if (input->packed_at < input->packed_end)
			return true;
		input->packed_at = 0;
		input->packed_end = capture_input_read(input, input->packed, CAPTURE_INPUT_READ);
		if (input->packed_end == 0)
			return false;
	}
}

static void
capture_input_fail_codec(struct capture_input *input, enum capture_codec_result result)
{
	char why[CAPTURE_ERROR_MAX];

	if (result == CAPTURE_CODEC_TOO_LARGE)
		snprintf(why, sizeof(why), "its %s data need more than %u MB of memory",
		         input->codec->name, CAPTURE_CODEC_MEMORY >> 20);
	else if (result == CAPTURE_CODEC_DAMAGED)
		snprintf(why, sizeof(why), "its %s data are damaged", input->codec->name);
	else
		snprintf(why, sizeof(why), "its %s data end too early", input->codec->name);
	capture_input_fail(input, why);
}

/* One turn of the codec. Returns how many bytes came of it. */
static size_t
capture_input_unpack(struct capture_input *input)
{
	uint8_t *to = input->buffer + input->end;
	struct capture_codec_io io = { input->packed + input->packed_at,
		                       input->packed_end - input->packed_at, to,
		                       CAPTURE_INPUT_READ };
	size_t in_len = io.in_len;
	enum capture_codec_result result = input->codec->turn(input->codec_state, &io);

	input->packed_at += in_len - io.in_len;
	input->in_stream = result == CAPTURE_CODEC_MORE;
	if (result == CAPTURE_CODEC_DAMAGED || result == CAPTURE_CODEC_TOO_LARGE)
		capture_input_fail_codec(input, result);
	return (size_t)(io.out - to);
}

/*
 * The codec may still have something to give when it was given everything, so it has a turn at the
 * end of the file too.
 */
static void
capture_input_fill_packed(struct capture_input *input)
{
	size_t n = 0;

	while (n == 0 && !input->ended) {
		bool more = capture_input_has_packed(input);

		if (!more && !input->in_stream)
			input->ended = true;
		else
			n = capture_input_unpack(input);
		if (!more && n == 0 && input->in_stream && input->error[0] == '\0')
			capture_input_fail_codec(input, CAPTURE_CODEC_MORE);
	}
	input->end += n;
}

/* --- peeking and skipping --------------------------------------------------------------------- */

static void
capture_input_fill(struct capture_input *input)
{
	if (input->codec != NULL)
		capture_input_fill_packed(input);
	else
		capture_input_fill_plain(input);
}

BASE_NOINLINE const uint8_t *
capture_input_more(struct capture_input *input, size_t n)
{
	assert(n <= CAPTURE_INPUT_PEEK_MAX);
	memmove(input->buffer, input->buffer + input->at, input->end - input->at);
	input->end -= input->at;
	input->at = 0;
	while (input->end < n && !input->ended)
		capture_input_fill(input);
	return input->end >= n ? input->buffer : NULL;
}

int
capture_input_skip(struct capture_input *input, uint64_t n)
{
	while (n > input->end - input->at) {
		n -= input->end - input->at;
		input->at = input->end = 0;
		if (input->ended)
			return -EIO;
		capture_input_fill(input);
	}
	input->at += n;
	return 0;
}

const char *
capture_input_error(const struct capture_input *input)
{
	return input->error;
}

/* --- life ------------------------------------------------------------------------------------- */

/* What was read of the file so far, one read at most, is for the codec. */
static int
capture_input_start_codec(struct capture_input *input, const struct capture_codec *codec)
{
	input->packed = malloc(CAPTURE_INPUT_READ);
	input->codec_state = input->packed != NULL ? codec->create() : NULL;
	if (input->codec_state == NULL)
		return -ENOMEM;
	input->codec = codec;
	memcpy(input->packed, input->buffer, input->end);
	input->packed_end = input->end;
	input->end = 0;
	input->ended = false;
	return 0;
}

static int
capture_input_begin(struct capture_input *input, const char *path)
{
	const struct capture_codec *codec;

	input->buffer = malloc(CAPTURE_INPUT_BYTES);
	if (input->buffer == NULL)
		return -ENOMEM;
	if (strcmp(path, "-") == 0)
		input->fd = STDIN_FILENO;
	else
		input->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (input->fd < 0)
		return -errno;
	if (input->fd == STDIN_FILENO && isatty(STDIN_FILENO)) {
		capture_input_fail(input, "a terminal, and no capture");
		return 0;
	}
	capture_input_more(input, CAPTURE_CODEC_HEAD);
	codec = capture_codec_find(input->buffer, input->end);
	return codec != NULL ? capture_input_start_codec(input, codec) : 0;
}

int
capture_input_open(struct capture_input *input, const char *path)
{
	int error;

	*input = (struct capture_input){ .fd = -1 };
	error = capture_input_begin(input, path);
	if (error != 0)
		capture_input_fail(input, strerror(-error));
	return input->error[0] == '\0' ? 0 : -EIO;
}

void
capture_input_close(struct capture_input *input)
{
	if (input->codec != NULL)
		input->codec->destroy(input->codec_state);
	if (input->fd > STDIN_FILENO)
		close(input->fd);
	free(input->packed);
	free(input->buffer);
	*input = (struct capture_input){ .fd = -1 };
}

uint64_t
capture_input_bytes(const struct capture_input *input)
{
	struct stat st;

	if (input->codec != NULL || fstat(input->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}
