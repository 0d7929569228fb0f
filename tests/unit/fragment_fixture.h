// SPDX-License-Identifier: BSD-3-Clause
/*
 * Datagrams cut into pieces, and a table of fragments through which frames are sent: what comes out
 * of it is kept in order.
 *
 *	send(cut(false, 17, udp(400), 104));
 *	EXPECT_EQ(tracked(), 4u);
 */
#ifndef FRAGMENT_FIXTURE_H
#define FRAGMENT_FIXTURE_H

#include <array>
#include <memory>
#include <numeric>

#include "fragment.h"
#include "tunnels.h"

namespace
{

using namespace support;

const uint64_t SEC = 1000000, START = 1000 * SEC;
const size_t IP = 14; // where it begins in a frame

/* The pieces of a datagram, each of so many bytes: frames. */
std::vector<Bytes>
cut(bool six, uint8_t protocol, const Bytes &payload, size_t size, uint32_t id = 7)
{
	std::vector<Bytes> frames;

	for (size_t at = 0; at < payload.size(); at += size) {
		bool more = at + size < payload.size();
		Bytes piece(payload.begin() + (long)at,
		            payload.begin() + (long)std::min(at + size, payload.size()));
		Bytes ip = six ? ip6(44, fragment6(protocol, (uint16_t)(at | more), piece))
		               : ip4(protocol, piece, {.frag = (uint16_t)(at / 8 | (more ? 0x2000 : 0))});

		put16(ip, six ? 44 : 4, six ? id >> 16 : id);
		if (six)
			put16(ip, 46, id & 0xffff);
		frames.push_back(frame_of(ip));
	}
	return frames;
}

/* One piece by itself, of IPv4. */
Bytes
piece4(uint8_t protocol, size_t at, size_t size, bool more = true, uint16_t id = 7)
{
	Bytes ip = ip4(protocol, Bytes(size, 0x77), {.frag = (uint16_t)(at / 8 | (more ? 0x2000 : 0))});

	put16(ip, 4, id);
	return frame_of(ip);
}

class Fragment : public ::testing::Test
{
protected:
	Fragment()
	    : table(fragment_table_create(), fragment_table_destroy)
	{
		for (unsigned i = 0; i < PACKET_BURST_MAX; i++) {
			packets[i].path = &paths[i];
			given[i].path = &given_paths[i];
		}
	}

	/* Decodes a frame into the burst. */
	void
	add(const Bytes &frame)
	{
		packet &pk = packets[n];

		frames[n] = frame;
		pk.data = frames[n].data();
		pk.data_len = pk.wire_len = (uint32_t)frame.size();
		pk.time_us = now;
		pk.link = PACKET_LINK_ETHERNET;
		decode_burst(usual_layers(), &pk, 1);
		n++;
	}

	/* What comes out of the burst, behind what has come out before. */
	void
	push()
	{
		unsigned taken = 0;

		do {
			unsigned kept = fragment_burst(table.get(), packets.data(), n, &taken, given.data());

			ASSERT_LE(kept, (unsigned)PACKET_BURST_MAX);
			for (unsigned i = 0; i < kept; i++) {
				ASSERT_EQ(given[i].path, &given_paths[i]) << "each place keeps its own";
				out.push_back(given[i]);
				levels.push_back(given_paths[i]);
			}
		} while (taken < n || fragment_is_ready(table.get()));
		n = 0;
	}

	void
	send(const Bytes &frame)
	{
		add(frame);
		push();
	}

	void
	send(const std::vector<Bytes> &all)
	{
		for (const Bytes &frame : all)
			send(frame);
	}

	unsigned
	tracked() const
	{
		return (unsigned)std::count_if(out.begin(), out.end(), [](const packet &pk) {
			return pk.verdict == PACKET_TRACKED;
		});
	}

	uint64_t
	payload() const
	{
		return std::accumulate(out.begin(), out.end(), UINT64_C(0), [](uint64_t sum, const packet &pk) {
			return sum + (pk.verdict == PACKET_TRACKED ? pk.payload_bytes : 0);
		});
	}

	void
	forget()
	{
		out.clear();
		levels.clear();
		table.reset(fragment_table_create());
	}

	const fragment_counters &counters() const { return table->counters; }

	std::unique_ptr<fragment_table, decltype(&fragment_table_destroy)> table;
	std::array<packet, PACKET_BURST_MAX> packets = {}, given = {};
	std::array<packet_path, PACKET_BURST_MAX> paths, given_paths;
	std::array<Bytes, PACKET_BURST_MAX> frames;
	unsigned n = 0;
	uint64_t now = START;
	std::vector<packet> out;
	std::vector<packet_path> levels;
};

} // namespace

#endif
