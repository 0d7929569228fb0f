/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Merges files by the times of their next packets. The files are few, so each turn compares all of
 * them.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base_bytes.h"
#include "capture_merge.h"

#define CAPTURE_WLAN_MAX 8192 /* 802.11: 7,935 bytes, and what a radio measured before them */

struct capture_source {
	struct capture_file *file; /* NULL when it has ended */
	const char *path;
	struct packet next;
};

struct capture_merge {
	struct capture_source sources[CAPTURE_FILES_MAX];
	unsigned n;
	uint64_t bytes;
	char error[2 * CAPTURE_ERROR_MAX];
	uint8_t frames[PACKET_BURST_MAX][CAPTURE_WLAN_MAX];
};

/* So much of a packet is read: its headers, or all of a frame that may hold several packets. */
static uint32_t
capture_bytes_wanted(const struct packet *pk)
{
	switch (pk->link) {
	case PACKET_LINK_PPI:
	case PACKET_LINK_RADIOTAP:
	case PACKET_LINK_WLAN:
		return CAPTURE_WLAN_MAX;
	default:
		return PACKET_HEADERS_MAX;
	}
}

static void
capture_source_end(struct capture_source *source)
{
	capture_file_close(source->file);
	source->file = NULL;
}

/* Fetches the source's next packet, or ends it. */
static void
capture_source_fetch(struct capture_merge *merge, struct capture_source *source)
{
	int n = capture_file_next(source->file, &source->next);

	if (n == 1)
		return;
	if (n < 0 && merge->error[0] == '\0')
		snprintf(merge->error, sizeof(merge->error), "%.255s: %s", source->path,
		         capture_file_error(source->file));
	capture_source_end(source);
}

static int
capture_source_open(struct capture_merge *merge, const char *path, char *error)
{
	struct capture_source *source = &merge->sources[merge->n];
	char why[CAPTURE_ERROR_MAX];
	struct stat st;

	source->path = path;
	source->file = capture_file_open(path, why);
	if (source->file == NULL) {
		/* libpcap names a file that cannot be opened, but no other */
		if (strncmp(why, path, strlen(path)) == 0 && why[strlen(path)] == ':')
			snprintf(error, 2 * CAPTURE_ERROR_MAX, "%s", why);
		else
			snprintf(error, 2 * CAPTURE_ERROR_MAX, "%.253s: %s", path, why);
		return -EIO;
	}
	merge->n++;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		merge->bytes += (uint64_t)st.st_size;
	return 0;
}

struct capture_merge *
capture_merge_open(const char *const *paths, unsigned n, char *error)
{
	struct capture_merge *merge = calloc(1, sizeof(*merge));

	if (merge == NULL || n > CAPTURE_FILES_MAX) {
		snprintf(error, 2 * CAPTURE_ERROR_MAX, "too many files");
		free(merge);
		return NULL;
	}
	for (unsigned i = 0; i < n; i++) {
		if (capture_source_open(merge, paths[i], error) != 0) {
			capture_merge_close(merge);
			return NULL;
		}
	}
	for (unsigned i = 0; i < n; i++)
		capture_source_fetch(merge, &merge->sources[i]);
	return merge;
}

void
capture_merge_close(struct capture_merge *merge)
{
	if (merge == NULL)
		return;
	for (unsigned i = 0; i < merge->n; i++)
		capture_source_end(&merge->sources[i]);
	free(merge);
}

static struct capture_source *
capture_merge_earliest(struct capture_merge *merge)
{
	struct capture_source *earliest = NULL;

	for (unsigned i = 0; i < merge->n; i++) {
		struct capture_source *source = &merge->sources[i];

		if (source->file != NULL &&
		    (earliest == NULL || source->next.time_us < earliest->next.time_us))
			earliest = source;
	}
	return earliest;
}

uint64_t
capture_merge_next_us(const struct capture_merge *merge)
{
	uint64_t earliest = UINT64_MAX;

	for (unsigned i = 0; i < merge->n; i++) {
		const struct capture_source *source = &merge->sources[i];

		if (source->file != NULL && source->next.time_us < earliest)
			earliest = source->next.time_us;
	}
	return earliest;
}

unsigned
capture_merge_burst(struct capture_merge *merge, struct packet *packets)
{
	struct capture_source *source;
	unsigned n = 0;

	while (n < PACKET_BURST_MAX && (source = capture_merge_earliest(merge)) != NULL) {
		struct packet *pk = &packets[n];
		struct packet_path *path = pk->path; /* room that its owner gave once */

		*pk = source->next;
		pk->path = path;
		pk->data_len = base_min_u32(pk->data_len, capture_bytes_wanted(pk));
		memcpy(merge->frames[n], pk->data, pk->data_len);
		pk->data = merge->frames[n++];
		capture_source_fetch(merge, source);
	}
	return n;
}

const char *
capture_merge_error(const struct capture_merge *merge)
{
	return merge->error;
}

uint64_t
capture_merge_bytes(const struct capture_merge *merge)
{
	return merge->bytes;
}
