// SPDX-License-Identifier: BSD-3-Clause
// What the tests of top share: rows, groups, and two samples one after the other.
#ifndef TOP_FIXTURE_H
#define TOP_FIXTURE_H

#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

extern "C" {
#include "top_keys.h"
#include "top_sample.h"
#include "top_text.h"
}

constexpr uint64_t SEC = 1000000;

inline report_row
make_row(uint64_t id, const char *client, const char *server, uint64_t bytes, uint64_t packets = 10)
{
	report_row row = {};

	row.id = id;
	row.proto = IPPROTO_TCP;
	row.ip_version = strchr(client, ':') ? 6 : 4;
	inet_pton(row.ip_version == 6 ? AF_INET6 : AF_INET, client, row.client.addr);
	inet_pton(row.ip_version == 6 ? AF_INET6 : AF_INET, server, row.server.addr);
	row.client.port = (uint16_t)(40000 + id);
	row.server.port = 443;
	row.client.state = row.server.state = REPORT_ESTABLISHED;
	row.client.packets = packets;
	row.client.bytes = bytes;
	row.opened_us = 1000 * SEC;
	row.last_us = 1900 * SEC;
	row.idle_us = id * SEC;
	return row;
}

inline report_group
make_group(const char *address, uint64_t count, uint64_t bytes, uint8_t kind = REPORT_GROUP_SERVER)
{
	report_group group = {};

	group.n_keys = 1;
	group.count = count;
	group.bytes = bytes;
	group.packets = count;
	group.keys[0].kind = kind;
	group.keys[0].ip_version = 4;
	group.keys[0].len = 32;
	inet_pton(AF_INET, address, group.keys[0].addr);
	return group;
}

class TopSample : public ::testing::Test
{
protected:
	TopSample() : flows(new top_flows())
	{
		EXPECT_EQ(top_sample_init(&samples[0]), 0);
		EXPECT_EQ(top_sample_init(&samples[1]), 0);
	}
	~TopSample() override
	{
		top_sample_fini(&samples[0]);
		top_sample_fini(&samples[1]);
	}
	/* The next sample, two seconds after the one before. */
	top_sample &
	begin(top_view view, const char *by = "server")
	{
		EXPECT_EQ(top_sample_begin(&samples[!now], view, by, &samples[now]), 0);
		now = !now;
		samples[now].stats.uptime_us = samples[!now].stats.uptime_us + 2 * SEC;
		samples[now].stats.now_us = 2000 * SEC + samples[now].stats.uptime_us;
		return samples[now];
	}
	top_sample &
	finish()
	{
		top_sample_finish(&samples[now], &samples[!now]);
		return samples[now];
	}

	top_sample samples[2];
	unsigned now = 0;
	std::unique_ptr<top_flows> flows;
};

#endif
