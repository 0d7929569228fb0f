// SPDX-License-Identifier: BSD-3-Clause
// What is written on two descriptors while they are turned aside, and the reason found in it.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

#include "dpdk_output.h"

namespace
{

std::string
reason(const std::string &text, const char *given)
{
	char why[128] = "#";

	dpdk_output_reason(text.c_str(), given, why, sizeof(why));
	return why;
}

TEST(DpdkOutput, BothDescriptorsAreKeptAndGivenBack)
{
	testing::internal::CaptureStdout();
	testing::internal::CaptureStderr();
	printf("before\n");
	dpdk_output_take();
	printf("one\n");
	fflush(stdout);
	fprintf(stderr, "two\n");
	printf("three\n"); // still in the buffer when they are given back
	char *text = dpdk_output_give_back();
	printf("after\n");
	fflush(stdout);
	EXPECT_EQ(testing::internal::GetCapturedStdout(), "before\nafter\n");
	EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
	EXPECT_STREQ(text, "one\ntwo\nthree\n");
	free(text);
}

/* The lowest number that is free. */
int
free_descriptor()
{
	const int fd = dup(STDOUT_FILENO);

	close(fd);
	return fd;
}

TEST(DpdkOutput, AgainAndAgainAndALot)
{
	const int before = free_descriptor();

	for (int i = 0; i < 100; i++) {
		dpdk_output_take();
		for (int n = 0; n < 30; n++)
			fputs(std::string(1000, 'x').c_str(), stderr);
		char *text = dpdk_output_give_back();
		ASSERT_EQ(strlen(text), 30u * 1000);
		free(text);
	}
	EXPECT_EQ(free_descriptor(), before) << "no descriptor is left open";
}

TEST(DpdkOutput, WhatWasKeptIsWrittenIfTheProcessAborts)
{
	EXPECT_EXIT(
	    {
		    dpdk_output_take();
		    fprintf(stderr, "PANIC in nothing\n");
		    abort();
	    },
	    testing::KilledBySignal(SIGABRT), "PANIC in nothing");
}

TEST(DpdkOutput, TheReasonIsTheFirstMessage)
{
	EXPECT_EQ(reason("\nUsage: spanstatd [options]\nEAL common options:\n  -c COREMASK\n"
	                 "spanstatd: unrecognized option '--nosuch'\n"
	                 "EAL: FATAL: Invalid 'command line' arguments.\n"
	                 "EAL: Invalid 'command line' arguments.\n",
	                 "--nosuch"),
	          "unrecognized option '--nosuch'");
	EXPECT_EQ(reason("EAL: invalid channel number\nUsage: x\n", "-n x"),
	          "invalid channel number (of \"-n x\")");
	EXPECT_EQ(reason("EAL: invalid parameters for --socket-mem\n", "-v --socket-mem=a"),
	          "invalid parameters for --socket-mem");
	EXPECT_EQ(reason("EAL: FATAL: Cannot init memory\nEAL: Cannot init memory\n", ""),
	          "Cannot init memory");
	EXPECT_EQ(reason("EAL: Invalid 'command line' arguments.\n", "-x"), "");
	EXPECT_EQ(reason("", "-x"), "");
	EXPECT_EQ(reason("EAL: " + std::string(500, 'y'), "-x").size(), 127u) << "cut to its room";
}

} // namespace
