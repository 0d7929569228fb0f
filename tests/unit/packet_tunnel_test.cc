// SPDX-License-Identifier: BSD-3-Clause
// Names of tunnels, and whose ids name a network.

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

TEST(PacketTunnel, Names)
{
	for (int kind = 0; kind < PACKET_N_TUNNELS; kind++) {
		const char *name = packet_tunnel_name((enum packet_tunnel_kind)kind);

		EXPECT_EQ(packet_tunnel_kind_of(name), kind) << name;
	}
	EXPECT_STREQ(packet_tunnel_name(PACKET_TUNNEL_VXLAN_GPE), "vxlan-gpe");
	for (const char *name : {"", "VXLAN", "vxlan-", "ayiya"})
		EXPECT_EQ(packet_tunnel_kind_of(name), -1) << name;
}

/* Keys, sessions and labels are another in each direction. */
TEST(PacketTunnel, Networks)
{
	const std::vector<int> networks = {PACKET_TUNNEL_NVGRE, PACKET_TUNNEL_VXLAN, PACKET_TUNNEL_VXLAN_GPE,
	                                   PACKET_TUNNEL_GENEVE};

	for (int kind = 0; kind < PACKET_N_TUNNELS; kind++)
		EXPECT_EQ(packet_tunnel_names_network((enum packet_tunnel_kind)kind),
		          std::count(networks.begin(), networks.end(), kind) == 1)
			<< kind;
}

/* A path is asked for by who has room for it: without, the same flow comes out. */
TEST(PacketTunnel, WithoutRoomForAPath)
{
	for (const Tunnel &t : tunnels()) {
		Bytes frame = frame_of(outer4(t, carried(t, t.carries == IP6_ONLY ? ip6(17, udp())
		                                                                  : ip4(6, tcp()))));
		packet pk = {};

		pk.data = frame.data();
		pk.data_len = pk.wire_len = (uint32_t)frame.size();
		decode_burst(usual_layers(), &pk, 1);
		EXPECT_EQ(verdict(pk), "tracked") << t.name;
		EXPECT_EQ(pk.tunnels, 1) << t.name;
	}
}

} // namespace
