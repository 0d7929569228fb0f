/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a capture file, of every format and compression.
 *
 * Whatever they are, the file is refused or read to an end: each packet has the bytes that it says,
 * a time that the engine can take, and no more bytes come out than went in, unless they were
 * unpacked; what is wrong is said in one printable line. A libFuzzer target; fuzz_main.c runs it
 * over kept inputs where there is no libFuzzer.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "capture_codec.h"
#include "capture_file.h"
#include "fuzz_data.h"

#define FUZZ_TIME_MAX (UINT64_C(1) << 62)

static void
fuzz_check_error(const char *error)
{
	size_t n = strlen(error);

	fuzz_check(n > 0 && n < CAPTURE_ERROR_MAX);
	for (size_t i = 0; i < n; i++)
		fuzz_check(error[i] >= ' ' && error[i] <= '~');
}

/* Touches every byte, so that a sanitizer sees one that is not there. */
static void
fuzz_check_packet(const struct packet *pk)
{
	static volatile uint8_t sum;

	fuzz_check(pk->data_len <= CAPTURE_INPUT_PEEK_MAX && pk->time_us <= FUZZ_TIME_MAX);
	fuzz_check(pk->link < PACKET_N_LINKS || pk->link == PACKET_LINK_NONE);
	for (uint32_t i = 0; i < pk->data_len; i++)
		sum = sum ^ pk->data[i];
}

static void
fuzz_read(struct capture_file *file, size_t most)
{
	struct packet pk = { 0 };
	uint64_t bytes = 0;
	int n;

	while ((n = capture_file_next(file, &pk)) == 1) {
		fuzz_check_packet(&pk);
		bytes += pk.data_len;
	}
	fuzz_check(bytes <= most);
	if (n != 0)
		fuzz_check_error(capture_file_error(file));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[64], error[CAPTURE_ERROR_MAX] = "";
	struct capture_file *file;

	if (fd < 0)
		fd = memfd_create("capture", MFD_CLOEXEC);
	fuzz_check(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	file = capture_file_open(path, error);
	if (file != NULL)
		fuzz_read(file, capture_codec_find(data, size) != NULL ? SIZE_MAX : size);
	else
		fuzz_check_error(error);
	capture_file_close(file);
	return 0;
}
