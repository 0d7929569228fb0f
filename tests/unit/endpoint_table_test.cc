// SPDX-License-Identifier: BSD-3-Clause
// The table of sockets by itself: who is found, who gives way to whom.

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "endpoint_copy.h"

namespace
{

constexpr uint64_t SEC = 1000000;

/* A table with a secret of its own. */
class Sockets
{
public:
	explicit Sockets(uint32_t capacity)
	{
		EXPECT_EQ(flow_hash_secret_init(&secret), 0);
		EXPECT_EQ(endpoint_table_init(&table, capacity, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
	}
	~Sockets() { endpoint_table_fini(&table); }

	flow_key
	key(uint32_t n) const
	{
		return {{0, n + UINT64_C(1) * 0x0a000000}, {0, 0}, UINT64_C(80) << 48 | 6 << 1};
	}

	/* Returns whether there was room. */
	bool
	see(uint32_t n, endpoint_rank rank, uint64_t now_us)
	{
		return see(n, rank, endpoint_span{now_us, now_us});
	}

	bool
	see(uint32_t n, endpoint_rank rank, endpoint_span span)
	{
		flow_key k = key(n);
		uint32_t number = endpoint_table_take(&table, &k, flow_hash(&secret, &k), rank, span);

		if (number == ENDPOINT_NONE)
			return false;
		base_seq_write_end(&table.records[number].seq);
		return true;
	}

	bool
	has(uint32_t n) const
	{
		flow_key k = key(n);
		uint32_t number = endpoint_table_find(&table, &k, flow_hash(&secret, &k));
		endpoint_copy as = {}, copy;

		as.record.addr[1] = k.a_addr[1];
		as.record.name = k.rest;
		as.vlan = PACKET_NO_VLAN;
		bool copied = endpoint_copy_find(&table, &as, flow_hash(&secret, &k), &copy);

		EXPECT_EQ(number != ENDPOINT_NONE, copied) << "worker and reader agree";
		return copied;
	}

	/* As the reader has it; its name is 0 where there is none. */
	endpoint
	record(uint32_t n) const
	{
		flow_key k = key(n);
		uint32_t number = endpoint_table_find(&table, &k, flow_hash(&secret, &k));
		endpoint_copy copy = {};

		if (number != ENDPOINT_NONE)
			endpoint_copy_take(&table, number, &copy);
		return copy.record;
	}

	uint32_t
	set_of(uint32_t n) const
	{
		flow_key k = key(n);

		return endpoint_set_of(&table, flow_hash(&secret, &k));
	}

	/* The first `count` numbers from `from` on that belong to the set of `n`. */
	std::vector<uint32_t>
	mates(uint32_t n, size_t count, uint32_t from) const
	{
		std::vector<uint32_t> found;

		for (uint32_t i = from; found.size() < count; i++)
			if (set_of(i) == set_of(n))
				found.push_back(i);
		return found;
	}

	flow_hash_secret secret;
	endpoint_table table;
};

TEST(TrackSocket, CapacityIsAPowerOfTwo)
{
	endpoint_table table;

	for (uint32_t capacity : {0u, 1u, 32u, 65u, 96u, 65535u, 1u << 25})
		EXPECT_EQ(endpoint_table_init(&table, capacity, MEM_PAGES_LAZY, MEM_NODE_ANY), -EINVAL)
			<< capacity;
	ASSERT_EQ(endpoint_table_init(&table, 65536, MEM_PAGES_LAZY, MEM_NODE_ANY), 0);
	EXPECT_EQ(endpoint_table_capacity(&table), 65536u);
	EXPECT_LE(table.region.bytes, 65536u * (72 + 256) + (2u << 20)) << "rounded up to a hugepage";
	endpoint_table_fini(&table);
}

TEST(TrackSocket, WhatIsSeenIsFound)
{
	Sockets sockets(4096);

	for (uint32_t n = 0; n < 1000; n++)
		EXPECT_TRUE(sockets.see(n, ENDPOINT_PROVEN, SEC));
	EXPECT_EQ(sockets.table.live + sockets.table.replaced, 1000u);
	uint32_t found = 0;
	for (uint32_t n = 0; n < 1000; n++)
		found += sockets.has(n);
	EXPECT_EQ(found, sockets.table.live) << "a set of eight may overflow, but rarely";
	EXPECT_GE(found, 990u);
	EXPECT_FALSE(sockets.has(1000));
}

TEST(TrackSocket, SeenAgainIsTheSameRecord)
{
	Sockets sockets(64);

	EXPECT_TRUE(sockets.see(7, ENDPOINT_SILENT, 3 * SEC));
	EXPECT_TRUE(sockets.see(7, ENDPOINT_SILENT, 9 * SEC));
	EXPECT_EQ(sockets.table.live, 1u);
	endpoint copy = sockets.record(7);
	EXPECT_NE(copy.name, 0u);
	EXPECT_EQ((uint64_t)copy.first_us, 3 * SEC);
	EXPECT_EQ((uint64_t)copy.last_us, 9 * SEC);
}

/* Port, protocol, family and domain each make another socket. */
TEST(TrackSocket, EveryPartOfTheNameCounts)
{
	Sockets sockets(64);
	std::set<uint32_t> numbers;

	for (uint64_t bit : {UINT64_C(0), UINT64_C(1) << 48, UINT64_C(1) << 63, UINT64_C(1) << 8,
	                     UINT64_C(1) << 4, UINT64_C(1)}) {
		flow_key k = sockets.key(1);

		k.rest ^= bit;
		uint32_t number = endpoint_table_take(&sockets.table, &k, flow_hash(&sockets.secret, &k),
		                                     ENDPOINT_PROVEN, {SEC, SEC});
		ASSERT_NE(number, ENDPOINT_NONE);
		base_seq_write_end(&sockets.table.records[number].seq);
		EXPECT_TRUE(numbers.insert(number).second);
	}
}

/* A flow is forgotten long after it was seen, so spans come in any order. */
TEST(TrackSocket, SpansWidenWhateverTheirOrder)
{
	Sockets sockets(64);
	const endpoint_span spans[] = {{50 * SEC, 60 * SEC}, {40 * SEC, 45 * SEC}, {55 * SEC, 58 * SEC}};

	for (const endpoint_span &span : spans)
		EXPECT_TRUE(sockets.see(1, ENDPOINT_SILENT, span));
	endpoint copy = sockets.record(1);
	EXPECT_NE(copy.name, 0u);
	EXPECT_EQ(copy.first_us, 40 * SEC);
	EXPECT_EQ(copy.last_us, 60 * SEC);
}

/* Spans of the past between others give a flood of silent ones no second turn. */
TEST(TrackSocket, ThePastBeginsNoNewTurn)
{
	Sockets sockets(64);
	uint32_t n = 0, room = 0;

	EXPECT_TRUE(sockets.see(n++, ENDPOINT_SILENT, 100 * SEC));
	for (; n < 1000; n++)
		room += sockets.see(n, ENDPOINT_SILENT, n % 2 ? 10 * SEC : 100 * SEC);
	EXPECT_EQ(room, endpoint_table_capacity(&sockets.table) - 1);
}

TEST(TrackSocket, TheSilentGiveWayFirstTheOldestOfThem)
{
	Sockets sockets(1024);
	std::vector<uint32_t> mates = sockets.mates(0, 10, 1);

	/* Two silent ones in the middle; the shown and the proven are older. */
	for (uint32_t i = 0; i < 8; i++)
		EXPECT_TRUE(sockets.see(mates[i],
		                        i == 3 || i == 5 ? ENDPOINT_SILENT
		                        : i % 2          ? ENDPOINT_SHOWN
		                                         : ENDPOINT_PROVEN,
		                        (100 + 10 * i) * SEC));
	EXPECT_TRUE(sockets.see(mates[8], ENDPOINT_SILENT, 300 * SEC));
	EXPECT_FALSE(sockets.has(mates[3]));
	EXPECT_TRUE(sockets.see(mates[9], ENDPOINT_PROVEN, 300 * SEC));
	EXPECT_FALSE(sockets.has(mates[5]));
	for (uint32_t i : {0, 1, 2, 4, 6, 7, 8, 9})
		EXPECT_TRUE(sockets.has(mates[i])) << i;
	EXPECT_EQ(sockets.table.replaced, 2u);
}

TEST(TrackSocket, OnlyTheProvenReplaceTheProven)
{
	Sockets sockets(1024);
	std::vector<uint32_t> mates = sockets.mates(0, 11, 1);

	for (uint32_t i = 0; i < 8; i++)
		EXPECT_TRUE(sockets.see(mates[i], ENDPOINT_PROVEN, (100 - 10 * i) * SEC));
	EXPECT_FALSE(sockets.see(mates[8], ENDPOINT_SILENT, 200 * SEC));
	EXPECT_FALSE(sockets.see(mates[9], ENDPOINT_SHOWN, 200 * SEC));
	EXPECT_EQ(sockets.table.passed_over, 2u);
	EXPECT_TRUE(sockets.see(mates[0], ENDPOINT_SILENT, 200 * SEC)) << "it has a record";
	EXPECT_TRUE(sockets.see(mates[10], ENDPOINT_PROVEN, 200 * SEC));
	EXPECT_FALSE(sockets.has(mates[7])) << "the longest not seen";
	EXPECT_EQ(sockets.table.live, 8u);
}

TEST(TrackSocket, ARankIsRaisedAndNeverLowered)
{
	Sockets sockets(1024);
	std::vector<uint32_t> mates = sockets.mates(0, 9, 1);

	for (uint32_t i = 0; i < 8; i++)
		EXPECT_TRUE(sockets.see(mates[i], ENDPOINT_SILENT, SEC));
	for (uint32_t i = 0; i < 8; i++)
		EXPECT_TRUE(sockets.see(mates[i], ENDPOINT_PROVEN, 2 * SEC));
	for (uint32_t i = 0; i < 8; i++)
		EXPECT_TRUE(sockets.see(mates[i], ENDPOINT_SILENT, 3 * SEC));
	EXPECT_FALSE(sockets.see(mates[8], ENDPOINT_SHOWN, 4 * SEC));
}

/* However many silent ones there are: what answered stays, and what has no record is not written. */
TEST(TrackSocket, AFloodOfTheSilentPushesNobodyOut)
{
	Sockets sockets(4096);
	uint64_t now_us = SEC;

	for (uint32_t n = 0; n < 1000; n++)
		sockets.see(n, ENDPOINT_PROVEN, now_us);
	std::vector<uint32_t> there;
	for (uint32_t n = 0; n < 1000; n++)
		if (sockets.has(n))
			there.push_back(n);
	for (uint32_t n = 1000; n < 1001000; n++)
		sockets.see(n, ENDPOINT_SILENT, now_us += 20);
	for (uint32_t n : there)
		EXPECT_TRUE(sockets.has(n)) << n;
	EXPECT_EQ(sockets.table.live, 4096u) << "the rest of the room is theirs";
	/* One table's worth a tick, at most: twenty seconds touch twenty-one. */
	EXPECT_LE(sockets.table.replaced, 21 * 4096u);
	EXPECT_GE(sockets.table.passed_over, 1000000u - 22 * 4096u);
}

/* One address and port in networks whose hashes anybody can work out: they are spread all the same. */
TEST(TrackSocket, NetworksChooseNoSet)
{
	Sockets sockets(4096);
	std::set<uint32_t> sets;

	for (uint32_t i = 1; i <= 512; i++)
		sets.insert(endpoint_set_of(&sockets.table, endpoint_hash(0x9876543210fedcba, i << 16)));
	EXPECT_GT(sets.size(), 200u);
	EXPECT_EQ(endpoint_hash(5, 0), 5u);
}

} // namespace
