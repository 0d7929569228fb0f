/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target without a fuzzer: runs it over the files given, and over each of them cut short at
 * every length. So what a fuzzer once found stays found in the ordinary test run, whatever compiler
 * built it. Exit status 0, or the target aborts.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_INPUT_MAX (64 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
fuzz_file(const char *name)
{
	static uint8_t data[FUZZ_INPUT_MAX];
	FILE *file = fopen(name, "rb");
	size_t n;

	if (!file) {
		perror(name);
		return 1;
	}
	n = fread(data, 1, sizeof(data), file);
	fclose(file);
	for (size_t size = 0; size <= n; size++)
		LLVMFuzzerTestOneInput(data, size);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= fuzz_file(argv[i]);
	return failed;
}
