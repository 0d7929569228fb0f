// SPDX-License-Identifier: BSD-3-Clause
// What a NIC says of checksums, and of which packets it is believed. Bursts themselves: tests/dpdk.

#include "dpdk_receive.h"

#include <gtest/gtest.h>
#include <rte_mbuf.h>

#include "packet_checksum.h"

namespace
{

unsigned
said(uint64_t flags, unsigned version = 4, unsigned l3_offset = 14)
{
	struct rte_mbuf mbuf = {};
	dpdk_burst burst;
	packet pk = {};
	uint8_t says = 99;

	mbuf.ol_flags = flags;
	burst.mbufs[0] = &mbuf;
	burst.n = 1;
	pk.version = (uint8_t)version;
	pk.l3_offset = (uint16_t)l3_offset;
	dpdk_receive_checksums(&burst, &pk, &says);
	return says;
}

const uint64_t IP[] = {RTE_MBUF_F_RX_IP_CKSUM_UNKNOWN, RTE_MBUF_F_RX_IP_CKSUM_BAD,
                       RTE_MBUF_F_RX_IP_CKSUM_GOOD, RTE_MBUF_F_RX_IP_CKSUM_NONE};
const uint64_t L4[] = {RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN, RTE_MBUF_F_RX_L4_CKSUM_BAD,
                       RTE_MBUF_F_RX_L4_CKSUM_GOOD, RTE_MBUF_F_RX_L4_CKSUM_NONE};

TEST(DpdkReceive, ChecksumsThatTheNicVerified)
{
	const unsigned U = PACKET_CHECKSUM_UNKNOWN, W = PACKET_CHECKSUM_WRONG, R = PACKET_CHECKSUM_RIGHT;
	const unsigned wanted4[4][4] = {{U, W, U, U}, {W, W, W, W}, {U, W, R, R}, {U, W, R, R}};
	const unsigned wanted6[4][4] = {{U, W, R, R}, {W, W, W, W}, {U, W, R, R}, {U, W, R, R}};

	for (unsigned ip = 0; ip < 4; ip++) {
		for (unsigned l4 = 0; l4 < 4; l4++) {
			EXPECT_EQ(said(IP[ip] | L4[l4] | RTE_MBUF_F_RX_RSS_HASH), wanted4[ip][l4]) << ip << l4;
			EXPECT_EQ(said(IP[ip] | L4[l4], 6), wanted6[ip][l4]) << ip << l4;
		}
	}
}

// Behind two tags it is the frame's own IP header; further back it may be one inside another.
TEST(DpdkReceive, ChecksumsOfInnerPacketsAreNotTheNics)
{
	const uint64_t bad = RTE_MBUF_F_RX_L4_CKSUM_BAD, good = IP[2] | L4[2];

	EXPECT_EQ(said(bad, 4, 22), (unsigned)PACKET_CHECKSUM_WRONG);
	for (unsigned offset : {26u, 34u, 64u}) {
		EXPECT_EQ(said(bad, 4, offset), (unsigned)PACKET_CHECKSUM_UNKNOWN);
		EXPECT_EQ(said(good, 4, offset), (unsigned)PACKET_CHECKSUM_UNKNOWN);
	}
}

} // namespace
