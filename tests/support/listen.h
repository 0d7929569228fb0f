// SPDX-License-Identifier: BSD-3-Clause
/*
 * Rows of the report `listen`, straight from engines that are driven by hand.
 */
#ifndef SUPPORT_LISTEN_H
#define SUPPORT_LISTEN_H

#include <cstring>
#include <string>
#include <vector>

#include "snapshot.h"
#include "engine.h"
#include "report_names.h"
#include "snapshot_endpoint.h"

namespace support
{

/* All workers' rows, a few at a time. What is noted and waits is entered first. */
inline std::vector<report_listen>
listen_rows(const std::vector<track *> &tracks, uint64_t now_us, bool with_silent)
{
	std::vector<report_listen> all, some(16);
	snapshot_clock clock = {now_us, 0, nullptr};

	for (track *one : tracks)
		endpoint_event_apply(&one->endpoint_events);
	for (unsigned at = 0; at < tracks.size(); at++) {
		snapshot_endpoint_view view = {tracks.data(), (unsigned)tracks.size(), at, with_silent};
		uint32_t next = 0;

		while (next != UINT32_MAX) {
			unsigned n = snapshot_endpoint_rows(&view, &clock, &next, 1000, some.data(),
			                               (unsigned)some.size());

			all.insert(all.end(), some.begin(), some.begin() + n);
		}
	}
	return all;
}

inline std::vector<report_listen>
listen_rows(Engine &engine, bool with_silent)
{
	return listen_rows({engine.get()}, engine.now_us, with_silent);
}

/* The row of one IPv4 socket; its port is 0 where there is none. */
inline report_listen
listen_row(Engine &engine, uint64_t addr, uint16_t port, uint8_t proto = PACKET_PROTO_TCP)
{
	for (const report_listen &row : listen_rows(engine, true))
		if (memcmp(row.addr, &addr, 4) == 0 && row.port == port && row.proto == proto)
			return row;
	return report_listen{};
}

/* "STATE asked accepted refused unanswered again"; "" where there is no row. */
inline std::string
listen_words(Engine &engine, uint64_t addr, uint16_t port, uint8_t proto)
{
	report_listen row = listen_row(engine, addr, port, proto);
	std::string words;

	if (row.port == 0)
		return "";
	words = report_listen_state_name(row.state);
	for (uint64_t count :
	     {row.asked, row.accepted, row.refused, row.unanswered, row.syn_ack_retransmitted})
		words += " " + std::to_string(count);
	return words;
}

} // namespace support

#endif
