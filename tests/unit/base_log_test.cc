// SPDX-License-Identifier: BSD-3-Clause
// Messages: one line each on standard error, whole, however long, and only those that are urgent enough.

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base_log.h"

namespace
{

std::string
logged(const std::function<void()> &what)
{
	testing::internal::CaptureStderr();
	what();
	return testing::internal::GetCapturedStderr();
}

class BaseLog : public testing::Test
{
protected:
	void
	SetUp() override
	{
		base_log_init("spanstatd");
		base_log_set_level(BASE_LOG_INFO);
		base_log_set_priorities(false);
	}
};

TEST_F(BaseLog, OneLine)
{
	EXPECT_EQ(logged([] { base_info("%d packets from %s", 5, "eth0"); }),
	          "spanstatd: 5 packets from eth0\n");
	EXPECT_EQ(logged([] { base_error("%s", ""); }), "spanstatd: \n");
}

TEST_F(BaseLog, BytesThatSteerAnOlderTerminal)
{
	EXPECT_EQ(logged([] { base_error("%s", "\x9b" "2J \xc2\x9b" "2J \u76e3"); }),
	          "spanstatd: \\x9b" "2J \\xc2\\x9b" "2J \u76e3\n");
}

TEST_F(BaseLog, ControlCharactersMakeNoSecondLine)
{
	EXPECT_EQ(logged([] { base_error("'%s'", "a\nb\r\tc\033[2J\177"); }),
	          "spanstatd: 'a\\x0ab\\x0d\\x09c\\x1b[2J\\x7f'\n");
	EXPECT_EQ(logged([] { base_error("\u72b6\u614b \xff"); }), "spanstatd: \u72b6\u614b \\xff\n");
}

TEST_F(BaseLog, Levels)
{
	auto all = [] {
		base_error("e");
		base_warning("w");
		base_info("i");
		base_debug("d");
	};
	const char *const lines[] = {"spanstatd: e\n", "spanstatd: w\n", "spanstatd: i\n",
	                             "spanstatd: d\n"};
	std::string want;

	for (int level = BASE_LOG_ERROR; level <= BASE_LOG_DEBUG; level++) {
		base_log_set_level((base_log_level)level);
		want += lines[level];
		EXPECT_EQ(logged(all), want);
	}
}

TEST_F(BaseLog, PrioritiesForTheJournal)
{
	base_log_set_level(BASE_LOG_DEBUG);
	base_log_set_priorities(true);
	EXPECT_EQ(logged([] {
		base_error("e");
		base_warning("w");
		base_info("i");
		base_debug("d");
	}), "<3>spanstatd: e\n<4>spanstatd: w\n<6>spanstatd: i\n<7>spanstatd: d\n");
}

TEST_F(BaseLog, TheJournalIsKnownByDeviceAndInode)
{
	struct stat st;
	int fds[2];

	ASSERT_EQ(pipe(fds), 0);
	ASSERT_EQ(fstat(fds[1], &st), 0);
	const std::string dev = std::to_string(st.st_dev), ino = std::to_string(st.st_ino);

	EXPECT_TRUE(base_log_is_journal(fds[1], (dev + ":" + ino).c_str()));
	for (const std::string &other :
	     {dev + ":" + std::to_string(st.st_ino + 1), std::to_string(st.st_dev + 1) + ":" + ino,
	      dev + ":" + ino + "x", dev + ino, dev, std::string(), std::string(":")})
		EXPECT_FALSE(base_log_is_journal(fds[1], other.c_str())) << other;
	EXPECT_FALSE(base_log_is_journal(fds[1], nullptr)) << "not under systemd";
	close(fds[0]);
	close(fds[1]);
	EXPECT_FALSE(base_log_is_journal(fds[1], (dev + ":" + ino).c_str())) << "closed";
}

/* Around the longest line that there is room for: cut there, and still one line. */
TEST_F(BaseLog, LongMessagesAreCut)
{
	for (size_t n : {900ul, 1010ul, 1011ul, 1012ul, 1013ul, 1014ul, 1024ul, 2000ul, 100000ul}) {
		std::string text(n, 'x'), line = logged([&] { base_error("%s", text.c_str()); });
		std::string whole = "spanstatd: " + text + "\n";

		ASSERT_EQ(line.back(), '\n') << n;
		EXPECT_LE(line.size(), 1024u);
		EXPECT_GE(line.size(), std::min(whole.size(), (size_t)1020));
		EXPECT_EQ(whole.compare(0, line.size() - 1, line, 0, line.size() - 1), 0) << n;
	}
}

TEST_F(BaseLog, ThreadsDoNotMixTheirLines)
{
	std::string lines = logged([] {
		std::vector<std::thread> threads;

		for (char c : {'a', 'b', 'c'})
			threads.emplace_back([c] {
				for (int i = 0; i < 300; i++)
					base_info("%s", std::string(200, c).c_str());
			});
		for (std::thread &thread : threads)
			thread.join();
	});
	size_t n = 0;

	for (size_t at = 0; at < lines.size(); n++) {
		size_t end = lines.find('\n', at);
		std::string line = lines.substr(at, end - at);

		ASSERT_EQ(line, "spanstatd: " + std::string(200, line.back()));
		at = end + 1;
	}
	EXPECT_EQ(n, 900u);
}

} // namespace
