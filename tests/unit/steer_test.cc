// SPDX-License-Identifier: BSD-3-Clause
// Several workers behind a NIC that sees outer headers only, and behind a receive core: whatever the
// order, all packets of a flow arrive at one of them, tunnels and fragments too.

#include <map>
#include <memory>
#include <random>
#include <set>

#include <rte_mbuf.h>

#include "mbufs.h"
#include "steer.h"
#include "tunnels.h"

namespace
{

using namespace support;

const unsigned WORKERS = 4;
const uint64_t START = 1000000000;

/* An IPv4 packet between hosts by number. */
Bytes
ip_of(uint8_t protocol, const Bytes &payload, uint32_t src, uint32_t dst, uint16_t frag = 0,
      uint16_t id = 0)
{
	Bytes ip = ip4(protocol, payload, {.frag = frag});

	put16(ip, 4, id);
	put16(ip, 14, src);
	put16(ip, 16, 0x0a01);
	put16(ip, 18, dst);
	return ip;
}

/* The same in two pieces. */
std::vector<Bytes>
pieces_of(uint8_t protocol, const Bytes &payload, uint32_t src, uint32_t dst, uint16_t id)
{
	size_t half = payload.size() / 2 & ~7u;

	return {ip_of(protocol, Bytes(payload.begin(), payload.begin() + (long)half), src, dst, 0x2000, id),
	        ip_of(protocol, Bytes(payload.begin() + (long)half, payload.end()), src, dst,
	              (uint16_t)(half / 8), id)};
}

Bytes
vxlan(const Bytes &ip, uint32_t src, uint32_t dst, uint16_t port)
{
	return ip_of(17, datagram(4789, Bytes{8, 0, 0, 0, 0, 0, 9, 0} + frame_of(ip), port), src, dst);
}

Bytes
gtp_u(const Bytes &ip, uint32_t src, uint32_t dst, uint32_t teid)
{
	return ip_of(17, datagram(2152, gtp(0x30, 255, ip, teid), 2152), src, dst);
}

/*
 * Connection number i: both directions, each in a wrapping of its own between two others, whole and
 * in pieces.
 */
std::vector<Bytes>
connection(unsigned i)
{
	const uint16_t port = (uint16_t)(20000 + i), id = (uint16_t)(2 * i + 1);
	const uint32_t host = i * 7919 % 30011; // no hash cancels it against the port
	const Bytes there = tcp({.src = port, .dst = 443, .payload = 400}), back = tcp({.src = 443, .dst = port, .payload = 600});
	std::vector<Bytes> all;

	auto wrap = [&](const Bytes &ip, bool is_back) {
		unsigned kind = i % 5;

		if (kind == 1)
			all.push_back(vxlan(ip, 7 + is_back, 9 + i % 7 + is_back, (uint16_t)(50000 + i + 77 * is_back)));
		else if (kind == 2)
			all.push_back(gtp_u(ip, 100 + is_back, 200 + i % 7 + is_back, i + 1000 * is_back));
		else if (kind == 3) // the tunnel's packet is in pieces
			for (const Bytes &piece : pieces_of(17, datagram(4789, Bytes{8, 0, 0, 0, 0, 0, 9, 0} + frame_of(ip),
			                                                 (uint16_t)(50000 + i)), 300 + is_back, 400, id))
				all.push_back(piece);
		else
			all.push_back(ip);
	};
	wrap(ip_of(6, there, host, 1000), false);
	wrap(ip_of(6, back, 1000, host), true);
	if (i % 5 == 3)
		return all; // no pieces within pieces
	for (const Bytes &piece : pieces_of(6, there, host, 1000, id))
		wrap(piece, false);
	for (const Bytes &piece : pieces_of(6, back, 1000, host, (uint16_t)(id + 1)))
		wrap(piece, true);
	return all;
}

class Steer : public ::testing::Test
{
protected:
	struct Core {
		struct steer steer;
		dpdk_handover_counters counters = {};
		dpdk_handover_counters *of[WORKERS];
		std::unique_ptr<fragment_table, decltype(&fragment_table_destroy)> fragments{
			fragment_table_create(), fragment_table_destroy};
		std::vector<rte_mbuf *> queue;
		unsigned arrived = 0;
	};

	Steer()
	    : cores(WORKERS + 1)
	{
		dpdk_rss_learn(&rss, 31);
		rss.reta_size = 128;
		for (unsigned i = 0; i < rss.reta_size; i++)
			rss.queue[i] = (uint16_t)(i % WORKERS);
		for (unsigned i = 0; i < PACKET_BURST_MAX; i++)
			packets[i].path = &paths[i], given[i].path = &given_paths[i];
	}

