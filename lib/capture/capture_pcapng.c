/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcapng: a file of blocks, each with its length in front and once more behind.
 *
 *	type, length, body, length
 *
 * A section begins with a block that says the byte order and the version. Interfaces are described
 * behind it, each with a link type, a snap length and a unit of time of its own, and packets name
 * the interface that they came by. Another section may follow, of another byte order, and begins
 * with no interface. Blocks of other types are skipped.
 *
 * Three types of blocks have packets: today's, an old one with nearly the same layout, and a short
 * one for a single interface and without a stamp, which gets the time of the packet before it.
 *
 * Memory: 40 bytes an interface, as many as NG_INTERFACES_MAX in a section.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "capture_format.h"

enum {
	NG_INTERFACE = 1,
	NG_PACKET_OLD = 2,
	NG_PACKET_SIMPLE = 3,
	NG_PACKET = 6,
	NG_SECTION = 0x0a0d0d0a, /* the same in either byte order */
};

#define NG_BYTE_ORDER 0x1a2b3c4d
#define NG_FRAME      12 /* type and both lengths */
#define NG_TRAILER    4

#define NG_INTERFACES_MAX  65536
#define NG_OPTIONS_MAX     65536u /* read of an interface's options; what is behind is skipped */
#define NG_OPTION_END      0
#define NG_OPTION_TSRESOL  9
#define NG_OPTION_TSOFFSET 14
#define NG_BINARY          0x80 /* in a resolution: 2^-n, not 10^-n */

#define NG_USEC        INT64_C(1000000)
#define NG_USEC_DIGITS 6                  /* of a second in microseconds */
#define NG_DIGITS_MAX  19                 /* of a divisor in 64 bits */
#define NG_OFFSET_SEC  (INT64_C(1) << 42) /* no clock is 139,000 years off */

static bool
capture_pcapng_is(const uint8_t *head)
{
	return base_raw32(head) == NG_SECTION;
}

static int
capture_pcapng_fail(struct capture_file *file, const char *what)
{
	return capture_format_fail(file, "damaged after packet %" PRIu64 ": %s", file->packets,
	                           what);
}

/* --- blocks ----------------------------------------------------------------------------------- */

/* The next n bytes of the block that was begun, NULL: `file` says why not. */
static const uint8_t *
capture_pcapng_body(struct capture_file *file, uint32_t n)
{
	const uint8_t *body;

	if (n > file->behind) {
		capture_pcapng_fail(file, "a block is too short");
		return NULL;
	}
	body = capture_input_peek(&file->input, n);
	if (body == NULL) {
		capture_format_cut(file);
		return NULL;
	}
	capture_input_take(&file->input, n);
	file->behind -= n;
	return body;
}

/* Goes on behind the block that was begun. 0 or -EIO. */
static int
capture_pcapng_end_block(struct capture_file *file)
{
	struct capture_pcapng *ng = &file->pcapng;
	const uint8_t *trailer;

	if (ng->length == 0)
		return 0;
	if (capture_format_skip(file) != 0)
		return -EIO;
	trailer = capture_input_peek(&file->input, NG_TRAILER);
	if (trailer == NULL)
		return capture_format_cut(file);
	if (capture_format_u32(trailer, ng->is_swapped) != ng->length)
		return capture_pcapng_fail(file, "the two lengths of a block differ");
	capture_input_take(&file->input, NG_TRAILER);
	ng->length = 0;
	return 0;
}

/* The byte order of a section stands behind its length, which is in that order already. */
static int
capture_pcapng_order(struct capture_file *file)
{
	const uint8_t *head = capture_input_peek(&file->input, 12);

	if (head == NULL)
		return capture_format_cut(file);
	file->pcapng.is_swapped = base_raw32(head + 8) != NG_BYTE_ORDER;
	if (capture_format_u32(head + 8, file->pcapng.is_swapped) != NG_BYTE_ORDER)
		return capture_pcapng_fail(file, "a section without a byte order");
	return 0;
}

/* Begins the next block. 1, and its type; 0: the end of the file; or -EIO. */
static int
capture_pcapng_begin_block(struct capture_file *file, uint32_t *type)
{
	struct capture_pcapng *ng = &file->pcapng;
	const uint8_t *head;

	if (capture_pcapng_end_block(file) != 0)
		return -EIO;
	head = capture_input_peek(&file->input, 8);
	if (head == NULL)
		return capture_format_end(file);
	*type = capture_format_u32(head, ng->is_swapped);
	if (*type == NG_SECTION) {
		if (capture_pcapng_order(file) != 0)
			return -EIO;
		head = capture_input_peek(&file->input, 8);
	}
	ng->length = capture_format_u32(head + 4, ng->is_swapped);
	if (ng->length < NG_FRAME || ng->length % 4 != 0)
		return capture_pcapng_fail(file, "a block has an impossible length");
	capture_input_take(&file->input, 8);
	file->behind = ng->length - NG_FRAME;
	return 1;
}

