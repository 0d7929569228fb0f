/* SPDX-License-Identifier: BSD-3-Clause */
/* A real server on a real socket, with clients that behave and clients that do not. */
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "ctl_fixture.h"

namespace {

/* One client's block and the server's own; what any number of rows may cost. */
const size_t A_CLIENT = 300 * 1024, THE_SERVER = 128 * 1024;

class CtlServer : public ::testing::Test {
protected:
	CtlServer() : path(folder / "sock"), server(&fake)
	{
		Heap::most() = Heap::now().load();
		EXPECT_EQ(server.listen(path), 0);
	}
	struct ctl_client *connect()
	{
		struct ctl_client *client = ctl_client_connect(path.c_str());

		EXPECT_NE(client, nullptr) << strerror(errno);
		ctl_client_set_timeout(client, 10000);
		return client;
	}
	Answer ask_once(enum ctl_type type, const void *payload = nullptr, size_t length = 0)
	{
		struct ctl_client *client = connect();
		Answer answer = ask(client, type, payload, length);

		ctl_client_close(client);
		return answer;
	}
	Answer drop(uint64_t id)
	{
		const struct ctl_drop request = { id };

		return ask_once(CTL_DROP, &request, sizeof(request));
	}
	/* A whole report still comes: the server is well. */
	void expect_well()
	{
		Answer answer = ask_once(CTL_CONN);

		EXPECT_EQ(answer.error, 0);
		EXPECT_EQ(answer.end.status, 0);
		EXPECT_EQ(answer.rows, fake.n_rows);
	}

	Folder folder;
	std::string path;
	FakeSource fake;
	LoopedServer server;
};

TEST_F(CtlServer, EachReport)
{
	Answer answer = ask_once(CTL_CONN);

	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.what, CTL_CONN);
	EXPECT_EQ(answer.end.rows, 1000u);
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_STREQ(answer.info.name, "tap1");
	EXPECT_STREQ(answer.info.version, "9.9");
	EXPECT_EQ(answer.info.now_us, 123456u);
	EXPECT_EQ(ask_once(CTL_ALLCONN).what, CTL_ALLCONN);
	answer = ask_once(CTL_ALL);
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.what, CTL_ALL);
	EXPECT_TRUE(answer.in_order);
	answer = ask_once(CTL_STATS);
	EXPECT_EQ(answer.stats.received, 77u);
	EXPECT_STREQ(answer.stats.ports[0].name, "tap0");
	EXPECT_EQ(ask_once(CTL_HOME).nets, 2u);
	EXPECT_TRUE(server.wait_for_clients(0));
}

/* What hosts are called comes with every answer, as many as there may be; nothing where nothing is. */
TEST_F(CtlServer, Labels)
{
	for (unsigned n : { 0u, 1u, (unsigned)REPORT_LABELS_MAX }) {
		fake.labels.assign(n, report_label{ { 10 }, 8, 4, "corp" });
		for (enum ctl_type request : { CTL_CONN, CTL_STATS, CTL_HOME, CTL_LISTEN }) {
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
	Answer answer = ask_once(CTL_ALLCONN, &request, sizeof(request));
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_STREQ(fake.last_ask.filter, "dport 443");
	EXPECT_STREQ(fake.last_ask.sort, "-bytes");
	EXPECT_EQ(fake.last_ask.limit, 7u);
	EXPECT_EQ(fake.opened, 1u);
	EXPECT_EQ(fake.closed, 1u);
	fake.cut = true;
	answer = ask_once(CTL_DROP_MATCHING, &request, sizeof(request));
	EXPECT_EQ(answer.end.cut, 1u);
	EXPECT_EQ(answer.end.status, 0);
	EXPECT_EQ(answer.rows, 1000u);
	EXPECT_EQ(fake.closed, 2u);
	expect_well();
	EXPECT_EQ(fake.opened, 2u) << "not for those who ask for nothing";
}

TEST_F(CtlServer, TextsEndWithinTheRequest)
{
	struct ctl_ask request;

	memset(&request, 'x', sizeof(request));
	EXPECT_EQ(ask_once(CTL_CONN, &request, sizeof(request)).rows, 1000u);
	EXPECT_EQ(strlen(fake.last_ask.filter), CTL_FILTER_MAX - 1u);
	EXPECT_EQ(strlen(fake.last_ask.sort), CTL_WORDS_MAX - 1u);
	EXPECT_EQ(strlen(fake.last_ask.by), CTL_WORDS_MAX - 1u);
}

TEST_F(CtlServer, AReportThatIsAskedForWronglyEndsAtOnce)
{
	const struct ctl_ask request = {};

	fake.open_result = -EINVAL;
	Answer answer = ask_once(CTL_GROUP, &request, sizeof(request));
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, -EINVAL);
	EXPECT_STREQ(answer.end.text, "asked wrongly");
	EXPECT_EQ(answer.end.cut, 0u);
	EXPECT_EQ(answer.rows, 0u);
	EXPECT_EQ(fake.closed, 0u);
	expect_well();
}

TEST_F(CtlServer, AQueryIsClosedThoughItsClientIsGone)
{
	const struct ctl_ask request = {};
	struct ctl_client *client = connect();

	fake.n_rows = 10000000;
	ASSERT_EQ(ctl_client_request(client, CTL_CONN, &request, sizeof(request)), 0);
	for (int i = 0; i < 3000 && fake.rows_made == 0; i++)
		usleep(1000);
	EXPECT_EQ(fake.closed, 0u);
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.opened, 1u);
	EXPECT_EQ(fake.closed, 1u);
	fake.fail_after = 0;
	EXPECT_EQ(ask_once(CTL_CONN, &request, sizeof(request)).end.status, -EIO);
	EXPECT_EQ(fake.closed, 2u);
}

