// SPDX-License-Identifier: BSD-3-Clause
// TCP with its options, well formed and not.

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

packet
parse_tcp(const Tcp &t)
{
	return parse(ether(0x0800, ip4(6, tcp(t))));
}

/* A SYN with these options, filled up to whole words with `fill`. */
packet
parse_syn(Bytes options, uint8_t fill = 0)
{
	while (options.size() % 4 != 0)
		options.push_back(fill);
	return parse_tcp({.flags = PACKET_TCP_SYN, .options = options, .payload = 0});
}

TEST(LayerTcp, Fields)
{
	packet pk = parse_tcp({.flags = PACKET_TCP_ACK | PACKET_TCP_PSH, .payload = 33});

	EXPECT_EQ(verdict(pk), "tracked");
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.dst_port, 443);
	EXPECT_EQ(pk.seq, 1000u);
	EXPECT_EQ(pk.ack, 2000u);
	EXPECT_EQ(pk.window, 0x1234);
	EXPECT_EQ(pk.checksum, 0xbeef);
	EXPECT_EQ(pk.tcp_flags, PACKET_TCP_ACK | PACKET_TCP_PSH);
	EXPECT_EQ(pk.payload_bytes, 33u);
	EXPECT_EQ(pk.mss, 0);
	EXPECT_EQ(pk.wscale, PACKET_NO_WSCALE);
}

TEST(LayerTcp, OptionsAreNotPayload)
{
	for (size_t words = 0; words <= 10; words++)
		EXPECT_EQ(parse_tcp({.options = zeros(words * 4), .payload = 7}).payload_bytes, 7u);
}

TEST(LayerTcp, OffsetsThatCannotBe)
{
	for (int words : {0, 1, 4})
		EXPECT_EQ(verdict(parse_tcp({.words = words})), "tcp-header");
	EXPECT_EQ(verdict(parse_tcp({.payload = 0, .words = 6})), "tcp-header") << "beyond the datagram";
	EXPECT_EQ(verdict(parse_tcp({.payload = 4, .words = 6})), "tracked");
	EXPECT_EQ(verdict(parse_tcp({.payload = 39, .words = 15})), "tcp-header");
	EXPECT_EQ(verdict(parse_tcp({.payload = 40, .words = 15})), "tracked");
}

TEST(LayerTcp, Short)
{
	Bytes frame = ether(0x0800, ip4(6, tcp()));

	for (size_t n = 0; n < 20; n++) {
		EXPECT_EQ(verdict_of(ether(0x0800, ip4(6, Bytes(n, 0)))), "tcp-short") << n;
		EXPECT_EQ(verdict(parse_prefix(frame, 34 + n, PACKET_LINK_ETHERNET, frame.size())),
		          "tcp-short")
			<< n;
	}
}

TEST(LayerTcp, SynOptions)
{
	packet pk = parse_syn({2, 4, 0x05, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2});

	EXPECT_EQ(pk.mss, 1460);
	EXPECT_EQ(pk.wscale, 7);
	pk = parse_syn({3, 3, 14, 2, 4, 0, 1});
	EXPECT_EQ(pk.mss, 1);
	EXPECT_EQ(pk.wscale, 14);
	EXPECT_EQ(parse_syn({3, 3, 0}).wscale, 0) << "offered, and 0";
}

TEST(LayerTcp, WindowScaleBeyondFourteenIsFourteen)
{
	for (uint8_t shift : {15, 16, 100, 255})
		EXPECT_EQ(parse_syn({3, 3, shift}).wscale, 14);
}

TEST(LayerTcp, SackPermitted)
{
	EXPECT_TRUE(parse_syn({4, 2}).tcp_flags & PACKET_TCP_SACK);
	EXPECT_TRUE(parse_syn({2, 4, 5, 180, 1, 1, 4, 2, 3, 3, 7}).tcp_flags & PACKET_TCP_SACK);
	EXPECT_FALSE(parse_syn({4, 3, 0}).tcp_flags & PACKET_TCP_SACK); /* not its length */
	EXPECT_FALSE(parse_syn({2, 4, 5, 180}).tcp_flags & PACKET_TCP_SACK);
	EXPECT_FALSE(parse_tcp({.flags = PACKET_TCP_ACK, .options = {4, 2, 0, 0}}).tcp_flags &
	             PACKET_TCP_SACK);
}

TEST(LayerTcp, OptionsCountOnlyInASyn)
{
	packet pk = parse_tcp({.flags = PACKET_TCP_ACK, .options = {2, 4, 5, 180, 3, 3, 7, 0}});

	EXPECT_EQ(pk.mss, 0);
	EXPECT_EQ(pk.wscale, PACKET_NO_WSCALE);
	pk = parse_tcp({.flags = PACKET_TCP_SYN | PACKET_TCP_ACK,
	                .options = {2, 4, 5, 180, 3, 3, 7, 0}});
	EXPECT_EQ(pk.mss, 1460);
	EXPECT_EQ(pk.wscale, 7);
}

/* Whatever is wrong with them, the segment is tracked, and what came before the mistake counts. */
TEST(LayerTcp, MalformedOptions)
{
	const Bytes wrong[] = {
		{3, 0, 7, 1},    /* length 0: no way on */
		{3, 1, 7, 1},    /* length 1 */
		{8, 0, 3, 3},    {8, 1, 3, 3},
		{8, 255, 3, 3},  /* beyond the header */
		{3, 4, 7, 7},    /* window scale of another length */
		{0, 3, 3, 7},    /* after the end of the list */
		{1, 1, 1, 3},    /* kind without a length */
		{1, 1, 3, 3},    /* length without a value */
	};

	for (const Bytes &options : wrong) {
		packet pk = parse_syn(Bytes{2, 4, 5, 180} + options);

		EXPECT_EQ(verdict(pk), "tracked");
		EXPECT_EQ(pk.mss, 1460);
		EXPECT_EQ(pk.wscale, PACKET_NO_WSCALE) << (int)options[0] << " " << (int)options[1];
	}
	for (uint8_t length : {2, 3, 5, 6})
		EXPECT_EQ(parse_syn(Bytes{2, length, 5, 180, 0, 0}).mss, 0) << (int)length;
}

TEST(LayerTcp, UnknownOptionsAreSteppedOver)
{
	EXPECT_EQ(parse_syn({254, 6, 9, 9, 9, 9, 2, 4, 5, 180}).mss, 1460);
	EXPECT_EQ(parse_syn({1, 1, 1, 1, 5, 2, 34, 18, 0, 0, 0, 0, 0, 0, 0, 0,
	                     0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 5},
	                    1)
	                  .wscale,
	          5);
}

/* The capture ends inside the options: those that are there are read. */
TEST(LayerTcp, OptionsThatWereCut)
{
	Bytes options = {2, 4, 5, 180, 1, 3, 3, 7};
	Bytes frame = ether(0x0800, ip4(6, tcp({.flags = PACKET_TCP_SYN, .options = options})));

	for (size_t n = 0; n <= options.size(); n++) {
		packet pk = parse_prefix(frame, 54 + n, PACKET_LINK_ETHERNET, frame.size());

		EXPECT_EQ(verdict(pk), "tracked");
		EXPECT_EQ(pk.payload_bytes, 10u);
		EXPECT_EQ(pk.mss, n >= 4 ? 1460 : 0) << n;
		EXPECT_EQ(pk.wscale, n >= 8 ? 7 : PACKET_NO_WSCALE) << n;
	}
}

} // namespace
