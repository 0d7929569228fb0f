// SPDX-License-Identifier: BSD-3-Clause
/*
 * A script of segments and what a tap must make of each, written as tcpdump would print them.
 *
 *	A S    0              SYN_SENT     CLOSED        syn
 *	B S.   0       ack 1  SYN_SENT     SYN_RECEIVED  syn
 *	A P.   1:101   ack 1  ESTABLISHED  ESTABLISHED
 *	A has payload 100 rtx 0
 *	forget
 *
 * sender, flags as tcpdump's (`.` is ACK), sequence number or first:last+1, then `ack N`, `win N`, `ws N`, `sack`
 * as there is need, and of a SYN what identification and time say (`repeated`, `soon`, `copied`); then the states of A and B after it and every result bit but TCP_STATE_CHANGED, which
 * is checked against the states. Numbers are relative to each end's ISN, so one script is played
 * with every ISN that puts the wrap of 2^32 somewhere into it. Lines that begin with `#` are notes;
 * `rtx` counts the segments of that end that the tap called retransmissions; `forget` takes away
 * what struct tcp_doubt remembers.
 *
 * segments_play(script) plays it with all of them and stops at the first that fails.
 */
#ifndef SUPPORT_SEGMENTS_H
#define SUPPORT_SEGMENTS_H

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tcp.h"

namespace support
{

struct ResultName {
	const char *name;
	unsigned bit;
};

static const ResultName result_names[] = {
	{"new", TCP_NEW_CONNECTION},     {"rtx", TCP_RETRANSMISSION}, {"gap", TCP_GAP},
	{"rst-ignored", TCP_RST_IGNORED}, {"on-live", TCP_SYN_ON_LIVE},
	{"out-of-window", TCP_OUT_OF_WINDOW}, {"rst", TCP_RST_BELIEVED},
	{"syn", TCP_SYN_SEEN},           {"anew", TCP_TIME_WAIT_RESTARTED},
	{"gap-peer", TCP_GAP_PEER},      {"ooo", TCP_OUT_OF_ORDER},
	{"closed-window", TCP_WINDOW_CLOSED}, {"copy", TCP_COPY},
	{"opened-window", TCP_WINDOW_OPENED}, {"lost", TCP_LOST}, {"needless", TCP_NEEDLESS},
	{"rst-late", TCP_RST_LATE},      {"rst-denied", TCP_RST_DENIED},
};

inline std::string
results_text(unsigned result)
{
	std::string text;

	for (const ResultName &r : result_names)
		if (result & r.bit)
			text += std::string(text.empty() ? "" : " ") + r.name;
	return text;
}

/* One line: a segment and what must follow, or (has) what an end must hold. */
struct Step {
	std::string line;
	bool has = false, forgets = false;
	unsigned sender = 0;
	tcp_segment seg = {}; // numbers still relative
	std::string states, results;
	std::vector<std::pair<std::string, long>> fields;
};

inline uint8_t
flags_of(const std::string &text)
{
	uint8_t flags = 0;

	for (char c : text)
		flags |= c == 'S' ? TCP_SYN : c == 'F' ? TCP_FIN : c == 'R' ? TCP_RST
			: c == '.' ? TCP_ACK : c == 'P' ? 0x08 : c == 'U' ? 0x20 : c == 'E' ? 0x40
			: c == 'W' ? 0x80 : 0;
	return flags;
}

inline void
step_segment(Step &step, const std::string &flags, std::istringstream &words)
{
	std::string word;
	long first = 0, last;

	step.seg.flags = flags_of(flags);
	step.seg.window = 65535;
	step.seg.wscale = TCP_WSCALE_NONE;
	words >> first;
	last = first;
	if (words.peek() == ':')
		words.ignore() >> last;
	step.seg.seq = (uint32_t)first;
	step.seg.length = (uint32_t)(last - first);
	while (words >> word) {
		long n = 0;

		if (word == "ack" && words >> n)
			step.seg.ack = (uint32_t)n;
		else if (word == "win" && words >> n)
			step.seg.window = (uint16_t)n;
		else if (word == "ws" && words >> n)
			step.seg.wscale = (uint8_t)n;
		else if (word == "sack")
			step.seg.sack = 1;
		else if (word == "repeated")
			step.seg.syn |= TCP_SYN_REPEATED;
		else if (word == "soon")
			step.seg.syn |= TCP_SYN_SOON;
		else if (word == "copied")
			step.seg.syn |= TCP_SYN_SOON | TCP_SYN_COPIED;
		else
			break;
	}
	step.states = word;
	words >> word;
	step.states += " " + word;
	while (words >> word)
		step.results += (step.results.empty() ? "" : " ") + word;
}

inline std::vector<Step>
script_read(const std::string &script)
{
	std::istringstream lines(script);
	std::vector<Step> steps;
	std::string line;

	while (std::getline(lines, line)) {
		std::istringstream words(line);
		std::string who, what;
		long value;
		Step step;

		if (!(words >> who) || who[0] == '#')
			continue;
		words >> what;
		step.line = line;
		step.sender = who == "B";
		step.has = what == "has";
		step.forgets = who == "forget";
		if (step.forgets) {
			steps.push_back(step);
			continue;
		}
		if (step.has)
			while (words >> what >> value)
				step.fields.emplace_back(what, value);
		else
			step_segment(step, what, words);
		steps.push_back(step);
	}
	return steps;
}

/* Two ends and the tap between them. */
class Tap
{
public:
	Tap(uint32_t isn_a, uint32_t isn_b) : isn{isn_a, isn_b} {}

