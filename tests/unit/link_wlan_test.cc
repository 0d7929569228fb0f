// SPDX-License-Identifier: BSD-3-Clause
// 802.11 data with every form of its header, and what radiotap says of it.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes IP4 = ip4(6, tcp());
const Bytes IP6 = ip6(17, udp());

/* A header of so many bytes, with the bytes of control and flags. */
Bytes
header(uint8_t control, uint8_t flags, size_t size = 24)
{
	return Bytes{control, flags} + zeros(size - 2);
}

std::string
said(const Bytes &frame)
{
	return verdict_of(frame, PACKET_LINK_WLAN);
}

/* A fourth address, quality of service and its extension, in every combination. */
TEST(LinkWlan, EveryForm)
{
	const Bytes body = llc_snap(0x0800, IP4);

	for (uint8_t flags : {0, 1, 2, 3}) {
		size_t size = flags == 3 ? 30 : 24;

		for (uint8_t control : {0x08, 0x18, 0x28, 0x38})
			EXPECT_EQ(said(header(control, flags, size) + body), "tracked") << (int)flags;
		for (uint8_t control : {0x88, 0x98, 0xa8, 0xb8}) {
			EXPECT_EQ(said(header(control, flags, size + 2) + body), "tracked") << (int)flags;
			EXPECT_EQ(said(header(control, flags | 0x80, size + 6) + body), "tracked") << (int)flags;
		}
		EXPECT_EQ(said(header(0x08, flags | 0x80, size) + body), "tracked")
			<< "the order bit means nothing without quality of service";
		EXPECT_EQ(said(header(0x08, flags | 0x38, size) + body), "tracked") << "retry, power, more";
	}
	EXPECT_EQ(said(header(0x08, 1) + llc_snap(0x86dd, IP6)), "tracked");
	EXPECT_EQ(said(header(0x08, 1) + llc_snap(0x0806, zeros(28))), "not-ip");
}

TEST(LinkWlan, WithoutAPacket)
{
	for (uint8_t control : {0x00, 0x40, 0x80, 0xb0, 0x04, 0xd4, 0x0c, 0x48, 0x58, 0xc8})
		EXPECT_EQ(said(header(control, 0, 60)), "not-ip") << (int)control;
	EXPECT_EQ(said(header(0x08, 0x41) + llc_snap(0x0800, IP4)), "not-ip") << "encrypted";
	EXPECT_EQ(said(header(0x88, 0x42, 26) + llc_snap(0x0800, IP4)), "not-ip");
	EXPECT_EQ(said(header(0x08, 1) + Bytes{0x42, 0x42, 3} + zeros(35)), "not-ip");
}

/* Whatever the header says of itself, no byte behind the frame is read. */
TEST(LinkWlan, FramesCutEverywhere)
{
	for (unsigned control = 0; control < 256; control++) {
		for (uint8_t flags : {0x00, 0x03, 0x80, 0x83}) {
			Bytes frame = header((uint8_t)control, flags, 60);

			for (size_t n = 0; n <= frame.size(); n++) {
				packet pk = parse_prefix(frame, n, PACKET_LINK_WLAN);

				ASSERT_TRUE(verdict(pk) == "link-short" || verdict(pk) == "not-ip") << n;
				ASSERT_EQ(verdict(pk) == "link-short" || n >= 24, true);
			}
		}
	}
}

/* A frame among several: addresses, length, LLC. */
Bytes
one_of(uint16_t port, size_t payload)
{
	Bytes ip = ip4(17, datagram(port, Bytes(payload, 0x5a)));

	return zeros(12) + be16((uint32_t)ip.size() + 8) + llc_snap(0x0800, ip);
}

Bytes
filled(Bytes frame)
{
	frame.resize((frame.size() + 3) & ~3u);
	return frame;
}

const Bytes MANY = header(0x88, 2, 24) + Bytes{0x80, 0};

packet
part_of(const packet &frame, unsigned part)
{
	packet next = {};

	decode_next(usual_layers(), &frame, part, &next);
	return next;
}

