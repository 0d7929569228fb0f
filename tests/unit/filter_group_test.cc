/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter_fixture.h"

#include <map>

#include "filter_group.h"

namespace {

/* A grouper with its order; groups as one finds them. */
class Grouped {
public:
	Grouped(const std::string &by, CountedMemory *counted)
	{
		struct filter_grouping grouping;
		struct filter_error error;

		EXPECT_EQ(filter_grouping_parse(&grouping, by.c_str(), &error), 0) << error.text;
		grouper_ = filter_grouper_create(&grouping, std::random_device()(), counted->memory());
	}
	~Grouped() { filter_grouper_destroy(grouper_); }
	void add(const struct report_row &row) { filter_grouper_add(grouper_, &row); }
	std::vector<struct report_group> sorted(const std::string &by = "")
	{
		std::vector<struct report_group> groups;
		struct filter_order order = {};

		if (!by.empty()) {
			EXPECT_EQ(filter_order_parse(&order, by.c_str(), FILTER_KEY_SORTS_GROUPS, nullptr), 0);
		}
		filter_grouper_sort(grouper_, &order);
		for (uint32_t i = 0; i < filter_grouper_count(grouper_); i++)
			groups.push_back(*filter_grouper_at(grouper_, i));
		return groups;
	}

private:
	struct filter_grouper *grouper_;
};

struct Sums {
	uint64_t count = 0, packets = 0, bytes = 0, payload = 0;

	void add(const struct report_row &row)
	{
		count++;
		packets += row.client.packets + row.server.packets;
		bytes += row.client.bytes + row.server.bytes;
		payload += row.client.payload + row.server.payload;
	}
	bool operator==(const struct report_group &group) const
	{
		return count == group.count && packets == group.packets && bytes == group.bytes &&
		       payload == group.payload;
	}
};

/* Against a map of the library's, over every key at once. */
TEST(FilterGroup, CountsAndSums)
{
	using Key = std::tuple<std::string, unsigned, unsigned, unsigned>;
	const unsigned seed = std::random_device()();
	CountedMemory counted;
	std::map<Key, Sums> want;
	RandomRows random(seed);
	{
		Grouped grouped("client/23,server-port,state,proto", &counted);

		for (int i = 0; i < 20000; i++) {
			const struct report_row row = random.next().row;
			std::string net(reinterpret_cast<const char *>(row.client.addr), 16);

			net[2] = static_cast<char>(net[2] & 0xfe);
			for (size_t k = 3; k < 16; k++)
				net[k] = 0;
			net += static_cast<char>(row.ip_version);
			want[{ net, row.server.port, row.client.state << 8 | row.server.state, row.proto }].add(row);
			grouped.add(row);
		}
		const auto groups = grouped.sorted();
		ASSERT_EQ(groups.size(), want.size()) << seed;
		for (size_t i = 0; i < groups.size(); i++) {
			const struct report_group_key *k = groups[i].keys;
			std::string net(reinterpret_cast<const char *>(k[0].addr), 16);

			EXPECT_EQ(groups[i].n_keys, 4);
			EXPECT_EQ(groups[i].other, 0);
			EXPECT_EQ(k[0].kind, REPORT_GROUP_CLIENT);
			EXPECT_EQ(k[0].len, 23);
			net += static_cast<char>(k[0].ip_version);
			const auto found = want.find({ net, k[1].value, k[2].value, k[3].value });
			ASSERT_NE(found, want.end()) << seed;
			EXPECT_TRUE(found->second == groups[i]) << seed;
			if (i > 0) {
				EXPECT_GE(groups[i - 1].count, groups[i].count) << "the largest first";
			}
		}
	}
	EXPECT_EQ(counted.now, 0u);
}

TEST(FilterGroup, Orders)
{
	CountedMemory counted;
	Grouped grouped("vlan", &counted);
	RandomRows random(1);

	EXPECT_TRUE(grouped.sorted().empty());
	for (int i = 0; i < 1000; i++)
		grouped.add(random.next().row);
	auto groups = grouped.sorted("bytes");
	ASSERT_EQ(groups.size(), 13u);
	for (size_t i = 1; i < groups.size(); i++)
		EXPECT_LE(groups[i - 1].bytes, groups[i].bytes);
	groups = grouped.sorted("-packets");
	for (size_t i = 1; i < groups.size(); i++)
		EXPECT_GE(groups[i - 1].packets, groups[i].packets);
	groups = grouped.sorted("count:asc,payload");
	for (size_t i = 1; i < groups.size(); i++)
		EXPECT_LE(groups[i - 1].count, groups[i].count);
}

struct report_row
row_of_client(uint32_t number)
{
	struct report_row row = bare_row();

	memcpy(row.client.addr, &number, 4);
	return row;
}

/* More groups than there is room for: the rest is one group, and nothing is lost. */
TEST(FilterGroup, TheRestIsOther)
{
	CountedMemory counted;
	Grouped grouped("client", &counted);
	uint64_t count = 0;

	for (uint32_t i = 0; i < FILTER_GROUPS_MAX + 1000; i++)
		grouped.add(row_of_client(i));
	grouped.add(row_of_client(5));
	grouped.add(row_of_client(FILTER_GROUPS_MAX + 5));
	const auto groups = grouped.sorted();
	ASSERT_EQ(groups.size(), FILTER_GROUPS_MAX + 1u);
	EXPECT_EQ(groups.back().other, 1);
	EXPECT_EQ(groups.back().count, 1001u) << "last, though it is the largest";
	EXPECT_EQ(groups.back().keys[0].kind, REPORT_GROUP_CLIENT);
	EXPECT_EQ(groups.front().count, 2u);
	for (const auto &group : groups)
		count += group.count;
	EXPECT_EQ(count, FILTER_GROUPS_MAX + 1002u);
	EXPECT_LT(counted.peak, 15u << 20);
}

TEST(FilterGroup, WithoutMemoryAllAreOther)
{
	CountedMemory counted;

	for (size_t most = 1000; most < 300000; most += 7001) {
		counted.most = most;
		Grouped grouped("client", &counted);
		uint64_t count = 0;

		for (uint32_t i = 0; i < 2000; i++)
			grouped.add(row_of_client(i));
		for (const auto &group : grouped.sorted())
			count += group.count;
		EXPECT_EQ(count, 2000u) << most;
	}
	EXPECT_EQ(counted.now, 0u);
}

} // namespace
