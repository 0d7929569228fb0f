/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What fuzz targets share: a check that ends the process, and a reader of their input.
 *
 * A target that needs choices takes them from its input byte by byte. Where the input has ended
 * every byte is 0, so an input cut short means something too. One thread.
 */
#ifndef FUZZ_DATA_H
#define FUZZ_DATA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry of every target: libFuzzer calls it, and fuzz_main.c. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says which expression does not hold, and aborts. */
#define fuzz_check(holds) ((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #holds))

static inline void
fuzz_fail(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

struct fuzz_data {
	const uint8_t *p, *end; /* borrowed */
};

static inline bool
fuzz_data_has(const struct fuzz_data *data)
{
	return data->p < data->end;
}

static inline uint8_t
fuzz_data_byte(struct fuzz_data *data)
{
	return data->p < data->end ? *data->p++ : 0;
}

/* Big-endian, two bytes. */
static inline uint16_t
fuzz_data_u16(struct fuzz_data *data)
{
	unsigned high = fuzz_data_byte(data);

	return (uint16_t)(high << 8 | fuzz_data_byte(data));
}

/* Fills `size` bytes at `to`, with zeros where the input has ended. */
static inline void
fuzz_data_fill(struct fuzz_data *data, void *to, size_t size)
{
	size_t left = (size_t)(data->end - data->p), n = size < left ? size : left;

	memcpy(to, data->p, n);
	memset((uint8_t *)to + n, 0, size - n);
	data->p += n;
}

#endif
