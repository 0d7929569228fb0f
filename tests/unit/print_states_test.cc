/* SPDX-License-Identifier: BSD-3-Clause */
#include "print_rows.h"

#include <memory>

#include "report_names.h"
#include "report_stats.h"
#include "print_fixture.h"

namespace {

std::unique_ptr<struct report_stats>
counted()
{
	std::unique_ptr<struct report_stats> stats(new struct report_stats());

	for (unsigned s = 0; s < REPORT_STATES; s++) {
		stats->flows_client_state[s] = 100 + s;
		stats->flows_server_state[s] = 200 + s;
	}
	stats->flows_udp = 111;
	return stats;
}

TEST(PrintStates, EachIsExplained)
{
	const struct report_stats *nobody = nullptr;
	const std::string text = printed(print_states.text, nobody);
	const std::string json = printed(print_states.json, nobody);

	for (unsigned s = 0; s < REPORT_STATES; s++) {
		const std::string name = report_state_name(s);

		EXPECT_NE(("\n" + text).find("\n" + name + "\n  "), std::string::npos) << name;
		EXPECT_NE(json.find("{\"state\":\"" + name + "\",\"meaning\":\""), std::string::npos) << name;
	}
	expect_fits(text);
	EXPECT_EQ(json.find("clients\":"), std::string::npos) << "nobody has counted";
	for (const std::string &line : lines_of(json))
		expect_json_line(line + "\n");
}

TEST(PrintStates, Counts)
{
	const auto stats = counted();
	const std::string text = printed(print_states.text, static_cast<const struct report_stats *>(stats.get()));

	EXPECT_NE(text.find("\nCLOSE_WAIT    clients 107, servers 207\n"), std::string::npos) << text;
	EXPECT_NE(text.find("\nUDP           flows 111\n"), std::string::npos);
	EXPECT_EQ(text.find("LISTEN\n"), 0u) << "no connection is in it";
	expect_fits(text);
	const std::string json = printed(print_states.json, static_cast<const struct report_stats *>(stats.get()));
	EXPECT_NE(json.find(",\"clients\":107,\"servers\":207}\n"), std::string::npos);
}

TEST(PrintStates, Csv)
{
	const auto stats = counted();
	const struct report_stats *nobody = nullptr;

	for (const struct report_stats *one : { nobody, static_cast<const struct report_stats *>(stats.get()) }) {
		const auto lines = lines_of(printed(print_states.csv_heading) + printed(print_states.csv, one));

		ASSERT_EQ(lines.size(), REPORT_STATES + 1u);
		for (const std::string &line : lines)
			EXPECT_EQ(fields_of(line), 5u) << line;
	}
	EXPECT_EQ(lines_of(printed(print_states.csv, nobody)).size(), static_cast<size_t>(REPORT_STATES));
}

} // namespace