/* The first is what the frame is; the others wait for whoever asks. Each begins at a word. */
TEST(LinkWlan, SeveralFramesInOne)
{
	for (size_t payload = 0; payload < 9; payload++) {
		Bytes frame = MANY;

		for (uint16_t i = 0; i < 5; i++)
			frame = frame + filled(one_of((uint16_t)(1000 + i), payload + i));
		packet pk = parse(frame, PACKET_LINK_WLAN);
		EXPECT_EQ(verdict(pk), "tracked");
		EXPECT_EQ(pk.dst_port, 1000);
		EXPECT_EQ(pk.more, 4);
		for (unsigned part = 1; part <= 4; part++) {
			packet next = part_of(pk, part);

			EXPECT_EQ(verdict(next), "tracked");
			EXPECT_EQ(next.dst_port, 1000 + part);
			EXPECT_EQ(next.payload_bytes, payload + part);
			EXPECT_EQ(next.more, 4 - part);
			EXPECT_EQ(next.time_us, pk.time_us);
		}
	}
}

TEST(LinkWlan, SeveralFramesThatEndEarly)
{
	Bytes frame = MANY + filled(one_of(1000, 30)) + one_of(1001, 40);

	EXPECT_EQ(parse(frame + zeros(40), PACKET_LINK_WLAN).more, 1) << "nothing is behind the last";
	for (size_t n = 0; n <= frame.size(); n++) {
		packet pk = parse_prefix(frame, n, PACKET_LINK_WLAN);

		ASSERT_LE(pk.more, 1);
		ASSERT_EQ(pk.more == 1, n >= 26 + filled(one_of(1000, 30)).size() + 14) << n;
		if (pk.more == 1) {
			ASSERT_EQ(verdict(part_of(pk, 1)) == "tracked", n == frame.size()) << n;
		}
		pk = parse_prefix(frame, n, PACKET_LINK_WLAN, frame.size());
		ASSERT_LE(pk.more, 1);
		if (n >= 26 && n < 26 + 14) {
			ASSERT_EQ(verdict(pk), "link-short") << n;
		}
	}
	Bytes none = MANY + zeros(12) + be16(7) + zeros(60);
	EXPECT_EQ(verdict_of(none, PACKET_LINK_WLAN), "link-short") << "shorter than LLC";
}

/* Heads without end: counted as far as a frame of 802.11 can have them. */
TEST(LinkWlan, SeveralFramesBombs)
{
	Bytes frame = MANY;

	for (unsigned i = 0; i < 2000; i++)
		frame = frame + zeros(12) + be16(8) + zeros(10);
	packet pk = parse(frame, PACKET_LINK_WLAN);
	EXPECT_EQ(pk.more, 64);
	EXPECT_EQ(verdict(part_of(pk, 64)), "not-ip");
	Bytes lies = MANY + zeros(12) + be16(0xffff) + llc_snap(0x0800, IP4);
	pk = parse(lies, PACKET_LINK_WLAN);
	EXPECT_EQ(verdict(pk), "tracked") << "IP says where it ends";
	EXPECT_EQ(pk.more, 0);
}

/* In a tunnel, and several within one of several: those of the outer frame are counted. */
TEST(LinkWlan, SeveralFramesInATunnel)
{
	Bytes many = MANY + filled(one_of(1000, 30)) + one_of(1001, 40);
	packet pk = parse(frame_of(ip4(47, gre(0, 0x8240, {}, many))));

	EXPECT_EQ(pk.more, 1);
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(part_of(pk, 1).dst_port, 1001);
	EXPECT_EQ(part_of(pk, 1).tunnels, 1);
	Bytes ip = ip4(47, gre(0, 0x8240, {}, many));
	Bytes outer = zeros(12) + be16((uint32_t)ip.size() + 8) + llc_snap(0x0800, ip);
	pk = parse(MANY + filled(outer) + one_of(1002, 9), PACKET_LINK_WLAN);
	EXPECT_EQ(pk.dst_port, 1000);
	EXPECT_EQ(pk.more, 1);
	EXPECT_EQ(part_of(pk, 1).dst_port, 1002);
}

