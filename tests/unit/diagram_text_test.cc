/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <algorithm>

#include "diagram_fixture.h"
#include "diagram_layout.h"

namespace {

const struct report_stats *const unsampled = nullptr;

/* The states and ordinary arrows of RFC 9293's figure 5, in this project's own layout. */
TEST(DiagramText, Ascii)
{
	const auto stats = diagram_counted();

	EXPECT_EQ(diagram_of(diagram_text, stats.get(), unsampled, false, true),
          "                               +---------------+\n"
          "        +----------------------+    CLOSED     +----------------------+\n"
          "        | listen()             |  c 100 s 200  | snd SYN              |\n"
          "        |                      +---------------+                      |\n"
          "        v                                                             v\n"
          "+---------------+                                             +---------------+\n"
          "|    LISTEN     |                                             |   SYN_SENT    |\n"
          "|spanstat listen|                                             |  c 102 s 202  |\n"
          "+-------+-------+                                             +---+-------+---+\n"
          "        | rcv SYN                                rcv SYN          |       |\n"
          "        |    +----------------------------------------------------+       |\n"
          "        v    v                                                            |\n"
          "+---------------+ rcv ACK      +---------------+ rcv SYN,ACK              |\n"
          "| SYN_RECEIVED  +------------->|  ESTABLISHED  |<-------------------------+\n"
          "|  c 103 s 203  |              | c 1.0M s 100M |\n"
          "+-------+-------+              +---+-------+---+\n"
          "        | snd FIN                  |       |\n"
          "        v                          |       |\n"
          "+---------------+  snd FIN         |       | rcv FIN          +---------------+\n"
          "|  FIN_WAIT_1   |<-----------------+       +----------------->|  CLOSE_WAIT   |\n"
          "|  c 105 s 205  +----------------------+                      |  c 107 s 207  |\n"
          "+-------+-------+                      | rcv FIN              +-------+-------+\n"
          "        | rcv ACK of FIN               |                              | snd FIN\n"
          "        v                              v                              v\n"
          "+---------------+              +---------------+              +---------------+\n"
          "|  FIN_WAIT_2   |              |    CLOSING    |              |   LAST_ACK    |\n"
          "|  c 106 s 206  |              |  c 108 s 208  |              |  c 109 s 209  |\n"
          "+-------+-------+              +-------+-------+              +-------+-------+\n"
          "        |                              | rcv ACK of FIN               |\n"
          "        |                              v               rcv ACK of FIN |\n"
          "        | rcv FIN              +---------------+                      v\n"
          "        +--------------------->|   TIME_WAIT   +-----------------> CLOSED\n"
          "                               |  c 110 s 210  | 2 MSL over\n"
          "                               +---------------+\n");
}

/* The same with lines: character for character. */
TEST(DiagramText, Lines)
{
	const auto stats = diagram_counted();
	const std::pair<std::string, std::string> drawn[] = {
		{ "─", "-" }, { "│", "|" }, { "┌", "+" }, { "┐", "+" }, { "└", "+" }, { "┘", "+" },
		{ "├", "+" }, { "┤", "+" }, { "┬", "+" }, { "▼", "v" }, { "◀", "<" }, { "▶", ">" },
	};
	std::string text = diagram_of(diagram_text, stats.get(), unsampled, true, true);

	EXPECT_EQ(text.find('+'), std::string::npos);
	EXPECT_EQ(text.find(std::string(31, ' ') + "┌───────────────┐\n        ┌──────────────────────┤    CLOSED     ├──"), 0u) << text;
	for (const auto &[line, ascii] : drawn)
		for (size_t at = text.find(line); at != std::string::npos; at = text.find(line, at))
			text.replace(at, line.size(), ascii);
	EXPECT_EQ(text, diagram_of(diagram_text, stats.get(), unsampled, false, true));
}

TEST(DiagramText, Legend)
{
	const auto stats = diagram_counted();
	const struct report_stats *nobody = nullptr;
	const std::string counted = diagram_of(diagram_text, stats.get(), unsampled, false, false);
	const std::string uncounted = diagram_of(diagram_text, nobody, unsampled, false, false);

	EXPECT_EQ(counted.find(diagram_of(diagram_text, stats.get(), unsampled, false, true) + "\n  In a box: "), 0u);
	EXPECT_NE(counted.find("\n  Not drawn: RST"), std::string::npos);
	EXPECT_NE(uncounted.find("\n  No daemon answered"), std::string::npos);
	for (const std::string &text : { counted, uncounted })
		for (size_t from = 0; from < text.size(); from = text.find('\n', from) + 1)
			EXPECT_LE(text.find('\n', from) - from, static_cast<size_t>(DIAGRAM_COLUMNS));
}

/* Five seconds between the samples; an end leaves LISTEN unseen, so it comes from CLOSED. */
TEST(DiagramText, Rates)
{
	const auto before = diagram_counted(), now = diagram_counted();
	std::string text;

	now->now_us = 5000000;
	now->flows_moves[REPORT_CLOSED][REPORT_SYN_SENT] = 60;
	now->flows_moves[REPORT_CLOSED][REPORT_SYN_RECEIVED] = 55;
	now->flows_moves[REPORT_CLOSE_WAIT][REPORT_LAST_ACK] = 61500000;
	now->flows_moves[REPORT_SYN_RECEIVED][REPORT_FIN_WAIT_1] = 2;
	text = diagram_of(diagram_text, now.get(), before.get(), false, true);
	EXPECT_NE(text.find("+---------------+ 12/s                 |\n"), std::string::npos) << text;
	EXPECT_NE(text.find("| rcv SYN 11/s "), std::string::npos);
	EXPECT_NE(text.find("| snd FIN\n"), std::string::npos);
	EXPECT_NE(text.find("v 12.3M/s\n"), std::string::npos);
	EXPECT_NE(text.find("| snd FIN 0/s "), std::string::npos);
	before->flows_moves[REPORT_CLOSED][REPORT_SYN_SENT] = 61;
	EXPECT_EQ(diagram_of(diagram_text, now.get(), before.get(), false, true).find("+ 12/s "), std::string::npos)
	    << "counters that went back are another daemon's";
}

TEST(DiagramText, Table)
{
	const auto stats = diagram_counted();
	const struct report_stats *nobody = nullptr;
	const std::string text = diagram_of(diagram_table, stats.get());

	EXPECT_EQ(text.find("State           Clients    Servers\nCLOSED              100        200\nSYN_SENT            102        202\n"), 0u)
	    << text;
	EXPECT_NE(text.find("\nESTABLISHED     1048576   99999999\n"), std::string::npos);
	EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), REPORT_UDP);
	EXPECT_NE(diagram_of(diagram_table, nobody).find("\nTIME_WAIT             -          -\n"), std::string::npos);
}

} // namespace
