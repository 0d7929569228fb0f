/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "dialect_fixture.h"

extern "C" {
#include "dialect_value.h"
}

namespace {

std::string
value(dialect_value *put, const struct report_row &row, enum dialect_id id = DIALECT_NONE, int wide = 0)
{
	char text[DIALECT_VALUE_MAX];
	struct dialect_line lines[2];
	const struct print_style print = {};

	EXPECT_EQ(dialect_lines(&row, lines), 1u);
	char *end = put(text, &lines[0], dialect_spelling(id, false), &print, wide);
	EXPECT_LE(end - text, DIALECT_VALUE_MAX);
	return std::string(text, end);
}

std::string
foreign(const struct report_row &row, enum dialect_id id, int wide = 0)
{
	return value(dialect_value_foreign, row, id, wide);
}

TEST(DialectValue, Sockets)
{
	const struct report_row row = tcp_line(REPORT_ESTABLISHED);

	EXPECT_EQ(foreign(row, DIALECT_NONE), "192.168.5.146:443");
	EXPECT_EQ(foreign(row, DIALECT_ZOS), "192.168.5.146..443");
	EXPECT_EQ(foreign(row, DIALECT_BSD), "192.168.5.146.443");
	EXPECT_EQ(foreign(row, DIALECT_SOLARIS), "192.168.5.146.443");
	const struct report_row six = as_ipv6(row);
	const std::string addr = "2001:db8:1111:2222:3333:4444:5555:6666";
	EXPECT_EQ(foreign(six, DIALECT_NONE), "[" + addr + "]:443");
	EXPECT_EQ(foreign(six, DIALECT_WINDOWS), "[" + addr + "]:443");
	EXPECT_EQ(foreign(six, DIALECT_ZOS), addr + "..443");
	EXPECT_EQ(foreign(six, DIALECT_LINUX, 1), addr + ":443");
	EXPECT_EQ(foreign(six, DIALECT_LINUX, 0), "2001:db8:1111:2222::443") << "23 bytes";
	EXPECT_EQ(foreign(six, DIALECT_BSD, 0), "2001:db8:1111:22.443");
	EXPECT_EQ(foreign(six, DIALECT_BSD, 1), addr + ".443");
}

TEST(DialectValue, NoPeer)
{
	const struct report_row tcp = socket_line(IPPROTO_TCP, 22), udp = socket_line(IPPROTO_UDP, 53);

	EXPECT_EQ(foreign(tcp, DIALECT_ZOS), "0.0.0.0..0");
	EXPECT_EQ(foreign(as_ipv6(tcp), DIALECT_ZOS), "::..0");
	EXPECT_EQ(foreign(udp, DIALECT_ZOS), "*..*");
	EXPECT_EQ(foreign(tcp, DIALECT_LINUX), "0.0.0.0:*");
	EXPECT_EQ(foreign(as_ipv6(udp), DIALECT_LINUX), ":::*");
	EXPECT_EQ(foreign(tcp, DIALECT_BSD), "*.*");
	EXPECT_EQ(foreign(tcp, DIALECT_SOLARIS), "      *.*");
	EXPECT_EQ(foreign(udp, DIALECT_SOLARIS), "");
	EXPECT_EQ(foreign(tcp, DIALECT_WINDOWS), "0.0.0.0:0");
	EXPECT_EQ(foreign(as_ipv6(tcp), DIALECT_WINDOWS), "[::]:0");
	EXPECT_EQ(foreign(udp, DIALECT_WINDOWS), "*:*");
	EXPECT_EQ(value(dialect_value_foreign_addr, as_ipv6(tcp), DIALECT_SS), "[::]");
	EXPECT_EQ(value(dialect_value_foreign_port, tcp, DIALECT_SS), "*");
	EXPECT_EQ(value(dialect_value_id, tcp), "-");
}

TEST(DialectValue, Numbers)
{
	struct report_row row = tcp_line(REPORT_ESTABLISHED);

	EXPECT_EQ(value(dialect_value_bytes_out, row), "412");
	EXPECT_EQ(value(dialect_value_bytes_in, row), "6120");
	EXPECT_EQ(value(dialect_value_packets_out, row), "6");
	EXPECT_EQ(value(dialect_value_packets_in, row), "5");
	EXPECT_EQ(value(dialect_value_idle, row), "01:00:00");
	row.lines = REPORT_LINE_SERVER;
	EXPECT_EQ(value(dialect_value_bytes_out, row), "6120") << "from the line's own end";
	EXPECT_EQ(value(dialect_value_bytes_in, row), "412");
}

TEST(DialectValue, BriefNumbersTakeFiveBytes)
{
	const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = { { 0, "0" },           { 999, "999" },       { 99999, "99999" },
		      { 100000, "100k" },   { 999999, "1.0M" },   { 5432100000, "5.4G" },
		      { ~0ull, "18.4E" } };

	for (const auto &c : cases) {
		struct report_row row = tcp_line(REPORT_ESTABLISHED);

		row.client.bytes = row.server.bytes = c.bytes;
		EXPECT_EQ(value(dialect_value_bytes_out_brief, row), c.text);
		EXPECT_EQ(value(dialect_value_bytes_in_brief, row), c.text);
	}
}

} // namespace
