/* SPDX-License-Identifier: BSD-3-Clause */
/* A real server on a real socket, with clients that behave. */
#include <gtest/gtest.h>

#include <vector>

#include "ctl_server_fixture.h"

namespace {

/* One client's block and the server's own; what any number of rows may cost. */
const size_t A_CLIENT = 300 * 1024, THE_SERVER = 128 * 1024;

TEST_F(CtlServer, EachReport)
{
	Answer answer = ask_once(REPORT_ASK_CONN);

	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.what, REPORT_ASK_CONN);
	EXPECT_EQ(answer.end.rows, 1000u);
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_STREQ(answer.info.name, "tap1");
	EXPECT_STREQ(answer.info.version, "9.9");
	EXPECT_EQ(answer.info.now_us, 123456u);
	EXPECT_EQ(ask_once(REPORT_ASK_ALLCONN).what, REPORT_ASK_ALLCONN);
	answer = ask_once(REPORT_ASK_ALL);
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.what, REPORT_ASK_ALL);
	EXPECT_TRUE(answer.in_order);
	answer = ask_once(REPORT_ASK_STATS);
	EXPECT_EQ(answer.stats.received, 77u);
	EXPECT_STREQ(answer.stats.ports[0].name, "tap0");
	EXPECT_EQ(ask_once(REPORT_ASK_HOME).nets, 2u);
	EXPECT_TRUE(server.wait_for_clients(0));
}

/* What hosts are called comes with every answer, as many as there may be; nothing where nothing is. */
TEST_F(CtlServer, Labels)
{
	for (unsigned n : { 0u, 1u, (unsigned)REPORT_LABELS_MAX }) {
		fake.labels.assign(n, report_label{ { 10 }, 8, 4, "corp" });
		for (enum report_request request : { REPORT_ASK_CONN, REPORT_ASK_STATS, REPORT_ASK_HOME, REPORT_ASK_LISTEN }) {
			const Answer answer = ask_once(request);

			EXPECT_EQ(answer.labels, n) << request;
			EXPECT_STREQ(answer.info.name, "tap1");
			EXPECT_EQ(answer.end.status, 0);
		}
	}
}

/* What was asked for reaches the source, which is told of the end once. */
TEST_F(CtlServer, AReportThatIsAskedForInDetail)
{
	struct ctl_ask request = {};

	strcpy(request.filter, "dport 443");
	strcpy(request.sort, "-bytes");
	request.limit = 7;
	Answer answer = ask_once(REPORT_ASK_ALLCONN, &request);
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_EQ(fake.last_ask.filter, "dport 443");
	EXPECT_EQ(fake.last_ask.sort, "-bytes");
	EXPECT_EQ(fake.last_ask.limit, 7u);
	EXPECT_EQ(fake.opened, 1u);
	EXPECT_EQ(fake.closed, 1u);
	fake.cut = true;
	answer = ask_once(REPORT_ASK_DROP_MATCHING, &request);
	EXPECT_EQ(answer.end.cut, 1u);
	EXPECT_EQ(answer.end.status, 0);
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(fake.closed, 2u);
	expect_well();
	EXPECT_EQ(fake.opened, 3u);
	EXPECT_EQ(fake.closed, 3u);
	EXPECT_EQ(fake.last_ask.report, static_cast<unsigned>(REPORT_ASK_CONN));
	EXPECT_EQ(fake.last_ask.filter + fake.last_ask.sort + fake.last_ask.by, "") << "nothing is asked for";
	EXPECT_EQ(fake.last_ask.limit, 0u);
}

TEST_F(CtlServer, TextsEndWithinTheRequest)
{
	struct ctl_ask request;

	memset(&request, 'x', sizeof(request));
	EXPECT_EQ(ask_once(REPORT_ASK_CONN, &request).rows, 1000u);
	EXPECT_EQ(fake.last_ask.filter.size(), CTL_FILTER_MAX - 1u);
	EXPECT_EQ(fake.last_ask.sort.size(), CTL_WORDS_MAX - 1u);
	EXPECT_EQ(fake.last_ask.by.size(), CTL_WORDS_MAX - 1u);
}

TEST_F(CtlServer, AReportThatIsAskedForWronglyEndsAtOnce)
{
	const struct ctl_ask request = {};

	fake.open_result = -EINVAL;
	Answer answer = ask_once(REPORT_ASK_GROUP, &request);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, -EINVAL);
	EXPECT_STREQ(answer.end.text, "asked wrongly");
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_EQ(answer.rows, 0u);
	EXPECT_EQ(fake.closed, 0u);
	fake.open_result = 0;
	expect_well();
}

