/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Merges files by the times of their next packets. The files are few, so each turn compares all of
 * them.
 *
 * Each file has a clock of its own: one bad stamp must not hold back all that follows it in its
 * file. Only a stamp that is far from that clock makes packets be read ahead, and kept.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base_atomic.h"
#include "base_bytes.h"
#include "capture_merge.h"
#include "capture_stamp.h"
#include "packet_link.h"

#define CAPTURE_WLAN_MAX 8192 /* 802.11: 7,935 bytes, and what a radio measured before them */

/* A packet that does not lie in its file's buffer any more. */
struct capture_kept {
	struct packet packet;
	uint8_t *bytes; /* room for as many as are copied of a packet */
};

struct capture_source {
	struct capture_file *file; /* NULL when all of it was read */
	const char *path;
	bool has_next;
	struct packet next;
	struct capture_clock clock;
	/* the next one, when others were read after it, and those others */
	struct capture_kept kept[CAPTURE_STAMPS_MAX];
	uint8_t *kept_bytes; /* of all of them */
	unsigned n_kept;     /* of them, without the next one: 1 to n_kept */
};

struct capture_merge {
	struct capture_source sources[CAPTURE_FILES_MAX];
	unsigned n;
	uint64_t bytes;
	bool has_unsized;    /* a file of which nobody knows how much it holds */
	bool has_read;       /* a packet of a link layer that is read */
	uint64_t bad_stamps; /* reader: writes; any: reads */
	char error[2 * CAPTURE_ERROR_MAX];
	uint32_t packet_bytes; /* that are copied of each packet, at most */
	uint32_t room;         /* for each of them */
	uint8_t copies[];      /* of a burst */
};

/* So much of a packet is read: its headers, or all of a frame that may hold several packets. */
static uint32_t
capture_bytes_wanted(const struct capture_merge *merge, const struct packet *pk)
{
	switch (pk->link) {
	case PACKET_LINK_PPI:
	case PACKET_LINK_RADIOTAP:
	case PACKET_LINK_WLAN:
		return merge->room;
	default:
		return merge->packet_bytes;
	}
}

/* What messages call it. */
static const char *
capture_source_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static void
capture_source_end(struct capture_source *source)
{
	capture_file_close(source->file);
	source->file = NULL;
}

/* Reads a packet of the file. False: there is none; the file is closed. */
static bool
capture_source_read(struct capture_merge *merge, struct capture_source *source, struct packet *pk)
{
	int n;

	if (source->file == NULL)
		return false;
	n = capture_file_next(source->file, pk);
	if (n == 1)
		return true;
	if (n < 0 && merge->error[0] == '\0')
		snprintf(merge->error, sizeof(merge->error), "%.253s: %.255s",
		         capture_source_name(source->path), capture_file_error(source->file));
	capture_source_end(source);
	return false;
}

static void
capture_keep(const struct capture_merge *merge, struct capture_kept *kept, const struct packet *pk)
{
	kept->packet = *pk;
	kept->packet.data_len = base_min_u32(pk->data_len, merge->room);
	memcpy(kept->bytes, pk->data, kept->packet.data_len);
	kept->packet.data = kept->bytes;
}

/* Those that are kept move up by one: the first of them is the next. */
static void
capture_source_shift(const struct capture_merge *merge, struct capture_source *source)
{
	for (unsigned i = 0; i < source->n_kept; i++)
		capture_keep(merge, &source->kept[i], &source->kept[i + 1].packet);
	source->n_kept--;
	source->next = source->kept[0].packet;
}

/* The next packet's stamp is far from the clock: those after it say whether it is right. */
BASE_NOINLINE static void
capture_source_judge(struct capture_merge *merge, struct capture_source *source)
{
	uint64_t stamps[CAPTURE_STAMPS_MAX] = { source->next.time_us };
	unsigned n = 1;
	struct packet pk;

	if (source->next.data != source->kept[0].bytes)
		capture_keep(merge, &source->kept[0], &source->next);
	source->next.data = source->kept[0].bytes;
	source->next.data_len = source->kept[0].packet.data_len;
	while (source->n_kept < CAPTURE_STAMPS_MAX - 1 && capture_source_read(merge, source, &pk))
		capture_keep(merge, &source->kept[++source->n_kept], &pk);
	for (; n <= source->n_kept; n++)
		stamps[n] = source->kept[n].packet.time_us;
	if (capture_stamp_judge(&source->clock, stamps, n))
		return;
	source->next.time_us = source->clock.now_us;
	base_counter_add(&merge->bad_stamps, 1);
}

