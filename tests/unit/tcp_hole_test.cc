// SPDX-License-Identifier: BSD-3-Clause
// The list of holes by itself: opened, filled in any order, cut in two, covered by ACKs.

#include <gtest/gtest.h>

#include <string>

#include "tcp_step.h"

namespace
{

struct Holes {
	tcp_end end = {}, peer = {};
	tcp_claim claim = {};

	Holes() { peer.flags = TCP_END_ACK; }

	static tcp_segment
	segment(uint32_t seq, uint16_t id = 0, uint32_t at_us = 0)
	{
		tcp_segment seg = {};

		seg.seq = seq;
		seg.id = id;
		seg.at_us = at_us;
		return seg;
	}

	void
	open(uint32_t from, uint32_t to, uint16_t id = 0, uint32_t at_us = 0)
	{
		tcp_segment seg = segment(to, id, at_us);

		tcp_hole_open(&end, &claim, &peer, from, &seg);
	}

	unsigned
	fill(uint32_t from, uint32_t to, uint16_t id = 0, uint32_t at_us = 0)
	{
		tcp_segment seg = segment(from, id, at_us);

		return tcp_hole_fill(&end, &claim, from, to, &seg);
	}

	bool
	ack(uint32_t number, uint32_t length = 0)
	{
		tcp_segment seg = segment(0);
		bool covers;

		seg.ack = number;
		seg.length = length;
		covers = tcp_hole_acked(&end, &claim, &peer, &seg);
		if ((int32_t)(number - peer.rcv_nxt) > 0)
			peer.rcv_nxt = number;
		return covers;
	}

	std::string
	text() const
	{
		std::string all;

		for (unsigned i = 0; i < claim.n_holes; i++)
			all += "[" + std::to_string(claim.holes[i].from) + "," +
				std::to_string(claim.holes[i].to) + ")";
		return all + ((end.flags & TCP_END_HOLE) ? "" : " closed");
	}
};

TEST(TcpHole, FilledFromAnySide)
{
	Holes h;

	h.open(100, 500);
	EXPECT_EQ(h.fill(0, 100), TCP_HOLE_NOT);
	EXPECT_EQ(h.fill(100, 200), (unsigned)(TCP_HOLE_PARTLY | TCP_HOLE_WHOLLY));
	EXPECT_EQ(h.fill(400, 500) & TCP_HOLE_WHOLLY, (unsigned)TCP_HOLE_WHOLLY);
	EXPECT_EQ(h.text(), "[200,400)");
	EXPECT_EQ(h.fill(250, 300) & TCP_HOLE_WHOLLY, (unsigned)TCP_HOLE_WHOLLY);
	EXPECT_EQ(h.text(), "[200,250)[300,400)");
	EXPECT_EQ(h.fill(150, 500), (unsigned)TCP_HOLE_PARTLY) << "more than the holes";
	EXPECT_EQ(h.text(), " closed");
}

TEST(TcpHole, TheOldestGivesWay)
{
	Holes h;

	for (uint32_t i = 0; i < TCP_HOLES + 2; i++)
		h.open(i * 100, i * 100 + 50);
	EXPECT_EQ(h.claim.n_holes, (unsigned)TCP_HOLES);
	EXPECT_EQ(h.fill(0, 50), TCP_HOLE_NOT);
	EXPECT_EQ(h.fill(200, 250) & TCP_HOLE_WHOLLY, (unsigned)TCP_HOLE_WHOLLY);
	/* No room for two halves: it stays whole. */
	h.open(2000, 2100);
	EXPECT_NE(h.fill(2040, 2060), TCP_HOLE_NOT);
	EXPECT_EQ(h.claim.holes[TCP_HOLES - 1].to, 2100u);
}

TEST(TcpHole, RepeatedOrLate)
{
	struct {
		uint16_t behind, fills;
		uint32_t us;
		int acks;
		bool repeated;
	} cases[] = {
		{ 10, 11, 0, 0, true },       { 10, 9, 0, 3, false },    { 65530, 3, 0, 0, true },
		{ 3, 65530, 9000, 9, false }, { 10, 9000, 0, 0, false }, { 10, 9000, 9000, 0, true },
		{ 0, 0, 2999, 2, false },     { 0, 0, 3000, 0, true },   { 0, 0, 0, 3, true },
		{ 10, 10, 0, 0, false },
	};

	for (const auto &one : cases) {
		Holes h;

		h.open(100, 200, one.behind, 5000);
		for (int i = 0; i < one.acks; i++)
			h.ack(100);
		EXPECT_EQ(!!(h.fill(100, 200, one.fills, 5000 + one.us) & TCP_HOLE_AGAIN), one.repeated)
			<< one.behind << " " << one.fills << " " << one.us << " " << one.acks;
	}
}

TEST(TcpHole, WhatIsHeardWasNotLostBefore)
{
	Holes h;
	tcp_segment seg = Holes::segment(0);

	seg.ack = 200;
	tcp_hole_open_heard(&h.end, &h.claim, &h.peer, 100, &seg);
	EXPECT_EQ(h.fill(100, 200, 0, 900000), (unsigned)(TCP_HOLE_PARTLY | TCP_HOLE_WHOLLY));
}

TEST(TcpHole, CoveredByAnAck)
{
	Holes h;

	h.open(100, 200);
	h.open(300, 400);
	h.end.snd_nxt = 500;
	EXPECT_FALSE(h.ack(100));
	EXPECT_FALSE(h.ack(150)) << "a part";
	EXPECT_TRUE(h.ack(250));
	EXPECT_EQ(h.text(), "[300,400)");
	EXPECT_FALSE(h.ack(250)) << "no news";
	EXPECT_TRUE(h.ack(500));
	EXPECT_EQ(h.text(), " closed");
}

/* Where the claim is lost, the first old bytes fill what there was. */
TEST(TcpHole, LostClaim)
{
	Holes h;

	h.open(100, 200);
	h.claim = tcp_claim{};
	EXPECT_EQ(h.fill(120, 130), (unsigned)TCP_HOLE_WHOLLY);
	EXPECT_EQ(h.text(), " closed");
}

TEST(TcpHole, ItsLastNumber)
{
	Holes h;

	h.open(100, 102);
	EXPECT_FALSE(tcp_hole_take_last(&h.end, &h.claim, 100));
	EXPECT_TRUE(tcp_hole_take_last(&h.end, &h.claim, 101));
	EXPECT_EQ(h.text(), "[100,101)");
	EXPECT_TRUE(tcp_hole_take_last(&h.end, &h.claim, 100));
	EXPECT_EQ(h.text(), " closed");
}

} // namespace
