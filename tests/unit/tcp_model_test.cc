// SPDX-License-Identifier: BSD-3-Clause
/*
 * Random segments against a model: two endpoints (tests/support/model.h), a wire between them that
 * delays, reorders and loses, and the tap in its middle.
 *
 * What the wire can tell, and is compared:
 *   - an end of which every segment has passed the tap, and which has received all that passed
 *     toward it, is in the state that the tap says. On a wire without loss that is whenever none
 *     of these segments is under way; on any wire, when the end and the tap know the same numbers;
 *   - when all is quiet, whatever was lost before, both ends' states, numbers and payload;
 *   - at every step: no byte and no number that was not sent, and no state before its cause.
 * CLOSED and LISTEN are the same: LISTEN is of a socket.
 *
 * A sequence is known by its number alone; the shortest of those that fail is printed as tcpdump
 * would, with both truths beside each segment.
 */

#include <gtest/gtest.h>

#include "tcp_model_sequence.h"

namespace
{

void
play(uint64_t first, uint64_t share, const Wire &wire)
{
	uint64_t failures = 0, worst = 0, passed = 0;
	unsigned shortest = ~0u;

	for (uint64_t n = first; n < first + SEQUENCES * share / 100; n++) {
		Sequence sequence(n, wire, false);

		if (!sequence.run()) {
			failures++;
			if (sequence.segments < shortest) {
				shortest = sequence.segments;
				worst = n;
			}
		}
		passed += sequence.segments;
	}
	EXPECT_GT(passed / (SEQUENCES * share / 100), 10u) << "the sequences are too short to tell";
	if (failures == 0)
		return;
	Sequence again(worst, wire, true);
	again.run();
	ADD_FAILURE() << failures << " sequences fail; the shortest, number " << worst << ", seed "
		      << SEED << ": " << again.failure << "\n" << again.transcript;
}

TEST(TcpModel, NothingIsLostAndAllInOrder)
{
	play(0, 20, Wire{0, 0, 0});
}

TEST(TcpModel, NothingIsLostAndSomeIsLate)
{
	play(1 << 24, 20, Wire{0, 0, 40});
}

TEST(TcpModel, LostBeforeTheTap)
{
	play(2 << 24, 20, Wire{40, 0, 0});
}

TEST(TcpModel, LostBehindTheTap)
{
	play(3 << 24, 20, Wire{0, 40, 0});
}

TEST(TcpModel, LostOnBothSidesAndLate)
{
	play(4 << 24, 20, Wire{24, 24, 24});
}

} // namespace
