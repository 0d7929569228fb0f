/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A fuzz target without a fuzzer: runs it over the files of a folder. So what a fuzzer once found
 * stays found in the ordinary test run, whatever compiler built it.
 *
 * A file is one input, tried whole and cut short at every length; or it is named corpus, and then
 * it is many, each behind its length in two bytes, the great one first (fuzz_corpus.py). Exit
 * status 0; 1: there are none, or one cannot be read; or the target aborts.
 */

#include <dirent.h>
#include <limits.h>

#include "fuzz_data.h"

#define FUZZ_FILE_MAX (1024 * 1024)
#define FUZZ_PACKED   "corpus"

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
fuzz_cut(const uint8_t *data, size_t n)
{
	int failed = 0;

	for (size_t size = 0; size <= n; size++)
		failed |= fuzz_exactly(data, size);
	return failed;
}

static int
fuzz_packed(const uint8_t *data, size_t n)
{
	struct fuzz_data packed = { data, data + n };
	int failed = 0;

	while (fuzz_data_has(&packed)) {
		size_t size = fuzz_data_u16(&packed);

		fuzz_check(size <= (size_t)(packed.end - packed.p));
		failed |= fuzz_exactly(packed.p, size);
		packed.p += size;
	}
	return failed;
}

static int
fuzz_file(const char *path, const char *name)
{
	static uint8_t data[FUZZ_FILE_MAX];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file) {
		perror(path);
		return 1;
	}
	n = fread(data, 1, sizeof(data), file);
	fclose(file);
	return strcmp(name, FUZZ_PACKED) == 0 ? fuzz_packed(data, n) : fuzz_cut(data, n);
}

int
main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	const struct dirent *entry;
	unsigned files = 0;
	char path[PATH_MAX];
	int failed = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
		failed |= fuzz_file(path, entry->d_name);
		files++;
	}
	if (folder != NULL)
		closedir(folder);
	return failed || files == 0;
}
