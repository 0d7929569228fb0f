/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "report_names.h"
#include "report_spelling.h"

namespace {

const char *
spelled(enum report_system system, unsigned state, bool is_socket = false)
{
	return report_spelling(system, state, is_socket);
}

uint32_t
found(const std::string &text)
{
	return report_spelling_find(text.data(), text.size());
}

uint32_t
bit(unsigned state)
{
	return UINT32_C(1) << state;
}

/* No two states are spelled alike by any system, but those that it does not have. */
TEST(ReportSpelling, StatesAreKeptApart)
{
	for (unsigned at = 0; at < REPORT_SYSTEMS; at++) {
		const auto system = static_cast<enum report_system>(at);
		std::set<std::string> seen;

		for (unsigned state = REPORT_CLOSED; state <= REPORT_TIME_WAIT; state++) {
			const std::string word = spelled(system, state);

			EXPECT_TRUE(word.empty() || seen.insert(word).second)
			    << report_system_name(system) << " " << report_state_name(state);
		}
		EXPECT_STREQ(spelled(system, 200), "UNKNOWN");
		EXPECT_STRNE(report_system_manual(system), "");
	}
}

/* Each column, in the order of enum report_state from CLOSED to TIME_WAIT, then UDP and its socket. */
TEST(ReportSpelling, Columns)
{
	const struct {
		enum report_system system;
		const char *words[REPORT_STATES + 1];
	} columns[] = {
		{ REPORT_SYSTEM_RFC, { "CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "UDP", "UDP" } },
		{ REPORT_SYSTEM_ZOS, { "Closed", "Listen", "SynSent", "SynRcvd", "Establsh", "FinWait1", "FinWait2", "ClosWait", "Closing", "LastAck", "TimeWait", "UDP", "UDP" } },
		{ REPORT_SYSTEM_ZOS_CONSOLE, { "Closed", "Listen", "SynSent", "SynRcvd", "Estblsh", "FinWt1", "FinWt2", "ClosWt", "Closing", "LastAck", "TimeWt", "UDP", "UDP" } },
		{ REPORT_SYSTEM_LINUX, { "CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "ESTABLISHED", "" } },
		{ REPORT_SYSTEM_SS, { "UNCONN", "LISTEN", "SYN-SENT", "SYN-RECV", "ESTAB", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT", "ESTAB", "UNCONN" } },
		{ REPORT_SYSTEM_BSD, { "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "", "" } },
		{ REPORT_SYSTEM_SOLARIS, { "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "Connected", "Idle" } },
		{ REPORT_SYSTEM_WINDOWS, { "CLOSED", "LISTENING", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT", "", "" } },
		{ REPORT_SYSTEM_CONNTRACK, { "CLOSE", "", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "", "CLOSE_WAIT", "", "LAST_ACK", "TIME_WAIT", "", "" } },
		{ REPORT_SYSTEM_SNMP, { "closed(1)", "listen(2)", "synSent(3)", "synReceived(4)", "established(5)", "finWait1(6)", "finWait2(7)", "closeWait(8)", "closing(10)", "lastAck(9)", "timeWait(11)", "", "" } },
	};

	ASSERT_EQ(std::size(columns), static_cast<size_t>(REPORT_SYSTEMS));
	for (const auto &column : columns)
		for (unsigned row = 0; row <= REPORT_STATES; row++)
			EXPECT_STREQ(spelled(column.system, std::min<unsigned>(row, REPORT_UDP), row == REPORT_STATES),
			             column.words[row])
			    << report_system_name(column.system);
}

/* What a system prints of TCP is found again, in any case, with and without what stands between. */
TEST(ReportSpelling, WhatIsPrintedIsFound)
{
	for (unsigned system = 0; system < REPORT_SYSTEMS; system++)
		for (unsigned state = 0; state < REPORT_UDP; state++) {
			std::string word = spelled(static_cast<enum report_system>(system), state);
			std::string lower = word = word.substr(0, word.find('('));

			if (word.empty() || word == "FIN_WAIT")
				continue;
			for (char &c : lower)
				c = c == '_' || c == '-' ? ' ' : static_cast<char>(tolower(c));
			EXPECT_EQ(found(word), bit(state)) << word;
			EXPECT_EQ(found(lower), bit(state)) << lower;
		}
	EXPECT_EQ(found("udp"), bit(REPORT_UDP));
}

TEST(ReportSpelling, Others)
{
	const struct {
		const char *word;
		uint32_t states;
	} others[] = {
		{ "SYN_SEND", bit(REPORT_SYN_SENT) },
		{ "TIMED_WAIT", bit(REPORT_TIME_WAIT) },
		{ "SYN_RCDV", bit(REPORT_SYN_RECEIVED) },
		{ "SYN RCVD", bit(REPORT_SYN_RECEIVED) },
		{ "syn-rcv", bit(REPORT_SYN_RECEIVED) },
		{ "CLOSE WAIT", bit(REPORT_CLOSE_WAIT) },
		{ "ESTAB", bit(REPORT_ESTABLISHED) },
		{ "FINWAIT-1", bit(REPORT_FIN_WAIT_1) },
		{ "finwait-2", bit(REPORT_FIN_WAIT_2) },
		{ "FIN WAIT 2", bit(REPORT_FIN_WAIT_2) },
		{ "FIN_WAIT", bit(REPORT_FIN_WAIT_1) | bit(REPORT_FIN_WAIT_2) },
		{ "bound", bit(REPORT_CLOSED) },
		{ "Idle", bit(REPORT_CLOSED) | bit(REPORT_UDP) },
		{ "deleteTCB", bit(REPORT_CLOSED) },
		{ "SYN_SENT2", bit(REPORT_SYN_SENT) },
	};

	for (const auto &other : others)
		EXPECT_EQ(found(other.word), other.states) << other.word;
	for (size_t i = 0; report_spelling_also(i); i++)
		EXPECT_EQ(found(report_spelling_also(i)->word), report_spelling_also(i)->states);
}

TEST(ReportSpelling, WhatIsNone)
{
	for (const char *word : { "", "-", "_closed", "closed_", "fin--wait-1", "estab lished_", "fin-wait-3",
	                          "e", "establishe", "establishedd", "UNKNOWN", "4", "()", "synsent(" })
		EXPECT_EQ(found(word), 0u) << word;
}

} // namespace
