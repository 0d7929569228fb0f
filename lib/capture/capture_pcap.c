/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcap: a head, and then packets behind heads of their own.
 *
 *	magic, version, two numbers that nobody uses, snap length, link type      24 bytes
 *	seconds, fraction of a second, bytes in the file, bytes on the wire       16 bytes
 *
 * The magic says the byte order and the unit of the fraction. One old variant has eight bytes more
 * before each packet. Until version 2.3 some writers had the two lengths the other way round.
 */

#include <errno.h>
#include <inttypes.h>

#include "capture_format.h"

#define PCAP_HEAD          24
#define PCAP_HEADER        16
#define PCAP_LINK_MASK     0x03ffffff /* above it: how long the frames' checksums are */
#define PCAP_CAPLEN_MAX    262144u    /* where the head says less, as it does in many files */
#define PCAP_SNAPLEN_LARGE 0x7fffffffu

static const struct {
	uint32_t magic;
	uint32_t divisor;
	uint16_t header_bytes;
} pcap_magics[] = {
	{ 0xa1b2c3d4, 1, PCAP_HEADER },
	{ 0xa1b23c4d, 1000, PCAP_HEADER },
	{ 0xa1b2cd34, 1, PCAP_HEADER + 8 }, /* of a patched libpcap: interface, protocol, type */
};

/* The row of that magic, in either byte order; -1: there is none. */
static int
capture_pcap_magic(const uint8_t *head, bool *is_swapped)
{
	for (unsigned i = 0; i < BASE_COUNT_OF(pcap_magics); i++) {
		*is_swapped = base_raw32(head) != pcap_magics[i].magic;
		if (capture_format_u32(head, *is_swapped) == pcap_magics[i].magic)
			return (int)i;
	}
	return -1;
}

static bool
capture_pcap_is(const uint8_t *head)
{
	bool is_swapped;

	return capture_pcap_magic(head, &is_swapped) >= 0;
}

static int
capture_pcap_open(struct capture_file *file)
{
	const uint8_t *head = capture_input_peek(&file->input, PCAP_HEAD);
	struct capture_pcap *pcap = &file->pcap;
	unsigned major, minor;
	uint32_t snaplen, link;
	int row;

	if (head == NULL)
		return capture_format_cut(file);
	row = capture_pcap_magic(head, &pcap->is_swapped);
	pcap->divisor = pcap_magics[row].divisor;
	pcap->header_bytes = pcap_magics[row].header_bytes;
	major = capture_format_u16(head + 4, pcap->is_swapped);
	minor = capture_format_u16(head + 6, pcap->is_swapped);
	if (major != 2 || minor > 4)
		return capture_format_fail(file, "version %u.%u of pcap is not read", major, minor);
	pcap->may_swap_lengths = minor <= 3;
	snaplen = capture_format_u32(head + 16, pcap->is_swapped);
	pcap->caplen_max = PCAP_CAPLEN_MAX;
	if (snaplen > PCAP_CAPLEN_MAX && snaplen <= PCAP_SNAPLEN_LARGE)
		pcap->caplen_max = snaplen;
	link = capture_format_u32(head + 20, pcap->is_swapped) & PCAP_LINK_MASK;
	pcap->link = capture_format_link(file, link);
	if (pcap->link == PACKET_LINK_NONE)
		return capture_format_fail(file, "link type %u is not read", link);
	capture_input_take(&file->input, PCAP_HEAD);
	return 0;
}

/* Before version 2.4 the larger of the two may be the one on the wire, wherever it stands. */
static BASE_NOINLINE void
capture_pcap_order(uint32_t *caplen, uint32_t *wire)
{
	uint32_t larger = *caplen;

	*caplen = *wire;
	*wire = larger;
}

static int
capture_pcap_next(struct capture_file *file, struct packet *pk)
{
	const struct capture_pcap *pcap = &file->pcap;
	const uint8_t *head;
	uint32_t caplen;

	if (capture_format_skip(file) != 0)
		return -EIO;
	head = capture_input_peek(&file->input, pcap->header_bytes);
	if (BASE_UNLIKELY(head == NULL))
		return capture_format_end(file);
	caplen = capture_format_u32(head + 8, pcap->is_swapped);
	pk->wire_len = capture_format_u32(head + 12, pcap->is_swapped);
	if (BASE_UNLIKELY(caplen > pk->wire_len && pcap->may_swap_lengths))
		capture_pcap_order(&caplen, &pk->wire_len);
	if (BASE_UNLIKELY(caplen > pcap->caplen_max))
		return capture_format_fail(
		    file, "damaged after packet %" PRIu64 ": the next one has an impossible length",
		    file->packets);
	pk->time_us = capture_format_u32(head, pcap->is_swapped) * UINT64_C(1000000) +
	              capture_format_u32(head + 4, pcap->is_swapped) / pcap->divisor;
	pk->link = pcap->link;
	capture_input_take(&file->input, pcap->header_bytes);
	file->behind = caplen;
	return capture_format_data(file, pk, caplen);
}

static void
capture_pcap_close(struct capture_file *file BASE_UNUSED)
{
}

const struct capture_format capture_format_pcap = {
	.name = "pcap",
	.is = capture_pcap_is,
	.open = capture_pcap_open,
	.next = capture_pcap_next,
	.close = capture_pcap_close,
};
