// SPDX-License-Identifier: BSD-3-Clause
/*
 * Frames, put together from the inside out, and the parser run on them.
 *
 *	Bytes frame = ether(0x8100, vlan(7, 0x0800, ip4(6, tcp())));
 *	packet pk = parse(frame);
 *	EXPECT_EQ(pk.verdict, PACKET_TRACKED);
 *
 * Lengths and offsets are right unless a test asks for others. parse() lays the bytes against a page that
 * may not be touched, so a read past their end kills the test in every build.
 */
#ifndef SUPPORT_FRAMES_H
#define SUPPORT_FRAMES_H

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <sys/mman.h>

#include <gtest/gtest.h>

#include "decode.h"

namespace support
{

using Bytes = std::vector<uint8_t>;

inline Bytes
operator+(Bytes a, const Bytes &b)
{
	a.insert(a.end(), b.begin(), b.end());
	return a;
}

inline Bytes be16(uint32_t v) { return {(uint8_t)(v >> 8), (uint8_t)v}; }
inline Bytes be32(uint32_t v) { return be16(v >> 16) + be16(v & 0xffff); }
inline Bytes zeros(size_t n) { return Bytes(n, 0); }

inline void
put16(Bytes &bytes, size_t at, uint32_t v)
{
	bytes[at] = (uint8_t)(v >> 8);
	bytes[at + 1] = (uint8_t)v;
}

/* --- transport ------------------------------------------------------------------------------ */

struct Tcp {
	uint16_t src = 40000, dst = 443;
	uint32_t seq = 1000, ack = 2000;
	uint8_t flags = PACKET_TCP_ACK;
	Bytes options = {};
	size_t payload = 10;
	int words = -1; // data offset; -1: what the options need
};

inline Bytes
tcp(const Tcp &t = {})
{
	int words = t.words >= 0 ? t.words : (int)(5 + t.options.size() / 4);

	return be16(t.src) + be16(t.dst) + be32(t.seq) + be32(t.ack) +
	       Bytes{(uint8_t)(words << 4), t.flags} + be16(0x1234) + be16(0xbeef) + be16(0) +
	       t.options + Bytes(t.payload, 0x55);
}

inline Bytes
udp(size_t payload = 10, int length = -1, uint16_t src = 5000, uint16_t dst = 53)
{
	return be16(src) + be16(dst) + be16(length >= 0 ? (uint32_t)length : (uint32_t)(8 + payload)) +
	       be16(0xcafe) + Bytes(payload, 0x66);
}

/* --- IP ------------------------------------------------------------------------------------- */

struct Ip4 {
	Bytes options = {};
	int total = -1;    // total length; -1: right
	uint16_t frag = 0; // flags and offset
	int words = -1;    // header length; -1: right
	int version = 4;
};

/* 10.1.2.3 to 192.168.5.6. */
inline Bytes
ip4(uint8_t protocol, const Bytes &payload, const Ip4 &h = {})
{
	size_t size = 20 + h.options.size();
	uint32_t words = h.words >= 0 ? (uint32_t)h.words : (uint32_t)(size / 4);
	uint32_t total = h.total >= 0 ? (uint32_t)h.total : (uint32_t)(size + payload.size());

	return Bytes{(uint8_t)(h.version << 4 | words), 0} + be16(total) + be16(0x7777) +
	       be16(h.frag) + Bytes{61, protocol} + be16(0) + Bytes{10, 1, 2, 3, 192, 168, 5, 6} +
	       h.options + payload;
}

/* 2001:db8::1 to 2001:db8::2. */
inline Bytes
ip6(uint8_t next, const Bytes &payload, int length = -1, int version = 6)
{
	Bytes net = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
	uint32_t size = length >= 0 ? (uint32_t)length : (uint32_t)payload.size();

	return Bytes{(uint8_t)(version << 4), 0, 0, 0} + be16(size) + Bytes{next, 62} + net +
	       Bytes{1} + net + Bytes{2} + payload;
}

/* An extension header of 8 * (units + 1) bytes. */
inline Bytes
extension(uint8_t next, const Bytes &payload, uint8_t units = 0)
{
	return Bytes{next, units} + zeros(6 + 8u * units) + payload;
}

inline Bytes
fragment6(uint8_t next, uint16_t offset_and_more, const Bytes &payload)
{
	return Bytes{next, 0} + be16(offset_and_more) + be32(0x01020304) + payload;
}

/* --- ICMP errors ---------------------------------------------------------------------------- */

/* Of either family: type, code, a checksum that nobody verifies, four bytes, the quote. */
inline Bytes
icmp(uint8_t type, uint8_t code, const Bytes &quote)
{
	return Bytes{type, code} + be16(0xabcd) + be32(0) + quote;
}

/* What an error between the same two quotes: a packet from the error's receiver. */
inline Bytes
quote4(uint8_t protocol, const Bytes &payload, const Ip4 &h = {})
{
	Bytes quote = ip4(protocol, payload, h);

	std::swap_ranges(quote.begin() + 12, quote.begin() + 16, quote.begin() + 16);
	return quote;
}

inline Bytes
quote6(uint8_t next, const Bytes &payload, int length = -1, int version = 6)
{
	Bytes quote = ip6(next, payload, length, version);

	std::swap_ranges(quote.begin() + 8, quote.begin() + 24, quote.begin() + 24);
	return quote;
}

/* --- link ----------------------------------------------------------------------------------- */

inline Bytes
ether(uint16_t type, const Bytes &payload)
{
	return Bytes{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2} + be16(type) + payload;
}

/* What follows a tag's type: its number, and the type of what is inside. */
inline Bytes
vlan(uint16_t tci, uint16_t type, const Bytes &payload)
{
	return be16(tci) + be16(type) + payload;
}

inline Bytes
llc_snap(uint16_t type, const Bytes &payload)
{
	return Bytes{0xaa, 0xaa, 3, 0, 0, 0} + be16(type) + payload;
}

/* --- the parser ----------------------------------------------------------------------------- */

/* Memory whose last byte lies before a page that may not be touched. */
class Guard
{
public:
	static constexpr size_t SIZE = 128 << 10;

