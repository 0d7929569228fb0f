/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <random>

#include "ctl_frame.h"

namespace {

struct ctl_header
header(unsigned type, unsigned report, uint32_t length)
{
	struct ctl_header h;

	memset(&h, 0, sizeof(h));
	h.magic = CTL_MAGIC;
	h.version = CTL_VERSION;
	h.type = static_cast<uint16_t>(type);
	h.length = length;
	h.report = static_cast<uint16_t>(report);
	return h;
}

int
unpack(unsigned type, size_t length, unsigned report = 0)
{
	struct ctl_header h = header(type, report, static_cast<uint32_t>(length)), out;

	return ctl_frame_unpack(&h, sizeof(h), &out);
}

TEST(CtlFrame, WhatIsPackedIsUnpacked)
{
	uint8_t bytes[sizeof(struct ctl_header) + 1];
	struct ctl_header out;

	/* an odd address: headers lie anywhere in a buffer */
	EXPECT_EQ(ctl_frame_pack(bytes + 1, CTL_ROWS, REPORT_ASK_CONN, 2 * sizeof(struct report_row)),
	          sizeof(out));
	ASSERT_EQ(ctl_frame_unpack(bytes + 1, sizeof(out), &out), 0);
	EXPECT_EQ(out.type, CTL_ROWS);
	EXPECT_EQ(out.report, REPORT_ASK_CONN);
	EXPECT_EQ(out.length, 2 * sizeof(struct report_row));
	EXPECT_EQ(memcmp(bytes + 1, "SPST", 4), 0);
}

TEST(CtlFrame, PartsOfAHeaderAreWaitedFor)
{
	struct ctl_header h = header(CTL_ASK, REPORT_ASK_CONN, 0), out;

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
	struct ctl_header h = header(9999, 9999, 0xffffffff), out;

	h.version = CTL_VERSION + 1;
	EXPECT_EQ(ctl_frame_unpack(&h, sizeof(h), &out), -EPROTONOSUPPORT);
	EXPECT_EQ(out.version, CTL_VERSION + 1);
}

TEST(CtlFrame, LengthsAreThoseOfTheType)
{
	for (unsigned report = 1; report < REPORT_REQUESTS; report++) {
		EXPECT_EQ(unpack(CTL_ASK, 0, report), 0) << report;
		EXPECT_EQ(unpack(CTL_ASK, 1, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ASK, 0xffffffff, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ASK, 8, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ASK, sizeof(struct ctl_ask), report), 0);
		EXPECT_EQ(unpack(CTL_ASK, 2 * sizeof(struct ctl_ask), report), -EMSGSIZE);
	}
	EXPECT_EQ(unpack(CTL_INFO, sizeof(struct ctl_info)), 0);
	EXPECT_EQ(unpack(CTL_INFO, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_INFO, 2 * sizeof(struct ctl_info)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_LABELS, 0), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_LABELS, sizeof(struct report_label) * REPORT_LABELS_MAX), 0);
	EXPECT_EQ(unpack(CTL_LABELS, sizeof(struct report_label) * (REPORT_LABELS_MAX + 1)), -EMSGSIZE);
	EXPECT_EQ(unpack(CTL_END, sizeof(struct ctl_end)), 0);
	EXPECT_EQ(unpack(CTL_END, 0), -EMSGSIZE);
}

TEST(CtlFrame, RowsAreThoseOfTheReport)
{
	for (unsigned report = 1; report < REPORT_REQUESTS; report++) {
		const size_t bytes = ctl_frame_row_bytes(report), max = ctl_frame_rows_max(report);

		EXPECT_EQ(bytes, query_row_bytes(report)) << report;
		ASSERT_GE(max, 1u) << report;
		EXPECT_LE(max * bytes, static_cast<size_t>(CTL_PAYLOAD_MAX));
		EXPECT_GT((max + 1) * bytes, static_cast<size_t>(CTL_PAYLOAD_MAX)) << "as many as fit";
		EXPECT_EQ(unpack(CTL_ROWS, 0, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ROWS, bytes, report), 0);
		EXPECT_EQ(unpack(CTL_ROWS, bytes + 1, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ROWS, bytes + 8, report), -EMSGSIZE);
		EXPECT_EQ(unpack(CTL_ROWS, max * bytes, report), 0);
		EXPECT_EQ(unpack(CTL_ROWS, (max + 1) * bytes, report), -EMSGSIZE);
	}
	for (unsigned report : { REPORT_ASK_CONN, REPORT_ASK_ALLCONN, REPORT_ASK_ALL, REPORT_ASK_LISTEN,
	                         REPORT_ASK_LISTEN_ALL, REPORT_ASK_GROUP, REPORT_ASK_DROP_MATCHING,
	                         REPORT_ASK_LEAKS, REPORT_ASK_TIMEWAIT, REPORT_ASK_CLIENTS,
	                         REPORT_ASK_EVENTS })
		EXPECT_GE(ctl_frame_rows_max(report), 80u) << report;
	EXPECT_GE(ctl_frame_rows_max(REPORT_ASK_HOME), static_cast<unsigned>(REPORT_NETS_MAX))
	    << "the home list is one frame";
	for (unsigned report : { 0u, (unsigned)REPORT_REQUESTS, 40u, 0xffffu })
		EXPECT_EQ(ctl_frame_row_bytes(report), 0u) << report;
}

