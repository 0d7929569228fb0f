/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target without a fuzzer: runs it over the files given, and over each of them cut short at
 * every length. So what a fuzzer once found stays found in the ordinary test run, whatever compiler
 * built it. Exit status 0, or the target aborts.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_INPUT_MAX (64 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* At the end of memory of its own, where a sanitizer sees a step beyond. */
static int
fuzz_exactly(const uint8_t *data, size_t size)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);

	if (exact == NULL)
		return 1;
	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

static int
fuzz_file(const char *name)
{
	static uint8_t data[FUZZ_INPUT_MAX];
	FILE *file = fopen(name, "rb");
	size_t n;
	int failed = 0;

	if (!file) {
		perror(name);
		return 1;
	}
	n = fread(data, 1, sizeof(data), file);
	fclose(file);
	for (size_t size = 0; size <= n; size++)
		failed |= fuzz_exactly(data, size);
	return failed;
}

int
main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= fuzz_file(argv[i]);
	return failed;
}
