/* SPDX-License-Identifier: BSD-3-Clause */
/* Reports whose rows come over time: asked for again after a pause, and ended by their client. */
#include <gtest/gtest.h>

#include "ctl_fixture.h"

namespace {

class CtlPeer : public ::testing::Test {
protected:
	CtlPeer() : path(folder / "sock"), server(&fake)
	{
		fake.live = true;
		fake.n_rows = 3;
		EXPECT_EQ(server.listen(path), 0);
	}
	/* A client that listens, its first `rows` rows taken. */
	struct ctl_client *listen(uint64_t rows)
	{
		struct ctl_client *client = ctl_client_connect(path.c_str());
		struct ctl_frame frame;

		EXPECT_NE(client, nullptr);
		ctl_client_set_timeout(client, 10000);
		EXPECT_EQ(ctl_client_ask(client, REPORT_ASK_EVENTS, nullptr), 0);
		EXPECT_EQ(ctl_client_next(client, &frame), 0);
		EXPECT_EQ(frame.type, CTL_INFO);
		EXPECT_EQ(take(client, rows), rows);
		return client;
	}
	/* Frames of rows until there are so many; how many came. */
	static uint64_t take(struct ctl_client *client, uint64_t rows)
	{
		struct ctl_frame frame;
		uint64_t taken = 0;

		while (taken < rows && ctl_client_next(client, &frame) == 0 && frame.type == CTL_ROWS &&
		       frame.report == REPORT_ASK_EVENTS)
			taken += frame.length / sizeof(struct report_event);
		return taken;
	}
	bool wait_for_closed(unsigned n)
	{
		for (int i = 0; i < 3000 && fake.closed != n; i++)
			std::this_thread::sleep_for(std::chrono::milliseconds(1));
		return fake.closed == n;
	}

	Folder folder;
	std::string path;
	FakeSource fake;
	LoopedServer server;
};

TEST_F(CtlPeer, RowsComeWhenTheyComeAndNobodySpins)
{
	struct ctl_client *client = listen(3);
	const double before_ms = server.cpu_ms();
	const unsigned asked = fake.asked;

	std::this_thread::sleep_for(std::chrono::milliseconds(300));
	EXPECT_LT(fake.asked - asked, 150u) << "every few milliseconds";
	EXPECT_GT(fake.asked - asked, 0u);
	EXPECT_LT(server.cpu_ms() - before_ms, 100);
	fake.n_rows = 5;
	EXPECT_EQ(take(client, 2), 2u);
	fake.n_rows = 100000;
	EXPECT_EQ(take(client, 99995), 99995u);
	EXPECT_EQ(fake.closed, 0u);
	ctl_client_close(client);
	EXPECT_TRUE(wait_for_closed(1));
	EXPECT_TRUE(server.wait_for_clients(0)) << "its end is noticed though nothing is sent";
}

TEST_F(CtlPeer, TheNextRequestEndsIt)
{
	struct ctl_client *client = listen(3);
	Answer answer;

	ctl_client_ask(client, REPORT_ASK_STATS, nullptr);
	answer = receive(client);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, 0);
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_EQ(answer.end.rows, 3u);
	EXPECT_EQ(receive(client).stats.received, 77u) << "and is answered";
	EXPECT_EQ(fake.opened, 2u);
	EXPECT_EQ(fake.closed, 2u);
	ctl_client_close(client);
}

TEST_F(CtlPeer, WhoWillSendNoMoreHasTheEndToo)
{
	const struct ctl_ask request = {};
	uint8_t bytes[sizeof(struct ctl_header) + sizeof(request)];
	const int fd = raw_connect(path);
	struct ctl_client *client;
	Answer answer;

	memcpy(bytes + ctl_frame_pack(bytes, CTL_ASK, REPORT_ASK_EVENTS, sizeof(request)), &request, sizeof(request));
	ASSERT_EQ(write(fd, bytes, sizeof(bytes)), static_cast<ssize_t>(sizeof(bytes)));
	ASSERT_EQ(shutdown(fd, SHUT_WR), 0);
	client = ctl_client_adopt(fd);
	answer = receive(client);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.rows, 3u);
	EXPECT_EQ(answer.end.status, 0);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.closed, 1u);
	ctl_client_close(client);
}

