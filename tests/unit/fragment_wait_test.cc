// SPDX-License-Identifier: BSD-3-Clause
// Fragments that wait for their first: who goes on, in what order, and that many do not hold up
// those of others.

#include <random>

#include "fragment_fixture.h"

namespace
{

using FragmentWait = Fragment;

/* All of a flood come out, most at once, and who came before it is still known. */
TEST_F(FragmentWait, AFloodWithoutFirsts)
{
	const unsigned flood = 100000;
	std::vector<Bytes> pieces = cut(false, 17, udp(400), 104, 0xffff);

	send(pieces[0]);
	for (unsigned i = 0; i < flood; i++) {
		Bytes frame = piece4(17, 8 * (1 + i % 100), 104, true, (uint16_t)(i % 0xffff));

		frame[IP + 12] = (uint8_t)(i >> 8);
		add(frame);
		if (n == PACKET_BURST_MAX || i == flood - 1)
			push();
		ASSERT_LE(table->n_waiting, (unsigned)FRAGMENT_WAITING_MAX);
	}
	EXPECT_EQ(out.size() + table->n_waiting, flood + 1);
	EXPECT_EQ(counters().orphans + table->n_waiting, flood);
	EXPECT_EQ(tracked(), 1u);
	send(pieces[1]);
	EXPECT_EQ(out.back().verdict, PACKET_TRACKED);
}

/* The oldest has to go on when the last place is wanted, and no other. */
TEST_F(FragmentWait, WaitingRoomFull)
{
	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++)
		send(piece4(17, 104, 104, false, (uint16_t)(1000 + i)));
	EXPECT_TRUE(out.empty());
	send(piece4(17, 104, 104, false, 2000));
	ASSERT_EQ(out.size(), 1u);
	EXPECT_EQ(out[0].ip_id, 1000);
	EXPECT_EQ(counters().orphans, 1u);
	send(cut(false, 17, udp(200), 104, 1001)[0]);
	send(cut(false, 17, udp(200), 104, 1000)[0]);
	EXPECT_EQ(counters().waited, 1u);
	EXPECT_EQ(tracked(), 3u) << "both firsts, and what followed one of them";
}

/* Whoever has to go on while its first is there goes with it. */
TEST_F(FragmentWait, PushedOutBehindItsFirst)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(200), 104, 500);

	for (unsigned i = 0; i < FRAGMENT_WAITING_MAX; i++)
		send(i == 0 ? pieces[1] : piece4(17, 104, 104, false, (uint16_t)(1000 + i)));
	add(pieces[0]);
	add(piece4(17, 104, 104, false, 2000)); // wants the place of the one that is ready
	push();
	EXPECT_EQ(tracked(), 2u);
	EXPECT_EQ(counters().waited, 1u);
	EXPECT_EQ(counters().orphans, 0u);
	EXPECT_FALSE(fragment_is_ready(table.get()));
}

/* All 255 that can wait, in any order, and their first: all of them by their place in it. */
TEST_F(FragmentWait, ByPieceInWhateverOrder)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(8 * 255), 8);
	std::mt19937 random(1);

	ASSERT_EQ(pieces.size(), FRAGMENT_WAITING_MAX + 0u);
	for (unsigned round = 0; round < 20; round++) {
		forget();
		if (round < 10)
			send(piece4(17, 104, 104, true, 2000)); // whose place is not the first one
		std::shuffle(pieces.begin() + 1, pieces.end(), random);
		for (size_t i = 1; i < pieces.size(); i++)
			send(pieces[i]);
		ASSERT_TRUE(out.empty());
		send(pieces[0]);
		ASSERT_EQ(tracked(), pieces.size());
		for (size_t i = 0; i < out.size(); i++)
			ASSERT_EQ(out[i].piece, i);
		ASSERT_EQ(table->n_waiting, round < 10 ? 1u : 0u);
	}
}

/* Copies wait as others do, and are given to the tracker, which knows them. */
TEST_F(FragmentWait, Copies)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(300), 104);

	for (unsigned i = 0; i < 3; i++) {
		send(pieces[2]);
		send(pieces[1]);
	}
	send(pieces[0]);
	ASSERT_EQ(tracked(), 7u);
	for (size_t i = 1; i < 7; i++)
		EXPECT_EQ(out[i].piece, i < 4 ? 13 : 26);
	EXPECT_EQ(counters().overlaps, 0u);
}

/* A place for each of many datagrams, whose firsts come in another order. */
TEST_F(FragmentWait, EachGoesBehindItsOwn)
{
	std::vector<uint16_t> ids(FRAGMENT_WAITING_MAX);
	std::mt19937 random(2);

	std::iota(ids.begin(), ids.end(), (uint16_t)1);
	for (unsigned round = 0; round < 20; round++) {
		out.clear();
		std::shuffle(ids.begin(), ids.end(), random);
		for (uint16_t id : ids)
			send(cut(false, 17, udp(200), 104, id + 1000 * round)[1]);
		ASSERT_TRUE(out.empty());
		std::shuffle(ids.begin(), ids.end(), random);
		for (uint16_t id : ids) {
			send(cut(false, 17, udp(200), 104, id + 1000 * round)[0]);
			ASSERT_EQ(out.size() % 2, 0u);
			ASSERT_EQ(out.back().ip_id, out[out.size() - 2].ip_id);
		}
		ASSERT_EQ(tracked(), 2 * ids.size());
		ASSERT_EQ(table->n_waiting, 0u);
	}
}

/*
 * First fragments of strangers, whose rest never comes, between the pieces of real datagrams. A set
 * has four places, and a hundred strangers seldom meet in one of 1,024.
 */
TEST_F(FragmentWait, RealOnesBesideAFloodOfFirsts)
{
	const unsigned real = 2000, between = 100;
	unsigned stranger = 0;

	for (unsigned i = 0; i < real; i++) {
		std::vector<Bytes> pieces = cut(false, 17, udp(300), 104, 1 + i);

		if (i % 2)
			std::swap(pieces[0], pieces[1]);
		for (const Bytes &piece : pieces) {
			send(piece);
			for (unsigned j = 0; j < between; j++) {
				Bytes frame = cut(false, 17, udp(200), 104, 7)[0];

				put16(frame, IP + 12, 0x0b00 + (stranger >> 16));
				put16(frame, IP + 14, stranger++ & 0xffff);
				now += j % 2; // two in a microsecond
				send(frame);
			}
		}
		out.clear();
	}
	EXPECT_GE(counters().followed, 2 * real * 999 / 1000);
	EXPECT_LE(table->n_waiting, real / 1000);
}

/* The places of those that are ready are not wanted by anybody before they have gone on. */
TEST_F(FragmentWait, ExpiredWhileOthersAreReady)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(8 * 100), 8);
	unsigned taken = 0;

	send(piece4(17, 104, 104, true, 2000));
	for (size_t i = 1; i < pieces.size(); i++)
		send(pieces[i]);
	add(pieces[0]);
	ASSERT_EQ(fragment_burst(table.get(), packets.data(), n, &taken, given.data()),
	          (unsigned)PACKET_BURST_MAX);
	ASSERT_TRUE(fragment_is_ready(table.get()));
	fragment_expire(table.get(), 0, true);
	n = 0;
	push();
	EXPECT_EQ(out.size(), pieces.size() - PACKET_BURST_MAX + 1);
	EXPECT_EQ(out.back().ip_id, 2000) << "behind those that were ready before";
	EXPECT_EQ(counters().orphans, 1u);
	EXPECT_EQ(table->n_waiting, 0u);
	EXPECT_FALSE(fragment_is_ready(table.get()));
}

} // namespace
