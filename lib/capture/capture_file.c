/* SPDX-License-Identifier: BSD-3-Clause */
/* A capture file from the outside: finds its format, and passes on what that one reads. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture_format.h"

static const struct capture_format *const capture_formats[] = {
	&capture_format_pcap,
	&capture_format_pcapng,
};

static const struct capture_format *
capture_format_find(const uint8_t *head)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(capture_formats); i++)
		if (capture_formats[i]->is(head))
			return capture_formats[i];
	return NULL;
}

/* The head says no format, or there is none. */
static int
capture_file_refuse(struct capture_file *file)
{
	const struct capture_codec *codec = file->input.codec;
	const char *why = capture_input_error(&file->input);

	if (why[0] != '\0')
		return capture_format_fail(file, "%s", why);
	if (capture_input_is_empty(&file->input))
		return capture_format_fail(file, "the file is empty");
	return capture_format_fail(file, "neither pcap nor pcapng%s%s",
	                           codec != NULL ? ", inside its " : "",
	                           codec != NULL ? codec->name : "");
}

static int
capture_file_begin(struct capture_file *file, const char *path)
{
	const uint8_t *head;

	if (capture_input_open(&file->input, path) != 0)
		return capture_format_fail(file, "%s", capture_input_error(&file->input));
	head = capture_input_peek(&file->input, CAPTURE_FORMAT_HEAD);
	if (head != NULL)
		file->format = capture_format_find(head);
	return file->format != NULL ? file->format->open(file) : capture_file_refuse(file);
}

struct capture_file *
capture_file_open(const char *path, char *error)
{
	struct capture_file *file = calloc(1, sizeof(*file));

	if (file == NULL) {
		snprintf(error, CAPTURE_ERROR_MAX, "out of memory");
		return NULL;
	}
	if (capture_file_begin(file, path) == 0)
		return file;
	snprintf(error, CAPTURE_ERROR_MAX, "%.255s", file->error);
	capture_file_close(file);
	return NULL;
}

void
capture_file_close(struct capture_file *file)
{
	if (file == NULL)
		return;
	if (file->format != NULL)
		file->format->close(file);
	capture_input_close(&file->input);
	free(file);
}

int
capture_file_next(struct capture_file *file, struct packet *pk)
{
	int n = file->format->next(file, pk);

	if (n == 1) {
		file->packets++;
		file->has_read |= pk->link != PACKET_LINK_NONE;
	} else if (n == 0 && file->packets > 0 && !file->has_read) {
		n = capture_format_fail(file, "link type %u is not read", file->unread);
	}
	return n;
}

const char *
capture_file_error(const struct capture_file *file)
{
	return file->error;
}

uint64_t
capture_file_bytes(const struct capture_file *file)
{
	return capture_input_bytes(&file->input);
}

int
capture_file_measure(const char *path, uint64_t *packets, uint32_t *longest)
{
	char error[CAPTURE_ERROR_MAX];
	struct capture_file *file = capture_file_open(path, error);
	struct packet pk;
	int n = -EIO;

	*packets = 0;
	*longest = 0;
	if (file == NULL)
		return -EIO;
	while ((n = capture_file_next(file, &pk)) == 1) {
		(*packets)++;
		if (pk.data_len > *longest)
			*longest = pk.data_len;
	}
	capture_file_close(file);
	return n;
}
