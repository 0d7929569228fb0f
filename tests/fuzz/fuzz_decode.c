/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Any bytes as a packet: the walk over links, IP and tunnels.
 *
 * The first byte says the link, the second how deep to look and whether the capture cut the packet.
 * Whatever follows, there is one verdict of the decoder's own, no more tunnels than were asked for,
 * and lengths that fit in one another. A libFuzzer target; fuzz_main.c runs it over kept inputs
 * where there is no libFuzzer.
 */

#include "decode.h"
#include "fuzz_data.h"

#define FUZZ_CHOICES   2
#define FUZZ_IS_CUT    0x80
#define FUZZ_CUT_BYTES 1400
#define FUZZ_LENGTH    (128 * 1024)

static void
fuzz_check_path(const struct packet *pk, unsigned depth)
{
	fuzz_check(pk->tunnels <= depth);
	for (unsigned i = 0; i < pk->tunnels; i++) {
		const struct packet_tunnel *level = &pk->path->level[i];

		fuzz_check(level->kind < PACKET_N_TUNNELS);
		fuzz_check(level->version == 4 || level->version == 6);
		fuzz_check(level->has_id <= 1 && (level->has_id || level->id == 0));
		fuzz_check(level->version == 6 || (level->src[0] == 0 && level->dst[0] == 0));
	}
}

static void
fuzz_check_fragment(const struct packet *pk)
{
	fuzz_check(pk->fragment <= PACKET_FRAGMENT_LAST);
	if (pk->fragment == PACKET_FRAGMENT_FIRST)
		fuzz_check(pk->piece == 0);
	if (pk->verdict == PACKET_FRAGMENT && pk->fragment >= PACKET_FRAGMENT_LATER)
		fuzz_check(pk->piece != 0 && pk->payload_bytes <= pk->ip_bytes);
}

static void
fuzz_check_flow(const struct packet *pk)
{
	unsigned headers = pk->version == 4 ? 20 : 40;

	fuzz_check(pk->version == 4 || pk->version == 6);
	fuzz_check(pk->proto == PACKET_PROTO_TCP || pk->proto == PACKET_PROTO_UDP);
	if (pk->verdict == PACKET_ICMP_ERROR) {
		fuzz_check(pk->icmp != PACKET_ICMP_NONE && pk->icmp < PACKET_N_ICMP);
		return;
	}
	headers += pk->proto == PACKET_PROTO_TCP ? 20 : 8;
	fuzz_check((uint64_t)pk->payload_bytes + headers <= pk->ip_bytes);
	/* Only what is in a piece reaches beyond the frame: one of IP, of 802.11, of a tunnel. */
	fuzz_check(pk->ip_bytes <= pk->wire_len || pk->fragment || pk->tunnels ||
	           pk->link >= PACKET_LINK_PKTAP);
	if (pk->proto == PACKET_PROTO_TCP)
		fuzz_check(pk->wscale <= 14 || pk->wscale == PACKET_NO_WSCALE);
}

/* One of several packets in the frame. */
static void
fuzz_check_part(const struct layer_settings *settings, const struct packet *frame, unsigned part)
{
	struct packet_path path;
	struct packet next = { .path = &path };

	decode_next(settings, frame, part, &next);
	fuzz_check(next.verdict < PACKET_DUPLICATE);
	fuzz_check_path(&next, settings->depth);
	if (packet_verdict_names_flow(next.verdict))
		fuzz_check_flow(&next);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct layer_settings settings;
	static struct packet_path path;
	struct packet pk = { .path = &path }, again;

	if (size < FUZZ_CHOICES || size > FUZZ_LENGTH)
		return 0;
	if (settings.n == 0)
		layer_settings_init(&settings);
	settings.depth = (uint8_t)(1 + data[1] % PACKET_TUNNEL_MAX);
	pk.link = data[0] % (PACKET_N_LINKS + 1);
	if (pk.link == PACKET_N_LINKS)
		pk.link = PACKET_LINK_NONE;
	pk.data = data + FUZZ_CHOICES;
	pk.data_len = pk.wire_len = (uint32_t)size - FUZZ_CHOICES;
	if (data[1] & FUZZ_IS_CUT)
		pk.wire_len += FUZZ_CUT_BYTES;
	again = pk;
	decode_burst(&settings, &pk, 1);
	fuzz_check(pk.verdict < PACKET_DUPLICATE);
	fuzz_check_path(&pk, settings.depth);
	fuzz_check_fragment(&pk);
	if (packet_verdict_names_flow(pk.verdict))
		fuzz_check_flow(&pk);
	/* The short way of ordinary frames and the walk say the same. */
	fuzz_check(decode_walk(&settings, &again) == pk.verdict);
	for (unsigned part = 1; part <= pk.more; part++)
		fuzz_check_part(&settings, &pk, part);
	if (pk.verdict == PACKET_TRACKED)
		fuzz_check(again.ip_bytes == pk.ip_bytes &&
		           again.payload_bytes == pk.payload_bytes && again.proto == pk.proto);
	return 0;
}
