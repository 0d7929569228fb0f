/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "ctl_frame.h"

namespace {

struct ctl_header
header(unsigned type, uint32_t length)
{
	struct ctl_header h;

	memset(&h, 0, sizeof(h));
	h.magic = CTL_MAGIC;
	h.version = CTL_VERSION;
	h.type = static_cast<uint16_t>(type);
	h.length = length;
	return h;
}

int
unpack(unsigned type, size_t length)
{
	struct ctl_header h = header(type, static_cast<uint32_t>(length)), out;

	return ctl_frame_unpack(&h, sizeof(h), &out);
}

TEST(CtlFrame, WhatIsPackedIsUnpacked)
{
	uint8_t bytes[sizeof(struct ctl_header) + 1];
	struct ctl_header out;

	/* an odd address: headers lie anywhere in a buffer */
	EXPECT_EQ(ctl_frame_pack(bytes + 1, CTL_ROWS, 2 * sizeof(struct report_row)), sizeof(out));
	ASSERT_EQ(ctl_frame_unpack(bytes + 1, sizeof(out), &out), 0);
	EXPECT_EQ(out.type, CTL_ROWS);
	EXPECT_EQ(out.length, 2 * sizeof(struct report_row));
	EXPECT_EQ(memcmp(bytes + 1, "SPST", 4), 0);
}

TEST(CtlFrame, PartsOfAHeaderAreWaitedFor)
{
	struct ctl_header h = header(CTL_CONN, 0), out;

	for (size_t have = 0; have < sizeof(h); have++)
		EXPECT_EQ(ctl_frame_unpack(&h, have, &out), -EAGAIN) << have;
	EXPECT_EQ(ctl_frame_unpack(&h, sizeof(h), &out), 0);
}

TEST(CtlFrame, RubbishIsKnownByItsFirstByte)
{
	struct ctl_header out;

	EXPECT_EQ(ctl_frame_unpack("G", 1, &out), -EPROTO);
	EXPECT_EQ(ctl_frame_unpack("SPSX", 4, &out), -EPROTO);
	EXPECT_EQ(ctl_frame_unpack("GET / HTTP/1.1\r\n", 16, &out), -EPROTO);
}

TEST(CtlFrame, AnotherVersionIsToldApart)
{
	struct ctl_header h = header(9999, 0xffffffff), out;

	h.version = CTL_VERSION + 1;
	EXPECT_EQ(ctl_frame_unpack(&h, sizeof(h), &out), -EPROTONOSUPPORT);
	EXPECT_EQ(out.version, CTL_VERSION + 1);
}

TEST(CtlFrame, LengthsAreThoseOfTheType)
{
	for (unsigned type : { CTL_CONN, CTL_ALLCONN, CTL_ALL, CTL_STATS, CTL_HOME, CTL_LISTEN,
	                       CTL_LISTEN_ALL }) {
		EXPECT_EQ(unpack(type, 0), 0);
		EXPECT_EQ(unpack(type, 1), -EMSGSIZE);
		EXPECT_EQ(unpack(type, 0xffffffff), -EMSGSIZE);
	}
	for (unsigned type : { CTL_CONN, CTL_ALLCONN, CTL_ALL, CTL_GROUP, CTL_DROP_MATCHING,
	                       CTL_LEAKS, CTL_TIMEWAIT, CTL_CLIENTS, CTL_EVENTS }) {
		EXPECT_EQ(unpack(type, sizeof(struct ctl_ask)), 0);
		EXPECT_EQ(unpack(type, 2 * sizeof(struct ctl_ask)), -EMSGSIZE);
	}
	EXPECT_EQ(unpack(CTL_GROUP, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_DROP_MATCHING, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_LEAKS, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_EVENTS, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_STATS, sizeof(struct ctl_ask)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_DROP, 8), 0);
	EXPECT_EQ(unpack(CTL_DROP, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_DROP, 16), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_INFO, sizeof(struct ctl_info)), 0);
	EXPECT_EQ(unpack(CTL_INFO, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_ROWS, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_ROWS, sizeof(struct report_row)), 0);
	EXPECT_EQ(unpack(CTL_ROWS, sizeof(struct report_row) + 1), -EMSGSIZE);
	for (unsigned request : { CTL_CONN, CTL_ALLCONN, CTL_ALL, CTL_LISTEN, CTL_LISTEN_ALL, CTL_GROUP,
	                          CTL_DROP_MATCHING, CTL_LEAKS, CTL_TIMEWAIT, CTL_CLIENTS, CTL_EVENTS }) {
		struct ctl_rows rows;

		ASSERT_TRUE(ctl_frame_rows(request, &rows));
		EXPECT_GE(rows.max, 100u);
		EXPECT_EQ(unpack(rows.type, rows.max * rows.bytes), 0);
		EXPECT_EQ(unpack(rows.type, rows.bytes + 8), -EMSGSIZE);
		EXPECT_EQ(unpack(rows.type, (rows.max + 1) * rows.bytes), -EMSGSIZE);
	}
	EXPECT_EQ(unpack(CTL_COUNTERS, sizeof(struct report_stats)), 0);
	EXPECT_EQ(unpack(CTL_COUNTERS, 2 * sizeof(struct report_stats)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_NETS, 0), 0);
	EXPECT_EQ(unpack(CTL_NETS, sizeof(struct report_net) * REPORT_NETS_MAX), 0);
	EXPECT_EQ(unpack(CTL_NETS, sizeof(struct report_net) * (REPORT_NETS_MAX + 1)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_LABELS, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_LABELS, sizeof(struct report_label) * REPORT_LABELS_MAX), 0);
	EXPECT_EQ(unpack(CTL_LABELS, sizeof(struct report_label) * (REPORT_LABELS_MAX + 1)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_END, sizeof(struct ctl_end)), 0);
	EXPECT_EQ(unpack(CTL_SOCKETS, 0), -EMSGSIZE);
}

