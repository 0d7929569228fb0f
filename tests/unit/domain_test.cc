// SPDX-License-Identifier: BSD-3-Clause
// Domains and paths: what names a network, what is shared, held, freed, and what a full table does.

#include <cstring>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "domain.h"

namespace
{

constexpr uint64_t A = 0x01020304, B = 0x05060708;

packet_tunnel
step(packet_tunnel_kind kind, uint32_t id, uint64_t src = A, uint64_t dst = B)
{
	packet_tunnel made = {};

	made.src[1] = src;
	made.dst[1] = dst;
	made.id = id;
	made.kind = (uint8_t)kind;
	made.version = 4;
	made.has_id = kind != PACKET_TUNNEL_IPIP;
	return made;
}

/* A packet in these tunnels, outermost first. */
struct Wrapped {
	packet pk = {};
	packet_path path = {};

	Wrapped(std::vector<packet_tunnel> steps, uint16_t vlan = PACKET_NO_VLAN)
	{
		pk.vlan = vlan;
		pk.tunnels = (uint8_t)(steps.size() & 15);
		for (size_t i = 0; i < steps.size(); i++)
			path.level[i] = steps[i];
		pk.path = &path;
	}
	Wrapped(const Wrapped &) = delete;
};

class Domain : public testing::Test
{
protected:
	Domain() { EXPECT_EQ(domain_table_init(&table, MEM_PAGES_LAZY, MEM_NODE_ANY), 0); }
	~Domain() override { domain_table_fini(&table); }

	uint32_t of(const Wrapped &w) { return domain_of_packet(&table, &identity, &w.pk); }
	uint16_t hold(const Wrapped &w) { return domain_path_hold(&table, &w.pk, 0); }

	std::vector<packet_tunnel>
	read(uint16_t path)
	{
		packet_tunnel steps[PACKET_TUNNEL_MAX];
		unsigned n = domain_path_read(&table, path, steps);

		return {steps, steps + n};
	}