	Guard()
	{
		base = (uint8_t *)mmap(nullptr, SIZE + 4096, PROT_READ | PROT_WRITE,
		                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(base + SIZE, 4096, PROT_NONE);
	}
	~Guard() { munmap(base, SIZE + 4096); }

	const uint8_t *
	lay(const uint8_t *data, size_t n)
	{
		if (n > 0)
			memcpy(base + SIZE - n, data, n);
		return base + SIZE - n;
	}

private:
	uint8_t *base;
};

/* Every tunnel on its usual ports. */
inline const layer_settings *
usual_layers()
{
	static const layer_settings settings = [] {
		layer_settings made;

		layer_settings_init(&made);
		return made;
	}();

	return &settings;
}

/* Where the tunnels around the packet that was parsed last are kept. */
inline packet_path *
path_of_last()
{
	static packet_path path;

	return &path;
}

/* `wire` is the length on the wire; 0: nothing was cut. `fill` is what the packet held before. */
inline packet
parse_prefix(const Bytes &frame, size_t n, packet_link link = PACKET_LINK_ETHERNET,
	     size_t wire = 0, uint8_t fill = 0xa5)
{
	static Guard guard;
	packet pk;

	memset(&pk, fill, sizeof(pk));
	pk.data = guard.lay(frame.data(), n);
	pk.data_len = (uint32_t)n;
	pk.wire_len = (uint32_t)(wire ? wire : n);
	pk.time_us = 1;
	pk.link = (uint8_t)link;
	pk.path = path_of_last();
	decode_burst(usual_layers(), &pk, 1);
	return pk;
}

inline packet
parse(const Bytes &frame, packet_link link = PACKET_LINK_ETHERNET, size_t wire = 0)
{
	return parse_prefix(frame, frame.size(), link, wire);
}

/* The verdict's name, which a failure prints. */
inline std::string
verdict(const packet &pk)
{
	return packet_verdict_name((packet_verdict)pk.verdict);
}

inline std::string
verdict_of(const Bytes &frame, packet_link link = PACKET_LINK_ETHERNET, size_t wire = 0)
{
	return verdict(parse(frame, link, wire));
}

} // namespace support

#endif