/* Fetches the source's next packet, if there is one, with a time that is believed. */
static void
capture_source_fetch(struct capture_merge *merge, struct capture_source *source)
{
	source->has_next = source->n_kept > 0 || source->file != NULL;
	if (source->n_kept > 0)
		capture_source_shift(merge, source);
	else if (!capture_source_read(merge, source, &source->next))
		source->has_next = false;
	if (!source->has_next)
		return;
	if (capture_stamp_is_near(&source->clock, source->next.time_us))
		capture_stamp_take(&source->clock, source->next.time_us);
	else
		capture_source_judge(merge, source);
}

/* For packets that are read ahead; touched only where some are. */
static bool
capture_source_room(const struct capture_merge *merge, struct capture_source *source)
{
	source->kept_bytes = malloc((size_t)merge->room * CAPTURE_STAMPS_MAX);
	for (unsigned i = 0; i < CAPTURE_STAMPS_MAX && source->kept_bytes != NULL; i++)
		source->kept[i].bytes = source->kept_bytes + (size_t)merge->room * i;
	return source->kept_bytes != NULL;
}

static int
capture_source_open(struct capture_merge *merge, const char *path, char *error)
{
	struct capture_source *source = &merge->sources[merge->n];
	char why[CAPTURE_ERROR_MAX];
	uint64_t bytes;

	source->path = path;
	if (!capture_source_room(merge, source)) {
		snprintf(error, 2 * CAPTURE_ERROR_MAX, "no memory");
		return -ENOMEM;
	}
	source->file = capture_file_open(path, why);
	if (source->file == NULL) {
		snprintf(error, 2 * CAPTURE_ERROR_MAX, "%.253s: %s", capture_source_name(path),
		         why);
		return -EIO;
	}
	merge->n++;
	bytes = capture_file_bytes(source->file);
	merge->bytes += bytes;
	merge->has_unsized |= bytes == 0;
	return 0;
}

struct capture_merge *
capture_merge_open(const char *const *paths, unsigned n, uint32_t bytes, char *error)
{
	uint32_t room = bytes > CAPTURE_WLAN_MAX ? bytes : CAPTURE_WLAN_MAX;
	struct capture_merge *merge = calloc(1, sizeof(*merge) + (size_t)room * PACKET_BURST_MAX);

	if (merge == NULL || n > CAPTURE_FILES_MAX) {
		snprintf(error, 2 * CAPTURE_ERROR_MAX, "too many files");
		free(merge);
		return NULL;
	}
	merge->packet_bytes = bytes;
	merge->room = room;
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
	for (unsigned i = 0; i < CAPTURE_FILES_MAX; i++) {
		capture_source_end(&merge->sources[i]);
		free(merge->sources[i].kept_bytes);
	}
	free(merge);
}

static struct capture_source *
capture_merge_earliest(struct capture_merge *merge)
{
	struct capture_source *earliest = NULL;

	for (unsigned i = 0; i < merge->n; i++) {
		struct capture_source *source = &merge->sources[i];

		if (source->has_next &&
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

		if (source->has_next && source->next.time_us < earliest)
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

		packet_receive(pk, &source->next);
		merge->has_read |= pk->link != PACKET_LINK_NONE;
		pk->data_len = base_min_u32(pk->data_len, capture_bytes_wanted(merge, pk));
		pk->data =
		    memcpy(merge->copies + (size_t)merge->room * n++, pk->data, pk->data_len);
		capture_source_fetch(merge, source);
	}
	return n;
}

const char *
capture_merge_error(const struct capture_merge *merge)
{
	return merge->error;
}

bool
capture_merge_has_read(const struct capture_merge *merge)
{
	return merge->has_read;
}

uint64_t
capture_merge_bytes(const struct capture_merge *merge)
{
	return merge->has_unsized ? 0 : merge->bytes;
}

uint64_t
capture_merge_bad_stamps(const struct capture_merge *merge)
{
	return base_load_u64(&merge->bad_stamps);
}
