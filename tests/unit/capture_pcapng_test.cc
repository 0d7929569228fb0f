/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_fixture.h"

namespace
{

using namespace capture;

const std::string frame(61, 'f'); /* and three bytes of padding */

TEST(CapturePcapng, BothByteOrders)
{
	for (bool big : { false, true }) {
		Read got = read(ng_section(big) + ng_interface(1, 262144, "", big) +
		                ng_packet(0, 0x123456789abcd, frame, 99, big) +
		                ng_packet(0, 7, frame, 99, big, 2));
		EXPECT_EQ(got.error, "");
		EXPECT_EQ(got.packets,
		          (std::vector<Seen>{ { 0x123456789abcd, frame, 99, PACKET_LINK_ETHERNET },
		                              { 7, frame, 99, PACKET_LINK_ETHERNET } }));
	}
}

/* Each packet is of its own interface: link type, unit of time. */
TEST(CapturePcapng, InterfacesOfSeveralKinds)
{
	const std::string nano = ng_option(9, Bytes{ false, "\x09" }).text;
	Read got = read(ng_section() + ng_interface(1, 96) + ng_interface(113, 65535, nano) +
	                ng_packet(1, 5000001000, frame) + ng_packet(0, 5000002, frame) +
	                ng_interface(101) + ng_packet(2, 5000003, frame));

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets, (std::vector<Seen>{ { 5000001, frame, 61, PACKET_LINK_SLL },
	                                           { 5000002, frame, 61, PACKET_LINK_ETHERNET },
	                                           { 5000003, frame, 61, PACKET_LINK_RAW } }));
}

/* A section begins anew: byte order, and no interface. */
TEST(CapturePcapng, SeveralSections)
{
	const std::string one = ng_section() + ng_interface(1) + ng_packet(0, 1, frame);
	Read got = read(one + ng_section(true) + ng_interface(101, 0, "", true) +
	                ng_packet(0, 2, frame, 0, true) + one);

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets, (std::vector<Seen>{ { 1, frame, 61, PACKET_LINK_ETHERNET },
	                                           { 2, frame, 61, PACKET_LINK_RAW },
	                                           { 1, frame, 61, PACKET_LINK_ETHERNET } }));
	got = read(one + ng_section() + ng_packet(0, 2, frame));
	EXPECT_EQ(got.packets.size(), 1u);
	EXPECT_EQ(got.error, "damaged after packet 1: a packet of an interface that is not described");
}

TEST(CapturePcapng, UnitsOfTime)
{
	const struct {
		uint8_t resolution;
		uint64_t stamp, us;
	} cases[] = {
		{ 6, 1767225600123456, 1767225600123456 },
		{ 0, 1767225600, 1767225600000000 },
		{ 3, 1767225600123, 1767225600123000 },
		{ 9, 1767225600123456789, 1767225600123456 },
		{ 7, 17672256001234567, 1767225600123456 },
		{ 19, UINT64_MAX, 1844674 },
		{ 25, UINT64_MAX, 1 },
		{ 26, UINT64_MAX, 0 },
		{ 127, UINT64_MAX, 0 },
		{ 0, UINT64_MAX, UINT64_C(1) << 62 },
		{ 6, UINT64_MAX, UINT64_C(1) << 62 },
		{ 0x80 | 0, 1767225600, 1767225600000000 },
		{ 0x80 | 20, (UINT64_C(5) << 20) + (1 << 19), 5500000 },
		{ 0x80 | 32, (UINT64_C(4000000000) << 32) + (1u << 30), 4000000000250000 },
		{ 0x80 | 63, UINT64_C(3) << 62, 1500000 },
		{ 0x80 | 64, UINT64_C(1) << 63, 500000 },
		{ 0xff, UINT64_MAX, 0 },
	};

	for (auto c : cases) {
		Bytes value;

		value.put(c.resolution);
		Read got = read(ng_section() + ng_interface(1, 0, ng_option(9, value).text) +
		                ng_packet(0, c.stamp, frame));
		ASSERT_EQ(got.packets.size(), 1u) << got.error;
		EXPECT_EQ(got.packets[0].time_us, c.us) << unsigned(c.resolution);
	}
}

