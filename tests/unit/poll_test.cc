// SPDX-License-Identifier: BSD-3-Clause
// Poll loops leave ports out and take them again: what a call changes, and that nobody polls a port that is closed.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "poll.h"

namespace
{

class Poll : public testing::Test
{
protected:
	std::vector<unsigned>
	owners()
	{
		std::vector<unsigned> of;

		for (unsigned i = 0; i < poll->n; i++)
			of.push_back(poll->queues[i].owner);
		return of;
	}

	using Owners = std::vector<unsigned>;

	std::unique_ptr<struct poll> poll = std::make_unique<struct poll>();
	struct poll_order order = {};
};

TEST_F(Poll, NothingBeforeTheFirstCall)
{
	poll_give(poll.get(), 7, 0, 0);
	EXPECT_FALSE(poll_is_called(poll.get(), &order));
	EXPECT_EQ(poll->n, 0u);
	poll_call(&order);
	EXPECT_TRUE(poll_is_called(poll.get(), &order));
	EXPECT_FALSE(poll_has_taken(poll.get(), &order));
	poll_take(poll.get(), &order);
	EXPECT_FALSE(poll_is_called(poll.get(), &order));
	EXPECT_TRUE(poll_has_taken(poll.get(), &order));
	EXPECT_EQ(owners(), Owners{ 0 });
}

TEST_F(Poll, LeavesOutAndTakesAgain)
{
	for (unsigned owner = 0; owner < 32; owner += 31)
		for (uint16_t queue = 0; queue < 2; queue++)
			poll_give(poll.get(), static_cast<uint16_t>(owner), queue, owner);
	poll_leave_out(&order, 31);
	poll_take(poll.get(), &order);
	EXPECT_EQ(owners(), (Owners{ 0, 0 }));
	poll_leave_out(&order, 0);
	EXPECT_EQ(owners(), (Owners{ 0, 0 })) << "until it obeys";
	poll_take(poll.get(), &order);
	EXPECT_EQ(owners(), Owners());
	poll_renumber(poll.get(), 31, 5);
	poll_let_in(&order, 31);
	poll_take(poll.get(), &order);
	EXPECT_EQ(owners(), (Owners{ 31, 31 }));
	EXPECT_EQ(poll->queues[1].port, 5);
	EXPECT_EQ(poll->queues[1].queue, 1);
	poll_let_in(&order, 0);
	poll_take(poll.get(), &order);
	EXPECT_EQ(owners(), (Owners{ 0, 0, 31, 31 }));
}

/*
 * A port opened and closed thousands of times under a loop: each time with another number,
 * and a number is polled only while it is open.
 */
TEST_F(Poll, NobodyPollsAPortThatIsClosed)
{
	std::vector<std::atomic<bool>> open(65536);
	std::atomic<bool> over = false;
	uint64_t polled = 0, wrong = 0;

	open[0] = open[60000] = true;
	poll_give(poll.get(), 0, 0, 0);
	poll_give(poll.get(), 60000, 0, 1);
	poll_call(&order);
	std::thread loop([&] {
		while (!over) {
			if (poll_is_called(poll.get(), &order))
				poll_take(poll.get(), &order);
			for (unsigned i = 0; i < poll->n; i++, polled++)
				wrong += !open[poll->queues[i].port];
		}
	});
	for (uint16_t number = 1; number < 2000; number++) {
		poll_leave_out(&order, 0);
		while (!poll_has_taken(poll.get(), &order))
			std::this_thread::yield();
		open[number - 1] = false;
		poll_renumber(poll.get(), 0, number);
		open[number] = true;
		poll_let_in(&order, 0);
	}
	over = true;
	loop.join();
	EXPECT_EQ(wrong, 0u);
	EXPECT_GT(polled, 0u);
}

} // namespace
