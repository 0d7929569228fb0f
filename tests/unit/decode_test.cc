// SPDX-License-Identifier: BSD-3-Clause
// Whatever the bytes are: one verdict, no read past their end, and the same result every time.

#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

struct Sample {
	enum packet_link link;
	Bytes frame;
};

/* One of each kind; the mutations below start from these. */
const std::vector<Sample> &
samples()
{
	static const Bytes syn = tcp({.flags = PACKET_TCP_SYN,
	                              .options = {2, 4, 5, 180, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0,
	                                          0, 0}});
	static const Bytes four = ip4(6, syn), six = ip6(17, udp(30)), six_in_four = ip4(41, six);
	static const std::vector<Sample> all = {
		{PACKET_LINK_ETHERNET, ether(0x0800, four)},
		{PACKET_LINK_ETHERNET, ether(0x86dd, six)},
		{PACKET_LINK_ETHERNET, ether(0x0800, ip4(17, udp(20), {.options = Bytes(12, 1)}))},
		{PACKET_LINK_ETHERNET, ether(0x8100, vlan(5, 0x88a8, vlan(6, 0x0800, four)))},
		{PACKET_LINK_ETHERNET, ether(60, llc_snap(0x0800, four))},
		{PACKET_LINK_ETHERNET,
	         ether(0x86dd, ip6(0, extension(43, extension(60, extension(6, syn, 2)))))},
		{PACKET_LINK_ETHERNET, ether(0x86dd, ip6(44, fragment6(6, 1, syn)))},
		{PACKET_LINK_ETHERNET, ether(0x86dd, ip6(51, Bytes{6, 4} + zeros(22) + syn))},
		{PACKET_LINK_ETHERNET, ether(0x8847, Bytes{0, 1, 0, 9, 0, 2, 1, 9} + four)},
		{PACKET_LINK_ETHERNET, ether(0x8864, Bytes{0x11, 0, 0, 1, 0, 50} + be16(0x21) + four)},
		{PACKET_LINK_ETHERNET, ether(0x0800, ip4(47, Bytes{0x20, 0, 0x08, 0} + zeros(4) + six_in_four))},
		{PACKET_LINK_ETHERNET, ether(0x86dd, ip6(97, Bytes{0x30, 0} + ether(0x0800, four)))},
		{PACKET_LINK_RAW, four},
		{PACKET_LINK_RAW, six},
		{PACKET_LINK_SLL, zeros(14) + be16(0x0800) + four},
		{PACKET_LINK_SLL2, be16(0x86dd) + zeros(18) + six},
		{PACKET_LINK_LOOPBACK, Bytes{0, 0, 0, 2} + four},
		{PACKET_LINK_LOOPBACK, Bytes{30, 0, 0, 0} + six},
		{PACKET_LINK_PPP, be16(0xff03) + be16(0x0021) + four},
	};

	return all;
}

/* The same bytes at the end of a heap allocation of their size, where a sanitizer sees a step beyond. */
packet
parse_on_heap(const uint8_t *data, size_t n, enum packet_link link, size_t wire, uint8_t fill)
{
	std::unique_ptr<uint8_t[]> exact(new uint8_t[n]);
	packet pk;

	if (n > 0)
		memcpy(exact.get(), data, n);
	memset(&pk, fill, sizeof(pk));
	pk.data = exact.get();
	pk.data_len = (uint32_t)n;
	pk.wire_len = (uint32_t)wire;
	pk.link = (uint8_t)link;
	decode_burst(usual_layers(), &pk, 1);
	return pk;
}

