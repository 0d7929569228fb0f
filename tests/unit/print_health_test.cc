/* SPDX-License-Identifier: BSD-3-Clause */
#include "print_health.h"

#include "print_fixture.h"

namespace {

std::vector<struct digest_check>
examples()
{
	static const char advice[] = "Packets arrive faster than they are taken: connections get gaps and stay "
				     "open that were closed. Mirror less.";
	std::vector<struct digest_check> checks(3);

	checks[0] = { "port-loss", "lost at port", "eth1", DIGEST_CRITICAL, 1234, 1000000, 50, 10000, 1000500, advice };
	checks[1] = { "table-fill", "places of the table in use", "", DIGEST_OK, 28, 1000000, 0, 0, 0, nullptr };
	checks[2] = { "port-link", "link of port", "eth2,x", DIGEST_WARNING, 1, 1, 0, 0, 0, "Look." };
	return checks;
}

/* The row of the report: all checks at once. */
struct print_health_row
row_of(const std::vector<struct digest_check> &checks, unsigned n, int with_heading = 1)
{
	return { checks.data(), n, with_heading };
}

std::string
text_of(const struct print_health_row &row)
{
	return printed(print_health.text, &row);
}

std::string
json_of(const struct print_health_row &row)
{
	return printed(print_health.json, &row);
}

TEST(PrintHealth, Text)
{
	const auto checks = examples();
	const std::string text = text_of(row_of(checks, 3));

	EXPECT_EQ(text, "      Check                         Since the start        Last 1.0 s\n"
	                "bad   lost at port eth1             1234 of 1.0M (0.12 %)  50 of 10000 (0.5 %)\n"
	                "  Packets arrive faster than they are taken: connections get gaps and stay open\n"
	                "  that were closed. Mirror less.\n"
	                "good  places of the table in use    28 of 1.0M (0.0028 %)\n"
	                "look  link of port eth2,x           down\n"
	                "  Look.\n");
	expect_fits(text);
	EXPECT_EQ(text_of(row_of(checks, 3, 0)), text.substr(text.find('\n') + 1));
}

TEST(PrintHealth, AllOfItAndAPortThatIsNotThere)
{
	struct digest_check checks[] = {
		{ "port-loss", "lost at port", "eth1", DIGEST_CRITICAL, 32769, 32769, 0, 0, 0, NULL },
		{ "worker-handed", "packets handed to worker", "0", DIGEST_OK, 12, 11, 0, 0, 0, NULL },
		{ "port-gone", "port", "eth2", DIGEST_CRITICAL, 1, 1, 0, 0, 0, NULL },
	};

	EXPECT_EQ(text_of({ checks, 3, 0 }), "bad   lost at port eth1             32769 of 32769 (100 %)\n"
	                                     "good  packets handed to worker 0    12 of 11 (100 %)\n"
	                                     "bad   port eth2                     not there\n");
	EXPECT_NE(json_of({ &checks[1], 1, 0 }).find("\"share\":1.000000000"), std::string::npos);
}

TEST(PrintHealth, WithOneLookThereIsNoNow)
{
	auto checks = examples();

	checks[0].now_us = 0;
	const std::string text = text_of(row_of(checks, 1));
	EXPECT_EQ(text.find("Last"), std::string::npos) << text;
	EXPECT_EQ(text.find("50 of"), std::string::npos) << text;
}

TEST(PrintHealth, Json)
{
	const auto checks = examples();

	EXPECT_EQ(json_of(row_of(checks, 1)),
	          "{\"check\":\"port-loss\",\"of\":\"eth1\",\"verdict\":\"bad\","
	          "\"since_start\":{\"count\":1234,\"total\":1000000,\"share\":0.001234000},"
	          "\"now\":{\"count\":50,\"total\":10000,\"share\":0.005000000,\"seconds\":1.0005},"
	          "\"advice\":\"Packets arrive faster than they are taken: connections get gaps and stay "
	          "open that were closed. Mirror less.\"}\n");
	for (unsigned i = 0; i < 3; i++)
		expect_json_line(json_of({ &checks[i], 1, 1 }));
}

TEST(PrintHealth, Csv)
{
	const auto checks = examples();
	const struct print_health_row row = row_of(checks, 3);
	const auto lines = lines_of(printed(print_health.csv_heading) + printed(print_health.csv, &row));

	ASSERT_EQ(lines.size(), 4u);
	for (const std::string &line : lines)
		EXPECT_EQ(fields_of(line), 9u) << line;
	EXPECT_EQ(lines[2], "table-fill,,good,28,1000000,,,,");
	EXPECT_EQ(lines[3], "port-link,\"eth2,x\",look,1,1,,,,\"Look.\"");
}

TEST(PrintHealth, AWordThatIsTooLongIsNotBroken)
{
	const std::string word(200, 'w');
	struct digest_check check = examples()[1];

	check.advice = word.c_str();
	EXPECT_NE(text_of({ &check, 1, 0 }).find("\n  " + word + "\n"), std::string::npos);
}

} // namespace
