/* SPDX-License-Identifier: BSD-3-Clause */
#include "print_part.h"

#include "print_fixture.h"

namespace {

std::string
brief(uint64_t value)
{
	char to[PRINT_PART_MAX];

	return print_brief(to, value);
}

TEST(PrintPart, BriefNumbers)
{
	EXPECT_EQ(brief(0), "0");
	EXPECT_EQ(brief(99999), "99999");
	EXPECT_EQ(brief(100000), "100k");
	EXPECT_EQ(brief(999499), "999k");
	EXPECT_EQ(brief(999500), "1.0M");
	EXPECT_EQ(brief(1000000), "1.0M");
	EXPECT_EQ(brief(12345678), "12.3M");
	EXPECT_EQ(brief(99949999), "99.9M");
	EXPECT_EQ(brief(99950001), "100M");
	EXPECT_EQ(brief(UINT64_MAX), "18.4E");
	for (uint64_t value = 1; value < UINT64_MAX / 3; value *= 3)
		EXPECT_LE(brief(value).size(), 5u) << value;
}

std::string
percent(uint64_t part, uint64_t whole)
{
	char to[PRINT_PART_MAX];

	return print_percent(to, part, whole);
}

TEST(PrintPart, Proportions)
{
	EXPECT_EQ(percent(0, 0), "0");
	EXPECT_EQ(percent(5, 0), "0");
	EXPECT_EQ(percent(0, UINT64_MAX), "0");
	EXPECT_EQ(percent(1, UINT64_MAX), "<0.0001");
	EXPECT_EQ(percent(28, 1000000), "0.0028");
	EXPECT_EQ(percent(1234, 1000000), "0.12");
	EXPECT_EQ(percent(50, 10000), "0.5");
	EXPECT_EQ(percent(995, 10000), "9.9");
	EXPECT_EQ(percent(9999, 100000), "10");
	EXPECT_EQ(percent(423, 1000), "42");
	EXPECT_EQ(percent(996, 1000), "99.6");
	EXPECT_EQ(percent(UINT64_MAX - 5000, UINT64_MAX), "99.9");
	EXPECT_EQ(percent(999999, 1000000), "99.9") << "not all";
	EXPECT_EQ(percent(1000000, 1000000), "100");
	EXPECT_EQ(percent(1000003, 1000000), "100") << "never more than all";
	for (uint64_t part = 0; part <= 20000; part++)
		ASSERT_EQ(percent(part, 20000).find('e'), std::string::npos) << part;
}

TEST(PrintPart, AddressesAndTimes)
{
	const struct print_style style = {};
	char to[PRINT_PART_MAX];
	uint8_t addr[16];

	memset(addr, 0xff, sizeof(addr));
	EXPECT_STREQ(print_addr(to, addr, 4), "255.255.255.255");
	EXPECT_STREQ(print_socket(to, &style, addr, 6, 65535), "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	EXPECT_STREQ(print_hms(to, 3661000000), "01:01:01");
	EXPECT_STREQ(print_seconds(to, 1500000), "1.5");
	EXPECT_LT(strlen(print_seconds(to, UINT64_MAX)), static_cast<size_t>(PRINT_PART_MAX));
	EXPECT_EQ(printed(print_json_socket, "server", static_cast<const uint8_t *>(addr), 4u,
	                  static_cast<uint16_t>(80)),
	          "\"server\":{\"ip\":\"255.255.255.255\",\"port\":80}");
	EXPECT_EQ(printed(print_cut, static_cast<uint64_t>(12)), "(cut short: 12 lines shown, more are missing)\n");
}

} // namespace
