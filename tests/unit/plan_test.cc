// SPDX-License-Identifier: BSD-3-Clause
// What a machine needs: workers by rate and by flows, and the memory that a start would take.

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "conf_key.h"
#include "dpdk_pool.h"
#include "endpoint_table.h"
#include "plan.h"

namespace
{

class Plan : public ::testing::Test {
protected:
	void SetUp() override { conf_init(&conf); }

	/* Works it out, and says how that went. */
	int make(const char *rate, const char *flows)
	{
		int error = plan_parse(&ask, rate, flows);

		return error != 0 ? error : plan_make(&plan, &ask, &conf);
	}

	std::string print()
	{
		char *text = nullptr;
		size_t size = 0;
		FILE *out = open_memstream(&text, &size);

		plan_print(out, &plan, &ask, &conf);
		fclose(out);
		std::string printed(text, size);
		free(text);
		return printed;
	}

	void add(struct conf_list *list, const char *item)
	{
		snprintf(list->item[list->count++], sizeof(list->item[0]), "%s", item);
	}

	struct conf conf;
	plan_ask ask = {};
	struct plan plan = {};
};

/* Each count of workers is the fewest: one flow or packet a second less, or one worker less. */
TEST_F(Plan, TheFewestWorkersThatTakeRateAndFlows)
{
	const struct {
		const char *rate, *flows;
		unsigned workers;
	} cases[] = {
	    {"1", "1024", 1},         {"4900000", "1M", 1},         {"4900001", "1M", 2},
	    {"14.7M", "10M", 3},      {"14.7M", "12582912", 3},     {"14.7M", "12582913", 4},
	    {"1", "16777215", 1},     {"1", "16777216", 2},         {"3.55M", "16M", 1},
	    {"3550001", "16M", 2},    {"313.6M", "1M", 64},         {"1", "1073741760", 64},
	};

	for (const auto &one : cases) {
		ASSERT_EQ(make(one.rate, one.flows), 0) << one.rate << " " << one.flows;
		EXPECT_EQ(plan.workers, one.workers) << one.rate << " " << one.flows;
	}
	conf.workers = 5;
	ASSERT_EQ(make("1", "1M"), 0);
	EXPECT_EQ(plan.workers, 5u) << "the configuration wants them";
}

TEST_F(Plan, WhatNoDaemonCouldDoIsRefused)
{
	for (auto &one : {std::pair("313600001", "1M"), std::pair("25G", "1M"), std::pair("1", "1073741761"),
	                  std::pair("1", "1023"), std::pair("1", "0"), std::pair("1", "-5"),
	                  std::pair("1", "1.5M"), std::pair("1", "many"), std::pair("1", ""),
	                  std::pair("1", (const char *)nullptr), std::pair("x", "1M")})
		EXPECT_EQ(make(one.first, one.second), -EINVAL) << one.first;
}

/* By the functions of a start: pools of each source, tables, what reports are left. */
TEST_F(Plan, MemoryIsThatOfAStart)
{
	struct dpdk_pool_plan pool;
	memory_need need;

	add(&conf.sources.interface, "eth1");
	add(&conf.sources.vdev, "net_null0");
	ASSERT_EQ(make("9M", "4M"), 0);
	ASSERT_EQ(plan.workers, 2u);
	ASSERT_EQ(dpdk_pool_plan(&pool, nullptr, 2), 0);
	conf.workers = 2;
	conf.flows = 4000000;
	memory_need_of(&need, &conf, 2 * dpdk_pool_bytes(&pool));
	EXPECT_EQ(plan.need.packets_bytes, need.packets_bytes);
	EXPECT_EQ(plan.need.tables_bytes, need.tables_bytes);
	EXPECT_EQ(plan.need.control_bytes, need.control_bytes);
	EXPECT_EQ(plan.need.tables_bytes,
	          memory_tables(4000000, 2, endpoint_table_round(conf.listeners)));
}

TEST_F(Plan, ACaptureThatCannotBeReadIsNoUsage)
{
	add(&conf.sources.vdev, "net_pcap0,rx_pcap=/nosuch,infinite_rx=1");
	EXPECT_EQ(make("1M", "1M"), -EIO);
}

/* Who stands between port and workers follows from the sources. */
TEST_F(Plan, TheReceiveCore)
{
	ASSERT_EQ(make("1M", "1M"), 0);
	EXPECT_EQ(print().find("receive"), std::string::npos) << "one worker polls by itself";
	ASSERT_EQ(make("9M", "1M"), 0);
	EXPECT_NE(print().find("1 receive core, unless the NIC has symmetric RSS"), std::string::npos);
	EXPECT_EQ(print().find("it must be one NIC"), std::string::npos);
	ASSERT_EQ(make("9950001", "1M"), 0);
	EXPECT_NE(print().find("it must be one NIC with symmetric RSS"), std::string::npos);
	add(&conf.sources.pci, "0000:03:00.0");
	add(&conf.sources.pci, "0000:03:00.1");
	ASSERT_EQ(make("9M", "1M"), 0);
	EXPECT_NE(print().find("1 receive core, for directions may come by two ports"), std::string::npos);
	conf_init(&conf);
	add(&conf.sources.interface, "eth1");
	ASSERT_EQ(make("9M", "1M"), 0);
	EXPECT_NE(print().find("1 receive core, for the port has one queue"), std::string::npos);
	EXPECT_NE(print().find("a kernel interface takes about 1 million"), std::string::npos);
	ASSERT_EQ(make("1M", "1M"), 0);
	EXPECT_EQ(print().find("a kernel interface takes"), std::string::npos);
}

TEST_F(Plan, HugepagesAndNone)
{
	ASSERT_EQ(make("1M", "1M"), 0);
	EXPECT_NE(print().find("vm.nr_hugepages=" + std::to_string(memory_hugepages(&plan.need)) + "\n"),
	          std::string::npos);
	EXPECT_GE(memory_hugepages(&plan.need) * 2 << 20, plan.need.packets_bytes + plan.need.tables_bytes);
	conf.no_huge = 1;
	EXPECT_EQ(print().find("nr_hugepages"), std::string::npos);
	EXPECT_NE(print().find("Hugepages: none"), std::string::npos);
}

} // namespace
