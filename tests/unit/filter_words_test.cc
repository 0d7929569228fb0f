/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <string>

#include "filter_words.h"
#include "report_names.h"

namespace {

struct filter_span
span(const std::string &text)
{
	return { text.data(), text.size() };
}

uint32_t
bit(unsigned state)
{
	return UINT32_C(1) << state;
}

struct Spelling {
	unsigned state;
	const char *words;
};

/* Every system's: RFC 9293, ss's output and filters, net-tools, z/OS and its console, BSD, Windows. */
const Spelling spellings[] = {
	{ REPORT_LISTEN, "LISTEN LISTENING Listen listening" },
	{ REPORT_SYN_SENT, "SYN_SENT SYN-SENT SynSent syn-sent" },
	{ REPORT_SYN_RECEIVED, "SYN_RECEIVED SYN-RECEIVED SYN_RECV SYN-RECV SYN_RCVD SynRcvd syn-recv syn-rcv" },
	{ REPORT_ESTABLISHED, "ESTABLISHED ESTAB Establsh Estblsh established" },
	{ REPORT_FIN_WAIT_1, "FIN_WAIT_1 FIN-WAIT-1 FIN_WAIT1 FinWait1 FinWt1 fin-wait-1" },
	{ REPORT_FIN_WAIT_2, "FIN_WAIT_2 FIN-WAIT-2 FIN_WAIT2 FinWait2 FinWt2 fin-wait-2" },
	{ REPORT_CLOSE_WAIT, "CLOSE_WAIT CLOSE-WAIT ClosWait ClosWt close-wait" },
	{ REPORT_CLOSING, "CLOSING Closing closing" },
	{ REPORT_LAST_ACK, "LAST_ACK LAST-ACK LastAck last-ack" },
	{ REPORT_TIME_WAIT, "TIME_WAIT TIME-WAIT TimeWait TimeWt time-wait" },
	{ REPORT_CLOSED, "CLOSED CLOSE Closed UNCONN closed close unconnected" },
	{ REPORT_UDP, "UDP udp" },
};

TEST(FilterWords, StatesInEverySystemsSpelling)
{
	for (const Spelling &spelling : spellings) {
		std::string words = spelling.words;

		for (size_t from = 0; from < words.size();) {
			size_t to = std::min(words.find(' ', from), words.size());

			EXPECT_EQ(filter_states_find(span(words.substr(from, to - from))),
			          bit(spelling.state))
			    << words.substr(from, to - from);
			from = to + 1;
		}
	}
	for (unsigned state = 0; state < REPORT_STATES; state++)
		EXPECT_EQ(filter_states_find(span(report_state_name(state))), bit(state));
}

TEST(FilterWords, GroupsOfStates)
{
	const uint32_t all = bit(REPORT_STATES) - 1, bucket = bit(REPORT_SYN_RECEIVED) | bit(REPORT_TIME_WAIT);
	const uint32_t connected = all & ~(bit(REPORT_LISTEN) | bit(REPORT_CLOSED) | bit(REPORT_UDP));

	EXPECT_EQ(filter_states_find(span("all")), all);
	EXPECT_EQ(filter_states_find(span("Connected")), connected);
	EXPECT_EQ(filter_states_find(span("synchronized")), connected & ~bit(REPORT_SYN_SENT));
	EXPECT_EQ(filter_states_find(span("bucket")), bucket);
	EXPECT_EQ(filter_states_find(span("big")), all & ~bucket);
}

TEST(FilterWords, WhatIsNoState)
{
	for (const char *word : { "", "e", "establishe", "establishedd", "close_wait_", "-",
	                          "fin-wait-3", "a-very-long-word-that-is-no-state" })
		EXPECT_EQ(filter_states_find(span(word)), 0u) << word;
}

TEST(FilterWords, LettersOfEitherCase)
{
	ASSERT_NE(filter_word_find(span("Client.State")), nullptr);
	EXPECT_STREQ(filter_word_find(span("Client.State"))->name, "client.state");
	EXPECT_EQ(filter_word_find(span("clients")), nullptr);
	EXPECT_EQ(filter_word_find(span("")), nullptr);
	EXPECT_EQ(filter_cmp_find(span("GE")), FILTER_CMP_GE);
	EXPECT_EQ(filter_cmp_find(span("g")), FILTER_CMP_NONE);
}

TEST(FilterWords, EveryKindOfValueHasItsWords)
{
	for (unsigned value = 0; value < FILTER_VALUES; value++)
		EXPECT_NE(filter_value_kind(value)->expected, nullptr) << value;
}

} // namespace
