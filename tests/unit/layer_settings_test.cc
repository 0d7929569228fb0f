// SPDX-License-Identifier: BSD-3-Clause
// The ports of tunnels: usual ones, other ones, and what cannot be.

#include <cerrno>

#include <gtest/gtest.h>

#include "tunnels.h"

namespace
{

using namespace support;

TEST(LayerSettings, Usual)
{
	const layer_settings *usual = usual_layers();

	EXPECT_EQ(usual->depth, PACKET_TUNNEL_MAX);
	EXPECT_EQ(usual->n, LAYER_N_PORT_KINDS + 1u) << "VXLAN has two";
	for (uint16_t port : {4789, 8472, 4790, 6081, 2152, 1701, 3544, 5247, 6635, 37008}) {
		EXPECT_NE(layer_settings_layer(usual, 50000, port), 0u) << port;
		EXPECT_TRUE(layer_settings_may_be_tunnel(usual, 50000, port)) << port;
		EXPECT_TRUE(layer_settings_may_be_tunnel(usual, port, 50000)) << port;
	}
	EXPECT_FALSE(layer_settings_may_be_tunnel(usual, 50000, 53));
	EXPECT_EQ(layer_settings_layer(usual, 50000, 53), 0u);
	EXPECT_EQ(layer_settings_layer(usual, 0, 0), 0u) << "empty places are no ports";
}

TEST(LayerSettings, EitherPort)
{
	const layer_settings *usual = usual_layers();

	for (uint16_t port : {2152, 1701, 3544, 5247})
		EXPECT_NE(layer_settings_layer(usual, port, 50000), 0u) << port;
	for (uint16_t port : {4789, 8472, 4790, 6081, 6635, 37008})
		EXPECT_EQ(layer_settings_layer(usual, port, 50000), 0u) << port;
	EXPECT_EQ(layer_settings_layer(usual, 2152, 4789), layer_settings_layer(usual, 9, 4789))
		<< "the receiver's says more";
	EXPECT_EQ(layer_settings_layer(usual, 4789, 2152), layer_settings_layer(usual, 9, 2152));
}

TEST(LayerSettings, OtherPorts)
{
	layer_settings settings;
	const uint16_t ports[] = {7000, 7001, 7002};

	layer_settings_init(&settings);
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_VXLAN, ports, 3), 0);
	EXPECT_EQ(layer_settings_layer(&settings, 1, 4789), 0u);
	EXPECT_EQ(layer_settings_layer(&settings, 1, 7001), layer_settings_layer(usual_layers(), 1, 4789));
	EXPECT_NE(layer_settings_layer(&settings, 1, 2152), 0u) << "the others stay";
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_VXLAN, ports, 0), 0);
	EXPECT_EQ(layer_settings_layer(&settings, 1, 7001), 0u) << "none at all";
	EXPECT_EQ(settings.depth, PACKET_TUNNEL_MAX);
}

/* What is refused changes nothing. */
TEST(LayerSettings, Refused)
{
	layer_settings settings, before;
	const uint16_t taken[] = {7000, 2152}, twice[] = {7000, 7000};
	uint16_t many[LAYER_PORTS_MAX];

	for (unsigned i = 0; i < LAYER_PORTS_MAX; i++)
		many[i] = (uint16_t)(10000 + i);
	layer_settings_init(&settings);
	before = settings;
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_GENEVE, taken, 2), -EEXIST);
	EXPECT_EQ(memcmp(&settings, &before, sizeof(settings)), 0);
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_GENEVE, many, LAYER_PORTS_MAX), -ENOSPC);
	EXPECT_EQ(memcmp(&settings, &before, sizeof(settings)), 0);
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_GENEVE, twice, 2), 0);
	EXPECT_EQ(settings.n, before.n) << "the same port twice is one";
	EXPECT_EQ(layer_settings_set_ports(&settings, LAYER_PORT_GENEVE, many,
	                                   LAYER_PORTS_MAX - before.n + 1),
	          0)
		<< "as many as there is room for";
	EXPECT_EQ(settings.n, LAYER_PORTS_MAX);
}

TEST(LayerSettings, Keys)
{
	std::vector<std::string> keys;

	for (unsigned kind = 0; kind < LAYER_N_PORT_KINDS; kind++)
		keys.push_back(layer_settings_key((enum layer_port_kind)kind));
	EXPECT_EQ(keys[LAYER_PORT_VXLAN], "vxlan-ports");
	std::sort(keys.begin(), keys.end());
	EXPECT_EQ(std::unique(keys.begin(), keys.end()), keys.end());
	for (const std::string &key : keys)
		EXPECT_EQ(key.substr(key.size() - 6), "-ports");
}

} // namespace
