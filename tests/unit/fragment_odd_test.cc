// SPDX-License-Identifier: BSD-3-Clause
// Fragments over one another, too small, too late, without a first, in floods: a flow gets nothing
// that is not its own, and nothing is lost or kept for ever.

#include "fragment_fixture.h"

namespace
{

class FragmentOdd : public Fragment
{
};

TEST_F(FragmentOdd, PiecesOfNothing)
{
	send(cut(false, 17, udp(5000), 104)[0]);
	for (size_t at : {104u, 104u, 8u, 200u})
		send(piece4(17, at, 0));
	EXPECT_EQ(payload(), 96u);
	send(piece4(17, 104, 104));
	EXPECT_EQ(payload(), 200u);
}

/* What lies over something else is counted and moves nothing; what lies beside it is no overlap. */
TEST_F(FragmentOdd, Overlaps)
{
	const struct {
		size_t at, size;
		bool over;
	} all[] = {{208, 40, false}, {200, 40, true}, {96, 8, true}, {8, 400, true}, {240, 96, true},
	           {288, 24, true}, {296, 104, true}, {400, 8, false}, {248, 48, false}};

	for (const auto &one : all) {
		forget();
		send(cut(false, 17, udp(5000), 104)[0]);
		send(piece4(17, 104, 104));
		send(piece4(17, 296, 104)); // a hole before it
		ASSERT_EQ(counters().overlaps, 0u);
		send(piece4(17, one.at, one.size));
		EXPECT_EQ(counters().overlaps, (uint64_t)(one.over && one.at != 296)) << one.at;
		EXPECT_EQ(out.back().verdict == PACKET_FRAGMENT, one.over && one.at != 296) << one.at;
	}
}

/* A later piece that rewrites the TCP header, as it once got by filters (RFC 1858). */
TEST_F(FragmentOdd, RewritingTheHeader)
{
	for (bool six : {false, true}) {
		forget();
		send(cut(six, 6, tcp({.payload = 100}), 24)[0]);
		for (unsigned at : {8u, 16u}) {
			std::vector<Bytes> bad = cut(six, 6, tcp({.flags = PACKET_TCP_RST, .payload = 100}), 8);

			send(bad[at / 8]);
			EXPECT_EQ(out.back().verdict, PACKET_FRAGMENT) << at;
		}
		EXPECT_EQ(counters().overlaps, 2u);
		send(cut(six, 6, tcp({.payload = 100}), 24)[1]);
		EXPECT_EQ(out.back().verdict, PACKET_TRACKED) << "a good one goes on as before";
	}
}

/* A first one without its ports or flags says nothing, and what follows has no flow; no port is guessed. */
TEST_F(FragmentOdd, TinyFirst)
{
	for (size_t size : {8u, 16u}) {
		forget();
		send(cut(false, 6, tcp({.payload = 40}), size));
		EXPECT_EQ(tracked(), 0u) << size;
		EXPECT_EQ(counters().others, (60 + size - 1) / size - 1) << size;
		EXPECT_EQ(counters().orphans + table->n_waiting, 0u) << "their first has come";
	}
	forget();
	send(cut(false, 17, udp(40), 8));
	EXPECT_EQ(tracked(), 6u) << "UDP's header is as small as that";
	EXPECT_EQ(payload(), 40u);
}

TEST_F(FragmentOdd, IdUsedAgain)
{
	send(cut(false, 17, udp(400, -1, 5000, 53), 208));
	send(cut(false, 17, udp(400, -1, 5001, 53), 208));
	send(cut(false, 17, udp(400, -1, 5001, 53), 208));
	EXPECT_EQ(counters().reused, 1u) << "the third is a copy of the second";
	ASSERT_EQ(tracked(), 6u);
	EXPECT_EQ(out[1].src_port, 5000);
	EXPECT_EQ(out[3].src_port, 5001);
	EXPECT_EQ(counters().overlaps, 0u);
}

/* One id: other protocols, other ends, 32 bits of it in IPv6. */
TEST_F(FragmentOdd, NamesOfDatagrams)
{
	Bytes other = cut(false, 17, udp(400, -1, 1, 2), 208)[0];

	other[IP + 15]++; // from another host
	send(other);
	send(cut(false, 6, tcp({.payload = 400}), 208)[0]);
	send(cut(true, 17, udp(400, -1, 3, 4), 208, 0x10007)[0]);
	for (const Bytes &late : {cut(false, 17, udp(400), 208)[1], cut(true, 17, udp(400), 208, 0x20007)[1],
	                          cut(true, 17, udp(400), 208, 7)[1]})
		send(late);
	EXPECT_EQ(table->n_waiting, 3u) << "none of them has a first";
	send(cut(true, 17, udp(400), 208, 0x10007)[1]);
	EXPECT_EQ(out.back().src_port, 3);
	EXPECT_EQ(counters().followed, 1u);
}

TEST_F(FragmentOdd, RememberedFor30SecondsOr60)
{
	for (bool six : {false, true}) {
		const uint64_t life = (six ? 60 : 30) * SEC;
		std::vector<Bytes> pieces = cut(six, 17, udp(400), 104);

		forget();
		send(pieces[0]);
		now += life;
		send(pieces[1]);
		EXPECT_EQ(counters().followed, 1u);
		now += 1;
		send(pieces[2]);
		EXPECT_EQ(counters().followed, 1u);
		EXPECT_EQ(table->n_waiting, 1u) << "it waits for another first";
		fragment_expire(table.get(), now + life, false);
		EXPECT_FALSE(fragment_is_ready(table.get()));
		fragment_expire(table.get(), now + life + 1, false);
		EXPECT_TRUE(fragment_is_ready(table.get()));
		push();
		EXPECT_EQ(out.back().verdict, PACKET_FRAGMENT);
		EXPECT_EQ(counters().orphans, 1u);
	}
}

/* Nobody had time to look: a first that comes too late is another datagram's. */
TEST_F(FragmentOdd, AFirstThatComesTooLate)
{
	std::vector<Bytes> pieces = cut(false, 17, udp(400), 208);

	send(pieces[1]);
	now += 30 * SEC + 1;
	send(pieces[0]);
	EXPECT_EQ(out.size(), 2u);
	EXPECT_EQ(counters().followed, 0u);
	EXPECT_EQ(counters().orphans, 1u);
}

TEST_F(FragmentOdd, TheEndOfAFile)
{
	send(piece4(17, 104, 104, true, 1));
	send(piece4(17, 104, 104, true, 2));
	fragment_expire(table.get(), 0, true);
	push();
	EXPECT_EQ(out.size(), 2u);
	EXPECT_EQ(counters().orphans, 2u);
}

/* Two senders whose addresses a hash that only multiplies would take for one, whatever its secret. */
TEST_F(FragmentOdd, NobodyChoosesNames)
{
	packet pk = {}, other = {};
	uint64_t name, other_name;

	pk.fragment = other.fragment = PACKET_FRAGMENT_LATER;
	for (uint64_t i = 0; i < 1000; i++) {
		pk.src[0] = pk.src[1] = i;
		other.src[0] = i ^ UINT64_C(1) << 63;
		other.src[1] = i ^ (UINT64_C(1) << 63 | UINT64_C(1) << 31);
		fragment_datagram_of(table.get(), &pk, &name);
		fragment_datagram_of(table.get(), &other, &other_name);
		ASSERT_NE(name, other_name);
	}
}

} // namespace