static int
capture_pcapng_section(struct capture_file *file)
{
	struct capture_pcapng *ng = &file->pcapng;
	const uint8_t *body = capture_pcapng_body(file, 16);
	unsigned major;

	if (body == NULL)
		return -EIO;
	major = capture_format_u16(body + 4, ng->is_swapped);
	if (major != 1)
		return capture_format_fail(file, "version %u of pcapng is not read", major);
	ng->n_interfaces = 0;
	return 0;
}

/* --- interfaces ------------------------------------------------------------------------------- */

static uint64_t
capture_pcapng_power(unsigned digits)
{
	uint64_t power = 1;

	while (digits-- > 0)
		power *= 10;
	return power;
}

static void
capture_interface_unit(struct capture_interface *interface, uint8_t resolution)
{
	unsigned n = resolution & 0x7f;

	interface->is_binary = (resolution & NG_BINARY) != 0;
	interface->bits = (uint8_t)n;
	interface->multiply = interface->divide = 1;
	if (n < NG_USEC_DIGITS)
		interface->multiply = capture_pcapng_power(NG_USEC_DIGITS - n);
	else if (n - NG_USEC_DIGITS <= NG_DIGITS_MAX)
		interface->divide = capture_pcapng_power(n - NG_USEC_DIGITS);
	else
		interface->multiply = 0; /* all that 64 bits can say is less than 1 us */
}

static void
capture_interface_offset(struct capture_interface *interface, int64_t seconds)
{
	if (seconds > -NG_OFFSET_SEC && seconds < NG_OFFSET_SEC)
		interface->offset_us = seconds * NG_USEC;
}

static int64_t
capture_pcapng_i64(const uint8_t *p, bool is_swapped)
{
	uint64_t v = base_raw64(p);

	return (int64_t)(is_swapped ? __builtin_bswap64(v) : v);
}

/* Options: code, length, value padded to four bytes. One that lies about its length ends them. */
static void
capture_interface_options(struct capture_interface *interface, const uint8_t *p, uint32_t left,
                          bool is_swapped)
{
	while (left >= 4) {
		unsigned code = capture_format_u16(p, is_swapped);
		uint32_t n = capture_format_u16(p + 2, is_swapped);
		uint32_t padded = (n + 3) & ~3u;

		if (code == NG_OPTION_END || padded > left - 4)
			return;
		if (code == NG_OPTION_TSRESOL && n == 1)
			capture_interface_unit(interface, p[4]);
		else if (code == NG_OPTION_TSOFFSET && n == 8)
			capture_interface_offset(interface, capture_pcapng_i64(p + 4, is_swapped));
		p += 4 + padded;
		left -= 4 + padded;
	}
}

/* Room for one more interface. NULL: `file` says why not. */
static struct capture_interface *
capture_pcapng_room(struct capture_file *file)
{
	struct capture_pcapng *ng = &file->pcapng;
	uint32_t room = ng->room == 0 ? 4 : 2 * ng->room;
	struct capture_interface *more;

	if (ng->n_interfaces == NG_INTERFACES_MAX) {
		capture_format_fail(file, "more than %d interfaces", NG_INTERFACES_MAX);
		return NULL;
	}
	if (ng->n_interfaces < ng->room)
		return &ng->interfaces[ng->n_interfaces];
	more = realloc(ng->interfaces, room * sizeof(*more));
	if (more == NULL) {
		capture_format_fail(file, "no memory for its interfaces");
		return NULL;
	}
	ng->interfaces = more;
	ng->room = room;
	return &ng->interfaces[ng->n_interfaces];
}

static int
capture_pcapng_interface(struct capture_file *file)
{
	struct capture_pcapng *ng = &file->pcapng;
	struct capture_interface *interface = capture_pcapng_room(file);
	const uint8_t *body = interface != NULL ? capture_pcapng_body(file, 8) : NULL;
	uint32_t n;

	if (body == NULL)
		return -EIO;
	*interface = (struct capture_interface){
		.link = capture_format_link(file, capture_format_u16(body, ng->is_swapped)),
		.snaplen = capture_format_u32(body + 4, ng->is_swapped),
	};
	capture_interface_unit(interface, NG_USEC_DIGITS);
	n = file->behind < NG_OPTIONS_MAX ? (uint32_t)file->behind : NG_OPTIONS_MAX;
	body = capture_pcapng_body(file, n);
	if (body == NULL)
		return -EIO;
	capture_interface_options(interface, body, n, ng->is_swapped);
	ng->n_interfaces++;
	return 0;
}

/* --- packets ---------------------------------------------------------------------------------- */

