// SPDX-License-Identifier: BSD-3-Clause
// Every flow of a full table grows past every width that an entry has, while rows of it are read: each row is
// of one moment, and in the end each sum is exact.

#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "engine.h"

namespace
{

using support::Engine;
using support::Talk;

/* A flow whose both ends send packets of drawn sizes, and what they have come to. */
class Elephant
{
public:
	explicit Elephant(uint32_t n) : talk(n), is_udp_(n % 2), rng_(n)
	{
		for (unsigned end = 0; end < 2; end++)
			like_[end] = is_udp_ ? talk.make(end == 0, PACKET_PROTO_UDP, 0)
			                     : talk.tcp(end == 0, ".", 1, 1, 0);
	}

	std::vector<packet>
	opening()
	{
		if (is_udp_)
			return {};
		for (unsigned end : {0, 1, 0})
			count(end, 0);
		return talk.opening();
	}

	packet
	next(unsigned end, uint32_t size)
	{
		packet pk = like_[end];

		pk.seq += (uint32_t)payload[end];
		pk.ack += (uint32_t)payload[!end];
		pk.payload_bytes = size;
		pk.ip_bytes += size;
		count(end, size);
		return pk;
	}

	/* Mostly what a host sends; one in 200 is a gigabyte. */
	packet
	next(unsigned end)
	{
		return next(end, rng_() % 200 == 0 ? (1u << 30) - rng_() % 1000 : rng_() % 120000);
	}

	/* Its window is closed, or open: trouble, and a packet. */
	packet
	window(unsigned end, uint16_t window)
	{
		packet pk = next(end, 0);

		pk.window = window;
		return pk;
	}

	bool is_udp() const { return is_udp_; }

	Talk talk;
	uint64_t packets[2] = {}, bytes[2] = {}, payload[2] = {};

private:
	void
	count(unsigned end, uint32_t size)
	{
		packets[end]++;
		bytes[end] += (is_udp_ ? 28 : 40) + size;
		payload[end] += size;
	}

	bool is_udp_;
	std::mt19937 rng_;
	packet like_[2];
};

constexpr uint32_t HERD = 128;

/* All of them one after the other, past every width that an entry has. */
void
drive(track *track, std::vector<Elephant> &herd, uint64_t packets)
{
	packet burst[32];

	for (uint64_t i = 0; i < packets; i += 16)
		for (Elephant &elephant : herd) {
			for (unsigned k = 0; k < 32; k++)
				burst[k] = elephant.next(k & 1);
			for (packet &pk : burst)
				pk.time_us = track_now_us(track);
			support::burst(track, burst, 32);
		}
}

/* What holds at every moment of both kinds of flow. */
void
expect_whole(const report_row &row)
{
	const uint64_t header = row.proto == PACKET_PROTO_UDP ? 28 : 40;

	for (const report_end *end : {&row.client, &row.server})
		ASSERT_EQ(end->bytes, end->packets * header + end->payload) << "a row of two moments";
}

TEST(EntryCount, EveryFlowOfAFullTableIsExact)
{
	Engine engine(HERD, [](track_config &config) { config.settings.duplicate_window_us = 0; });
	std::vector<Elephant> herd;
	std::atomic<bool> done{false};
	uint64_t rows = 0;

	engine.verified = false;
	for (uint32_t n = 0; n < HERD; n++)
		herd.emplace_back(n);
	for (Elephant &elephant : herd) {
		engine.send_each(elephant.opening());
		for (unsigned i = 0; !elephant.is_udp() && i < 20; i++)
			engine.send_each({elephant.window(i & 1, 0), elephant.window(i & 1, 1000)});
	}
	EXPECT_EQ(engine->trouble.taken, 64u) << "the pool is empty before anything is large";
	std::thread worker([&] {
		drive(engine.get(), herd, 66000);
		done = true;
	});
	while (!done) {
		snapshot_clock clock = {engine.now_us, 0, nullptr};
		report_row found[HERD];
		uint32_t next = 0;
		unsigned n = support::snapshot_rows(engine.get(), &clock, SNAPSHOT_ALL, &next, UINT32_MAX,
		                                    found, HERD);

		for (unsigned i = 0; i < n; i++)
			expect_whole(found[i]);
		rows += n;
	}
	worker.join();
	EXPECT_GT(rows, HERD);
	EXPECT_EQ(engine->table->live, HERD) << "the table is full";
	for (const Elephant &elephant : herd) {
		report_row row = engine.full(elephant.talk).row;
		const report_end *ends[2] = {&row.client, &row.server};

		for (unsigned end = 0; end < 2; end++) {
			EXPECT_GT(elephant.packets[end], 65536u);
			EXPECT_GT(elephant.payload[end], UINT64_C(1) << 37);
			EXPECT_EQ(ends[end]->packets, elephant.packets[end]);
			EXPECT_EQ(ends[end]->bytes, elephant.bytes[end]);
			EXPECT_EQ(ends[end]->payload, elephant.payload[end]);
		}
	}
}

} // namespace