/* Everything that PACKET_TRACKED promises. */
void
expect_same(const packet &x, const packet &y)
{
	ASSERT_EQ(verdict(x), verdict(y));
	if (x.verdict != PACKET_TRACKED)
		return;
	EXPECT_EQ(x.proto, y.proto);
	EXPECT_EQ(x.version, y.version);
	EXPECT_EQ(x.src_port, y.src_port);
	EXPECT_EQ(x.dst_port, y.dst_port);
	EXPECT_EQ(memcmp(x.src, y.src, sizeof(x.src)), 0);
	EXPECT_EQ(memcmp(x.dst, y.dst, sizeof(x.dst)), 0);
	EXPECT_EQ(x.ip_bytes, y.ip_bytes);
	EXPECT_EQ(x.payload_bytes, y.payload_bytes);
	EXPECT_EQ(x.ttl, y.ttl);
	EXPECT_EQ(x.vlan, y.vlan);
	EXPECT_EQ(x.ip_id, y.ip_id);
	EXPECT_EQ(x.checksum, y.checksum);
	EXPECT_EQ(x.tcp_flags & 0xff, y.tcp_flags & 0xff);
	if (x.proto == PACKET_PROTO_UDP)
		return;
	EXPECT_EQ(x.seq, y.seq);
	EXPECT_EQ(x.ack, y.ack);
	EXPECT_EQ(x.window, y.window);
}

TEST(Decode, SamplesAreTracked)
{
	for (const Sample &s : samples())
		EXPECT_EQ(verdict_of(s.frame, s.link), "tracked");
}

/* Cut by the capture: once the headers are there, more bytes change nothing but the options. */
TEST(Decode, EveryPrefixOfACutFrame)
{
	for (const Sample &s : samples()) {
		packet whole = parse(s.frame, s.link);
		bool tracked = false;

		for (size_t n = 0; n <= s.frame.size(); n++) {
			packet pk = parse_prefix(s.frame, n, s.link, s.frame.size());

			ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
			expect_same(pk, parse_on_heap(s.frame.data(), n, s.link, s.frame.size(), 0));
			ASSERT_TRUE(pk.verdict == PACKET_TRACKED || !tracked) << n;
			tracked = tracked || pk.verdict == PACKET_TRACKED;
			if (tracked)
				expect_same(pk, whole);
		}
		EXPECT_TRUE(tracked);
	}
}

/* Really as short as that: never tracked as what it is not. */
TEST(Decode, EveryPrefixAsAFrame)
{
	for (const Sample &s : samples()) {
		for (size_t n = 0; n < s.frame.size(); n++) {
			packet pk = parse_prefix(s.frame, n, s.link);

			ASSERT_NE(verdict(pk), "tracked") << n << ": IP says there is more";
			ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
			expect_same(pk, parse_on_heap(s.frame.data(), n, s.link, n, 0));
		}
	}
}

/* What the layers, one after the other, say of a frame. */
packet
parse_by_layers(packet pk)
{
	pk.verdict = (uint8_t)decode_walk(usual_layers(), &pk);
	return pk;
}

/* The short way of the ordinary frame says what the layers say, whichever byte of it is another. */
TEST(Decode, ShortWaySaysWhatTheLayersSay)
{
	const Bytes frames[] = {ether(0x0800, ip4(6, tcp())), ether(0x0800, ip4(17, udp(26))),
	                        ether(0x0800, ip4(6, tcp({.options = Bytes(12, 1)}))),
	                        ether(0x0800, ip4(6, tcp({.flags = 0x02,
	                                                  .options = {2, 4, 5, 180, 4, 2, 1, 1, 3, 3, 7,
	                                                              0}})))};
	unsigned tracked = 0;

	for (const Bytes &frame : frames) {
		for (size_t at = 0; at < frame.size(); at++) {
			for (unsigned value = 0; value < 256; value++) {
				Bytes bytes = frame;

				bytes[at] = (uint8_t)value;
				for (size_t n : {bytes.size(), bytes.size() - 1, (size_t)54, (size_t)53}) {
					packet pk = parse_prefix(bytes, n, PACKET_LINK_ETHERNET, bytes.size());

					pk.data = bytes.data();
					expect_same(pk, parse_by_layers(pk));
					tracked += pk.verdict == PACKET_TRACKED;
				}
			}
			if (HasFailure())
				return;
		}
	}
	EXPECT_GT(tracked, 100000u);
}

