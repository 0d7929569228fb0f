/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_hosts.h"

#include "digest_fixture.h"

namespace {

class DigestHosts : public ::testing::Test {
protected:
	DigestHosts()
	{
		digest_hosts_init(&hosts, counted.memory(), 1);
		for (const struct report_end *end : { &any.full.row.client, &any.full.row.server })
			EXPECT_EQ(digest_hosts_want(&hosts, end, 4), 0);
	}
	~DigestHosts() { mem_table_fini(&hosts); }
	const struct digest_host *see(const Conn &conn, bool server = true)
	{
		digest_hosts_see(&hosts, &conn.full);
		return digest_hosts_find(&hosts, server ? &any.full.row.server : &any.full.row.client, 4);
	}
	static Conn conn() { return Conn("10.0.0.1", 1, "10.0.0.2", 80); }

	CountedMemory counted;
	struct mem_table hosts;
	const Conn any = conn();
};

TEST_F(DigestHosts, NothingIsKnownAtFirst)
{
	const struct digest_host *host = digest_hosts_find(&hosts, &any.full.row.server, 4);

	ASSERT_NE(host, nullptr);
	EXPECT_EQ(host->heard_us, 0u);
	EXPECT_EQ(host->asked_us, 0u);
	EXPECT_EQ(digest_hosts_find(&hosts, &any.full.row.server, 6), nullptr) << "another address";
}

TEST_F(DigestHosts, AllAcknowledgedMeansBothWereThere)
{
	Conn talk = conn().idle(7 * SEC);

	EXPECT_EQ(see(talk)->heard_us, NOW - 7 * SEC);
	EXPECT_EQ(see(talk, false)->heard_us, NOW - 7 * SEC);
	EXPECT_EQ(see(talk)->asked_us, 0u);
}

TEST_F(DigestHosts, TheLatestSignCounts)
{
	see(conn().idle(2 * SEC));
	EXPECT_EQ(see(conn().idle(500 * SEC))->heard_us, NOW - 2 * SEC);
}

TEST_F(DigestHosts, WhoOwesAnAckIsNotHeardButAsked)
{
	const struct digest_host *host = see(conn().client_owed(3).idle(4 * SEC));

	EXPECT_EQ(host->heard_us, NOW - 3600 * SEC) << "it has spoken once";
	EXPECT_EQ(host->asked_us, NOW - 4 * SEC);
	EXPECT_EQ(see(conn().client_owed(3).idle(SEC / 2))->asked_us, NOW - 4 * SEC)
	    << "half a second is not long";
	EXPECT_EQ(see(conn().server_owed(1).idle(2 * SEC), false)->asked_us, NOW - 2 * SEC);
}

TEST_F(DigestHosts, OneDirectionProvesNothingOfTheOther)
{
	Conn conn = DigestHosts::conn().client_owed(3).idle(4 * SEC);

	conn.full.row.flags = REPORT_ONEWAY;
	conn.full.row.server.packets = 0;
	const struct digest_host *host = see(conn);
	EXPECT_EQ(host->heard_us, 0u);
	EXPECT_EQ(host->asked_us, 0u);
}

TEST_F(DigestHosts, ASynThatNobodyAnswers)
{
	EXPECT_EQ(see(Conn::syn("10.0.0.1", 1, "10.0.0.2", 80, SEC / 2, SEC / 4))->asked_us, 0u)
	    << "too young";
	EXPECT_EQ(see(Conn::syn("10.0.0.1", 1, "10.0.0.2", 80, 7 * SEC, SEC / 4))->asked_us,
	          NOW - SEC / 4);
	EXPECT_EQ(see(Conn::syn("10.0.0.1", 1, "10.0.0.2", 80, 7 * SEC, SEC / 4))->heard_us, 0u);
	EXPECT_EQ(see(Conn::syn("10.0.0.1", 1, "10.0.0.2", 80, 7 * SEC, SEC / 4), false)->heard_us,
	          NOW - SEC / 2) << "the client was there, when it opened the younger one";
}

/* States whose beginning proves who sent what; the numbers say nothing. */
TEST_F(DigestHosts, StatesProveTheirBeginning)
{
	struct {
		enum report_state client, server;
		bool client_spoke, server_spoke;
	} table[] = {
		{ REPORT_FIN_WAIT_1, REPORT_ESTABLISHED, true, false },
		{ REPORT_FIN_WAIT_2, REPORT_CLOSE_WAIT, true, true },
		{ REPORT_CLOSE_WAIT, REPORT_FIN_WAIT_2, true, true },
		{ REPORT_FIN_WAIT_2, REPORT_LAST_ACK, false, true },
		{ REPORT_TIME_WAIT, REPORT_CLOSED, false, true },
		{ REPORT_ESTABLISHED, REPORT_ESTABLISHED, false, false },
		{ REPORT_CLOSED, REPORT_CLOSED, false, false },
	};
	for (const auto &row : table) {
		Conn conn = DigestHosts::conn().states(row.client, row.server, 30 * SEC);

		conn.full.client.known = conn.full.server.known = 0;
		mem_table_fini(&hosts);
		digest_hosts_want(&hosts, &any.full.row.client, 4);
		digest_hosts_want(&hosts, &any.full.row.server, 4);
		EXPECT_EQ(see(conn, false)->heard_us, row.client_spoke ? NOW - 30 * SEC : NOW - 3600 * SEC)
		    << row.client << " " << row.server;
		EXPECT_EQ(see(conn)->heard_us, row.server_spoke ? NOW - 30 * SEC : NOW - 3600 * SEC)
		    << row.client << " " << row.server;
	}
}

TEST_F(DigestHosts, OthersAndUdpAreLeftAlone)
{
	Conn udp = conn();

	udp.full.row.proto = IPPROTO_UDP;
	EXPECT_EQ(see(udp)->heard_us, 0u);
	see(Conn("10.9.9.9", 1, "10.9.9.8", 80));
	EXPECT_EQ(hosts.n, 2u);
	EXPECT_EQ(see(conn().client_owed(1).idle(9 * SEC).ended(REPORT_END_RST))->asked_us, 0u)
	    << "what has ended asks nothing";
}

TEST_F(DigestHosts, HaveABound)
{
	struct report_end end = {};
	uint32_t refused = 0;

	for (uint32_t i = 0; i < DIGEST_HOSTS_MAX + 10; i++) {
		memcpy(end.addr, &i, 4);
		end.addr[3] = 0xee;
		refused += digest_hosts_want(&hosts, &end, 4) != 0;
	}
	EXPECT_EQ(refused, 12u);
	EXPECT_LT(counted.peak, 8u << 20);
}

} // namespace