static BASE_NOINLINE uint64_t
capture_interface_time(const struct capture_interface *interface, uint64_t stamp)
{
	unsigned __int128 us = stamp;

	if (interface->is_binary)
		us = us * (uint64_t)NG_USEC >> interface->bits;
	else
		us = us * interface->multiply / interface->divide;
	if (us > CAPTURE_TIME_MAX)
		us = CAPTURE_TIME_MAX;
	if (interface->offset_us < 0 && us < (uint64_t)-interface->offset_us)
		return 0;
	us += (unsigned __int128)(__int128)interface->offset_us;
	return us > CAPTURE_TIME_MAX ? CAPTURE_TIME_MAX : (uint64_t)us;
}

BASE_INLINE uint64_t
capture_interface_us(const struct capture_interface *interface, uint64_t stamp)
{
	if (interface->multiply == interface->divide && !interface->is_binary &&
	    interface->offset_us == 0 && stamp <= CAPTURE_TIME_MAX)
		return stamp;
	return capture_interface_time(interface, stamp);
}

/* The interface of that number; NULL: `file` says that there is none. */
static const struct capture_interface *
capture_pcapng_port(struct capture_file *file, uint32_t number)
{
	if (number < file->pcapng.n_interfaces)
		return &file->pcapng.interfaces[number];
	capture_pcapng_fail(file, "a packet of an interface that is not described");
	return NULL;
}

/* A packet with its stamp. 1 or -EIO. */
static int
capture_pcapng_packet(struct capture_file *file, struct packet *pk, bool is_old)
{
	const uint8_t *body = capture_pcapng_body(file, 20);
	bool is_swapped = file->pcapng.is_swapped;
	const struct capture_interface *interface;
	uint32_t caplen;

	if (body == NULL)
		return -EIO;
	interface = capture_pcapng_port(file, is_old ? capture_format_u16(body, is_swapped)
	                                             : capture_format_u32(body, is_swapped));
	if (interface == NULL)
		return -EIO;
	caplen = capture_format_u32(body + 12, is_swapped);
	if (caplen > file->behind)
		return capture_pcapng_fail(file, "a packet is longer than its block");
	pk->wire_len = capture_format_u32(body + 16, is_swapped);
	pk->link = interface->link;
	pk->time_us = capture_interface_us(
	    interface, (uint64_t)capture_format_u32(body + 4, is_swapped) << 32 |
			   capture_format_u32(body + 8, is_swapped));
	file->pcapng.last_us = pk->time_us;
	return capture_format_data(file, pk, caplen);
}

/* A packet of the first interface, cut where that one cuts. 1 or -EIO. */
static int
capture_pcapng_simple(struct capture_file *file, struct packet *pk)
{
	const uint8_t *body = capture_pcapng_body(file, 4);
	const struct capture_interface *interface = NULL;
	uint32_t caplen;

	if (body != NULL)
		interface = capture_pcapng_port(file, 0);
	if (interface == NULL)
		return -EIO;
	pk->wire_len = capture_format_u32(body, file->pcapng.is_swapped);
	pk->link = interface->link;
	pk->time_us = file->pcapng.last_us;
	caplen = pk->wire_len;
	if (interface->snaplen != 0)
		caplen = base_min_u32(caplen, interface->snaplen);
	if (caplen > file->behind)
		return capture_pcapng_fail(file, "a packet is longer than its block");
	return capture_format_data(file, pk, caplen);
}

/* What a block has to say. 1: a packet; 0: none; or -EIO. */
static int
capture_pcapng_take(struct capture_file *file, uint32_t type, struct packet *pk)
{
	switch (type) {
	case NG_PACKET:
	case NG_PACKET_OLD:
		return capture_pcapng_packet(file, pk, type == NG_PACKET_OLD);
	case NG_PACKET_SIMPLE:
		return capture_pcapng_simple(file, pk);
	case NG_INTERFACE:
		return capture_pcapng_interface(file);
	case NG_SECTION:
		return capture_pcapng_section(file);
	default:
		return 0;
	}
}

static int
capture_pcapng_next(struct capture_file *file, struct packet *pk)
{
	uint32_t type = 0;
	int n;

	do {
		n = capture_pcapng_begin_block(file, &type);
		if (n != 1)
			return n;
		n = capture_pcapng_take(file, type, pk);
	} while (n == 0);
	return n;
}

/* --- life ------------------------------------------------------------------------------------- */

/* The first section is read at once, so that a file that is none is refused. */
static int
capture_pcapng_open(struct capture_file *file)
{
	uint32_t type;

	if (capture_pcapng_begin_block(file, &type) != 1)
		return -EIO;
	return capture_pcapng_section(file);
}

static void
capture_pcapng_close(struct capture_file *file)
{
	free(file->pcapng.interfaces);
}

const struct capture_format capture_format_pcapng = {
	.name = "pcapng",
	.is = capture_pcapng_is,
	.open = capture_pcapng_open,
	.next = capture_pcapng_next,
	.close = capture_pcapng_close,
};
