/* SPDX-License-Identifier: BSD-3-Clause */
/* The client against daemons that do not behave: the other end of a socket pair is the test. */
#include <gtest/gtest.h>

#include <algorithm>

#include "ctl_fixture.h"

namespace {

class CtlClient : public ::testing::Test {
protected:
	CtlClient()
	{
		EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		client = ctl_client_adopt(pair[0]);
	}
	~CtlClient() override
	{
		ctl_client_close(client);
		hang_up();
	}
	void hang_up()
	{
		if (pair[1] >= 0)
			close(pair[1]);
		pair[1] = -1;
	}
	void say(const void *bytes, size_t length)
	{
		ASSERT_EQ(write(pair[1], bytes, length), static_cast<ssize_t>(length));
	}
	void say_header(uint16_t version, unsigned type, uint32_t length, unsigned report = 0)
	{
		struct ctl_header header = { CTL_MAGIC, version,  static_cast<uint16_t>(type),
			                     length,    static_cast<uint16_t>(report), 0 };

		say(&header, sizeof(header));
	}
	int next() { return ctl_client_next(client, &frame); }

	int pair[2];
	struct ctl_client *client;
	struct ctl_frame frame;
};

TEST_F(CtlClient, ARequestAsItIsOnTheWire)
{
	const size_t length = sizeof(struct ctl_ask), id_at = 16 + offsetof(struct ctl_ask, id);
	const uint8_t header[16] = { 'S', 'P', 'S', 'T', CTL_VERSION, 0, CTL_ASK, 0, length & 255, length >> 8,
		                     0,   0,   REPORT_ASK_DROP, 0, 0, 0 };
	const uint8_t id[8] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 };
	struct ctl_ask ask = {};
	uint8_t bytes[2 * sizeof(ask)];

	ask.id = 0x1122334455667788;
	EXPECT_EQ(ctl_client_ask(client, REPORT_ASK_DROP, &ask), 0);
	ASSERT_EQ(read(pair[1], bytes, sizeof(bytes)), static_cast<ssize_t>(sizeof(header) + sizeof(ask)));
	EXPECT_EQ(memcmp(bytes, header, sizeof(header)), 0);
	EXPECT_EQ(memcmp(bytes + id_at, id, sizeof(id)), 0);
	/* Who asks for nothing more sends nothing more. */
	EXPECT_EQ(ctl_client_ask(client, REPORT_ASK_STATS, nullptr), 0);
	ASSERT_EQ(read(pair[1], bytes, sizeof(bytes)), static_cast<ssize_t>(sizeof(header)));
	EXPECT_EQ(bytes[12], REPORT_ASK_STATS);
}

/* What answers may be anybody: nothing of it reaches a terminal or strerror as it came. */
TEST_F(CtlClient, TextsAndStatusesAreMadeSafe)
{
	struct ctl_info info;
	struct ctl_end end;

	memset(&info, 'x', sizeof(info));
	memcpy(info.name, "a\033[2Jb\x7f\xc3\xa9", 9);
	memcpy(info.version, "\xc2\x9b" "2J\x9b\0", 6); /* ESC [ in one, in both codes */
	say_header(CTL_VERSION, CTL_INFO, sizeof(info));
	say(&info, sizeof(info));
	ASSERT_EQ(next(), 0);
	memcpy(&info, frame.payload, sizeof(info));
	EXPECT_EQ(std::string(info.name, 16), "a\\x1b[2Jb\\x7f\xc3\xa9x");
	EXPECT_EQ(strnlen(info.name, sizeof(info.name)), sizeof(info.name) - 1);
	EXPECT_EQ(std::string(info.version), "\\xc2\\x9b" "2J\\x9b");
	for (int status : { INT32_MIN, -4096, 1, INT32_MAX, -EINVAL, 0 }) {
		memset(&end, '\n', sizeof(end));
		end.status = status;
		say_header(CTL_VERSION, CTL_END, sizeof(end));
		say(&end, sizeof(end));
		ASSERT_EQ(next(), 0);
		memcpy(&end, frame.payload, sizeof(end));
		EXPECT_EQ(end.status, status == 0 || status == -EINVAL ? status : -EPROTO);
		EXPECT_EQ(std::string(end.text).substr(0, 8), "\\x0a\\x0a");
		EXPECT_EQ(strlen(end.text) % 4, 0u) << "none is cut in two";
	}
}

