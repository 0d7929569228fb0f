// SPDX-License-Identifier: BSD-3-Clause
// Where something listens: an address and a port, and nothing that would have to be resolved.

#include <gtest/gtest.h>

#include <cerrno>

#include "conf_address.h"

namespace
{

TEST(ConfAddress, BothVersionsAreRead)
{
	struct conf_address address;

	ASSERT_EQ(conf_address_parse("127.0.0.1:9180", &address), 0);
	EXPECT_EQ(address.host.version, 4);
	EXPECT_EQ(address.host.addr[0], 127);
	EXPECT_EQ(address.port, 9180);
	ASSERT_EQ(conf_address_parse("[fd00::2]:65535", &address), 0);
	EXPECT_EQ(address.host.version, 6);
	EXPECT_EQ(address.host.addr[15], 2);
	EXPECT_EQ(address.port, 65535);
}

TEST(ConfAddress, WhatIsNotWholeIsRefused)
{
	struct conf_address address;

	for (const char *text : {"", ":", ":9180", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
	                         "127.0.0.1:65536", "127.0.0.1:http", "127.0.0.1:9180 ", "localhost:80",
	                         "::1:9180", "[::1]", "[::1]9180", "[127.0.0.1]:80", "[]:80", "[:80",
	                         "127.0.0.1/8:80", "[::1%lo]:80", "127.0.0.1:-1"})
		EXPECT_EQ(conf_address_parse(text, &address), -EINVAL) << text;
}

} // namespace