TEST_F(CtlServer, AQueryIsClosedThoughItsClientIsGone)
{
	const struct ctl_ask request = {};
	struct ctl_client *client = connect();

	fake.n_rows = 10000000;
	ASSERT_EQ(ctl_client_ask(client, REPORT_ASK_CONN, &request), 0);
	for (int i = 0; i < 3000 && fake.rows_made == 0; i++)
		usleep(1000);
	EXPECT_EQ(fake.closed, 0u);
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.opened, 1u);
	EXPECT_EQ(fake.closed, 1u);
	fake.fail_after = 0;
	EXPECT_EQ(ask_once(REPORT_ASK_CONN, &request).end.status, -EIO);
	EXPECT_EQ(fake.closed, 2u);
}

TEST_F(CtlServer, AnEmptyReportEnds)
{
	fake.n_rows = 0;
	Answer answer = ask_once(REPORT_ASK_CONN);

	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.rows, 0u);
	EXPECT_EQ(answer.end.status, 0);
}

TEST_F(CtlServer, AMillionRowsInOneBlock)
{
	fake.n_rows = 1000000;
	fake.sparse = true;
	Answer answer = ask_once(REPORT_ASK_CONN);

	EXPECT_EQ(answer.rows, 1000000u);
	EXPECT_TRUE(answer.in_order);
	EXPECT_EQ(answer.end.rows, 1000000u);
	EXPECT_LT(Heap::most(), THE_SERVER + A_CLIENT);
}

TEST_F(CtlServer, AClientThatDoesNotReadStopsNobodyElse)
{
	fake.n_rows = 1000000;
	struct ctl_client *slow = connect();
	uint64_t made, before;

	ctl_client_ask(slow, REPORT_ASK_CONN, nullptr);
	do {
		before = fake.rows_made;
		std::this_thread::sleep_for(std::chrono::milliseconds(50));
		made = fake.rows_made;
	} while (made != before || !made);
	/* What is in the block and in the socket, and no more. */
	EXPECT_LT(made, 20000u);
	const double idle = server.cpu_ms();
	std::this_thread::sleep_for(std::chrono::milliseconds(200));
	EXPECT_LT(server.cpu_ms() - idle, 50);
	EXPECT_EQ(fake.rows_made, made);

	EXPECT_EQ(ask_once(REPORT_ASK_STATS).stats.received, 77u);
	EXPECT_TRUE(server.wait_for_clients(1)) << "so that there are no more than two at a time";
	EXPECT_EQ(ask_once(REPORT_ASK_CONN).rows, 1000000u);
	EXPECT_LT(Heap::most(), THE_SERVER + 2 * A_CLIENT);

	Answer answer = receive(slow);
	EXPECT_EQ(answer.rows, 1000000u);
	EXPECT_TRUE(answer.in_order);
	ctl_client_close(slow);
}

TEST_F(CtlServer, ManyReportsAtOnce)
{
	const unsigned n = 8;
	std::vector<std::thread> readers;
	std::atomic<unsigned> whole{ 0 };

	fake.n_rows = 100000;
	for (unsigned i = 0; i < n; i++) {
		readers.emplace_back([&] {
			Answer answer = ask_once(REPORT_ASK_CONN);

			whole += answer.rows == 100000 && answer.in_order && !answer.end.status;
		});
	}
	for (std::thread &reader : readers)
		reader.join();
	EXPECT_EQ(whole, n);
	EXPECT_LT(Heap::most(), THE_SERVER + n * A_CLIENT);
	EXPECT_TRUE(server.wait_for_clients(0));
}

/* A long report is under way; a short question is answered long before it is done. */
TEST_F(CtlServer, AShortQuestionOvertakesALongReport)
{
	fake.n_rows = 3000000;
	std::atomic<bool> finished{ false };
	std::thread reader([&] {
		ask_once(REPORT_ASK_CONN);
		finished = true;
	});

	while (fake.rows_made < 1000)
		std::this_thread::yield();
	EXPECT_EQ(ask_once(REPORT_ASK_STATS).stats.received, 77u);
	EXPECT_FALSE(finished);
	reader.join();
}

TEST_F(CtlServer, ManyRequestsOnOneConnection)
{
	struct ctl_client *client = connect();

	for (int i = 0; i < 100; i++) {
		EXPECT_EQ(ask(client, REPORT_ASK_CONN).rows, 1000u);
		EXPECT_EQ(ask(client, REPORT_ASK_HOME).nets, 2u);
	}
	/* all sent before the first answer is read */
	for (int i = 0; i < 100; i++)
		ctl_client_ask(client, i % 2 ? REPORT_ASK_CONN : REPORT_ASK_STATS, nullptr);
	for (int i = 0; i < 100; i++) {
		Answer answer = receive(client);

		ASSERT_EQ(answer.error, 0) << i;
		EXPECT_EQ(answer.rows, i % 2 ? 1000u : 0u);
	}
	ctl_client_close(client);
}

