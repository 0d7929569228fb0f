/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows from a query into a sink: how many, and what the sink is told at the end. */
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "query_sink.h"

namespace {

/* Gives the numbers 1 to n, then `last`. */
struct Numbers {
	struct query query = {}; /* first: it is what is asked */
	uint32_t n = 5, given = 0;
	int last = 0;
	unsigned asked = 0, asked_for = 0;
	bool was_zeroed = true;

	static int rows(struct query *base, void *to, unsigned max)
	{
		Numbers *self = reinterpret_cast<Numbers *>(base);
		uint32_t *numbers = static_cast<uint32_t *>(to);
		unsigned n = 0;

		self->asked++;
		self->asked_for = max;
		for (unsigned i = 0; i < max; i++)
			self->was_zeroed = self->was_zeroed && numbers[i] == 0;
		while (n < max && self->given < self->n)
			numbers[n++] = ++self->given;
		return n > 0 ? static_cast<int>(n) : self->last;
	}
	Numbers()
	{
		static const struct query_ops ops = { nullptr, rows, nullptr };

		query.ops = &ops;
	}
};

struct Sink {
	unsigned room = 100;
	std::vector<uint32_t> taken;
	unsigned calls = 0, ends = 0;
	int status = 1;
	bool has_why = false;
	std::string why;

	struct query_sink sink()
	{
		return { this, get_room, take, end };
	}
	static unsigned get_room(void *ctx) { return static_cast<Sink *>(ctx)->room; }
	static void take(void *ctx, const void *rows, unsigned n)
	{
		Sink *self = static_cast<Sink *>(ctx);
		const uint32_t *numbers = static_cast<const uint32_t *>(rows);

		EXPECT_GE(n, 1u);
		EXPECT_LE(n, self->room);
		self->calls++;
		self->taken.insert(self->taken.end(), numbers, numbers + n);
	}
	static void end(void *ctx, int status, const char *why)
	{
		Sink *self = static_cast<Sink *>(ctx);

		self->ends++;
		self->status = status;
		self->has_why = why != nullptr;
		self->why = why ? why : "";
	}
};

class QuerySink : public ::testing::Test {
protected:
	int turn(unsigned max = 4)
	{
		const struct query_sink to = sink.sink();

		memset(scratch, 0xa5, sizeof(scratch));
		return query_turn(&numbers.query, &to, scratch, max, sizeof(scratch[0]));
	}

	Numbers numbers;
	Sink sink;
	uint32_t scratch[16];
};

TEST_F(QuerySink, NoMoreThanTheScratchHolds)
{
	EXPECT_EQ(turn(4), -EAGAIN);
	EXPECT_EQ(numbers.asked_for, 4u);
	EXPECT_EQ(turn(4), -EAGAIN);
	EXPECT_EQ(sink.calls, 2u);
	EXPECT_EQ(sink.ends, 0u);
	EXPECT_EQ(turn(4), 0);
	EXPECT_EQ(sink.taken, (std::vector<uint32_t>{ 1, 2, 3, 4, 5 }));
	EXPECT_EQ(sink.calls, 2u) << "never with no row";
	EXPECT_EQ(sink.ends, 1u);
	EXPECT_EQ(sink.status, 0);
	EXPECT_FALSE(sink.has_why);
	EXPECT_TRUE(numbers.was_zeroed) << "rows are given zeroed";
}

TEST_F(QuerySink, NoRoom)
{
	sink.room = 0;
	for (int i = 0; i < 3; i++)
		EXPECT_EQ(turn(), -EAGAIN);
	EXPECT_EQ(numbers.asked, 0u) << "the query waits for its sink";
	EXPECT_EQ(sink.calls + sink.ends, 0u);
}

TEST_F(QuerySink, RoomForOne)
{
	sink.room = 1;
	for (uint32_t n = 1; n <= 5; n++) {
		EXPECT_EQ(turn(), -EAGAIN);
		EXPECT_EQ(numbers.asked_for, 1u);
		EXPECT_EQ(sink.taken.back(), n);
	}
	EXPECT_EQ(turn(), 0);
	EXPECT_EQ(sink.taken.size(), 5u);
}

TEST_F(QuerySink, AnEndWithAnError)
{
	numbers.n = 0;
	numbers.last = -EIO;
	EXPECT_EQ(turn(), 0);
	EXPECT_EQ(sink.ends, 1u);
	EXPECT_EQ(sink.status, -EIO);
	EXPECT_FALSE(sink.has_why) << "the query does not say it better";
	numbers.query.why = "the disk is gone";
	EXPECT_EQ(turn(), 0);
	EXPECT_EQ(sink.why, "the disk is gone");
	/* What it said of an error is no part of an end that is well. */
	numbers.last = 0;
	EXPECT_EQ(turn(), 0);
	EXPECT_EQ(sink.status, 0);
	EXPECT_FALSE(sink.has_why);
	EXPECT_EQ(sink.calls, 0u);
}

TEST_F(QuerySink, NothingInThisTurn)
{
	numbers.n = 0;
	numbers.last = -EAGAIN;
	EXPECT_EQ(turn(), -EAGAIN);
	numbers.last = -EINPROGRESS;
	EXPECT_EQ(turn(), -EINPROGRESS);
	EXPECT_EQ(sink.calls + sink.ends, 0u);
	numbers.n = 2;
	EXPECT_EQ(turn(), -EAGAIN);
	EXPECT_EQ(sink.taken.size(), 2u);
}

} // namespace
