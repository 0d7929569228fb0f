// SPDX-License-Identifier: BSD-3-Clause
// The last SYN of each end: what identification and time say of the next one, and which SYN waits.

#include <memory>

#include <gtest/gtest.h>

#include "engine.h"
#include "entry_syn.h"

namespace
{

using support::MS;
using support::SEC;

constexpr uint32_t WINDOW = 5 * MS;

struct EntrySyn : testing::Test {
	std::unique_ptr<entry_syns> syns{new entry_syns()};

	/* A SYN of end `dir`, in a flow that has been in its states since `since_us`. */
	unsigned
	see(uint16_t id, uint64_t now_us, unsigned dir = 0, uint32_t number = 7, uint64_t since_us = 0)
	{
		const entry_syn_time time = {now_us, since_us, WINDOW};

		return entry_syn_see(syns.get(), number, dir, id, &time);
	}
};

TEST_F(EntrySyn, AnotherIdentificationIsAnotherPacket)
{
	see(100, SEC);
	EXPECT_EQ(see(101, SEC + 10), (unsigned)(TCP_SYN_REPEATED | TCP_SYN_SOON));
	EXPECT_EQ(see(102, 3 * SEC), (unsigned)TCP_SYN_REPEATED);
	/* One of the two has none. */
	EXPECT_EQ(see(0, 3 * SEC + 1), (unsigned)(TCP_SYN_REPEATED | TCP_SYN_SOON));
	EXPECT_EQ(see(103, 3 * SEC + 2), (unsigned)(TCP_SYN_REPEATED | TCP_SYN_SOON));
}

TEST_F(EntrySyn, TheSameIdentificationIsTheSamePacket)
{
	see(100, SEC);
	EXPECT_EQ(see(100, SEC + 50), (unsigned)(TCP_SYN_SOON | TCP_SYN_COPIED));
	EXPECT_EQ(see(100, SEC + 50 + WINDOW), (unsigned)(TCP_SYN_SOON | TCP_SYN_COPIED));
	EXPECT_EQ(see(100, SEC + 51 + 2 * WINDOW), (unsigned)TCP_SYN_SOON);
	EXPECT_EQ(see(100, 9 * SEC), 0u) << "however late";
}

/* Hosts wait a second; half of it is time enough for the ways to differ. */
TEST_F(EntrySyn, WithoutIdentificationTheTimeDecides)
{
	see(0, SEC);
	EXPECT_EQ(see(0, SEC + 50), (unsigned)TCP_SYN_SOON);
	EXPECT_EQ(see(0, SEC + 50 + 499999), (unsigned)TCP_SYN_SOON);
	EXPECT_EQ(see(0, SEC + 50 + 499999 + 500000), (unsigned)TCP_SYN_REPEATED);
}

/* The time is cut: over its wrap, and over an hour. */
TEST_F(EntrySyn, TimesThatWrap)
{
	const uint64_t wrap = UINT64_C(1) << 32;

	see(0, wrap - 100);
	EXPECT_EQ(see(0, wrap + 100), (unsigned)TCP_SYN_SOON);
	EXPECT_EQ(see(0, wrap + 3600 * SEC), (unsigned)TCP_SYN_REPEATED);
}

TEST_F(EntrySyn, EachEndHasItsOwn)
{
	see(100, SEC, 0);
	EXPECT_EQ(see(100, SEC + 10, 1, 7, SEC), (unsigned)TCP_SYN_SOON) << "its first";
	EXPECT_EQ(see(100, SEC + 20, 0), (unsigned)(TCP_SYN_SOON | TCP_SYN_COPIED));
	EXPECT_EQ(see(101, SEC + 20, 1), (unsigned)(TCP_SYN_SOON | TCP_SYN_REPEATED));
}

/* Another flow has taken the slot: the time since the flow last changed its state is left. */
TEST_F(EntrySyn, WhereItIsLostTheTimeDecides)
{
	see(100, SEC);
	see(5, SEC + 1, 0, 7 + ENTRY_SYN_SLOTS);
	EXPECT_EQ(see(100, SEC + 400 * MS, 0, 7, SEC), (unsigned)TCP_SYN_SOON);
	see(5, SEC + 1, 0, 7 + ENTRY_SYN_SLOTS);
	EXPECT_EQ(see(100, 2 * SEC, 0, 7, SEC), (unsigned)TCP_SYN_REPEATED);
}

/* The number is given to a new flow, which has sent nothing. */
TEST_F(EntrySyn, ANewFlowBeginsWithoutAny)
{
	packet pk = support::fresh_packet(PACKET_PROTO_TCP);

	see(100, SEC);
	entry_syn_wait(syns.get(), 7, 0, &pk, SEC, 0);
	entry_syn_open(syns.get(), 7);
	EXPECT_EQ(see(100, SEC + 10, 0, 7, SEC), (unsigned)TCP_SYN_SOON);
	pk.ack = pk.seq + 1;
	EXPECT_EQ(entry_syn_answered(syns.get(), 7, 1, &pk), nullptr);
	/* Nothing of another flow is forgotten. */
	entry_syn_open(syns.get(), 7 + ENTRY_SYN_SLOTS);
	EXPECT_EQ(see(100, SEC + 20), (unsigned)(TCP_SYN_SOON | TCP_SYN_COPIED));
}

/* A flow whose first packet is a SYN begins with that one, whatever the number had before. */
TEST_F(EntrySyn, ANewFlowBeginsWithItsSyn)
{
	packet pk = support::fresh_packet(PACKET_PROTO_TCP);

	for (unsigned dir = 0; dir < 2; dir++) {
		see(100, SEC, !dir);
		entry_syn_wait(syns.get(), 7, 0, &pk, SEC, 0);
		entry_syn_open_by(syns.get(), 7, dir, 200, 2 * SEC);
		EXPECT_EQ(see(200, 2 * SEC + 10, dir), (unsigned)(TCP_SYN_SOON | TCP_SYN_COPIED));
		EXPECT_EQ(see(100, 2 * SEC + 10, !dir, 7, 2 * SEC), (unsigned)TCP_SYN_SOON)
		    << "the other end's was the old flow's";
		pk.ack = pk.seq + 1;
		EXPECT_EQ(entry_syn_answered(syns.get(), 7, 1, &pk), nullptr);
	}
}

/* --- that waits ------------------------------------------------------------------------------- */

TEST_F(EntrySyn, AnsweredOnceAndByTheOtherEnd)
{
	packet syn = support::fresh_packet(PACKET_PROTO_TCP), answer = syn;

	syn.seq = UINT32_MAX;
	syn.payload_bytes = 100;
	syn.time_us = 5;
	entry_syn_wait(syns.get(), 7, 1, &syn, 6 * SEC, 4 * SEC);
	for (uint32_t ack : {UINT32_MAX, 101u, 77777u}) {
		answer.ack = ack;
		EXPECT_EQ(entry_syn_answered(syns.get(), 7, 0, &answer), nullptr) << ack;
	}
	answer.ack = 0;
	EXPECT_EQ(entry_syn_answered(syns.get(), 7, 1, &answer), nullptr);
	EXPECT_EQ(entry_syn_answered(syns.get(), 7 + ENTRY_SYN_WAITING, 0, &answer), nullptr);
	const entry_syn_waiting *waiting = entry_syn_answered(syns.get(), 7, 0, &answer);
	ASSERT_NE(waiting, nullptr);
	EXPECT_EQ(waiting->packet.seq, UINT32_MAX);
	EXPECT_EQ(waiting->packet.time_us, 6 * SEC);
	EXPECT_EQ(waiting->before_us, 4 * SEC);
	EXPECT_EQ(waiting->latest_us, 6 * SEC);
	EXPECT_EQ(waiting->times, 1);
	EXPECT_EQ(entry_syn_answered(syns.get(), 7, 0, &answer), nullptr) << "it has been";
	/* With the bytes that came with it (RFC 7413). */
	entry_syn_wait(syns.get(), 7, 1, &syn, 6 * SEC, 4 * SEC);
	answer.ack = 100;
	EXPECT_NE(entry_syn_answered(syns.get(), 7, 0, &answer), nullptr);
}

/* Its sender repeats it: it began when it passed first. */
TEST_F(EntrySyn, RepeatedWhileItWaits)
{
	packet syn = support::fresh_packet(PACKET_PROTO_TCP), answer = syn;

	entry_syn_wait(syns.get(), 7, 1, &syn, 6 * SEC, 4 * SEC);
	entry_syn_wait(syns.get(), 7, 1, &syn, 7 * SEC, 6 * SEC);
	answer.ack = syn.seq + 1;
	const entry_syn_waiting *waiting = entry_syn_answered(syns.get(), 7, 0, &answer);
	ASSERT_NE(waiting, nullptr);
	EXPECT_EQ(waiting->times, 2);
	EXPECT_EQ(waiting->packet.time_us, 6 * SEC);
	EXPECT_EQ(waiting->before_us, 4 * SEC);
	EXPECT_EQ(waiting->latest_us, 7 * SEC);
	/* Another ISN is another SYN. */
	entry_syn_wait(syns.get(), 7, 1, &syn, 6 * SEC, 4 * SEC);
	syn.seq = 77;
	entry_syn_wait(syns.get(), 7, 1, &syn, 8 * SEC, 6 * SEC);
	answer.ack = 78;
	waiting = entry_syn_answered(syns.get(), 7, 0, &answer);
	ASSERT_NE(waiting, nullptr);
	EXPECT_EQ(waiting->times, 1);
	EXPECT_EQ(waiting->before_us, 6 * SEC);
}

} // namespace
