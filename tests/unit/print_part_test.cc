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
