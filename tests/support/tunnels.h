// SPDX-License-Identifier: BSD-3-Clause
/*
 * Every tunnel, put around a packet by hand, and the one list of them that tests go through.
 *
 *	for (const Tunnel &tunnel : tunnels())
 *		packet pk = parse(outer4(tunnel, tunnel.carries == FRAME ? ether(...) : ip4(...)));
 *
 * A wrapping is what stands behind the outer IP header: its protocol and its bytes.
 */
#ifndef SUPPORT_TUNNELS_H
#define SUPPORT_TUNNELS_H

#include <functional>

#include "frames.h"

namespace support
{

enum Carries { IP4_ONLY, IP6_ONLY, IP, FRAME };

struct Tunnel {
	const char *name;
	enum packet_tunnel_kind kind;
	int id; // -1: it has none
	Carries carries;
	uint8_t protocol;
	std::function<Bytes(const Bytes &)> wrap;
};

inline bool is_ip6(const Bytes &ip) { return !ip.empty() && ip[0] >> 4 == 6; }
inline uint16_t ethertype(const Bytes &ip) { return is_ip6(ip) ? 0x86dd : 0x0800; }
inline Bytes ppp(const Bytes &ip) { return be16(is_ip6(ip) ? 0x0057 : 0x0021) + ip; }

inline Bytes
datagram(uint16_t dst, const Bytes &payload, uint16_t src = 50000)
{
	return be16(src) + be16(dst) + be16((uint32_t)payload.size() + 8) + be16(0) + payload;
}

inline Bytes
gre(uint16_t flags, uint16_t protocol, const Bytes &fields, const Bytes &payload)
{
	return be16(flags) + be16(protocol) + fields + payload;
}

inline Bytes
gtp(uint8_t flags, uint8_t type, const Bytes &behind, uint32_t teid = 0xabcdef01)
{
	return Bytes{flags, type} + be16((uint32_t)behind.size()) + be32(teid) + behind;
}

/* 802.11 data from an access point, with LLC. */
inline Bytes
wlan(const Bytes &ip)
{
	return Bytes{0x08, 0x02} + zeros(22) + llc_snap(ethertype(ip), ip);
}

/* Between two addresses of Teredo. */
inline Bytes
teredo_ip6(uint8_t next, const Bytes &payload)
{
	Bytes ip = ip6(next, payload);

	for (size_t at : {8u, 24u}) {
		put16(ip, at, 0x2001);
		put16(ip, at + 2, 0);
	}
	return ip;
}

inline const std::vector<Tunnel> &
tunnels()
{
	static const Bytes VNI = {0x12, 0x34, 0x56, 0};
	static const std::vector<Tunnel> all = {
		{"ipv4 in ip", PACKET_TUNNEL_IPIP, -1, IP4_ONLY, 4, [](const Bytes &in) { return in; }},
		{"ipv6 in ip", PACKET_TUNNEL_IPIP, -1, IP6_ONLY, 41, [](const Bytes &in) { return in; }},
		{"gre", PACKET_TUNNEL_GRE, -1, IP, 47,
	         [](const Bytes &in) { return gre(0, ethertype(in), {}, in); }},
		{"gre with everything", PACKET_TUNNEL_GRE, 0x01020304, IP, 47,
	         [](const Bytes &in) {
			 return gre(0xb000, ethertype(in), zeros(4) + be32(0x01020304) + be32(7), in);
		 }},
		{"gre bridge", PACKET_TUNNEL_GRE, -1, FRAME, 47,
	         [](const Bytes &in) { return gre(0, 0x6558, {}, in); }},
		{"nvgre", PACKET_TUNNEL_NVGRE, 0x123456, FRAME, 47,
	         [](const Bytes &in) { return gre(0x2000, 0x6558, be32(0x12345677), in); }},
		{"pptp", PACKET_TUNNEL_PPTP, 0x4321, IP, 47,
	         [](const Bytes &in) {
			 Bytes body = be16(0xff03) + ppp(in);

			 return gre(0x3081, 0x880b,
		                    be16((uint32_t)body.size()) + be16(0x4321) + be32(1) + be32(2), body);
		 }},
		{"wccp", PACKET_TUNNEL_WCCP, -1, IP4_ONLY, 47,
	         [](const Bytes &in) { return gre(0, 0x883e, be32(0x00500102), in); }},
		{"erspan 1", PACKET_TUNNEL_ERSPAN, -1, FRAME, 47,
	         [](const Bytes &in) { return gre(0, 0x88be, {}, in); }},
		{"erspan 2", PACKET_TUNNEL_ERSPAN, 0x2aa, FRAME, 47,
	         [](const Bytes &in) {
			 return gre(0x1000, 0x88be, be32(9) + Bytes{0x10, 0, 0x1a, 0xaa} + be32(3), in);
		 }},
		{"erspan 3", PACKET_TUNNEL_ERSPAN, 0x155, FRAME, 47,
	         [](const Bytes &in) {
			 return gre(0x1000, 0x22eb,
		                    be32(9) + Bytes{0x20, 0, 0x01, 0x55} + be32(77) + be32(1) + zeros(8), in);
		 }},
		{"etherip", PACKET_TUNNEL_ETHERIP, -1, FRAME, 97,
	         [](const Bytes &in) { return Bytes{0x30, 0} + in; }},
		{"l2tp 3 over ip", PACKET_TUNNEL_L2TP, 0x0a0b0c0d, FRAME, 115,
	         [](const Bytes &in) { return be32(0x0a0b0c0d) + be32(0xc00c1e00) + in; }},
		{"mpls in ip", PACKET_TUNNEL_MPLS, 0x12345, IP, 137,
	         [](const Bytes &in) { return Bytes{0x00, 0x03, 0xe0, 9, 0x12, 0x34, 0x51, 9} + in; }},
		{"vxlan", PACKET_TUNNEL_VXLAN, 0x123456, FRAME, 17,
	         [](const Bytes &in) { return datagram(4789, Bytes{8, 0, 0, 0} + VNI + in); }},
		{"vxlan-gpe", PACKET_TUNNEL_VXLAN_GPE, 0x123456, IP, 17,
	         [](const Bytes &in) {
			 return datagram(4790, Bytes{0x0c, 0, 0, (uint8_t)(is_ip6(in) ? 2 : 1)} + VNI + in);
		 }},
		{"geneve", PACKET_TUNNEL_GENEVE, 0x123456, FRAME, 17,
	         [](const Bytes &in) {
			 return datagram(6081, Bytes{2, 0, 0x65, 0x58} + VNI + Bytes{1, 2, 3, 1} + zeros(4) + in);
		 }},
		{"geneve with ip", PACKET_TUNNEL_GENEVE, 0x123456, IP, 17,
	         [](const Bytes &in) {
			 return datagram(6081, Bytes{0, 0} + be16(ethertype(in)) + VNI + in);
		 }},
		{"gtp", PACKET_TUNNEL_GTP, (int)0xabcdef01, IP, 17,
	         [](const Bytes &in) {
			 return datagram(2152, gtp(0x34, 255, Bytes{0, 0, 0, 0x85, 1, 0, 9, 0} + in));
		 }},
		{"gtp with frames", PACKET_TUNNEL_GTP, (int)0xabcdef01, FRAME, 17,
	         [](const Bytes &in) { return datagram(2152, gtp(0x30, 255, in)); }},
		{"l2tp 2", PACKET_TUNNEL_L2TP, 0x2222, IP, 17,
	         [](const Bytes &in) {
			 Bytes body = be16(0xff03) + ppp(in);

			 return datagram(1701, Bytes{0x40, 2} + be16((uint32_t)body.size() + 8) +
		                                   be16(0x1111) + be16(0x2222) + body);
		 }},
		{"l2tp 3", PACKET_TUNNEL_L2TP, 0x0a0b0c0d, FRAME, 17,
	         [](const Bytes &in) { return datagram(1701, be32(0x00030000) + be32(0x0a0b0c0d) + in); }},
		{"capwap", PACKET_TUNNEL_CAPWAP, -1, FRAME, 17,
	         [](const Bytes &in) { return datagram(5247, Bytes{0, 0x10, 0x42, 0, 0, 0, 0, 0} + in); }},
		{"mpls in udp", PACKET_TUNNEL_MPLS, 0x12345, IP, 17,
	         [](const Bytes &in) { return datagram(6635, Bytes{0x12, 0x34, 0x51, 9} + in); }},
		{"tzsp", PACKET_TUNNEL_TZSP, -1, FRAME, 17,
	         [](const Bytes &in) { return datagram(37008, Bytes{1, 0, 0, 1, 0, 10, 1, 5, 1} + in); }},
	};

	return all;
}

/* Outer packets: bytes of IP, and as a frame. */
inline Bytes outer4(const Tunnel &t, const Bytes &in) { return ip4(t.protocol, t.wrap(in)); }
inline Bytes outer6(const Tunnel &t, const Bytes &in) { return ip6(t.protocol, t.wrap(in)); }
inline Bytes frame_of(const Bytes &ip) { return ether(ethertype(ip), ip); }

/* An IP packet as this tunnel carries it. */
inline Bytes
carried(const Tunnel &t, const Bytes &ip)
{
	return t.carries == FRAME ? frame_of(ip) : ip;
}

inline bool
may_carry(const Tunnel &t, const Bytes &ip)
{
	return t.carries == FRAME || t.carries == IP || (t.carries == IP6_ONLY) == is_ip6(ip);
}

/* Is this level of the last packet's path that tunnel between the usual addresses? */
inline void
expect_level(unsigned at, const Tunnel &t, bool is_version_6)
{
	const packet_tunnel &level = path_of_last()->level[at];
	Bytes outer = is_version_6 ? ip6(0, {}) : ip4(0, {});
	const size_t size = is_version_6 ? 16 : 4, first = is_version_6 ? 8 : 12;
	const uint8_t *src = (const uint8_t *)level.src + (is_version_6 ? 0 : 8);
	const uint8_t *dst = (const uint8_t *)level.dst + (is_version_6 ? 0 : 8);

	EXPECT_STREQ(packet_tunnel_name((enum packet_tunnel_kind)level.kind), packet_tunnel_name(t.kind))
		<< t.name;
	EXPECT_EQ(level.version, is_version_6 ? 6 : 4) << t.name;
	EXPECT_EQ(level.has_id, t.id != -1) << t.name;
	EXPECT_EQ(level.id, t.id != -1 ? (uint32_t)t.id : 0) << t.name;
	EXPECT_EQ(memcmp(src, &outer[first], size), 0) << t.name;
	EXPECT_EQ(memcmp(dst, &outer[first + size], size), 0) << t.name;
}

} // namespace support

#endif
