/* SPDX-License-Identifier: BSD-3-Clause */
/* The block in front of the descriptor; see print_out.h. */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "print_out.h"

static_assert(PRINT_PIECE_MAX <= PRINT_OUT_BYTES, "a piece fits in the block");

void
print_out_init(struct print_out *out, int fd)
{
	out->fd = fd;
	out->error = 0;
	out->used = 0;
	out->style = (struct print_style){ 0 };
}

/* A terminal or pipe that somebody else made non-blocking is waited for. */
static int
print_out_retry(int fd)
{
	struct pollfd waiting = { .fd = fd, .events = POLLOUT };

	if (errno == EINTR)
		return 1;
	if (errno != EAGAIN)
		return 0;
	return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

int
print_out_flush(struct print_out *out)
{
	size_t done = 0;

	while (!out->error && done < out->used) {
		ssize_t n = write(out->fd, out->block + done, out->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (!print_out_retry(out->fd))
			out->error = -errno;
	}
	out->used = 0;
	return out->error;
}

char *
print_out_reserve(struct print_out *out, size_t bytes)
{
	assert(bytes <= PRINT_PIECE_MAX);
	if (sizeof(out->block) - out->used < bytes)
		print_out_flush(out);
	return out->block + out->used;
}

void
print_out_commit(struct print_out *out, const char *end)
{
	assert(end >= out->block + out->used && end <= out->block + sizeof(out->block));
	out->used = (size_t)(end - out->block);
}

void
print_out_take_back(struct print_out *out, size_t bytes)
{
	assert(bytes <= out->used);
	out->used -= bytes;
}

void
print_out_put(struct print_out *out, const void *bytes, size_t length)
{
	const char *from = (const char *)bytes;

	while (length) {
		size_t piece = length < PRINT_PIECE_MAX ? length : PRINT_PIECE_MAX;
		char *to = print_out_reserve(out, piece);

		memcpy(to, from, piece);
		print_out_commit(out, to + piece);
		from += piece;
		length -= piece;
	}
}

void
print_out_puts(struct print_out *out, const char *text)
{
	print_out_put(out, text, strlen(text));
}

void
print_out_printf(struct print_out *out, const char *format, ...)
{
	char *to = print_out_reserve(out, PRINT_PIECE_MAX);
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(to, PRINT_PIECE_MAX, format, args);
	va_end(args);
	if (n < 0)
		return;
	print_out_commit(out, to + (n < PRINT_PIECE_MAX ? n : PRINT_PIECE_MAX - 1));
}