	void
	SetUp() override
	{
		ASSERT_NE(mbufs(), nullptr);
		free_before = rte_mempool_avail_count(mbufs());
	}

	/* The last core is the receive core. */
	void
	start(bool by_rss)
	{
		is_rss = by_rss;
		memset(&rings, 0, sizeof(rings));
		ASSERT_EQ(dpdk_handover_init(&rings, WORKERS, by_rss), 0);
		for (unsigned w = 0; w <= WORKERS; w++) {
			ASSERT_EQ(steer_init(&cores[w].steer, WORKERS, w, by_rss ? &rss : nullptr), 0);
			dpdk_handover_share(&cores[w].steer.handover, &rings);
			for (auto &of : cores[w].of)
				of = &cores[w].counters;
		}
	}

	void
	TearDown() override
	{
		dpdk_handover_fini(&rings);
		for (Core &core : cores)
			steer_fini(&core.steer);
		EXPECT_EQ(rte_mempool_avail_count(mbufs()), free_before) << "every mbuf went back";
	}

	/* As a NIC that knows IP, TCP and UDP gives packets to queues; what is a fragment goes to the first. */
	unsigned
	queue_of(const Bytes &ip)
	{
		packet pk = {};

		if (!is_rss)
			return WORKERS;
		if ((ip[6] & 0x3f) != 0 || ip[7] != 0)
			return fragments_anywhere ? (unsigned)random() % WORKERS : 0;
		memcpy(&pk.src[1], &ip[12], 4);
		memcpy(&pk.dst[1], &ip[16], 4);
		pk.src_port = (uint16_t)(ip[20] << 8 | ip[21]);
		pk.dst_port = (uint16_t)(ip[22] << 8 | ip[23]);
		return rss.queue[dpdk_rss_hash(&rss, &pk) & (rss.reta_size - 1)];
	}

	void
	receive(const Bytes &ip)
	{
		const Bytes frame = frame_of(ip);
		rte_mbuf *mbuf = rte_pktmbuf_alloc(mbufs());

		ASSERT_NE(mbuf, nullptr);
		memcpy(rte_pktmbuf_append(mbuf, (uint16_t)frame.size()), frame.data(), frame.size());
		mbuf->port = 0;
		mbuf->hash.rss = (uint32_t)random(); // what a NIC leaves there
		cores[queue_of(ip)].queue.push_back(mbuf);
	}

	/* Packets that stay with a worker go into its fragments, and each is noted by its flow. */
	void
	arrive(unsigned w, unsigned n)
	{
		unsigned taken = 0;

		do
			note(w, fragment_burst(cores[w].fragments.get(), packets, n, &taken, given));
		while (taken < n || fragment_is_ready(cores[w].fragments.get()));
	}

	void
	note(unsigned w, unsigned n)
	{
		cores[w].arrived += n;
		for (unsigned i = 0; i < n; i++) {
			const packet &pk = given[i];

			if (pk.verdict != PACKET_TRACKED)
				continue;
			flows[std::max(pk.src_port, pk.dst_port)].insert(w);
			payload[{pk.src_port, pk.dst_port}] += pk.payload_bytes;
		}
	}

	unsigned
	decode()
	{
		static const dpdk_cuts none = {};

		dpdk_receive_packets(&burst, &none, packets, now);
		return decode_burst(usual_layers(), packets, burst.n);
	}

	/* A turn of a core: its ring, then so many packets of its queue. */
	bool
	turn(unsigned w, size_t most)
	{
		Core &core = cores[w];
		now += 10;
		size_t n = std::min({most, core.queue.size(), (size_t)PACKET_BURST_MAX});
		bool moved = n > 0;

		if (w < WORKERS && dpdk_receive_ring(&burst, rings.rings[w]) > 0) {
			unsigned found = decode(), stay = burst.n;

			if (is_rss && (found & DECODE_FRAGMENTS))
				stay = steer_ring(&core.steer, &burst, packets, now, core.of);
			dpdk_receive_release(&burst);
			arrive(w, stay);
			moved = true;
		}
		std::copy_n(core.queue.begin(), n, burst.mbufs);
		core.queue.erase(core.queue.begin(), core.queue.begin() + (long)n);
		burst.n = (unsigned)n;
		unsigned found = decode();
		unsigned stay = steer_burst(&core.steer, &burst, packets, found, now, core.of);
		dpdk_receive_release(&burst);
		if (w < WORKERS)
			arrive(w, stay);
		return moved;
	}

	void
	run()
	{
		bool moved = true;

		while (moved) {
			moved = false;
			for (unsigned w = 0; w <= WORKERS; w++)
				moved |= turn(w, 1 + random() % PACKET_BURST_MAX);
		}
	}