TEST_F(CtlServer, AnEmptyReportEnds)
{
	fake.n_rows = 0;
	Answer answer = ask_once(CTL_CONN);

	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.rows, 0u);
	EXPECT_EQ(answer.end.status, 0);
}

TEST_F(CtlServer, AMillionRowsInOneBlock)
{
	fake.n_rows = 1000000;
	fake.sparse = true;
	Answer answer = ask_once(CTL_CONN);

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

	ctl_client_request(slow, CTL_CONN, nullptr, 0);
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

	EXPECT_EQ(ask_once(CTL_STATS).stats.received, 77u);
	EXPECT_EQ(ask_once(CTL_CONN).rows, 1000000u);
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
			Answer answer = ask_once(CTL_CONN);

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
		ask_once(CTL_CONN);
		finished = true;
	});

	while (fake.rows_made < 1000)
		std::this_thread::yield();
	EXPECT_EQ(ask_once(CTL_STATS).stats.received, 77u);
	EXPECT_FALSE(finished);
	reader.join();
}

TEST_F(CtlServer, ManyRequestsOnOneConnection)
{
	struct ctl_client *client = connect();

	for (int i = 0; i < 100; i++) {
		EXPECT_EQ(ask(client, CTL_CONN).rows, 1000u);
		EXPECT_EQ(ask(client, CTL_HOME).nets, 2u);
	}
	/* all sent before the first answer is read */
	for (int i = 0; i < 100; i++)
		ctl_client_request(client, i % 2 ? CTL_CONN : CTL_STATS, nullptr, 0);
	for (int i = 0; i < 100; i++) {
		Answer answer = receive(client);

		ASSERT_EQ(answer.error, 0) << i;
		EXPECT_EQ(answer.rows, i % 2 ? 1000u : 0u);
	}
	ctl_client_close(client);
}

TEST_F(CtlServer, AReportThatFailsIsCut)
{
	struct ctl_rows kind;

	ASSERT_TRUE(ctl_frame_rows(CTL_CONN, &kind));
	fake.fail_after = 2 * kind.max;
	Answer answer = ask_once(CTL_CONN);

	EXPECT_EQ(answer.rows, 2 * kind.max);
	EXPECT_EQ(answer.end.status, -EIO);
	EXPECT_EQ(answer.end.cut, 1u);
	EXPECT_NE(strstr(answer.end.text, "cut short"), nullptr);
}

TEST_F(CtlServer, AClientThatLeavesInTheMiddle)
{
	fake.n_rows = 100000000;
	for (int i = 0; i < 20; i++) {
		struct ctl_client *client = connect();
		struct ctl_frame frame;

		ctl_client_request(client, CTL_CONN, nullptr, 0);
		for (int k = 0; k < i; k++)
			EXPECT_EQ(ctl_client_next(client, &frame), 0);
		ctl_client_close(client);
	}
	EXPECT_TRUE(server.wait_for_clients(0));
	fake.n_rows = 10;
	expect_well();
}

TEST_F(CtlServer, AClientThatHasSaidAllIsStillAnswered)
{
	uint8_t request[sizeof(struct ctl_header)];
	int fd = raw_connect(path);

	ctl_frame_pack(request, CTL_CONN, 0);
	ASSERT_EQ(write(fd, request, sizeof(request)), static_cast<ssize_t>(sizeof(request)));
	shutdown(fd, SHUT_WR);
	struct ctl_client *client = ctl_client_adopt(fd);
	EXPECT_EQ(receive(client).rows, 1000u);
	struct ctl_frame frame;
	EXPECT_EQ(ctl_client_next(client, &frame), -ECONNRESET);
	ctl_client_close(client);
}