/* Rubbish is refused there as anywhere. */
TEST_F(CtlPeer, RubbishEndsItWithARefusal)
{
	struct ctl_client *client = listen(3);
	uint8_t rubbish[sizeof(struct ctl_header)];
	Answer answer;

	ctl_frame_pack(rubbish, CTL_ROWS, REPORT_ASK_EVENTS, 0);
	ASSERT_EQ(write(ctl_client_fd(client), rubbish, sizeof(rubbish)), static_cast<ssize_t>(sizeof(rubbish)));
	EXPECT_EQ(receive(client).end.status, 0);
	answer = receive(client);
	EXPECT_LT(answer.end.status, 0);
	EXPECT_TRUE(server.wait_for_clients(0));
	ctl_client_close(client);
}

TEST_F(CtlPeer, WhoDoesNotReadStopsNobodyElse)
{
	struct ctl_client *slow = listen(3), *quick = listen(3);

	fake.n_rows = 300000;
	EXPECT_EQ(take(quick, 299997), 299997u);
	EXPECT_EQ(ask(quick, REPORT_ASK_STATS).rows, 0u);
	EXPECT_LT(fake.rows_made, 400000u) << "the other one has what fits in its block";
	EXPECT_EQ(take(slow, 299997), 299997u);
	ctl_client_close(slow);
	ctl_client_close(quick);
	EXPECT_TRUE(wait_for_closed(3)) << "theirs and that of the counters";
}

TEST_F(CtlPeer, ManyListenersComeAndGo)
{
	for (unsigned round = 1; round <= 3; round++) {
		struct ctl_client *clients[20];

		for (struct ctl_client *&client : clients)
			client = listen(fake.n_rows);
		fake.n_rows += 10;
		for (struct ctl_client *client : clients)
			EXPECT_EQ(take(client, 10), 10u);
		for (struct ctl_client *client : clients)
			ctl_client_close(client);
		EXPECT_TRUE(wait_for_closed(20 * round));
	}
	EXPECT_TRUE(server.wait_for_clients(0));
}

TEST_F(CtlPeer, ItMayEndByItself)
{
	struct ctl_client *client = listen(3);

	fake.live = false;
	Answer answer = receive(client);
	EXPECT_EQ(answer.end.status, 0);
	EXPECT_EQ(answer.end.rows, 3u);
	fake.live = true;
	EXPECT_EQ(ask(client, REPORT_ASK_STATS).stats.received, 77u);
	ctl_client_close(client);
}

TEST_F(CtlPeer, StopEndsTheConversationOfAClientThatWaits)
{
	struct ctl_client *client = listen(3);
	struct ctl_frame frame;
	std::thread stopper([&] {
		std::this_thread::sleep_for(std::chrono::milliseconds(20));
		ctl_client_stop(client);
	});

	EXPECT_EQ(ctl_client_next(client, &frame), -ECONNRESET);
	stopper.join();
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
}

/* The server goes with reports that rest. */
TEST(CtlPeerLife, DestroyFreesThoseThatRest)
{
	const size_t before = Heap::now();
	Folder folder;
	const std::string path = folder / "sock";
	struct ctl_client *client;
	FakeSource fake;

	fake.live = true;
	fake.n_rows = 3; /* so few that they do not wait for their reader */
	{
		LoopedServer server(&fake);

		ASSERT_EQ(server.listen(path), 0);
		client = ctl_client_connect(path.c_str());
		ctl_client_ask(client, REPORT_ASK_EVENTS, nullptr);
		while (!fake.asked)
			std::this_thread::yield();
	}
	EXPECT_EQ(Heap::now(), before);
	EXPECT_EQ(fake.closed, 1u);
	ctl_client_close(client);
}

} // namespace