TEST(CtlFrame, TypesNobodyKnows)
{
	for (unsigned type : { 0u, CTL_END + 1u, 40u, 80u, 0xffffu })
		EXPECT_EQ(unpack(type, 0, REPORT_ASK_CONN), -ENOSYS) << type;
	for (unsigned report : { 0u, (unsigned)REPORT_REQUESTS, 40u, 0xffffu }) {
		EXPECT_EQ(unpack(CTL_ASK, 0, report), -ENOSYS) << report;
		EXPECT_EQ(unpack(CTL_ROWS, sizeof(struct report_row), report), -ENOSYS) << report;
	}
}

/* Whatever the bytes, a good header never asks for more than the largest payload. */
TEST(CtlFrame, RandomHeadersStayInBounds)
{
	std::mt19937 random(1);
	unsigned good = 0;

	for (int i = 0; i < 2000000; i++) {
		const unsigned type = random() % 8, report = random() % 24;
		struct ctl_header h = header(type, report, random() % 3 ? random() % 128 * 8 : random()), out;

		if (ctl_frame_unpack(&h, sizeof(h), &out))
			continue;
		good++;
		ASSERT_LE(out.length, static_cast<uint32_t>(CTL_PAYLOAD_MAX));
		ASSERT_TRUE(out.type != CTL_ASK || out.length <= CTL_REQUEST_MAX);
	}
	EXPECT_GT(good, 100u);
}

TEST(CtlFrame, ARequestThatAsksForNothing)
{
	struct query_request request;

	memset(&request, 0x5a, sizeof(request));
	ctl_frame_request(&request, REPORT_ASK_STATS, nullptr);
	EXPECT_EQ(request.report, REPORT_ASK_STATS);
	EXPECT_EQ(request.of, REPORT_ASK_NOTHING);
	for (const char *text : { request.filter, request.sort, request.by })
		EXPECT_STREQ(text, "");
	EXPECT_EQ(request.limit, 0u);
	EXPECT_EQ(request.id, 0u);
	EXPECT_EQ(request.lines, 0u);
	EXPECT_EQ(request.as_version, 0u);
}

TEST(CtlFrame, ARequestIsTakenOver)
{
	struct query_request request;
	struct ctl_ask ask = {};

	strcpy(ask.filter, "dport 443");
	strcpy(ask.sort, "-bytes");
	strcpy(ask.by, "server");
	ask.limit = 7;
	ask.id = 0x1122334455667788;
	ask.of = REPORT_ASK_CONN;
	ask.lines = QUERY_LINES | QUERY_LINES_SOCKETS;
	ask.as_version = 6;
	ask.as[15] = 9;
	ctl_frame_request(&request, REPORT_ASK_GROUP, &ask);
	EXPECT_EQ(request.report, REPORT_ASK_GROUP);
	EXPECT_EQ(request.of, REPORT_ASK_CONN);
	EXPECT_STREQ(request.filter, "dport 443");
	EXPECT_STREQ(request.sort, "-bytes");
	EXPECT_STREQ(request.by, "server");
	EXPECT_EQ(request.limit, 7u);
	EXPECT_EQ(request.id, 0x1122334455667788u);
	EXPECT_EQ(request.lines, static_cast<unsigned>(QUERY_LINES | QUERY_LINES_SOCKETS));
	EXPECT_EQ(request.as_version, 6u);
	EXPECT_EQ(memcmp(request.as, ask.as, sizeof(ask.as)), 0);
}

/* Nothing in it is trusted: texts end, and a number that is no report is taken for none. */
TEST(CtlFrame, ARequestThatLies)
{
	struct query_request request;
	struct ctl_ask ask;

	memset(&ask, 0xff, sizeof(ask));
	ctl_frame_request(&request, REPORT_ASK_GROUP, &ask);
	EXPECT_EQ(strlen(request.filter), CTL_FILTER_MAX - 1u);
	EXPECT_EQ(strlen(request.sort), CTL_WORDS_MAX - 1u);
	EXPECT_EQ(strlen(request.by), CTL_WORDS_MAX - 1u);
	EXPECT_LT(request.of, REPORT_REQUESTS);
	EXPECT_EQ(request.as_version, 0u);
	ask.as_version = 5;
	ctl_frame_request(&request, REPORT_ASK_CONN, &ask);
	EXPECT_EQ(request.as_version, 0u);
}

} // namespace
