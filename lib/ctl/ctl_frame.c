/* SPDX-License-Identifier: BSD-3-Clause */
/* Headers written and checked; see ctl_frame.h. */

#include <errno.h>
#include <string.h>

#include "ctl_frame.h"

/* What a type's payload may be: `least` to `most` pieces of `piece` bytes. */
struct ctl_shape {
	size_t piece;
	unsigned least, most;
};

#define ROWS_OF(row) sizeof(row), 1, CTL_PAYLOAD_MAX / sizeof(row)

static const struct ctl_shape ctl_nothing = { 1, 0, 0 };
static const struct ctl_shape ctl_requests[] = {
	[CTL_CONN] = { sizeof(struct ctl_ask), 0, 1 },
	[CTL_ALLCONN] = { sizeof(struct ctl_ask), 0, 1 },
	[CTL_ALL] = { sizeof(struct ctl_ask), 0, 1 },
	[CTL_DROP] = { sizeof(struct ctl_drop), 1, 1 },
	[CTL_GROUP] = { sizeof(struct ctl_ask), 1, 1 },
	[CTL_DROP_MATCHING] = { sizeof(struct ctl_ask), 1, 1 },
	[CTL_LEAKS] = { sizeof(struct ctl_ask), 1, 1 },
	[CTL_TIMEWAIT] = { sizeof(struct ctl_ask), 1, 1 },
	[CTL_CLIENTS] = { sizeof(struct ctl_ask), 1, 1 },
	[CTL_EVENTS] = { sizeof(struct ctl_ask), 1, 1 },
};
static const struct ctl_shape ctl_answers[] = {
	[CTL_INFO - CTL_INFO] = { sizeof(struct ctl_info), 1, 1 },
	[CTL_ROWS - CTL_INFO] = { ROWS_OF(struct report_row) },
	[CTL_COUNTERS - CTL_INFO] = { sizeof(struct report_stats), 1, 1 },
	[CTL_NETS - CTL_INFO] = { sizeof(struct report_net), 0, REPORT_NETS_MAX },
	[CTL_END - CTL_INFO] = { sizeof(struct ctl_end), 1, 1 },
	[CTL_FULL_ROWS - CTL_INFO] = { ROWS_OF(struct report_full) },
	[CTL_SOCKETS - CTL_INFO] = { ROWS_OF(struct report_listen) },
	[CTL_GROUPS - CTL_INFO] = { ROWS_OF(struct report_group) },
	[CTL_LEAK_LINES - CTL_INFO] = { ROWS_OF(struct digest_leak) },
	[CTL_TIMEWAIT_LINES - CTL_INFO] = { ROWS_OF(struct digest_timewait) },
	[CTL_CLIENT_LINES - CTL_INFO] = { ROWS_OF(struct digest_client) },
	[CTL_EVENT_ROWS - CTL_INFO] = { ROWS_OF(struct report_event) },
	[CTL_LABELS - CTL_INFO] = { sizeof(struct report_label), 1, REPORT_LABELS_MAX },
};

static const struct ctl_shape *
ctl_frame_shape(unsigned type)
{
	if (type < BASE_COUNT_OF(ctl_requests) && ctl_requests[type].piece != 0)
		return &ctl_requests[type];
	if (ctl_frame_is_request(type))
		return &ctl_nothing;
	if (type >= CTL_INFO && type - CTL_INFO < BASE_COUNT_OF(ctl_answers) &&
	    ctl_answers[type - CTL_INFO].piece != 0)
		return &ctl_answers[type - CTL_INFO];
	return NULL;
}

int
ctl_frame_is_request(unsigned type)
{
	return (type >= CTL_CONN && type <= CTL_DROP_MATCHING) ||
	       (type >= CTL_LEAKS && type <= CTL_CLIENTS) || type == CTL_EVENTS;
}

int
ctl_frame_rows(unsigned request, struct ctl_rows *rows)
{
	static const uint8_t types[] = {
		[CTL_CONN] = CTL_ROWS,
		[CTL_ALLCONN] = CTL_ROWS,
		[CTL_ALL] = CTL_FULL_ROWS,
		[CTL_LISTEN] = CTL_SOCKETS,
		[CTL_LISTEN_ALL] = CTL_SOCKETS,
		[CTL_GROUP] = CTL_GROUPS,
		[CTL_DROP_MATCHING] = CTL_ROWS,
		[CTL_LEAKS] = CTL_LEAK_LINES,
		[CTL_TIMEWAIT] = CTL_TIMEWAIT_LINES,
		[CTL_CLIENTS] = CTL_CLIENT_LINES,
		[CTL_EVENTS] = CTL_EVENT_ROWS,
	};
	unsigned type = request < BASE_COUNT_OF(types) ? types[request] : 0;

	if (type == 0)
		return 0;
	*rows = (struct ctl_rows){
		.type = (enum ctl_type)type,
		.bytes = ctl_answers[type - CTL_INFO].piece,
		.max = ctl_answers[type - CTL_INFO].most,
	};
	return 1;
}

size_t
ctl_frame_pack(void *to, enum ctl_type type, size_t length)
{
	const struct ctl_header header = {
		.magic = CTL_MAGIC,
		.version = CTL_VERSION,
		.type = (uint16_t)type,
		.length = (uint32_t)length,
	};

	assert(length <= CTL_PAYLOAD_MAX);
	memcpy(to, &header, sizeof(header));
	return sizeof(header);
}

static int
ctl_frame_check_length(const struct ctl_header *header)
{
	const struct ctl_shape *shape = ctl_frame_shape(header->type);

	if (!shape)
		return -ENOSYS;
	if (header->length % shape->piece || header->length / shape->piece < shape->least ||
	    header->length / shape->piece > shape->most)
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
