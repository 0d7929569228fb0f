/* SPDX-License-Identifier: BSD-3-Clause */
/* Headers written and checked, requests translated; see ctl_frame.h. */

#include <errno.h>
#include <string.h>

#include "ctl_frame.h"
#include "digest_row.h"
#include "report_event.h"
#include "report_finding.h"
#include "report_group.h"

/* What a type's payload may be: `least` to `most` pieces of `piece` bytes. */
struct ctl_shape {
	size_t piece;
	unsigned least, most;
};

static const struct ctl_shape ctl_shapes[] = {
	[CTL_ASK] = { sizeof(struct ctl_ask), 0, 1 },
	[CTL_INFO] = { sizeof(struct ctl_info), 1, 1 },
	[CTL_LABELS] = { sizeof(struct report_label), 1, REPORT_LABELS_MAX },
	[CTL_PATHS] = { sizeof(struct report_step), 1,
	                CTL_PAYLOAD_MAX / sizeof(struct report_step) },
	[CTL_END] = { sizeof(struct ctl_end), 1, 1 },
};

#define CTL_ROW_BYTES(id, name, letter, row, ...) [REPORT_ASK_##id] = sizeof(row),

static const size_t ctl_row_bytes[REPORT_REQUESTS] = { REPORT_TABLE(CTL_ROW_BYTES)
	                                                   REPORT_VARIANTS(CTL_ROW_BYTES) };

/* By the type of the row: the number of its path, if it has one. */
#define CTL_PATH_AT(id, name, letter, of, ...)                                                     \
	[REPORT_ASK_##id] =                                                                        \
	    _Generic((of *)NULL, struct report_row *                                               \
	             : offsetof(struct report_row, path) + 1, struct report_full *                 \
	             : offsetof(struct report_full, row.path) + 1, struct report_event *           \
	             : offsetof(struct report_event, row.path) + 1, struct report_listen *         \
	             : offsetof(struct report_listen, path) + 1, default : 0),

static const size_t ctl_path_after[REPORT_REQUESTS] = { REPORT_TABLE(CTL_PATH_AT)
	                                                    REPORT_VARIANTS(CTL_PATH_AT) };

size_t
ctl_frame_path_at(unsigned report)
{
	return report < REPORT_REQUESTS && ctl_path_after[report] != 0 ? ctl_path_after[report] - 1
	                                                               : SIZE_MAX;
}

size_t
ctl_frame_row_bytes(unsigned report)
{
	return report < REPORT_REQUESTS ? ctl_row_bytes[report] : 0;
}

unsigned
ctl_frame_rows_max(unsigned report)
{
	return (unsigned)(CTL_PAYLOAD_MAX / ctl_frame_row_bytes(report));
}

size_t
ctl_frame_pack(void *to, enum ctl_type type, unsigned report, size_t length)
{
	const struct ctl_header header = {
		.magic = CTL_MAGIC,
		.version = CTL_VERSION,
		.type = (uint16_t)type,
		.length = (uint32_t)length,
		.report = (uint16_t)report,
	};

	assert(length <= CTL_PAYLOAD_MAX);
	memcpy(to, &header, sizeof(header));
	return sizeof(header);
}

/* 0, or -ENOSYS. */
static int
ctl_frame_shape(const struct ctl_header *header, struct ctl_shape *shape)
{
	int has_report = header->type == CTL_ASK || header->type == CTL_ROWS;

	if (has_report && ctl_frame_row_bytes(header->report) == 0)
		return -ENOSYS;
	if (header->type == CTL_ROWS) {
		*shape = (struct ctl_shape){ ctl_frame_row_bytes(header->report), 1,
			                     ctl_frame_rows_max(header->report) };
		return 0;
	}
	if (header->type >= BASE_COUNT_OF(ctl_shapes) || ctl_shapes[header->type].piece == 0)
		return -ENOSYS;
	*shape = ctl_shapes[header->type];
	return 0;
}

static int
ctl_frame_check_length(const struct ctl_header *header)
{
	struct ctl_shape shape;
	int error = ctl_frame_shape(header, &shape);

	if (error)
		return error;
	if (header->length % shape.piece || header->length / shape.piece < shape.least ||
	    header->length / shape.piece > shape.most)
		return -EMSGSIZE;
	return 0;
}

int
ctl_frame_unpack(const void *from, size_t have, struct ctl_header *header)
{
	const uint32_t magic = CTL_MAGIC;

	/*
	 * Rubbish is known by its first bytes: a peer that sends three of them is not waited for.
	 */
	if (memcmp(from, &magic, have < sizeof(magic) ? have : sizeof(magic)))
		return -EPROTO;
	if (have < sizeof(*header))
		return -EAGAIN;
	memcpy(header, from, sizeof(*header));
	if (header->version != CTL_VERSION)
		return -EPROTONOSUPPORT;
	return ctl_frame_check_length(header);
}

void
ctl_frame_request(struct query_request *request, unsigned report, struct ctl_ask *ask)
{
	*request = (struct query_request){
		.report = (enum report_request)report,
		.filter = "",
		.sort = "",
		.by = "",
	};
	if (!ask)
		return;
	ask->filter[sizeof(ask->filter) - 1] = '\0';
	ask->sort[sizeof(ask->sort) - 1] = '\0';
	ask->by[sizeof(ask->by) - 1] = '\0';
	request->filter = ask->filter;
	request->sort = ask->sort;
	request->by = ask->by;
	request->limit = ask->limit;
	request->id = ask->id;
	request->of =
	    ctl_frame_row_bytes(ask->of) ? (enum report_request)ask->of : REPORT_ASK_ALLCONN;
	request->lines = ask->lines;
	request->as_version = ask->as_version == 4 || ask->as_version == 6 ? ask->as_version : 0;
	memcpy(request->as, ask->as, sizeof(request->as));
}
