// SPDX-License-Identifier: BSD-3-Clause
// Teredo: both headers before the packet, trailers behind it, any ports, addresses that it needs.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

const Bytes INNER = teredo_ip6(6, tcp());

packet
teredo(const Bytes &bytes, uint16_t port = 3544)
{
	return parse(frame_of(ip4(17, datagram(port, bytes))));
}

bool
is_inside(const packet &pk)
{
	return verdict(pk) == "tracked" && pk.tunnels == 1;
}

TEST(LayerTeredo, HeadersBefore)
{
	const Bytes origin = Bytes{0, 0} + zeros(6);

	EXPECT_TRUE(is_inside(teredo(INNER)));
	EXPECT_EQ(path_of_last()->level[0].kind, PACKET_TUNNEL_TEREDO);
	EXPECT_TRUE(is_inside(teredo(origin + INNER)));
	for (uint8_t client : {0, 1, 255}) {
		for (uint8_t value : {0, 8, 255}) {
			Bytes authentication = Bytes{0, 1, client, value} + zeros(client + value + 9u);

			EXPECT_TRUE(is_inside(teredo(authentication + INNER))) << (int)client << (int)value;
			EXPECT_TRUE(is_inside(teredo(authentication + origin + INNER)));
			EXPECT_EQ(teredo(authentication).tunnels, 0);
		}
	}
	EXPECT_EQ(teredo(Bytes{0, 1, 200, 200} + INNER).tunnels, 0) << "longer than the packet";
	for (size_t n = 0; n < 40; n++)
		EXPECT_EQ(teredo(Bytes(INNER.begin(), INNER.begin() + (long)n)).tunnels, 0) << n;
}

/* Between a client and a relay, or two clients, no port is known. */
TEST(LayerTeredo, AnyPorts)
{
	EXPECT_TRUE(is_inside(teredo(INNER, 32900)));
	EXPECT_EQ(teredo(INNER, 32900).dst_port, 443);
	EXPECT_EQ(teredo(ip6(6, tcp()), 32900).tunnels, 0) << "of no address of Teredo's";
	EXPECT_EQ(teredo(ip6(6, tcp())).tunnels, 0);
	EXPECT_EQ(teredo(INNER + zeros(1), 32900).tunnels, 0) << "not to the end of the packet";
	EXPECT_EQ(teredo(zeros(8) + INNER, 32900).tunnels, 0) << "only a server puts headers before it";
	Bytes frame = frame_of(ip4(17, datagram(32900, INNER)));
	for (size_t n = 42; n < 42 + 40 + 20; n++) {
		packet pk = parse_prefix(frame, n, PACKET_LINK_ETHERNET, frame.size());

		EXPECT_EQ(verdict(pk), "tracked") << n;
		EXPECT_EQ(pk.tunnels, 0) << n;
	}
}

/* At one of the two ends, of any of its prefixes. */
TEST(LayerTeredo, Addresses)
{
	for (size_t at : {8u, 24u}) {
		for (uint32_t prefix : {0x20010000u, 0x3ffe831fu, 0xfe800000u, 0xfebf0000u}) {
			Bytes ip = ip6(6, tcp());

			put16(ip, at, prefix >> 16);
			put16(ip, at + 2, prefix & 0xffff);
			EXPECT_TRUE(is_inside(teredo(ip))) << at << " " << prefix;
		}
		for (uint32_t prefix : {0x20010001u, 0x20020000u, 0xfec00000u, 0xff020000u}) {
			Bytes ip = ip6(6, tcp());

			put16(ip, at, prefix >> 16);
			put16(ip, at + 2, prefix & 0xffff);
			EXPECT_EQ(teredo(ip).tunnels, 0) << at << " " << prefix;
		}
	}
}

/* A list of them, each with its length, to the end of the packet. */
TEST(LayerTeredo, Trailers)
{
	const Bytes nonce = Bytes{1, 4} + zeros(4), random_port = Bytes{2, 2} + zeros(2);

	EXPECT_TRUE(is_inside(teredo(INNER + nonce)));
	EXPECT_TRUE(is_inside(teredo(INNER + nonce + random_port)));
	EXPECT_TRUE(is_inside(teredo(INNER + Bytes{9, 0})));
	EXPECT_EQ(teredo(INNER + nonce).ip_bytes, INNER.size());
	EXPECT_EQ(teredo(INNER + Bytes{1}).tunnels, 0);
	EXPECT_EQ(teredo(INNER + Bytes{1, 5} + zeros(4)).tunnels, 0) << "beyond the packet";
	EXPECT_EQ(teredo(INNER + zeros(3)).tunnels, 0);
}

/* It opens the translator and carries nothing: no row. */
TEST(LayerTeredo, Bubbles)
{
	packet pk = teredo(teredo_ip6(59, {}));

	EXPECT_EQ(verdict(pk), "tunnel-control");
	EXPECT_EQ(pk.tunnels, 1);
	EXPECT_EQ(verdict(teredo(teredo_ip6(59, {}), 32900)), "tunnel-control");
	for (uint16_t port : {3544, 32900})
		EXPECT_EQ(verdict(teredo(teredo_ip6(59, {}) + Bytes{'1', '2', '3', '4'}, port)),
		          "tunnel-control")
			<< "text behind it";
	EXPECT_EQ(verdict(teredo(ip6(59, {}), 32900)), "tracked") << "of no address of Teredo's";
	EXPECT_EQ(verdict(teredo(teredo_ip6(59, zeros(4)))), "other-protocol") << "with something";
	EXPECT_EQ(verdict(teredo(teredo_ip6(58, Bytes{133, 0} + zeros(6)))), "other-protocol");
}

TEST(LayerTeredo, InItself)
{
	Bytes in = INNER;

	for (unsigned levels = 1; levels <= 10; levels++) {
		in = teredo_ip6(17, datagram(3544, in));
		EXPECT_EQ(verdict_of(frame_of(in)), levels <= 8 ? "tracked" : "too-deep") << levels;
	}
}

} // namespace
