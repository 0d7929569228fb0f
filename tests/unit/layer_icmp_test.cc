// SPDX-License-Identifier: BSD-3-Clause
// ICMP errors: which say what, what they quote, and that a quote which is not whole is none.

#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "frames.h"

namespace
{

using namespace support;

Bytes
error4(uint8_t type, uint8_t code, const Bytes &quote)
{
	return ether(0x0800, ip4(1, icmp(type, code, quote)));
}

Bytes
error6(uint8_t type, uint8_t code, const Bytes &quote)
{
	return ether(0x86dd, ip6(58, icmp(type, code, quote)));
}

/* --- types and codes ------------------------------------------------------------------------ */

struct Meaning {
	int type, code; /* code -1: every other */
	packet_icmp icmp;
};

/* The rule for this type and code, or NONE. An exact code stands before the rest of its type. */
packet_icmp
meant(const std::vector<Meaning> &rules, int type, int code)
{
	for (const Meaning &rule : rules)
		if (rule.type == type && (rule.code == code || rule.code == -1))
			return rule.icmp;
	return PACKET_ICMP_NONE;
}

void
expect_meaning(const packet &pk, packet_icmp icmp)
{
	EXPECT_EQ(verdict(pk), icmp == PACKET_ICMP_NONE ? "other-protocol" : "icmp-error");
	if (icmp != PACKET_ICMP_NONE) {
		EXPECT_EQ(pk.icmp, icmp);
	}
}

TEST(LayerIcmp, EveryTypeAndCodeOfIcmp4)
{
	const std::vector<Meaning> rules = {
		{3, 0, PACKET_ICMP_NET},   {3, 1, PACKET_ICMP_HOST},    {3, 3, PACKET_ICMP_PORT},
		{3, 4, PACKET_ICMP_TOO_BIG}, {3, 6, PACKET_ICMP_NET},   {3, 7, PACKET_ICMP_HOST},
		{3, 8, PACKET_ICMP_HOST},  {3, 9, PACKET_ICMP_ADMIN},   {3, 10, PACKET_ICMP_ADMIN},
		{3, 11, PACKET_ICMP_NET},  {3, 12, PACKET_ICMP_HOST},   {3, 13, PACKET_ICMP_ADMIN},
		{3, -1, PACKET_ICMP_OTHER}, {11, -1, PACKET_ICMP_TIME}, {12, -1, PACKET_ICMP_OTHER},
	};
	const Bytes quote = quote4(6, tcp());

	for (int type = 0; type < 256; type++)
		for (int code = 0; code < 256; code++) {
			SCOPED_TRACE(testing::Message() << type << " " << code);
			expect_meaning(parse(error4((uint8_t)type, (uint8_t)code, quote)),
			               meant(rules, type, code));
		}
}

TEST(LayerIcmp, EveryTypeAndCodeOfIcmp6)
{
	const std::vector<Meaning> rules = {
		{1, 0, PACKET_ICMP_NET},    {1, 1, PACKET_ICMP_ADMIN},   {1, 3, PACKET_ICMP_HOST},
		{1, 4, PACKET_ICMP_PORT},   {1, 5, PACKET_ICMP_ADMIN},   {1, 6, PACKET_ICMP_ADMIN},
		{1, -1, PACKET_ICMP_OTHER}, {2, -1, PACKET_ICMP_TOO_BIG}, {3, -1, PACKET_ICMP_TIME},
		{4, -1, PACKET_ICMP_OTHER},
	};
	const Bytes quote = quote6(17, udp());

	for (int type = 0; type < 256; type++)
		for (int code = 0; code < 256; code++) {
			SCOPED_TRACE(testing::Message() << type << " " << code);
			expect_meaning(parse(error6((uint8_t)type, (uint8_t)code, quote)),
			               meant(rules, type, code));
		}
}

/* --- what is quoted ------------------------------------------------------------------------- */

/* Nothing but what a quote can tell is left from what the packet held before (0xa5). */
void
expect_nothing_more(const packet &pk)
{
	EXPECT_EQ(pk.ack, 0u);
	EXPECT_EQ(pk.payload_bytes, 0u);
	EXPECT_EQ(pk.tcp_flags, 0);
	EXPECT_EQ(pk.window, 0);
	EXPECT_EQ(pk.mss, 0);
	EXPECT_EQ(pk.wscale, PACKET_NO_WSCALE);
	EXPECT_EQ(pk.checksum, 0);
	EXPECT_EQ(pk.payload_mix, 0u);
}

TEST(LayerIcmp, QuotedTcpOverIpv4)
{
	packet pk = parse(error4(3, 1, quote4(6, tcp({.seq = 0xfedcba98, .flags = PACKET_TCP_SYN}))));

	EXPECT_EQ(verdict(pk), "icmp-error");
	EXPECT_EQ(pk.version, 4);
	EXPECT_EQ(pk.proto, PACKET_PROTO_TCP);
	EXPECT_EQ(pk.src[0], 0u);
	EXPECT_EQ(pk.dst[0], 0u);
	EXPECT_EQ(pk.src[1], 0x0605a8c0u) << "192.168.5.6, to which the error goes";
	EXPECT_EQ(pk.dst[1], 0x0302010au);
	EXPECT_EQ(pk.src_port, 40000);
	EXPECT_EQ(pk.dst_port, 443);
	EXPECT_EQ(pk.seq, 0xfedcba98u);
	EXPECT_EQ(pk.ip_bytes, 20u + 8 + 50) << "the error's own";
	expect_nothing_more(pk);
}

TEST(LayerIcmp, QuotedUdpOverIpv4)
{
	packet pk = parse(error4(3, 3, quote4(17, udp())));

	EXPECT_EQ(verdict(pk), "icmp-error");
	EXPECT_EQ(pk.proto, PACKET_PROTO_UDP);
	EXPECT_EQ(pk.src_port, 5000);
	EXPECT_EQ(pk.dst_port, 53);
	EXPECT_EQ(pk.seq, 0u);
	expect_nothing_more(pk);
}

TEST(LayerIcmp, QuotedOverIpv6)
{
	for (uint8_t proto : {6, 17}) {
		packet pk = parse(error6(1, 4, quote6(proto, proto == 6 ? tcp() : udp())));

		EXPECT_EQ(verdict(pk), "icmp-error");
		EXPECT_EQ(pk.version, 6);
		EXPECT_EQ(pk.proto, proto);
		EXPECT_EQ(pk.src[0], __builtin_bswap64(0x20010db800000000));
		EXPECT_EQ(pk.dst[0], __builtin_bswap64(0x20010db800000000));
		EXPECT_EQ(pk.src[1], __builtin_bswap64(2)) << "to which the error goes";
		EXPECT_EQ(pk.dst[1], __builtin_bswap64(1));
		EXPECT_EQ(pk.src_port, proto == 6 ? 40000 : 5000);
		EXPECT_EQ(pk.dst_port, proto == 6 ? 443 : 53);
		EXPECT_EQ(pk.seq, proto == 6 ? 1000u : 0u);
		expect_nothing_more(pk);
	}
}

TEST(LayerIcmp, LinkLayersAndVlan)
{
	Bytes four = ip4(1, icmp(3, 3, quote4(17, udp())));
	packet pk = parse(ether(0x8100, vlan(77, 0x0800, four)));

	EXPECT_EQ(verdict(pk), "icmp-error");
	EXPECT_EQ(pk.vlan, 77);
	EXPECT_EQ(verdict_of(four, PACKET_LINK_RAW), "icmp-error");
	EXPECT_EQ(verdict_of(zeros(14) + be16(0x0800) + four, PACKET_LINK_SLL), "icmp-error");
}

TEST(LayerIcmp, OptionsOfTheQuoteAndOfTheError)
{
	for (size_t words = 0; words <= 10; words++) {
		const Ip4 h = {.options = Bytes(words * 4, 1)};
		packet quoted = parse(error4(3, 3, quote4(6, tcp(), h)));
		packet own = parse(ether(0x0800, ip4(1, icmp(3, 3, quote4(6, tcp())), h)));

		for (const packet &pk : {quoted, own}) {
			EXPECT_EQ(verdict(pk), "icmp-error") << words;
			EXPECT_EQ(pk.src_port, 40000);
			EXPECT_EQ(pk.seq, 1000u);
		}
	}
}

TEST(LayerIcmp, ExtensionHeadersOfTheQuote)
{
	for (uint8_t next : {0, 43, 60, 135, 139, 140}) {
		for (uint8_t units : {0, 1, 5, 31}) {
			packet pk = parse(error6(3, 0, quote6(next, extension(6, tcp(), units))));

			EXPECT_EQ(verdict(pk), "icmp-error") << (int)next;
			EXPECT_EQ(pk.src_port, 40000);
			EXPECT_EQ(pk.seq, 1000u);
		}
	}
	EXPECT_EQ(verdict_of(error6(3, 0, quote6(51, Bytes{6, 4} + zeros(22) + tcp()))), "icmp-error");
	/* and of the error itself */
	EXPECT_EQ(verdict_of(ether(0x86dd, ip6(0, extension(58, icmp(1, 4, quote6(17, udp())))))),
	          "icmp-error");
}

TEST(LayerIcmp, ChainOfManyInTheQuote)
{
	Bytes inner = tcp();
	uint8_t next = 6;

	for (int depth = 0; depth <= 20; depth++) {
		EXPECT_EQ(verdict_of(error6(1, 3, quote6(next, inner))),
		          depth <= 16 ? "icmp-error" : "other-protocol")
			<< depth;
		inner = extension(next, inner);
		next = 60;
	}
}

/* A first fragment carries the ports; of a later one nobody knows whose it is. */
TEST(LayerIcmp, QuotedFragments)
{
	for (uint16_t frag : {0x0000, 0x4000, 0x2000})
		EXPECT_EQ(verdict_of(error4(11, 1, quote4(17, udp(), {.frag = frag}))), "icmp-error");
	for (uint16_t frag : {0x0001, 0x2001, 0x1fff})
		EXPECT_EQ(verdict_of(error4(11, 1, quote4(17, udp(), {.frag = frag}))), "other-protocol");
	for (uint16_t frag : {0x0000, 0x0001})
		EXPECT_EQ(verdict_of(error6(3, 1, quote6(44, fragment6(17, frag, udp())))), "icmp-error");
	for (uint16_t frag : {0x0008, 0x0009, 0xfff8})
		EXPECT_EQ(verdict_of(error6(3, 1, quote6(44, fragment6(17, frag, udp())))),
		          "other-protocol");
}

TEST(LayerIcmp, QuotesOfOtherProtocols)
{
	for (int protocol = 0; protocol < 256; protocol++) {
		std::string want = protocol == 6 || protocol == 17 ? "icmp-error" : "other-protocol";

		EXPECT_EQ(verdict_of(error4(3, 2, quote4((uint8_t)protocol, zeros(40)))), want) << protocol;
	}
	for (int next : {1, 50, 58, 59, 89, 132, 255})
		EXPECT_EQ(verdict_of(error6(4, 1, quote6((uint8_t)next, zeros(40)))), "other-protocol");
}

/* An error about an error, which no host may send: the quote in the quote is nobody's. */
TEST(LayerIcmp, QuotesInQuotesAreNotFollowed)
{
	EXPECT_EQ(verdict_of(error4(3, 3, quote4(1, icmp(3, 3, quote4(17, udp()))))), "other-protocol");
	EXPECT_EQ(verdict_of(error4(3, 3, quote4(1, icmp(3, 3, ip4(17, udp()))))), "other-protocol");
	EXPECT_EQ(verdict_of(error6(1, 4, quote6(58, icmp(1, 4, quote6(17, udp()))))), "other-protocol");
	EXPECT_EQ(verdict_of(error6(1, 4, quote6(58, icmp(1, 4, ip6(17, udp()))))), "other-protocol");
}

/* Each family has its own ICMP, which quotes its own family. */
TEST(LayerIcmp, FamiliesDoNotMix)
{
	EXPECT_EQ(verdict_of(ether(0x0800, ip4(58, icmp(1, 4, quote4(17, udp()))))), "other-protocol");
	EXPECT_EQ(verdict_of(ether(0x86dd, ip6(1, icmp(3, 3, quote6(17, udp()))))), "other-protocol");
	EXPECT_EQ(verdict_of(error4(3, 3, quote6(17, udp()))), "other-protocol");
	EXPECT_EQ(verdict_of(error6(1, 4, quote4(17, udp()) + zeros(60))), "other-protocol");
}

TEST(LayerIcmp, QuotedHeadersThatCannotBe)
{
	for (int words : {0, 1, 4})
		EXPECT_EQ(verdict_of(error4(3, 3, quote4(6, tcp(), {.words = words}))), "other-protocol");
	for (int version : {0, 5, 6, 15})
		EXPECT_EQ(verdict_of(error4(3, 3, quote4(6, tcp(), {.version = version}))),
		          "other-protocol");
	for (int version : {0, 4, 5, 7})
		EXPECT_EQ(verdict_of(error6(1, 4, quote6(6, tcp(), -1, version))), "other-protocol");
	EXPECT_EQ(verdict_of(error6(1, 4, quote6(0, Bytes{6, 255} + zeros(100)))), "other-protocol");
}

/* Hosts and routers are known that quote a length which they have changed. */
TEST(LayerIcmp, QuotedLengthsAreNotBelieved)
{
	for (int length : {0, 1, 8, 19, 20, 27, 1500, 65535}) {
		EXPECT_EQ(verdict_of(error4(3, 3, quote4(17, udp(), {.total = length}))), "icmp-error");
		EXPECT_EQ(verdict_of(error6(1, 4, quote6(17, udp(), length))), "icmp-error");
	}
}

/* A host that is told of a packet that it did not send looks for no socket, and nor does a tap. */
TEST(LayerIcmp, QuotedSenderIsWhoIsTold)
{
	EXPECT_EQ(verdict_of(error4(3, 3, ip4(17, udp()))), "other-protocol");
	EXPECT_EQ(verdict_of(error6(1, 4, ip6(17, udp()))), "other-protocol");
	for (size_t byte = 0; byte < 16; byte++) {
		Bytes quote = quote6(17, udp());

		quote[8 + byte] ^= 1;
		EXPECT_EQ(verdict_of(error6(1, 4, quote)), "other-protocol") << byte;
	}
}

/* --- quotes that end early ------------------------------------------------------------------ */

struct Sample {
	uint16_t ethertype;
	size_t outer;  /* bytes of Ethernet, IP and ICMP before the quote */
	size_t needed; /* bytes of the quote, the transport's eight included */
	Bytes quote;
};

const std::vector<Sample> &
samples()
{
	static const std::vector<Sample> all = {
		{0x0800, 14 + 28, 28, quote4(6, tcp())},
		{0x0800, 14 + 28, 28, quote4(17, udp())},
		{0x0800, 14 + 28, 68, quote4(6, tcp(), {.options = Bytes(40, 1)})},
		{0x86dd, 14 + 48, 48, quote6(6, tcp())},
		{0x86dd, 14 + 48, 48, quote6(17, udp())},
		{0x86dd, 14 + 48, 64, quote6(60, extension(6, tcp(), 1))},
		{0x86dd, 14 + 48, 56, quote6(44, fragment6(17, 1, udp()))},
		{0x86dd, 14 + 48, 72, quote6(51, Bytes{6, 4} + zeros(22) + tcp())},
	};

	return all;
}

Bytes
frame_of(const Sample &s, size_t n)
{
	Bytes quote(s.quote.begin(), s.quote.begin() + (long)n);

	return s.ethertype == 0x0800 ? error4(3, 3, quote) : error6(1, 4, quote);
}

/* The sender quoted no more than that. */
TEST(LayerIcmp, QuotesOfEveryLength)
{
	for (const Sample &s : samples()) {
		for (size_t n = 0; n <= s.quote.size(); n++) {
			EXPECT_EQ(verdict_of(frame_of(s, n)), n >= s.needed ? "icmp-error" : "other-protocol")
				<< n << " of " << s.needed;
			EXPECT_EQ(verdict_of(frame_of(s, n) + Bytes(100, 0x45)),
			          n >= s.needed ? "icmp-error" : "other-protocol")
				<< "what pads the frame is not quoted";
		}
	}
}

/* The capture, or the mirror, cut the frame there. */
TEST(LayerIcmp, FramesCutEverywhere)
{
	for (const Sample &s : samples()) {
		Bytes frame = frame_of(s, s.quote.size());

		for (size_t n = s.outer - 8; n <= frame.size(); n++) {
			packet pk = parse_prefix(frame, n, PACKET_LINK_ETHERNET, frame.size());

			EXPECT_EQ(verdict(pk),
			          n >= s.outer + s.needed ? "icmp-error" : "other-protocol")
				<< n;
		}
	}
}

/* The ICMP header itself. */
TEST(LayerIcmp, ShortIcmp)
{
	for (size_t n = 0; n <= 8; n++) {
		Bytes some = icmp(3, 3, {});

		some.resize(n);
		EXPECT_EQ(verdict_of(ether(0x0800, ip4(1, some))), "other-protocol") << n;
		EXPECT_EQ(verdict_of(ether(0x86dd, ip6(58, some))), "other-protocol") << n;
	}
}

/* An error that is itself in fragments: the first holds the quote. */
TEST(LayerIcmp, FragmentsOfTheError)
{
	Bytes error = icmp(3, 3, quote4(17, udp()));

	EXPECT_EQ(verdict_of(ether(0x0800, ip4(1, error, {.frag = 0x2000}))), "icmp-error");
	EXPECT_EQ(verdict_of(ether(0x0800, ip4(1, error, {.frag = 0x0001}))), "fragment");
}

/* --- whatever the bytes are ----------------------------------------------------------------- */

/* At the end of a heap allocation of its size, where a sanitizer sees a step beyond. */
packet
parse_on_heap(const Bytes &frame, uint8_t fill)
{
	std::unique_ptr<uint8_t[]> exact(new uint8_t[frame.size()]);
	packet pk;

	std::copy(frame.begin(), frame.end(), exact.get());
	memset(&pk, fill, sizeof(pk));
	pk.data = exact.get();
	pk.data_len = pk.wire_len = (uint32_t)frame.size();
	pk.link = PACKET_LINK_ETHERNET;
	pk.path = nullptr;
	decode_burst(usual_layers(), &pk, 1);
	return pk;
}

void
expect_same_error(const packet &x, const packet &y)
{
	ASSERT_EQ(verdict(x), verdict(y));
	if (x.verdict != PACKET_ICMP_ERROR)
		return;
	ASSERT_EQ(x.version, y.version);
	ASSERT_EQ(x.proto, y.proto);
	ASSERT_EQ(x.icmp, y.icmp);
	ASSERT_EQ(memcmp(x.src, y.src, sizeof(x.src)), 0);
	ASSERT_EQ(memcmp(x.dst, y.dst, sizeof(x.dst)), 0);
	ASSERT_EQ(x.src_port, y.src_port);
	ASSERT_EQ(x.dst_port, y.dst_port);
	ASSERT_EQ(x.seq, y.seq);
	ASSERT_EQ(x.vlan, y.vlan);
	ASSERT_EQ(x.ip_bytes, y.ip_bytes);
}

void
mutate(Bytes &frame, std::mt19937 &random)
{
	for (unsigned n = 1 + random() % 4; n > 0; n--) {
		size_t at = random() % frame.size();

		if (random() % 8 == 0)
			frame.resize(at + 1);
		else
			frame[at] = random() % 2 ? (uint8_t)random() : (uint8_t)(frame[at] ^ 1 << random() % 8);
	}
}

TEST(LayerIcmp, MutatedErrors)
{
	std::mt19937 random(1);
	unsigned errors = 0, others = 0;

	for (int i = 0; i < 200000; i++) {
		const Sample &s = samples()[random() % samples().size()];
		Bytes frame = frame_of(s, random() % (s.quote.size() + 1));

		mutate(frame, random);
		packet pk = parse(frame);
		expect_same_error(pk, parse_on_heap(frame, (uint8_t)random()));
		if (HasFailure())
			return;
		errors += pk.verdict == PACKET_ICMP_ERROR;
		others += pk.verdict == PACKET_OTHER_PROTOCOL;
		if (pk.verdict != PACKET_ICMP_ERROR)
			continue;
		ASSERT_TRUE(pk.version == 4 || pk.version == 6);
		ASSERT_TRUE(pk.proto == PACKET_PROTO_TCP || pk.proto == PACKET_PROTO_UDP);
		ASSERT_TRUE(pk.icmp > PACKET_ICMP_NONE && pk.icmp < PACKET_N_ICMP);
	}
	EXPECT_GT(errors, 10000u);
	EXPECT_GT(others, 10000u);
}

} // namespace