TEST_F(CtlClient, FramesInSmallPieces)
{
	struct report_row rows[3];
	uint8_t header[sizeof(struct ctl_header)];

	memset(rows, 0x5a, sizeof(rows));
	ctl_frame_pack(header, CTL_ROWS, REPORT_ASK_BYTEINFO, sizeof(rows));
	std::thread daemon([&] {
		for (uint8_t byte : header)
			say(&byte, 1);
		for (size_t i = 0; i < sizeof(rows); i += 11)
			say(reinterpret_cast<char *>(rows) + i, std::min<size_t>(11, sizeof(rows) - i));
	});
	ASSERT_EQ(next(), 0);
	daemon.join();
	EXPECT_EQ(frame.type, CTL_ROWS);
	EXPECT_EQ(frame.report, static_cast<unsigned>(REPORT_ASK_BYTEINFO));
	EXPECT_EQ(frame.length, sizeof(rows));
	EXPECT_EQ(memcmp(frame.payload, rows, sizeof(rows)), 0);
	EXPECT_EQ(reinterpret_cast<uintptr_t>(frame.payload) % 8, 0u);
}

TEST_F(CtlClient, AnotherVersion)
{
	say_header(CTL_VERSION + 4, CTL_END, 99999);
	EXPECT_EQ(next(), -EPROTONOSUPPORT);
	EXPECT_EQ(ctl_client_peer_version(client), CTL_VERSION + 4u);
}

TEST_F(CtlClient, NoAnswerAtAll)
{
	say("HTTP/1.1 200 OK\r\n\r\n", 19);
	EXPECT_EQ(next(), -EPROTO);
}

TEST_F(CtlClient, ARequestIsNoAnswer)
{
	say_header(CTL_VERSION, CTL_ASK, 0, REPORT_ASK_STATS);
	EXPECT_EQ(next(), -EPROTO);
}

TEST_F(CtlClient, ALengthThatLies)
{
	say_header(CTL_VERSION, CTL_ROWS, 0x7fffffff, REPORT_ASK_CONN);
	EXPECT_EQ(next(), -EPROTO);
}

TEST_F(CtlClient, HungUpInTheMiddleOfAFrame)
{
	say_header(CTL_VERSION, CTL_ROWS, sizeof(struct report_row), REPORT_ASK_CONN);
	say("half", 4);
	hang_up();
	EXPECT_EQ(next(), -ECONNRESET);
}

TEST_F(CtlClient, SilenceIsNotWaitedForForEver)
{
	ctl_client_set_timeout(client, 50);
	EXPECT_EQ(next(), -ETIMEDOUT);
}

TEST_F(CtlClient, ADaemonThatIsGoneIsAnErrorAndNoSignal)
{
	hang_up();
	EXPECT_EQ(ctl_client_ask(client, REPORT_ASK_CONN, nullptr), -EPIPE);
}

TEST(CtlClientConnect, Errors)
{
	Folder folder;

	EXPECT_EQ(ctl_client_connect((folder / "none").c_str()), nullptr);
	EXPECT_EQ(errno, ENOENT);
	EXPECT_EQ(ctl_client_connect(std::string(200, 'x').c_str()), nullptr);
	EXPECT_EQ(errno, ENAMETOOLONG);
	EXPECT_EQ(ctl_client_connect("/dev/null"), nullptr);
	EXPECT_EQ(errno, ECONNREFUSED);
}

} // namespace