/* The first piece counts for the whole. */
TEST(LinkWlan, Pieces)
{
	Bytes whole = llc_snap(0x0800, ip4(6, tcp({.payload = 900})));
	Bytes first = header(0x08, 0x05) + Bytes(whole.begin(), whole.begin() + 400);
	Bytes last = header(0x08, 0x01) + Bytes(whole.begin() + 400, whole.end());
	packet pk = parse(first, PACKET_LINK_WLAN);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.payload_bytes, 900u);
	last[22] = 0x01;
	EXPECT_EQ(said(last), "fragment");
	EXPECT_EQ(parse(last, PACKET_LINK_WLAN).fragment, PACKET_FRAGMENT_NOT) << "IP knows of no pieces";
	last[22] = 0x10;
	EXPECT_NE(said(last), "fragment") << "the sequence number, not that of a piece";
}

/* Version, pad, length, which fields there are; then the fields. */
Bytes
radiotap(const Bytes &present, const Bytes &fields)
{
	Bytes made = Bytes{0, 0, 0, 0} + present + fields;

	made[2] = (uint8_t)made.size();
	made[3] = (uint8_t)(made.size() >> 8);
	return made;
}

TEST(LinkWlan, Radiotap)
{
	const Bytes frame = wlan(IP4);

	for (size_t fields = 0; fields <= 300; fields += 7)
		EXPECT_EQ(verdict_of(radiotap(zeros(4), zeros(fields)) + frame, PACKET_LINK_RADIOTAP), "tracked");
	for (size_t n = 0; n < 8; n++)
		EXPECT_EQ(verdict_of(zeros(n), PACKET_LINK_RADIOTAP), "link-short");
	EXPECT_EQ(verdict_of(Bytes{1, 0, 8, 0} + zeros(4) + frame, PACKET_LINK_RADIOTAP), "link-short");
	EXPECT_EQ(verdict_of(Bytes{0, 0, 7, 0} + zeros(4) + frame, PACKET_LINK_RADIOTAP), "link-short");
	EXPECT_EQ(verdict_of(Bytes{0, 0, 0xff, 0xff} + zeros(4) + frame, PACKET_LINK_RADIOTAP), "link-short");
}

/* A header of 26 bytes fills words where the flags say so, wherever the flags are. */
TEST(LinkWlan, PaddedHeaders)
{
	const Bytes body = llc_snap(0x0800, IP4);
	const Bytes padded = header(0x88, 1, 28) + body, dense = header(0x88, 1, 26) + body;
	const struct {
		const char *name;
		Bytes present, before;
	} forms[] = {
		{"flags alone", {2, 0, 0, 0}, {}},
		{"behind a time", {3, 0, 0, 0}, zeros(8)},
		{"behind a second word", Bytes{2, 0, 0, 0x80} + zeros(4), {}},
		{"behind a second word and a time", Bytes{3, 0, 0, 0x80} + zeros(4), zeros(4 + 8)},
	};

	for (const auto &form : forms) {
		Bytes says = radiotap(form.present, form.before + Bytes{0x20, 0});
		Bytes says_not = radiotap(form.present, form.before + Bytes{0xdf, 0});

		EXPECT_EQ(verdict_of(says + padded, PACKET_LINK_RADIOTAP), "tracked") << form.name;
		EXPECT_NE(verdict_of(says + dense, PACKET_LINK_RADIOTAP), "tracked") << form.name;
		EXPECT_EQ(verdict_of(says_not + dense, PACKET_LINK_RADIOTAP), "tracked") << form.name;
	}
	EXPECT_EQ(verdict_of(radiotap(Bytes{0, 0, 0, 0}, Bytes{0x20}) + dense, PACKET_LINK_RADIOTAP),
	          "tracked")
		<< "another field than flags";
	EXPECT_EQ(verdict_of(radiotap(Bytes(4, 0xff), {}) + dense, PACKET_LINK_RADIOTAP), "tracked")
		<< "words without end";
}

/* What radiotap says of its frame is not said of a frame inside that. */
TEST(LinkWlan, PaddedHeadersOutsideOnly)
{
	Bytes inner = header(0x88, 1, 26) + llc_snap(0x0800, IP4);
	Bytes outer = header(0x88, 1, 28) + llc_snap(0x0800, ip4(47, gre(0, 0x8200, {}, inner)));
	packet pk = parse(radiotap({2, 0, 0, 0}, {0x20, 0}) + outer, PACKET_LINK_RADIOTAP);

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.tunnels, 1);
}

} // namespace