	domain_table table = {};
	domain_identity identity = {false, true, 0, {}};
};

TEST_F(Domain, OnlyIdsThatNameANetworkCount)
{
	for (int kind = 0; kind < PACKET_N_TUNNELS; kind++) {
		Wrapped one({step((packet_tunnel_kind)kind, 7)}), other({step((packet_tunnel_kind)kind, 8)});
		bool names = packet_tunnel_names_network((packet_tunnel_kind)kind);

		EXPECT_EQ(of(one) != DOMAIN_NONE, names) << packet_tunnel_name((packet_tunnel_kind)kind);
		EXPECT_EQ(of(one) != of(other), names);
	}
	EXPECT_TRUE(packet_tunnel_names_network(PACKET_TUNNEL_VXLAN));
	EXPECT_TRUE(packet_tunnel_names_network(PACKET_TUNNEL_GENEVE));
	EXPECT_TRUE(packet_tunnel_names_network(PACKET_TUNNEL_NVGRE));
	EXPECT_FALSE(packet_tunnel_names_network(PACKET_TUNNEL_GTP));
	EXPECT_FALSE(packet_tunnel_names_network(PACKET_TUNNEL_GRE));
}

/* Both directions have other ends and ports outside, and one network. */
TEST_F(Domain, EndsOfTheTunnelDoNotCount)
{
	Wrapped there({step(PACKET_TUNNEL_VXLAN, 7, A, B)}), back({step(PACKET_TUNNEL_VXLAN, 7, B, A)});
	Wrapped gtp({step(PACKET_TUNNEL_GTP, 9), step(PACKET_TUNNEL_VXLAN, 7, 1, 2)});

	EXPECT_EQ(of(there), of(back));
	EXPECT_EQ(of(there), of(gtp)) << "a TEID names nothing";
	EXPECT_NE(of(there), of(Wrapped({step(PACKET_TUNNEL_GENEVE, 7)}))) << "the kind counts";
}

TEST_F(Domain, NetworksInNetworks)
{
	Wrapped both({step(PACKET_TUNNEL_VXLAN, 1), step(PACKET_TUNNEL_VXLAN, 2)});
	Wrapped turned({step(PACKET_TUNNEL_VXLAN, 2), step(PACKET_TUNNEL_VXLAN, 1)});
	Wrapped inner({step(PACKET_TUNNEL_VXLAN, 2)});

	EXPECT_NE(of(both), of(turned));
	EXPECT_NE(of(both), of(inner));
}

TEST_F(Domain, VlansByConfiguration)
{
	Wrapped plain({}), vlan({}, 12), none({step(PACKET_TUNNEL_VXLAN, 7)}), wrapped({step(PACKET_TUNNEL_VXLAN, 7)}, 12);

	EXPECT_EQ(of(plain), DOMAIN_NONE);
	EXPECT_EQ(of(vlan), DOMAIN_NONE);
	EXPECT_EQ(of(none), of(wrapped));
	identity.vlan = true;
	EXPECT_EQ(of(plain), DOMAIN_NONE);
	EXPECT_EQ(of(vlan), DOMAIN_VLAN(12));
	EXPECT_NE(of(none), of(wrapped));
	identity.tunnel = false;
	EXPECT_EQ(of(none), DOMAIN_NONE);
	EXPECT_EQ(of(wrapped), DOMAIN_VLAN(12));
}

/* Two sessions of a mirror that end at the appliance are no networks; one between others is. */
TEST_F(Domain, TunnelsThatEndAtTheMirror)
{
	Wrapped mirror({step(PACKET_TUNNEL_VXLAN, 1, A, B)}), other({step(PACKET_TUNNEL_VXLAN, 2, A, B)});
	Wrapped tenant({step(PACKET_TUNNEL_VXLAN, 1, A, B), step(PACKET_TUNNEL_VXLAN, 9, B, A)});

	EXPECT_NE(of(mirror), of(other));
	memcpy(identity.mirror[0].addr, &B, 4);
	identity.mirror[0].len = 32;
	identity.mirror[0].version = 4;
	identity.n_mirrors = 1;
	EXPECT_EQ(of(mirror), DOMAIN_NONE);
	EXPECT_EQ(of(other), DOMAIN_NONE);
	EXPECT_EQ(of(tenant), of(Wrapped({step(PACKET_TUNNEL_VXLAN, 9, B, A)})));
	identity.mirror[0].version = 6;
	EXPECT_NE(of(mirror), DOMAIN_NONE) << "another family";
}

TEST_F(Domain, PathsAreReadAsTheyWere)
{
	std::vector<packet_tunnel> steps = {step(PACKET_TUNNEL_IPIP, 0), step(PACKET_TUNNEL_GTP, 5, B, A),
	                                    step(PACKET_TUNNEL_GENEVE, 6)};
	Wrapped wrapped(steps, 100), plain({}), tagged({}, 0x0fff);
	uint16_t path = hold(wrapped);
	std::vector<packet_tunnel> got = read(path);

	ASSERT_EQ(got.size(), 3u);
	for (size_t i = 0; i < 3; i++)
		EXPECT_EQ(memcmp(&got[i], &steps[i], sizeof(got[i])), 0) << i;
	EXPECT_EQ(domain_path_vlan(&table, path), 100);
	EXPECT_EQ(domain_path_back(&table, path), 0);
	EXPECT_EQ(hold(plain), 0);
	EXPECT_TRUE(read(0).empty());
	EXPECT_EQ(domain_path_vlan(&table, 0), PACKET_NO_VLAN);
	EXPECT_EQ(domain_path_vlan(&table, hold(tagged)), 0x0fff);
	EXPECT_TRUE(read(hold(tagged)).empty());
}

TEST_F(Domain, FlowsShareTheirPath)
{
	Wrapped one({step(PACKET_TUNNEL_GTP, 5)}), same({step(PACKET_TUNNEL_GTP, 5)}), other({step(PACKET_TUNNEL_GTP, 6)});

	EXPECT_EQ(hold(one), hold(same));
	EXPECT_NE(hold(one), hold(other));
	EXPECT_EQ(table.live, 2u);
}

TEST_F(Domain, DirectionsShareTheirPath)
{
	Wrapped there({step(PACKET_TUNNEL_GTP, 5, A, B)}), back({step(PACKET_TUNNEL_GTP, 5, B, A)});
	uint16_t path = domain_path_hold(&table, &back.pk, 1);

	EXPECT_EQ(path, hold(there));
	EXPECT_EQ(read(path)[0].src[1], A) << "as endpoint a sends";
	EXPECT_NE(path, hold(back));
}

/* The first packet of the flow was that of b: what a sends comes first all the same. */
TEST_F(Domain, JoinedPathsBeginWithThatOfA)
{
	Wrapped of_b({step(PACKET_TUNNEL_VXLAN, 2)}), of_a({step(PACKET_TUNNEL_VXLAN, 1)});
	uint16_t path = domain_path_hold(&table, &of_b.pk, 1);
	uint16_t joined = domain_path_join(&table, path, &of_a.pk, 0, of(of_a));

	ASSERT_NE(joined, 0);
	EXPECT_EQ(read(joined)[0].id, 1u);
	EXPECT_EQ(domain_path_back(&table, joined), path);
	EXPECT_EQ(domain_path_joined(&table, joined), of(of_a));
	domain_drop(&table, joined);
	EXPECT_EQ(table.records[joined].inside, 0u);
	EXPECT_EQ(table.records[path].inside, 1u) << "by the record of the joined ones";
}

TEST_F(Domain, JoinedPathsHoldBoth)
{
	Wrapped there({step(PACKET_TUNNEL_VXLAN, 1)}), back({step(PACKET_TUNNEL_VXLAN, 2)});
	uint32_t domain = of(back);
	uint16_t path = hold(there);
	uint16_t joined = domain_path_join(&table, path, &back.pk, 1, domain);

	ASSERT_NE(joined, 0);
	EXPECT_EQ(domain_path_joined(&table, joined), domain);
	EXPECT_EQ(domain_path_joined(&table, path), DOMAIN_NONE);
	ASSERT_EQ(read(joined).size(), 1u);
	EXPECT_EQ(read(joined)[0].id, 1u);
	EXPECT_EQ(read(domain_path_back(&table, joined))[0].id, 2u);
	/* A second flow of the same two shares it, and the last one lets everything go. */
	EXPECT_EQ(domain_path_join(&table, hold(there), &back.pk, 1, domain), joined);
	domain_drop(&table, joined);
	domain_drop(&table, joined);
	EXPECT_EQ(table.records[joined].inside, 0u);
	EXPECT_EQ(table.records[path].inside, 1u) << "by the record of the joined ones";
}

/* What is held stays, and what nobody holds gives way, but not while a packet may be under way. */
TEST_F(Domain, FullTable)
{
	std::set<uint32_t> held;
	uint32_t id = 0;

	for (uint32_t number; (number = of(Wrapped({step(PACKET_TUNNEL_VXLAN, ++id)}))) != DOMAIN_FULL;) {
		ASSERT_TRUE(held.insert(number).second) << "two networks with one number";
		domain_hold(&table, number);
	}
	EXPECT_EQ(held.size(), DOMAIN_RECORDS - DOMAIN_VLAN_MAX - 1);
	EXPECT_EQ(table.refused, 1u);
	EXPECT_EQ(of(Wrapped({step(PACKET_TUNNEL_VXLAN, 1)})), *held.begin()) << "known ones go on";
	EXPECT_EQ(hold(Wrapped({step(PACKET_TUNNEL_GTP, 1)}, 5)), DOMAIN_VLAN(5)) << "as much as there is room for";
	domain_drop(&table, *held.begin());
	EXPECT_EQ(of(Wrapped({step(PACKET_TUNNEL_VXLAN, id + 1)})), DOMAIN_FULL) << "too early";
	for (unsigned i = 0; i < 70000; i++)
		domain_next_burst(&table);
	uint32_t number = DOMAIN_FULL;
	for (unsigned i = 0; i < 2000 && number == DOMAIN_FULL; i++) /* a bounded search each time */
		number = of(Wrapped({step(PACKET_TUNNEL_VXLAN, id + 1)}));
	EXPECT_EQ(number, *held.begin());
}

/* A random life: whatever is held is read back as it was. */
TEST_F(Domain, RandomLives)
{
	uint32_t state = 1;
	std::vector<std::pair<uint16_t, std::vector<packet_tunnel>>> live;
	const auto random = [&state](uint32_t n) {
		state = state * 1664525 + 1013904223;
		return (state >> 8) % n;
	};

	for (unsigned i = 0; i < 200000; i++) {
		domain_next_burst(&table);
		if (live.size() > 3000 || (random(2) && !live.empty())) {
			size_t at = random((uint32_t)live.size());
			std::vector<packet_tunnel> got = read(live[at].first);

			ASSERT_EQ(got.size(), live[at].second.size());
			ASSERT_EQ(memcmp(got.data(), live[at].second.data(), got.size() * sizeof(got[0])), 0);
			domain_drop(&table, live[at].first);
			live[at] = live.back();
			live.pop_back();
			continue;
		}
		std::vector<packet_tunnel> steps;
		for (unsigned n = 1 + random(4); n > 0; n--)
			steps.push_back(step((packet_tunnel_kind)random(PACKET_N_TUNNELS), random(100000)));
		Wrapped wrapped(steps);
		uint16_t path = hold(wrapped);
		if (read(path).size() == steps.size())
			live.push_back({path, steps});
		else
			domain_drop(&table, path);
	}
	EXPECT_GT(table.live, live.size());
}

/*
 * Steps that differ in the highest bits alone: where a hash only multiplies, such a difference stays
 * where it is whatever the secret, and a second one takes it away.
 */
TEST_F(Domain, NobodyChoosesBuckets)
{
	const unsigned n = 1000;
	unsigned met = 0;

	auto bucket = [this](const packet_tunnel &made) {
		std::vector<uint32_t> before(table.buckets, table.buckets + DOMAIN_RECORDS);

		hold(Wrapped({made}));
		for (uint32_t b = 0; b < DOMAIN_RECORDS; b++)
			if (table.buckets[b] != before[b])
				return b;
		return (uint32_t)DOMAIN_RECORDS;
	};
	for (unsigned i = 0; i < n; i++) {
		packet_tunnel one = step(PACKET_TUNNEL_GTP, i), other = one;

		other.id ^= 0x80000000u;
		other.src[0] ^= UINT64_C(1) << 63 | UINT64_C(1) << 34;
		met += bucket(one) == bucket(other);
	}
	EXPECT_LT(met, 10u);
}

} // namespace
