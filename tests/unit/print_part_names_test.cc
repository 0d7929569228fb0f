// SPDX-License-Identifier: BSD-3-Clause
// Sockets shown with names: only when asked, only hosts', never longer than with numbers.

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "report_format.h"
#include "report_label.h"
#include "print_part.h"
#include "report_service.h"

namespace
{

const char services[] = "# a comment\n"
                        "https\t\t443/tcp\t\t\t# secure\n"
                        "https 443/udp # QUIC\n"
                        "shell 514/tcp cmd\nsyslog 514/udp\n"
                        "www 80/tcp\nhttp 80/tcp\n"
                        "early 22/tcp\n"
                        "nothing 70000/tcp\nsctp-thing 443/sctp\nbad\n/tcp 1\n"
                        "a-name-that-is-too-long 23/tcp\n"
                        "fifteen-bytes-x 65535/tcp\n";

class PrintNames : public ::testing::Test
{
protected:
	void SetUp() override
	{
		report_label labels[2] = {};

		path = ::testing::TempDir() + "services." + std::to_string(getpid());
		std::ofstream(path) << services;
		for (report_label &label : labels)
			label.version = 4;
		memcpy(labels[0].addr, "\x0a\0\0\x01", 4);
		labels[0].len = 32;
		strcpy(labels[0].label, "db1");
		labels[1].addr[0] = 10;
		labels[1].len = 8;
		strcpy(labels[1].label, "corp");
		report_labels_use(&table, labels, 2);
		style.labels = &table;
	}
	void TearDown() override { remove(path.c_str()); }
	int show(const char *from)
	{
		style.services = &known;
		return report_services_read(&known, from);
	}
	const char *service(uint16_t port, unsigned proto) const
	{
		return print_names_service(&style, port, proto);
	}
	std::string socket(const char *addr, uint16_t port, unsigned proto = IPPROTO_TCP)
	{
		const unsigned version = strchr(addr, ':') ? 6 : 4;
		char text[REPORT_SOCKET_MAX + 1] = "";
		uint8_t bytes[16] = {};

		inet_pton(version == 6 ? AF_INET6 : AF_INET, addr, bytes);
		*print_names_socket(text, &style, bytes, version, port, proto) = '\0';
		return text;
	}

	std::string path;
	report_labels table = {};
	report_services known = {};
	print_style style = {};
};

TEST_F(PrintNames, NumbersUnlessAskedThenNames)
{
	EXPECT_EQ(socket("10.0.0.1", 443), "10.0.0.1:443");
	EXPECT_EQ(service(443, IPPROTO_TCP), nullptr);
	ASSERT_EQ(show(path.c_str()), 0);
	EXPECT_EQ(socket("10.0.0.1", 443), "db1:https");
	EXPECT_EQ(socket("10.0.0.2", 443), "10.0.0.2:https") << "the network's name would hide the host";
	EXPECT_EQ(socket("10.0.0.1", 81), "db1:81");
	EXPECT_EQ(socket("2001:db8::1", 443, IPPROTO_UDP), "[2001:db8::1]:https");
}

TEST_F(PrintNames, PortsByProtocol)
{
	ASSERT_EQ(show(path.c_str()), 0);
	EXPECT_STREQ(service(514, IPPROTO_TCP), "shell");
	EXPECT_STREQ(service(514, IPPROTO_UDP), "syslog");
	EXPECT_STREQ(service(80, IPPROTO_TCP), "www") << "the first name stands";
	EXPECT_EQ(service(80, IPPROTO_UDP), nullptr);
	EXPECT_STREQ(service(22, IPPROTO_TCP), "early") << "out of order";
	EXPECT_EQ(service(23, IPPROTO_TCP), nullptr) << "too long";
	EXPECT_EQ(service(70000 & 0xffff, IPPROTO_TCP), nullptr);
}

TEST_F(PrintNames, NeverLongerThanNumbers)
{
	const char *longest = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1";

	ASSERT_EQ(show(path.c_str()), 0);
	EXPECT_EQ(socket(longest, 65535), std::string("[") + longest + "]:65535");
	EXPECT_EQ(socket("10.0.0.1", 65535), "db1:fifteen-bytes-x");
}

TEST_F(PrintNames, AFileThatIsNotThere)
{
	EXPECT_EQ(show("/nowhere/services"), -ENOENT);
	EXPECT_EQ(socket("10.0.0.1", 443), "db1:443");
}

} // namespace