	uint64_t
	sum(uint64_t fragment_counters::*which) const
	{
		uint64_t n = 0;

		for (const Core &core : cores)
			n += core.fragments->counters.*which;
		return n;
	}

	dpdk_rss rss;
	dpdk_handover rings;
	std::vector<Core> cores;
	bool is_rss = false, fragments_anywhere = false;
	dpdk_burst burst;
	packet packets[PACKET_BURST_MAX] = {}, given[PACKET_BURST_MAX] = {};
	packet_path paths[PACKET_BURST_MAX], given_paths[PACKET_BURST_MAX];
	uint64_t now = START;
	unsigned free_before = 0;
	std::mt19937 random{20260102};
	std::map<uint16_t, std::set<unsigned>> flows;
	std::map<std::pair<uint16_t, uint16_t>, uint64_t> payload;
};

/* Shuffled, so that the later piece comes first as often as not. */
class SteerBy : public Steer, public ::testing::WithParamInterface<int>
{
};

TEST_P(SteerBy, EveryFlowArrivesAtOneWorker)
{
	const unsigned connections = 600;
	std::vector<Bytes> all;
	unsigned busy = 0;

	start(GetParam() > 0);
	fragments_anywhere = GetParam() > 1;
	for (unsigned i = 0; i < connections; i++)
		for (const Bytes &ip : connection(i))
			all.push_back(ip);
	for (size_t at = 0; at + 40 <= all.size(); at += 20)
		std::shuffle(all.begin() + (long)at, all.begin() + (long)at + 40, random);
	for (size_t i = 0; i < all.size(); i++) {
		receive(all[i]);
		if (i % 100 == 99)
			run();
	}
	run();
	ASSERT_EQ(flows.size(), connections);
	for (const auto &[port, workers] : flows)
		EXPECT_EQ(workers.size(), 1u) << port;
	for (unsigned i = 0; i < connections; i++) {
		const uint16_t port = (uint16_t)(20000 + i);
		const unsigned times = i % 5 == 3 ? 1 : 2;

		EXPECT_EQ((payload[{port, 443}]), 400u * times) << i;
		EXPECT_EQ((payload[{443, port}]), 600u * times) << i;
	}
	EXPECT_EQ(sum(&fragment_counters::orphans), 0u);
	EXPECT_EQ(sum(&fragment_counters::overlaps), 0u);
	EXPECT_EQ(sum(&fragment_counters::followed), 2u * connections * 4 / 5);
	EXPECT_EQ(sum(&fragment_counters::inner), 2u * connections / 5);
	for (unsigned w = 0; w < WORKERS; w++)
		busy += cores[w].arrived > all.size() / WORKERS / 3;
	EXPECT_EQ(busy, WORKERS) << "all of them have work";
}

/* Without its first a later fragment goes on after half a second, or for want of room; none is lost. */
TEST_P(SteerBy, HeldAndLetGo)
{
	const unsigned many = 5 * STEER_HELD_MAX;
	unsigned held = 0, all = 0;

	start(GetParam() > 0);
	for (unsigned i = 0; i < many; i++)
		receive(pieces_of(17, udp(400), 5, 6, (uint16_t)i)[1]);
	run();
	for (const Core &core : cores) {
		EXPECT_LE(core.steer.n_held, (unsigned)STEER_HELD_MAX);
		held += core.steer.n_held;
		all += core.arrived + core.fragments->n_waiting;
	}
	EXPECT_GT(held, 0u);
	EXPECT_EQ(all + held, many);
	now += 500001;
	for (Core &core : cores)
		steer_expire(&core.steer, now, core.of);
	run();
	all = 0;
	for (const Core &core : cores) {
		EXPECT_EQ(core.steer.n_held, 0u);
		all += core.arrived + core.fragments->n_waiting;
	}
	EXPECT_EQ(all, many);
}

std::string
name_of(const ::testing::TestParamInfo<int> &info)
{
	static const char *const names[] = {"ReceiveCore", "Rss", "RssThatSpreadsFragments"};

	return names[info.param];
}

INSTANTIATE_TEST_SUITE_P(By, SteerBy, ::testing::Values(0, 1, 2), name_of);

/* What the NIC put where it belongs stays: plain packets are not handed on. */
TEST_F(Steer, PlainPacketsStay)
{
	start(true);
	for (unsigned i = 0; i < 400; i++)
		receive(ip_of(6, tcp({.src = (uint16_t)(20000 + i)}), i * 7919 % 30011, 1000));
	run();
	for (unsigned w = 0; w < WORKERS; w++) {
		EXPECT_EQ(cores[w].counters.handed, 0u);
		EXPECT_GT(cores[w].arrived, 0u);
	}
}

} // namespace