TEST(Decode, BurstIsOneByOne)
{
	std::vector<packet> burst;

	for (int i = 0; i < PACKET_BURST_MAX; i++) {
		const Sample &s = samples()[(size_t)i % samples().size()];
		packet pk = {};

		pk.data = s.frame.data();
		pk.data_len = (uint32_t)(i % 3 == 0 ? s.frame.size() / 2 : s.frame.size());
		pk.wire_len = (uint32_t)s.frame.size();
		pk.link = (uint8_t)s.link;
		burst.push_back(pk);
	}
	std::vector<packet> alone = burst;
	decode_burst(usual_layers(), burst.data(), PACKET_BURST_MAX);
	for (int i = 0; i < PACKET_BURST_MAX; i++) {
		decode_burst(usual_layers(), &alone[(size_t)i], 1);
		expect_same(burst[(size_t)i], alone[(size_t)i]);
	}
	decode_burst(usual_layers(), nullptr, 0);
}

/* The receiver's fields are left alone. */
TEST(Decode, ReceiversFieldsStay)
{
	packet pk = parse(samples()[0].frame);

	EXPECT_EQ(pk.data_len, samples()[0].frame.size());
	EXPECT_EQ(pk.wire_len, samples()[0].frame.size());
	EXPECT_EQ(pk.time_us, 1u);
	EXPECT_EQ(pk.link, PACKET_LINK_ETHERNET);
}

/* Bytes changed, cut out, doubled, and frames grown with rubbish. */
Bytes
mutate(Bytes frame, std::mt19937 &random)
{
	static const uint8_t telling[] = {0, 1, 2, 4, 5, 6, 0x11, 0x3c, 0x45, 0x60, 0x7f, 0x80, 0x81, 0xff};

	for (unsigned n = 1 + random() % 4; n > 0 && !frame.empty(); n--) {
		size_t at = random() % frame.size();

		switch (random() % 6) {
		case 0:
			frame[at] = (uint8_t)random();
			break;
		case 1:
			frame[at] = telling[random() % sizeof(telling)];
			break;
		case 2:
			frame[at] ^= (uint8_t)(1 << random() % 8);
			break;
		case 3:
			frame.erase(frame.begin() + (long)at);
			break;
		case 4:
			frame.insert(frame.begin() + (long)at, frame[at]);
			break;
		default:
			frame.resize(random() % 2 ? at : frame.size() + random() % 40, (uint8_t)random());
		}
	}
	return frame;
}

TEST(Decode, MutatedFrames)
{
	std::mt19937 random(1);
	std::vector<unsigned> seen(PACKET_N_VERDICTS);

	for (int i = 0; i < 200000; i++) {
		const Sample &s = samples()[random() % samples().size()];
		enum packet_link link =
		    random() % 10 ? s.link : (enum packet_link)(random() % PACKET_N_LINKS);
		Bytes frame = mutate(s.frame, random);
		size_t wire = frame.size() + (random() % 4 ? 0 : random() % 2000);
		packet pk = parse_prefix(frame, frame.size(), link, wire, 0xff);

		ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
		seen[pk.verdict]++;
		expect_same(pk, parse_on_heap(frame.data(), frame.size(), link, wire, 0));
		if (HasFailure())
			return;
		if (pk.verdict != PACKET_TRACKED)
			continue;
		ASSERT_LE(pk.payload_bytes + 28, pk.ip_bytes);
		/* Only what is inside a piece reaches beyond the frame. */
		ASSERT_TRUE(pk.ip_bytes <= std::max(wire, frame.size()) || pk.fragment ||
		            pk.link >= PACKET_LINK_PKTAP);
		ASSERT_TRUE(pk.wscale <= 14 || pk.wscale == PACKET_NO_WSCALE || pk.proto == 17);
	}
	for (int v = 0; v < PACKET_WRONG_CHECKSUM; v++)
		EXPECT_TRUE(seen[v] > 0 || v == PACKET_LINK_UNKNOWN || v == PACKET_VLAN_DEPTH ||
		            v == PACKET_TOO_DEEP ||
		            v == PACKET_ICMP_ERROR) /* layer_icmp_test mutates those */
			<< packet_verdict_name((packet_verdict)v);
}

TEST(Decode, Noise)
{
	std::mt19937 random(2);

	for (int i = 0; i < 50000; i++) {
		Bytes frame(random() % 200);

		for (uint8_t &byte : frame)
			byte = (uint8_t)random();
		packet pk = parse(frame, (enum packet_link)(random() % (PACKET_N_LINKS + 1)));
		ASSERT_LT(pk.verdict, PACKET_DUPLICATE);
	}
}

} // namespace
