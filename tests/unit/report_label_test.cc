// SPDX-License-Identifier: BSD-3-Clause
// Labels: the longest prefix names an address; patterns.

#include <arpa/inet.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "report_label.h"

namespace
{

report_label
make(const char *addr, unsigned len, const char *text)
{
	report_label label = {};

	label.version = strchr(addr, ':') ? 6 : 4;
	label.len = (uint8_t)len;
	inet_pton(label.version == 6 ? AF_INET6 : AF_INET, addr, label.addr);
	strncpy(label.label, text, sizeof(label.label) - 1);
	return label;
}

class ReportLabel : public ::testing::Test
{
protected:
	void use(const std::vector<report_label> &from)
	{
		report_labels_use(&labels, from.data(), from.size());
	}
	std::string find(const char *addr) const
	{
		const report_label at = make(addr, 0, "");
		const char *label = report_label_find(&labels, at.addr, at.version);

		return label ? label : "none";
	}

	report_labels labels = {};
};

TEST_F(ReportLabel, NoTableIsOneWithoutLabels)
{
	const report_label at = make("10.0.0.1", 32, "db1");
	char text[REPORT_LABEL_JSON_MAX];

	EXPECT_EQ(report_label_find(nullptr, at.addr, at.version), nullptr);
	EXPECT_EQ(report_label_json(text, nullptr, at.addr, at.version), text);
	EXPECT_EQ(report_label_json(text, &labels, at.addr, at.version), text);
	EXPECT_EQ(report_labels_any(&labels), nullptr);
	use({ at });
	EXPECT_EQ(report_labels_any(&labels), &labels);
	EXPECT_EQ(std::string(text, report_label_json(text, &labels, at.addr, at.version)), ",\"name\":\"db1\"");
}

TEST_F(ReportLabel, AnAnswerWithoutLabelsHasNone)
{
	const report_label label = make("10.0.0.1", 32, "db1");

	report_labels_receive(&labels, &label, 1);
	report_labels_begin(&labels);
	EXPECT_EQ(find("10.0.0.1"), "db1");
	report_labels_begin(&labels);
	EXPECT_EQ(find("10.0.0.1"), "none");
}

TEST_F(ReportLabel, TablesAreApart)
{
	report_labels others = {};

	use({ make("10.0.0.1", 32, "db1") });
	report_labels_use(&others, nullptr, 0);
	EXPECT_EQ(find("10.0.0.1"), "db1");
}

TEST_F(ReportLabel, TheLongestPrefixNames)
{
	use({ make("10.0.0.0", 8, "corp"), make("10.1.0.0", 16, "branch"), make("10.1.2.3", 32, "db1"),
	      make("2001:db8::", 32, "doc"), make("2001:db8::7", 128, "web6") });
	EXPECT_EQ(find("10.1.2.3"), "db1");
	EXPECT_EQ(find("10.1.2.4"), "branch");
	EXPECT_EQ(find("10.2.2.3"), "corp");
	EXPECT_EQ(find("11.1.2.3"), "none");
	EXPECT_EQ(find("2001:db8::7"), "web6");
	EXPECT_EQ(find("2001:db8::8"), "doc");
	EXPECT_EQ(find("2001:db9::7"), "none");
	EXPECT_EQ(find("a01:203::"), "none") << "the bytes of 10.1.2.3 in IPv6";
}

TEST_F(ReportLabel, AllLengthsAndNone)
{
	EXPECT_EQ(find("10.0.0.1"), "none");
	use({ make("0.0.0.0", 0, "world"), make("::", 0, "world6"), make("10.0.0.127", 25, "odd") });
	EXPECT_EQ(find("10.0.0.1"), "odd") << "bits beyond the length are not looked at";
	EXPECT_EQ(find("10.0.0.128"), "world");
	EXPECT_EQ(find("::1"), "world6");
	use({});
	EXPECT_EQ(find("10.0.0.1"), "none") << "those before are gone";
}

TEST_F(ReportLabel, WhatIsNoLabelIsLeftOut)
{
	report_label endless = make("10.0.0.1", 32, "");

	memset(endless.label, 'x', sizeof(endless.label));
	use({ endless, make("10.0.0.2", 33, "long"), make("10.0.0.3", 32, "a b"),
	      make("10.0.0.4", 32, "q\"q"), make("10.0.0.5", 32, ""), make("10.0.0.6", 32, "good") });
	for (const char *bad : { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5" })
		EXPECT_EQ(find(bad), "none") << bad;
	EXPECT_EQ(find("10.0.0.6"), "good");
}

/* Against a search that looks at every label, bit by bit. */
TEST_F(ReportLabel, AsASlowSearchFinds)
{
	std::mt19937 random(7);

	for (int round = 0; round < 40; round++) {
		std::vector<report_label> all;

		for (int i = 0; i < 60; i++) {
			const unsigned len = (unsigned)(random() % 33);
			report_label label = make("10.0.0.0", len, ("n" + std::to_string(len)).c_str());

			for (unsigned bit = 8; bit < len; bit++)
				label.addr[bit / 8] |= (uint8_t)((random() & 1) << (7 - bit % 8));
			all.push_back(label);
		}
		use(all);
		for (int i = 0; i < 200; i++) {
			const report_label &near = all[random() % all.size()];
			uint8_t addr[16] = {};
			int best = -1;

			memcpy(addr, near.addr, 4);
			addr[3] ^= (uint8_t)(random() & 3);
			for (const report_label &label : all) {
				bool is = true;

				for (unsigned bit = 0; bit < label.len; bit++)
					is = is && !((label.addr[bit / 8] ^ addr[bit / 8]) >> (7 - bit % 8) & 1);
				if (is && label.len > best)
					best = label.len;
			}
			const char *found = report_label_find(&labels, addr, 4);
			EXPECT_EQ(found ? found : "none", best < 0 ? "none" : "n" + std::to_string(best));
		}
	}
}

TEST_F(ReportLabel, Within)
{
	const report_label corp = make("10.0.0.0", 8, "c"), branch = make("10.1.0.0", 16, "b"),
	                   other = make("11.1.0.0", 16, "o"), six = make("a01::", 16, "s");

	EXPECT_TRUE(report_label_within(&branch, &corp));
	EXPECT_TRUE(report_label_within(&corp, &corp));
	EXPECT_FALSE(report_label_within(&corp, &branch));
	EXPECT_FALSE(report_label_within(&other, &corp));
	EXPECT_FALSE(report_label_within(&six, &corp));
}

bool
matches(const std::string &pattern, const char *label)
{
	return report_label_matches(pattern.data(), pattern.size(), label) != 0;
}

TEST(ReportLabelPattern, Matches)
{
	for (const char *good : { "web1", "WEB1", "web?", "w*1", "*", "*1", "web*", "w*b*", "**", "????", "*e*1*", "web1*" })
		EXPECT_TRUE(matches(good, "web1")) << good;
	for (const char *bad : { "", "web", "web11", "web??", "?", "w*2", "*2*", "ew*", "*?????" })
		EXPECT_FALSE(matches(bad, "web1")) << bad;
	EXPECT_TRUE(matches("a*ab", "aaab")) << "a star that must give back";
	EXPECT_TRUE(matches("", ""));
	EXPECT_FALSE(report_label_matches("web1", 3, "web1")) << "no more than n bytes are read";
}

} // namespace