TEST(CtlFrame, TypesNobodyKnows)
{
	for (unsigned type : { 0u, CTL_DROP_MATCHING + 1u, CTL_LEAKS - 1u, CTL_CLIENTS + 1u, CTL_EVENTS - 1u,
	                       CTL_EVENTS + 1u, CTL_INFO - 1u, CTL_GROUPS + 1u, CTL_LEAK_LINES - 1u,
	                       CTL_CLIENT_LINES + 1u, CTL_EVENT_ROWS - 1u, CTL_EVENT_ROWS + 1u, CTL_LABELS - 1u,
	                       CTL_LABELS + 1u, 0xffffu })
		EXPECT_EQ(unpack(type, 0), -ENOSYS) << type;
	EXPECT_TRUE(ctl_frame_is_request(CTL_CONN));
	EXPECT_TRUE(ctl_frame_is_request(CTL_LISTEN_ALL));
	EXPECT_TRUE(ctl_frame_is_request(CTL_TIMEWAIT));
	EXPECT_TRUE(ctl_frame_is_request(CTL_EVENTS));
	EXPECT_FALSE(ctl_frame_is_request(CTL_LEAKS - 1));
	EXPECT_FALSE(ctl_frame_is_request(CTL_EVENT_ROWS));
	EXPECT_FALSE(ctl_frame_is_request(0));
	EXPECT_FALSE(ctl_frame_is_request(CTL_INFO));
	EXPECT_FALSE(ctl_frame_is_request(CTL_END));
	struct ctl_rows rows;
	for (unsigned request : { 0u, (unsigned)CTL_STATS, (unsigned)CTL_DROP, 40u, 0xffffu })
		EXPECT_FALSE(ctl_frame_rows(request, &rows)) << request;
}

/* Whatever the bytes, a good header never asks for more than the largest payload. */
TEST(CtlFrame, RandomHeadersStayInBounds)
{
	std::mt19937 random(1);
	unsigned good = 0;

	for (int i = 0; i < 2000000; i++) {
		struct ctl_header h = header(random() % 90, random() % 3 ? random() % 128 * 8 : random()), out;

		if (ctl_frame_unpack(&h, sizeof(h), &out))
			continue;
		good++;
		ASSERT_LE(out.length, CTL_PAYLOAD_MAX);
		ASSERT_TRUE(!ctl_frame_is_request(out.type) || out.length <= CTL_REQUEST_MAX);
	}
	EXPECT_GT(good, 100u);
}

} // namespace