TEST(CapturePcapng, OffsetsOfTime)
{
	const struct {
		int64_t seconds;
		uint64_t stamp, us;
	} cases[] = {
		{ 1767225600, 123, 1767225600000123 }, { -5, 7000000, 2000000 }, { -5, 5000000, 0 },
		{ -5, 4999999, 0 },                    { INT64_MIN, 77, 77 },    { INT64_MAX, 77, 77 },
		{ INT64_C(1) << 42, 77, 77 },
	};

	for (auto c : cases) {
		std::string options = ng_option(2, Bytes{ false, "eth0" }).text +
		                      ng_option(14, Bytes().u64(uint64_t(c.seconds))).text +
		                      ng_option(0, Bytes()).text;
		Read got = read(ng_section() + ng_interface(1, 0, options) + ng_packet(0, c.stamp, frame));
		ASSERT_EQ(got.packets.size(), 1u) << got.error;
		EXPECT_EQ(got.packets[0].time_us, c.us) << c.seconds;
	}
}

/* Options behind the last one, and those that lie about their length, mean nothing. */
TEST(CapturePcapng, OptionsThatLie)
{
	const std::string nano = ng_option(9, Bytes{ false, "\x09" }).text;
	const std::string more[] = {
		ng_option(0, Bytes()).text + nano,
		Bytes().u16(2).u16(65535).add("eth0").text + nano,
		Bytes().u16(9).u16(2).add("\x09\x09").pad().text,
		Bytes().u16(9).u16(1).text,
		ng_option(14, Bytes().u32(5)).text,
	};

	for (const std::string &options : more) {
		Read got = read(ng_section() + ng_interface(1, 0, options) + ng_packet(0, 5000, frame));
		ASSERT_EQ(got.packets.size(), 1u) << got.error;
		EXPECT_EQ(got.packets[0].time_us, 5000u);
	}
}

/* A block without a stamp and without a length of its own: the first interface's snap length cuts. */
TEST(CapturePcapng, SimplePackets)
{
	auto simple = [](uint32_t wire, const std::string &data) {
		return ng_block(3, Bytes().u32(wire).add(data));
	};
	Read got = read(ng_section() + ng_interface(1, 50) + ng_interface(101) +
	                simple(40, std::string(40, 's')) + ng_packet(1, 9, frame) +
	                simple(1500, std::string(50, 's')));

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets,
	          (std::vector<Seen>{ { 0, std::string(40, 's'), 40, PACKET_LINK_ETHERNET },
	                              { 9, frame, 61, PACKET_LINK_RAW },
	                              { 9, std::string(50, 's'), 1500, PACKET_LINK_ETHERNET } }));
	got = read(ng_section() + ng_interface(1) + simple(44, std::string(40, 's')));
	EXPECT_EQ(got.error, "damaged after packet 0: a packet is longer than its block");
	EXPECT_EQ(read(ng_section() + simple(4, "four")).packets.size(), 0u);
}

/* Blocks of types that mean nothing here, one of them larger than the buffer. */
TEST(CapturePcapng, OtherBlocksAreSkipped)
{
	const std::string large = ng_block(0x80000bad, Bytes().add(std::string(2 << 20, 'c')));
	Read got = read(ng_section() + ng_block(4, Bytes().u32(0)) + ng_interface(1) + large +
	                ng_block(0x0badcafe, Bytes()) + ng_packet(0, 1, frame) +
	                ng_block(5, Bytes().u32(0).u64(0)));

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets.size(), 1u);
}

/* Packets of link types that are not read are there; it is an error only if all are. */
TEST(CapturePcapng, LinkTypesThatAreNotRead)
{
	const std::string unread = ng_section() + ng_interface(189) + ng_packet(0, 1, frame);
	Read got = read(unread + ng_interface(1) + ng_packet(1, 2, frame));

	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets, (std::vector<Seen>{ { 1, frame, 61, PACKET_LINK_NONE },
	                                           { 2, frame, 61, PACKET_LINK_ETHERNET } }));
	EXPECT_EQ(read(unread).error, "link type 189 is not read");
	EXPECT_EQ(read(ng_section() + ng_interface(189)).error, "") << "no packet, no mistake";
}

