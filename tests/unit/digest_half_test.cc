/* SPDX-License-Identifier: BSD-3-Clause */
#include "digest_half.h"

#include "digest_fixture.h"

namespace {

struct Judged {
	struct digest_half half;
	int is_half;
	enum digest_verdict verdict = DIGEST_VERDICTS;

	/* The hosts of the end that is open and of the one that has closed; -1: never. */
	Judged(const Conn &conn, int64_t heard_ago_us, int64_t asked_ago_us = -1,
	       int64_t closed_heard_ago_us = -1)
	{
		const struct digest_host open = { {}, at(heard_ago_us), at(asked_ago_us) };
		const struct digest_host closed = { {}, at(closed_heard_ago_us), 0 };

		is_half = digest_half_read(&half, &conn.full);
		if (is_half)
			verdict = digest_half_judge(&half, &open, &closed);
	}
	static uint64_t at(int64_t ago_us)
	{
		return ago_us < 0 ? 0 : NOW - static_cast<uint64_t>(ago_us);
	}
};

constexpr int64_t S = SEC;

Conn
half(uint64_t ago_us)
{
	return Conn::half("10.0.0.1", 1, "10.0.0.2", 80, ago_us);
}

/* FIN_WAIT_1 and, at the other end, what is said. */
Conn
unanswered(enum report_state open, uint64_t ago_us)
{
	return half(ago_us).states(REPORT_FIN_WAIT_1, open, ago_us).client_owed(4);
}

TEST(DigestHalf, WhichOnesAre)
{
	auto closed = [](unsigned s) { return s == REPORT_FIN_WAIT_1 || s == REPORT_FIN_WAIT_2; };
	unsigned found = 0;

	for (unsigned client = 0; client < REPORT_STATES; client++)
		for (unsigned server = 0; server < REPORT_STATES; server++) {
			Conn conn = half(10 * SEC);
			struct digest_half h;
			auto open = [](unsigned s) { return s == REPORT_CLOSE_WAIT || s == REPORT_ESTABLISHED; };
			const bool want = (closed(client) && open(server)) || (closed(server) && open(client));

			conn.states(static_cast<enum report_state>(client), static_cast<enum report_state>(server),
			            10 * SEC);
			EXPECT_EQ(digest_half_read(&h, &conn.full) == 1, want) << client << " " << server;
			if (!want)
				continue;
			found++;
			EXPECT_EQ(h.open_end, closed(client) ? REPORT_CLOSER_SERVER : REPORT_CLOSER_CLIENT);
			EXPECT_EQ(h.open, closed(client) ? &conn.full.row.server : &conn.full.row.client);
			EXPECT_EQ(h.closed_more, closed(client) ? &conn.full.client : &conn.full.server);
		}
	EXPECT_EQ(found, 8u);
	EXPECT_FALSE(Judged(half(10 * SEC).ended(REPORT_END_REUSED), -1).is_half);
}

TEST(DigestHalf, ItsAgeIsThatOfTheFin)
{
	Conn conn = half(10 * SEC);

	conn.full.server.in_state_us = 20 * SEC;
	EXPECT_EQ(Judged(conn, -1).half.age_us, 20 * SEC) << "of CLOSE_WAIT";
	conn.states(REPORT_FIN_WAIT_1, REPORT_ESTABLISHED, 10 * SEC);
	conn.full.client.in_state_us = 30 * SEC;
	EXPECT_EQ(Judged(conn, -1).half.age_us, 30 * SEC) << "where the other end went back";
}

TEST(DigestHalf, TheApplicationDoesNotClose)
{
	EXPECT_EQ(Judged(half(60 * SEC), 1 * S).verdict, DIGEST_NOT_CLOSING);
	EXPECT_EQ(Judged(half(60 * SEC), 1 * S, 30 * S).verdict, DIGEST_NOT_CLOSING)
	    << "it was asked in vain once, and heard since";
	EXPECT_EQ(Judged(half(60 * SEC), 60 * S).verdict, DIGEST_SILENT) << "its ACK is no sign since";
	EXPECT_EQ(Judged(half(60 * SEC), 59 * S - 1).verdict, DIGEST_NOT_CLOSING);
	EXPECT_EQ(Judged(half(60 * SEC), -1).verdict, DIGEST_SILENT);
}

TEST(DigestHalf, TheHostIsGone)
{
	EXPECT_EQ(Judged(half(60 * SEC), 60 * S, 5 * S).verdict, DIGEST_GONE);
	EXPECT_EQ(Judged(half(60 * SEC), 60 * S, 61 * S).verdict, DIGEST_SILENT)
	    << "what was asked before the FIN is no matter";
	EXPECT_EQ(Judged(unanswered(REPORT_ESTABLISHED, 60 * SEC), 61 * S).verdict, DIGEST_GONE);
	EXPECT_EQ(Judged(unanswered(REPORT_ESTABLISHED, 60 * SEC), -1).verdict, DIGEST_GONE);
}

TEST(DigestHalf, AFirewallSwallowsTheFin)
{
	EXPECT_EQ(Judged(unanswered(REPORT_ESTABLISHED, 60 * SEC), 1 * S).verdict, DIGEST_SWALLOWED);
	Conn ack = unanswered(REPORT_CLOSE_WAIT, 60 * SEC);

	ack.full.server.rcv_nxt = ack.full.client.snd_nxt;
	EXPECT_EQ(Judged(ack, 60 * S).verdict, DIGEST_SWALLOWED) << "acknowledged, and repeated";
}

TEST(DigestHalf, TheOpenHalfIsCutOff)
{
	Conn conn = half(60 * SEC).server_owed(3).idle(2 * SEC);

	const Judged owed(conn, -1);

	EXPECT_TRUE(digest_half_is_owed(&owed.half));
	EXPECT_EQ(Judged(conn, 2 * S, -1, 60 * S).verdict, DIGEST_GONE) << "the end that closed";
	EXPECT_EQ(Judged(conn, 2 * S, -1, 2 * S).verdict, DIGEST_SWALLOWED);
	const Conn plain = half(60 * SEC);
	const Judged all(plain, -1);
	EXPECT_FALSE(digest_half_is_owed(&all.half));
}

TEST(DigestHalf, WhatIsNoLeak)
{
	EXPECT_EQ(Judged(half(4 * SEC), 1 * S).verdict, DIGEST_YOUNG);
	EXPECT_EQ(Judged(unanswered(REPORT_ESTABLISHED, 4 * SEC), -1).verdict, DIGEST_YOUNG);
	EXPECT_EQ(Judged(half(60 * SEC).idle(2 * SEC), 2 * S).verdict, DIGEST_IN_USE);
	EXPECT_EQ(Judged(half(60 * SEC).idle(2 * SEC).client_probes(), 2 * S).verdict, DIGEST_NOT_CLOSING)
	    << "keep-alives are no use";
	EXPECT_EQ(Judged(half(60 * SEC).idle(2 * SEC).server_probes(), 2 * S).verdict, DIGEST_NOT_CLOSING);
	EXPECT_EQ(Judged(half(60 * SEC).server_owed(0).idle(SEC / 10), 2 * S).verdict, DIGEST_IN_USE)
	    << "on its way";
	EXPECT_EQ(Judged(half(8 * SEC).idle(7 * SEC), 7 * S).verdict, DIGEST_SILENT)
	    << "what belongs to the closing is no use";
}

TEST(DigestHalf, WhatTheMirrorDoesNotShow)
{
	Conn oneway = half(60 * SEC);
	struct digest_half h;

	oneway.full.row.flags = REPORT_ONEWAY;
	EXPECT_EQ(Judged(oneway, 1 * S).verdict, DIGEST_UNSEEN);
	EXPECT_EQ(Judged(unanswered(REPORT_CLOSE_WAIT, 60 * SEC), 1 * S).verdict, DIGEST_UNSEEN)
	    << "the FIN passed once, and no answer";
	Conn unknown = unanswered(REPORT_ESTABLISHED, 60 * SEC);
	unknown.full.server.known = 0;
	EXPECT_EQ(Judged(unknown, 1 * S).verdict, DIGEST_UNSEEN);
	const Conn plain = half(60 * SEC);
	ASSERT_TRUE(digest_half_read(&h, &plain.full));
	EXPECT_EQ(digest_half_judge(&h, nullptr, nullptr), DIGEST_UNJUDGED) << "no room for its host";
}

} // namespace
