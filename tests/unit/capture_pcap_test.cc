/* SPDX-License-Identifier: BSD-3-Clause */
#include "capture_fixture.h"

namespace
{

using namespace capture;

const std::string frame(60, 'f');

TEST(CapturePcap, EachMagicInEitherByteOrder)
{
	const struct {
		uint32_t magic, fraction;
		size_t more; /* bytes more before each packet */
	} kinds[] = { { 0xa1b2c3d4, 123456, 0 }, { 0xa1b23c4d, 123456789, 0 }, { 0xa1b2cd34, 123456, 8 } };

	for (auto kind : kinds) {
		for (bool big : { false, true }) {
			std::string packet = pcap_packet(0xfedcba98, kind.fraction, frame, 99, big);

			packet.insert(16, kind.more, 'x');
			Read got = read(pcap_head(1, kind.magic, big) + packet + packet);
			EXPECT_EQ(got.error, "");
			const Seen seen = { 0xfedcba98 * UINT64_C(1000000) + 123456, frame, 99,
				            PACKET_LINK_ETHERNET };
			EXPECT_EQ(got.packets, (std::vector<Seen>{ seen, seen }))
			    << std::hex << kind.magic << big;
		}
	}
}

TEST(CapturePcap, LinkTypesThatAreNotReadAreRefused)
{
	Read got = read(pcap_head(147) + pcap_packet(1, 0, frame));

	EXPECT_FALSE(got.opened);
	EXPECT_EQ(got.error, "link type 147 is not read");
}

/* The upper bits say how long the checksums behind frames are. */
TEST(CapturePcap, LinkTypeWithLengthOfChecksum)
{
	Read got = read(pcap_head(0x44000000 | 113) + pcap_packet(1, 0, frame));

	ASSERT_EQ(got.packets.size(), 1u) << got.error;
	EXPECT_EQ(got.packets[0].link, unsigned(PACKET_LINK_SLL));
}

TEST(CapturePcap, OtherVersions)
{
	std::string file = pcap_head() + pcap_packet(1, 0, frame);

	file[4] = 3;
	EXPECT_EQ(read(file).error, "version 3.4 of pcap is not read");
	EXPECT_EQ(read(pcap_head(1, 0xa1b2c3d4, true, 96, 5)).error, "version 2.5 of pcap is not read");
}

/* Old files have the two lengths either way round; today's may not. */
TEST(CapturePcap, LengthsOfOldFiles)
{
	std::string swapped = Bytes().u32(1).u32(0).u32(99).u32(60).add(frame).text;

	for (unsigned minor : { 2, 3 }) {
		Read got = read(pcap_head(1, 0xa1b2c3d4, false, 65535, minor) + swapped +
		                pcap_packet(2, 0, frame, 77));
		ASSERT_EQ(got.packets.size(), 2u) << got.error;
		EXPECT_EQ(got.packets[0], (Seen{ 1000000, frame, 99, PACKET_LINK_ETHERNET }));
		EXPECT_EQ(got.packets[1], (Seen{ 2000000, frame, 77, PACKET_LINK_ETHERNET }));
	}
	EXPECT_NE(read(pcap_head() + swapped).error, "") << "99 bytes are not there";
}

TEST(CapturePcap, ImpossibleLength)
{
	std::string whole = pcap_head(1, 0xa1b2c3d4, false, 96) + pcap_packet(1, 0, frame);

	for (uint32_t length : { 262145u, 0x7fffffffu, 0xffffffffu }) {
		Read got = read(whole + Bytes().u32(2).u32(0).u32(length).u32(60).add(frame).text);
		EXPECT_EQ(got.packets.size(), 1u);
		EXPECT_EQ(got.error,
		          "damaged after packet 1: the next one has an impossible length");
	}
	/* More than the snap length is only odd. */
	EXPECT_EQ(read(whole + pcap_packet(2, 0, std::string(262144, 'x'))).packets.size(), 2u);
}

/* Of a packet that is longer than anybody wants, the beginning is given and the rest skipped. */
TEST(CapturePcap, PacketsLongerThanTheBuffer)
{
	std::string large(3 * CAPTURE_INPUT_BYTES + 5, 'l');
	Read got = read(pcap_head(1, 0xa1b2c3d4, false, 0x7fffffff) + pcap_packet(1, 0, large) +
	                pcap_packet(2, 0, frame));

	ASSERT_EQ(got.packets.size(), 2u) << got.error;
	EXPECT_EQ(got.packets[0].data, large.substr(0, CAPTURE_INPUT_PEEK_MAX));
	EXPECT_EQ(got.packets[0].wire_len, large.size());
	EXPECT_EQ(got.packets[1].data, frame);
	got = read(pcap_head(1, 0xa1b2c3d4, false, 0x7fffffff) + pcap_packet(1, 0, large).substr(0, 1 << 20));
	EXPECT_EQ(got.packets.size(), 1u);
	EXPECT_EQ(got.error, "cut short, after packet 1");
}

/* Cut anywhere: the packets before are there, and a message unless it is cut between two. */
TEST(CapturePcap, CutAtEveryByte)
{
	const std::string head = pcap_head(), packet = pcap_packet(1, 0, frame);
	const std::string file = head + packet + packet + packet;

	for (size_t n = 0; n < file.size(); n++) {
		Read got = read(file.substr(0, n));
		size_t whole = n < head.size() ? 0 : (n - head.size()) / packet.size();
		bool between = n >= head.size() && (n - head.size()) % packet.size() == 0;

		EXPECT_EQ(got.opened, n >= head.size());
		EXPECT_EQ(got.packets.size(), whole) << n;
		EXPECT_EQ(got.error.empty(), between) << n << got.error;
	}
}

/* Whatever a byte is changed to, it is read to an end, and nothing that is not there. */
TEST(CapturePcap, EachByteDamaged)
{
	const std::string file = pcap_head() + pcap_packet(1, 0, frame) + pcap_packet(2, 0, frame);

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