TEST(CapturePcapng, Damage)
{
	const std::string good = ng_section() + ng_interface(1) + ng_packet(0, 1, frame);
	std::string longer = ng_packet(0, 2, frame), trailer = longer;

	longer[20] = 65;
	trailer[trailer.size() - 4] ^= 4;
	const struct {
		std::string more;
		const char *error;
		size_t packets;
	} cases[] = {
		{ longer, "damaged after packet 1: a packet is longer than its block", 1 },
		{ trailer + good, "damaged after packet 2: the two lengths of a block differ", 2 },
		{ Bytes().u32(6).u32(8).text, "damaged after packet 1: a block has an impossible length", 1 },
		{ Bytes().u32(6).u32(33).text, "damaged after packet 1: a block has an impossible length", 1 },
		{ ng_block(6, Bytes().u64(0)), "damaged after packet 1: a block is too short", 1 },
		{ ng_block(1, Bytes().u32(1)), "damaged after packet 1: a block is too short", 1 },
		{ ng_packet(1, 2, frame),
		  "damaged after packet 1: a packet of an interface that is not described", 1 },
		{ ng_section(false, 2), "version 2 of pcapng is not read", 1 },
		{ Bytes().u32(0x0a0d0d0a).u32(28).u32(0x12345678).text,
		  "damaged after packet 1: a section without a byte order", 1 },
		{ Bytes().u32(0xffffffff).u32(0xfffffffc).text, "cut short, after packet 1", 1 },
	};

	for (const auto &c : cases) {
		Read got = read(good + c.more);
		EXPECT_EQ(got.error, c.error);
		EXPECT_EQ(got.packets.size(), c.packets) << c.error;
	}
}

/* So many that nobody has them; what is kept of them has a bound. */
TEST(CapturePcapng, InterfacesHaveABound)
{
	std::string file = ng_section();

	for (unsigned i = 0; i < 65536; i++)
		file += ng_interface(1);
	Read got = read(file + ng_packet(65535, 1, frame));
	EXPECT_EQ(got.error, "");
	EXPECT_EQ(got.packets.size(), 1u);
	EXPECT_EQ(read(file + ng_interface(1)).error, "more than 65536 interfaces");
}

TEST(CapturePcapng, CutAtEveryByte)
{
	const std::string head = ng_section() + ng_interface(1), packet = ng_packet(0, 1, frame);
	const std::string file = head + packet + packet;

	for (size_t n = 0; n < file.size(); n++) {
		Read got = read(file.substr(0, n));
		bool between = n == ng_section().size() ||
		               (n >= head.size() && (n - head.size()) % packet.size() == 0);

		EXPECT_EQ(got.error.empty(), between) << n << got.error;
		EXPECT_EQ(got.packets.size() >= 1, n >= head.size() + 28 + frame.size()) << n;
	}
}

TEST(CapturePcapng, EachByteDamaged)
{
	const std::string options = ng_option(9, Bytes{ false, "\x09" }).text +
	                            ng_option(14, Bytes().u64(5)).text;
	const std::string file = ng_section() + ng_interface(1, 96, options) + ng_packet(0, 1, frame) +
	                         ng_block(3, Bytes().u32(61).add(frame)) +
	                         ng_packet(0, 1, frame, 0, false, 2);

	for (size_t at = 0; at < file.size(); at++) {
		for (unsigned value : { 0x00, 0x01, 0x7f, 0x80, 0xff }) {
			std::string damaged = file;
			size_t bytes = 0;

			damaged[at] = char(value);
			for (const Seen &seen : read(damaged).packets)
				bytes += seen.data.size();
			EXPECT_LE(bytes, file.size()) << at;
		}
	}
}

} // namespace
