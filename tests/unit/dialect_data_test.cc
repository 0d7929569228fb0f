/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>

#include "print_capture.h"
#include "dialect_fixture.h"
#include "print_conn.h"

extern "C" {
#include "dialect_data.h"
}

namespace {

std::string
json(const struct report_row &row, enum dialect_id id = DIALECT_NONE,
     enum dialect_report report = DIALECT_CONN)
{
	Capture capture;

	const struct dialect_view view = { id, report, row.lines != 0, 0, 0, 0, 0 };

	dialect_json(capture.out(), &row, &view);
	return capture.text();
}

std::string
csv(const struct report_row &row, enum dialect_id id = DIALECT_NONE,
     enum dialect_report report = DIALECT_CONN)
{
	Capture capture;

	const struct dialect_view view = { id, report, row.lines != 0, 0, 0, 0, 0 };

	dialect_csv(capture.out(), &row, &view);
	return capture.text();
}

/* What a connection is printed as when no line was asked for. */
template <class Print>
std::string
plain(Print print, const struct report_row &row)
{
	Capture capture;

	print(capture.out(), &row);
	return capture.text();
}

TEST(DialectData, ALineHasAllThatItsRowHas)
{
	struct report_row row = example_row();

	row.lines = REPORT_LINE_CLIENT | REPORT_LINE_SERVER;
	std::string first = plain(print_json_row, row);
	first.resize(first.size() - 2);
	EXPECT_EQ(json(row),
	          first + ",\"local\":{\"ip\":\"10.0.0.1\",\"port\":20008},\"foreign\":{\"ip\":"
	                  "\"192.168.5.146\",\"port\":443},\"state\":\"FIN_WAIT_2\"}\n" +
	              first + ",\"local\":{\"ip\":\"192.168.5.146\",\"port\":443},\"foreign\":{\"ip\":"
	                      "\"10.0.0.1\",\"port\":20008},\"state\":\"CLOSE_WAIT\"}\n");
	row.lines = REPORT_LINE_SERVER;
	EXPECT_NE(json(row, DIALECT_ZOS).find("\"state\":\"CLOSE_WAIT\",\"spelled\":\"ClosWait\"}\n"),
	          std::string::npos);
	first = plain(print_csv_row, row);
	first.resize(first.size() - 1);
	EXPECT_EQ(csv(row), first + ",192.168.5.146,443,10.0.0.1,20008,CLOSE_WAIT,\n");
	EXPECT_EQ(csv(row, DIALECT_SS), first + ",192.168.5.146,443,10.0.0.1,20008,CLOSE_WAIT,CLOSE-WAIT\n");
}

TEST(DialectData, NoLineWasAskedFor)
{
	EXPECT_EQ(json(example_row()), plain(print_json_row, example_row()));
	EXPECT_EQ(csv(example_row()), plain(print_csv_row, example_row()));
}

TEST(DialectData, ByteinfoHasTheIdleTime)
{
	struct report_row row = example_row();

	EXPECT_NE(json(row, DIALECT_NONE, DIALECT_BYTEINFO).find(",\"end\":\"fin\",\"idle\":3600.5}\n"),
	          std::string::npos);
	row.lines = REPORT_LINE_CLIENT;
	EXPECT_NE(json(row, DIALECT_NONE, DIALECT_BYTEINFO).find("\"state\":\"FIN_WAIT_2\",\"idle\":3600.5}\n"),
	          std::string::npos);
	EXPECT_NE(csv(row, DIALECT_NONE, DIALECT_BYTEINFO).find(",FIN_WAIT_2,,3600.5\n"), std::string::npos);
}

TEST(DialectData, SocketsHaveNoPeer)
{
	struct report_row row = as_ipv6(socket_line(IPPROTO_TCP, 22));

	row.vlan = 7;
	EXPECT_EQ(json(row), "{\"proto\":\"tcp\",\"vlan\":7,\"first\":\"2026-01-01T00:00:00.000123Z\","
	                     "\"last\":\"2026-01-01T00:00:01.250000Z\",\"local\":{\"ip\":\"2001:db8::1\",\"port\":22},"
	                     "\"state\":\"LISTEN\"}\n");
	EXPECT_NE(json(socket_line(IPPROTO_UDP, 53), DIALECT_LINUX).find("\"state\":\"UDP\",\"spelled\":\"\""),
	          std::string::npos);
	EXPECT_EQ(csv(row, DIALECT_WINDOWS),
	          ",tcp,7,,,,,,,,,,,,,2026-01-01T00:00:00.000123Z,2026-01-01T00:00:01.250000Z,3600.5,,,,,,,"
	          "2001:db8::1,22,,,LISTEN,LISTENING\n");
}

/* Each line has as many fields as there are columns. */
TEST(DialectData, FieldsAndColumns)
{
	for (int lines : { 0, 1 }) {
		Capture capture;

		const struct dialect_view view = { DIALECT_NONE, DIALECT_BYTEINFO, lines, 0, 0, 0, 0 };

		dialect_csv_header(capture.out(), &view);
		const std::string head = capture.text();
		const auto n = std::count(head.begin(), head.end(), ',');
		EXPECT_EQ(lines_of(head).size(), 1u);
		for (struct report_row row : every_line()) {
			if (!lines && (row.lines & REPORT_LINE_SOCKET))
				continue;
			row.lines = lines ? row.lines : 0;
			const std::string text = csv(row, DIALECT_NONE, DIALECT_BYTEINFO);
			EXPECT_EQ(std::count(text.begin(), text.end(), ','), n) << text;
		}
	}
	struct report_row row = longest_row();
	for (int lines : { 0, 1 }) { /* a daemon that lies about what was asked */
		const struct dialect_view view = { DIALECT_LINUX, DIALECT_CONN, lines, 0, 0, 0, 0 };
		Capture capture;

		row.lines = lines ? 0 : REPORT_LINE_CLIENT;
		dialect_csv_header(capture.out(), &view);
		dialect_csv(capture.out(), &row, &view);
		const std::vector<std::string> text = lines_of(capture.text());
		ASSERT_EQ(text.size(), 2u);
		EXPECT_EQ(std::count(text[0].begin(), text[0].end(), ','),
		          std::count(text[1].begin(), text[1].end(), ','));
	}
	row.lines = REPORT_LINE_SERVER;
	EXPECT_EQ(lines_of(csv(row, DIALECT_SOLARIS)).size(), 1u);
	EXPECT_EQ(lines_of(json(row, DIALECT_SOLARIS)).size(), 1u);
}

} // namespace
