/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "filter_key.h"

namespace {

TEST(FilterKey, Orders)
{
	struct filter_order order;

	ASSERT_EQ(filter_order_parse(&order, "bytes", FILTER_KEY_SORTS_ROWS, nullptr), 0);
	EXPECT_EQ(order.n, 1u);
	EXPECT_EQ(order.keys[0].descending, 0);
	ASSERT_EQ(filter_order_parse(&order, "-Bytes,idle:desc,client:asc,-id:desc",
	                             FILTER_KEY_SORTS_ROWS, nullptr), 0);
	ASSERT_EQ(order.n, 4u);
	EXPECT_STREQ(order.keys[0].word->name, "bytes");
	EXPECT_EQ(order.keys[0].descending, 1);
	EXPECT_STREQ(order.keys[1].word->name, "idle");
	EXPECT_EQ(order.keys[1].descending, 1);
	EXPECT_EQ(order.keys[2].descending, 0);
	EXPECT_EQ(order.keys[3].descending, 1);
	EXPECT_EQ(filter_order_needs(&order),
	          static_cast<unsigned>(FILTER_PART_COUNTERS | FILTER_PART_TIMES | FILTER_PART_KEY |
	                                FILTER_PART_ORIGIN));
	ASSERT_EQ(filter_order_parse(&order, "count,-bytes", FILTER_KEY_SORTS_GROUPS, nullptr), 0);
	ASSERT_EQ(filter_order_parse(&order, "-retransmitted,state,opened", FILTER_KEY_SORTS_ROWS, nullptr), 0);
	EXPECT_EQ(filter_order_needs(&order), static_cast<unsigned>(FILTER_PART_MORE | FILTER_PART_STATES |
	                                                            FILTER_PART_TIMES));
}

TEST(FilterKey, Groupings)
{
	struct filter_grouping grouping;

	ASSERT_EQ(filter_grouping_parse(&grouping, "server,server-port,state,client-net/24", nullptr), 0);
	ASSERT_EQ(grouping.n, 4u);
	EXPECT_EQ(grouping.keys[0].word->groups, REPORT_GROUP_SERVER);
	EXPECT_EQ(grouping.keys[0].len[0], 32);
	EXPECT_EQ(grouping.keys[0].len[1], 128);
	EXPECT_EQ(grouping.keys[1].word->groups, REPORT_GROUP_SERVER_PORT);
	EXPECT_EQ(grouping.keys[2].word->groups, REPORT_GROUP_STATE);
	EXPECT_EQ(grouping.keys[3].word->groups, REPORT_GROUP_CLIENT);
	EXPECT_EQ(grouping.keys[3].len[0], 24);
	EXPECT_EQ(grouping.keys[3].len[1], 24);
	ASSERT_EQ(filter_grouping_parse(&grouping, "client/64", nullptr), 0);
	EXPECT_EQ(grouping.keys[0].len[0], 32);
	EXPECT_EQ(grouping.keys[0].len[1], 64);
	for (const char *one : { "client", "server", "client-port", "server-port", "client.port",
	                         "server.port", "port", "state", "client.state", "server.state", "proto",
	                         "vlan", "worker", "end", "closed-by", "server-net/0" })
		EXPECT_EQ(filter_grouping_parse(&grouping, one, nullptr), 0) << one;
}

void
expect_error(int result, const struct filter_error &error, unsigned column, const char *part)
{
	EXPECT_EQ(result, -EINVAL) << part;
	EXPECT_EQ(error.offset + 1, column) << error.text;
	EXPECT_EQ(std::string(error.text).find("column " + std::to_string(column) + ": expected "), 0u)
	    << error.text;
	EXPECT_NE(std::string(error.text).find(part), std::string::npos) << error.text;
}

TEST(FilterKey, Mistakes)
{
	struct filter_grouping grouping;
	struct filter_order order;
	struct filter_error error;
	const struct {
		const char *text;
		enum filter_key_use use;
		unsigned column;
		const char *part;
	} orders[] = {
		{ "", FILTER_KEY_SORTS_ROWS, 1, "a field to sort by" },
		{ "foo", FILTER_KEY_SORTS_ROWS, 1, "not 'foo'" },
		{ "bytes,", FILTER_KEY_SORTS_ROWS, 7, "a field to sort by" },
		{ "bytes,-foo\x01", FILTER_KEY_SORTS_ROWS, 7, "not '-foo?'" },
		{ "bytes:up", FILTER_KEY_SORTS_ROWS, 1, "not 'bytes:up'" },
		{ "count", FILTER_KEY_SORTS_ROWS, 1, "a field to sort by" },
		{ "client-net/24", FILTER_KEY_SORTS_ROWS, 1, "a field to sort by" },
		{ "id,id,id,id,id", FILTER_KEY_SORTS_ROWS, 13, "at most four" },
		{ "count,idle", FILTER_KEY_SORTS_GROUPS, 7, "count, packets, bytes or payload" },
	};
	const struct {
		const char *text;
		unsigned column;
		const char *part;
	} groupings[] = {
		{ "", 1, "a field to group by" },
		{ "server,bytes", 8, "not 'bytes'" },
		{ "client-net", 1, "a length after it" },
		{ "client-net/", 1, "a length of 0 to 128 bits" },
		{ "server,client/129", 8, "a length of 0 to 128 bits" },
		{ "state/8", 1, "no length here" },
		{ "vlan,vlan,vlan,vlan,vlan", 21, "at most four" },
	};

	for (const auto &one : orders)
		expect_error(filter_order_parse(&order, one.text, one.use, &error), error, one.column, one.part);
	for (const auto &one : groupings)
		expect_error(filter_grouping_parse(&grouping, one.text, &error), error, one.column, one.part);
	EXPECT_EQ(filter_order_parse(&order, "foo", FILTER_KEY_SORTS_ROWS, nullptr), -EINVAL);
}

} // namespace
