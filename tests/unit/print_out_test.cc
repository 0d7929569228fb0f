/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <fcntl.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "print_capture.h"
#include "print_out.h"
#include "report_fixture.h"

namespace {

TEST(ReportOut, LongTextsGoThroughWhole)
{
	Capture capture;
	std::string all;

	for (int i = 0; i < 3000; i++) {
		std::string piece(static_cast<size_t>(i * 7 % 9000), static_cast<char>('a' + i % 26));

		print_out_put(capture.out(), piece.data(), piece.size());
		all += piece;
	}
	EXPECT_EQ(capture.text(), all);
	EXPECT_EQ(capture.out()->error, 0);
}

TEST(ReportOut, PrintfIsCutAtTheMost)
{
	Capture capture;
	std::string longer(PRINT_PIECE_MAX + 100, 'x');

	print_out_printf(capture.out(), "%d,", 5);
	print_out_printf(capture.out(), "%s", longer.c_str());
	EXPECT_EQ(capture.text(), "5," + longer.substr(0, PRINT_PIECE_MAX - 1));
}

TEST(ReportOut, AFullDeviceIsNoticedAndTheRestSwallowed)
{
	std::unique_ptr<struct print_out> out(new struct print_out);
	int fd = open("/dev/full", O_WRONLY);

	ASSERT_GE(fd, 0);
	print_out_init(out.get(), fd);
	print_out_puts(out.get(), "text");
	EXPECT_EQ(out->error, 0);
	EXPECT_EQ(print_out_flush(out.get()), -ENOSPC);
	for (int i = 0; i < 100000; i++)
		print_out_puts(out.get(), "more text");
	EXPECT_EQ(print_out_flush(out.get()), -ENOSPC);
	close(fd);
}

TEST(ReportOut, AReaderThatIsGoneIsNoticed)
{
	std::unique_ptr<struct print_out> out(new struct print_out);
	int pair[2];

	ASSERT_EQ(pipe(pair), 0);
	signal(SIGPIPE, SIG_IGN);
	close(pair[0]);
	print_out_init(out.get(), pair[1]);
	print_out_puts(out.get(), "text");
	EXPECT_EQ(print_out_flush(out.get()), -EPIPE);
	close(pair[1]);
}

TEST(ReportOut, ANonBlockingPipeIsWaitedFor)
{
	std::unique_ptr<struct print_out> out(new struct print_out);
	const std::string text(1 << 20, 'x');
	size_t got = 0;
	int pair[2];

	ASSERT_EQ(pipe2(pair, O_NONBLOCK), 0);
	fcntl(pair[0], F_SETFL, 0);
	std::thread reader([&] {
		char piece[3000];
		ssize_t n;

		while ((n = read(pair[0], piece, sizeof(piece))) > 0)
			got += static_cast<size_t>(n);
	});
	print_out_init(out.get(), pair[1]);
	print_out_put(out.get(), text.data(), text.size());
	EXPECT_EQ(print_out_flush(out.get()), 0);
	close(pair[1]);
	reader.join();
	EXPECT_EQ(got, text.size());
	close(pair[0]);
}

} // namespace