TEST_F(CtlServer, AReportThatFailsIsCut)
{
	const unsigned max = ctl_frame_rows_max(REPORT_ASK_CONN);

	fake.fail_after = 2 * max;
	Answer answer = ask_once(REPORT_ASK_CONN);

	EXPECT_EQ(answer.rows, 2 * max);
	EXPECT_EQ(answer.end.status, -EIO);
	EXPECT_EQ(answer.end.cut, 1u);
	EXPECT_NE(strstr(answer.end.text, "cut short"), nullptr);
}

TEST_F(CtlServer, DropIsARequestAsAllOthers)
{
	EXPECT_EQ(drop(0x2a).end.status, 0);
	EXPECT_EQ(fake.dropped_id, 0x2au);
	EXPECT_EQ(fake.closed, 1u);
	fake.drop_result = -ENOENT;
	Answer answer = drop(0x2b);
	EXPECT_EQ(answer.end.status, -ENOENT);
	EXPECT_STREQ(answer.end.text, "no connection has the id 0000002B");
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_EQ(fake.closed, 2u);
	/* Where the query does not say it better, what the error is called. */
	fake.drop_result = -EBUSY;
	EXPECT_STREQ(drop(0x2c).end.text, strerror(EBUSY));
}

TEST_F(CtlServer, DropIsDecidedLater)
{
	fake.polls = 10;
	EXPECT_EQ(drop(1).end.status, 0);
	fake.polls = 3;
	fake.drop_result = -ENOENT;
	EXPECT_EQ(drop(2).end.status, -ENOENT);
	EXPECT_EQ(fake.polls, 0u);
	EXPECT_EQ(fake.closed, 2u);
	/* and nobody is asked any more */
	const double before = server.cpu_ms();
	std::this_thread::sleep_for(std::chrono::milliseconds(200));
	EXPECT_LT(server.cpu_ms() - before, 20);
}

/* Its query is closed, which abandons the order; others are served meanwhile. */
TEST_F(CtlServer, ADropWhoseClientIsGone)
{
	struct ctl_ask request = {};
	struct ctl_client *client = connect();

	request.id = 9;
	fake.polls = 1000000000;
	ASSERT_EQ(ctl_client_ask(client, REPORT_ASK_DROP, &request), 0);
	while (fake.dropped_id != 9)
		std::this_thread::yield();
	EXPECT_EQ(ask_once(REPORT_ASK_STATS).stats.received, 77u);
	EXPECT_EQ(fake.closed, 1u) << "the counters' query alone";
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.closed, 2u);
}

TEST_F(CtlServer, AnAttachedClientAndItsEnd)
{
	std::atomic<unsigned> gone{ 0 };
	int pair[2];

	ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	ASSERT_EQ(server.attach(
			  pair[1], [](void *ctx) { ++*static_cast<std::atomic<unsigned> *>(ctx); }, &gone),
	          0);
	struct ctl_client *client = ctl_client_adopt(pair[0]);
	EXPECT_EQ(ask(client, REPORT_ASK_CONN).rows, 1000u);
	EXPECT_EQ(gone, 0u);
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(gone, 1u);
}

TEST(CtlServerLife, DestroyHangsUpAndFreesAll)
{
	const size_t before = Heap::now();
	Folder folder;
	const std::string path = folder / "sock";
	std::vector<struct ctl_client *> clients;
	FakeSource fake;

	fake.n_rows = 100000000;
	fake.polls = 1000000000;
	{
		LoopedServer server(&fake);
		struct ctl_ask drop = {};

		ASSERT_EQ(server.listen(path), 0);
		for (int i = 0; i < 4; i++)
			clients.push_back(ctl_client_connect(path.c_str()));
		ctl_client_ask(clients[0], REPORT_ASK_CONN, nullptr);
		drop.id = 1;
		ctl_client_ask(clients[1], REPORT_ASK_DROP, &drop);
		ctl_client_ask(clients[2], REPORT_ASK_DROP, &drop);
		while (!fake.rows_made || fake.opened < 3)
			std::this_thread::yield();
		ctl_client_close(clients[2]);
	}
	EXPECT_EQ(Heap::now(), before);
	EXPECT_EQ(fake.closed, 3u);
	EXPECT_EQ(receive(clients[0]).error, -ECONNRESET);
	EXPECT_EQ(receive(clients[1]).error, -ECONNRESET);
	EXPECT_EQ(raw_connect(path), -1);
	EXPECT_EQ(access(path.c_str(), F_OK), -1);
	for (int i : { 0, 1, 3 })
		ctl_client_close(clients[static_cast<size_t>(i)]);
}

} // namespace