TEST_F(CtlServer, RubbishIsToldSoAndHungUpOn)
{
	const struct ctl_header answer_as_request = { CTL_MAGIC, CTL_VERSION, CTL_END,
		                                      sizeof(struct ctl_end), 0 };
	const struct ctl_header too_long = { CTL_MAGIC, CTL_VERSION, CTL_DROP, 0xffffffff, 0 };
	const struct ctl_header unknown = { CTL_MAGIC, CTL_VERSION, 40, 0, 0 };
	const std::string inputs[] = {
		"GET / HTTP/1.1\r\n\r\n",
		std::string(5000, '\0'),
		std::string(reinterpret_cast<const char *>(&answer_as_request), sizeof(unknown)),
		std::string(reinterpret_cast<const char *>(&too_long), sizeof(unknown)),
		std::string(reinterpret_cast<const char *>(&unknown), sizeof(unknown)),
	};

	for (const std::string &input : inputs) {
		int fd = raw_connect(path);

		ASSERT_EQ(write(fd, input.data(), input.size()), static_cast<ssize_t>(input.size()));
		struct ctl_client *client = ctl_client_adopt(fd);
		Answer answer = receive(client);
		EXPECT_EQ(answer.error, 0) << input;
		EXPECT_LT(answer.end.status, 0);
		EXPECT_STRNE(answer.end.text, "");
		struct ctl_frame frame;
		EXPECT_EQ(ctl_client_next(client, &frame), -ECONNRESET);
		ctl_client_close(client);
	}
	expect_well();
}

TEST_F(CtlServer, AnotherVersionIsToldSo)
{
	struct ctl_header request = { CTL_MAGIC, CTL_VERSION + 7, CTL_CONN, 0, 0 };
	int fd = raw_connect(path);

	ASSERT_EQ(write(fd, &request, sizeof(request)), static_cast<ssize_t>(sizeof(request)));
	struct ctl_client *client = ctl_client_adopt(fd);
	Answer answer = receive(client);
	EXPECT_EQ(answer.end.status, -EPROTONOSUPPORT);
	for (int version : { CTL_VERSION, CTL_VERSION + 7 })
		EXPECT_NE(strstr(answer.end.text, ("protocol " + std::to_string(version)).c_str()), nullptr)
		    << answer.end.text;
	ctl_client_close(client);
}

TEST_F(CtlServer, RandomBytesHurtNobody)
{
	std::mt19937 random(4);

	for (int i = 0; i < 500; i++) {
		std::string bytes(random() % 300, '\0');
		int fd = raw_connect(path);

		ASSERT_GE(fd, 0);
		for (char &byte : bytes)
			byte = static_cast<char>(random());
		/* half of them begin as a frame does */
		if (i % 2 && bytes.size() >= sizeof(struct ctl_header)) {
			struct ctl_header header = { CTL_MAGIC, CTL_VERSION,
				                     static_cast<uint16_t>(random() % 8),
				                     static_cast<uint32_t>(random() % 20), 0 };
			memcpy(&bytes[0], &header, sizeof(header));
		}
		(void)!write(fd, bytes.data(), bytes.size());
		close(fd);
	}
	EXPECT_TRUE(server.wait_for_clients(0));
	expect_well();
}

TEST_F(CtlServer, HalfARequestIsWaitedForWithoutSpinning)
{
	uint8_t request[sizeof(struct ctl_header)];
	int fd = raw_connect(path);

	ctl_frame_pack(request, CTL_STATS, 0);
	ASSERT_EQ(write(fd, request, 9), 9);
	std::this_thread::sleep_for(std::chrono::milliseconds(20));
	const double before = server.cpu_ms();
	std::this_thread::sleep_for(std::chrono::milliseconds(200));
	EXPECT_LT(server.cpu_ms() - before, 50);
	ASSERT_EQ(write(fd, request + 9, sizeof(request) - 9), static_cast<ssize_t>(sizeof(request) - 9));
	struct ctl_client *client = ctl_client_adopt(fd);
	EXPECT_EQ(receive(client).stats.received, 77u);
	ctl_client_close(client);
}

TEST_F(CtlServer, OneTooManyIsTurnedAway)
{
	std::vector<int> fds;

	for (unsigned i = 0; i < CTL_PEERS_MAX; i++)
		fds.push_back(raw_connect(path));
	ASSERT_TRUE(server.wait_for_clients(CTL_PEERS_MAX));
	Answer answer = ask_once(CTL_STATS);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, -EUSERS);
	EXPECT_NE(strstr(answer.end.text, "try again"), nullptr);
	close(fds.back());
	fds.pop_back();
	ASSERT_TRUE(server.wait_for_clients(CTL_PEERS_MAX - 1));
	expect_well();
	for (int fd : fds)
		close(fd);
}

