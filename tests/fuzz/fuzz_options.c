/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as the options of a TCP header, and what a plain reading of RFC 9293 makes of them.
 *
 * Both readings must say the same: a list is read up to its end, to an option whose length cannot
 * be, or to one that is cut. A libFuzzer target; fuzz_main.c runs it over kept inputs where there
 * is no libFuzzer.
 */

#include "fuzz_data.h"
#include "layer.h"

#define FUZZ_OPTIONS_MAX 40 /* what a header has room for */

/* The number in the last two bytes of an option. */
static unsigned
fuzz_last16(const uint8_t *option, unsigned size)
{
	return (unsigned)option[size - 2] << 8 | option[size - 1];
}

static void
fuzz_read_one(struct packet *pk, const uint8_t *option, unsigned size)
{
	switch ((unsigned)option[0] << 8 | size) {
	case 0x0204:
		pk->mss = (uint16_t)fuzz_last16(option, size);
		break;
	case 0x0303:
		pk->wscale = option[2] > 14 ? 14 : option[2];
		break;
	case 0x0402:
		pk->tcp_flags |= PACKET_TCP_SACK;
		break;
	}
}

static void
fuzz_read(struct packet *pk, const uint8_t *data, size_t size)
{
	size_t at = 0;

	while (at < size && data[at] != 0) {
		unsigned length = 1;

		if (data[at] != 1) {
			if (at + 1 == size || data[at + 1] < 2 || at + data[at + 1] > size)
				return;
			length = data[at + 1];
			fuzz_read_one(pk, data + at, length);
		}
		at += length;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet pk = { .wscale = PACKET_NO_WSCALE }, plain = pk;

	if (size > FUZZ_OPTIONS_MAX)
		return 0;
	layer_tcp_options(&pk, data, data + size);
	fuzz_read(&plain, data, size);
	fuzz_check(pk.mss == plain.mss && pk.wscale == plain.wscale);
	fuzz_check(pk.tcp_flags == plain.tcp_flags);
	return 0;
}
