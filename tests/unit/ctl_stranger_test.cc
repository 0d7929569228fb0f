/* SPDX-License-Identifier: BSD-3-Clause */
/* A real server on a real socket, with clients that do not behave, leave, or are too many. */
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "ctl_server_fixture.h"

namespace {

TEST_F(CtlServer, AClientThatLeavesInTheMiddle)
{
	fake.n_rows = 100000000;
	for (int i = 0; i < 20; i++) {
		struct ctl_client *client = connect();
		struct ctl_frame frame;

		ctl_client_ask(client, REPORT_ASK_CONN, nullptr);
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

	ctl_frame_pack(request, CTL_ASK, REPORT_ASK_CONN, 0);
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
		                                      sizeof(struct ctl_end), 0, 0 };
	const struct ctl_header too_long = { CTL_MAGIC, CTL_VERSION, CTL_ASK, 0xffffffff, REPORT_ASK_DROP, 0 };
	const struct ctl_header unknown = { CTL_MAGIC, CTL_VERSION, 40, 0, 0, 0 };
	const struct ctl_header no_report = { CTL_MAGIC, CTL_VERSION, CTL_ASK, 0, REPORT_REQUESTS, 0 };
	const std::string inputs[] = {
		"GET / HTTP/1.1\r\n\r\n",
		std::string(5000, '\0'),
		std::string(reinterpret_cast<const char *>(&answer_as_request), sizeof(unknown)),
		std::string(reinterpret_cast<const char *>(&too_long), sizeof(unknown)),
		std::string(reinterpret_cast<const char *>(&unknown), sizeof(unknown)),
		std::string(reinterpret_cast<const char *>(&no_report), sizeof(no_report)),
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
	struct ctl_header request = { CTL_MAGIC, CTL_VERSION + 7, CTL_ASK, 0, REPORT_ASK_CONN, 0 };
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
				                     static_cast<uint32_t>(random() % 20),
				                     static_cast<uint16_t>(random() % 24), 0 };
			memcpy(&bytes[0], &header, sizeof(header));
		}
		/* who is one too many is hung up on before he has said a word */
		(void)!send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
		close(fd);
	}
	EXPECT_TRUE(server.wait_for_clients(0));
	expect_well();
}

TEST_F(CtlServer, HalfARequestIsWaitedForWithoutSpinning)
{
	uint8_t request[sizeof(struct ctl_header)];
	int fd = raw_connect(path);

	ctl_frame_pack(request, CTL_ASK, REPORT_ASK_STATS, 0);
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

	for (unsigned i = 0; i < CTL_USER_PEERS_MAX; i++)
		fds.push_back(raw_connect(path));
	ASSERT_TRUE(server.wait_for_clients(CTL_USER_PEERS_MAX));
	Answer answer = ask_once(REPORT_ASK_STATS);
	EXPECT_EQ(answer.error, 0);
	EXPECT_EQ(answer.end.status, -EUSERS);
	EXPECT_NE(strstr(answer.end.text, "no user may have more"), nullptr);
	close(fds.back());
	fds.pop_back();
	ASSERT_TRUE(server.wait_for_clients(CTL_USER_PEERS_MAX - 1));
	expect_well();
	for (int fd : fds)
		close(fd);
}

TEST_F(CtlServer, ASecondDaemonIsRefusedAndTheFirstUndisturbed)
{
	FakeSource other;
	LoopedServer second(&other);

	EXPECT_EQ(second.listen(path), -EADDRINUSE);
	expect_well();
	EXPECT_EQ(other.rows_made, 0u);
}

} // namespace
