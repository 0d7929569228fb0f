/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_row.h"
#include "print_rows.h"

#include "print_fixture.h"

namespace {

struct digest_leak
example()
{
	struct digest_leak leak = {};

	inet_pton(AF_INET, "192.168.5.146", leak.addr);
	leak.port = 443;
	leak.ip_version = 4;
	leak.open_end = REPORT_CLOSER_SERVER;
	leak.count = 812;
	leak.close_wait = 810;
	leak.fin_wait_1 = 2;
	leak.fin_wait_2 = 810;
	leak.verdict = DIGEST_NOT_CLOSING;
	leak.by_verdict[DIGEST_NOT_CLOSING] = 810;
	leak.by_verdict[DIGEST_SWALLOWED] = 2;
	leak.closed = 31;
	leak.oldest_us = 3600500000;
	leak.median_us = 1800000000;
	leak.has_growth = 1;
	leak.growth = 12;
	leak.growth_us = 60500000;
	leak.heard_us = 2500000;
	leak.n_tops = 2;
	inet_pton(AF_INET, "10.0.0.1", leak.tops[0].addr);
	leak.tops[0].at_least = 700;
	leak.tops[0].is_exact = 1;
	inet_pton(AF_INET, "10.0.0.2", leak.tops[1].addr);
	leak.tops[1].at_least = 40;
	return leak;
}

std::string
heading()
{
	return printed(print_leaks.text_heading);
}

std::string
text(const struct digest_leak &leak)
{
	return printed(print_leaks.text, &leak);
}

TEST(PrintLeaks, Text)
{
	EXPECT_EQ(heading() + text(example()),
	          "Server                 Open end  Conns ClosWt FinWt1 FinWt2    Oldest    Median\n"
	          "192.168.5.146:443      server      812    810      2    810  01:00:00  00:30:00\n"
	          "  The application does not close: its host acknowledged the FIN and is alive.\n"
	          "  Of them: 810 not closing, 2 swallowed.\n"
	          "  Last sign of life of the open end's host 00:00:02 ago.\n"
	          "  Other connections of this socket that both ends closed lately: 31.\n"
	          "  12 more than 00:01:00 ago.\n"
	          "  Clients that have closed and wait: 10.0.0.1 (700), 10.0.0.2 (40 at least).\n");
	expect_fits(text(example()));
}

TEST(PrintLeaks, WhatIsNotKnownIsNotSaid)
{
	struct digest_leak leak = example();

	leak.by_verdict[DIGEST_SWALLOWED] = 0;
	leak.heard_us = DIGEST_NEVER;
	leak.closed = leak.has_growth = leak.n_tops = 0;
	EXPECT_EQ(lines_of(text(leak)).size(), 2u) << text(leak);
	const std::string json = printed(print_leaks.json, &leak);
	EXPECT_EQ(json.find("growth"), std::string::npos);
	EXPECT_EQ(json.find("heard"), std::string::npos);
	EXPECT_NE(json.find("\"clients\":[]}"), std::string::npos);
	expect_json_line(json);
}

TEST(PrintLeaks, Growth)
{
	struct digest_leak leak = example();

	leak.growth = -3;
	EXPECT_NE(text(leak).find("\n  3 fewer than 00:01:00 ago.\n"), std::string::npos);
	EXPECT_NE(printed(print_leaks.json, &leak).find("\"growth\":-3,\"growth_over\":60.5,"),
	          std::string::npos);
	leak.growth = 0;
	EXPECT_NE(text(leak).find("\n  As many as 00:01:00 ago.\n"), std::string::npos);
}

TEST(PrintLeaks, TheClientsSide)
{
	struct digest_leak leak = example();

	leak.open_end = REPORT_CLOSER_CLIENT;
	EXPECT_NE(text(leak).find("  Clients that have not closed: 10.0.0.1"), std::string::npos);
	EXPECT_NE(printed(print_leaks.json, &leak).find("\"not_closed\":\"client\""), std::string::npos);
}

TEST(PrintLeaks, Json)
{
	const struct digest_leak leak = example();
	const std::string json = printed(print_leaks.json, &leak);

	EXPECT_EQ(json, "{\"server\":{\"ip\":\"192.168.5.146\",\"port\":443},\"not_closed\":\"server\","
	                "\"count\":812,\"close_wait\":810,\"fin_wait_1\":2,\"fin_wait_2\":810,"
	                "\"oldest\":3600.5,\"median\":1800,\"growth\":12,\"growth_over\":60.5,"
	                "\"verdict\":\"not-closing\",\"verdicts\":{\"young\":0,\"in-use\":0,"
	                "\"not-closing\":810,\"peer-gone\":0,\"fin-swallowed\":2,\"silent\":0,\"unseen\":0,"
	                "\"unjudged\":0},"
	                "\"closed_lately\":31,\"heard\":2.5,\"clients\":[{\"ip\":\"10.0.0.1\",\"count\":700},"
	                "{\"ip\":\"10.0.0.2\",\"at_least\":40}]}\n");
	expect_json_line(json);
}

TEST(PrintLeaks, Csv)
{
	struct digest_leak leak = example();
	const std::string header = printed(print_leaks.csv_heading), line = printed(print_leaks.csv, &leak);

	EXPECT_EQ(line, "192.168.5.146,443,server,0,812,810,2,810,3600.5,1800,12,60.5,not-closing,"
	                "0,0,810,0,2,0,0,0,31,2.5,10.0.0.1=700 10.0.0.2>=40\n");
	EXPECT_EQ(fields_of(header), fields_of(line));
	leak.other = 1;
	leak.has_growth = 0;
	leak.heard_us = DIGEST_NEVER;
	EXPECT_EQ(fields_of(header), fields_of(printed(print_leaks.csv, &leak)));
}

TEST(PrintLeaks, AllOthers)
{
	struct digest_leak leak = example();

	leak.other = 1;
	EXPECT_EQ(text(leak).find("(other) "), 0u);
	EXPECT_EQ(text(leak).find("Clients"), std::string::npos);
	const std::string json = printed(print_leaks.json, &leak);
	EXPECT_EQ(json.find("{\"other\":true,\"count\":812,"), 0u) << json;
	expect_json_line(json);
}

/* The word that programs compare. */
std::string
verdict_of(const struct digest_leak &leak)
{
	const std::string json = printed(print_leaks.json, &leak), key = "\"verdict\":\"";
	const size_t from = json.find(key) + key.size();

	return json.substr(from, json.find('"', from) - from);
}

TEST(PrintLeaks, EveryVerdictHasItsWordAndItsSentence)
{
	std::vector<std::string> sentences, words;

	for (unsigned v = 0; v < DIGEST_VERDICTS; v++) {
		struct digest_leak leak = example();

		leak.verdict = static_cast<uint8_t>(v);
		sentences.push_back(lines_of(text(leak))[1]);
		words.push_back(verdict_of(leak));
		EXPECT_GT(sentences.back().size(), 30u);
	}
	for (auto *list : { &sentences, &words }) {
		std::sort(list->begin(), list->end());
		EXPECT_EQ(std::unique(list->begin(), list->end()), list->end());
	}
	struct digest_leak leak = example();
	leak.verdict = DIGEST_VERDICTS;
	EXPECT_EQ(verdict_of(leak), "unknown");
}

/* No field can be longer, and nothing is out of its range. */
TEST(PrintLeaks, TheLongest)
{
	struct digest_leak leak;

	memset(&leak, 0xff, sizeof(leak));
	leak.ip_version = 6;
	leak.other = 0;
	for (const std::string &out : { text(leak), printed(print_leaks.json, &leak), printed(print_leaks.csv, &leak) })
		EXPECT_FALSE(out.empty());
	expect_json_line(printed(print_leaks.json, &leak));
}

} // namespace