TEST_F(CtlServer, DropAtOnce)
{
	EXPECT_EQ(drop(0x2a).end.status, 0);
	EXPECT_EQ(fake.dropped_id, 0x2au);
	fake.drop_result = -ENOENT;
	Answer answer = drop(0x2b);
	EXPECT_EQ(answer.end.status, -ENOENT);
	EXPECT_STREQ(answer.end.text, "no connection has the id 0000002B");
	EXPECT_EQ(answer.end.cut, 0u);
}

TEST_F(CtlServer, DropWhenNobodyCanTakeItYet)
{
	fake.busy = 5;
	EXPECT_EQ(drop(1).end.status, 0);
	EXPECT_EQ(fake.asked, 6u);
}

TEST_F(CtlServer, DropIsDecidedLater)
{
	fake.deferred = true;
	fake.polls = 10;
	EXPECT_EQ(drop(1).end.status, 0);
	fake.polls = 3;
	fake.drop_result = -ENOENT;
	EXPECT_EQ(drop(2).end.status, -ENOENT);
	EXPECT_EQ(fake.ordered, 2u);
	EXPECT_EQ(fake.collected, 2u);
	/* and nobody is asked any more */
	const double before = server.cpu_ms();
	std::this_thread::sleep_for(std::chrono::milliseconds(200));
	EXPECT_LT(server.cpu_ms() - before, 20);
}

TEST_F(CtlServer, AnOrderIsCollectedThoughItsClientIsGone)
{
	const struct ctl_drop request = { 9 };
	uint8_t bytes[sizeof(struct ctl_header) + sizeof(request)];
	int fd = raw_connect(path);

	fake.deferred = true;
	fake.polls = 1000000;
	memcpy(bytes + ctl_frame_pack(bytes, CTL_DROP, sizeof(request)), &request, sizeof(request));
	ASSERT_EQ(write(fd, bytes, sizeof(bytes)), static_cast<ssize_t>(sizeof(bytes)));
	while (!fake.ordered)
		std::this_thread::yield();
	close(fd);
	std::this_thread::sleep_for(std::chrono::milliseconds(20));
	EXPECT_EQ(fake.collected, 0u);
	fake.polls = 0;
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.collected, 1u);
}

TEST_F(CtlServer, AWorkerThatNeverDecidesIsNotWaitedForForEver)
{
	fake.deferred = true;
	fake.polls = 1000000;
	Answer answer = drop(3);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, -ETIMEDOUT);
	fake.deferred = false;
	EXPECT_EQ(drop(4).end.status, 0);
	fake.polls = 0;
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(fake.collected, 1u);
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
	EXPECT_EQ(ask(client, CTL_CONN).rows, 1000u);
	EXPECT_EQ(gone, 0u);
	ctl_client_close(client);
	EXPECT_TRUE(server.wait_for_clients(0));
	EXPECT_EQ(gone, 1u);
}

TEST_F(CtlServer, ASecondDaemonIsRefusedAndTheFirstUndisturbed)
{
	FakeSource other;
	LoopedServer second(&other);

	EXPECT_EQ(second.listen(path), -EADDRINUSE);
	expect_well();
	EXPECT_EQ(other.rows_made, 0u);
}

TEST(CtlServerLife, DestroyHangsUpAndFreesAll)
{
	const size_t before = Heap::now();
	Folder folder;
	const std::string path = folder / "sock";
	std::vector<struct ctl_client *> clients;
	FakeSource fake;

	fake.n_rows = 100000000;
	fake.deferred = true;
	fake.polls = 1000000;
	{
		LoopedServer server(&fake);
		const struct ctl_drop drop = { 1 };

		ASSERT_EQ(server.listen(path), 0);
		for (int i = 0; i < 4; i++)
			clients.push_back(ctl_client_connect(path.c_str()));
		ctl_client_request(clients[0], CTL_CONN, nullptr, 0);
		ctl_client_request(clients[1], CTL_DROP, &drop, sizeof(drop));
		ctl_client_request(clients[2], CTL_DROP, &drop, sizeof(drop));
		while (!fake.rows_made || fake.ordered < 2)
			std::this_thread::yield();
		ctl_client_close(clients[2]);
	}
	EXPECT_EQ(Heap::now(), before);
	EXPECT_EQ(receive(clients[0]).error, -ECONNRESET);
	EXPECT_EQ(receive(clients[1]).error, -ECONNRESET);
	EXPECT_EQ(raw_connect(path), -1);
	EXPECT_EQ(access(path.c_str(), F_OK), -1);
	for (int i : { 0, 1, 3 })
		ctl_client_close(clients[static_cast<size_t>(i)]);
}

} // namespace
