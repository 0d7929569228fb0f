// SPDX-License-Identifier: BSD-3-Clause
// What two samples of top say: rates, hosts, which connection is known.

#include "top_fixture.h"

namespace
{

TEST_F(TopSample, RatesOfConnections)
{
	report_row rows[] = {make_row(1, "10.0.0.1", "10.0.0.9", 1000, 5),
	                     make_row(2, "10.0.0.2", "10.0.0.9", 50, 1)};

	top_sample_add_rows(&begin(TOP_CONNECTIONS), flows.get(), rows, 2);
	finish();
	EXPECT_LT(samples[now].items[0].bits, 0) << "not known yet";
	rows[0].client.bytes += 3000;
	rows[0].server.packets += 6;
	top_sample &sample = begin(TOP_CONNECTIONS);
	top_sample_add_rows(&sample, flows.get(), rows, 2);
	/* Opened since, and of another it is not known what it had. */
	report_row fresh = make_row(3, "10.0.0.3", "10.0.0.9", 400, 4),
	           old = make_row(4, "10.0.0.4", "10.0.0.9", 1 << 30, 9);
	fresh.opened_us = sample.before_us + 1;
	top_sample_add_rows(&sample, flows.get(), &fresh, 1);
	top_sample_add_rows(&sample, flows.get(), &old, 1);
	finish();
	EXPECT_DOUBLE_EQ(sample.items[0].bits, 12000);
	EXPECT_DOUBLE_EQ(sample.items[0].rate, 3);
	EXPECT_DOUBLE_EQ(sample.items[1].bits, 0);
	EXPECT_DOUBLE_EQ(sample.items[2].bits, 1600);
	EXPECT_LT(sample.items[3].bits, 0);
}

/* What a group gets is what its connections get, though others leave it meanwhile. */
TEST_F(TopSample, RatesOfGroups)
{
	report_row row = make_row(1, "10.0.0.1", "10.0.0.9", 5000, 50);
	report_group before[] = {make_group("10.0.0.9", 3, 1000000), make_group("10.0.0.8", 1, 10)};

	top_sample_add_groups(&begin(TOP_GROUPS), before, 2, 0);
	top_sample_add_active(&samples[now], flows.get(), &row, 1);
	finish();
	EXPECT_LT(samples[now].items[0].bits, 0);
	row.client.bytes += 1000;
	row.client.packets += 2;
	report_group after[] = {make_group("10.0.0.9", 1, 6000), make_group("10.0.0.8", 1, 10)};
	top_sample_add_groups(&begin(TOP_GROUPS), after, 2, 0);
	top_sample_add_active(&samples[now], flows.get(), &row, 1);
	finish();
	EXPECT_DOUBLE_EQ(samples[now].items[0].bits, 4000);
	EXPECT_DOUBLE_EQ(samples[now].items[0].rate, 1);
	EXPECT_DOUBLE_EQ(samples[now].items[1].bits, 0);
}

TEST_F(TopSample, HostsAreBothEnds)
{
	report_row row = make_row(1, "10.0.0.1", "10.0.0.9", 5000, 50);
	report_group clients[] = {make_group("10.0.0.1", 2, 500, REPORT_GROUP_CLIENT),
	                          make_group("10.0.0.9", 1, 30, REPORT_GROUP_CLIENT)};
	report_group servers[] = {make_group("10.0.0.9", 2, 500), make_group("10.0.0.7", 1, 30)};

	for (int i = 0; i < 2; i++) {
		top_sample &sample = begin(TOP_HOSTS);

		top_sample_add_groups(&sample, clients, 2, 0);
		top_sample_add_groups(&sample, servers, 2, 1);
		top_sample_add_active(&sample, flows.get(), &row, 1);
		row.client.bytes += 1000;
		finish();
	}
	top_sample &sample = samples[now];
	top_sample_sort(&sample, TOP_SORT_COUNT, 0);
	ASSERT_EQ(sample.n, 3u);
	const top_item &nine = sample.items[sample.order[0]], &one = sample.items[sample.order[1]];
	EXPECT_EQ(nine.group.count, 3u);
	EXPECT_EQ(nine.as_server, 2u);
	EXPECT_EQ(nine.group.bytes, 530u);
	EXPECT_DOUBLE_EQ(nine.bits, 4000);
	EXPECT_EQ(one.group.count, 2u);
	EXPECT_EQ(one.as_server, 0u);
	EXPECT_DOUBLE_EQ(one.bits, 4000);
	EXPECT_DOUBLE_EQ(sample.items[sample.order[2]].bits, 0);
}

TEST_F(TopSample, RatesOfTheWhole)
{
	top_rates rates;

	begin(TOP_CONNECTIONS).stats.received = 1000;
	finish();
	top_sample_rates(&samples[now], &samples[!now], &rates);
	EXPECT_LT(rates.packets, 0);
	top_sample &sample = begin(TOP_GROUPS);
	sample.stats.received = 1500;
	sample.stats.n_ports = 2;
	sample.stats.ports[1].bytes = 1000;
	sample.stats.flows_created = 8;
	sample.stats.flows_expired = 2;
	sample.stats.flows_evicted = 4;
	sample.stats.dropped_worker = 20;
	finish();
	top_sample_rates(&sample, &samples[!now], &rates);
	EXPECT_DOUBLE_EQ(rates.packets, 250);
	EXPECT_DOUBLE_EQ(rates.bits, 4000);
	EXPECT_DOUBLE_EQ(rates.created, 4);
	EXPECT_DOUBLE_EQ(rates.ended, 3);
	EXPECT_DOUBLE_EQ(rates.dropped, 10);
	/* A daemon that was started anew has less than before. */
	begin(TOP_GROUPS).stats.received = 5;
	top_sample_rates(&samples[now], &samples[!now], &rates);
	EXPECT_LT(rates.packets, 0);
}

TEST_F(TopSample, MoreThanHasRoom)
{
	std::vector<report_row> rows;

	for (uint64_t i = 1; i <= TOP_ITEMS_MAX + 10; i++)
		rows.push_back(make_row(i, "10.0.0.1", "10.0.0.9", i));
	top_sample &sample = begin(TOP_CONNECTIONS);
	top_sample_add_rows(&sample, flows.get(), rows.data(), rows.size());
	finish();
	EXPECT_EQ(sample.n, (unsigned)TOP_ITEMS_MAX);
	EXPECT_TRUE(sample.full);
	top_sample_sort(&sample, TOP_SORT_BYTES, 0);
	EXPECT_EQ(sample.items[sample.order[0]].group.bytes, (uint64_t)TOP_ITEMS_MAX);
	top_sample_sort(&sample, TOP_SORT_BYTES, 1);
	EXPECT_EQ(sample.items[sample.order[0]].group.bytes, 1u);
	EXPECT_FALSE(begin(TOP_CONNECTIONS).full);
}

TEST(TopFlows, WhatTakesAPlaceIsKnownNextTime)
{
	std::unique_ptr<top_flows> flows(new top_flows());
	report_row row = make_row(7, "10.0.0.1", "10.0.0.2", 100, 1);

	EXPECT_FALSE(top_flows_see(flows.get(), &row, 0).known);
	row.client.bytes += 5;
	row.server.packets += 2;
	top_growth growth = top_flows_see(flows.get(), &row, 0);
	EXPECT_TRUE(growth.known);
	EXPECT_EQ(growth.bytes, 5u);
	EXPECT_EQ(growth.packets, 2u);
	/* Less than before: it is another's number now. */
	row.client.bytes = 1;
	EXPECT_FALSE(top_flows_see(flows.get(), &row, 0).known);
	/* As many as the table has places: most of them stay known. */
	unsigned known = 0;
	for (int round = 0; round < 2; round++)
		for (uint64_t id = 1; id <= TOP_FLOWS_SLOTS / 2; id++) {
			row.id = id;
			known += (unsigned)top_flows_see(flows.get(), &row, 0).known;
		}
	EXPECT_GT(known, TOP_FLOWS_SLOTS / 4u);
}

} // namespace
