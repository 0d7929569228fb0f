/* SPDX-License-Identifier: BSD-3-Clause */
/* What the formats have in common: how they say what is wrong with a file. */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "capture_format.h"

int
capture_format_fail(struct capture_file *file, const char *form, ...)
{
	va_list args;

	va_start(args, form);
	vsnprintf(file->error, sizeof(file->error), form, args);
	va_end(args);
	return -EIO;
}

int
capture_format_cut(struct capture_file *file)
{
	const char *why = capture_input_error(&file->input);

	if (why[0] == '\0')
		why = "cut short";
	if (file->packets == 0)
		return capture_format_fail(file, "%s, with no whole packet in it", why);
	return capture_format_fail(file, "%s, after packet %" PRIu64, why, file->packets);
}

int
capture_format_end(struct capture_file *file)
{
	bool whole =
	    capture_input_is_empty(&file->input) && capture_input_error(&file->input)[0] == '\0';

	return whole ? 0 : capture_format_cut(file);
}

uint8_t
capture_format_link(struct capture_file *file, uint32_t number)
{
	enum packet_link link = packet_link_of(number);

	if (link == PACKET_LINK_NONE)
		file->unread = number;
	return (uint8_t)link;
}
