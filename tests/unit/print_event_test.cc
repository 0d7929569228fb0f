/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>

#include "print_capture.h"
#include "print_rows.h"
#include "report_event.h"
#include "report_fixture.h"
#include "print_conn.h"

namespace {

struct report_event
example_event(unsigned kind)
{
	struct report_event event;

	memset(&event, 0, sizeof(event));
	event.kind = static_cast<uint8_t>(kind);
	event.row = example_row();
	event.time_us = 1767225601000042;
	event.was_client = event.was_server = REPORT_EVENT_SAME;
	return event;
}

std::string
text(const struct report_event &event)
{
	Capture capture;

	print_events.text(capture.out(), &event);
	return capture.text();
}

std::string
json(const struct report_event &event)
{
	Capture capture;

	print_events.json(capture.out(), &event);
	return capture.text();
}

std::string
csv(const struct report_event &event)
{
	Capture capture;

	print_events.csv(capture.out(), &event);
	return capture.text();
}

/* What the row alone looks like. */
std::string
row_json(const struct report_row &row)
{
	Capture capture;

	print_json_row(capture.out(), &row);
	return capture.text();
}

TEST(ReportEvent, Text)
{
	struct report_event event = example_event(REPORT_EVENT_OPENED);
	Capture heading;

	event.row.end_cause = REPORT_END_NONE;
	print_events.text_heading(heading.out());
	EXPECT_EQ(heading.text(), "Time            Event  Id       Proto Client                State        "
	                          "Server                State        Why\n");
	EXPECT_EQ(text(event), "00:00:01.000042 opened 0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                       "192.168.5.146:443     CLOSE_WAIT\n");
	event.kind = REPORT_EVENT_STATE;
	event.was_client = REPORT_FIN_WAIT_1;
	EXPECT_EQ(text(event), "00:00:01.000042 state  0000002A tcp   10.0.0.1:20008        FIN_WAIT_2   "
	                       "192.168.5.146:443     CLOSE_WAIT   client was FIN_WAIT_1\n");
	event.was_server = REPORT_ESTABLISHED;
	EXPECT_NE(text(event).find("client was FIN_WAIT_1, server was ESTABLISHED\n"), std::string::npos);
	event.row.end_cause = REPORT_END_RST;
	EXPECT_NE(text(event).find("server was ESTABLISHED; rst\n"), std::string::npos);
	event.kind = REPORT_EVENT_ENDED;
	EXPECT_NE(text(event).find(" CLOSE_WAIT   rst\n"), std::string::npos);
	event.kind = REPORT_EVENT_LOST;
	event.lost = 18446744073709551615u;
	EXPECT_EQ(text(event), "00:00:01.000042 lost   18446744073709551615 events passed unseen\n");
	EXPECT_EQ(text(example_event(99)).substr(16, 7), "unknown");
}

/* The row's own object, with what happened in front. */
TEST(ReportEvent, Json)
{
	struct report_event event = example_event(REPORT_EVENT_OPENED);
	const std::string row = row_json(event.row).substr(1), time = "\"time\":\"2026-01-01T00:00:01.000042Z\"";

	EXPECT_EQ(json(event), "{\"type\":\"opened\"," + time + "," + row);
	event.kind = REPORT_EVENT_ENDED;
	EXPECT_EQ(json(event), "{\"type\":\"ended\"," + time + "," + row);
	event.kind = REPORT_EVENT_STATE;
	EXPECT_EQ(json(event), "{\"type\":\"state\"," + time + ",\"was\":{}," + row);
	event.was_client = REPORT_SYN_SENT;
	EXPECT_EQ(json(event), "{\"type\":\"state\"," + time + ",\"was\":{\"client\":\"SYN_SENT\"}," + row);
	event.was_server = REPORT_CLOSED;
	EXPECT_EQ(json(event), "{\"type\":\"state\"," + time +
	                           ",\"was\":{\"client\":\"SYN_SENT\",\"server\":\"CLOSED\"}," + row);
	event.was_client = REPORT_EVENT_SAME;
	EXPECT_EQ(json(event), "{\"type\":\"state\"," + time + ",\"was\":{\"server\":\"CLOSED\"}," + row);
	event.kind = REPORT_EVENT_LOST;
	event.lost = 12;
	EXPECT_EQ(json(event), "{\"type\":\"lost\"," + time + ",\"lost\":12}\n");
}

/* Any number of them: the block is written out between two, never within one. */
TEST(ReportEvent, JsonOfManyEvents)
{
	const struct report_event event = example_event(REPORT_EVENT_STATE);
	const std::string one = json(event);
	Capture capture;
	unsigned n = 0;

	for (int i = 0; i < 5000; i++)
		print_events.json(capture.out(), &event);
	for (const std::string &line : lines_of(capture.text())) {
		ASSERT_EQ(line + "\n", one);
		n++;
	}
	EXPECT_EQ(n, 5000u);
}

TEST(ReportEvent, Csv)
{
	struct report_event event = example_event(REPORT_EVENT_STATE);
	Capture heading, row;

	print_csv_row(row.out(), &event.row);
	print_events.csv_heading(heading.out());
	EXPECT_EQ(heading.text().find("type,time,lost,was_client,was_server,id,proto,"), 0u);
	event.was_server = REPORT_SYN_RECEIVED;
	EXPECT_EQ(csv(event), "state,2026-01-01T00:00:01.000042Z,,,SYN_RECEIVED," + row.text());
	event.kind = REPORT_EVENT_ENDED;
	EXPECT_EQ(csv(event), "ended,2026-01-01T00:00:01.000042Z,,,," + row.text());
	event.kind = REPORT_EVENT_LOST;
	event.lost = 7;
	const std::string lost = csv(event), columns = heading.text();
	EXPECT_EQ(lost.find("lost,2026-01-01T00:00:01.000042Z,7,,,"), 0u);
	EXPECT_EQ(std::count(lost.begin(), lost.end(), ','), std::count(columns.begin(), columns.end(), ','));
	EXPECT_EQ(lost.back(), '\n');
}

} // namespace