	tcp_end end[2] = {};
	tcp_doubt doubt = {};
	long retransmissions[2] = {};

	unsigned
	pass(unsigned sender, tcp_segment seg)
	{
		unsigned result = pass_on(sender, seg);

		retransmissions[sender] += !!(result & TCP_RETRANSMISSION);
		return result;
	}

	unsigned
	pass_on(unsigned sender, tcp_segment seg)
	{
		seg.seq += isn[sender];
		if (seg.flags & TCP_ACK)
			seg.ack += isn[!sender];
		if (begun)
			return segment_apply(&end[sender], &end[!sender], &doubt, &seg);
		if (!tcp_segment_opens(seg.flags))
			return TCP_OUT_OF_WINDOW; // as lib/track does: it opens nothing
		begun = true;
		return tcp_segment_first(&end[sender], &end[!sender], &doubt, &seg);
	}

	std::string
	states() const
	{
		return std::string(state_name((tcp_state)end[0].state)) + " " +
		       state_name((tcp_state)end[1].state);
	}

	long
	field(unsigned which, const std::string &name) const
	{
		const tcp_end &e = end[which];

		return name == "payload" ? (long)e.payload
			: name == "rtx"  ? retransmissions[which]
			: name == "ws"   ? (long)e.wscale
			: name == "win"  ? (long)tcp_end_window(&e, &end[!which])
			: name == "nxt"  ? (long)(int32_t)(e.snd_nxt - isn[which])
			: name == "rcv"  ? (long)(int32_t)(e.rcv_nxt - isn[!which])
			: name == "1st"  ? (long)!!(e.flags & TCP_END_CLOSED_1ST)
			: name == "sack" ? (long)!!(e.flags & TCP_END_SACK)
			: name == "probed" ? (long)e.probed
			: name == "hole" ? (long)!!(e.flags & TCP_END_HOLE)
					 : -1000000;
	}

private:
	uint32_t isn[2];
	bool begun = false;
};

inline void
step_play(Tap &tap, const Step &step, bool first)
{
	tcp_end before[2];
	unsigned result;

	if (step.forgets)
		tap.doubt = tcp_doubt{};
	if (step.forgets)
		return;
	if (step.has) {
		for (const auto &[name, value] : step.fields)
			EXPECT_EQ(tap.field(step.sender, name), value) << step.line << ": " << name;
		return;
	}
	memcpy(before, tap.end, sizeof(before));
	result = tap.pass(step.sender, step.seg);
	EXPECT_EQ(tap.states(), step.states) << step.line;
	EXPECT_EQ(results_text(result), step.results) << step.line;
	if (!first) {
		EXPECT_EQ(!!(result & TCP_STATE_CHANGED), before[0].state != tap.end[0].state ||
								  before[1].state != tap.end[1].state)
			<< step.line;
	}
	if (result & TCP_NEW_CONNECTION) {
		EXPECT_EQ(memcmp(before, tap.end, sizeof(before)), 0) << step.line;
	}
}

inline void
script_play(const std::vector<Step> &steps, uint32_t isn_a, uint32_t isn_b)
{
	SCOPED_TRACE("ISNs " + std::to_string(isn_a) + " and " + std::to_string(isn_b));
	Tap tap(isn_a, isn_b);

	for (const Step &step : steps) {
		step_play(tap, step, &step == &steps[0]);
		if (testing::Test::HasFailure())
			return;
	}
}

/* ISNs such that every number up to SEGMENTS_SPAN of each end is once the last before the wrap. */
constexpr uint32_t SEGMENTS_SPAN = 420;

inline void
segments_play(const char *script)
{
	std::vector<Step> steps = script_read(script);

	ASSERT_FALSE(steps.empty());
	script_play(steps, 1000, 2000);
	for (uint32_t k = 0; k <= SEGMENTS_SPAN && !testing::Test::HasFailure(); k++) {
		script_play(steps, 0 - k, 0x12345678 + k);
		script_play(steps, 0x12345678 + k, 0 - k);
		script_play(steps, 0 - k, 0 - k);
		script_play(steps, 0x80000000 - k, 0x7fffffff + k);
	}
}

} // namespace support

#endif
